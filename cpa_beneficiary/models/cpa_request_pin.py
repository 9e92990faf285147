"""The PIN of the slip: with the number it lets the applicant ask where the request stands, without an account."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import consteq, hmac

from ..tools.text import clean_number, comma_list
from .roles import DELEGATE, MANAGER, OFFICER

PIN_DIGITS = 6
# How often within an hour the PIN of one number is tried, on all pages that ask for it together.
PIN_SCOPE, PIN_TRIES = "track/number", 10
PIN_ROLES = (OFFICER, DELEGATE, MANAGER)


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    pin_version = fields.Integer(
        kept=True, readonly=True, copy=False, help="Counts the PINs given: a new one ends the former."
    )

    def _pin(self):
        """Return the PIN (six ASCII digits) of a numbered request; "" before.

        Derived from the database's secret, so nothing that opens a request is stored.
        """
        self.ensure_one()
        if not self.number:
            return ""
        return self._pin_of(self.number, self.pin_version)

    @api.model
    def _pin_of(self, number, version):
        """Return the PIN that belongs to a number: an application has it before it becomes a request."""
        # the secret signs, it is not shown
        digest = hmac(self.env(su=True), "cpa.request.pin", (number, version or 0))
        return str(int(digest, 16) % 10**PIN_DIGITS).zfill(PIN_DIGITS)

    def _pin_matches(self, pin):
        """Return whether ``pin`` (``str`` as typed, in any digits) is this request's; in constant time."""
        self.ensure_one()
        expected = self._pin()
        return consteq(clean_number(pin).encode(), expected.encode()) and bool(expected)

    def action_new_pin(self):
        """Button: the slip is lost; give a new PIN and print it. The former one no longer opens anything.

        :return: the action that prints the slip
        """
        self.ensure_one()
        self.check_access("write")
        if not any(self._lifecycle_has_role(role) for role in PIN_ROLES):
            raise AccessError(
                self.env._(
                    "A new PIN is given by %(roles)s.",
                    roles=comma_list(self._lifecycle_role_names(PIN_ROLES), self.env.lang),
                )
            )
        if not self.number:
            raise UserError(self.env._("The PIN comes with the number, when the request is submitted."))
        self._lifecycle_set({"pin_version": self.pin_version + 1})
        self._message_log(body=self.env._("New PIN given: the slip was lost. The former one has no effect any more."))
        return self.env.ref("cpa_beneficiary.cpa_request_report_slip").report_action(self)
