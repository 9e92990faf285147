from odoo import fields, models


class CpaRequestMessageWizard(models.TransientModel):
    """Write to the applicant what he is to read on the website; a note of the chatter he never sees."""

    _name = "cpa.request.message.wizard"
    _description = "Message to the applicant"

    request_id = fields.Many2one("cpa.request", required=True, readonly=True, ondelete="cascade")
    text = fields.Text("Message", required=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    def action_send(self):
        """Button: keep it in the request's chatter and let the applicant know that there is something to read."""
        self.ensure_one()
        self.request_id._write_to_applicant(self.text, self.attachment_ids)
        return {"type": "ir.actions.act_window_close"}
