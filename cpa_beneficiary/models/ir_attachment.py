import base64
import binascii
import re

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.mimetypes import guess_mimetype

UPLOAD_MAX_MB = 10
# What people bring: scans, photos of phones, letters and sheets, a voice message. By content, each with its extensions.
UPLOAD_TYPES = {
    "application/pdf": {".pdf"},
    "image/png": {".png"},
    "image/jpeg": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "image/webp": {".webp"},
    "image/heic": {".heic", ".heif"},
    "audio/ogg": {".ogg", ".opus", ".oga"},
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {".docx"},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {".xlsx"},
    "application/vnd.oasis.opendocument.text": {".odt"},
}
# Models that look at their files themselves.
OTHER_UPLOADS = frozenset({"cpa.import"})
# Where events keep their scans and checks their copies: model, field, and in which states (none: in all).
EVIDENCE = (
    ("cpa.request.move", "scan_id", ()),
    ("cpa.identity", "sighting_scan_id", ()),
    ("cpa.request.check", "attachment_ids", ("passed", "waived")),
    ("cpa.study.presentation", "attachment_ids", ()),
    ("cpa.committee.signature", "scan_id", ()),
)
# What a file is, by whichever of its columns it is written; and where it is found, under which name.
CONTENT = frozenset({"datas", "raw", "db_datas", "store_fname", "checksum", "type", "url"})
PLACE = frozenset({"name", "res_model", "res_id", "res_field", "public"})
_EXTENSION = re.compile(r"\.[a-z]{2,5}$")
_HEIC_BRANDS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"hevc")


def content_type(raw):
    """Return the type of a file by its content, whatever its name says (``application/octet-stream`` if unknown)."""
    if raw[4:8] == b"ftyp" and raw[8:12] in _HEIC_BRANDS:
        return "image/heic"
    if raw.startswith(b"OggS"):
        return "audio/ogg"
    return guess_mimetype(raw, default="application/octet-stream")


class IrAttachment(models.Model):
    """Files of our records: what may be uploaded, and which are evidence that neither changes nor goes."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_upload(vals.get("res_model"), vals.get("name"), vals)
            # before it is stored: core's upload route catches what is raised and keeps what was written
            self._check_not_to_sealed(vals.get("res_model"), [vals.get("res_id")])
        attachments = super().create(vals_list)
        attachments._check_stored()
        attachments._check_place_not_sealed()
        return attachments

    def write(self, vals):
        if vals.keys() & (CONTENT | PLACE):
            self._check_no_evidence()
            for attachment in self:
                self._check_upload(
                    vals.get("res_model", attachment.res_model),
                    vals.get("name", attachment.name),
                    vals if vals.keys() & {"datas", "raw"} else {"raw": attachment.raw} if "res_model" in vals else {},
                )
        super().write(vals)
        if vals.keys() & CONTENT | vals.keys() & {"name"}:
            self._check_stored()
        if vals.keys() & PLACE:
            self._check_place_not_sealed()
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_evidence(self):
        self._check_no_evidence()

    # ------------------------------------------------------------------
    # Evidence
    # ------------------------------------------------------------------

    def _check_no_evidence(self):
        """:raise UserError: one of the files proves an event or a check, or belongs to a record that is evidence"""
        # whether a file is evidence must not depend on who may read the record
        attachments = self.sudo().with_context(active_test=False)
        if attachments and (attachments._prove_something() or attachments._belong_to_evidence()):
            raise UserError(self.env._("This file is evidence and cannot be changed or deleted."))

    def _prove_something(self):
        """Return whether an event or a settled check names one of these files, wherever the file itself hangs."""
        return any(
            self.env[model].search_count(
                [(name, "in", self.ids), *([("state", "in", states)] if states else [])], limit=1
            )
            for model, name, states in EVIDENCE
        )

    def _belong_to_evidence(self):
        """Return whether one of these files hangs on a record of ours that is frozen."""
        for model, attachments in self.grouped("res_model").items():
            frozen = getattr(self.env.get(model or ""), "_lifecycle_frozen", ())
            ids = [res_id for res_id in attachments.mapped("res_id") if res_id]
            if self.env["cpa.committee.seal"]._sealed_ids(model, ids):
                return True
            if frozen and self.env[model].search_count([("id", "in", ids), ("state", "in", list(frozen))], limit=1):
                return True
        messages = self.env["mail.message"].search([("attachment_ids", "in", self.ids)])
        return bool(messages._of_sealed())

    def _check_place_not_sealed(self):
        for model, attachments in self.grouped("res_model").items():
            self._check_not_to_sealed(model, attachments.mapped("res_id"))

    @api.model
    def _check_not_to_sealed(self, model, ids):
        """:raise UserError: a file comes to a record of a sealed session"""
        if self.env["cpa.committee.seal"]._sealed_ids(model, ids):
            raise UserError(self.env._("The session is sealed: no file is added to it. An addendum takes files."))

    # ------------------------------------------------------------------
    # Uploads
    # ------------------------------------------------------------------

    @api.model
    def _upload_types(self, res_model):
        """Return which files a record of ``res_model`` takes: ``{type by content: extensions}``; None for any."""
        ours = (res_model or "").startswith("cpa.") and res_model not in OTHER_UPLOADS
        return UPLOAD_TYPES if ours else None

    def _check_stored(self):
        """Look at the files as they are stored: by whatever column, default or second value they came."""
        self.invalidate_recordset(["raw"], flush=False)  # what was written is not always what is kept
        for attachment in self.sudo():  # looked at, not shown
            if self._upload_types(attachment.res_model) is not None:
                self._check_upload(attachment.res_model, attachment.name, {"raw": attachment.raw})

    @api.model
    def _check_upload(self, res_model, name, vals):
        """Refuse what is too large, of another kind, or disguised as what it is not.

        :param vals: values with the file as ``raw`` (bytes) or ``datas`` (base64)
        :raise ValidationError: with the file's name and what is wrong with it
        """
        types = self._upload_types(res_model)
        if types is None or not (vals.get("raw") or vals.get("datas")):
            return
        try:
            raw = vals.get("raw") or base64.b64decode(vals["datas"])
        except (binascii.Error, ValueError):
            raise ValidationError(self.env._("“%(file)s” did not arrive whole; send it again.", file=name)) from None
        raw = raw.encode() if isinstance(raw, str) else raw
        if len(raw) > UPLOAD_MAX_MB * 1024 * 1024:
            raise ValidationError(
                self.env._(
                    "“%(file)s” is larger than %(limit)s MB. Send a smaller scan or photo.",
                    file=name,
                    limit=UPLOAD_MAX_MB,
                )
            )
        found = content_type(raw)
        if found not in types:
            raise ValidationError(
                self.env._(
                    "“%(file)s” is not a file that can be kept here. Send a PDF, a photo (JPEG, PNG) or a scan.",
                    file=name,
                )
            )
        extension = _EXTENSION.search((name or "").strip().lower())
        if extension and extension[0] not in types[found]:
            raise ValidationError(
                self.env._(
                    "“%(file)s” is named %(extension)s but is something else inside. Send the file as it was made.",
                    file=name,
                    extension=extension[0],
                )
            )
