from odoo import api, fields, models

from ..models.cpa_volunteer_leaving import LEFT_REASONS


class CpaVolunteerLeaveWizard(models.TransientModel):
    """The talk with a volunteer who leaves: why, what he says, what he gives back, and his certificate."""

    _name = "cpa.volunteer.leave.wizard"
    _description = "A volunteer leaves"

    volunteer_id = fields.Many2one("cpa.volunteer", required=True, readonly=True)
    reason = fields.Selection(LEFT_REASONS, "Why", required=True)
    note = fields.Text("What he said", required=True)
    still_out = fields.Text("Still with him", compute="_compute_still_out")
    hours_uncertified = fields.Float(related="volunteer_id.hours_uncertified")
    wants_certificate = fields.Boolean("Issue the certificate", default=True)

    @api.depends("volunteer_id")
    def _compute_still_out(self):
        for wizard in self:
            lent = wizard.volunteer_id.custody_ids.filtered(lambda item: item.state == "lent")
            wizard.still_out = "\n".join(lent.mapped("name"))

    def action_confirm(self):
        """Button: he leaves; the file's own guards decide. Opens the certificate where one is issued."""
        self.ensure_one()
        volunteer = self.volunteer_id
        certifies = self.wants_certificate and volunteer.hours_uncertified
        volunteer.write({"left_reason": self.reason, "left_note": self.note, "state": "left", "move_reason": self.note})
        return volunteer.action_certificate() if certifies else {"type": "ir.actions.act_window_close"}
