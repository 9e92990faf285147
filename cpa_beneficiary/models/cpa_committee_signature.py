from odoo import api, fields, models
from odoo.exceptions import UserError

from .roles import SECRETARY

METHODS = [("screen", "On screen"), ("paper", "On paper, scanned"), ("refused", "Present, does not sign")]


class CpaCommitteeSignature(models.Model):
    """A signature under the minutes or under an addendum, over the fingerprint of what it says.

    A row is never changed: when the text is revised its fingerprint is another one, and the signature counts no more.
    """

    _name = "cpa.committee.signature"
    _description = "Signature under minutes"
    _inherit = ["cpa.append.only.mixin"]
    _order = "id"
    _rec_name = "signer_name"

    session_id = fields.Many2one("cpa.committee.session", required=True, readonly=True, ondelete="restrict", index=True)
    addendum_id = fields.Many2one("cpa.committee.addendum", readonly=True, ondelete="restrict", index="btree_not_null")
    attendance_id = fields.Many2one("cpa.committee.attendance", readonly=True, ondelete="restrict", index=True)
    user_id = fields.Many2one("res.users", "Signer", required=True, readonly=True, ondelete="restrict")
    signer_name = fields.Char("Name", required=True, readonly=True)
    method = fields.Selection(METHODS, "Signed", required=True, readonly=True)
    # in the row itself, so that it cannot go without it
    image = fields.Image("Signature", readonly=True, attachment=False, max_width=1024, max_height=512)
    scan_id = fields.Many2one(
        "ir.attachment", "Scan of the signed paper", readonly=True, ondelete="restrict", index=True
    )
    reason = fields.Text("Why it is not signed", readonly=True)
    digest = fields.Char("Fingerprint of the text", required=True, readonly=True)
    signed_at = fields.Datetime("Signed at", required=True, readonly=True)
    entered_at = fields.Datetime("Entered at", required=True, readonly=True)
    recorded_by = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    is_valid = fields.Boolean("Counts", compute="_compute_is_valid")

    _once = models.UniqueIndex("(session_id, user_id, method, digest)", "This has been signed already.")

    @api.depends("digest", "session_id.minutes_digest", "addendum_id")
    def _compute_is_valid(self):
        for signature in self:
            document = signature.addendum_id or signature.session_id
            signature.is_valid = signature.digest == document._signed_digest()

    @api.model
    def _missing(self, method, users, image=None, scan=None, reason=None, signed_at=None):
        """Return what a signature still lacks: a list of messages in the user's language.

        :param method: key of ``METHODS``
        :param users: who signs
        :param signed_at: when (naive UTC)
        """
        missing = []
        if not users:
            missing.append(self.env._("Who signs."))
        if method == "screen":
            if users - self.env.user:
                missing.append(self.env._("On screen each member signs himself."))
            if not image:
                missing.append(self.env._("The signature."))
        elif not self.env.user._has_group(SECRETARY):
            missing.append(self.env._("Only the secretary records what was signed on paper, or not at all."))
        if method == "paper" and not scan:
            missing.append(self.env._("The scan of the signed paper."))
        if method == "refused" and not (reason or "").strip():
            missing.append(self.env._("Why it is not signed."))
        if signed_at > fields.Datetime.now():
            missing.append(self.env._("It cannot happen in the future."))
        return missing

    @api.model
    def _sign(self, document, signers, method, image=None, scan=None, scan_name=None, reason=None, signed_at=None):
        """Put signatures under a text whose fingerprint stands; private: the text says who signs it and when.

        :param document: session or addendum
        :param signers: list of ``(user, attendance or empty)``
        :param image: base64 of the drawn signature
        :param scan: base64 of the scan of the paper, one for all
        :param signed_at: when it was signed (naive UTC), now by default
        :raise UserError: with all that is missing
        """
        now = fields.Datetime.now()
        users = self.env["res.users"].union(*(user for user, _line in signers))
        if missing := self._missing(method, users, image, scan, reason, signed_at or now):
            raise UserError(
                self.env._(
                    "“%(document)s” is not signed yet:\n%(missing)s",
                    document=document.display_name,
                    missing="\n".join(f"• {line}" for line in missing),
                )
            )
        attachment = self.env["ir.attachment"]
        if method == "paper":
            # the secretary may prove it, also where the record itself is fixed
            attachment = attachment.sudo().create(
                {
                    "name": scan_name or self.env._("Scan"),
                    "datas": scan,
                    "res_model": document._name,
                    "res_id": document.id,
                }
            )
        session = document if document._name == "cpa.committee.session" else document.session_id
        return self._append_rows(
            [
                {
                    "session_id": session.id,
                    "addendum_id": document.id if document != session else False,
                    "attendance_id": line.id,
                    "user_id": user.id,
                    "signer_name": user.name,
                    "method": method,
                    "image": image if method == "screen" else False,
                    "scan_id": attachment.id,
                    "reason": reason if method == "refused" else False,
                    "digest": document._signed_digest(),
                    "signed_at": signed_at or now,
                    "entered_at": now,
                    "recorded_by": self.env.uid,
                }
                for user, line in signers
            ]
        )
