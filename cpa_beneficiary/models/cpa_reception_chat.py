"""What was pasted into the reception from a chat: an inquiry, the documents of a request, or an identity to be read.

Pictures stay in the clerk's browser until he says what they are. A document is attached; a picture of an identity
document never is: the law allows sighting it, not copying it.
"""

import base64
import binascii
import hashlib

from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import UserError

from ..tools.whatsapp import read_chat

# Where pictures from people arrive, and where a copy of an identity document is looked for.
DOCUMENT_MODELS = ("cpa.request", "crm.lead")
SHOWN_PICTURES = 12


class CpaReception(models.AbstractModel):
    _inherit = "cpa.reception"

    @api.model
    def read_chat(self, text):
        """Return who wrote and what, from pasted text, with the people whom the sender's number may be.

        :return: dict ``{"name", "phone", "text", "people"}``
        """
        self._check_clerk()
        chat = read_chat(text)
        sender = chat["phone"] or chat["name"]
        return chat | {"people": self.search_people(sender)["people"] if sender else []}

    @api.model
    def attach(self, visitor_id, model, record_id, files, text=None):
        """Attach what the visitor sent to his inquiry or request, with a note of where it came from.

        :param model: ``cpa.request`` or ``crm.lead``
        :param files: list of ``{"name": str, "data": base64}``
        :param text: what he wrote with it
        :raise UserError: the document is another person's
        """
        visitor = self._visitor(visitor_id)
        if model not in DOCUMENT_MODELS:
            raise UserError(self.env._("Documents belong to an inquiry or a request."))
        record = self.env[model].browse(record_id)
        record.check_access("write")
        if record.visitor_id != visitor and (
            not visitor.beneficiary_id or record.partner_id != visitor.beneficiary_id.partner_id
        ):
            raise UserError(
                self.env._(
                    "“%(document)s” is not %(visitor)s's.",
                    document=record.display_name,
                    visitor=visitor.display_name,
                )
            )
        attachments = self.env["ir.attachment"].create(
            [{"name": file["name"], "datas": file["data"], "res_model": model, "res_id": record.id} for file in files]
        )
        record.message_post(
            body=self._attached_note(visitor, text), attachment_ids=attachments.ids, subtype_xmlid="mail.mt_note"
        )
        return attachments.ids

    def _attached_note(self, visitor, text):
        origin = " · ".join(filter(None, [visitor.channel_id.name, visitor.phone or visitor.name]))
        note = Markup("<p><b>%s</b></p>") % self.env._("Received: %(origin)s", origin=origin)
        return note + (Markup("<p style='white-space: pre-line'>%s</p>") % text.strip() if text else "")

    # ------------------------------------------------------------------
    # Pictures of identity documents
    # ------------------------------------------------------------------

    @api.model
    def get_pictures(self, visitor_id):
        """Return the pictures that have arrived with the visitor's open inquiries and requests, by whatever way."""
        self._check_clerk()
        visitor = self.env["cpa.visitor"].browse(visitor_id)
        domain = [("mimetype", "=like", "image/%"), ("id", "in", self._document_attachments(visitor).ids)]
        pictures = self.env["ir.attachment"].search(domain, limit=SHOWN_PICTURES)
        return [{"id": picture.id, "name": picture.name} for picture in pictures]

    def _document_attachments(self, visitor):
        """Return the attachments of all inquiries and requests of the visitor that the user may read."""
        found = self.env["ir.attachment"]
        for model in DOCUMENT_MODELS:
            domain = [("visitor_id", "=", visitor.id)]
            if visitor.beneficiary_id:
                domain = ["|", *domain, ("partner_id", "=", visitor.beneficiary_id.partner_id.id)]
            records = self.env[model].search(domain)
            found |= found.search([("res_model", "=", model), ("res_id", "in", records.ids)])
        return found

    @api.model
    def delete_identity_picture(self, visitor_id, data=None, attachment_id=None):
        """The clerk has read the picture of an identity document: it is deleted, and a line says so.

        A picture is no original, so nothing counts as sighted by it (P-32).

        :param data: the picture (base64) as it was pasted; it has never been stored
        :param attachment_id: or the attachment that it arrived as
        :return: the SHA-256 of the file, hex
        """
        visitor = self._visitor(visitor_id)
        attachments = self._document_attachments(visitor)
        if attachment_id:
            picture = attachments.filtered(lambda attachment: attachment.id == attachment_id)
            content = picture.raw
        else:
            try:
                content = base64.b64decode(data or "", validate=True)
            except (binascii.Error, ValueError):
                content = b""
        if not content:
            raise UserError(self.env._("This picture is not among the visitor's documents."))
        digest = hashlib.sha256(content).hexdigest()
        # the same picture may have come twice, or by mail as well: no copy of it stays with his documents
        attachments.filtered(lambda attachment: attachment.raw == content).unlink()
        self.env["cpa.access.trace"]._append_deleted(visitor, digest)
        return digest
