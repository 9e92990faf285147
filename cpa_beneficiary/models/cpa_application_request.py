"""An application becomes a request: in the file of whom it is proven to be, in a new one, or by an officer (P-32)."""

import contextlib
import logging

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, email_normalize
from psycopg2 import IntegrityError

from ..tools.riyadh import cpa_today
from ..tools.saudi import guess_identity_type
from ..tools.text import comma_list, name_key
from .cpa_request_desk import SIGHT_WITHIN_DAYS
from .masked import mask

_logger = logging.getLogger(__name__)


class _Rehearsed(Exception):
    """Ends what was only done to take the time that it takes."""


class CpaApplication(models.Model):
    _inherit = "cpa.application"

    # ------------------------------------------------------------------
    # By itself, once it is proven
    # ------------------------------------------------------------------

    def _become_request(self):
        """Make the request of a proven application, or leave it to an officer; whoever applied is told the same.

        An officer decides where the identity belongs to somebody whose contact is another one, where two people may be
        one, and where the counter's own rules refuse.
        """
        self.ensure_one()
        website = self._as_website()
        found, file, acting = website._proven_people()
        try:
            with contextlib.suppress(_Rehearsed), self.env.cr.savepoint():
                if found:
                    website._make_request(file, acting)
                else:
                    website._rehearse()
        except (UserError, ValidationError, IntegrityError) as error:
            _logger.info("Application %s is left to an officer: %s", self.number, error)

    def _rehearse(self):
        """Do what a new applicant's request takes, and undo it: the time does not tell that an identity is known."""
        self.ensure_one()
        file = self.env["cpa.beneficiary"].create(self._file_values(identity=False))
        self._make_request(file, self.env["cpa.representation"])
        raise _Rehearsed

    def _proven_people(self):
        """Return ``(found, file, representation)``; not found: an officer decides. No file: a new one is made."""
        self.ensure_one()
        file, acting = self.env["cpa.beneficiary"], self.env["cpa.representation"]
        if self.proof == "none":
            return True, file, acting
        if self.proof == "login":
            file = self._known_file(self.user_id)
            acting = self._representation_of(file, self.user_id.partner_id)
            return bool(file), file, acting
        same = self._file_by_identity(self.identity_plain, self.identity_type, self.identity_country_id)
        if self.proof == "pin":
            return self._proven_by_slip(same)
        return self._proven_by_contact(same)

    def _proven_by_slip(self, same):
        """The slip is that of the file: of the same person, by identity where the service asks for it, else by name."""
        slip = self.proven_request_id
        file = slip.beneficiary_id
        is_same = file == same if self.identity_plain else name_key(file.name) == name_key(self.name)
        acting = slip.representation_id if self.whom != "self" else slip.representation_id.browse()
        if acting and name_key(acting.representative_id.name) != name_key(self.acting_name):
            is_same = False
        return is_same and bool(acting) == (self.whom != "self"), file, acting

    def _proven_by_contact(self, same):
        """The contact that answered the code has to be the one that stands in the file."""
        acting = self.env["cpa.representation"]
        if self.whom == "self":
            if same:
                return self._has_contact(same.partner_id), same, acting
            return not self._identity_known(self.identity_plain), self._file_by_name(), acting
        if same:
            # who acts in this file already, with this contact and under this name
            acting = same.representation_ids.filtered(
                lambda line: (
                    line.kind == ("guardian" if self.whom == "child" else "agent")
                    and line.is_valid
                    and self._has_contact(line.representative_id)
                    and name_key(line.representative_id.name) == name_key(self.acting_name)
                )
            )[:1]
            return bool(acting), same, acting
        known = self._identity_known(self.identity_plain)
        partner = self._identity_known(self.acting_plain)
        is_same = not partner or (self._has_contact(partner) and name_key(partner.name) == name_key(self.acting_name))
        return not known and is_same, same, acting

    def _has_contact(self, partner):
        return self.proven_contact in filter(None, (partner.phone, email_normalize(partner.email or "")))

    def _identity_known(self, number):
        """Return whose identity this is: a contact, with or without a file (superuser's, or none)."""
        identities = self.env["cpa.identity"].sudo()  # compared by the website, told to nobody
        return (
            identities.search([("number_plain", "=", number)], limit=1).partner_id
            if number
            else self.env["res.partner"]
        )

    def _file_by_identity(self, number, kind, country):
        """Return the file of this identity, or that into which it was merged (superuser's, or none)."""
        if not number:
            return self.env["cpa.beneficiary"]
        identities = (
            self.env["cpa.identity"]
            .sudo()  # found by the whole number; told to nobody
            .search([("number_plain", "=", number), ("type", "=", kind), ("country_id", "in", (False, country.id))])
        )
        files = identities.partner_id.with_context(active_test=False).cpa_beneficiary_ids[:1]
        return files.merged_into_id or files

    def _file_by_name(self):
        """Return the one file with the proven contact and the same name, of a service that asks for no identity."""
        if self.identity_plain:
            return self.env["cpa.beneficiary"]
        partners = self.env["res.partner"].search(
            ["|", ("phone", "=", self.proven_contact), ("email_normalized", "=", self.proven_contact)]
        )
        files = partners.cpa_beneficiary_ids.filtered(lambda file: name_key(file.name) == name_key(self.name))
        return files if len(files) == 1 else files.browse()

    # ------------------------------------------------------------------
    # By the officer
    # ------------------------------------------------------------------

    def _become_request_by_officer(self):
        """Make the request with the officer's own rights, in the file that he chose, that has this identity, or a new.

        :return: ``cpa.request``
        :raise UserError: what is in the way
        """
        self.ensure_one()
        self._lifecycle_find_move("accepted")
        if self.state != "submitted":
            return self.request_id
        plain = self.sudo()  # compared; the file itself has to be the officer's to see
        found = self.beneficiary_id or plain._file_by_identity(
            plain.identity_plain, self.identity_type, self.identity_country_id
        )
        file = self.env["cpa.beneficiary"].browse(found.id)
        file.check_access("read")
        acting = file.representation_ids.filtered(
            lambda line: (
                self.whom in ("child", "agent")
                and line.is_valid
                and line.kind == ("guardian" if self.whom == "child" else "agent")
                and name_key(line.representative_id.name) == name_key(self.acting_name)
            )
        )[:1]
        self.sudo()._lifecycle_set({"proof": "officer", "proven_at": fields.Datetime.now()})
        return self._make_request(file, acting)

    # ------------------------------------------------------------------
    # Made
    # ------------------------------------------------------------------

    def _make_request(self, file, acting):
        """Make and submit the request, with all that the applicant gave, at the time at which he applied.

        The acting user is the website's own or an officer; the counter's guards are met by what is "to be sighted".

        :param file: ``cpa.beneficiary``; none: a new one, unless it is anonymous
        :param acting: ``cpa.representation``; none: a new one where somebody acts for another
        """
        self.ensure_one()
        # of two at once the second one finds the row changed, and tries again
        self.env.cr.execute(SQL("UPDATE cpa_application SET write_uid = write_uid WHERE id = %s", self.id))
        if self.state != "submitted" or self.request_id:
            return self.request_id
        if self.whom != "nobody":
            file = file or self.env["cpa.beneficiary"].create(self._file_values())
            if self.whom in ("child", "agent") and not acting:
                acting = self._make_representation(file)
            self._complete_file(file)
        told = self._told()
        request = self.env["cpa.request"].create(self._request_values(file, acting))
        request.sudo()._lifecycle_set({"application_id": self.id, "number": self.number})
        self._move_files(request)
        for check in request.check_ids.filtered(lambda check: check.state == "pending" and not check.is_met):
            if check.is_obligatory or check.provided:
                check.action_to_sight()
        self._make_declaration(request, acting, told)
        request.with_context(lang=self.lang)._explain("website", **told)
        request.write({"state": "submitted", **told})
        self.sudo()._lifecycle_set({"request_id": request.id, "beneficiary_id": file.id})
        self.write({"state": "accepted"})
        return request

    def _told(self):
        """Return what is said about each event: it happened when the applicant did it (``cpa.happened.mixin``)."""
        reason = self.env._("Applied on the website: %(number)s.", number=self.number)
        return {"move_happened_at": self.submitted_at, "move_reason": reason}

    def _file_values(self, identity=True):
        own = self.sudo()  # his own numbers, from his own answers
        values = {
            "name": self.name,
            **self._contact_values(),
            "governorate_id": self.governorate_id.id,
            "branch_id": self.branch_id.id,
            "officer_id": self.env.uid if not self.env.user.share else False,
            "company_id": self.company_id.id,
        }
        if identity and own.identity_plain:
            values |= {
                "identity_type": self.identity_type,
                "identity_number": own.identity_plain,
                "identity_country_id": self.identity_country_id.id,
                "birth_date": self.birth_date,
            }
        return values

    def _contact_values(self):
        """Return what goes into a new file to reach the person by: of a code, the contact that answered it.

        The other one may be anybody's, and would later be taken for the person's own.
        """
        ways = {"phone": self.phone, "email": self.email}
        if self.proof == "code":
            proven = self._reachable()
            ways = {way: proven.get(way) == self.proven_contact and self.proven_contact for way in ways}
        return ways

    def _complete_file(self, file):
        """Write to the file what it does not know yet; what it knows otherwise stays, and is told to the officer."""
        iban, stored = self.sudo().iban_plain, file.sudo().iban_plain  # compared, not shown
        if iban and not stored:
            file.write({"iban": iban})
        elif iban and iban != stored:
            note = self.env._("Applied with another bank account, %(account)s.", account=mask(iban))
            file.sudo()._message_log(body=note)
        if not file.governorate_id and self.governorate_id:
            file.write({"governorate_id": self.governorate_id.id})
        others = set(self._reachable().values()) - {file.phone, file.email_normalized, self.proven_contact}
        if others:
            note = self.env._(
                "Given with the application, and not proven to be this person's: %(contacts)s.",
                contacts=comma_list(sorted(others), self.env.lang),
            )
            file.sudo()._message_log(body=note)

    def _make_representation(self, file):
        """Let who applied act for the person, as he says; whether he may, is sighted with the originals (P-34)."""
        number = self.sudo().acting_plain
        partner = self.env["res.partner"].browse(self._identity_known(number).id)
        if partner and name_key(partner.name) != name_key(self.acting_name):
            raise UserError(self.env._("The identity number of who applied belongs to someone of another name."))
        if not partner:
            partner = partner.create({"name": self.acting_name, **self._contact_values()})
            self.env["cpa.identity"].create(
                {"partner_id": partner.id, "type": guess_identity_type(number), "number": number}
            )
        return self.env["cpa.representation"].create(
            {
                "beneficiary_id": file.id,
                "representative_id": partner.id,
                "kind": "guardian" if self.whom == "child" else "agent",
                "power_number": self.power_number,
                "valid_until": self.power_until,
            }
        )

    def _request_values(self, file, acting):
        return {
            "subject": self.service_id.with_context(lang=self.lang).name,
            "service_id": self.service_id.id,
            "beneficiary_id": file.id,
            "representation_id": acting.id,
            "is_anonymous": self.whom == "nobody",
            "description": self.description,
            "amount_requested": self.amount_requested,
            "channel_id": self.env.ref("cpa_beneficiary.channel_website").id,
            "company_id": self.company_id.id,
            "branch_id": self.branch_id.id or file.branch_id.id,
            "officer_id": self.env.uid if not self.env.user.share else file.officer_id.id,
            **{
                name: value
                for name, value in (self.kind_values or {}).items()
                if name in self.env["cpa.request"]._fields
            },
        }

    def _move_files(self, request):
        """Give the pictures to the checks that they are for: provided, their originals to be sighted."""
        for document in self.sudo().document_ids:  # moved from his own application
            check = request.check_ids.filtered(
                lambda check, document=document: check.requirement_id == document.requirement_id
            )[:1]
            if check and document.attachment_ids:
                files = document.attachment_ids
                files.write({"res_model": check._name, "res_id": check.id})
                check.write({"attachment_ids": [fields.Command.set(files.ids)], "provided": True})

    def _make_declaration(self, request, acting, told):
        if not self.declaration_text_id:
            return
        declaration = (
            self.env["cpa.declaration"]
            .with_context(lang=self.lang)
            .create(
                {
                    "request_id": request.id,
                    "text_id": self.declaration_text_id.id,
                    "signer_name": self.signer_name,
                    "method": "portal" if self.signature else "typed",
                    "signature": self.signature,
                    "representation_id": acting.id,
                }
            )
        )
        declaration.write({"state": "signed", **told})
        if declaration.text != self.declaration_text:  # as it was read, whatever was edited since
            declaration.sudo()._lifecycle_set({"text": self.declaration_text})


class CpaLifecycleMixin(models.AbstractModel):
    _inherit = "cpa.lifecycle.mixin"

    def _happened_missing(self, happened, now):
        """What an applicant did on the website happened when he did it: the application is its own paper."""
        times = {record.sudo()._lifecycle_request().application_id.submitted_at for record in self}
        if happened.at and happened.reason and times == {happened.at}:
            return []
        return super()._happened_missing(happened, now)


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    application_id = fields.Many2one("cpa.application", kept=True, readonly=True, copy=False, ondelete="restrict")

    _application_uniq = models.UniqueIndex(
        "(application_id) WHERE application_id IS NOT NULL", "This application has become a request already."
    )


class CpaRequestCheck(models.Model):
    _inherit = "cpa.request.check"

    def action_to_sight(self):
        """Of an application: a week from now, or from the day on which the applicant was promised one."""
        for check in self.filtered(lambda check: check.request_id.application_id and not check.due_date):
            promised = fields.Date.add(check.request_id.application_id._due_from(), days=SIGHT_WITHIN_DAYS)
            check.due_date = max(promised, cpa_today())
        return super().action_to_sight()
