from odoo import api, models

from .roles import COORDINATOR


class CpaAgreement(models.Model):
    _inherit = "cpa.agreement"

    @api.model
    def _keepers(self):
        return (*super()._keepers(), COORDINATOR)
