from datetime import timedelta

from odoo import api, fields, models

# Settings that are off until switched on: the menus of their screens, shown while a company uses them.
MENUS = {
    "cpa_custody_items": "cpa_volunteer.cpa_custody_item_menu",
    "cpa_hours_value": "cpa_volunteer.cpa_hours_value_menu",
}


class ResCompany(models.Model):
    _inherit = "res.company"

    cpa_volunteer_min_age = fields.Integer(
        "Volunteers from the age of", default=15, help="The law names none: the association does."
    )
    cpa_shift_waiting = fields.Boolean("Waiting lists of shifts")
    cpa_volunteer_matching = fields.Boolean("Propose fitting volunteers")
    cpa_custody_items = fields.Boolean("Custody items")
    cpa_hours_value = fields.Boolean("Value of volunteer hours", help="What the approved hours were worth, in reports.")
    cpa_hour_value = fields.Monetary("Value of an hour", help="For reports only: volunteering is not paid.")
    cpa_late_cancel_hours = fields.Integer(
        "Cancelling is late within (hours)", default=24, help="Before the shift begins."
    )
    cpa_check_in_minutes = fields.Integer("Checking in opens (minutes)", default=30, help="Before the shift begins.")

    _cpa_volunteering_check = models.Constraint(
        "CHECK(cpa_volunteer_min_age >= 0 AND cpa_late_cancel_hours >= 0 AND cpa_check_in_minutes >= 0"
        " AND COALESCE(cpa_hour_value, 0) >= 0)",
        "Ages, hours, minutes and values cannot be negative.",
    )

    def _cpa_late_cancel(self):
        """Return how long before a shift a cancelling is late (``timedelta``)."""
        return timedelta(hours=self.cpa_late_cancel_hours)

    def _cpa_check_in_before(self):
        """Return how long before a shift one may check in (``timedelta``)."""
        return timedelta(minutes=self.cpa_check_in_minutes)

    # ------------------------------------------------------------------
    # What is off until switched on
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._cpa_show_volunteering()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if MENUS.keys() & vals.keys():
            self._cpa_show_volunteering()
        return result

    def _cpa_show_volunteering(self):
        """Show the menus of what is off until switched on, while a company uses it."""
        for setting, name in MENUS.items():
            menu = self.env.ref(name, raise_if_not_found=False)
            if menu:
                # a menu is shown or not, which follows from the setting that the user may write
                menu.sudo().active = bool(self.sudo().search_count([(setting, "=", True)], limit=1))
