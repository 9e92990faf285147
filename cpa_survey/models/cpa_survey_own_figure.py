from odoo import fields, models


class CpaSurveyOwnFigure(models.Model):
    """What people said of the work of one provider, for himself alone (P-12), under the rules of all figures (P-16)."""

    _name = "cpa.survey.own.figure"
    _description = "Figure of one's own work"
    _inherit = ["cpa.survey.figure.mixin"]
    _order = "date_from desc, event_code, measure, id"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade", index=True)
