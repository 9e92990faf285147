from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    cpa_volunteer_min_age = fields.Integer(
        "Volunteers from the age of", default=15, help="The law names none: the association does."
    )
    cpa_shift_waiting = fields.Boolean("Waiting lists of shifts")
    cpa_volunteer_matching = fields.Boolean("Propose fitting volunteers")
    cpa_custody_items = fields.Boolean("Custody items")
    cpa_late_cancel_hours = fields.Integer(
        "Cancelling is late within (hours)", default=24, help="Before the shift begins."
    )
    cpa_check_in_minutes = fields.Integer("Checking in opens (minutes)", default=30, help="Before the shift begins.")

    _cpa_volunteering_check = models.Constraint(
        "CHECK(cpa_volunteer_min_age >= 0 AND cpa_late_cancel_hours >= 0 AND cpa_check_in_minutes >= 0)",
        "Ages, hours and minutes cannot be negative.",
    )

    def _cpa_late_cancel(self):
        """Return how long before a shift a cancelling is late (``timedelta``)."""
        return timedelta(hours=self.cpa_late_cancel_hours)

    def _cpa_check_in_before(self):
        """Return how long before a shift one may check in (``timedelta``)."""
        return timedelta(minutes=self.cpa_check_in_minutes)
