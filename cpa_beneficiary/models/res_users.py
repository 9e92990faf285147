from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    cpa_branch_ids = fields.Many2many("cpa.branch", "cpa_branch_delegate_rel", "user_id", "branch_id", "Delegate of")
