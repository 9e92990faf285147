"""Number, PIN and day of an application, and the slip that says them: the same that its request will have (P-35)."""

import re
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import hmac

from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_date
from ..tools.text import clean_number
from .cpa_request_desk import SIGHT_WITHIN_DAYS
from .cpa_request_explanation import EXPLAINED_CLAUSE
from .cpa_request_pin import PIN_DIGITS
from .cpa_request_portal import TONES

# As it is printed, with or without its hyphens.
_NUMBER = re.compile(r"(D?)([0-9]{4})([0-9]+)")


def read_number(typed):
    """Return a number of an application or a request as it is stored, from how people type it."""
    match = _NUMBER.fullmatch(clean_number(typed).upper())
    return "-".join(filter(None, match.groups())) if match else ""


class Awaited(NamedTuple):
    """What the applicant has still to show.

    :param name: of the item
    :param due_date: by which day
    """

    name: str
    due_date: object


class CpaApplication(models.Model):
    _inherit = "cpa.application"

    # what the slip asks of a request, too
    paused_on = fields.Date(related="request_id.paused_on")
    closed_at = fields.Datetime(related="request_id.closed_at")
    replied_at = fields.Datetime(related="request_id.replied_at")

    # ------------------------------------------------------------------
    # Number and PIN
    # ------------------------------------------------------------------

    def _pin(self):
        """Return the PIN of the application (six ASCII digits): of a sent one that which its request has."""
        self.ensure_one()
        if self.number:
            # only which PIN it is: its request may have been given a new one
            return self.env["cpa.request"]._pin_of(self.number, self.sudo().request_id.pin_version)
        # the secret signs, it is not shown
        digest = hmac(self.env(su=True), "cpa.application.draft", self.draft_number or "")
        return str(int(digest, 16) % 10**PIN_DIGITS).zfill(PIN_DIGITS)

    @api.model
    def _tracked(self, number):
        """Return the application that has been sent and is no request yet, by its number (superuser's, or none).

        For the page that tracks: it asks for ``_pin`` or a code before it shows ``_track_values``.
        """
        return (
            self._as_website()
            .search([("number", "=", read_number(number)), ("state", "=", "submitted")], limit=1)
            .with_context(lang=self.env.lang)
        )

    def _track_values(self):
        """Return what is shown of it, in the form of ``cpa.request._track_values`` and in the same words: whether it
        became a request yet tells whom we know, and is nobody's business.
        """
        self.ensure_one()
        if self.request_id:
            return self.request_id._track_values()
        Request = self.env["cpa.request"]
        label, day = self._reply_promise()
        as_new = Request.new({"state": "submitted", "service_id": self.service_id.id})
        return {
            "number": self.number,
            "status": {"label": Request._portal_stage_label("received"), "tone": TONES.get("received", "us")},
            "now": as_new._portal_now(),
            "awaited": as_new._portal_awaited(self._awaited_checks())["text"],
            "reply": {"label": label, "day": format_both(day, self.env.lang), "note": ""},
        }

    # ------------------------------------------------------------------
    # The slip
    # ------------------------------------------------------------------

    def _reply_promise(self):
        """Return the large line as ``(text in the user's language, date)``."""
        self.ensure_one()
        if self.request_id:
            return self.request_id._reply_promise()
        policy = self.env["cpa.policy"]._in_force(self.company_id)
        days = self.service_id.target_days or policy.target_days
        return self.env._("We reply to you by"), riyadh_date(self.submitted_at) + timedelta(days=days)

    def _explanation_text(self):
        self.ensure_one()
        return self.service_id._explanation_text(self.env["cpa.policy"]._in_force(self.company_id))

    def _explained_clause(self):
        policy = self.env["cpa.policy"]._in_force(self.company_id)
        clauses = policy.clause_ids if self.service_id.needs_committee else policy.clause_ids.browse()
        return clauses.filtered(lambda clause: clause.code == EXPLAINED_CLAUSE)

    def _due_from(self):
        """Return the day (in Riyadh) from which the week counts in which originals are shown."""
        return riyadh_date(self.submitted_at)

    def _awaited_checks(self):
        """Return what the applicant still has to show, whatever a file of his may say already (``Awaited``)."""
        self.ensure_one()
        due = self._due_from() + timedelta(days=SIGHT_WITHIN_DAYS)
        documents = self.service_id.requirement_ids.filtered(lambda r: r.kind == "document" and r.is_obligatory)
        return [] if self.whom == "nobody" else [Awaited(requirement.name, due) for requirement in documents]

    def _taken_in(self):
        """Return nothing: nobody took it in, and who did since is not the slip's to say."""
        return self.env["cpa.request.submission"]

    def _paper_lang(self):
        return self.lang
