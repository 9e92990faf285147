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
    place_id = fields.Many2one(
        "cpa.committee.member",
        "In the place of",
        readonly=True,
        ondelete="restrict",
        help="An alternate votes from the place of a member who is absent or excluded; everybody else from his own.",
    )
    choice = fields.Selection(CHOICES, required=True)
    recorded_by = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict", default=lambda self: self.env.user
    )
    voted_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    _member_uniq = models.Constraint(
        "UNIQUE(proposal_id, member_id)", "This member has voted on this proposal already."
    )
    _place_uniq = models.Constraint(
        "UNIQUE(proposal_id, place_id)", "Somebody has voted from this place already: the member, or his alternate."
    )

    @api.model_create_multi
    def create(self, vals_list):
        proposals = self.env["cpa.committee.proposal"].browse([vals["proposal_id"] for vals in vals_list])
        members = self.env["cpa.committee.member"].browse([vals["member_id"] for vals in vals_list])
        self._hold_open(proposals, members)
        places = proposals._places_of_voters()
        now = fields.Datetime.now()
        votes = super().create(
            [
                vals
                | {
                    "place_id": self._check_voter(proposal, member, places[proposal]).id,
                    "recorded_by": self.env.uid,
                    "voted_at": now,
                }
                for vals, proposal, member in zip(vals_list, proposals, members, strict=True)
            ]
        )
        proposals.session_id._thank(members)
        return votes

    def write(self, vals):
        if vals.keys() != {"choice"}:
            raise UserError(self.env._("Of a vote only the choice changes, and only while the vote is open."))
        self._hold_open(self.proposal_id, self.member_id)
        places = self.proposal_id._places_of_voters()
        for vote in self:
            self._check_voter(vote.proposal_id, vote.member_id, places[vote.proposal_id])
        return super().write(vals | {"recorded_by": self.env.uid, "voted_at": fields.Datetime.now()})

    def unlink(self):
        raise UserError(self.env._("A vote is not deleted."))

    def _hold_open(self, proposals, members):
        """Keep session and proposals as they are, and the members where they are, until these votes are stored.

        A shared lock lets members vote at the same time and makes the end of the voting wait for them; a vote that
        comes after the end meets a changed row, is tried again by the server and is then refused here. Counting is a
        transaction of its own, so it sees every vote that was let in.

        :raise UserError: the vote on a proposal has ended
        """
        self.env.flush_all()
        sessions = proposals.session_id
        # the session first, as the count does, so that the two never wait for each other
        held = sessions._hold("convened", "open")
        states = self.env.execute_query(
            SQL("SELECT state FROM cpa_committee_proposal WHERE id IN %s FOR SHARE", tuple(proposals.ids) or (0,))
        )
        if not held or set(states) - {("open",)} or any(not session._takes_votes() for session in sessions):
            raise UserError(self.env._("The vote on this proposal has ended."))
        sessions._check_answer_day()
        sessions._hold_places(members)

    @api.model
    def _check_voter(self, proposal, member, places):
        """Return the place from which ``member`` votes.

        :param places: as ``cpa.committee.case._places`` returns them
        :raise UserError: the member may not vote on the case, or another member tries to vote for him
        """
        seat = next((seat for seat, voter in places.items() if voter == member), None)
        if not seat:
            raise UserError(
                self.env._(
                    "%(member)s does not vote on this case: absent, excluded or not in term.",
                    member=member.user_id.name,
                )
            )
        if member.user_id != self.env.user:
            if not self.env.user._has_group(SECRETARY):
                raise UserError(self.env._("A member votes for himself; only the secretary records for others."))
            if proposal.session_id.has_secret_vote:
                raise UserError(self.env._("The vote is secret: every member votes for himself."))
        return seat
