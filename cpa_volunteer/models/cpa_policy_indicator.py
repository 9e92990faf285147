"""Volunteers in the evidence: their agreements and charter (P-01), their hours and what went wrong (P-24)."""

from odoo import models
from odoo.addons.cpa_beneficiary.models.cpa_policy_indicator import Asked
from odoo.fields import Domain

from .cpa_participation import PLACED


class CpaPolicyIndicator(models.Model):
    _inherit = "cpa.policy.indicator"

    # ------------------------------------------------------------------
    # P-01: rights and duties, agreed on
    # ------------------------------------------------------------------

    def _volunteers(self, scope, counted):
        """Ask about the volunteers who are active now."""
        of = scope.where(branch=None, service=None) & Domain("state", "=", "active")
        return Asked("cpa.volunteer", of, counted)

    def _agreed(self, scope):
        """Return the domain of the agreements of volunteers that were in force on the last day of the period."""
        last = scope.until
        agreed = Domain("party", "=", "volunteer") & scope.by_the_end("signed_at") & Domain("date_from", "<=", last)
        agreed &= Domain("date_to", "=", False) | Domain("date_to", ">=", last)
        return agreed & (Domain("ended_on", "=", False) | Domain("ended_on", ">", last))

    def _measure_p_01_volunteers(self, scope):
        return self._volunteers(scope, Domain("partner_id.cpa_agreement_ids", "any", self._agreed(scope)))

    def _measure_p_01_unsigned(self, scope):
        return self._volunteers(scope, Domain("partner_id.cpa_agreement_ids", "not any", self._agreed(scope)))

    # ------------------------------------------------------------------
    # P-24: the volunteering service
    # ------------------------------------------------------------------

    def _participations(self, scope, counted, **mean):
        """Ask about the places of shifts that ended in the period and were kept until then."""
        of = scope.where(branch="opportunity_id.branch_id", service=None) & scope.moments("stop")
        return Asked("cpa.participation", of & Domain("state", "in", PLACED), counted, **mean)

    def _measure_p_24_attended(self, scope):
        return self._participations(scope, Domain("state", "in", ("attended", "closed")))

    def _measure_p_24_absent(self, scope):
        return self._participations(scope, Domain("state", "=", "absent"))

    def _measure_p_24_unapproved(self, scope):
        return self._participations(scope, Domain("state", "=", "attended"))

    def _measure_p_24_hours(self, scope):
        """Tell the sum of approved hours: the one figure that is neither a number of records nor a mean."""
        asked = self._participations(scope, Domain("state", "=", "closed"), mean="hours_approved")
        of, counted, mean = self._tally([asked])[asked]
        measure = self._measure(asked, of, counted, mean)
        return measure._replace(value=None if mean is None else counted * mean)

    def _measure_p_24_incidents(self, scope):
        of = scope.where(branch=None, service=None) & scope.moments("happened_on")
        return Asked("cpa.volunteer.incident", of, Domain("state", "!=", "closed"))
