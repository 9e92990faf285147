"""What the coordinator does with participations: many at once, and what follows from elsewhere."""

from odoo import fields, models
from odoo.addons.cpa_beneficiary.models.cpa_happened_mixin import Happened
from odoo.exceptions import UserError


class CpaParticipation(models.Model):
    _inherit = "cpa.participation"

    volunteer_phone = fields.Char(related="volunteer_id.phone", string="Phone")
    is_minor = fields.Boolean(related="volunteer_id.is_minor")
    shift_hours = fields.Float(related="shift_id.hours", string="Hours of the shift")
    currency_id = fields.Many2one(related="company_id.currency_id")
    hours_value = fields.Monetary("Value of the hours", kept=True, readonly=True, copy=False, aggregator="sum")

    def action_as_planned(self):
        """Button: who attended and logged nothing worked the hours of the shift, as its sheet says."""
        lines = self.filtered(lambda line: line.state == "attended" and not line.hours_logged)
        if not lines:
            raise UserError(self.env._("Choose who attended and has no hours yet."))
        for line in lines:
            line._log_hours(line.shift_hours)

    def _effect_approved(self, at):
        super()._effect_approved(at)
        for line in self.filtered("company_id.cpa_hours_value"):
            line._lifecycle_set({"hours_value": line.hours_approved * line.company_id.cpa_hour_value})

    def _take_back(self, at, reason):
        """Cancel participations because of something that happened elsewhere and was checked there.

        :param at: when (naive UTC)
        :param str reason: for the journal and who reads it
        """
        if not self:
            return
        placed = self.filtered(lambda line: line.state == "accepted")
        journal = self._lifecycle_journal("cancelled", at, Happened(reason=reason))
        self._lifecycle_enter("cancelled", journal)
        placed._effect_cancelled(at)
        placed._lifecycle_set({"is_late_cancel": False})  # not the volunteer's doing
