"""The card that the volunteer-work law gives a volunteer: who he is to whom he meets, and until when."""

from odoo import models
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today
from odoo.exceptions import UserError
from odoo.fields import Domain

from .cpa_volunteer import AGREEMENT, TASK_FORM


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    def action_print_card(self):
        """Button: print the cards of those who are active and have signed, as many on a sheet as fit.

        :raise UserError: none of them is
        """
        holders = self._card_holders()
        if not holders:
            raise UserError(self.env._("A card is for active volunteers who have signed: nobody among them is one."))
        return self.env.ref("cpa_volunteer.cpa_volunteer_card_report").report_action(holders)

    def _card_holders(self):
        """Return those of them who are given a card."""
        return self.filtered(lambda volunteer: volunteer.state == "active" and not volunteer.has_papers_missing)

    def _card_until(self):
        """Return the last day (``date``) of what he signed; False where it has no end."""
        Agreement = self.env["cpa.agreement"]
        signed = Domain("partner_id", "=", self.partner_id.id) & Domain("code", "in", (AGREEMENT, TASK_FORM))
        return Agreement.search(signed & Agreement._in_force_domain(cpa_today()), order="date_to desc", limit=1).date_to
