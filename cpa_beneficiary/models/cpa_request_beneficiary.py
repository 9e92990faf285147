"""For whom a request is opened, and by whom (P-26, P-36)."""

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    @api.constrains("beneficiary_id")
    def _check_beneficiary_served(self):
        """:raise ValidationError: the person's file is suspended or closed"""
        for request in self:
            # its state and the reason for it only, whoever opens the request
            beneficiary = request.beneficiary_id.sudo()
            if beneficiary.state in ("suspended", "closed"):
                raise ValidationError(
                    self.env._(
                        "No new request for “%(person)s”: the file is “%(state)s”.\n%(reason)s",
                        person=beneficiary.display_name,
                        state=beneficiary._lifecycle_label(beneficiary.state),
                        reason=beneficiary.state_reason or "",
                    ).strip()
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_person_seen({vals["beneficiary_id"] for vals in vals_list if vals.get("beneficiary_id")})
        return super().create(vals_list)

    def write(self, vals):
        person = vals.get("beneficiary_id")
        if person and any(request.beneficiary_id.id != person for request in self):
            self._check_person_seen({person})
        return super().write(vals)

    def _check_person_seen(self, ids):
        """:raise AccessError: the user does not see one of these files, which a request of his could open to him"""
        people = self.env["cpa.beneficiary"].browse(ids)
        if people != people._filtered_access("read"):
            raise AccessError(self.env._("This person's file belongs to another branch: an officer hands it over."))

    @api.constrains("branch_id", "beneficiary_id")
    def _check_branch(self):
        self.env["cpa.branch"]._check_handed(self)
        beneficiaries = self.beneficiary_id.with_user(self.env.user)
        # only delegates are kept to the people they see: a member or secretary handles files by their number
        if self.env.user._is_only_delegate() and beneficiaries != beneficiaries._filtered_access("read"):
            raise AccessError(self.env._("This person's file belongs to another branch: an officer hands it over."))
