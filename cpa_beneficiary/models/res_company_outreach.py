"""Settings of reaching people without their asking (P-07)."""

from odoo import api, fields, models

MAILING = "cpa_beneficiary.group_mailing"
MANAGER = "cpa_beneficiary.group_manager"


class ResCompany(models.Model):
    _inherit = "res.company"

    cpa_mailing_on = fields.Boolean(
        "Mass mailing",
        compute="_compute_cpa_mailing_on",
        inverse="_inverse_cpa_mailing_on",
        groups="base.group_erp_manager",
        help="Managers write e-mailings with Odoo's own tool. Only who consents is reached. For all companies.",
    )

    cpa_outreach_rest_days = fields.Integer(
        "Nobody is approached again before (days)",
        default=30,
        required=True,
        help="By any outreach, whatever the way. Contacts about people's own requests do not count.",
    )
    cpa_outreach_tries = fields.Integer(
        "Calls before we give up", default=3, required=True, help="Nobody answered so often: the call is let go."
    )

    _cpa_outreach_check = models.Constraint(
        "CHECK(cpa_outreach_rest_days >= 0 AND cpa_outreach_tries > 0)",
        "An outreach waits for no less than no days, and calls at least once.",
    )

    def _compute_cpa_mailing_on(self):
        self.cpa_mailing_on = self._cpa_has_mailing()

    def _inverse_cpa_mailing_on(self):
        is_on = self[:1].cpa_mailing_on
        # the one group that a switch of the administrator gives to managers, or takes from them
        manager, mailing = self.env.ref(MANAGER).sudo(), self.env.ref(MAILING)
        manager.implied_ids = [fields.Command.link(mailing.id) if is_on else fields.Command.unlink(mailing.id)]

    @api.model
    def _cpa_has_mailing(self):
        """Return whether mass mailing is switched on."""
        return self.env.ref(MAILING) in self.env.ref(MANAGER).sudo().implied_ids  # a setting, the same for everybody
