"""The aims of the service: on the path, soon, without hardship, where people are, and its slips (P-03, P-05 to P-11,
P-14, P-17)."""

from odoo import models
from odoo.fields import Domain

from .cpa_policy_indicator import IN_MINUTES, Asked

LATE = Domain("reply_timing", "in", ("late", "past_ceiling"))
# What is entered so much later than it happened is told.
LATE_ENTRY_HOURS = 24
# Where something is given without the beneficiary having to come.
HIS_PLACE = ("home", "remote", "transfer")


class CpaPolicyIndicator(models.Model):
    _inherit = "cpa.policy.indicator"

    # ------------------------------------------------------------------
    # P-03: the path
    # ------------------------------------------------------------------

    def _measure_p_03_path(self, scope):
        return self._requests(scope, "closed_at", Domain("replied_at", "!=", False))

    def _measure_p_03_cancelled(self, scope):
        return self._requests(scope, "closed_at", Domain("state", "=", "cancelled"))

    def _measure_p_03_entered_later(self, scope):
        return self._moves(scope, "cpa.request", Domain.TRUE, Domain("lag_hours", ">=", LATE_ENTRY_HOURS))

    # ------------------------------------------------------------------
    # P-05: soon; proposals followed up
    # ------------------------------------------------------------------

    def _measure_p_05_days(self, scope):
        return self._requests(scope, "replied_at", Domain.TRUE, mean="reply_days")

    def _measure_p_05_late(self, scope):
        return self._requests(scope, "replied_at", LATE)

    def _measure_p_05_suggestions(self, scope):
        return self._requests(scope, "submitted_at", scope.by_the_end("replied_at"), Domain("kind", "=", "suggestion"))

    def _measure_p_05_unanswered(self, scope):
        late = Domain("reply_target_date", "<", scope.until)
        return self._unanswered(scope, late, Domain("kind", "=", "suggestion"))

    def _unanswered(self, scope, counted, of=Domain.TRUE):
        """Ask which of the requests in hand waited for their reply when the period was over."""
        of &= scope.where() & scope.in_hand("submitted_at", "replied_at", "closed_at")
        waiting = scope.not_by_the_end("replied_at") & scope.not_by_the_end("closed_at")
        return Asked("cpa.request", of, waiting & counted)

    # ------------------------------------------------------------------
    # P-06: with other bodies
    # ------------------------------------------------------------------

    def _outside(self, scope, of, counted):
        return Asked("cpa.outside.referral", self._own_branch(scope) & of, counted)

    def _measure_p_06_answered(self, scope):
        return self._outside(scope, scope.moments("referred_at"), scope.by_the_end("answered_at"))

    def _measure_p_06_overdue(self, scope):
        in_hand = scope.in_hand("referred_at", "answered_at") & Domain("state", "!=", "closed")
        past = Domain("follow_up_date", "<", scope.until)
        return self._outside(scope, in_hand, scope.not_by_the_end("answered_at") & past)

    def _measure_p_06_closed(self, scope):
        ends = Domain("to_state", "in", ("answered", "closed"))
        return self._moves(scope, "cpa.outside.referral", ends, Domain("to_state", "=", "closed"))

    # ------------------------------------------------------------------
    # P-07: to whom we may turn
    # ------------------------------------------------------------------

    def _measure_p_07_proactive(self, scope):
        return self._requests(scope, "submitted_at", Domain("initiative", "=", "proactive"))

    def _approached(self, scope, counted):
        of = scope.where(service="outreach_id.service_id") & scope.moments("contacted_at")
        return Asked("cpa.outreach.contact", of, counted)

    def _measure_p_07_reached(self, scope):
        return self._approached(scope, Domain("state", "in", ("reached", "wants", "not_interested")))

    def _measure_p_07_missed(self, scope):
        return self._approached(scope, Domain("state", "in", ("no_answer", "wrong_number")))

    def _measure_p_07_withdrawn(self, scope):
        return Asked("cpa.consent", scope.moments("happened_at"), Domain("event", "=", "withdrawn"))

    # ------------------------------------------------------------------
    # P-08: without hardship
    # ------------------------------------------------------------------

    def _submissions(self, scope, counted, of=Domain.TRUE):
        return Asked("cpa.request.submission", scope.moments("submitted_at") & of & scope.where("request_id."), counted)

    def _measure_p_08_again(self, scope):
        return self._submissions(scope, Domain("round", ">", 1))

    def _measure_p_08_assessed(self, scope):
        return self._requests(scope, "decided_at", Domain("study_ids.need_level", "!=", False))

    # ------------------------------------------------------------------
    # P-09: electronically
    # ------------------------------------------------------------------

    def _measure_p_09_online(self, scope):
        return self._requests(scope, "submitted_at", Domain("channel_id.code", "=", "website"))

    def _measure_p_09_expired(self, scope):
        of = scope.where() & scope.moments("submitted_at")
        return Asked("cpa.application", of, Domain("state", "=", "expired"))

    # ------------------------------------------------------------------
    # P-10, P-14: questions and wrong ideas
    # ------------------------------------------------------------------

    def _questions(self, scope, of, counted, **mean):
        """Ask about the questions of inquiries; an inquiry without a company is of each."""
        whose = Domain("lead_id.company_id", "in", (scope.company.id, False))
        if scope.branch:
            whose &= Domain("lead_id.cpa_branch_id", "=", scope.branch.id)
        return Asked("cpa.inquiry.question", of & whose, counted, **mean)

    def _waiting_questions(self, scope, counted=Domain.TRUE):
        """Ask which of the questions in hand were without an answer when the period was over."""
        in_hand = scope.in_hand("asked_at", "answered_at")
        return self._questions(scope, in_hand, scope.not_by_the_end("answered_at") & counted)

    def _measure_p_10_answered(self, scope):
        return self._questions(scope, scope.moments("asked_at"), scope.by_the_end("answered_at"))

    def _measure_p_10_time(self, scope):
        answered = scope.by_the_end("answered_at")
        return self._questions(scope, scope.moments("asked_at"), answered, mean="answer_hours", times=IN_MINUTES)

    def _measure_p_10_waiting(self, scope):
        return self._waiting_questions(scope)

    def _measure_p_14_met(self, scope):
        return self._questions(scope, scope.moments("asked_at"), Domain("misconception_id", "!=", False))

    def _measure_p_14_waiting(self, scope):
        return self._waiting_questions(scope, Domain("misconception_id", "!=", False))

    # ------------------------------------------------------------------
    # P-11: where he is
    # ------------------------------------------------------------------

    def _measure_p_11_his_place(self, scope):
        of = self._own_branch(scope) & scope.moments("delivered_at")
        return Asked("cpa.delivery", of, Domain("place", "in", HIS_PLACE))

    def _visits(self, scope, counted):
        return Asked("cpa.visit", self._own_branch(scope) & scope.moments("start"), counted)

    def _measure_p_11_visits(self, scope):
        return self._visits(scope, Domain("state", "=", "done"))

    def _measure_p_11_missed(self, scope):
        return self._visits(scope, Domain("state", "=", "missed"))

    # ------------------------------------------------------------------
    # P-17: internal beneficiaries are served alike
    # ------------------------------------------------------------------

    def _measure_p_17_internal(self, scope):
        return self._requests(scope, "submitted_at", Domain("beneficiary_id.is_internal", "=", True))

    def _measure_p_17_late(self, scope):
        return self._requests(scope, "replied_at", LATE, Domain("beneficiary_id.is_internal", "=", True))
