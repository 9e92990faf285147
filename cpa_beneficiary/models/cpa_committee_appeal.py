"""Who hears an appeal against a decision of the committee: nobody who has a conflict, else the higher body."""

from odoo import fields, models

from ..tools.riyadh import cpa_today


class CpaCommittee(models.Model):
    _inherit = "cpa.committee"

    appeal_heard_by = fields.Selection(
        [
            ("without_conflict", "This committee, without whoever has a conflict"),
            ("not_voters", "This committee, also without those who voted on the decision"),
            ("higher_body", "The higher body"),
        ],
        "Appeals are heard by",
        default="without_conflict",
        required=True,
        help="Where no quorum is left, the higher body hears the appeal.",
    )

    def _can_hear(self, conflicts):
        """Return whether a quorum of this committee is left today without the users in ``conflicts``."""
        self.ensure_one()
        voting = self.member_ids._in_term(cpa_today()).filtered("has_vote")
        seats = voting.filtered(lambda member: member.role != "alternate")
        free = voting.filtered(lambda member: member.user_id not in conflicts)
        return min(len(free), len(seats)) >= self._quorum_of(len(seats & free))


class CpaCommitteeCase(models.Model):
    _inherit = "cpa.committee.case"

    def _exclusions(self):
        reasons = super()._exclusions()
        if not self.request_id.appeal_of_id or self.count_basis:
            return reasons
        conflicts = self.request_id._appeal_conflicts()
        for member in self.session_id.committee_id.member_ids:
            if member.user_id in conflicts:
                reasons.setdefault(member, conflicts[member.user_id])
        return reasons


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    def _appeal_committee(self):
        """Return the committee that hears this appeal; empty where a higher body is needed and none is named."""
        self.ensure_one()
        former = self.sudo().appeal_of_id._deciding_committee()  # which committee it was
        if former.appeal_heard_by != "higher_body" and former._can_hear(self._appeal_conflicts()):
            return former
        return former.higher_body_id

    def _guard_committee(self, at):
        missing = super()._guard_committee(at)
        if self.appeal_of_id and self.needs_committee and not self._appeal_committee():
            missing.append(
                self.env._(
                    "Nobody without a conflict can hear this appeal: name the higher body of “%(committee)s”.",
                    committee=self.sudo().appeal_of_id._deciding_committee().display_name,  # its name only
                )
            )
        return missing

    def _effect_hear(self, at):
        for appeal in self.filtered(lambda request: request.appeal_of_id and not request.committee_id):
            appeal._assign_committee(appeal._appeal_committee())
        super()._effect_hear(at)
