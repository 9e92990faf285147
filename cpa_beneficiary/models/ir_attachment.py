import base64
import binascii
import re

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import groupby

from ..tools.riyadh import cpa_today, utc_start_of
from ..tools.uploads import UPLOAD_TYPES, content_type, is_harmful
from .crm_lead_website import NOT_TYPED

MEGABYTE = 1024 * 1024
# A type that no browser shows, and that core does not take for an invitation to guess.
HANDED_OUT = "application/x-file"
# Models that look at their files themselves.
OTHER_UPLOADS = frozenset({"cpa.import", "cpa.evidence.folder"})
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


class IrAttachment(models.Model):
    """Files of our records: what may be uploaded, and which are evidence that neither changes nor goes."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("name"):
                vals["name"] = NOT_TYPED.sub("", vals["name"])
            self._check_upload(vals.get("res_model"), vals.get("res_id"), vals.get("name"), vals)
            # before it is stored: core's upload route catches what is raised and keeps what was written
            self._check_not_to_sealed(vals.get("res_model"), [vals.get("res_id")])
        self._check_room(vals_list)
        attachments = super().create([self._harmless(vals) for vals in vals_list])
        attachments._check_stored()
        attachments._check_place_not_sealed()
        return attachments

    def write(self, vals):
        if vals.keys() & (CONTENT | PLACE):
            self._check_no_evidence()
            for attachment in self:
                self._check_upload(
                    vals.get("res_model", attachment.res_model),
                    vals.get("res_id", attachment.res_id),
                    vals.get("name", attachment.name),
                    vals if vals.keys() & {"datas", "raw"} else {"raw": attachment.raw} if "res_model" in vals else {},
                )
        if vals.get("res_id"):
            comes = self.filtered(lambda attachment: attachment.res_id != vals["res_id"])
            self._check_room([{"res_model": a.res_model, "file_size": a.file_size, **vals} for a in comes])
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
    def _upload_types(self, res_model, res_id=None):
        """Return which files a record takes: ``{type by content: extensions}``; None for any."""
        if res_model == "crm.lead" and res_id and not self._by_mail():
            # whether it is an inquiry, no more
            ours = self.env["crm.lead"].sudo().browse(int(res_id)).exists().is_inquiry
        else:
            ours = (res_model or "").startswith("cpa.") and res_model not in OTHER_UPLOADS
        return UPLOAD_TYPES if ours else None

    def _by_mail(self):
        """Return whether a mail is being taken in: it is kept as it came, and nothing of it is lost."""
        return self.env.su and "cpa_automatic_mail" in self.env.context

    def _harmless(self, vals):
        """Return values of a file: what came by mail and is none that we take is handed out, not shown."""
        if not self._by_mail() or not (vals.get("raw") or vals.get("datas")):
            return vals
        raw = self._raw_of(vals)
        found = content_type(raw)
        if found in UPLOAD_TYPES and not is_harmful(raw, found):
            return vals
        return {**vals, "mimetype": HANDED_OUT}

    def _check_stored(self):
        """Look at the files as they are stored: by whatever column, default or second value they came."""
        self.invalidate_recordset(["raw"], flush=False)  # what was written is not always what is kept
        for attachment in self.sudo():  # looked at, not shown
            if self._upload_types(attachment.res_model, attachment.res_id) is not None:
                self._check_upload(attachment.res_model, attachment.res_id, attachment.name, {"raw": attachment.raw})

    @api.model
    def _raw_of(self, vals):
        """Return the content (``bytes``) of a file that is about to be stored.

        :raise ValidationError: it is no base64
        """
        try:
            raw = vals.get("raw") or base64.b64decode(vals.get("datas") or b"")
        except (binascii.Error, ValueError):
            name = vals.get("name")
            raise ValidationError(self.env._("“%(file)s” did not arrive whole; send it again.", file=name)) from None
        return raw.encode() if isinstance(raw, str) else raw

    @api.model
    def _check_room(self, vals_list):
        """Refuse more files than a record may have, and more than it may get in a day.

        :raise ValidationError: the limit, and what can be done
        """
        company = self.env.company.sudo()  # three numbers, which hold for everybody
        files = [vals for vals in vals_list if vals.get("res_id") and not vals.get("res_field")]
        for model, coming in groupby(files, lambda vals: vals.get("res_model")):
            records = groupby(coming, lambda vals: int(vals["res_id"]))
            records = {record: vals for record, vals in records if self._upload_types(model, record) is not None}
            everything = self.sudo()  # counted, not shown
            there = [("res_model", "=", model), ("res_id", "in", list(records)), ("res_field", "=", False)]
            counts = dict(everything._read_group(there, ["res_id"], ["__count"]))
            today = [*there, ("create_date", ">=", utc_start_of(cpa_today()))]
            sizes = dict(everything._read_group(today, ["res_id"], ["file_size:sum"]))
            for record, vals in records.items():
                if counts.get(record, 0) + len(vals) > company.cpa_upload_files:
                    raise ValidationError(
                        self.env._(
                            "This record has as many files as it can hold (%(limit)s). Put several pages into one PDF.",
                            limit=company.cpa_upload_files,
                        )
                    )
                coming_size = sum(values.get("file_size") or len(self._raw_of(values)) for values in vals)
                if (sizes.get(record) or 0) + coming_size > company.cpa_upload_day_mb * MEGABYTE:
                    raise ValidationError(
                        self.env._(
                            "More than %(limit)s MB came here today. Send the rest tomorrow, or smaller scans.",
                            limit=company.cpa_upload_day_mb,
                        )
                    )

    @api.model
    def _check_upload(self, res_model, res_id, name, vals):
        """Refuse what is too large, of another kind, harmful, or disguised as what it is not.

        :param vals: values with the file as ``raw`` (bytes) or ``datas`` (base64)
        :raise ValidationError: with the file's name and what is wrong with it
        """
        types = self._upload_types(res_model, res_id)
        if types is None or not (vals.get("raw") or vals.get("datas")):
            return
        raw = self._raw_of({**vals, "name": name})
        most = self.env.company.sudo().cpa_upload_mb  # a number, which holds for everybody
        if len(raw) > most * MEGABYTE:
            raise ValidationError(
                self.env._(
                    "“%(file)s” is larger than %(limit)s MB. Send a smaller scan or photo.", file=name, limit=most
                )
            )
        found = content_type(raw)
        if found not in types or is_harmful(raw, found):
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
