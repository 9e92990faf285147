"""Who is asked to a session: the members in term, alternates too, by their calendar and by mail.

Calendar and mail name the session by its number, with day, time, place and how many cases wait. Never a person: both
may be read on a telephone that lies on a table.
"""

import base64

from odoo import api, fields, models
from odoo.tools import format_date, format_time

from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_date
from ..tools.text import shown_number

ANSWERS = [("needsAction", "No answer yet"), ("accepted", "Comes"), ("tentative", "Perhaps"), ("declined", "Excused")]


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    event_id = fields.Many2one("calendar.event", compute="_compute_event", compute_sudo=True)

    def _compute_event(self):
        """The event says of which session it is: no column of a sealed session changes when it goes."""
        events = self.env["calendar.event"].search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        by_session = {event.res_id: event.id for event in events}
        for session in self:
            session.event_id = by_session.get(session._origin.id)

    def write(self, vals):
        before = {session: (session.planned_at, session.place) for session in self if session.state == "convened"}
        result = super().write(vals)
        for session in self.filtered(lambda s: s in before and s.state == "convened" and s.event_id):
            if before[session] != (session.planned_at, session.place):
                session._own_events().write(session._event_values())
                if before[session][0] != session.planned_at:
                    session._own_events().attendee_ids.write({"state": "needsAction"})  # who could come may not now
                session._invite("session_moved")
        return result

    def _effect_convene(self, at):
        sequence = self.env["ir.sequence"].sudo().with_context(tz="Asia/Riyadh")  # numbering is the system's
        for session in self:
            members = session.committee_id.member_ids._in_term(riyadh_date(session.planned_at))
            session.attendance_ids = [
                fields.Command.create({"member_id": member.id}) for member in members - session.attendance_ids.member_id
            ]
            session._lifecycle_set({"number": session.number or sequence.next_by_code("cpa.committee.session")})
            if session.mode != "circulation":  # for answers from home nobody comes; who answers is asked at the opening
                event = session._own_events().create(session._event_values())
                session._lifecycle_set({"event_id": event.id})
                session._invite("session_invitation")

    def _cancel_invitations(self):
        for session in self.filtered("event_id"):
            session._invite("session_cancelled")
            session._own_events().unlink()
        self.invalidate_recordset(["event_id"], flush=False)

    def _own_events(self):
        # our own private event under the session's number; we write the mails ourselves
        return self.event_id.sudo().with_context(no_mail_to_attendees=True, dont_notify=True)

    def _event_values(self):
        self.ensure_one()
        return {
            "name": self.number,
            "start": self.planned_at,
            "stop": fields.Datetime.add(self.planned_at, hours=2),
            "location": self.place,
            "user_id": (self.event_id.user_id or self.env.user).id,
            "partner_ids": [fields.Command.set(self.attendance_ids.member_id.user_id.partner_id.ids)],
            "privacy": "private",
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
        }

    def _invite(self, code):
        """Write to everybody on the list of the session, each in his language.

        :param code: of the mail template ``mail_template_<code>``
        """
        self.ensure_one()
        template = self.env.ref(f"cpa_beneficiary.mail_template_{code}", raise_if_not_found=False)
        lines = self.attendance_ids.filtered("member_id.user_id.email")
        if not template or not lines:
            return
        values = {"attachment_ids": [fields.Command.set(self._invitation_file().ids)]}
        template.send_mail_batch(lines.ids, email_values=values)

    def _invitation_file(self):
        """Return the invitation as calendars of other makers read it (a file, may be empty)."""
        content = self._own_events()._get_ics_file().get(self.event_id.id)
        # as core keeps it: with the mail, not with the session
        return self.env["ir.attachment"].create(
            {
                "name": "invitation.ics",
                "mimetype": "text/calendar",
                "datas": base64.b64encode(content),
                "res_model": "mail.compose.message",
                "res_id": 0,
            }
            if content
            else []
        )


class CpaCommitteeAttendance(models.Model):
    _inherit = "cpa.committee.attendance"

    invitation_state = fields.Selection(ANSWERS, "Answer", compute="_compute_invitation", compute_sudo=True)
    # what the mails say
    invitation_day = fields.Char(compute="_compute_invitation_words")
    invitation_time = fields.Char(compute="_compute_invitation_words")

    def _compute_invitation(self):
        # who reads the list reads who comes; the event is our own
        answers = {
            (attendee.event_id, attendee.partner_id): attendee.state
            for attendee in self.session_id.event_id.attendee_ids
        }
        for line in self:
            line.invitation_state = answers.get((line.session_id.event_id, line.member_id.user_id.partner_id))

    @api.depends("session_id.planned_at")
    @api.depends_context("lang")
    def _compute_invitation_words(self):
        for line in self:
            planned_at, lang = line.session_id.planned_at, self.env.lang
            day = riyadh_date(planned_at)
            line.invitation_day = f"{format_date(self.env, day, date_format='EEEE')} {format_both(day, lang)}"
            time = format_time(self.env, planned_at, tz="Asia/Riyadh", time_format="short")
            line.invitation_time = shown_number(time, lang)

    def _attendee(self):
        """Return this member's line of the session's event."""
        self.ensure_one()
        attendees = self.session_id.event_id.sudo().attendee_ids  # our own event
        return attendees.filtered(lambda a: a.partner_id == self.member_id.user_id.partner_id)[:1]

    @api.private
    def invitation_link(self, answer):
        """Return the address at which the member accepts or declines (``answer``: accept or decline)."""
        attendee = self._attendee()
        return (
            f"{self.get_base_url()}/calendar/meeting/{answer}?token={attendee.access_token}&id={attendee.event_id.id}"
        )

    @api.private
    def session_link(self):
        """Return the address of the session's screen."""
        return f"{self.get_base_url()}/odoo/action-cpa_beneficiary.cpa_committee_session_action/{self.session_id.id}"
