from odoo import fields, models
from odoo.addons.cpa_beneficiary.models.res_users import ROLES


class CpaRequestMove(models.Model):
    """The coordinator reads how opportunities moved; the request that one serves would be told by its name."""

    _inherit = "cpa.request.move"

    request_id = fields.Many2one(groups=",".join(f"cpa_beneficiary.group_{role}" for role in ROLES))
