"""Who votes on a case: the members in term who are there and free of a conflict, alternates in empty places, quorum."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.text import comma_list


class CpaCommitteeCase(models.Model):
    _inherit = "cpa.committee.case"

    # who votes is no secret among those who read the case
    voter_ids = fields.Many2many("cpa.committee.member", compute="_compute_voters", compute_sudo=True, string="Voting")
    excluded_ids = fields.Many2many("cpa.committee.member", compute="_compute_voters", compute_sudo=True)
    quorum_reachable = fields.Boolean(compute="_compute_voters", compute_sudo=True)
    quorum_problem = fields.Text("Quorum out of reach", compute="_compute_voters", compute_sudo=True)
    my_member_id = fields.Many2one("cpa.committee.member", compute="_compute_mine", compute_sudo=True)
    can_recuse = fields.Boolean(compute="_compute_mine", compute_sudo=True)

    # what the count was based on, as it was that day: {"quorum": votes needed, "excluded": {id of the member: reason}}
    count_basis = fields.Json(kept=True, readonly=True, copy=False)

    @api.depends_context("lang")
    @api.depends(
        "session_id.state",
        "session_id.mode",
        "session_id.planned_at",
        "session_id.attendance_ids.is_present",
        "session_id.attendance_ids.is_by_video",
        "session_id.presiding_id",
        "session_id.committee_id.member_ids",
        "recusal_ids",
        "request_id.officer_id",
        "request_id.study_ids.researcher_id",
        "proposal_ids.state",
        "proposal_ids.vote_ids",
    )
    def _compute_voters(self):
        for case in self:
            case.voter_ids = case._voters()
            case.excluded_ids = case._excluded()
            case.quorum_problem = case._quorum_problem()
            case.quorum_reachable = not case.quorum_problem

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

    # ------------------------------------------------------------------
    # Who may not vote
    # ------------------------------------------------------------------

    def _exclusions(self):
        """Return who may not vote on this case and why; the one place for reasons, which add-ons extend.

        :return: dict of ``cpa.committee.member`` records to a reason in the user's language; what was counted is not
            asked again: it keeps the reasons of its day
        """
        self.ensure_one()
        members = self.session_id.committee_id.member_ids
        if self.count_basis:
            kept = {int(member_id): reason for member_id, reason in self.count_basis["excluded"].items()}
            return {member: kept[member.id] for member in members if member.id in kept}
        rules = self.session_id._rules()
        # the fact of authorship, not the study's content
        authors = self.request_id.sudo().study_ids.researcher_id if rules.excludes_author else self.env["res.users"]
        officer = self.request_id.officer_id if rules.excludes_officer else self.env["res.users"]
        reasons = {}
        for member in members:
            if member.user_id in authors:
                reasons[member] = self.env._("wrote the study")
            elif member.user_id in officer:
                reasons[member] = self.env._("is the officer of the request")
        for recusal in self.recusal_ids:
            reasons[recusal.member_id] = self.env._("stepped aside: %(reason)s", reason=recusal.reason)
        return reasons

    def _excluded(self):
        """Return the members who may not vote: the study's author, the request's officer, the recused."""
        return self.env["cpa.committee.member"].concat(*self._exclusions())

    # ------------------------------------------------------------------
    # Who votes
    # ------------------------------------------------------------------

    def _seats(self):
        """Return the voting members in term on the day of the session, without the alternates."""
        return self.session_id._members().filtered(lambda m: m.has_vote and m.role != "alternate")

    def _voters(self):
        """Return the members who may vote on this case; an alternate takes the place of one who cannot."""
        self.ensure_one()
        return self.env["cpa.committee.member"].concat(*self._places(self._there()).values())

    def _there(self):
        """Return the members who can vote now: those who take part; before the session, where that is allowed, all."""
        session = self.session_id
        return self._seats() if session._votes_early() else session._participants()

    def _places(self, there):
        """Return from which place each of ``there`` votes: dict of seat to voter.

        A place from which somebody has voted is taken, also when its member comes late or leaves early.
        """
        self.ensure_one()
        seats, excluded = self._seats(), self._excluded()
        places = {vote.place_id: vote.member_id for vote in self._votes_on_table() if vote.place_id}
        voted = list(places.values())
        for seat in (seats & there) - excluded:
            if seat not in places and seat not in voted:
                places[seat] = seat
        alternates = self.session_id._members().filtered(lambda m: m.has_vote and m.role == "alternate")
        waiting = [member for member in (alternates & there) - excluded if member not in voted]
        for seat in seats:
            if waiting and seat not in places:
                places[seat] = waiting.pop(0)
        return places

    def _votes_on_table(self):
        """Return the votes on the last proposal that was not replaced."""
        proposal = self.proposal_ids.filtered(lambda p: p.state != "superseded")[-1:]
        # a part of the records alone would read the votes of each case by itself
        return proposal.with_prefetch(self.proposal_ids._prefetch_ids)._all_votes()

    # ------------------------------------------------------------------
    # Quorum
    # ------------------------------------------------------------------

    def _counted(self):
        """Return the members by whose number quorum and majority go: in term, without alternates and excluded."""
        return self._seats() - self._excluded()

    def _quorum(self):
        """Return how many votes (abstentions included) a decision on this case needs.

        The share of the members in term that the board's rule asks for, not counting the excluded, and at least the
        committee's minimum; all answers in a circulation; who presides and one member in an urgent session.
        """
        self.ensure_one()
        if self.count_basis:
            return self.count_basis["quorum"]
        session = self.session_id
        if session.mode == "urgent":
            return 2
        rules = session._rules()
        if session.mode == "circulation":
            return max(len(self._places(session._members())), rules.minimum_votes)
        return rules._quorum_of(len(self._counted()))

    def _quorum_problem(self):
        """Return why no vote on this case can reach the quorum, in the user's language (False where it can)."""
        session = self.session_id
        if self.state != "pending" or session.state not in ("draft", "convened", "open"):
            return False
        members = session._members()
        # until the attendance is taken everybody may come
        there = session._participants() if session.state == "open" or session._present_members() else members
        places, needed = self._places(there), self._quorum()
        urgent_alone = session.mode == "urgent" and session._who_presides(there) not in places.values()
        if len(places) >= needed and not urgent_alone:
            return False
        lines = [
            self.env._(
                "Quorum out of reach: %(needed)s votes needed, %(possible)s possible.",
                needed=needed,
                possible=len(places),
            )
        ]
        excluded = self._excluded() & members
        if excluded:
            lines.append(
                self.env._("Excluded: %(members)s.", members=comma_list(excluded.user_id.mapped("name"), self.env.lang))
            )
        absent = self._seats() - there - excluded
        if absent:
            lines.append(
                self.env._("Absent: %(members)s.", members=comma_list(absent.user_id.mapped("name"), self.env.lang))
            )
        return "\n".join(lines)


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    def _votes_early(self):
        """Return whether members vote before the session is held (a rule that is off until switched on)."""
        return self.state == "convened" and self.mode == "meeting" and self.has_early_vote

    def _takes_votes(self):
        """Return whether proposals are put and voted on now."""
        return self.state == "open" or self._votes_early()

    def _hold_places(self, members):
        """Let what ``members`` do in these sessions follow one another: to vote, to step aside, to come and to go.

        Two of it at the same time would not see each other: the second one meets a changed row and is tried again.
        Who answers in a circulation takes part in it.
        """
        self.attendance_ids.flush_recordset(["is_present"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE cpa_committee_attendance line
                   SET is_present = line.is_present OR session.mode = 'circulation'
                  FROM cpa_committee_session session
                 WHERE session.id = line.session_id
                   AND session.id IN %s
                   AND line.member_id IN %s
                """,
                tuple(self.ids) or (0,),
                tuple(members.ids) or (0,),
            )
        )
        self.attendance_ids.invalidate_recordset(["is_present"], flush=False)


class CpaCommitteeProposal(models.Model):
    _inherit = "cpa.committee.proposal"

    def _places_of_voters(self):
        """Return dict of proposal to its places (see ``cpa.committee.case._places``), asked once for each case."""
        return {proposal: proposal.case_id._places(proposal.case_id._there()) for proposal in self}


class CpaCommitteeAttendance(models.Model):
    _inherit = "cpa.committee.attendance"

    is_by_video = fields.Boolean("By video")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._hold_session()
        lines._check_in_term()
        return lines

    def write(self, vals):
        self._hold_session()
        result = super().write(vals)
        if vals.keys() & {"member_id", "session_id"}:
            self._check_in_term()
        return result

    def _hold_session(self):
        # who is there decides the quorum: it does not change under the end of the voting
        self.session_id._hold("draft", "convened", "open")

    def _check_in_term(self):
        for line in self.filtered(lambda line: line.session_id.state == "open"):
            session = line.session_id
            if line.member_id not in session.committee_id.member_ids._in_term(session._day()):
                raise UserError(self.env._("“%(member)s” is no member in term.", member=line.member_id.display_name))
