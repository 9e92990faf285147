from odoo import fields, models


class CpaReassignWizard(models.TransientModel):
    """Asks who takes a study over, and why."""

    _name = "cpa.reassign.wizard"
    _description = "Another researcher"

    request_id = fields.Many2one("cpa.request", required=True, readonly=True, ondelete="cascade")
    former_id = fields.Many2one(related="request_id.researcher_id", string="Until now")
    researcher_id = fields.Many2one(
        "res.users",
        required=True,
        domain=lambda self: [("all_group_ids", "in", self.env.ref("cpa_beneficiary.group_researcher").ids)],
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Button: hand it over; the request's own rules decide."""
        self.ensure_one()
        self.request_id.write({"researcher_id": self.researcher_id.id, "assignment_reason": self.reason})
        return {"type": "ir.actions.act_window_close"}
