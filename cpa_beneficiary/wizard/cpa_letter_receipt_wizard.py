from odoo import fields, models

from ..models.cpa_happened_mixin import SET_BACK_TOLERANCE


class CpaLetterReceiptWizard(models.TransientModel):
    """Asks how it is known that a letter was received, in one go with the move (a sent letter is frozen)."""

    _name = "cpa.letter.receipt.wizard"
    _description = "Receipt of a letter"

    letter_id = fields.Many2one("cpa.letter", required=True, readonly=True, ondelete="cascade")
    how = fields.Selection(
        [
            ("signature", "Signature at the counter"),
            ("phone", "By telephone"),
            ("paper", "Receipt on paper, scanned"),
            ("thumbprint", "Thumbprint with a witness"),
        ],
        "Confirmed by",
        required=True,
        default="signature",
    )
    name = fields.Char("Who confirmed", required=True)
    signature = fields.Image(max_width=1024, max_height=512)
    scan = fields.Binary("Scan of the receipt", attachment=False)
    scan_name = fields.Char("File name of the scan")
    witness_name = fields.Char("Witness")
    happened_at = fields.Datetime("When, if earlier than now")
    late_reason = fields.Char("Why it is entered late")

    def action_confirm(self):
        """Button: write it with the move; the letter's own guards decide."""
        self.ensure_one()
        late = self.happened_at and self.happened_at < fields.Datetime.now() - SET_BACK_TOLERANCE
        self.letter_id.write(
            {
                "state": "acknowledged",
                "acknowledged_how": self.how,
                "acknowledged_name": self.name,
                "acknowledged_signature": self.how == "signature" and self.signature,
                "acknowledged_scan": self.how in ("paper", "thumbprint") and self.scan,
                "acknowledged_scan_name": self.scan_name,
                "witness_name": self.how == "thumbprint" and self.witness_name,
                "move_happened_at": self.happened_at,
                "move_reason": self.late_reason,
                "move_scan": late and self.scan,
                "move_scan_name": self.scan_name,
            }
        )
        return {"type": "ir.actions.act_window_close"}
