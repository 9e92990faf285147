from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.riyadh import riyadh_date
from .cpa_lifecycle_mixin import Move

SECRETARY = "cpa_beneficiary.group_secretary"


class CpaCommitteeCase(models.Model):
    """A request on the agenda of a session: who may vote on it, what was proposed, how it ended."""

    _name = "cpa.committee.case"
    _description = "Case"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "session_id desc, sequence, id"
    _rec_name = "request_id"
    _lifecycle_initial = "pending"
    _lifecycle_deletable = frozenset({"pending"})
    _lifecycle_frozen = frozenset({"decided", "deferred", "undecided"})

    session_id = fields.Many2one("cpa.committee.session", required=True, ondelete="restrict", index=True)
    session_state = fields.Selection(related="session_id.state", string="State of the session")
    sequence = fields.Integer(default=10)
    request_id = fields.Many2one("cpa.request", required=True, ondelete="restrict", index=True)
    beneficiary_id = fields.Many2one(related="request_id.beneficiary_id")
    service_id = fields.Many2one(related="request_id.service_id")
    is_urgent = fields.Boolean(related="request_id.is_urgent")
    recommendation = fields.Selection(related="request_id.study_ids.recommendation")
    state = fields.Selection(
        [("pending", "Pending"), ("decided", "Decided"), ("deferred", "Deferred"), ("undecided", "Not decided")],
        default="pending",
        required=True,
        readonly=True,
        copy=False,
    )
    recusal_ids = fields.One2many("cpa.committee.recusal", "case_id", "Recusals")
    proposal_ids = fields.One2many("cpa.committee.proposal", "case_id", "Proposals")
    voter_ids = fields.Many2many("cpa.committee.member", compute="_compute_voters", string="Voting")
    excluded_ids = fields.Many2many("cpa.committee.member", compute="_compute_voters", string="Excluded")

    _request_uniq = models.Constraint("UNIQUE(session_id, request_id)", "This request is on the agenda already.")

    def _lifecycle_moves(self):
        count = Move((SECRETARY,), ("_guard_counting",))
        return {
            ("pending", "decided"): count,
            ("pending", "deferred"): count,
            ("pending", "undecided"): count,
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_counting(self, at):
        """A case ends with the count of its session and as the votes say, never by a click of its own."""
        if self.session_id.state != "minutes":
            return [self.env._("The votes of its session have not been counted.")]
        return []

    # ------------------------------------------------------------------
    # Who votes (design: excluded, alternates, quorum)
    # ------------------------------------------------------------------

    @api.depends("session_id.attendance_ids.is_present", "recusal_ids", "request_id")
    def _compute_voters(self):
        for case in self:
            case.voter_ids = case._voters()
            case.excluded_ids = case._excluded()

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

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def _count(self):
        """Count the last proposal of each case and let its request go where the votes send it."""
        for case in self:
            proposal = case.proposal_ids.filtered(lambda p: p.state == "open")[-1:]
            if proposal:
                proposal.write({"state": "carried" if proposal._outcome()["carried"] else "lost"})
            if proposal.state != "carried":
                case.write({"state": "undecided"})
            elif proposal.kind == "defer":
                case.write({"state": "deferred"})
                if case.request_id.needs_study:
                    case.request_id.write({"state": "research", "move_reason": proposal.missing})
            else:
                case.write({"state": "decided"})
                case.request_id.write({"state": "decided"})

    def action_put_recommendation(self):
        """Button: put the researcher's recommendation to the vote as it stands."""
        for case in self:
            study = case.request_id.study_ids[:1]
            if not study.recommendation:
                raise UserError(self.env._("The study of “%(request)s” recommends nothing.", request=case.request_id.display_name))
            if study.recommendation == "reject":
                return case.action_put_proposal() | {"name": self.env._("Reason of the rejection")}
            self.env["cpa.committee.proposal"].create(
                {
                    "case_id": case.id,
                    "kind": study.recommendation,
                    "amount": study.recommended_amount,
                    "conditions": study.need_assessment if study.recommendation == "partial" else False,
                }
            )
        return True

    def action_put_proposal(self):
        """Button: put another proposal to the vote."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Proposal"),
            "res_model": "cpa.committee.proposal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id, "default_kind": self.recommendation or "accept"},
        }


class CpaCommitteeRecusal(models.Model):
    """A member's own step aside (تنحٍّ) from one case, with the reason."""

    _name = "cpa.committee.recusal"
    _description = "Recusal"
    _rec_name = "member_id"

    case_id = fields.Many2one("cpa.committee.case", required=True, ondelete="restrict", index=True)
    member_id = fields.Many2one("cpa.committee.member", required=True, ondelete="restrict")
    reason = fields.Text(required=True)

    _member_uniq = models.Constraint("UNIQUE(case_id, member_id)", "This member has stepped aside already.")

    @api.constrains("case_id", "member_id")
    def _check_before_vote(self):
        for recusal in self:
            if recusal.case_id.proposal_ids.vote_ids.filtered(lambda v: v.member_id == recusal.member_id):
                raise ValidationError(self.env._("A member steps aside before voting, not after."))

    @api.model_create_multi
    def create(self, vals_list):
        recusals = super().create(vals_list)
        recusals._check_open()
        return recusals

    def write(self, vals):
        self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _check_open(self):
        if any(recusal.case_id.session_id.state not in ("draft", "convened", "open") for recusal in self):
            raise UserError(self.env._("Recusals are closed with the voting."))
