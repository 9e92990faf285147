"""The beneficiary's receipt (سند استلام, P-37): who received what was handed over, and how he acknowledged it."""

from odoo import fields, models

from ..tools.riyadh import riyadh_date
from ..tools.text import name_key
from .cpa_lifecycle_mixin import Move
from .roles import DELEGATE, OFFICER

PORTAL = "base.group_portal"


class CpaDelivery(models.Model):
    _inherit = "cpa.delivery"

    receipt_number = fields.Char("Receipt no.", kept=True, readonly=True, copy=False, index="btree_not_null")
    acknowledged_by = fields.Selection(
        [
            ("signature", "Signature"),
            ("portal", "On the portal"),
            ("thumbprint", "Thumbprint with a witness"),
            ("paper", "On paper, scanned"),
        ],
        "Receipt by",
    )
    representation_id = fields.Many2one(
        "cpa.representation",
        "Received by guardian or agent",
        ondelete="restrict",
        domain="[('beneficiary_id', '=', beneficiary_id)]",
    )
    signature = fields.Image(max_width=1024, max_height=512, copy=False)
    witness_name = fields.Char("Witness", copy=False)
    receipt_scan = fields.Binary("Scan of the receipt", attachment=True, copy=False)
    receipt_scan_name = fields.Char(copy=False)
    receiver_name = fields.Char("Name of the receiver", kept=True, readonly=True, copy=False)
    acknowledged_at = fields.Datetime(kept=True, readonly=True, copy=False)

    def _lifecycle_moves(self):
        return super()._lifecycle_moves() | {
            ("delivered", "acknowledged"): Move(
                (OFFICER, DELEGATE, PORTAL), ("_guard_acknowledged",), ("_effect_acknowledged",)
            )
        }

    def _lifecycle_has_role(self, role):
        """On the portal nobody acknowledges but who received it."""
        if role != PORTAL:
            return super()._lifecycle_has_role(role)
        return self.env.user._is_portal() and self.env.user.partner_id == self._receiver()

    def _receiver(self):
        """Return the contact that receives: the guardian or agent, else the beneficiary himself."""
        self.ensure_one()
        line = self.sudo()  # who it is, compared and named; his file stays closed
        return line.representation_id.representative_id or line.beneficiary_id.partner_id

    def _guard_acknowledged(self, at):
        how = self.acknowledged_by
        missing = []
        if not how:
            missing.append(self.env._("How the beneficiary acknowledged the receipt."))
        if how in ("signature", "portal") and not self.signature:
            missing.append(self.env._("The beneficiary's signature."))
        if how == "portal" and not self.env.user._is_portal():
            missing.append(self.env._("On the portal the beneficiary acknowledges it himself."))
        if how in ("paper", "thumbprint") and not self.receipt_scan:
            missing.append(self.env._("The scan of the signed receipt."))
        if how == "thumbprint":
            if not (self.witness_name or "").strip():
                missing.append(self.env._("The name of the witness."))
            elif name_key(self.witness_name) == name_key(self._receiver().name):
                missing.append(self.env._("The witness is somebody else than the receiver."))
        return missing + self._receiver_problems(at)

    def _receiver_problems(self, at):
        """Return why this receiver could not receive on that day, in the user's language."""
        problems = []
        representation = self.representation_id
        # whether he is of age only
        if self.beneficiary_id.sudo().is_minor and representation.kind != "guardian":
            problems.append(self.env._("A minor does not sign: the guardian does."))
        if representation.kind == "carer":
            problems.append(self.env._("A carer does not sign: the beneficiary, a guardian or an agent does."))
        if representation and representation.beneficiary_id != self.beneficiary_id:
            problems.append(self.env._("Who signs acts for somebody else than the beneficiary."))
        return problems + representation._problems(riyadh_date(at))

    def _effect_acknowledged(self, at):
        for line in self:
            line._lifecycle_set({"acknowledged_at": at, "receiver_name": line._receiver().name})
        self._satisfaction_event("delivery")

    def action_acknowledge(self):
        """Button: let the beneficiary acknowledge what was handed over (P-37)."""
        self.ensure_one()
        receipt = self.env.ref("cpa_beneficiary.cpa_delivery_view_form_receipt")
        return self._get_records_action(name=self.env._("Receipt"), target="new", views=[(receipt.id, "form")])

    def action_print_receipt(self):
        """Button: the receipt on paper, to be signed or as it was signed."""
        return self.env.ref("cpa_beneficiary.cpa_delivery_report_receipt").report_action(self)
