from collections import defaultdict

from odoo import api, fields, models
from odoo.tools.date_utils import start_of

from .cpa_survey_figure import PERIODS
from .cpa_survey_rule import EVENTS
from .survey_question import MEASURES


class CpaSurveyOwnFigure(models.Model):
    """What people said of the work of one provider, for himself alone (P-12), under the rules of all figures (P-16)."""

    _name = "cpa.survey.own.figure"
    _description = "Figure of one's own work"
    _order = "date_from desc, event_code, measure, id"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    event_code = fields.Selection(EVENTS, "After", required=True, readonly=True)
    measure = fields.Selection(MEASURES, required=True, readonly=True)
    period = fields.Selection(PERIODS, required=True, readonly=True)
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("Until", required=True, readonly=True)
    months = fields.Json(readonly=True)
    answers = fields.Integer(readonly=True)
    score = fields.Float(
        readonly=True, digits=(5, 1), aggregator="avg", help="How many of a hundred gave a good score."
    )

    @api.model
    def _told(self, company, month):
        """Return the figures of this year that providers have been told: ``{(event, measure): recordset}``."""
        figures = self.search([("company_id", "=", company.id), ("date_from", ">=", start_of(month, "year"))])
        told = defaultdict(self.browse)
        return told | figures.grouped(lambda figure: (figure.event_code, figure.measure))

    def _months(self):
        self.ensure_one()
        return frozenset(map(fields.Date.to_date, self.months))
