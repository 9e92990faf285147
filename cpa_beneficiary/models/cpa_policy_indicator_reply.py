"""The reply of the committee: what was explained, when it came, what still waits for it (P-35)."""

from odoo import models
from odoo.fields import Domain

from .cpa_policy_indicator import Asked
from .cpa_policy_indicator_service import LATE


class CpaPolicyIndicator(models.Model):
    _inherit = "cpa.policy.indicator"

    # ------------------------------------------------------------------
    # Replies
    # ------------------------------------------------------------------

    def _replies(self, scope, counted, **mean):
        """Ask about the replies of the period to what the committee decided."""
        return self._requests(scope, "replied_at", counted, Domain("decided_at", "!=", False), **mean)

    def _measure_p_35_explained(self, scope):
        return self._replies(scope, Domain("reply_explained", "=", True))

    def _measure_p_35_days(self, scope):
        return self._replies(scope, Domain.TRUE, mean="reply_days")

    def _measure_p_35_days_contact(self, scope):
        return self._replies(scope, Domain.TRUE, mean="reply_days_contact")

    def _measure_p_35_before(self, scope):
        return self._replies(scope, Domain("reply_two_weeks", "=", "before"))

    def _measure_p_35_on(self, scope):
        return self._replies(scope, Domain("reply_two_weeks", "=", "on"))

    def _measure_p_35_after(self, scope):
        return self._replies(scope, Domain("reply_two_weeks", "=", "after"))

    def _measure_p_35_early(self, scope):
        return self._replies(scope, Domain("reply_timing", "=", "early"))

    def _measure_p_35_late(self, scope):
        return self._replies(scope, LATE)

    def _measure_p_35_past_ceiling(self, scope):
        return self._replies(scope, Domain("reply_timing", "=", "past_ceiling"))

    def _measure_p_35_changed(self, scope):
        return self._requests(
            scope,
            "replied_at",
            Domain("appeal_result", "in", ("changed", "reversed")),
            Domain("appeal_of_id", "!=", False) & Domain("decided_at", "!=", False),
        )

    # ------------------------------------------------------------------
    # What waits
    # ------------------------------------------------------------------

    def _measure_p_35_waiting(self, scope):
        # while the applicant is awaited the latest day is not running
        past = Domain("reply_ceiling_date", "<", scope.until) & Domain("paused_on", "=", False)
        return self._unanswered(scope, past)

    # ------------------------------------------------------------------
    # Sessions
    # ------------------------------------------------------------------

    def _measure_p_35_minutes(self, scope):
        of = scope.where(branch=None, service=None) & scope.moments("opened_at")
        return Asked("cpa.committee.session", of, scope.not_by_the_end("sealed_at"))

    def _measure_p_35_deferred(self, scope):
        of = scope.moments("session_id.opened_at") & scope.where("request_id.")
        return Asked("cpa.committee.case", of, Domain("state", "in", ("deferred", "undecided")))
