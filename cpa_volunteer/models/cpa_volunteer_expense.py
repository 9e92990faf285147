from odoo import fields, models
from odoo.addons.cpa_beneficiary.models.cpa_lifecycle_mixin import Move
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today

from .roles import COORDINATOR

MANAGER = "cpa_beneficiary.group_manager"


class CpaVolunteerExpense(models.Model):
    """Subsistence and transport (إعاشة ونقل) of a volunteer away from home, as the law gives it."""

    _name = "cpa.volunteer.expense"
    _description = "Subsistence and transport"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "spent_on desc, id desc"
    _rec_name = "purpose"
    _lifecycle_initial = "asked"
    _lifecycle_deletable = frozenset({"asked"})
    _lifecycle_frozen = frozenset({"approved", "paid", "refused"})

    volunteer_id = fields.Many2one("cpa.volunteer", required=True, fixed=True, ondelete="restrict", index=True)
    participation_id = fields.Many2one(
        "cpa.participation", "Shift", ondelete="restrict", domain="[('volunteer_id', '=', volunteer_id)]"
    )
    company_id = fields.Many2one(related="volunteer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [("transport", "Transport"), ("subsistence", "Subsistence"), ("tools", "Tools")],
        required=True,
        default="transport",
    )
    purpose = fields.Char(required=True)
    amount = fields.Monetary(required=True)
    spent_on = fields.Date(required=True, default=lambda self: cpa_today())
    proof = fields.Binary(attachment=True)
    proof_name = fields.Char()
    state = fields.Selection(
        [("asked", "Asked for"), ("approved", "Approved"), ("paid", "Paid"), ("refused", "Refused")],
        default="asked",
        required=True,
        readonly=True,
        copy=False,
    )

    _amount_check = models.Constraint("CHECK(amount > 0)", "The amount is more than nothing.")

    def _lifecycle_moves(self):
        return {
            ("asked", "approved"): Move((MANAGER,), ("_guard_another",)),
            ("asked", "refused"): Move((MANAGER,), reason=True),
            ("approved", "paid"): Move((COORDINATOR, MANAGER)),
        }

    def _guard_another(self, at):
        # whose it is, no more
        if self.env.user.partner_id != self.sudo().volunteer_id.partner_id:
            return []
        return [self.env._("Somebody else's approval: nobody approves what he is paid himself.")]
