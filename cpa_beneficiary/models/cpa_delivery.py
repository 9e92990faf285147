from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.riyadh import cpa_today
from .cpa_lifecycle_mixin import Move
from .roles import DELEGATE, MANAGER, OFFICER


class CpaDelivery(models.Model):
    """One line of what the beneficiary receives: what, how much, when, where, by whom, and his receipt (P-37)."""

    _name = "cpa.delivery"
    _description = "Delivery"
    _inherit = ["cpa.lifecycle.mixin", "cpa.satisfaction.source", "mail.thread"]
    _order = "planned_date, id"
    _rec_name = "name"
    _lifecycle_initial = "planned"
    _lifecycle_deletable = frozenset({"planned"})
    _lifecycle_frozen = frozenset({"acknowledged", "cancelled"})

    request_id = fields.Many2one("cpa.request", required=True, fixed=True, ondelete="restrict", index=True)
    beneficiary_id = fields.Many2one(related="request_id.beneficiary_id")
    branch_id = fields.Many2one("cpa.branch", ondelete="restrict", index="btree_not_null")
    name = fields.Char("What", required=True)
    kind = fields.Selection(
        [("money", "Money"), ("voucher", "Voucher"), ("goods", "Goods"), ("service", "Service")],
        required=True,
        default="money",
    )
    quantity = fields.Float(default=1)
    amount = fields.Monetary()
    currency_id = fields.Many2one(related="request_id.currency_id")
    place = fields.Selection(
        [("branch", "At a branch"), ("home", "At home"), ("transfer", "By transfer"), ("remote", "Remotely")],
        required=True,
        default="branch",
    )
    planned_date = fields.Date(required=True, index=True, default=lambda self: cpa_today())
    user_id = fields.Many2one("res.users", "Delivered by", default=lambda self: self.env.user, ondelete="restrict")
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("delivered", "Handed over"),
            ("acknowledged", "Acknowledged"),
            ("cancelled", "Cancelled"),
        ],
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    acknowledged_by = fields.Selection(
        [("signature", "Signature"), ("portal", "On the portal"), ("thumbprint", "Thumbprint with a witness")],
        "Receipt by",
    )
    signature = fields.Image(max_width=1024, max_height=512, copy=False)
    witness_name = fields.Char("Witness")
    delivered_at = fields.Datetime(kept=True, readonly=True, copy=False)
    acknowledged_at = fields.Datetime(kept=True, readonly=True, copy=False)

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "A delivery needs a quantity.")

    def _lifecycle_moves(self):
        return {
            ("planned", "delivered"): Move((OFFICER, DELEGATE), ("_guard_delivered",), ("_effect_delivered",)),
            ("delivered", "acknowledged"): Move(
                (OFFICER, DELEGATE), ("_guard_acknowledged",), ("_effect_acknowledged",)
            ),
            ("planned", "cancelled"): Move((MANAGER,), reason=True),
            ("delivered", "cancelled"): Move((MANAGER,), reason=True),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_delivered(self, at):
        if self.request_id.state != "delivery":
            return [self.env._("Its request is not in delivery.")]
        return []

    def _guard_acknowledged(self, at):
        missing = []
        if not self.acknowledged_by:
            missing.append(self.env._("How the beneficiary acknowledged the receipt."))
        if self.acknowledged_by == "signature" and not self.signature:
            missing.append(self.env._("The beneficiary's signature."))
        if self.acknowledged_by == "thumbprint" and not (self.witness_name or "").strip():
            missing.append(self.env._("The name of the witness."))
        return missing

    def _effect_delivered(self, at):
        self._lifecycle_set({"delivered_at": at})

    def _effect_acknowledged(self, at):
        self._lifecycle_set({"acknowledged_at": at})
        self._satisfaction_event("delivery")

    @api.constrains("kind", "amount")
    def _check_amount(self):
        for line in self:
            if line.kind in ("money", "voucher") and line.amount <= 0:
                raise ValidationError(self.env._("Money and vouchers need their amount."))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for line in lines.filtered(lambda line: not line.branch_id):
            line.branch_id = line.request_id.branch_id
        return lines
