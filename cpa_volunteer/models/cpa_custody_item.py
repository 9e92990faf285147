from odoo import fields, models
from odoo.addons.cpa_beneficiary.models.cpa_lifecycle_mixin import Move
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today

from .roles import COORDINATOR


class CpaCustodyItem(models.Model):
    """Something entrusted to a volunteer (عهدة), which he gives back. Off until switched on."""

    _name = "cpa.custody.item"
    _description = "Custody item"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "lent_on desc, id desc"
    _lifecycle_initial = "lent"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"returned", "lost"})

    name = fields.Char("Item", required=True)
    volunteer_id = fields.Many2one("cpa.volunteer", required=True, fixed=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="volunteer_id.company_id", store=True, index=True)
    lent_on = fields.Date("Handed over on", required=True, default=lambda self: cpa_today())
    due_on = fields.Date("Due back on")
    returned_on = fields.Date(kept=True, readonly=True, copy=False)
    condition = fields.Char("Condition on return")
    state = fields.Selection(
        [("lent", "With the volunteer"), ("returned", "Returned"), ("lost", "Lost")],
        default="lent",
        required=True,
        readonly=True,
        copy=False,
    )

    def _lifecycle_moves(self):
        return {
            ("lent", "returned"): Move((COORDINATOR,), effects=("_effect_returned",)),
            ("lent", "lost"): Move((COORDINATOR,), reason=True),
        }

    def _effect_returned(self, at):
        self._lifecycle_set({"returned_on": cpa_today()})
