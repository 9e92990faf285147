"""The number under which a person or a request stood in the register that was kept before."""

from odoo import fields, models


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    register_number = fields.Char("Number in the old register", copy=False, index="btree_not_null")


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    register_number = fields.Char("Number in the old register", copy=False, index="btree_not_null")
