from odoo import fields, models


class CpaDepartment(models.Model):
    """A department of the association, also as an internal beneficiary (P-17)."""

    _name = "cpa.department"
    _description = "Department"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    manager_id = fields.Many2one(
        "res.users",
        "Head",
        domain=[("share", "=", False)],
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)
