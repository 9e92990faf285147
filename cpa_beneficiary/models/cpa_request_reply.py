"""The reply to a request (P-35): what was decided becomes known when it goes out."""

from odoo import fields, models


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    reply_text = fields.Text("Reply", copy=False)
    reply_channel_id = fields.Many2one("cpa.channel", "Replied by", copy=False, ondelete="restrict")
    reply_early_reason = fields.Text("Why earlier than the policy's two weeks", copy=False)
    replied_at = fields.Datetime(kept=True, readonly=True, copy=False)
    replied_by = fields.Many2one("res.users", kept=True, readonly=True, copy=False, ondelete="restrict")

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

    def _effect_reply(self, at):
        self._lifecycle_set({"replied_at": at, "replied_by": self.env.uid})
        self._satisfaction_event("reply")
