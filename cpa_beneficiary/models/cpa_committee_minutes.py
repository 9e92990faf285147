"""The minutes (محضر) of a session: written by themselves, remarked upon, signed by those who were there."""

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from .roles import SECRETARY


def digest_of(values):
    """Return the SHA-256 (hexadecimal) of plain values: one text for one content, whatever the order of its keys."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    minutes = fields.Text("Remarks for the minutes", copy=False)
    # What the minutes say, from the first signature on: names and words are copied, so that nothing that is renamed
    # or destroyed later changes them.
    minutes_text = fields.Json("Minutes as signed", kept=True, readonly=True, copy=False)
    minutes_digest = fields.Char("Fingerprint of the minutes", kept=True, readonly=True, copy=False)
    minutes_revision = fields.Integer(kept=True, readonly=True, copy=False)
    minutes_html = fields.Html("Minutes", compute="_compute_minutes_html", sanitize=False)
    signature_ids = fields.One2many("cpa.committee.signature", "session_id", "Signatures")
    remark_ids = fields.One2many("cpa.committee.remark", "session_id", "Members' remarks")
    can_sign = fields.Boolean(compute="_compute_can_sign", compute_sudo=True)
    can_remark = fields.Boolean(compute="_compute_can_sign", compute_sudo=True)

    def write(self, vals):
        written = {name for name in (vals.keys() & self._fields.keys()) - {"state"} if self._fields[name].column_type}
        signed = self.filtered(lambda session: session.state == "minutes" and session.minutes_digest)
        if signed and written:
            raise UserError(
                self.env._(
                    "The minutes of “%(session)s” are being signed and do not change. “Revise the minutes” voids the "
                    "signatures and opens the text again.",
                    session=signed[:1].display_name,
                )
            )
        return super().write(vals)

    # ------------------------------------------------------------------
    # Signing
    # ------------------------------------------------------------------

    def _guard_signed(self, at):
        present = self.attendance_ids.filtered("is_present")
        missing = [
            self.env._("The minutes are not signed by %(member)s.", member=line.member_id.user_id.name)
            for line in present.filtered(lambda line: not line.signature_id)
        ]
        if not missing and all(line.signed_how == "refused" for line in present):
            missing.append(self.env._("One of those present has to sign the minutes."))
        return missing + self._unanswered()

    def _unanswered(self):
        """Return a message for each remark that waits for its answer."""
        return [
            self.env._("The remark of %(member)s waits for its answer.", member=remark.author_name)
            for remark in self.remark_ids.filtered(lambda r: r.state == "open")
        ]

    @api.depends("state", "attendance_ids.is_present", "minutes_digest", "signature_ids")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        for session in self:
            mine = session.attendance_ids.filtered(lambda a: a.is_present and a.member_id.user_id == self.env.user)
            session.can_remark = session.state == "minutes" and bool(mine)
            session.can_sign = session.can_remark and any(line.signed_how in (False, "refused") for line in mine)

    def _signed_digest(self):
        """Return the fingerprint of what is signed (empty before the first signature)."""
        return self.minutes_digest

    def _fix_minutes(self):
        """The first signature fixes what the minutes say."""
        if not self.minutes_digest:
            text = self._minutes_text()
            self._lifecycle_set({"minutes_text": text, "minutes_digest": digest_of(text)})

    def _sign(self, lines, method, **signed):
        """Record how those of ``lines`` (attendance) sign the minutes; who has signed already is left alone.

        :param method: "screen", "paper" or "refused"
        :param signed: see ``cpa.committee.signature._sign``
        :raise UserError: the minutes are not to be signed now, or something is missing
        """
        self.ensure_one()
        if self.state != "minutes":
            raise UserError(
                self.env._("Minutes are signed after the votes are counted and before the session is closed.")
            )
        if not lines or lines - self.attendance_ids.filtered("is_present"):
            raise UserError(self.env._("Only a member who was present signs the minutes."))
        if open_remarks := self._unanswered():
            raise UserError("\n".join(open_remarks))
        lines = lines.filtered(lambda line: line.signed_how in (False, "refused"))
        if not lines:
            return
        self.sudo()._fix_minutes()  # a member signs, the text is the session's
        signers = [(line.member_id.user_id, line) for line in lines]
        self.env["cpa.committee.signature"]._sign(self, signers, method, **signed)

    def action_sign(self):
        """Button: the member who is logged in signs the minutes."""
        self.ensure_one()
        line = self.attendance_ids.filtered(lambda a: a.member_id.user_id == self.env.user and a.is_present)
        if not line:
            raise UserError(self.env._("Only a member who was present signs the minutes."))
        return self._signing_dialog(self.env._("Sign the minutes"), "screen", line)

    def action_sign_on_paper(self):
        """Button of the secretary: the minutes were signed on paper."""
        waiting = self.attendance_ids.filtered(lambda a: a.is_present and a.signed_how in (False, "refused"))
        return self._signing_dialog(self.env._("Signed on paper"), "paper", waiting)

    def action_refused(self):
        """Button of the secretary: a member who was present does not sign; why is on the minutes."""
        return self._signing_dialog(self.env._("Does not sign"), "refused", self.env["cpa.committee.attendance"])

    def _signing_dialog(self, name, method, lines):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "cpa.committee.sign.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_session_id": self.id,
                "default_method": method,
                "default_attendance_ids": [fields.Command.set(lines.ids)],
            },
        }

    def action_revise_minutes(self):
        """Button of the secretary: open the text again; what was signed so far counts no more."""
        self.ensure_one()
        if not self.env.user._has_group(SECRETARY):
            raise UserError(self.env._("Only the secretary revises the minutes."))
        if self.state != "minutes" or not self.minutes_digest:
            raise UserError(self.env._("Only minutes that are being signed are revised."))
        self._lifecycle_set(
            {"minutes_text": False, "minutes_digest": False, "minutes_revision": self.minutes_revision + 1}
        )
        self.message_post(body=self.env._("The minutes are revised: the signatures so far count no more."))
        return True

    def action_remark(self):
        """Button of a member: remark on the minutes."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Remark on the minutes"),
            "res_model": "cpa.committee.remark",
            "view_mode": "form",
            "target": "new",
            "context": {"default_session_id": self.id},
        }
