"""The minutes (محضر) of a session: written by themselves, remarked upon, signed by those who were there."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    minutes = fields.Text("Remarks for the minutes", copy=False)
    minutes_html = fields.Html("Minutes", compute="_compute_minutes_html", sanitize=False)
    can_sign = fields.Boolean(compute="_compute_can_sign", compute_sudo=True)

    def _guard_signed(self, at):
        unsigned = self.attendance_ids.filtered(lambda line: line.is_present and not line.signed_at)
        return [
            self.env._("The minutes are not signed by %(member)s.", member=line.member_id.user_id.name)
            for line in unsigned
        ]

    @api.depends("state", "attendance_ids.is_present", "attendance_ids.signed_at")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        for session in self:
            session.can_sign = session.state == "minutes" and any(
                line.is_present and not line.signed_at and line.member_id.user_id == self.env.user
                for line in session.attendance_ids
            )

    @api.depends_context("lang", "tz")
    @api.depends("state", "minutes", "attendance_ids.signed_at")
    def _compute_minutes_html(self):
        for session in self:
            minutes = session.sudo()  # who reads the session reads its minutes, with the applicants' names
            session.minutes_html = session.state in ("minutes", "closed") and self.env["ir.qweb"]._render(
                "cpa_beneficiary.cpa_committee_minutes", {"session": minutes, "presiding": minutes._presiding()}
            )

    def action_sign(self):
        """Button: the member who is logged in signs the minutes."""
        for session in self:
            line = session.attendance_ids.filtered(lambda a: a.member_id.user_id == self.env.user and a.is_present)
            if not line:
                raise UserError(self.env._("Only a member who was present signs the minutes."))
            line._sign()
        return True
