"""What the pages of an application ask: no more than the service needs and nobody knows yet (P-08, P-30)."""

from odoo import api, models

from ..tools.saudi import GCC_COUNTRIES, GCC_ID, PASSPORT

# Columns of a kind that a page can ask for.
ASKED_TYPES = ("char", "text", "selection", "date", "datetime", "integer", "float", "monetary")


class CpaApplication(models.Model):
    _inherit = "cpa.application"

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
