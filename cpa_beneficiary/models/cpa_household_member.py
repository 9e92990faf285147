from odoo import fields, models


class CpaHouseholdMember(models.Model):
    """A line of the family register (سجل الأسرة)."""

    _name = "cpa.household.member"
    _description = "Household member"

    beneficiary_id = fields.Many2one("cpa.beneficiary", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True)
    relation = fields.Selection(
        [
            ("spouse", "Spouse"),
            ("child", "Son or daughter"),
            ("parent", "Parent"),
            ("sibling", "Brother or sister"),
            ("other", "Other"),
        ],
        required=True,
    )
    birth_date = fields.Date()
    is_dependent = fields.Boolean("Dependent", default=True)
