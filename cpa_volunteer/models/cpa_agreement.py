from odoo import api, models

from .cpa_volunteer import AGREEMENT, CHARTER
from .roles import COORDINATOR


class CpaAgreement(models.Model):
    _inherit = "cpa.agreement"

    @api.model
    def _keepers(self):
        return (*super()._keepers(), COORDINATOR)

    def _effect_ended(self, at):
        """A consent that is withdrawn, or an agreement that is ended, stops the placements that rest on it."""
        result = super()._effect_ended(at)
        bound = self.filtered(lambda agreement: agreement.code in (AGREEMENT, CHARTER))
        if bound:
            # whoever may end an agreement ends what rests on it
            volunteers = self.env["cpa.volunteer"].sudo().search([("partner_id", "in", bound.partner_id.ids)])
            volunteers._stop_unbound(at)
        return result
