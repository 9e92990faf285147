from odoo import api, fields, models
from odoo.exceptions import UserError

from .cpa_committee_proposal import CHOICES, PROPOSAL_STATES
from .cpa_lifecycle_mixin import Move
from .cpa_study import RECOMMENDATIONS
from .roles import SECRETARY

# who reads a study reads it on the case too, and nobody else
STUDY_READERS = ",".join(f"cpa_beneficiary.group_{role}" for role in ("member", "secretary", "researcher", "manager"))


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

    session_id = fields.Many2one("cpa.committee.session", required=True, fixed=True, ondelete="restrict", index=True)
    session_state = fields.Selection(related="session_id.state", string="State of the session")
    sequence = fields.Integer(default=10)
    request_id = fields.Many2one("cpa.request", required=True, fixed=True, ondelete="restrict", index=True)
    beneficiary_id = fields.Many2one(related="request_id.beneficiary_id")
    service_id = fields.Many2one(related="request_id.service_id")
    is_urgent = fields.Boolean(related="request_id.is_urgent")
    recommendation = fields.Selection(RECOMMENDATIONS, compute="_compute_recommendation")

    # the file in brief, for the member's screen
    description = fields.Text(related="request_id.description")
    amount_requested = fields.Monetary(related="request_id.amount_requested")
    currency_id = fields.Many2one(related="request_id.currency_id")
    findings = fields.Text(related="request_id.study_ids.findings", groups=STUDY_READERS)
    need_level = fields.Selection(related="request_id.study_ids.need_level", groups=STUDY_READERS)
    need_assessment = fields.Text(related="request_id.study_ids.need_assessment", groups=STUDY_READERS)
    recommended_amount = fields.Monetary(related="request_id.study_ids.recommended_amount", groups=STUDY_READERS)
    study_researcher_id = fields.Many2one(related="request_id.study_ids.researcher_id", groups=STUDY_READERS)

    state = fields.Selection(
        [("pending", "Pending"), ("decided", "Decided"), ("deferred", "Deferred"), ("undecided", "Not decided")],
        default="pending",
        required=True,
        readonly=True,
        copy=False,
    )
    recusal_ids = fields.One2many("cpa.committee.recusal", "case_id", "Recusals")
    proposal_ids = fields.One2many("cpa.committee.proposal", "case_id", "Proposals")

    # the proposal on the table, with its live count
    proposal_id = fields.Many2one("cpa.committee.proposal", compute="_compute_proposal", compute_sudo=True)
    proposal_state = fields.Selection(PROPOSAL_STATES, compute="_compute_proposal", compute_sudo=True)
    proposal_details = fields.Text(compute="_compute_proposal", compute_sudo=True)
    votes_for = fields.Integer("For", compute="_compute_proposal", compute_sudo=True)
    votes_against = fields.Integer("Against", compute="_compute_proposal", compute_sudo=True)
    votes_abstain = fields.Integer("Abstentions", compute="_compute_proposal", compute_sudo=True)
    quorum = fields.Integer("Votes needed", compute="_compute_proposal", compute_sudo=True)
    my_vote = fields.Selection(CHOICES, compute="_compute_proposal", compute_sudo=True)
    can_vote = fields.Boolean(compute="_compute_proposal", compute_sudo=True)

    _request_uniq = models.Constraint("UNIQUE(session_id, request_id)", "This request is on the agenda already.")

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._check_agenda()
        return cases

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"session_id", "request_id"}:
            self._check_agenda()
        return result

    def _check_agenda(self):
        """:raise UserError: the agenda is closed, or a request does not wait for this committee"""
        problems = []
        if not self.session_id._hold("draft", "convened", "open"):
            problems.append(self.env._("The agenda is closed with the voting."))
        for case in self:
            problems += case._check_agenda_of()
        if problems:
            raise UserError("\n".join(problems))

    def _check_agenda_of(self):
        """Return why this request does not belong on the agenda: a list of messages in the user's language."""
        request, committee = self.request_id, self.session_id.committee_id
        if request.state != "committee":
            return [self.env._("“%(request)s” does not wait for the committee.", request=request.display_name)]
        if request.committee_id and request.committee_id != committee:
            return [
                self.env._(
                    "“%(request)s” is heard by %(committee)s.",
                    request=request.display_name,
                    committee=request.committee_id.display_name,
                )
            ]
        return []

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
        if self.session_id.state != "minutes" or not self.count_basis:
            return [self.env._("The votes of its session have not been counted.")]
        return []

    @api.depends("request_id.study_ids.recommendation")
    @api.depends_context("uid")
    def _compute_recommendation(self):
        # which studies there are is asked as superuser, what one recommends is shown to who may read it
        studies = self.sudo().request_id.study_ids.with_env(self.env)._filtered_access("read")
        latest = {study.request_id: study.recommendation for study in studies.sorted("id")}
        for case in self:
            case.recommendation = latest.get(case.request_id)

    @api.depends("proposal_ids.state", "proposal_ids.vote_ids.choice", "voter_ids", "session_id.state")
    @api.depends_context("uid")
    def _compute_proposal(self):
        proposals = self.proposal_ids
        for case in self:
            proposal = case.proposal_ids.filtered(lambda p: p.state != "superseded")[-1:]
            proposal = proposal.with_prefetch(proposals.ids)  # what one case reads is read for all
            case.proposal_id = proposal
            case.proposal_state = proposal.state
            case.proposal_details = proposal.details
            case.votes_for = proposal.votes_for
            case.votes_against = proposal.votes_against
            case.votes_abstain = proposal.votes_abstain
            case.quorum = proposal.quorum
            case.my_vote = proposal.my_vote
            case.can_vote = proposal.can_vote

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def _count(self):
        """Count the last proposal of each case and let its request go where the votes send it."""
        for case in self:
            excluded = {member.id: reason for member, reason in case._exclusions().items()}
            case._lifecycle_set({"count_basis": {"quorum": case._quorum(), "excluded": excluded}})
        put = self.proposal_ids.filtered(lambda p: p.state == "open")
        outcomes = put._outcomes()
        carried = put.filtered(lambda p: outcomes[p]["carried"])
        carried.write({"state": "carried"})
        (put - carried).write({"state": "lost"})
        (self - carried.case_id).write({"state": "undecided"})
        for kind, proposals in carried.grouped("kind").items():
            proposals.case_id._end_carried(kind)

    def _end_carried(self, kind):
        """End cases on which a proposal of ``kind`` was carried, and let their requests go where it sends them."""
        # withdrawn, sent back or cancelled in the meantime, or not decidable any more: the vote stays on record, the
        # request where it is
        at = fields.Datetime.now()
        going = self.filtered(
            lambda case: (
                case.request_id.state == "committee" and (kind == "defer" or not case.request_id._guard_decision(at))
            )
        )
        (self - going).write({"state": "undecided"})
        if kind != "defer":
            going.write({"state": "decided"})
            going.request_id.write({"state": "decided"})
            return
        going.write({"state": "deferred"})
        for case in going.filtered(lambda case: case.request_id.needs_study):
            missing = case.proposal_ids.filtered(lambda p: p.state == "carried").missing
            case.request_id.write({"state": "research", "move_reason": missing})

    def action_put_recommendation(self):
        """Button: put the researcher's recommendation to the vote as it stands; a rejection asks for its reason."""
        self.ensure_one()
        study = self._study()
        if not self.ratifies_id and not study.recommendation:
            raise UserError(
                self.env._("The study of “%(request)s” recommends nothing.", request=self.request_id.display_name)
            )
        if not self.ratifies_id and study.recommendation == "reject":
            return self.action_put_proposal() | {"name": self.env._("Reason of the rejection")}
        self.env["cpa.committee.proposal"].create(self._recommended_proposal())
        return True

    def _recommended_proposal(self):
        """Return the values of the proposal that stands by itself: to ratify, or as the study recommends."""
        if self.ratifies_id:
            return {"case_id": self.id, "kind": "ratify"}
        study = self._study()
        return {
            "case_id": self.id,
            "kind": study.recommendation,
            "amount": study.recommended_amount,
            "conditions": study.need_assessment if study.recommendation == "partial" else False,
        }

    def _study(self):
        """Return the last study of the request, read together with those of the other cases."""
        studies = self.request_id.study_ids
        return studies[:1].with_prefetch(studies._prefetch_ids)

    def action_put_proposal(self):
        """Button: put another proposal to the vote."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Proposal"),
            "res_model": "cpa.committee.proposal",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_case_id": self.id,
                "default_kind": "ratify" if self.ratifies_id else self.recommendation or "accept",
            },
        }

    def action_no_objection(self):
        """Button of the secretary: nobody objects to the proposal on the table."""
        return self.proposal_id.action_no_objection()

    def action_vote(self):
        """Button of a member: vote on the proposal on the table; the choice is the button's context (``choice``)."""
        return self.proposal_id.action_vote()

    def action_recuse(self):
        """Button of a member: step aside from this case, with the reason."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Step aside from this case"),
            "res_model": "cpa.committee.recusal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id, "default_member_id": self.my_member_id.id},
        }

    def action_take_off(self):
        """Button of the secretary: this request waits for another session."""
        self.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open(self):
        """Button: this case on a screen of its own."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "cpa.committee.case",
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_open_request(self):
        """Button: the whole request."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "cpa.request",
            "res_id": self.request_id.id,
            "view_mode": "form",
        }
