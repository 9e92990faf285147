"""The reception's one search box: an identity, a phone, a name, a file or request number, in any digits."""

import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.riyadh import riyadh_date
from ..tools.saudi import IQAMA, NATIONAL_ID, UNIFIED_NUMBER, check_identity, normalise_phone
from ..tools.text import ascii_digits, clean_number, name_key
from .cpa_request import OPEN_STATES

SHOWN = 8
SHOWN_INQUIRIES = 40
FILE_NUMBER_LENGTH = 6
REQUEST_NUMBER = re.compile(r"([0-9]{4})-?([0-9]{6})")


class CpaReception(models.AbstractModel):
    _inherit = "cpa.reception"

    @api.model
    def search_people(self, text):
        """Find people by whatever was typed or scanned.

        :param text: ``str``
        :return: dict: ``people`` (list of dict, each with open requests and inquiries), ``typed`` (what a new file
            takes over: ``{"identity_number" | "phone" | "name": str}``), ``inquiries`` asked from this phone without a
            file, ``elsewhere`` (who is known, with a file that is not the clerk's to see)
        """
        self._check_clerk()
        text = (text or "").strip()
        typed = self._guess(text)
        people = self._find_people(text, typed) if text else self.env["cpa.beneficiary"]
        close = [] if people or not typed else self.find_duplicates(typed)
        people |= people.browse([found["id"] for found in close if found["id"]])
        return {
            "people": self._person_values(people),
            "elsewhere": [found["label"] for found in close if not found["id"]],
            "typed": typed,
            "inquiries": self._inquiry_values(self._find_loose_inquiries(typed.get("phone"))),
        }

    @api.model
    def find_duplicates(self, vals):
        """Return who may be the person described: the one question of file, reception and import.

        :param vals: any of ``name``, ``phone`` and ``identity_number``, as typed
        :return: list of ``{"id": int or False, "label", "file_number", "reason", "reason_label"}``
        """
        self._check_clerk()
        reasons = {
            "identity": self.env._("Same identity number"),
            "phone": self.env._("Same phone"),
            "iban": self.env._("Same IBAN"),
            "name": self.env._("Close name"),
        }
        given = {name: vals.get(name) for name in ("name", "phone", "identity_number")}
        return [
            found | {"reason_label": reasons[found["reason"]]}
            for found in self.env["cpa.beneficiary"]._find_duplicates(given)
        ]

    def _guess(self, text):
        """Return as what the text would be typed into a new file: ``{name of the field: value}``."""
        number = clean_number(text)
        if any(check_identity(kind, number) is None for kind in (NATIONAL_ID, IQAMA, UNIFIED_NUMBER)):
            return {"identity_number": number}
        phone = normalise_phone(number)
        if phone:
            return {"phone": phone}
        if re.search(r"[^\W\d_]", text):
            # Latin letters and digits in one word: a passport or the identity card of a neighbour
            return (
                {"identity_number": number.upper()}
                if re.fullmatch(r"(?=.*[0-9])[A-Za-z0-9]+", number)
                else {"name": text}
            )
        return {}

    def _find_people(self, text, typed):
        Beneficiary = self.env["cpa.beneficiary"]
        request = self._find_request(text)
        if request:
            return request.beneficiary_id
        domain = Domain("display_name", "ilike", text)
        number = clean_number(text)
        if re.fullmatch(rf"[0-9]{{1,{FILE_NUMBER_LENGTH}}}", number):
            domain |= Domain("file_number", "=", number.zfill(FILE_NUMBER_LENGTH))
        people = Beneficiary
        if "name" in typed:  # whose own name was typed comes before whose father's
            people = Beneficiary.search([("partner_id.cpa_name_key", "=like", f"{name_key(text)}%")], limit=SHOWN)
        if len(people) < SHOWN:
            people = (people | Beneficiary.search(domain, limit=SHOWN))[:SHOWN]
        if not people and typed.keys() & {"phone", "identity_number"}:
            people = self._find_represented(typed)
        return people

    def _find_request(self, text):
        number = REQUEST_NUMBER.fullmatch(ascii_digits(text).strip())
        if not number:
            return self.env["cpa.request"]
        return self.env["cpa.request"].search([("number", "=", "-".join(number.groups()))], limit=1)

    def _find_represented(self, typed):
        """Return those for whom the person of this phone or identity acts as guardian, agent or carer."""
        if "phone" in typed:
            domain = Domain("representative_id.phone", "=", typed["phone"])
        else:
            domain = Domain("representative_id.cpa_identity_ids.number", "=", typed["identity_number"])
        return self.env["cpa.representation"].search(domain, limit=SHOWN).beneficiary_id

    def _find_loose_inquiries(self, phone):
        """Return what was asked from this phone by someone without a file."""
        Lead = self.env["crm.lead"]
        if not phone:
            return Lead
        domain = [("is_inquiry", "=", True), ("partner_id", "=", False), ("phone_sanitized", "=", phone)]
        return Lead.search(domain, limit=SHOWN)

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def _person_values(self, people):
        """Return what the screen shows of people, in a fixed number of queries."""
        requests = self.env["cpa.request"].search(
            [("beneficiary_id", "in", people.ids), ("state", "in", OPEN_STATES)], order="id desc"
        )
        inquiries = self.env["crm.lead"].search(
            [
                ("is_inquiry", "=", True),
                ("partner_id", "in", people.partner_id.ids),
                ("stage_id.is_won", "=", False),
            ],
            limit=SHOWN_INQUIRIES,
        )
        requests_of = requests.grouped("beneficiary_id")
        inquiries_of = inquiries.grouped("partner_id")
        return [
            {
                "id": person.id,
                "name": person.name,
                "file_number": person.file_number or "",
                "state": person.state,
                "state_label": person._lifecycle_label(person.state),
                "phone": person.phone or "",
                "identity": person.identity_number or "",
                "is_sighted": bool(person.identity_sighted_at),
                "is_minor": person.is_minor,
                "place": (person.branch_id or person.governorate_id).name or "",
                "needs": person.accessibility_needs or "",
                "requests": self._request_values(requests_of.get(person, requests.browse())),
                "inquiries": self._inquiry_values(inquiries_of.get(person.partner_id, inquiries.browse())),
            }
            for person in people
        ]

    def _request_values(self, requests):
        return [
            {
                "id": request.id,
                "number": request.number or "",
                "title": request.subject,
                "state": request.state,
                "state_label": request._lifecycle_label(request.state),
                "reply_date": request.reply_target_date and format_date(self.env, request.reply_target_date),
                "is_late": request.is_late,
                "closed": request.state not in OPEN_STATES,
            }
            for request in requests
        ]

    def _inquiry_values(self, inquiries):
        return [
            {
                "id": inquiry.id,
                "title": inquiry.name,
                "date": format_date(self.env, riyadh_date(inquiry.create_date)),
                "open_questions": inquiry.open_question_count,
                "questions": [
                    {
                        "id": question.id,
                        "name": question.name,
                        "answer": question.answer or "",
                        "state": question.state,
                        "state_label": dict(question._fields["state"]._description_selection(self.env))[question.state],
                    }
                    for question in inquiry.question_ids
                ],
            }
            for inquiry in inquiries
        ]
