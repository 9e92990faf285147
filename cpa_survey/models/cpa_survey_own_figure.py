from collections import defaultdict

from odoo import api, fields, models
from odoo.tools.date_utils import start_of


class CpaSurveyOwnFigure(models.Model):
    """What people said of the work of one provider, for himself alone (P-12), under the rules of all figures (P-16)."""

    _name = "cpa.survey.own.figure"
    _description = "Figure of one's own work"
    _inherit = ["cpa.survey.figure.mixin"]
    _order = "date_from desc, event_code, measure, id"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade", index=True)

    @api.model
    def _told(self, company, month):
        """Return the figures of this year that providers have been told: ``{(event, measure): recordset}``."""
        figures = self.search([("company_id", "=", company.id), ("date_from", ">=", start_of(month, "year"))])
        told = defaultdict(self.browse)
        return told | figures.grouped(lambda figure: (figure.event_code, figure.measure))

    def _months(self):
        self.ensure_one()
        return frozenset(map(fields.Date.to_date, self.months))
