"""An adult's single short task: one signed form does, instead of the agreement (P-02)."""

from odoo import models
from odoo.addons.cpa_beneficiary.tools.riyadh import riyadh_date, utc_start_of
from odoo.exceptions import UserError
from odoo.fields import Date, Domain

from .cpa_participation import BOOKED
from .cpa_volunteer import AGREEMENT, TASK_FORM


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    def action_task_form(self):
        """Button: the form for one short task, to be signed.

        :raise UserError: the board has put no such form in force
        """
        self.ensure_one()
        if not self.env["cpa.agreement.template"]._of(TASK_FORM, self.company_id):
            raise UserError(self.env._("The board has put no form for one task in force yet: sign the agreement."))
        return self._agreement_to_sign(TASK_FORM)


class CpaParticipation(models.Model):
    _inherit = "cpa.participation"

    def _task_problems(self):
        """Return why a volunteer who signed for one task only is not placed: he has another one."""
        Agreement = self.env["cpa.agreement"].sudo()  # whether it is signed, nothing of what it says
        partner, day = self.volunteer_id.partner_id, riyadh_date(self.start)
        if Agreement._in_force(AGREEMENT, partner, day):
            return []
        held = Agreement._in_force_domain(day) & Domain("code", "=", TASK_FORM) & Domain("partner_id", "=", partner.id)
        form = Agreement.search(held, order="id desc", limit=1)
        if not form:
            return []
        within = Domain("start", ">=", utc_start_of(form.date_from))
        within &= Domain("start", "<", utc_start_of(Date.add(form.date_to, days=1)))
        others = Domain("volunteer_id", "=", self.volunteer_id.id) & Domain("state", "in", BOOKED)
        others &= Domain("opportunity_id", "!=", self.opportunity_id.id)
        other = self.sudo().search(others & within, limit=1)  # his own, whoever places him
        if not other:
            return []
        return [
            self.env._(
                "The agreement: the form that was signed is for one task, “%(task)s”.",
                task=other.opportunity_id.name,
            )
        ]
