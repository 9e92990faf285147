from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.models.roles import WEBSITE

from .cpa_volunteer import AGREEMENT, CHARTER, TASK_FORM
from .roles import COORDINATOR


class CpaAgreement(models.Model):
    _inherit = "cpa.agreement"

    method = fields.Selection(
        selection_add=[("guardian", "By the guardian, with a code to his mobile")], ondelete={"guardian": "set default"}
    )

    @api.model
    def _keepers(self):
        return (*super()._keepers(), COORDINATOR)

    def _lifecycle_moves(self):
        moves = super()._lifecycle_moves()
        sign = moves["draft", "signed"]
        return moves | {("draft", "signed"): sign._replace(roles=(*sign.roles, WEBSITE))}

    def _lifecycle_has_role(self, role):
        """The website itself signs for nobody but a guardian who has proven his mobile."""
        if role == WEBSITE and self.method != "guardian":
            return False
        return super()._lifecycle_has_role(role)

    def _guard_signed(self, at):
        missing = super()._guard_signed(at)
        if self.method == "portal" and self._is_minor():
            missing.append(self.env._("The guardian, who signs for a minor."))
        if self.code == TASK_FORM:
            missing += self._task_form_problems()
        if self.method == "guardian" and not self.signature:
            missing.append(self.env._("The signature."))
        if self.method == "guardian" and not self.env.user._has_group(WEBSITE):
            missing.append(self.env._("The code to the guardian's mobile: at the office take another way to sign."))
        return missing

    def _task_form_problems(self):
        """Return why this form for one short task is not signed: it is for adults, and for a month at most."""
        if self._is_minor():
            return [self.env._("The agreement and the guardian's consent: the form for one task is for adults.")]
        longest = self.date_from and self.date_from + relativedelta(months=1, days=-1)
        if not (longest and self.date_to and self.date_to <= longest):
            return [self.env._("The days of the task: the form for one task holds for a month at most.")]
        return []

    def _effect_signed(self, at):
        result = super()._effect_signed(at)
        for charter in self.filtered(lambda agreement: agreement.code == CHARTER and agreement.guardian_name):
            # whoever signs or records a charter says who the guardian is
            volunteers = self.env["cpa.volunteer"].sudo().search([("partner_id", "=", charter.partner_id.id)])
            volunteers._keep_guardian(charter)
        return result

    def _effect_ended(self, at):
        """A consent that is withdrawn, or an agreement that is ended, stops the placements that rest on it."""
        result = super()._effect_ended(at)
        bound = self.filtered(lambda agreement: agreement.code in (AGREEMENT, CHARTER, TASK_FORM))
        if bound:
            # whoever may end an agreement ends what rests on it
            volunteers = self.env["cpa.volunteer"].sudo().search([("partner_id", "in", bound.partner_id.ids)])
            volunteers._stop_unbound(at)
        return result
