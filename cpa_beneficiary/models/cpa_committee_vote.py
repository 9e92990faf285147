from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .cpa_committee_proposal import CHOICES
from .roles import SECRETARY


class CpaCommitteeVote(models.Model):
    """One member's vote on one proposal, cast by the member or recorded in the room by the secretary."""

    _name = "cpa.committee.vote"
    _description = "Vote"
    _order = "proposal_id, id"
    _rec_name = "member_id"

    proposal_id = fields.Many2one("cpa.committee.proposal", required=True, ondelete="restrict", index=True)
    member_id = fields.Many2one("cpa.committee.member", required=True, ondelete="restrict")
    choice = fields.Selection(CHOICES, required=True)
    recorded_by = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict", default=lambda self: self.env.user
    )
    voted_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    _member_uniq = models.Constraint(
        "UNIQUE(proposal_id, member_id)", "This member has voted on this proposal already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [vals | {"recorded_by": self.env.uid, "voted_at": fields.Datetime.now()} for vals in vals_list]
        self._hold_open(self.env["cpa.committee.proposal"].browse([vals["proposal_id"] for vals in vals_list]))
        votes = super().create(vals_list)
        votes._check_voter()
        return votes

    def write(self, vals):
        if vals.keys() != {"choice"}:
            raise UserError(self.env._("Of a vote only the choice changes, and only while the vote is open."))
        self._hold_open(self.proposal_id)
        self._check_voter()
        return super().write(vals | {"recorded_by": self.env.uid, "voted_at": fields.Datetime.now()})

    def unlink(self):
        raise UserError(self.env._("A vote is not deleted."))

    def _hold_open(self, proposals):
        """Keep session and proposal as they are until this vote is stored.

        A shared lock lets members vote at the same time and makes the end of the voting wait for them; a vote that
        comes after the end meets a changed row, is tried again by the server and is then refused here. Counting is a
        transaction of its own, so it sees every vote that was let in.

        :raise UserError: the vote on a proposal has ended
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT proposal.state, session.state
                  FROM cpa_committee_proposal proposal
                  JOIN cpa_committee_case agenda ON agenda.id = proposal.case_id
                  JOIN cpa_committee_session session ON session.id = agenda.session_id
                 WHERE proposal.id IN %s
                   FOR SHARE OF proposal, session
                """,
                tuple(proposals.ids),
            )
        )
        if set(rows) != {("open", "open")}:
            raise UserError(self.env._("The vote on this proposal has ended."))

    def _check_voter(self):
        """:raise UserError: the member may not vote on the case, or another member tries to vote for him"""
        for vote in self:
            if vote.member_id not in vote.proposal_id.case_id._voters():
                raise UserError(
                    self.env._(
                        "%(member)s does not vote on this case: absent, excluded or not in term.",
                        member=vote.member_id.user_id.name,
                    )
                )
            if vote.member_id.user_id != self.env.user and not self.env.user._has_group(SECRETARY):
                raise UserError(self.env._("A member votes for himself; only the secretary records for others."))
