from odoo import fields, models


class CpaSurveyRule(models.Model):
    """After which event which survey is offered, and how soon (P-12)."""

    _name = "cpa.survey.rule"
    _description = "Survey rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    event_code = fields.Selection(
        [
            ("reply", "The reply"),
            ("delivery", "A delivery"),
            ("visit", "A visit"),
            ("reception", "A reception"),
            ("volunteering", "Volunteering"),
        ],
        "After",
        required=True,
    )
    survey_id = fields.Many2one("survey.survey", required=True, ondelete="restrict", index=True)
    delay_hours = fields.Integer("Sent after (hours)", default=24)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)

    _delay_positive = models.Constraint("CHECK(delay_hours >= 0)", "A survey cannot be sent before its event.")
