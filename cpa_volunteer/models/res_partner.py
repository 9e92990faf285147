from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    cpa_volunteer_ids = fields.One2many("cpa.volunteer", "partner_id", "Volunteer files")

    @api.depends("cpa_volunteer_ids")
    def _compute_cpa_person(self):
        return super()._compute_cpa_person()

    def _cpa_files(self):
        return [*super()._cpa_files(), *self.cpa_volunteer_ids]
