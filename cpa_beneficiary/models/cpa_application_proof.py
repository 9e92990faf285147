"""Who applied is proven, or it is not: until then an application shows nothing that we know, and is tied to nobody."""

import logging

from odoo import fields, models

from ..tools.text import clean_number
from .cpa_application_paper import read_number
from .cpa_request_pin import PIN_SCOPE, PIN_TRIES

_logger = logging.getLogger(__name__)

PURPOSE = "apply"
# How often a number's PIN is tried within an hour, by one address (many share one) and for one number.
PIN_ADDRESS = 30
PIN_NUMBER = 6


class CpaApplication(models.Model):
    _inherit = "cpa.application"

    def _send_code(self, way):
        """Send a code to the telephone or the e-mail that the applicant gave. Whether we know it makes no difference.

        :param str way: "phone" or "email"
        :return: what went wrong, in the language of the page, or None
        """
        self.ensure_one()
        contact = self._reachable().get(way)
        if self.state != "submitted" or not contact:
            return self.env._("Choose where the code goes.")
        sent = self.env["cpa.proof.code"]._send(PURPOSE, contact, self.lang)
        if sent is False:
            return self.env._("Too many codes went there within an hour. Try again later, or let us call you.")
        return None

    def _prove_by_code(self, code):
        """Prove that the contact is the applicant's, by the code that was sent there.

        :return: what is wrong, or None
        """
        self.ensure_one()
        Code = self.env["cpa.proof.code"]
        if self.state == "submitted" and self.proof in (False, "later"):
            contacts = self._reachable().values()
            proven = [contact for contact in contacts if Code._redeem(PURPOSE, contact, clean_number(code))]
            if not proven:
                return self.env._("This code is wrong or too old. Look again, or let us send another one.")
            self._proven("code", proven_contact=proven[0])
        return None

    def _prove_by_pin(self, number, pin, address):
        """Prove who applied by number and PIN of an earlier request's slip.

        :param str address: the network address of who tries
        :return: what is wrong, or None
        """
        self.ensure_one()
        if self.state != "submitted" or self.proof not in (False, "later"):
            return None
        if not self._may_try(number, address):
            return self.env._("Too many attempts. Try again in an hour, or let us call you.")
        number = read_number(number)
        Request = self.env["cpa.request"]
        request = Request.search([("number", "=", number), ("beneficiary_id", "!=", False)], limit=1)
        # the same is done for a number that nobody has
        matches = (request or Request.new({"number": number or "-"}))._pin_matches(pin)
        if not request or not matches:
            return self.env._("Number and PIN do not belong together. Read both again from the slip.")
        self._proven("pin", proven_request_id=request.id)
        return None

    def _may_try(self, number, address):
        limit = self.env["cpa.rate.limit"]
        number = read_number(number) or "-"
        return (
            limit._allows("apply/pin/address", limit._network(address), PIN_ADDRESS)
            and limit._allows("apply/pin/number", number, PIN_NUMBER)
            # the same PIN is asked for elsewhere: it is guessed no more often for that
            and limit._allows(PIN_SCOPE, number, PIN_TRIES)
        )

    def _prove_later(self):
        """The applicant is called, or comes by: an officer finds his file and accepts the application."""
        self.ensure_one()
        if self.state == "submitted" and not self.proof:
            self._lifecycle_set({"proof": "later"})

    def _prove_at_once(self, user):
        """Take what needs no further proof: a login that acts for the file, or an application without a name.

        :param user: ``res.users`` who applies
        """
        self.ensure_one()
        if self.state != "submitted" or self.proof:
            return
        if self._known_file(user):
            self._proven("login")
        elif self.whom == "nobody":
            self._proven("none")

    def _proven(self, proof, **by):
        """Keep what was proven, and let it become a request where that says whose file it is."""
        self._lifecycle_set({"proof": proof, "proven_at": fields.Datetime.now(), **by})
        self._become_request()
