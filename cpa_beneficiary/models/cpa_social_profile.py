from odoo import fields, models


class CpaSocialProfile(models.Model):
    """Sensitive social, health and income data, apart from the file: only who studies a case opens it, with a trace."""

    _name = "cpa.social.profile"
    _description = "Social profile"
    _rec_name = "beneficiary_id"

    beneficiary_id = fields.Many2one("cpa.beneficiary", required=True, ondelete="restrict", readonly=True)
    partner_id = fields.Many2one(related="beneficiary_id.partner_id")
    income_level = fields.Selection(
        [("none", "No income"), ("low", "Low"), ("middle", "Middle"), ("sufficient", "Sufficient")], "Income level"
    )
    monthly_income = fields.Monetary()
    currency_id = fields.Many2one(related="beneficiary_id.company_id.currency_id")
    housing = fields.Selection(
        [("owned", "Owned"), ("rented", "Rented"), ("shared", "With relatives"), ("none", "None")]
    )
    health_notes = fields.Text()
    social_notes = fields.Text()

    _beneficiary_uniq = models.Constraint("UNIQUE(beneficiary_id)", "This person's social profile exists already.")
