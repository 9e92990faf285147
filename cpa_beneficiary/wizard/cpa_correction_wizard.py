from odoo import fields, models


class CpaCorrectionWizard(models.TransientModel):
    """Puts a slip of the pen right in what was declared and signed: with a reason, logged, the signature holds."""

    _name = "cpa.correction.wizard"
    _description = "Clerical correction"

    request_id = fields.Many2one("cpa.request", required=True, readonly=True)
    field_name = fields.Selection(selection="_selection_field_name", string="What is corrected", required=True)
    value = fields.Text("As it should read", required=True)
    reason = fields.Char(required=True)

    def _selection_field_name(self):
        request = self.env["cpa.request"]
        return [(name, request._fields[name]._description_string(self.env)) for name in request._clerical_fields()]

    def action_confirm(self):
        """Button: correct it. The request's own write decides whether it may be."""
        self.ensure_one()
        self.request_id.write({self.field_name: self.value, "correction_reason": self.reason})
        return {"type": "ir.actions.act_window_close"}
