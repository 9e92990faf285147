from odoo import fields, models


class CpaMoveWizard(models.TransientModel):
    """Asks for what a move needs said: the reason, and when it happened if that was earlier than now."""

    _name = "cpa.move.wizard"
    _description = "Move with a reason"

    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(required=True, readonly=True)
    to_state = fields.Char(required=True, readonly=True)
    to_state_label = fields.Char(readonly=True)
    reason = fields.Text()
    happened_at = fields.Datetime(
        "Happened at", help="Only if it happened earlier than now: a power cut, a letter tray."
    )
    scan = fields.Binary("Scan of the paper", attachment=False)
    scan_name = fields.Char()

    def action_confirm(self):
        """Button: write the move with what was said about it; the record's own guards decide."""
        self.ensure_one()
        self.env[self.res_model].browse(self.res_ids).write(
            {
                "state": self.to_state,
                "move_reason": self.reason,
                "move_happened_at": self.happened_at,
                "move_scan": self.scan,
                "move_scan_name": self.scan_name,
            }
        )
        return {"type": "ir.actions.act_window_close"}
