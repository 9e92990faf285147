"""Who votes on a case: the members in term who are there and free of a conflict, alternates in empty places, quorum."""

from odoo import api, fields, models

from ..tools.riyadh import riyadh_date


class CpaCommitteeCase(models.Model):
    _inherit = "cpa.committee.case"

    # who votes is no secret among those who read the case
    voter_ids = fields.Many2many("cpa.committee.member", compute="_compute_voters", compute_sudo=True, string="Voting")
    excluded_ids = fields.Many2many("cpa.committee.member", compute="_compute_voters", compute_sudo=True)
    my_member_id = fields.Many2one("cpa.committee.member", compute="_compute_mine", compute_sudo=True)
    can_recuse = fields.Boolean(compute="_compute_mine", compute_sudo=True)

    @api.depends("session_id.attendance_ids.is_present", "recusal_ids", "request_id")
    def _compute_voters(self):
        for case in self:
            case.voter_ids = case._voters()
            case.excluded_ids = case._excluded()

    @api.depends("session_id.state", "voter_ids", "proposal_ids.vote_ids")
    @api.depends_context("uid")
    def _compute_mine(self):
        for case in self:
            case.my_member_id = case.session_id.committee_id.member_ids.filtered(
                lambda m: m.user_id == self.env.user and m.has_vote
            )[:1]
            case.can_recuse = (
                case.session_id.state in ("convened", "open")
                and bool(case.my_member_id)
                and case.my_member_id not in case.excluded_ids | case.proposal_ids.vote_ids.member_id
            )

    def _seats(self):
        """Return the voting members in term on the day of the session, without the alternates."""
        members = self.session_id.committee_id.member_ids._in_term(riyadh_date(self.session_id.planned_at))
        return members.filtered(lambda m: m.has_vote and m.role != "alternate")

    def _excluded(self):
        """Return the members who may not vote: the study's author, the request's officer, the recused."""
        # the fact of authorship, not the study's content
        authors = self.request_id.officer_id | self.request_id.sudo().study_ids.researcher_id
        members = self.session_id.committee_id.member_ids
        return members.filtered(lambda m: m.user_id in authors) | self.recusal_ids.member_id

    def _voters(self):
        """Return the present members who may vote on this case; an alternate takes the place of one who cannot."""
        self.ensure_one()
        excluded, present = self._excluded(), self.session_id._present_members()
        seats = self._seats()
        voters = (seats & present) - excluded
        alternates = present.filtered(lambda m: m.role == "alternate" and m.has_vote) - excluded
        in_term = alternates._in_term(riyadh_date(self.session_id.planned_at))
        return voters | in_term[: len(seats) - len(voters)]

    def _quorum(self):
        """Return how many votes (abstentions included) a decision on this case needs.

        More than half of the members in term, not counting the excluded, and at least the committee's minimum.
        """
        self.ensure_one()
        counted = self._seats() - self._excluded()
        return max(len(counted) // 2 + 1, self.session_id.committee_id.minimum_votes)
