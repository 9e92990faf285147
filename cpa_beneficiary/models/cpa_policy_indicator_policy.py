"""The policy and what stands beside it: charters, agreements, review, tools, approval (P-01, P-02, P-04, P-27 to P-30,
P-38)."""

from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from .cpa_policy_document import CHARTERS, TOOLS
from .cpa_policy_indicator import Asked

TOOL_OF = dict(zip(("P-27", "P-28", "P-29", "P-30"), TOOLS, strict=True))
# Within how many days an agreement in force is said to expire soon.
EXPIRING_DAYS = 60


class CpaPolicyIndicator(models.Model):
    _inherit = "cpa.policy.indicator"

    def _in_force(self, scope):
        """Return the domain of the versions in force on the last day of the period."""
        last = scope.until
        still = Domain("in_force_until", "=", False) | Domain("in_force_until", ">", last)
        return scope.where(branch=None, service=None) & Domain("in_force_from", "<=", last) & still

    # ------------------------------------------------------------------
    # P-01, P-27 to P-30: charters and tools in force
    # ------------------------------------------------------------------

    def _measure_p_01_charters(self, scope):
        return self._documents(scope, CHARTERS)

    def _measure_tool(self, scope):
        return self._documents(scope, (TOOL_OF[self.clause_code],))

    def _readers(self, scope, counted):
        """Ask about who has to read the tool as it is in force now."""
        of = scope.where(branch=None, service=None) & Domain("kind", "=", TOOL_OF[self.clause_code])
        return Asked("cpa.policy.reader", of & Domain("is_main", "=", True), counted)

    def _measure_tool_read(self, scope):
        return self._readers(scope, scope.by_the_end("acknowledged_at"))

    def _measure_tool_unread(self, scope):
        return self._readers(scope, Domain("due_on", "<", scope.until) & scope.not_by_the_end("acknowledged_at"))

    def _documents(self, scope, kinds):
        """Ask how many of these documents have a version in force; there should be one of each."""
        return Asked("cpa.policy.document", self._in_force(scope), Domain("kind", "in", kinds), due=len(kinds))

    # ------------------------------------------------------------------
    # P-02: agreements and disputes
    # ------------------------------------------------------------------

    def _agreements(self, scope, counted):
        """Ask about the agreements in force on the last day of the period."""
        last = scope.until
        of = scope.where(branch=None, service=None) & scope.by_the_end("signed_at") & Domain("date_from", "<=", last)
        of &= Domain("date_to", "=", False) | Domain("date_to", ">=", last)
        return Asked("cpa.agreement", of & (Domain("ended_on", "=", False) | Domain("ended_on", ">", last)), counted)

    def _measure_p_02_in_force(self, scope):
        return self._agreements(scope, Domain.TRUE)

    def _measure_p_02_expiring(self, scope):
        return self._agreements(scope, Domain("date_to", "<", scope.until + timedelta(days=EXPIRING_DAYS)))

    def _disputes(self, scope, counted):
        """Ask about the disputes that were open in the period."""
        of = Domain("opened_on", "<=", scope.date_to)
        of &= Domain("settled_on", "=", False) | Domain("settled_on", ">=", scope.date_from)
        return Asked("cpa.agreement.dispute", scope.where("agreement_id.", branch=None, service=None) & of, counted)

    def _measure_p_02_settled(self, scope):
        return self._disputes(scope, Domain("settled_on", "<=", scope.date_to))

    def _measure_p_02_disputes(self, scope):
        return self._disputes(scope, Domain("settled_on", "=", False) | Domain("settled_on", ">", scope.date_to))

    # ------------------------------------------------------------------
    # P-04: review
    # ------------------------------------------------------------------

    def _measure_p_04_overdue(self, scope):
        return Asked("cpa.policy", self._in_force(scope), Domain("next_review_date", "<", scope.until))

    def _measure_p_04_unplanned(self, scope):
        return Asked("cpa.policy", self._in_force(scope), Domain("next_review_date", "=", False))

    def _measure_p_04_former(self, scope):
        return self._requests(scope, "replied_at", Domain("policy_id.in_force_until", "<=", scope.date_to))

    # ------------------------------------------------------------------
    # P-38: approval
    # ------------------------------------------------------------------

    def _measure_p_38_in_force(self, scope):
        return Asked("cpa.policy", self._in_force(scope), due=1)

    def _measure_p_38_incomplete(self, scope):
        missing = (Domain(name, "=", False) for name in ("approval_session", "resolution_number", "approved_by"))
        return Asked("cpa.policy", self._in_force(scope), Domain.OR(missing))

    def _measure_p_38_open(self, scope):
        unsettled = Domain("settled_on", "=", False) | Domain("settled_on", ">", scope.until)
        return Asked("cpa.policy.reading", Domain.TRUE, unsettled)
