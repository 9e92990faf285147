"""What came by each of the eight channels, and how it was answered; zeros are shown (P-19 to P-26)."""

from odoo import models
from odoo.fields import Domain

from .cpa_policy_indicator import IN_MINUTES, Asked


class CpaPolicyIndicator(models.Model):
    _inherit = "cpa.policy.indicator"

    def _by_channel(self, path=""):
        """Return the domain of what came by the channel of this indicator's clause."""
        return Domain(f"{path}channel_id.clause_code", "=", self.clause_code)

    def _inquiries(self, scope, counted, **mean):
        """Ask about the inquiries that came in the period; one without a company is of each."""
        of = Domain("is_inquiry", "=", True) & Domain("company_id", "in", (scope.company.id, False))
        if scope.branch:
            of &= Domain("cpa_branch_id", "=", scope.branch.id)
        return Asked("crm.lead", of & scope.moments("create_date"), counted, **mean)

    def _measure_channel_requests(self, scope):
        return self._requests(scope, "submitted_at", self._by_channel())

    def _measure_channel_inquiries(self, scope):
        return self._inquiries(scope, self._by_channel())

    def _measure_channel_time(self, scope):
        answered = self._by_channel() & Domain("first_answered_at", "!=", False)
        return self._inquiries(scope, answered, mean="answer_hours", times=IN_MINUTES)

    def _measure_channel_waiting(self, scope):
        return self._waiting_questions(scope, self._by_channel("lead_id."))
