from odoo import models

from .roles import APPLICANT


class CpaLifecycleMixin(models.AbstractModel):
    """What hangs on a request is an applicant's to move where the request is his (P-34)."""

    _inherit = "cpa.lifecycle.mixin"

    def _lifecycle_has_role(self, role):
        has_role = super()._lifecycle_has_role(role)
        if role != APPLICANT or not has_role or self._name == "cpa.request":
            return has_role
        # the request says whose it is
        return self._lifecycle_request()._lifecycle_has_role(role)
