"""The reply to a request (P-35): what was decided becomes known when it goes out, as a letter."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_date
from ..tools.saudi import national_phone
from .cpa_letter import HIDDEN_PATH

# Where a letter has gone.
TOLD = ("sent", "acknowledged")


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    reply_text = fields.Text("Reply", copy=False)
    reply_channel_id = fields.Many2one("cpa.channel", "Replied by", copy=False, ondelete="restrict")
    reply_early_reason = fields.Text("Why earlier than the policy's two weeks", copy=False)
    replied_at = fields.Datetime(kept=True, readonly=True, copy=False)
    replied_by = fields.Many2one("res.users", kept=True, readonly=True, copy=False, ondelete="restrict")
    letter_ids = fields.One2many("cpa.letter", "request_id", "Letters")

    # ------------------------------------------------------------------
    # The path
    # ------------------------------------------------------------------

    def _guard_accepted(self, at):
        return [] if self.decision in ("accept", "partial") else [self.env._("The committee did not accept it.")]

    def _guard_refused(self, at):
        return [] if self.decision == "reject" else [self.env._("The committee did not reject it.")]

    def _guard_answer(self, at):
        missing = []
        if not (self.reply_text or "").strip():
            missing.append(self.env._("The text of the reply."))
        if not self.reply_channel_id:
            missing.append(self.env._("By which channel the applicant was told."))
        return missing

    def _guard_reply(self, at):
        return self._guard_answer(at) + list(filter(None, [self._floor_problem(at)]))

    def _effect_decide(self, at):
        """The letter is prepared with the decision; the officer reads and edits it before it goes."""
        super()._effect_decide(at)
        self._prepare_reply()

    def _effect_reply(self, at):
        self._lifecycle_set({"replied_at": at, "replied_by": self.env.uid})
        self._send_letters(at)
        self._satisfaction_event("reply")

    # ------------------------------------------------------------------
    # The letter
    # ------------------------------------------------------------------

    def _prepare_reply(self):
        """Write the letter of each decided request that has no text yet, from the association's texts."""
        for request in self.filtered(lambda request: not request.reply_text):
            values = request._letter_values()
            request._lifecycle_set({"reply_text": self.env["cpa.reply.text"]._letter(request.decision, values)})

    def _send_letters(self, at):
        """Send the letter of each reply; an anonymous request has nobody to whom one could go.

        :param at: when the reply happened (naive UTC)
        """
        Letter = self.env["cpa.letter"]
        for request in self.filtered("beneficiary_id"):
            vals = request._letter_vals(at)
            kinds = ("decision", "appeal") if request.decision else ("notice",)
            # a draft of the same letter is this letter
            letter = request.letter_ids.filtered(lambda letter: letter.state == "draft" and letter.kind in kinds)[:1]
            if letter:
                letter.write({name: value for name, value in vals.items() if name not in ("kind", "request_id")})
            else:
                letter = Letter.create(vals)
            letter.write(
                {
                    **request._lifecycle_carry(at),
                    "state": "sent",
                    "move_reason": self.env._("With the reply to the request."),
                }
            )
            request._notify_applicant("reply")

    def _letter_vals(self, at):
        """Return the values of the letter that tells this request's reply.

        :param at: when it goes (naive UTC)
        """
        self.ensure_one()
        values = self._letter_values(at)
        Text = self.env["cpa.reply.text"]
        if self.decision:
            # whatever the officer wrote: the letter ends with the right of appeal and its last day
            text = "\n\n".join(filter(None, [(self.reply_text or "").strip(), Text._letter("appeal", values)]))
        else:
            text = Text._letter("answer", values) or self.reply_text
        translated = self.with_context(lang=values["lang"]).env
        return {
            "kind": ("appeal" if self.appeal_of_id else "decision") if self.decision else "notice",
            "request_id": self.id,
            "company_id": self.company_id.id,
            "branch_id": self.branch_id.id,
            "addressee": self._letter_addressee(translated),
            "subject": translated._("Reply to your request number %(number)s", number=self.number or ""),
            "text": text,
            "lang": values["lang"],
            "appeal_until": values["last_day"],
            "channel_id": self.reply_channel_id.id,
        }

    def _letter_addressee(self, translated):
        applicant, person = self._applicant(), self.beneficiary_id.sudo().partner_id  # names, which the letter carries
        if applicant == person:
            return person.name
        return translated._("%(acting)s, for %(beneficiary)s", acting=applicant.name, beneficiary=person.name)

    def _letter_values(self, at=None):
        """Return what the placeholders of the letter's texts stand for, with ``lang`` and ``last_day`` of the appeal.

        :param at: when the letter goes (naive UTC); by default now
        """
        self.ensure_one()
        lang = self._applicant_lang()
        request = self.with_context(lang=lang)
        company = self.company_id.sudo().with_context(lang=lang)  # name and telephone, which stand on every paper
        last_day = self._appeal_last_day(at or fields.Datetime.now())
        return {
            "lang": lang,
            "association": company.name,
            "number": self.number,
            "place": self.branch_id._place(self.company_id, lang),
            "phone": national_phone(self.branch_id.sudo().phone or company.phone or ""),
            "submitted": format_both(riyadh_date(self.submitted_at), lang, arabic_digits=False),
            "service": request.service_id.name,
            "subject": self.subject,
            "amount": request._letter_amount() if self.decision_amount else "",
            "conditions": (self.decision_conditions or "").strip(),
            "reason": request.rejection_reason_id.letter_text,
            "contested": self.appeal_of_id.sudo().number,  # the applicant's own request
            "reply": (self.reply_text or "").strip(),
            "last_day": last_day,
            "appeal_days": last_day and self._reply_policy().appeal_days,
            "appeal_until": format_both(last_day, lang, arabic_digits=False) if last_day else "",
        }

    def _letter_amount(self):
        return self.env["ir.actions.report"]._paper_value(self, self._fields["decision_amount"])

    def _appeal_last_day(self, at):
        """Return the last day on which the applicant may appeal if the reply goes at ``at``; False where he may not.

        Calendar days after the day of the reply in Riyadh. An appeal is heard once, and nobody appeals against what he
        asked for.

        :param at: naive UTC
        """
        days = self._reply_policy().appeal_days
        if self.decision not in ("partial", "reject") or self.appeal_of_id or not days:
            return False
        return riyadh_date(at) + timedelta(days=days)

    def _reply_letter(self):
        """Return the letter that told this request's reply (may be empty)."""
        self.ensure_one()
        # what went to an outside body is not the applicant's to read
        told = self.letter_ids.filtered(lambda letter: letter.state in TOLD and letter.kind != "outside")
        return told.sorted("id")[:1]

    def _reply_link(self):
        """Return where the link to the letter of the reply stands in the message to the applicant; "" before it went.

        Whoever has the link reads and confirms the letter as its addressee, so what is stored, previewed or read by
        staff holds a path that opens nothing; what goes out holds the real one (see ``_with_reply_link``).
        """
        # whether it went is asked for the addressee, whoever sends it
        return self.get_base_url() + HIDDEN_PATH if self.sudo()._reply_letter() else ""

    def _with_reply_link(self, text, message):
        """Return ``text`` of a notice as the applicant gets it: with a new link to the letter of the reply.

        :param message: ``mail.message`` that is sent; into what a person wrote nothing is filled
        """
        if HIDDEN_PATH not in (text or "") or not self._is_notice(message):
            return text
        letter = self.sudo()._reply_letter()  # the message goes to the addressee, whoever sends it
        return text.replace(HIDDEN_PATH, letter._page_path()) if letter else text

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_prepare_reply(self):
        """Button: write the letter anew from the association's texts."""
        for request in self.filtered(lambda request: request.state == "decided"):
            request.reply_text = self.env["cpa.reply.text"]._letter(request.decision, request._letter_values())
        return True

    def action_preview_letter(self):
        """Button: the letter as it would go today."""
        self.ensure_one()
        return self.env.ref("cpa_beneficiary.cpa_request_report_letter").report_action(self)

    def action_reply_all(self):
        """Button: reply to all of these that are decided; asked once, in one dialog.

        :raise UserError: none of them waits for its reply
        """
        waiting = self.filtered(lambda request: request.state == "decided")
        if not waiting:
            raise UserError(self.env._("None of these requests waits for its reply."))
        return self.env["cpa.reply.batch"]._open(waiting)

    def _letter_draft(self):
        """Return the letter as it would go now; not stored."""
        self.ensure_one()
        return self.env["cpa.letter"].new(self._letter_vals(fields.Datetime.now()))

    def _letter_lang(self):
        """Return the language of the letter as it would go: the reader's, whoever looks at it before."""
        return self._letter_draft().lang

    def _reply_state(self):
        """Return the state that the reply to this decided request enters."""
        self.ensure_one()
        return "rejected" if self.decision == "reject" else "approved"

    def _is_early(self, at):
        """Return whether a reply at ``at`` (naive UTC) comes before the policy's floor (P-35)."""
        self.ensure_one()
        return (
            self.reply_floor_mode != "off" and bool(self.reply_floor_date) and riyadh_date(at) < self.reply_floor_date
        )
