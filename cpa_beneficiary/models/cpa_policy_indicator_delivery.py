"""The service given: on its day, acknowledged, and what was never given (P-37)."""

from odoo import models
from odoo.fields import Domain

from .cpa_policy_indicator import IN_DAYS, Asked


class CpaPolicyIndicator(models.Model):
    _inherit = "cpa.policy.indicator"

    def _deliveries(self, scope, of, counted):
        return Asked("cpa.delivery", self._own_branch(scope) & of & Domain("state", "!=", "cancelled"), counted)

    def _measure_p_37_delivered(self, scope):
        return self._deliveries(scope, scope.days("planned_date"), scope.by_the_end("delivered_at"))

    def _measure_p_37_days(self, scope):
        given = Domain("from_state", "=", "planned") & Domain("to_state", "=", "delivered")
        return self._moves(scope, "cpa.delivery", given, mean="hours_in_from", times=IN_DAYS)

    def _measure_p_37_overdue(self, scope):
        due = Domain("planned_date", "<=", scope.date_to)
        in_hand = due & (Domain("delivered_at", "=", False) | Domain("delivered_at", ">=", scope.begin))
        past = Domain("planned_date", "<", scope.until)
        return self._deliveries(scope, in_hand, scope.not_by_the_end("delivered_at") & past)

    def _measure_p_37_unacknowledged(self, scope):
        return self._deliveries(scope, scope.moments("delivered_at"), scope.not_by_the_end("acknowledged_at"))

    def _measure_p_37_undelivered(self, scope):
        closed = Domain("from_state", "in", ("approved", "delivery")) & Domain("to_state", "=", "done")
        delivers = Domain("request_id.service_id.needs_delivery", "=", True)
        return self._moves(scope, "cpa.request", closed & delivers, Domain("from_state", "=", "approved"))

    def _measure_p_37_returned(self, scope):
        ends = Domain("to_state", "in", ("paid", "returned"))
        return self._moves(scope, "cpa.payment.order", ends, Domain("to_state", "=", "returned"))
