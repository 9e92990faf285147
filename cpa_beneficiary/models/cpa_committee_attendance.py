from odoo import api, fields, models
from odoo.exceptions import UserError

from .cpa_committee_signature import METHODS


class CpaCommitteeAttendance(models.Model):
    """Who was invited to a session and was there; how he signed its minutes is ``cpa.committee.signature``."""

    _name = "cpa.committee.attendance"
    _description = "Attendance"
    _order = "session_id, id"
    _rec_name = "member_id"

    session_id = fields.Many2one("cpa.committee.session", required=True, ondelete="restrict", index=True)
    member_id = fields.Many2one("cpa.committee.member", required=True, ondelete="restrict")
    role = fields.Selection(related="member_id.role")
    is_present = fields.Boolean("Present")
    signature_ids = fields.One2many("cpa.committee.signature", "attendance_id", "Signatures")
    # whoever reads the session sees who has signed its minutes
    signature_id = fields.Many2one("cpa.committee.signature", compute="_compute_signature", compute_sudo=True)
    signed_at = fields.Datetime("Signed at", compute="_compute_signature", compute_sudo=True)
    signed_how = fields.Selection(METHODS, "Signed", compute="_compute_signature", compute_sudo=True)

    _member_uniq = models.Constraint("UNIQUE(session_id, member_id)", "This member is on the list already.")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open()
        super().write(vals)
        self._check_open()
        return True

    @api.ondelete(at_uninstall=False)
    def _check_open(self):
        if any(line.session_id.state not in ("draft", "convened", "open") for line in self):
            raise UserError(self.env._("Attendance is closed with the voting."))

    @api.depends("signature_ids.digest", "session_id.minutes_digest")
    def _compute_signature(self):
        """What stands under the minutes as they are written now; what was signed before a revision does not count."""
        for line in self:
            valid = line.signature_ids.filtered(lambda s, line=line: s.digest == line.session_id.minutes_digest)
            line.signature_id = valid.filtered(lambda s: s.method != "refused")[:1] or valid[:1]
            line.signed_at = line.signature_id.signed_at
            line.signed_how = line.signature_id.method
