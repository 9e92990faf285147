"""Leaving and suspending: what is given back, what was said, and the thanks that the law puts on paper."""

from odoo import fields, models
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today

LEFT_REASONS = [
    ("time", "No time any more"),
    ("moved", "Moved away"),
    ("study", "Studies or work"),
    ("health", "For personal reasons"),
    ("unhappy", "Not content with the work"),
    ("conduct", "Ended by the association"),
    ("other", "Other"),
]


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    left_on = fields.Date("Left on", kept=True, readonly=True, copy=False)
    left_reason = fields.Selection(LEFT_REASONS, "Why he left", copy=False, tracking=True)
    left_note = fields.Text("What he said", copy=False, help="From the talk on leaving: what was good, what was not.")
    custody_ids = fields.One2many("cpa.custody.item", "volunteer_id", "Custody items")
    expense_ids = fields.One2many("cpa.volunteer.expense", "volunteer_id", "Subsistence and transport")
    incident_ids = fields.One2many("cpa.volunteer.incident", "volunteer_id", "Incidents")
    has_custody = fields.Boolean(related="company_id.cpa_custody_items", string="Custody items in use")

    def _lifecycle_moves(self):
        moves = super()._lifecycle_moves()
        suspend = moves["active", "suspended"]
        return moves | {("active", "suspended"): suspend._replace(effects=("_effect_suspend",))}

    def _effect_suspend(self, at):
        """Who is suspended is not expected anywhere."""
        self._coming(at)._take_back(at, self.env._("Suspended."))

    def _effect_leave(self, at):
        """Who leaves gives his places back, and is bound by nothing that he signed but by confidentiality."""
        super()._effect_leave(at)
        self._lifecycle_set({"left_on": cpa_today()})
        bound = self.cpa_agreement_ids.filtered(
            lambda agreement: agreement.party == "volunteer" and agreement.state == "signed"
        )
        bound.write({"state": "ended", "move_reason": self.env._("Left volunteering.")})

    def action_leave(self):
        """Button: the talk on leaving, with what is still to be given back and the certificate.

        :return: action that opens the wizard
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Leaves"),
            "res_model": "cpa.volunteer.leave.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_volunteer_id": self.id},
        }
