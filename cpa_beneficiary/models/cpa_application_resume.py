"""A draft is gone on with on another device: by its number with its PIN, or with a code to its telephone (P-09)."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import consteq, email_normalize

from ..tools.saudi import normalise_phone
from ..tools.text import clean_number
from .cpa_application_paper import read_number

PURPOSE = "resume"


class CpaApplication(models.Model):
    _inherit = "cpa.application"

    @api.model
    def _resumable(self, number):
        """Return the application to go on with that has this number, as the website (or none)."""
        number = read_number(number)
        # found by the whole number, opened by its PIN or a code only
        return self._as_website().search(
            (Domain("draft_number", "=", number) & Domain("state", "=", "draft"))
            | (Domain("number", "=", number) & Domain("state", "=", "submitted")),
            limit=1,
        )

    @api.model
    def _resume(self, number, pin):
        """Return the application to go on with on another device, by its number and PIN (or none).

        Whoever asks is limited before; the same is done whether or not the number was given to anybody.
        """
        found = self._resumable(number)
        asked = found or self._as_website().new({"draft_number": read_number(number)})
        matches = consteq(clean_number(pin).encode(), asked._pin().encode())
        return found if matches else found.browse()

    @api.model
    def _resume_by_code(self, number, contact, code):
        """Return the application to go on with, by its number and a code sent to the contact typed into it (or none).

        :param str contact: to which the code was sent, as stored
        """
        found = self._resumable(number)
        proven = self.env["cpa.proof.code"]._redeem(PURPOSE, contact, code)
        return found if proven and found and contact in found._given_contacts() else found.browse()

    def _given_contacts(self):
        """Return the telephone and the e-mail address that the applicant typed so far, as stored."""
        self.ensure_one()
        if self.state != "draft":
            return set(self._reachable().values())
        typed = self.typed or {}
        return {normalise_phone(typed.get("phone")), email_normalize(typed.get("email") or "")} - {"", False, None}
