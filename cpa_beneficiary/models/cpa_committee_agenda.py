"""What a session deals with: the agenda, filled by the requests that wait, and the proposals put to the vote."""

from odoo import api, fields, models


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    other_matters = fields.Text(copy=False, help="What else the session deals with, a line each.")
    has_unput_cases = fields.Boolean(compute="_compute_has_unput_cases", compute_sudo=True)

    def _guard_agenda(self, at):
        return [] if self.case_ids else [self.env._("At least one request on the agenda.")]

    def _effect_cancel(self, at):
        self._cancel_invitations()
        # what was voted on before the session stays on record
        self.case_ids.filtered(lambda case: not case.proposal_ids).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_agenda(self):
        self.case_ids.unlink()

    @api.depends("case_ids.proposal_ids.state", "case_ids.request_id.state")
    def _compute_has_unput_cases(self):
        for session in self:
            session.has_unput_cases = bool(session._unput_cases())

    def _unput_cases(self):
        """Return the cases that wait for a proposal; a request that was withdrawn meanwhile waits for nothing."""
        return self.case_ids.filtered(lambda c: not c.proposal_id and not c.is_gone)

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
        for case in self._unput_cases():
            study = case._study()
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
