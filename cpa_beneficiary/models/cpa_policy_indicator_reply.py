"""P-35: what was explained, when the reply came, and what still waits for one."""

from odoo import models
from odoo.fields import Domain

from .cpa_policy_indicator import Asked


class CpaPolicyIndicator(models.Model):
    _inherit = "cpa.policy.indicator"

    def _replied(self, scope, counted, of=Domain.TRUE, **mean):
        """Ask about the requests that were replied to in the period."""
        return Asked("cpa.request", scope.where() & scope.moments("replied_at") & of, counted, **mean)

    def _replied_by_committee(self, scope, counted):
        return self._replied(scope, counted, Domain("reply_two_weeks", "!=", False))

    def _measure_p_35_explained(self, scope):
        return self._replied_by_committee(scope, Domain("reply_explained", "=", True))

    def _measure_p_35_before(self, scope):
        return self._replied_by_committee(scope, Domain("reply_two_weeks", "=", "before"))

    def _measure_p_35_on(self, scope):
        return self._replied_by_committee(scope, Domain("reply_two_weeks", "=", "on"))

    def _measure_p_35_after(self, scope):
        return self._replied_by_committee(scope, Domain("reply_two_weeks", "=", "after"))

    def _measure_p_35_early(self, scope):
        return self._replied(scope, Domain("reply_timing", "=", "early"))

    def _measure_p_35_late(self, scope):
        return self._replied(scope, Domain("reply_timing", "in", ("late", "past_ceiling")))

    def _measure_p_35_past_ceiling(self, scope):
        return self._replied(scope, Domain("reply_timing", "=", "past_ceiling"))

    def _measure_p_35_days(self, scope):
        return self._replied(scope, Domain.TRUE, mean="reply_days")
