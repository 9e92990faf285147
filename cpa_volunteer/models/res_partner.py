from odoo import api, fields, models


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

    def _cpa_files(self):
        return [*super()._cpa_files(), *self.cpa_volunteer_ids]
