from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.text import comma_list
from .cpa_lifecycle_mixin import Move
from .roles import DELEGATE, OFFICER, RESEARCHER

ANSWERERS = (OFFICER, DELEGATE, RESEARCHER)
ACTIVITY = "cpa_beneficiary.mail_activity_question"


class CpaInquiryQuestion(models.Model):
    """One question of an inquiry: open, referred to an officer, or answered (P-31, P-33).

    Writing the answer is answering, naming an officer is referring: nobody presses a button for it. An answered
    question is evidence and does not change. Who told something wrong corrects it by a new question, with
    ``action_correct``: the first answer was given and stays to be read.
    """

    _name = "cpa.inquiry.question"
    _description = "Question of an inquiry"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "id"
    _lifecycle_initial = "open"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"answered"})
    # what the question rests on may be seen later than its answer is given
    _lifecycle_unfrozen = frozenset({"misconception_id"})
    _lifecycle_birth = "asked_at"

    lead_id = fields.Many2one("crm.lead", "Inquiry", required=True, fixed=True, ondelete="restrict", index=True)
    name = fields.Text("Question", required=True)
    corrects_id = fields.Many2one(
        "cpa.inquiry.question",
        "Corrects the answer to",
        fixed=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    answer = fields.Text(copy=False)
    misconception_id = fields.Many2one(
        "cpa.misconception",
        help="The wrong idea on which the question rests (P-14); its published answer is used again.",
        ondelete="restrict",
        index="btree_not_null",
    )
    referred_to_id = fields.Many2one(
        "res.users", "Referred to", copy=False, ondelete="restrict", index="btree_not_null"
    )
    state = fields.Selection(
        [("open", "Open"), ("referred", "Referred"), ("answered", "Answered")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    asked_at = fields.Datetime(default=fields.Datetime.now, kept=True, readonly=True, copy=False)
    answered_at = fields.Datetime(kept=True, readonly=True, copy=False)
    entered_at = fields.Datetime("Answer entered at", kept=True, readonly=True, copy=False)
    answered_by_id = fields.Many2one(
        "res.users", "Answered by", kept=True, readonly=True, copy=False, ondelete="restrict", index="btree_not_null"
    )
    answer_hours = fields.Float(
        "Hours to the answer", kept=True, readonly=True, copy=False, aggregator="avg", digits=(16, 2)
    )

    # ------------------------------------------------------------------
    # Lifecycle (P-31, P-33)
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        answer = Move(ANSWERERS, ("_guard_answer",), ("_effect_answered",))
        return {
            ("open", "referred"): Move(ANSWERERS, ("_guard_referred",)),
            ("open", "answered"): answer,
            ("referred", "answered"): answer,
        }

    def _guard_answer(self, at):
        missing = [] if (self.answer or "").strip() else [self.env._("The answer.")]
        if at < self.asked_at:
            missing.append(self.env._("It cannot be answered before it was asked."))
        return missing

    def _guard_referred(self, at):
        return [] if self.referred_to_id else [self.env._("The officer to whom it is referred.")]

    def _effect_answered(self, at):
        for question in self:
            question._lifecycle_set(
                {
                    "answered_at": at,
                    "entered_at": fields.Datetime.now(),
                    "answered_by_id": self.env.uid,
                    "answer_hours": (at - question.asked_at).total_seconds() / 3600,
                }
            )
        self.lead_id._record_first_answer()

    def _remind(self):
        """Keep one activity for each officer with a referred question in an inquiry, and none for the others."""
        leads = self.lead_id.sudo()  # reminders are the system's, also where the officer does not edit the inquiry
        waiting = self.sudo()._read_group(
            [("lead_id", "in", leads.ids), ("state", "=", "referred")], ["lead_id"], ["referred_to_id:recordset"]
        )
        officers = dict(waiting)
        kind = self.env.ref(ACTIVITY)
        for lead in leads:
            due = officers.get(lead, self.env["res.users"]).sudo()
            reminders = lead.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
            reminders.filtered(lambda activity: activity.user_id not in due).unlink()
            for officer in due - reminders.exists().user_id:
                lead.activity_schedule(ACTIVITY, user_id=officer.id)

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    @api.constrains("lead_id", "corrects_id")
    def _check_inquiry(self):
        for question in self:
            if not question.lead_id.is_inquiry:
                raise ValidationError(self.env._("Questions belong to inquiries."))
            corrected = question.corrects_id
            if corrected and (corrected.lead_id != question.lead_id or corrected.state != "answered"):
                raise ValidationError(self.env._("What is corrected is an answer given in the same inquiry."))

    @api.constrains("referred_to_id", "state")
    def _check_referred_to(self):
        """P-33: a question is referred to somebody who may answer it."""
        for question in self:
            officer = question.referred_to_id.sudo()  # which role a colleague has is no secret, and none reads groups
            if officer and not any(officer._has_group(role) for role in ANSWERERS):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not answer questions: refer to one of %(roles)s.",
                        user=officer.name,
                        roles=comma_list(self._lifecycle_role_names(ANSWERERS), self.env.lang),
                    )
                )
            if question.state == "referred" and not officer:
                raise ValidationError(self.env._("A referred question stays with an officer until it is answered."))

    @api.onchange("misconception_id")
    def _onchange_misconception_id(self):
        """The published answer, in the language of who asks, unless one is written already."""
        if not self.answer:
            self.answer = self.misconception_id.with_context(lang=self.lead_id.inquirer_lang).answer

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # before the question exists: one referred to oneself would open any inquiry
        self.env["crm.lead"].browse({vals["lead_id"] for vals in vals_list if vals.get("lead_id")}).check_access("read")
        questions = super().create(vals_list)
        told = {}
        for question, vals in zip(questions, vals_list, strict=True):
            state = self._state_told(vals)
            if state:
                told.setdefault((state, *question._told_at_birth(vals)), []).append(question.id)
        for (state, *about), ids in told.items():
            self.browse(ids).write({"state": state, **dict(about)})
        # whoever asks again opens the inquiry again, however it had been closed
        questions.filtered(lambda question: question.state == "open").lead_id._reopen()
        return questions

    def _told_at_birth(self, vals):
        """Return, as items, what was said about the time of the question: it holds for an answer told with it too."""
        if not vals.get("move_happened_at"):
            return ()
        return (
            ("move_happened_at", vals["move_happened_at"]),
            ("move_reason", vals.get("move_reason")),
            ("move_scan_id", self._lifecycle_carry(self.asked_at)["move_scan_id"]),
        )

    def write(self, vals):
        vals = dict(vals)
        state = self._state_told(vals)
        if state:
            vals.setdefault("state", state)
        if "name" in vals:
            self._log_wording(vals["name"])
        result = super().write(vals)
        if vals.keys() & {"state", "referred_to_id"}:
            self._remind()
        return result

    def _log_wording(self, wording):
        """Keep the former wording of a question in the inquiry's log."""
        for question in self.filtered(lambda question: question.name != wording):
            question.lead_id.sudo()._message_log(  # the log is the system's
                body=self.env._("The question was worded before: %(wording)s", wording=question.name),
                author_id=self.env.user.partner_id.id,
            )

    @api.model
    def _state_told(self, vals):
        """Return which state the values tell by themselves: an answer answers, an officer is who it is referred to."""
        if (vals.get("answer") or "").strip():
            return "answered"
        return "referred" if vals.get("referred_to_id") else None

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_correct(self):
        """Button: put right an answer that was wrong: the same question is asked again, the first answer stays."""
        for question in self:
            self.create({"lead_id": question.lead_id.id, "name": question.name, "corrects_id": question.id})
        return True
