"""What the pages of an application ask, step by step, and what is wrong with what was typed (P-08, P-30, P-34).

A draft keeps everything as it was typed. What it says is read when it is sent, by the rules that the counter has, too.
"""

import base64
import binascii
import hashlib
import json
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..tools.riyadh import cpa_today, riyadh_datetime
from ..tools.saudi import (
    GCC_COUNTRIES,
    GCC_ID,
    IQAMA,
    NATIONAL_ID,
    PASSPORT,
    check_iban,
    check_identity,
    guess_identity_type,
    is_saudi_mobile,
    normalise_iban,
    normalise_identity,
    normalise_phone,
)
from ..tools.text import ascii_digits, clean_number
from .cpa_beneficiary_identity import ADULT_AGE, age
from .crm_lead_website import NOT_TYPED
from .ir_attachment import content_type

STEPS = ("service", "whom", "data", "documents", "sign", "proof", "receipt")
# The most that a page takes of each field.
MOST = {"description": 4000, "merchant_contact": 2000}
MOST_OTHERWISE = 200
SIGNATURE_MOST = 300 * 1024
# Columns of a kind that a page can ask for.
ASKED_TYPES = ("char", "text", "selection", "date", "datetime", "integer", "float", "monetary")
LISTED = 40


class CpaApplication(models.Model):
    _inherit = "cpa.application"

    # ------------------------------------------------------------------
    # Services and steps
    # ------------------------------------------------------------------

    @api.model
    def _services(self):
        """Return the services that anybody may apply for; what is read of them is published."""
        return (
            self.env["cpa.service"]
            .sudo()
            .search(
                Domain("is_published", "=", True) & Domain("company_id", "in", (False, self.env.company.id)),
                limit=LISTED,
            )
        )

    def _steps(self):
        """Return the steps of this application, in order: ``[(key, label, address)]``."""
        labels = {
            "service": self.env._("Service"),
            "whom": self.env._("For whom"),
            "data": self.env._("Your data"),
            "documents": self.env._("Documents"),
            "sign": self.env._("Check and sign"),
            "proof": self.env._("Proof"),
            "receipt": self.env._("Your receipt"),
        }
        left_out = set()
        if self.service_id and not self._requirements():
            left_out.add("documents")
        if self.whom == "nobody" or self.known_file_id:
            left_out.add("proof")
        return [
            (key, labels[key], "/apply" if key == "service" else f"/apply/{key}")
            for key in STEPS
            if key not in left_out
        ]

    def _after(self, step):
        """Return the step that follows ``step``."""
        keys = [key for key, _label, _address in self._steps()]
        return keys[keys.index(step) + 1] if step in keys[:-1] else "sign"

    def _open_step(self, wanted, user):
        """Return which step is shown to who wants ``wanted``: an earlier one, as long as something is wrong there.

        :param user: ``res.users`` who looks
        """
        self.ensure_one()
        if self.state != "draft":
            return "receipt" if self.proof or wanted == "receipt" else "proof"
        for step in ("whom", "data", "documents"):
            if wanted == step or (step != "documents" and self._errors(step, user)):
                return step
        return "sign"

    def _requirements(self):
        """Return the documents of the service: to be photographed, or to be brought; nothing of somebody unnamed."""
        requirements = self.service_id.requirement_ids.filtered(lambda requirement: requirement.kind == "document")
        return requirements.browse() if self.whom == "nobody" else requirements

    # ------------------------------------------------------------------
    # Who is known
    # ------------------------------------------------------------------

    @api.model
    def _known_files(self, user):
        """Return the files in which this login may apply (superuser's: names are shown to who acts for them)."""
        return self.env["cpa.beneficiary"].sudo().browse(user.cpa_acts_for(writing=True))

    def _known_file(self, user):
        """Return the file that this application of a login is for, as long as the login acts for it (or none)."""
        self.ensure_one()
        return self._known_files(user) & self.known_file_id if self.user_id == user else self.known_file_id.browse()

    def _known_facts(self, user):
        """Return what is known already and therefore not asked: ``[(label, value, "ltr" or nothing)]``."""
        file = self._known_file(user)
        if not file:
            return []
        return [
            (self.env._("Name"), file.name),
            (self.env._("Identity number"), file.identity_number, "ltr"),
            (self.env._("Mobile"), file.phone, "ltr"),
            (self.env._("Governorate"), file.governorate_id.name),
        ]

    # ------------------------------------------------------------------
    # What is asked
    # ------------------------------------------------------------------

    def _asks_identity(self):
        """Return whether the service needs to know for certain who it is for; a question or a hint does not."""
        service = self.service_id
        return (
            service.needs_registration
            or service.needs_declaration
            or "identity" in service.requirement_ids.mapped("automatic")
            or self.whom in ("child", "agent")
        )

    def _fields_of_whom(self, user):
        """Return the choices of "for whom", for the ``options`` of the field."""
        files = self._known_files(user)
        if files:
            own = user.partner_id
            choices = [
                (f"file-{file.id}", self.env._("For myself") if file.partner_id == own else file.name, "")
                for file in files
            ]
        else:
            choices = [
                (key, label, self._whom_hints().get(key, "")) for key, label in self._whom_labels() if key != "nobody"
            ]
        if self.service_id.allows_anonymous:
            choices.append(("nobody", self.env._("Without a name"), self._whom_hints()["nobody"]))
        return choices

    @api.model
    def _whom_labels(self):
        return self._fields["whom"]._description_selection(self.env)

    @api.model
    def _whom_hints(self):
        return {
            "child": self.env._("You sign, and show the family register."),
            "agent": self.env._("You need the number of the power of attorney."),
            "nobody": self.env._("We do not learn who you are, and cannot ask you anything."),
        }

    def _fields_of(self, step, user):
        """Return the fields of a step, as the website's ``part_field`` takes them.

        :return: list of dicts ``name``, ``label``, ``type``, ``required``, ``hint``, ``options``, …; ``is_more`` for
            what few people have, ``title`` where a group of fields begins
        """
        self.ensure_one()
        if step == "whom":
            return [
                {
                    "name": "whom",
                    "label": self.env._("For whom do you apply?"),
                    "type": "radio",
                    "required": True,
                    "options": self._fields_of_whom(user),
                }
            ]
        return self._fields_of_data(user) if step == "data" else []

    def _fields_of_data(self, user):
        known = self._known_file(user)
        asked = []
        if self.whom != "nobody":
            if not known:
                asked += self._fields_of_acting() + self._fields_of_person()
            asked += self._fields_of_contact(known)
        return asked + self._fields_of_need(known) + self._fields_of_kind()

    def _fields_of_acting(self):
        if self.whom not in ("child", "agent"):
            return []
        asked = [
            {
                "name": "acting_name",
                "label": self.env._("Your name"),
                "required": True,
                "autocomplete": "name",
                "title": self.env._("About you"),
            },
            {
                "name": "acting_identity",
                "label": self.env._("Your identity number"),
                "required": True,
                "inputmode": "numeric",
                "dir": "ltr",
                "hint": self.env._("National ID or Iqama: ten digits."),
            },
        ]
        if self.whom == "agent":
            asked += [
                {
                    "name": "power_number",
                    "label": self.env._("Number of the power of attorney"),
                    "required": True,
                    "inputmode": "numeric",
                    "dir": "ltr",
                },
                {
                    "name": "power_until",
                    "label": self.env._("It is valid until"),
                    "required": True,
                    **self._day_field(),
                },
            ]
        return asked

    def _fields_of_person(self):
        child, other = self.whom == "child", self.whom == "agent"
        names = {
            "child": (
                self.env._("Name of the child"),
                self.env._("Identity number of the child"),
                self.env._("About the child"),
            ),
            "agent": (
                self.env._("Name of the person"),
                self.env._("Identity number of the person"),
                self.env._("About the person"),
            ),
        }
        name, identity, title = names.get(
            self.whom, (self.env._("Your name"), self.env._("Your identity number"), None)
        )
        asked = [
            {
                "name": "name",
                "label": name,
                "required": True,
                "autocomplete": None if child or other else "name",
                "title": title,
                "hint": self.env._("As on the identity."),
            }
        ]
        if not self._asks_identity():
            return asked
        asked.append(
            {
                "name": "identity_number",
                "label": identity,
                "required": True,
                "inputmode": "numeric",
                "dir": "ltr",
                "hint": self.env._("National ID or Iqama: ten digits. We keep no copy of it."),
            }
        )
        birth = {"name": "birth_date", "label": self.env._("Birth date"), "required": child, **self._day_field()}
        other_document = {
            "name": "identity_kind",
            "label": self.env._("Another document"),
            "type": "select",
            "options": self._other_documents(),
            "is_more": not child,
        }
        return [*asked, birth, other_document] if child else [*asked, other_document, {**birth, "is_more": True}]

    @api.model
    def _other_documents(self):
        countries = self.env["res.country"].sudo().search([("code", "in", GCC_COUNTRIES)])  # names of countries
        gcc = [
            (f"{GCC_ID}-{country.code}", self.env._("GCC identity: %(country)s", country=country.name))
            for country in countries
        ]
        return [(PASSPORT, self.env._("Passport")), *gcc]

    def _fields_of_contact(self, known):
        asked = []
        if not known:
            asked += [
                {
                    "name": "phone",
                    "label": self.env._("Your mobile"),
                    "type": "tel",
                    "required": True,
                    "inputmode": "tel",
                    "autocomplete": "tel",
                    "dir": "ltr",
                    "placeholder": "05xxxxxxxx",
                    "title": self.env._("How we reach you") if self.whom in ("child", "agent") else None,
                },
            ]
        if not known.governorate_id:
            asked.append(
                {
                    "name": "governorate",
                    "label": self.env._("Governorate"),
                    "type": "select",
                    "required": True,
                    "options": [
                        (governorate.id, governorate.name)
                        for governorate in self.env["crm.lead"]._website_governorates()
                    ],
                }
            )
        if not known:
            asked.append(
                {
                    "name": "email",
                    "label": self.env._("E-mail"),
                    "type": "email",
                    "inputmode": "email",
                    "autocomplete": "email",
                    "dir": "ltr",
                    "is_more": True,
                }
            )
        return asked

    def _fields_of_need(self, known):
        service = self.service_id
        asked = [
            {
                "name": "description",
                "label": self.env._("What do you ask for?"),
                "type": "textarea",
                "required": True,
                "hint": self.env._("In your own words. A few lines are enough."),
                "title": self.env._("Your request"),
                "dir": "auto",
            }
        ]
        if service.kind == "support":
            asked.append(
                {
                    "name": "amount_requested",
                    "label": self.env._("Amount that would help, in riyals"),
                    "inputmode": "decimal",
                    "dir": "ltr",
                }
            )
        if "iban" in service.requirement_ids.mapped("automatic") and not known.sudo().iban_plain:
            asked.append(
                {
                    "name": "iban",
                    "label": self.env._("Bank account (IBAN)"),
                    "required": True,
                    "dir": "ltr",
                    "placeholder": "SA",
                    "hint": self.env._("SA and 22 digits, in the name of who is helped."),
                    "attributes": {"autocapitalize": "characters"},
                }
            )
        return asked

    def _kind_columns(self):
        """Return the columns of the service's kind that a page asks for: ``{name: (field, obligatory)}``."""
        Request = self.env["cpa.request"]
        asked = Request._kind_fields().get(self.service_id.kind, {})
        return {
            name: (Request._fields[name], obligatory)
            for name, obligatory in asked.items()
            if Request._fields[name].type in ASKED_TYPES
        }

    def _fields_of_kind(self):
        asked = []
        for name, (field, obligatory) in self._kind_columns().items():
            types = {"text": "textarea", "selection": "select", "datetime": "datetime-local"}
            column = {
                "name": name,
                "label": field._description_string(self.env),
                "hint": field._description_help(self.env) or None,
                "type": types.get(field.type, "text"),
                "required": obligatory,
                "is_more": not obligatory,
                "dir": "auto",
            }
            if field.type == "selection":
                column["options"] = field._description_selection(self.env)
            elif field.type == "date":
                column |= self._day_field()
            elif field.type in ("integer", "float", "monetary"):
                column |= {"inputmode": "numeric" if field.type == "integer" else "decimal", "dir": "ltr"}
            asked.append(column)
        return asked

    @api.model
    def _day_field(self):
        return {"inputmode": "numeric", "dir": "ltr", "hint": self.env._("Hijri or Gregorian, as 1410/05/03.")}

    # ------------------------------------------------------------------
    # What was typed
    # ------------------------------------------------------------------

    def _keep(self, step, params, user):
        """Keep what was typed into a step, right or wrong; nothing but its own fields is taken.

        :param dict params: of the form
        """
        self.ensure_one()
        if self.state != "draft":
            return
        typed = dict(self.typed or {})
        for field in self._fields_of(step, user):
            text = NOT_TYPED.sub(" ", str(params.get(field["name"]) or ""))[: MOST_OTHERWISE * 50].strip()
            # of lines there are several in a text only: elsewhere they could become headers of a mail
            typed[field["name"]] = text if field.get("type") == "textarea" else " ".join(text.split())
        vals = {"typed": typed}
        if step == "whom":
            vals |= self._whom_values(typed["whom"], user)
        self._lifecycle_set(vals)
        self._touch()

    def _whom_values(self, chosen, user):
        """Return who is applied for; a login chooses among the files for which it acts."""
        if chosen not in [key for key, _label, _hint in self._fields_of_whom(user)]:
            return {"whom": False, "user_id": False, "known_file_id": False}
        if not chosen.startswith("file-"):
            return {"whom": chosen, "user_id": False, "known_file_id": False}
        file = self._known_files(user).browse(int(chosen.removeprefix("file-")))
        whom = "self"
        if file.partner_id != user.partner_id:
            kinds = self._representation_of(file, user.sudo().partner_id).kind
            whom = "agent" if kinds == "agent" else "child"
        return {"whom": whom, "user_id": user.id, "known_file_id": file.id}

    @api.model
    def _representation_of(self, file, partner):
        """Return by what ``partner`` acts for a file today (superuser's, one or none)."""
        return file.sudo().representation_ids.filtered(
            lambda line: line.representative_id == partner and line.kind != "carer" and line.is_valid
        )[:1]

    def _typed_of(self, step, user):
        """Return what was typed into a step so far: ``{field: text}``, with what follows from a choice."""
        typed = self.typed or {}
        return {field["name"]: typed.get(field["name"]) or "" for field in self._fields_of(step, user)}

    # ------------------------------------------------------------------
    # What is wrong
    # ------------------------------------------------------------------

    def _errors(self, step, user):
        """Return what is missing or wrong in a step: ``{field: message}`` in the language of the page."""
        self.ensure_one()
        if step == "whom":
            return {} if self.whom else {"whom": self.env._("Choose for whom you apply.")}
        if step != "data":
            return {}
        _values, errors = self._read(user)
        return errors

    def _read(self, user):
        """Read the data as it was typed: ``(values, errors)``, values by the names of the columns.

        :param user: ``res.users`` who applies
        """
        self.ensure_one()
        asked = self._fields_of("data", user)
        typed = self._typed_of("data", user)
        errors = {}
        for field in asked:
            name, text = field["name"], typed[field["name"]]
            most = MOST.get(name, MOST_OTHERWISE)
            if field.get("required") and not text:
                errors[name] = self._missing(field)
            elif len(text) > most:
                errors[name] = self.env._("Write at most %(most)s characters.", most=most)
        values = {name: text for name, text in typed.items() if name in ("name", "acting_name", "description")}
        for read in (self._read_identity, self._read_acting, self._read_contact, self._read_need, self._read_kind):
            found, wrong = read(typed)
            values |= found
            errors = wrong | errors
        # in the order of the page
        return values, {field["name"]: errors[field["name"]] for field in asked if field["name"] in errors}

    def _missing(self, field):
        if field.get("type") in ("select", "radio"):
            return self.env._("Choose: %(field)s", field=field["label"])
        return self.env._("Write: %(field)s", field=field["label"])

    def _read_identity(self, typed):
        if "identity_number" not in typed:
            return {}, {}
        errors = {}
        number = normalise_identity(typed["identity_number"])
        chosen, _dash, country = (typed.get("identity_kind") or "").partition("-")
        guessed = guess_identity_type(number)
        kind = chosen if chosen in (PASSPORT, GCC_ID) else guessed if guessed in (NATIONAL_ID, IQAMA) else NATIONAL_ID
        fault = number and check_identity(kind, number)
        if fault:
            errors["identity_number"] = self.env["cpa.identity"]._number_error(fault)
        born, wrong = self._read_day(typed.get("birth_date"))
        if wrong:
            errors["birth_date"] = wrong
        elif born and born > cpa_today():
            errors["birth_date"] = self.env._("A birth date cannot be in the future.")
        elif not born and kind in (PASSPORT, GCC_ID):
            errors["birth_date"] = self.env._("With a passport or a GCC identity we need the birth date, too.")
        elif born and self.whom == "child" and age(born, cpa_today()) >= ADULT_AGE:
            errors["birth_date"] = self.env._("Who is eighteen applies himself, or gives you a power of attorney.")
        elif born and self.whom == "self" and age(born, cpa_today()) < ADULT_AGE:
            errors["birth_date"] = self.env._("For who is under eighteen a guardian applies: go back and choose it.")
        countries = self.env["res.country"].sudo()  # codes of countries
        return {
            "identity_number": number,
            "identity_type": kind,
            "identity_country_id": countries.search([("code", "=", country)]).id if kind == GCC_ID else False,
            "birth_date": born,
        }, errors

    def _read_day(self, text):
        return self.env["cpa.identity"]._read_day(text)

    def _read_acting(self, typed):
        if "acting_identity" not in typed:
            return {}, {}
        errors = {}
        number = normalise_identity(typed["acting_identity"])
        guessed = guess_identity_type(number)
        fault = number and check_identity(guessed if guessed in (NATIONAL_ID, IQAMA) else NATIONAL_ID, number)
        if fault:
            errors["acting_identity"] = self.env["cpa.identity"]._number_error(fault)
        elif number and number == normalise_identity(typed.get("identity_number")):
            errors["acting_identity"] = self.env._("Your own number, please: this is the one of whom you act for.")
        until, wrong = self._read_day(typed.get("power_until"))
        if wrong:
            errors["power_until"] = wrong
        elif until and until < cpa_today():
            errors["power_until"] = self.env._("The power of attorney has expired.")
        return {
            "acting_identity": number,
            "power_number": clean_number(typed.get("power_number")),
            "power_until": until,
        }, errors

    def _read_contact(self, typed):
        values, errors = {}, {}
        if "phone" in typed:
            phone = normalise_phone(typed["phone"])
            if typed["phone"] and (not phone or (phone.startswith("+966") and not is_saudi_mobile(phone))):
                errors["phone"] = self.env._("This is no mobile number. It is written 05xxxxxxxx.")
            values["phone"] = phone
        if "email" in typed:
            values["email"] = email_normalize(typed["email"])
            if typed["email"] and not values["email"]:
                errors["email"] = self.env._("This is no e-mail address.")
        if "governorate" in typed:
            governorates = self.env["crm.lead"]._website_governorates()
            governorate = governorates.filtered(lambda g: str(g.id) == typed["governorate"])
            values["governorate_id"] = governorate.id
            if typed["governorate"] and not governorate:
                errors["governorate"] = self.env._("Choose one from the list.")
        return values, errors

    def _read_need(self, typed):
        values, errors = {}, {}
        if "amount_requested" in typed:
            amount, wrong = self._read_amount(typed["amount_requested"], float)
            if wrong:
                errors["amount_requested"] = wrong
            values["amount_requested"] = amount
        if "iban" in typed:
            values["iban"] = normalise_iban(typed["iban"])
            fault = typed["iban"] and check_iban(values["iban"])
            if fault:
                errors["iban"] = self.env["cpa.beneficiary"]._iban_error(fault)
        return values, errors

    def _read_amount(self, text, kind):
        if "-" in text:  # which is taken for a space in a number otherwise
            return 0, self.env._("Write a number, as 1500.")
        text = clean_number(text).replace("٬", "").replace("٫", ".").replace(",", "")
        if not text:
            return 0, None
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?" if kind is float else r"[0-9]{1,6}", text):
            return 0, self.env._("Write a number, as 1500.")
        return kind(text), None

    def _read_kind(self, typed):
        values, errors = {}, {}
        for name, (field, _obligatory) in self._kind_columns().items():
            text = typed.get(name) or ""
            if not text:
                continue
            value, wrong = self._read_column(field, text)
            if wrong:
                errors[name] = wrong
            else:
                values[name] = value
        return {"kind_values": values}, errors or self._kind_problems(values)

    def _read_column(self, field, text):
        if field.type == "selection":
            keys = [key for key, _label in field._description_selection(self.env)]
            return (text, None) if text in keys else (False, self.env._("Choose one from the list."))
        if field.type == "date":
            day, wrong = self._read_day(text)
            return fields.Date.to_string(day) if day else False, wrong
        if field.type == "datetime":
            return self._read_moment(text)
        if field.type in ("integer", "float", "monetary"):
            return self._read_amount(text, int if field.type == "integer" else float)
        return text, None

    def _read_moment(self, text):
        """Return a moment that was typed in Riyadh's time as it is stored (text), or what is wrong with it."""
        match = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})", ascii_digits(text))
        try:
            local = fields.Datetime.to_datetime(f"{match[1]} {match[2]}:00") if match else None
        except ValueError:
            local = None
        if not local:
            return False, self.env._("Write day and time, as 2026-03-21 17:30.")
        moment = local - riyadh_datetime(local).utcoffset()
        return fields.Datetime.to_string(moment), None

    def _kind_problems(self, values):
        """Return what the request's own rules say against its kind's columns: ``{field: message}``."""
        Request = self.env["cpa.request"]
        tried = Request.new(Request._with_merchant_number({**values, "service_id": self.service_id.id}))
        errors = {}
        for method in Request._constraint_methods:
            names = [name for name in method._constrains if name in values]
            try:
                if names:
                    method(tried)
            except ValidationError as error:
                errors.setdefault(names[0], str(error))
        return errors

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
