"""What people said, and what came of it (P-12, P-13, P-15 to P-18, P-31, and of each channel P-19 to P-26).

Only figures that may be told are looked at, never an answer: closed periods, each large enough to be nobody's (P-16).
"""

from odoo import models
from odoo.addons.cpa_beneficiary.models.cpa_policy_indicator import Asked
from odoo.fields import Domain


class CpaPolicyIndicator(models.Model):
    _inherit = "cpa.policy.indicator"

    # ------------------------------------------------------------------
    # Figures of satisfaction
    # ------------------------------------------------------------------

    def _figures(self, scope, measure, counted=Domain.TRUE, by="", name="score"):
        """Ask for the mean of the figures of closed months, quarters or years within the period, by who answered.

        :param measure: what was asked
        :param by: "channel", where it is one channel's
        :param name: the number whose mean is taken
        """
        table = "_".join(filter(None, ("service" if scope.service else "", by or ("branch" if scope.branch else ""))))
        of = scope.where() & Domain("date_from", ">=", scope.date_from) & Domain("date_to", "<=", scope.date_to)
        of &= Domain("measure", "=", measure) & Domain("table", "=", table or "all")
        return Asked("cpa.survey.figure", of, counted, mean=name, weight="answers")

    def _measure_p_12_score(self, scope):
        return self._figures(scope, "satisfaction")

    def _measure_p_12_rate(self, scope):
        return self._figures(scope, "satisfaction", name="response_rate")

    def _measure_p_12_low(self, scope):
        low = Domain("score", "<", scope.company.cpa_survey_low)
        return self._figures(scope, "satisfaction", low)._replace(mean="", weight="")

    def _measure_p_13_trust(self, scope):
        return self._figures(scope, "trust")

    def _measure_p_15_perception(self, scope):
        return self._figures(scope, "perception")

    def _measure_p_31_respect(self, scope):
        return self._figures(scope, "respect")

    def _measure_p_31_enough(self, scope):
        return self._figures(scope, "time")

    def _measure_channel_score(self, scope):
        return self._figures(scope, "satisfaction", self._by_channel(), by="channel")

    # ------------------------------------------------------------------
    # P-16: people are asked
    # ------------------------------------------------------------------

    def _invitations(self, scope, counted):
        of = scope.where(branch=None, service=None) & scope.moments("due_at") & Domain("state", "!=", "queued")
        return Asked("cpa.survey.invitation", of, counted)

    def _measure_p_16_asked(self, scope):
        return self._invitations(scope, Domain("state", "in", ("sent", "closed")))

    def _measure_p_16_failed(self, scope):
        return self._invitations(scope, Domain("state", "=", "failed"))

    # ------------------------------------------------------------------
    # P-18: what is done about it
    # ------------------------------------------------------------------

    def _actions(self, scope, of, counted):
        return Asked("cpa.improvement.action", scope.where() & of, counted)

    def _measure_p_18_done(self, scope):
        return self._actions(scope, scope.days("date_due"), Domain("date_done", "<=", scope.date_to))

    def _measure_p_18_overdue(self, scope):
        of = Domain("date_due", "<=", scope.date_to) & Domain("state", "!=", "dropped")
        of &= Domain("date_done", "=", False) | Domain("date_done", ">=", scope.date_from)
        late = Domain("date_done", "=", False) | Domain("date_done", ">", scope.date_to)
        return self._actions(scope, of, Domain("date_due", "<", scope.until) & late)

    def _measure_p_18_unplanned(self, scope):
        return self._actions(scope, scope.moments("create_date"), Domain("state", "=", "proposed"))

    def _measure_p_18_measured(self, scope):
        return self._actions(scope, scope.days("after_until"), Domain("state", "=", "closed"))
