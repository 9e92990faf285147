from odoo import fields, models


class CpaGovernorate(models.Model):
    """A governorate of the Najran region. Odoo ships only two of them as states, hence our own."""

    _name = "cpa.governorate"
    _description = "Governorate"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(copy=False, help="Stable name for imports and reports; not shown to beneficiaries.")
    sequence = fields.Integer(default=10)
    is_seat = fields.Boolean(
        "Seat of the region", help="All others are remote governorates in reports on reach (P-07)."
    )
    branch_ids = fields.One2many("cpa.branch", "governorate_id", "Branch offices")
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "A governorate with this code exists already.")
