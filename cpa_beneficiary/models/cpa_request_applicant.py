"""What the applicant himself does with a request, on the website (P-09, P-34)."""

from odoo import models

from .roles import APPLICANT


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    def _lifecycle_has_role(self, role):
        """An applicant has his role in the requests of those for whom he acts, and in no other."""
        has_role = super()._lifecycle_has_role(role)
        if role != APPLICANT or not has_role:
            return has_role
        # whose request it is, nothing else
        return self.sudo().beneficiary_id.id in self.env.user.cpa_acts_for(writing=True)
