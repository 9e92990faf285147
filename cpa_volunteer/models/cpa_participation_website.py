"""A volunteer's own places on the website: taking and giving back, checking in, logging hours."""

from datetime import datetime, time, timedelta, timezone

import vobject
from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools import links
from odoo.addons.cpa_beneficiary.tools.hijri import format_both
from odoo.addons.cpa_beneficiary.tools.riyadh import RIYADH, riyadh_date, riyadh_datetime
from odoo.addons.cpa_beneficiary.tools.text import ascii_digits, shown_number
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .cpa_opportunity_website import OPEN
from .cpa_participation import BOOKED, COMING
from .cpa_shift import HERE


class CpaParticipation(models.Model):
    _inherit = "cpa.participation"

    worked_from = fields.Datetime("Worked from", copy=False, help="As the volunteer logged it.")
    worked_to = fields.Datetime("Worked until", copy=False)

    _worked_check = models.Constraint(
        "CHECK(worked_to > worked_from)", "The work ended after it began: look at both times once more."
    )

    # ------------------------------------------------------------------
    # Whose
    # ------------------------------------------------------------------

    @api.model
    def _portal_own(self, participation_id):
        """Return the participation of who is logged in, as superuser in his name; none if it is not his."""
        volunteer = self.env["cpa.volunteer"]._portal_own()
        domain = Domain("id", "=", participation_id) & Domain("volunteer_id", "=", volunteer.id)
        # his own only: the moves ask the logged-in user's role all the same
        return self.sudo().search(domain) if volunteer else self.sudo().browse()

    @api.model
    def _portal_here(self, token):
        """Return ``(participation, why)``: the reader's own place in the shift whose code hangs at the place.

        :return: ``why`` he cannot check in by it ("expired", "unknown", "not_placed", "early", "done"), else None
        """
        try:
            ids = links.read(self.env, HERE, token)
        except links.LinkExpired:
            return self.sudo().browse(), "expired"
        if not ids:
            return self.sudo().browse(), "unknown"
        # of his own places one
        own = self.env["cpa.volunteer"]._portal_own().participation_ids
        line = own.filtered(lambda line: line.shift_id.id == ids[0] and line.state in BOOKED)[:1]
        if not line:
            return line, "not_placed"
        if line.state != "accepted":
            return line, "done"
        early = fields.Datetime.now() < line.start - line.company_id._cpa_check_in_before()
        return line, "early" if early else None

    # ------------------------------------------------------------------
    # What he sees
    # ------------------------------------------------------------------

    def _portal_values(self):
        self.ensure_one()
        now, lang = fields.Datetime.now(), self.env.lang or "en_US"
        before = self.company_id._cpa_late_cancel()
        until = riyadh_datetime(self.start - before)
        return {
            **self.shift_id._website_values(),
            "id": self.id,
            "opportunity": self.opportunity_id.id if self.opportunity_id.state in OPEN else None,
            "name": self.opportunity_id.name,
            "place": self.opportunity_id.place,
            "state": self.state,
            "state_label": self._lifecycle_label(self.state),
            "tone": {"accepted": "good", "closed": "good", "attended": "you", "absent": "bad"}.get(self.state),
            "late": self.is_late_cancel,
            "can_cancel": self.state in COMING and now < self.start,
            "cancel_late": self.state == "accepted" and now > self.start - before,
            "cancel_until": f"{format_both(until.date(), lang)} · {shown_number(f'{until:%H:%M}', lang)}",
            "can_log": self.state == "attended",
            "logged": shown_number(f"{self.hours_logged:g}", lang) if self.hours_logged else "",
            "approved": shown_number(f"{self.hours_approved:g}", lang) if self.state == "closed" else "",
            "approval_reason": self.approval_reason if self.state == "closed" else "",
            "note": self.hours_note or "",
            "reason": self.hours_reason or "",
            "from": f"{riyadh_datetime(self.worked_from or self.start):%H:%M}",
            "to": f"{riyadh_datetime(self.worked_to or self.stop):%H:%M}",
        }

    def _portal_calendar(self):
        """Return this shift as a file for the telephone's calendar (``str``, iCalendar)."""
        self.ensure_one()
        calendar = vobject.iCalendar()
        event = calendar.add("vevent")
        event.add("uid").value = f"shift-{self.id}@{self.get_base_url().partition('://')[2]}"
        event.add("summary").value = self.opportunity_id.name
        event.add("location").value = self.opportunity_id.place or ""
        event.add("dtstamp").value = fields.Datetime.now().replace(tzinfo=vobject.icalendar.utc)
        event.add("dtstart").value = self.start.replace(tzinfo=vobject.icalendar.utc)
        event.add("dtend").value = self.stop.replace(tzinfo=vobject.icalendar.utc)
        return calendar.serialize()

    # ------------------------------------------------------------------
    # What he does
    # ------------------------------------------------------------------

    @api.model
    def _portal_take(self, shift_id):
        """Let who is logged in take a place in a shift; one that he has already stays his.

        :return: his participation; none where there is no such shift or no such volunteer
        :raise UserError: why he cannot have it
        """
        volunteer = self.env["cpa.volunteer"]._portal_own()
        # published for everybody to read
        shift = self.env["cpa.shift"].sudo().search([("id", "=", shift_id), ("opportunity_id.state", "in", OPEN)])
        own = self.sudo()  # his own; the moves ask the logged-in user's role all the same
        if not volunteer or not shift:
            return own.browse()
        line = own.search(
            [("volunteer_id", "=", volunteer.id), ("shift_id", "=", shift.id), ("state", "!=", "cancelled")]
        ) or own.create({"volunteer_id": volunteer.id, "shift_id": shift.id})
        if line.state == "applied":
            if shift.opportunity_id.is_self_service:
                line.action_take()
            elif problems := line._place_problems():
                raise UserError("\n".join(problems))
        return line

    def _place_problems(self):
        """Return what speaks against this volunteer in this shift, before a coordinator is asked to look at it."""
        volunteer = self.volunteer_id
        problems = [] if volunteer.state == "active" else [self.env._("You are not one of the active volunteers.")]
        return problems + volunteer._papers_problems(riyadh_date(self.start)) + self._age_problems()

    def _portal_log(self, typed):
        """Log the hours of a shift as they were typed: from when to when, on a clock in Riyadh.

        :param dict typed: ``from`` and ``to`` (texts like 16:30, in any digits), ``note``, ``reason``
        :raise UserError: what is wrong with them, in the language of the page
        """
        self.ensure_one()
        first, last = (self._portal_moment(typed[name]) for name in ("from", "to"))
        if last <= first and riyadh_date(self.stop) > riyadh_date(self.start):
            last += timedelta(days=1)  # a shift over midnight
        if last <= first:
            raise UserError(self.env._("The work ended after it began: look at both times once more."))
        hours = round((last - first).total_seconds() / 3600, 2)
        self._log_hours(hours, typed["note"], typed["reason"])
        self.write({"worked_from": first, "worked_to": last})

    def _portal_moment(self, typed):
        """Return the moment (naive UTC) of a time of day on this shift's day."""
        try:
            at = time.fromisoformat(ascii_digits(typed).strip().zfill(5))
        except ValueError:
            raise UserError(self.env._("Write both times like 16:30.")) from None
        day = riyadh_date(self.start)
        return datetime.combine(day, at, tzinfo=RIYADH).astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)

    @api.constrains("worked_from", "worked_to")
    def _check_worked(self):
        """Nobody works in two places at once."""
        for line in self.filtered("worked_to"):
            other = line.sudo().search(  # of the same volunteer, and named to who reads his hours anyway
                [
                    ("volunteer_id", "=", line.volunteer_id.id),
                    ("id", "!=", line.id),
                    ("state", "in", ("attended", "closed")),
                    ("worked_from", "<", line.worked_to),
                    ("worked_to", ">", line.worked_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._("These hours overlap with those of “%(shift)s”.", shift=other.shift_id.display_name)
                )
