"""What a session deals with and who is invited to it: the agenda, the invitations, the calendar."""

from odoo import api, fields, models

from ..tools.riyadh import riyadh_date


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    event_id = fields.Many2one("calendar.event", compute="_compute_event", compute_sudo=True)
    has_unput_cases = fields.Boolean(compute="_compute_has_unput_cases", compute_sudo=True)

    def _guard_agenda(self, at):
        return [] if self.case_ids else [self.env._("At least one request on the agenda.")]

    def _effect_convene(self, at):
        sequence = self.env["ir.sequence"].sudo().with_context(tz="Asia/Riyadh")  # numbering is the system's
        for session in self:
            members = session.committee_id.member_ids._in_term(riyadh_date(session.planned_at))
            session.attendance_ids = [
                fields.Command.create({"member_id": member.id}) for member in members - session.attendance_ids.member_id
            ]
            session._lifecycle_set({"number": session.number or sequence.next_by_code("cpa.committee.session")})
            # our own event, private, under the session's number
            (
                self.env["calendar.event"]
                .sudo()
                .with_context(no_mail_to_attendees=True)
                .create(
                    {
                        "name": session.number,
                        "start": session.planned_at,
                        "stop": fields.Datetime.add(session.planned_at, hours=2),
                        "location": session.place,
                        "user_id": self.env.uid,
                        "partner_ids": [fields.Command.set(members.user_id.partner_id.ids)],
                        "privacy": "private",
                        "res_model_id": self.env["ir.model"]._get_id(session._name),
                        "res_id": session.id,
                    }
                )
            )

    def _effect_cancel(self, at):
        self.sudo().event_id.unlink()  # our own event
        self.case_ids.unlink()

    def _compute_event(self):
        """The event says of which session it is: no column of a sealed session changes when it goes."""
        events = self.env["calendar.event"].search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        by_session = {event.res_id: event.id for event in events}
        for session in self:
            session.event_id = by_session.get(session._origin.id)

    @api.depends("case_ids.proposal_ids.state")
    def _compute_has_unput_cases(self):
        for session in self:
            session.has_unput_cases = any(not case.proposal_id for case in session.case_ids)

    def action_build_agenda(self):
        """Button: put every request that waits for this committee on the agenda, urgent first, then oldest first."""
        self.ensure_one()
        self._take_up_ratifications()
        self._take_up(self._waiting_requests())
        return True

    def action_all_present(self):
        """Button: everybody is here; untick who is not."""
        self.attendance_ids.write({"is_present": True})
        return True

    def action_put_recommendations(self):
        """Button: put every recommendation that stands by itself to the vote; say which cases it left, and why."""
        self.ensure_one()
        now, left, standing = fields.Datetime.now(), [], []
        for case in self.case_ids.filtered(lambda c: not c.proposal_id):
            study = case.request_id.study_ids[:1]
            missing = [] if case.ratifies_id else case.request_id._guard_decision(now)
            if not case.ratifies_id and study.recommendation not in ("accept", "partial"):
                missing = [
                    self.env._("The rejection needs its reason.")
                    if study.recommendation
                    else self.env._("No recommendation.")
                ]
            if missing:
                left.append(f"{case.request_id.number}: {' '.join(missing)}")
            else:
                standing.append(case._recommended_proposal())
        self.env["cpa.committee.proposal"].create(standing)
        if not left:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Left for you"),
                "message": " · ".join(left),
                "type": "warning",
                "sticky": True,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
