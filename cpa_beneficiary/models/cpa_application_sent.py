"""Documents, review, signature and sending of an application (P-30, P-34)."""

import base64
import binascii
import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.uploads import content_type
from .cpa_application_steps import MOST_OTHERWISE
from .crm_lead_website import NOT_TYPED

SIGNATURE_MOST = 300 * 1024


class CpaApplication(models.Model):
    _inherit = "cpa.application"

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    def _add_files(self, files):
        """Keep what was photographed of the documents.

        :param files: ``{requirement id: [(name, bytes)]}``
        :return: ``{field: message}`` for what was not taken
        """
        self.ensure_one()
        errors = {}
        if self.state != "draft":
            return errors
        for requirement in self._requirements().filtered(lambda r: r._takes_file()):
            for name, raw in files.get(requirement.id, []):
                try:
                    with self.env.cr.savepoint():
                        self._add_file(requirement, name, raw)
                except ValidationError as error:
                    errors[f"document_{requirement.id}"] = str(error)
        self._touch()
        return errors

    def _add_file(self, requirement, name, raw):
        document = self.document_ids.filtered(lambda document: document.requirement_id == requirement)
        if not document:
            document = self.document_ids.create({"application_id": self.id, "requirement_id": requirement.id})
        attachment = self.env["ir.attachment"].create(
            {"name": name[-80:], "raw": raw, "res_model": document._name, "res_id": document.id}
        )
        document.attachment_ids = [fields.Command.link(attachment.id)]

    def _remove_file(self, file_id):
        """Take one of this draft's own pictures back."""
        self.ensure_one()
        if self.state == "draft":
            self.document_ids.attachment_ids.filtered(lambda attachment: attachment.id == file_id).unlink()

    # ------------------------------------------------------------------
    # Review
    # ------------------------------------------------------------------

    def _review(self, user):
        """Return what will be sent, in words: ``[(label, value, "ltr" or nothing)]``."""
        self.ensure_one()
        rows = [
            (self.env._("Service"), self.service_id.name),
            (self.env._("For whom"), dict(self._whom_labels()).get(self.whom)),
            *self._known_facts(user),
        ]
        typed = self._typed_of("data", user)
        for field in self._fields_of("data", user):
            text = typed[field["name"]]
            options = {str(option[0]): option[1] for option in field.get("options") or ()}
            row = (field["label"], options.get(text, text))
            rows.append((*row, "ltr") if field.get("dir") == "ltr" else row)
        files = sum(len(document.attachment_ids) for document in self.document_ids)
        rows.append((self.env._("Pictures sent"), files and str(files)))
        return [row for row in rows if row[1]]

    def _kind_rows(self):
        """Return the kind's columns of a sent application: ``[(label, text)]``."""
        Request = self.env["cpa.request"]
        values = {name: value for name, value in (self.kind_values or {}).items() if name in Request._fields}
        return self.env["ir.actions.report"]._paper_rows(Request.new(values), tuple(values)) if values else []

    # ------------------------------------------------------------------
    # Signed and sent
    # ------------------------------------------------------------------

    def _declaration(self):
        """Return the version of the declaration that is to be signed for this service (none where none is needed)."""
        texts = self.env["cpa.declaration.text"].sudo()  # the published text
        return texts.search([], limit=1) if self.service_id.needs_declaration else texts.browse()

    def _sign_errors(self, params):
        """Return what is wrong on the page that is signed: ``{field: message}``."""
        errors = {}
        declaration = self._declaration()
        if declaration and params.get("version") != str(declaration.version):
            errors["agree"] = self.env._("The text has changed meanwhile. Please read it once more.")
        elif declaration and not params.get("agree"):
            errors["agree"] = self.env._("Tick that what you wrote is correct.")
        if declaration and not self._read_signature(params.get("signature")):
            if params.get("signature"):
                errors["signer_name"] = self.env._(
                    "The signature did not arrive whole. Sign again, or write your full name."
                )
            elif len(self._signer(params).split()) < 2:
                errors["signer_name"] = self.env._("Sign with your finger, or write your full name.")
        if not params.get("explained"):
            errors["explained"] = self.env._("Tick that you have read how we reply.")
        return errors

    @api.model
    def _signer(self, params):
        return " ".join(NOT_TYPED.sub(" ", str(params.get("signer_name") or "")).split())[:MOST_OTHERWISE]

    @api.model
    def _read_signature(self, typed):
        """Return a drawn signature (base64 of a PNG) as the page sends it, or None."""
        head, _comma, data = str(typed or "").partition(",")
        if head != "data:image/png;base64" or len(data) > SIGNATURE_MOST:
            return None
        try:
            raw = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            return None
        return data if content_type(raw) == "image/png" else None

    def _send(self, params, user):
        """Sign and send the draft; what of it is in order becomes its columns.

        :param dict params: of the page that is signed
        :return: ``{field: message}`` for what is wrong there; what is wrong elsewhere is for ``_open_step``
        """
        self.ensure_one()
        if self.state != "draft":
            return {}  # sent already: by a second press of the button, or in another tab
        errors = self._sign_errors(params)
        if errors:
            return errors
        values, _errors = self._read(user)
        declaration = self._declaration()
        known = self._known_file(user)
        if not known:  # logged out meanwhile: proven otherwise
            self._lifecycle_set({"user_id": False, "known_file_id": False})
        signer = self._signer(params) or values.get("acting_name") or values.get("name") or ""
        if known:
            values |= self._values_known(known, user)
            signer = user.sudo().partner_id.name
        governorate = values.get("governorate_id")
        # its office, where it has one
        branches = self.env["cpa.branch"].search([("governorate_id", "=", governorate)], limit=2) if governorate else []
        self.write(
            {
                **values,
                "branch_id": known.branch_id.id or (branches.id if len(branches) == 1 else False),
                "declaration_text_id": declaration.id,
                "signer_name": signer if declaration else False,
                "signature": self._read_signature(params.get("signature")) if declaration else False,
            }
        )
        self._lifecycle_set({"declaration_text": declaration.body or False})
        self.write({"state": "submitted"})
        return {}

    def _values_known(self, file, user):
        """Return what the request of a login says of who it is, from the file (P-08)."""
        partner = user.sudo().partner_id
        acting = self._representation_of(file, partner) if file.partner_id != partner else None
        return {
            "name": file.name,
            "acting_name": partner.name if acting else False,
            "phone": partner.phone or file.phone,
            "email": partner.email or file.email,
            "governorate_id": file.governorate_id.id,
        }

    def _guard_complete(self, at):
        """What is sent has been read without error (P-32); the pages say each beside its field."""
        user = self.user_id or self.env.user
        missing = list({**self._errors("whom", user), **self._errors("data", user)}.values())
        if self._declaration() and not (self.signature or self.signer_name):
            missing.append(self.env._("The signature."))
        return missing

    def _effect_submit(self, at):
        """Number, PIN and day are the applicant's from now on, whenever it is proven who he is (P-35)."""
        sequence = self.env["ir.sequence"].with_context(tz="Asia/Riyadh")
        for application in self:
            days = application.company_id.cpa_application_days
            application._lifecycle_set(
                {
                    "number": sequence.next_by_code("cpa.request"),
                    "submitted_at": at,
                    "expires_at": fields.Datetime.add(at, days=days),
                    "typed": False,
                    "digest": application._digest(),
                }
            )

    def _digest(self):
        """Return the digest (SHA-256, hex) of what was signed."""
        self.ensure_one()
        data = {
            name: str(self[name])
            for name in ("name", "identity_plain", "description", "amount_requested", "kind_values", "iban_plain")
        }
        data["service"] = self.service_id.code
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
