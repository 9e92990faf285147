from odoo import api, models


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    @api.model
    def _portal_home(self):
        """The first page of a person's own shows what he may rate, whatever way he was asked on (P-12, P-16)."""
        return super()._portal_home() | {"ratings": self.env["cpa.survey.invitation"]._portal_open()}
