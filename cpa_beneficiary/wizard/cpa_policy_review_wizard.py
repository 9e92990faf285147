from odoo import fields, models

from ..tools.riyadh import cpa_today


class CpaPolicyReviewWizard(models.TransientModel):
    """Asks by which minutes the policy was reviewed without a change, and when it is reviewed next (P-04)."""

    _name = "cpa.policy.review.wizard"
    _description = "Review of the policy without a change"

    policy_id = fields.Many2one("cpa.policy", required=True, readonly=True, ondelete="cascade")
    reviewed_on = fields.Date("Reviewed on", required=True, default=lambda self: cpa_today())
    reference = fields.Char("Minutes", required=True)
    note = fields.Text("What was looked at")
    scan = fields.Binary("Scan of the minutes", attachment=False)
    scan_name = fields.Char()
    next_review_date = fields.Date("Next review", required=True)

    def action_confirm(self):
        """Button: record it; the policy's own checks decide."""
        self.ensure_one()
        self.policy_id._reviewed(
            self.reviewed_on, self.reference, self.next_review_date, self.note, self.scan, self.scan_name
        )
        return {"type": "ir.actions.act_window_close"}
