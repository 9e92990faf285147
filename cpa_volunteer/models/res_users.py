from odoo import api, models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.private
    def cpa_people_domain(self):
        seen = super().cpa_people_domain()
        if self.has_group("cpa_volunteer.group_coordinator"):
            seen |= Domain("cpa_volunteer_ids", "!=", False)
        return seen
