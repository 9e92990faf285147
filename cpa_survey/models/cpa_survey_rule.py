from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

EVENTS = [
    ("reply", "The reply"),
    ("delivery", "A delivery"),
    ("visit", "A visit"),
    ("reception", "A reception"),
    ("counter", "At the counter"),
    ("volunteering", "Volunteering"),
    ("yearly", "Once a year"),
]
MONTHS = [(str(number), str(number)) for number in range(1, 13)]


class CpaSurveyRule(models.Model):
    """After which event which survey is offered to whom, how soon and on which way (P-12).

    Once per event, never more than the company's limit per person and month, one reminder, no quiet hour disturbed.
    """

    _name = "cpa.survey.rule"
    _description = "Survey rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    event_code = fields.Selection(EVENTS, "After", required=True)
    audience = fields.Selection(
        [
            ("served", "Who was served"),
            ("beneficiaries", "All registered beneficiaries"),
            ("staff", "Staff of the association"),
        ],
        "Asked",
        required=True,
        default="served",
    )
    yearly_month = fields.Selection(MONTHS, "In the month", default="1", help="Of a survey that is sent once a year.")
    survey_id = fields.Many2one(
        "survey.survey", required=True, ondelete="restrict", index=True, domain=[("survey_type", "=", "cpa")]
    )
    delay_hours = fields.Integer("Sent after (hours)", default=24)
    way = fields.Selection(
        [
            ("any", "What reaches the person"),
            ("email", "By e-mail"),
            ("sms", "By text message"),
            ("portal", "On the website, in his own file"),
        ],
        required=True,
        default="any",
    )
    is_reminded = fields.Boolean("One reminder", default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    asked_year = fields.Integer(readonly=True, copy=False)

    _delay_positive = models.Constraint("CHECK(delay_hours >= 0)", "A survey cannot be sent before its event.")

    @api.constrains("event_code", "audience")
    def _check_audience(self):
        for rule in self:
            if (rule.event_code == "yearly") != (rule.audience != "served"):
                raise ValidationError(
                    self.env._("After an event who was served is asked; once a year a whole group is asked.")
                )

    @api.constrains("survey_id")
    def _check_survey(self):
        for rule in self:
            # its kind only: who rules need not hold a role of the surveys' add-on
            if rule.survey_id.sudo().survey_type != "cpa":
                raise ValidationError(
                    self.env._("Only a satisfaction survey is offered by a rule: others keep who answered what.")
                )

    def _audience_domain(self):
        """Return the domain of ``res.partner`` who is asked once a year."""
        self.ensure_one()
        if self.audience == "staff":
            staff = self.env.ref("cpa_beneficiary.group_staff").all_user_ids
            users = staff.filtered(lambda user: user.active and self.company_id in user.company_ids)
            return Domain("id", "in", users.partner_id.ids)
        return Domain(
            "cpa_beneficiary_ids", "any", [("state", "=", "registered"), ("company_id", "=", self.company_id.id)]
        )
