from odoo import api, fields, models
from odoo.exceptions import UserError

from .roles import COORDINATOR

# What says who a person is and opens his login, and who keeps it where somebody asks for support.
OPENING = frozenset({"name", "phone", "email"})
FILE_KEEPERS = ",".join(f"cpa_beneficiary.group_{role}" for role in ("officer", "delegate", "manager"))


class ResPartner(models.Model):
    _inherit = "res.partner"

    cpa_volunteer_ids = fields.One2many("cpa.volunteer", "partner_id", "Volunteer files")
    is_active_volunteer = fields.Boolean(
        "Active volunteer",
        compute="_compute_is_active_volunteer",
        search="_search_is_active_volunteer",
        compute_sudo=True,  # whether he is one, nothing of his file
    )

    @api.depends("cpa_volunteer_ids")
    def _compute_cpa_person(self):
        return super()._compute_cpa_person()

    @api.depends("cpa_volunteer_ids.state")
    def _compute_is_active_volunteer(self):
        for partner in self:
            partner.is_active_volunteer = any(file.state == "active" for file in partner.cpa_volunteer_ids)

    @api.model
    def _search_is_active_volunteer(self, operator, value):
        if operator != "in":
            return NotImplemented
        active = self.env["cpa.volunteer"].sudo()._search([("state", "=", "active")])  # as above
        return [("id", "in", active.subselect("partner_id"))]

    def write(self, vals):
        """By a telephone or an e-mail people log in: who keeps a beneficiary's file keeps those, nobody beside him."""
        names = OPENING & vals.keys()
        user = self.env.user
        if names and not self.env.su and user.has_group(COORDINATOR) and not user.has_groups(FILE_KEEPERS):
            # compared, not shown
            people = self.sudo().with_context(active_test=False)
            people = people.filtered(lambda person: any((person[name] or "") != (vals[name] or "") for name in names))
            if people.cpa_beneficiary_ids or people.cpa_representation_ids:
                raise UserError(self.env._("A relations officer keeps name, telephone and e-mail of this person."))
        return super().write(vals)

    def _cpa_files(self):
        return [*super()._cpa_files(), *self.cpa_volunteer_ids]
