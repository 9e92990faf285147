"""How somebody is received and taken in: the counter, the checks, referral, declaration, registration (P-31 to P-34,
P-36)."""

from odoo import models
from odoo.fields import Domain

from .cpa_policy_indicator import IN_DAYS, IN_MINUTES, Asked
from .cpa_policy_indicator_service import LATE_ENTRY_HOURS


class CpaPolicyIndicator(models.Model):
    _inherit = "cpa.policy.indicator"

    # ------------------------------------------------------------------
    # P-31: the reception
    # ------------------------------------------------------------------

    def _visitors(self, scope, counted, **mean):
        return Asked("cpa.visitor", scope.where(service=None) & scope.moments("arrived_at"), counted, **mean)

    def _measure_p_31_wait(self, scope):
        return self._visitors(scope, Domain("started_at", "!=", False), mean="waited_hours", times=IN_MINUTES)

    def _measure_p_31_served(self, scope):
        return self._visitors(scope, Domain("started_at", "!=", False), mean="served_hours", times=IN_MINUTES)

    def _measure_p_31_left(self, scope):
        return self._visitors(scope, Domain("started_at", "=", False) & Domain("ended_at", "!=", False))

    def _measure_p_31_open(self, scope):
        return self._visitors(scope, Domain("left_open_count", ">", 0))

    # ------------------------------------------------------------------
    # P-32: the checks
    # ------------------------------------------------------------------

    def _checks(self, scope, of, counted):
        return Asked("cpa.request.check", of & scope.where("request_id."), counted)

    def _submitted_checks(self, scope, counted):
        """Ask about what was asked for with the submissions of the period; an optional item left out is not."""
        of = scope.moments("submission_id.submitted_at") & Domain("state", "!=", "pending")
        return self._checks(scope, of, counted)

    def _measure_p_32_complete(self, scope):
        return self._submitted_checks(scope, Domain("state", "=", "passed") & Domain("due_date", "=", False))

    def _measure_p_32_later(self, scope):
        return self._submitted_checks(scope, Domain("state", "=", "passed") & Domain("due_date", "!=", False))

    def _measure_p_32_later_days(self, scope):
        later = Domain("from_state", "=", "to_sight") & Domain("to_state", "=", "passed")
        return self._moves(scope, "cpa.request.check", later, mean="hours_in_from", times=IN_DAYS)

    def _measure_p_32_overdue(self, scope):
        in_hand = scope.in_hand("submission_id.submitted_at", "checked_at") & Domain("due_date", "!=", False)
        past = Domain("due_date", "<", scope.until)
        return self._checks(scope, in_hand, scope.not_by_the_end("checked_at") & past)

    def _measure_p_32_waived(self, scope):
        return self._checks(scope, scope.moments("checked_at"), Domain("state", "=", "waived"))

    # ------------------------------------------------------------------
    # P-33: referral to the social-research officer
    # ------------------------------------------------------------------

    def _referrals(self, scope, of, counted, **mean):
        return Asked("cpa.referral", of & scope.where("request_id."), counted, **mean)

    def _measure_p_33_answered(self, scope):
        return self._referrals(scope, scope.moments("asked_at"), scope.by_the_end("answered_at"))

    def _measure_p_33_time(self, scope):
        answered = scope.by_the_end("answered_at")
        return self._referrals(scope, scope.moments("asked_at"), answered, mean="answer_hours", times=IN_MINUTES)

    def _measure_p_33_waiting(self, scope):
        in_hand = scope.in_hand("asked_at", "answered_at") & Domain("state", "!=", "cancelled")
        return self._referrals(scope, in_hand, scope.not_by_the_end("answered_at"))

    # ------------------------------------------------------------------
    # P-34: the signature
    # ------------------------------------------------------------------

    def _measure_p_34_signed(self, scope):
        needed = Domain("request_id.service_id.needs_declaration", "=", True)
        return self._submissions(scope, Domain("declaration_id", "!=", False), needed)

    def _signatures(self, scope, counted):
        return self._moves(scope, "cpa.declaration", Domain("to_state", "in", ("signed", "void")), counted)

    def _measure_p_34_again(self, scope):
        return self._signatures(scope, Domain("to_state", "=", "void"))

    def _measure_p_34_entered_later(self, scope):
        return self._signatures(scope, Domain("to_state", "=", "signed") & Domain("lag_hours", ">=", LATE_ENTRY_HOURS))

    # ------------------------------------------------------------------
    # P-36: registration
    # ------------------------------------------------------------------

    def _files(self, scope, of, counted):
        return Asked("cpa.beneficiary", scope.where(service=None) & of, counted)

    def _measure_p_36_registered(self, scope):
        return self._files(scope, scope.moments("create_date"), Domain("registered_on", "<=", scope.date_to))

    def _measure_p_36_incomplete(self, scope):
        unregistered = Domain("registered_on", "=", False) | Domain("registered_on", ">", scope.date_to)
        return self._files(scope, scope.by_the_end("create_date"), unregistered)
