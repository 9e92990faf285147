from odoo import fields, models


class CpaSightingWizard(models.TransientModel):
    """Asks about an identity that was seen before now: on the road, on a visit, by video."""

    _name = "cpa.sighting.wizard"
    _description = "Original sighted earlier"

    identity_id = fields.Many2one("cpa.identity", required=True, readonly=True, ondelete="cascade")
    how = fields.Selection(
        selection=lambda self: self.env["cpa.identity"]._fields["sighted_how"]._description_selection(self.env),
        required=True,
        default="visit",
    )
    happened_at = fields.Datetime("Sighted at", required=True, default=fields.Datetime.now)
    reason = fields.Text("Why it is entered later")
    scan = fields.Binary(
        "Scan of the note", attachment=False, help="Of the paper on which it was noted, never of the identity."
    )
    scan_name = fields.Char()

    def action_confirm(self):
        """Button: record the sighting; the identity's own rules decide."""
        self.ensure_one()
        self.identity_id.action_sighted(
            self.how,
            {
                "move_happened_at": self.happened_at,
                "move_reason": self.reason,
                "move_scan": self.scan,
                "move_scan_name": self.scan_name,
            },
        )
        return {"type": "ir.actions.act_window_close"}
