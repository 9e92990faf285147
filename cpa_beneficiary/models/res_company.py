from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    cpa_second_name = fields.Char(
        "Name in the other language", help="The papers' letterhead carries the name in Arabic and in English."
    )
