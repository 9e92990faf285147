from odoo import api, models
from odoo.addons.cpa_beneficiary.tools.saudi import normalise_phone


class CpaChannelMixin(models.AbstractModel):
    """P-24: what a volunteer brings names him."""

    _inherit = "cpa.channel.mixin"

    @api.onchange("channel_id")
    def _onchange_channel_id(self):
        result = super()._onchange_channel_id()
        if self.channel_code == "volunteering":
            self.channel_volunteer_id = self.channel_volunteer_id or self._channel_volunteer()
        return result

    def _channel_volunteer(self):
        """Return the contact of the volunteer who brings it, as far as it is known already: who asks, calls or enters.

        :return: ``res.partner``; empty where none of them is an active volunteer
        """
        partners = self._channel_partner()._origin | self.env.user.partner_id
        found = partners.filtered("is_active_volunteer")[:1]
        phone = "phone" in self._fields and normalise_phone(self["phone"])
        if not found and phone:
            found = found.search([("phone", "=", phone), ("is_active_volunteer", "=", True)], limit=1)
        return found
