"""What the pages of an application show: texts, days and lists, never a record."""

from odoo import api, models

from ..tools.hijri import format_both
from ..tools.saudi import national_phone
from .cpa_application_document import FILES_OF_EACH


class CpaApplication(models.Model):
    _inherit = "cpa.application"

    FILES_AT_ONCE = FILES_OF_EACH

    @api.model
    def _service_cards(self, code=None):
        """Return the services to choose from, that of ``code`` first: dicts ``code``, ``name``, ``needs``."""
        services = self._services().sorted(lambda service: service.code != code)
        return [
            {
                "code": service.code,
                "name": service.name,
                "needs": [
                    requirement.name for requirement in service.requirement_ids if requirement.kind == "document"
                ],
                "is_chosen": service.code == code,
            }
            for service in services
        ]

    @api.model
    def _first_steps(self):
        return self._as_website().new({"whom": "self"})._steps()

    def _began(self):
        return {"service": self.service_id.name, "url": "/apply/sign"}

    def _choose(self, service):
        """The draft is for another service: what was typed stays, the pictures of the former one go."""
        self.ensure_one()
        if service == self.service_id:
            return
        self.document_ids.unlink()
        self._lifecycle_set({"service_id": service.id})
        if self.whom == "nobody" and not service.allows_anonymous:
            self._lifecycle_set({"whom": False})
        self._touch()

    def _page_values(self, step, user, typed):
        """Return what a step's page shows.

        :param user: ``res.users`` who looks
        :param dict typed: what the page said that is not kept in the draft
        """
        self.ensure_one()
        values = {
            "step": step,
            "steps": self._steps(),
            "service": self.service_id.name,
            "application": self.token,
            "typed": typed,
            "again": {"number": self.draft_number, "pin": self._pin()} if self.state == "draft" else None,
        }
        return values | getattr(self, f"_page_{step}")(user)

    def _page_whom(self, user):
        typed = {"whom": f"file-{self.known_file_id.id}" if self._known_file(user) else self.whom}
        return {"fields": self._fields_of("whom", user), "typed": typed}

    def _page_data(self, user):
        asked = self._fields_of("data", user)
        return {
            "fields": [field for field in asked if not field.get("is_more")],
            "more": [field for field in asked if field.get("is_more")],
            "known": self._known_facts(user),
            "typed": self._typed_of("data", user),
        }

    def _page_documents(self, user):
        taken = {document.requirement_id.id: document.attachment_ids for document in self.document_ids}
        return {
            "documents": [
                {
                    "id": requirement.id,
                    "name": requirement.name,
                    "takes_file": requirement._takes_file(),
                    "is_identity": requirement.automatic == "identity",
                    "is_obligatory": requirement.is_obligatory,
                    "files": [{"id": file.id, "name": file.name} for file in taken.get(requirement.id, [])],
                }
                for requirement in self._requirements()
            ]
        }

    def _page_sign(self, user):
        declaration = self._declaration()
        read = self._typed_of("data", user)
        known = self._known_file(user)
        return {
            "review": self._review(user),
            "declaration": declaration.body,
            "version": declaration.version,
            "explanation": self._explanation_text(),
            "signer": user.partner_id.name if known else read.get("acting_name") or read.get("name"),
            "is_named": self.whom != "nobody",
        }

    def _page_proof(self, user):
        ways = self._reachable()
        return {
            "ways": {way: national_phone(contact) if way == "phone" else contact for way, contact in ways.items()},
            "number": self.number,
            "phone": national_phone(self.phone),
        }

    def _page_receipt(self, user):
        label, day = self._reply_promise()
        return {
            "number": self.number,
            "pin": self._pin(),
            "promise": label,
            "day": format_both(day, self.env.lang),
            "is_proven": self.proof not in (False, "later"),
            "is_named": self.whom != "nobody",
            "awaited": [(item.name, format_both(item.due_date, self.env.lang)) for item in self._awaited_checks()],
            "explanation": self._explanation_text(),
            "phone": national_phone(self.company_id.phone),
        }
