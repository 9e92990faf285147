"""Where a request stands, for who has its number and its PIN, or the telephone of its applicant (P-09, P-35).

Whether a number was given to anybody, whose it is and what was wrong is told to nobody: for any pair that does not
belong together the same is done and the same is answered.
"""

from odoo import api, models
from odoo.tools import consteq, email_normalize

from ..tools.saudi import normalise_phone
from ..tools.text import clean_number
from .cpa_application_paper import read_number

PURPOSE = "track"


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    @api.model
    def _track_contact(self, typed):
        """Return a telephone number or an e-mail address as it is stored ("" for what can be neither)."""
        return (email_normalize(typed) if "@" in (typed or "") else normalise_phone(typed)) or ""

    @api.model
    def _track_found(self, number):
        """Return what has this number, as superuser: a request; else an application that is none yet; else nothing."""
        # opened by PIN or code only, and shows ``_track_values`` only
        requests = self.sudo().search_fetch([("number", "=", number)], ["number", "pin_version"], limit=1)
        application = self.env["cpa.application"]._tracked(number)
        return requests or application

    @api.model
    def _track_by_pin(self, number, pin):
        """Return what ``number`` and ``pin`` (as typed) open; nothing if they do not belong together."""
        number = read_number(number)
        found = self._track_found(number)
        # the same is done for a number that nobody has
        asked = found or self.new({"number": number or "-"})
        matches = asked._pin_matches(pin)
        return found if matches and found else self.browse()

    @api.model
    def _track_by_code(self, number, contact, code):
        """Return what ``number`` opens to who holds its applicant's telephone or reads his mail.

        :param str contact: to which the code was sent, as stored
        """
        found = self._track_found(read_number(number))
        proven = self.env["cpa.proof.code"]._redeem(PURPOSE, contact, code)
        return found if proven and found and contact in found._track_contacts() else self.browse()

    def _track_contacts(self):
        """Return the telephone and the e-mail address of who is told about this request."""
        self.ensure_one()
        people = self._applicant() | self.beneficiary_id.sudo().partner_id  # compared, not shown
        return {contact for person in people for contact in (person.phone, person.email_normalized) if contact}


class CpaApplication(models.Model):
    _inherit = "cpa.application"

    def _pin_matches(self, pin):
        """Return whether ``pin`` (as typed, in any digits) is this application's; in constant time."""
        self.ensure_one()
        return consteq(clean_number(pin).encode(), self._pin().encode())

    def _track_contacts(self):
        """Return the telephone and the e-mail address that the applicant gave."""
        return set(self._reachable().values())
