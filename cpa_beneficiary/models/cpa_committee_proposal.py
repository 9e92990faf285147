from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .cpa_happened_mixin import HAPPENED_FIELDS
from .cpa_lifecycle_mixin import Move
from .roles import SECRETARY

PROPOSAL_STATES = [
    ("open", "Put to the vote"),
    ("carried", "Carried"),
    ("lost", "Not carried"),
    ("superseded", "Replaced"),
]
CHOICES = [("for", "For"), ("against", "Against"), ("abstain", "Abstain")]


class CpaCommitteeProposal(models.Model):
    """What is put to the vote on a case: accept, accept in part, reject with a reason, or defer with what is missing.

    An urgent decision is put to be ratified or not. No total is ever stored: what is counted is the votes themselves.
    """

    _name = "cpa.committee.proposal"
    _description = "Proposal"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "case_id, round, id"
    _lifecycle_initial = "open"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"carried", "lost", "superseded"})

    case_id = fields.Many2one("cpa.committee.case", required=True, fixed=True, ondelete="restrict", index=True)
    session_id = fields.Many2one(related="case_id.session_id")
    request_id = fields.Many2one(related="case_id.request_id")
    round = fields.Integer(kept=True, readonly=True)
    kind = fields.Selection(
        [
            ("accept", "Accept"),
            ("partial", "Accept in part"),
            ("reject", "Reject"),
            ("defer", "Defer"),
            ("ratify", "Ratify"),
            ("not_ratify", "Do not ratify"),
        ],
        "Proposal",
        required=True,
    )
    amount = fields.Monetary()
    currency_id = fields.Many2one(related="case_id.request_id.currency_id")
    conditions = fields.Text()
    rejection_reason_id = fields.Many2one("cpa.rejection.reason", ondelete="restrict")
    missing = fields.Text("What is missing")
    state = fields.Selection(
        PROPOSAL_STATES,
        default="open",
        required=True,
        readonly=True,
        copy=False,
    )
    details = fields.Text(compute="_compute_details")
    vote_ids = fields.One2many("cpa.committee.vote", "proposal_id", "Votes")
    voted_ids = fields.Many2many("cpa.committee.member", compute="_compute_votes", compute_sudo=True)
    # whoever reads a case sees the count, whether or not he may read each vote
    votes_for = fields.Integer("For", compute="_compute_votes", compute_sudo=True)
    votes_against = fields.Integer("Against", compute="_compute_votes", compute_sudo=True)
    votes_abstain = fields.Integer("Abstentions", compute="_compute_votes", compute_sudo=True)
    quorum = fields.Integer("Votes needed", compute="_compute_votes", compute_sudo=True)
    voter_ids = fields.Many2many(related="case_id.voter_ids")
    my_vote = fields.Selection(CHOICES, compute="_compute_my_vote", compute_sudo=True)
    can_vote = fields.Boolean(compute="_compute_my_vote", compute_sudo=True)

    _round_uniq = models.Constraint("UNIQUE(case_id, round)", "Another proposal was put at the same moment.")

    def _lifecycle_moves(self):
        return {
            ("open", "carried"): Move((SECRETARY,), ("_guard_carried",)),
            ("open", "lost"): Move((SECRETARY,), ("_guard_lost",)),
            ("open", "superseded"): Move((SECRETARY,), ("_guard_open",)),
        }

    def _lifecycle_request(self):
        return self.case_id.request_id

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def _guard_open(self, at):
        return [] if self.session_id._takes_votes() else [self.env._("The session is not open.")]

    def _guard_counted(self):
        if self.session_id.state == "minutes" and self.case_id.count_basis:
            return []
        return [self.env._("The votes of the session have not been counted.")]

    def _guard_carried(self, at):
        return self._guard_counted() + (
            [] if self._outcome()["carried"] else [self.env._("The votes do not carry it.")]
        )

    def _guard_lost(self, at):
        return self._guard_counted() + ([self.env._("The votes carry it.")] if self._outcome()["carried"] else [])

    @api.constrains("kind", "rejection_reason_id", "missing", "amount", "conditions")
    def _check_kind(self):
        for proposal in self:
            if proposal.kind == "reject" and not proposal.rejection_reason_id:
                raise ValidationError(self.env._("A rejection needs its reason."))
            if proposal.kind == "defer" and not (proposal.missing or "").strip():
                raise ValidationError(self.env._("A deferral says what is missing."))
            if proposal.kind == "partial" and not (proposal.amount or (proposal.conditions or "").strip()):
                raise ValidationError(self.env._("A partial acceptance says how much, or under which conditions."))

    # ------------------------------------------------------------------
    # Putting and counting
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        proposals = super().create(vals_list)
        # the end of the voting waits for what is put before it, and nothing is put after it
        proposals.session_id._hold("convened", "open")
        if any(not session._takes_votes() for session in proposals.session_id):
            raise UserError(self.env._("A proposal is put while the session is open."))
        proposals._check_decidable()
        for case in proposals.case_id:
            new = case.proposal_ids & proposals
            earlier = case.proposal_ids - new
            (earlier | new[:-1]).filtered(lambda p: p.state == "open").write({"state": "superseded"})
            for number, proposal in enumerate(new.sorted("id"), start=len(earlier) + 1):
                proposal._lifecycle_set({"round": number})
        return proposals

    def write(self, vals):
        if self.vote_ids and vals.keys() - HAPPENED_FIELDS - {"state", "vote_ids"}:
            raise UserError(self.env._("What is being voted on does not change; put another proposal."))
        return super().write(vals)

    def _check_decidable(self):
        """Say before the vote, not at the count, what still stops a decision (P-32, P-33, P-36); a deferral needs none.

        :raise UserError: something is missing, or a ratification is put where nothing waits for it
        """
        problems = []
        for proposal in self:
            request = proposal.case_id.request_id
            is_ratification = proposal.kind in ("ratify", "not_ratify")
            if is_ratification != bool(proposal.case_id.ratifies_id):
                problems.append(
                    self.env._(
                        "“%(request)s”: an urgent decision is ratified or not, and nothing else is.",
                        request=request.display_name,
                    )
                )
            elif not is_ratification and proposal.kind != "defer":
                missing = request._guard_decision(fields.Datetime.now())
                if missing:
                    head = self.env._(
                        "“%(request)s” cannot be decided yet, only deferred:", request=request.display_name
                    )
                    problems.append("\n".join([head, *(f"• {line}" for line in missing)]))
        if problems:
            raise UserError("\n\n".join(problems))

    # ------------------------------------------------------------------
    # The outcome
    # ------------------------------------------------------------------

    def _all_votes(self):
        """Return every vote on these proposals, whether or not the user may read each."""
        proposals = self.sudo()  # the count is no secret where the vote is
        if any(session.has_secret_vote for session in proposals.session_id):
            # what a reader of a secret vote has in the cache is not all of it
            return proposals.env["cpa.committee.vote"].search([("proposal_id", "in", self.ids)])
        return proposals.vote_ids

    def _voted(self):
        """Return the members who have voted on these proposals."""
        return self._all_votes().member_id

    def _outcomes(self):
        """Count the votes.

        :return: dict of proposal to its outcome: a dict of ``for``, ``against``, ``abstain``, ``quorum`` (numbers of
            votes), ``members`` (who voted) and ``carried`` (bool)
        """
        votes = self._all_votes().grouped("proposal_id")
        nobody = self.env["cpa.committee.vote"]
        return {proposal: proposal._outcome_of(votes.get(proposal, nobody)) for proposal in self}

    def _outcome(self):
        """Count the votes of this proposal; see ``_outcomes``."""
        self.ensure_one()
        return self._outcomes()[self]

    def _outcome_of(self, votes):
        count = {choice: len(votes.filtered(lambda v: v.choice == choice)) for choice, _label in CHOICES}
        quorum = self.case_id._quorum()
        return count | {
            "members": votes.member_id,
            "quorum": quorum,
            "carried": sum(count.values()) >= quorum and self._is_carried(votes, count["for"], count["against"]),
        }

    def _is_carried(self, votes, votes_for, votes_against):
        """Return whether the votes carry it, the quorum apart.

        More for than against; abstentions count for the quorum only. A tie goes to the presiding member where the
        committee has a casting vote: who abstains or has not voted carries nothing. By absolute majority, more than
        half of the members have to be for it. What is urgent takes who presides and one more.
        """
        session = self.case_id.session_id
        rules = session._rules()
        presiding = votes.filtered(lambda v: v.member_id == session._presiding())
        if session.mode == "urgent":
            return presiding.choice == "for" and votes_for >= 2 and votes_for > votes_against
        if rules.has_casting_vote and votes_for == votes_against and presiding.choice == "for":
            votes_for += 1
        if rules.majority_rule == "absolute":
            return votes_for > len(self.case_id._counted()) / 2 and votes_for > votes_against
        return votes_for > votes_against

    @api.depends("kind", "amount", "conditions", "rejection_reason_id", "missing")
    def _compute_details(self):
        for proposal in self:
            by_kind = {"reject": proposal.rejection_reason_id.name, "defer": proposal.missing}
            proposal.details = by_kind.get(proposal.kind, proposal.conditions)

    @api.depends("vote_ids.choice", "case_id.voter_ids", "case_id.count_basis")
    def _compute_votes(self):
        for proposal, outcome in self._outcomes().items():
            proposal.votes_for = outcome["for"]
            proposal.votes_against = outcome["against"]
            proposal.votes_abstain = outcome["abstain"]
            proposal.quorum = outcome["quorum"]
            proposal.voted_ids = outcome["members"]

    @api.depends("vote_ids.choice", "state", "case_id.voter_ids", "case_id.session_id.state")
    @api.depends_context("uid")
    def _compute_my_vote(self):
        votes = self._all_votes().filtered(lambda v: v.member_id.user_id == self.env.user).grouped("proposal_id")
        nobody = self.env["cpa.committee.vote"]
        for proposal in self:
            proposal.my_vote = votes.get(proposal, nobody)[:1].choice
            proposal.can_vote = (
                proposal.state == "open"
                and proposal.session_id._takes_votes()
                and self.env.user in proposal.case_id.voter_ids.user_id
            )

    @api.depends("kind", "amount", "rejection_reason_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for proposal in self:
            detail = proposal.rejection_reason_id.name or (f"{proposal.amount:,.0f}" if proposal.amount else "")
            proposal.display_name = " · ".join(filter(None, [kinds.get(proposal.kind), detail]))

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_vote(self):
        """Button: the member who is logged in votes; the choice is the button's context (``choice``)."""
        choice = self.env.context.get("choice")
        for proposal in self:
            member = proposal.case_id._voters().filtered(lambda m: m.user_id == self.env.user)[:1]
            if not member:
                raise UserError(self.env._("You do not vote on this case: absent, excluded or not in term."))
            proposal._cast(member, choice)
        return True

    def action_no_objection(self):
        """Button of the secretary: nobody objects; records "for" of every present member who has not voted."""
        for session in self.session_id:
            if session.mode == "circulation":
                raise UserError(self.env._("In a circulation every member answers; silence is no answer."))
        voted = {proposal: votes.member_id for proposal, votes in self._all_votes().grouped("proposal_id").items()}
        nobody = self.env["cpa.committee.member"]
        self.env["cpa.committee.vote"].create(
            [
                {"proposal_id": proposal.id, "member_id": member.id, "choice": "for"}
                for proposal in self
                for member in proposal.case_id._voters() - voted.get(proposal, nobody)
            ]
        )
        return True

    def _cast(self, member, choice):
        # found as superuser, changed with the rights that the caller has
        vote = self._all_votes().filtered(lambda v: v.member_id == member).sudo(self.env.su)
        if vote:
            vote.choice = choice
        else:
            self.env["cpa.committee.vote"].create({"proposal_id": self.id, "member_id": member.id, "choice": choice})
