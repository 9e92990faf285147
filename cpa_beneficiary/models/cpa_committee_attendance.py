from odoo import api, fields, models
from odoo.exceptions import UserError


class CpaCommitteeAttendance(models.Model):
    """Who was invited to a session, was there, and signed its minutes."""

    _name = "cpa.committee.attendance"
    _description = "Attendance"
    _order = "session_id, id"
    _rec_name = "member_id"

    session_id = fields.Many2one("cpa.committee.session", required=True, ondelete="restrict", index=True)
    member_id = fields.Many2one("cpa.committee.member", required=True, ondelete="restrict")
    role = fields.Selection(related="member_id.role")
    is_present = fields.Boolean("Present")
    signed_at = fields.Datetime("Signed at", readonly=True)

    _member_uniq = models.Constraint("UNIQUE(session_id, member_id)", "This member is on the list already.")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create([vals | {"signed_at": False} for vals in vals_list])
        lines._check_open()
        return lines

    def write(self, vals):
        if "signed_at" in vals:
            raise UserError(self.env._("Minutes are signed by the member, not typed."))
        self._check_open()
        super().write(vals)
        self._check_open()
        return True

    @api.ondelete(at_uninstall=False)
    def _check_open(self):
        if any(line.session_id.state not in ("draft", "convened", "open") for line in self):
            raise UserError(self.env._("Attendance is closed with the voting."))

    def _sign(self):
        if self.session_id.state != "minutes":
            raise UserError(
                self.env._("Minutes are signed after the votes are counted and before the session is closed.")
            )
        # the member's own signature on the row that the secretary made
        return super(CpaCommitteeAttendance, self.sudo()).write({"signed_at": fields.Datetime.now()})
