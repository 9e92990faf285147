"""An appeal (تظلّم): a new request that names the decision it contests, heard by people without a conflict."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..tools.riyadh import riyadh_date
from ..tools.text import comma_list
from .roles import MANAGER

# Where a decision has been told, so that it can be contested.
TOLD_STATES = ("approved", "delivery", "done", "rejected")


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    appeal_of_id = fields.Many2one(
        "cpa.request", "Appeal against", copy=False, fixed=True, ondelete="restrict", index="btree_not_null"
    )
    appeal_ids = fields.One2many("cpa.request", "appeal_of_id", "Appeals")
    appeal_id = fields.Many2one("cpa.request", compute="_compute_appeal_id")
    appeal_last_date = fields.Date("Contestable until", compute="_compute_appeal_last_date")
    can_appeal = fields.Boolean(compute="_compute_appeal_id")

    # of the appeal
    appeal_grounds = fields.Text("Grounds of the appeal", copy=False)
    is_appeal_late = fields.Boolean("Late appeal", compute="_compute_is_appeal_late")
    appeal_late_reason = fields.Text("Why a late appeal is admitted", copy=False, tracking=True)
    appeal_admitted_by = fields.Many2one(
        "res.users", "Admitted by", kept=True, readonly=True, copy=False, ondelete="restrict"
    )
    appeal_result = fields.Selection(
        [("upheld", "Upheld"), ("changed", "Changed"), ("reversed", "Reversed")],
        "Result of the appeal",
        kept=True,
        readonly=True,
        copy=False,
    )
    # of the contested request: told once the appeal is answered; its own record of the decision never changes
    contested_result = fields.Selection(
        [("upheld", "Upheld"), ("changed", "Changed"), ("reversed", "Reversed")],
        "What the appeal made of it",
        compute="_compute_appeal_id",
    )

    # what is contested, as it stands there: for whoever reads the appeal
    contested_decision = fields.Selection(related="appeal_of_id.decision", string="Contested decision")
    contested_amount = fields.Monetary("Amount then", related="appeal_of_id.decision_amount")
    contested_conditions = fields.Text("Conditions then", related="appeal_of_id.decision_conditions")
    contested_reason_id = fields.Many2one(related="appeal_of_id.rejection_reason_id", string="Rejection reason then")
    contested_reply = fields.Text("Reply then", related="appeal_of_id.reply_text")
    contested_granted = fields.Monetary(
        related="appeal_of_id.granted_amount",
        string="Granted then",
        help="What is granted now is delivered less this.",
    )

    _appeal_uniq = models.UniqueIndex(
        "(appeal_of_id) WHERE appeal_of_id IS NOT NULL AND state <> 'cancelled'",
        "This decision has been contested already: a decision is contested once.",
    )

    # ------------------------------------------------------------------
    # Whether, and until when
    # ------------------------------------------------------------------

    @api.depends("appeal_ids.state", "appeal_ids.appeal_result", "state", "decision", "replied_at", "appeal_of_id")
    def _compute_appeal_id(self):
        # that there is an appeal, and how it ended, is part of the contested request's own story
        found = self.sudo().search([("appeal_of_id", "in", self.ids), ("state", "!=", "cancelled")])
        appeals = {appeal.appeal_of_id.id: appeal for appeal in found}
        for request in self:
            request.appeal_id = appeals.get(request._origin.id, self.browse()).sudo(False)
            request.contested_result = request.sudo().appeal_id.appeal_result  # as above
            request.can_appeal = not request.appeal_id and not request._appeal_problems()

    def _appeal_problems(self):
        """Return why this request's decision cannot be contested: a list of messages in the user's language."""
        self.ensure_one()
        if self.appeal_of_id:
            return [self.env._("What is decided on an appeal is final.")]
        if self.state not in TOLD_STATES or not self.decision or not self.replied_at:
            return [self.env._("Only a decision that has been told can be contested.")]
        return []

    @api.depends("replied_at", "policy_id")
    def _compute_appeal_last_date(self):
        for request in self:
            told = riyadh_date(request.replied_at)
            request.appeal_last_date = told and told + timedelta(days=request._reply_policy().appeal_days)

    @api.depends("appeal_of_id", "first_contact_at", "submitted_at")
    def _compute_is_appeal_late(self):
        for request in self:
            request.is_appeal_late = bool(request.appeal_of_id) and request._is_late_on(fields.Datetime.now())

    def _is_late_on(self, at):
        """Return whether the appeal comes too late if submitted at ``at``: the day counts on which it was brought.

        :param at: naive UTC; the last day is counted in Riyadh, and belongs to the period
        """
        contested = self.sudo().appeal_of_id  # the day of its reply only
        brought = min(filter(None, [self.first_contact_at, self.submitted_at, at]))
        return bool(contested.appeal_last_date) and riyadh_date(brought) > contested.appeal_last_date

    @api.constrains("appeal_of_id", "beneficiary_id", "service_id")
    def _check_appeal(self):
        for request in self.filtered("appeal_of_id"):
            contested = request.appeal_of_id
            if contested.beneficiary_id != request.beneficiary_id:
                raise ValidationError(self.env._("An appeal is of the same beneficiary as the decision."))
            if contested.service_id != request.service_id:
                raise ValidationError(self.env._("An appeal is about the same service as the decision."))
            if problems := contested._appeal_problems():
                raise ValidationError("\n".join(problems))

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        admitted = requests.filtered("appeal_late_reason")
        # as it stands there: a default of the context is a reason, too
        self._check_admission(admitted.mapped("appeal_late_reason"))
        admitted._record_admission()
        return requests

    def write(self, vals):
        if "appeal_late_reason" not in vals:
            return super().write(vals)
        self._check_admission([vals["appeal_late_reason"]])
        result = super().write(vals)
        self._record_admission()
        return result

    def _check_admission(self, reasons):
        """:raise UserError: somebody else than the manager admits a late appeal"""
        if any(reasons) and not self.env.user._has_group(MANAGER):
            raise UserError(
                self.env._(
                    "A late appeal is admitted by %(roles)s.",
                    roles=comma_list(self._lifecycle_role_names((MANAGER,)), self.env.lang),
                )
            )

    def _record_admission(self):
        for request in self:
            request._lifecycle_set({"appeal_admitted_by": self.env.uid if request.appeal_late_reason else False})

    # ------------------------------------------------------------------
    # Submission and clock
    # ------------------------------------------------------------------

    @api.model
    def _declared_fields(self):
        return [*super()._declared_fields(), "appeal_grounds"]

    def _guard_submission(self, at):
        missing = super()._guard_submission(at)
        if not self.appeal_of_id:
            return missing
        if not (self.appeal_grounds or "").strip():
            missing.append(self.env._("The grounds of the appeal."))
        missing += self.sudo().appeal_of_id._appeal_problems()  # whether it can be contested, nothing of what it says
        if self._is_late_on(at) and not self.appeal_admitted_by:
            missing.append(
                self.env._(
                    "The decision could be contested until %(date)s: only the manager admits a late appeal.",
                    date=format_date(self.env, self.sudo().appeal_of_id.appeal_last_date),
                )
            )
        return missing

    def _effect_clock(self, at):
        """An appeal has a clock of its own: the earliest day of P-35 has been waited for once already."""
        appeals = self.filtered(lambda request: request.appeal_of_id and not request.submitted_at)
        super()._effect_clock(at)
        for appeal in appeals:
            policy, start = appeal.policy_id, riyadh_date(at)
            appeal._lifecycle_set(
                {
                    "reply_floor_mode": "off",
                    "reply_floor_date": False,
                    "reply_target_date": start + timedelta(days=policy.appeal_target_days),
                    "reply_ceiling_date": start + timedelta(days=policy.appeal_ceiling_days),
                }
            )

    def _explanation_text(self):
        if not self.appeal_of_id:
            return super()._explanation_text()
        return self.env._(
            "Your appeal against the decision on request %(number)s is heard once, by people without a conflict of "
            "interest. Whatever they decide, we reply to you by the day written on your slip; that decision is final.",
            number=self.appeal_of_id.number,
        )

    # ------------------------------------------------------------------
    # Who studies and who hears it
    # ------------------------------------------------------------------

    def _research_conflict(self, user):
        conflict = super()._research_conflict(user)
        # who wrote it, nothing of what it says
        if not conflict and user in self.sudo().appeal_of_id.study_ids.researcher_id:
            return self.env._("%(user)s wrote the study of the contested decision.", user=user.name)
        return conflict

    def _appeal_conflicts(self):
        """Return who may not hear this appeal, wherever: ``{res.users: reason in the user's language}``."""
        self.ensure_one()
        contested = self.sudo().appeal_of_id  # who took part, nothing of what was said
        reasons = {}
        if contested._deciding_committee().appeal_heard_by == "not_voters":
            for user in contested._deciding_cases().proposal_ids.vote_ids.member_id.user_id:
                reasons[user] = self.env._("voted on the contested decision")
        for case in contested.case_ids:
            for member, reason in case._exclusions().items():
                reasons[member.user_id] = self.env._("was excluded from the contested case: %(reason)s", reason=reason)
        for user in contested.officer_id:
            reasons[user] = self.env._("was the officer of the contested request")
        for user in contested.study_ids.researcher_id:
            reasons[user] = self.env._("wrote the study of the contested decision")
        return reasons

    def _deciding_cases(self):
        return self.case_ids.filtered(lambda case: case.state == "decided")

    def _deciding_committee(self):
        """Return the committee that decided this request."""
        return self._deciding_cases().sorted("id")[-1:].session_id.committee_id

    # ------------------------------------------------------------------
    # What comes of it
    # ------------------------------------------------------------------

    def _effect_decide(self, at):
        super()._effect_decide(at)
        for appeal in self.filtered("appeal_of_id"):
            appeal._lifecycle_set({"appeal_result": appeal._appeal_outcome()})

    def _effect_undecide(self, at):
        super()._effect_undecide(at)
        self._lifecycle_set({"appeal_result": False})

    def _appeal_outcome(self):
        """Return what the decision on this appeal makes of the contested one: a key of ``appeal_result``."""
        contested = self.sudo().appeal_of_id  # its decision only
        same = self.decision == contested.decision and self._amount_decided() == contested._amount_decided()
        if self.decision == "reject" or same:
            return "upheld"
        return "reversed" if contested.decision == "reject" and self.decision == "accept" else "changed"

    def _amount_decided(self):
        return self.decision_amount or (self.amount_requested if self.decision == "accept" else 0)

    def _granted(self):
        """The new decision takes the place of the contested one: granted is what goes beyond that."""
        granted = super()._granted()
        return max(granted - self.contested_granted, 0) if self.appeal_of_id else granted

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_appeal(self):
        """Button: take in an appeal against this decision, or open the one there is."""
        self.ensure_one()
        if self.appeal_id:
            return self.appeal_id._get_records_action(name=self.env._("Appeal"))
        if problems := self._appeal_problems():
            raise UserError("\n".join(problems))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Appeal"),
            "res_model": self._name,
            "view_mode": "form",
            "context": {
                "default_appeal_of_id": self.id,
                "default_beneficiary_id": self.beneficiary_id.id,
                "default_representation_id": self.representation_id.id,
                "default_service_id": self.service_id.id,
                "default_branch_id": self.branch_id.id,
                "default_subject": self.env._("Appeal against the decision on request %(number)s", number=self.number),
                "default_description": self.description,
                "default_amount_requested": self.amount_requested,
            },
        }
