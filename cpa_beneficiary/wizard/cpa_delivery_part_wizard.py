from odoo import api, fields, models

from ..tools.riyadh import cpa_today

REST_AFTER_DAYS = 30


class CpaDeliveryPartWizard(models.TransientModel):
    """Asks how much of a planned line is given now, and when the rest is."""

    _name = "cpa.delivery.part.wizard"
    _description = "Part of a delivery"

    delivery_id = fields.Many2one("cpa.delivery", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection(related="delivery_id.kind")
    currency_id = fields.Many2one(related="delivery_id.currency_id")
    whole_quantity = fields.Float("Planned quantity", related="delivery_id.quantity")
    whole_amount = fields.Monetary("Planned amount", related="delivery_id.amount")
    quantity = fields.Float("Quantity of this part")
    amount = fields.Monetary("Amount of this part")
    rest_amount = fields.Monetary("Amount of the rest", compute="_compute_rest_amount")
    rest_date = fields.Date(
        "The rest is given on",
        required=True,
        default=lambda self: fields.Date.add(cpa_today(), days=REST_AFTER_DAYS),
    )
    is_handed_over = fields.Boolean(
        "This part has been handed over", compute="_compute_handed", readonly=False, store=True
    )

    @api.depends("delivery_id")
    def _compute_handed(self):
        """What cannot be given yet is only divided."""
        for wizard in self:
            wizard.is_handed_over = not wizard.delivery_id._guard_delivered(fields.Datetime.now())

    @api.depends("amount", "whole_amount")
    def _compute_rest_amount(self):
        for wizard in self:
            wizard.rest_amount = wizard.whole_amount - wizard.amount

    @api.onchange("quantity")
    def _onchange_quantity(self):
        if self.kind != "money" and self.quantity and self.whole_quantity:
            self.amount = self.currency_id.round(self.whole_amount * self.quantity / self.whole_quantity)

    def action_confirm(self):
        """Button: divide the line, and record that the part was handed over; the line's own rules decide."""
        self.ensure_one()
        self.delivery_id._split(self.quantity, self.amount, self.rest_date)
        if self.is_handed_over:
            self.delivery_id.write({"state": "delivered"})
        return {"type": "ir.actions.act_window_close"}
