"""What follows a session: the letters to all whose requests it decided."""

from odoo import api, fields, models


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    waiting_reply_count = fields.Integer("Decided, not told yet", compute="_compute_waiting_reply_count")

    @api.depends("case_ids.request_id.state")
    def _compute_waiting_reply_count(self):
        counts = dict(
            self.env["cpa.committee.case"]._read_group(
                [("session_id", "in", self.ids), ("state", "=", "decided"), ("request_id.state", "=", "decided")],
                ["session_id"],
                ["__count"],
            )
        )
        for session in self:
            session.waiting_reply_count = counts.get(session._origin, 0)

    def _decided_requests(self):
        return self.case_ids.filtered(lambda case: case.state == "decided").request_id

    def action_reply_all(self):
        """Button: reply to every request that this session decided; asked once, in one dialog."""
        return self._decided_requests().action_reply_all()

    def action_letters(self):
        """Button: the letters that went to those whose requests this session decided."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_letter_action"),
            "domain": [("request_id", "in", self._decided_requests().ids), ("kind", "in", ("decision", "appeal"))],
            "context": {},
        }
