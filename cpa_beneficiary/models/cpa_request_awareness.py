"""Awareness session: who asks for it, for whom, when and where, and how many came."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    awareness_body = fields.Char("Requesting body", help="School, public body, association, establishment.")
    awareness_audience = fields.Char("Audience", help="Whom it is for: pupils of the 5th form, staff, mothers.")
    awareness_headcount = fields.Integer("Expected number")
    awareness_at = fields.Datetime("Session on", index="btree_not_null")
    awareness_venue = fields.Char("Venue")
    trainer_id = fields.Many2one("res.partner", ondelete="restrict")
    awareness_attendance = fields.Integer("Number who came")

    @api.model
    def _kind_fields(self):
        return super()._kind_fields() | {
            "awareness": {
                "awareness_body": True,
                "awareness_audience": True,
                "awareness_headcount": True,
                "awareness_at": True,
                "awareness_venue": False,
            }
        }

    @api.constrains("awareness_headcount", "awareness_attendance")
    def _check_headcount(self):
        for request in self:
            if request.awareness_headcount < 0 or request.awareness_attendance < 0:
                raise ValidationError(self.env._("A number of people is not negative."))

    def _guard_answer(self, at):
        missing = super()._guard_answer(at)
        if self.kind == "awareness" and not self.awareness_attendance:
            missing.append(self.env._("How many came to the session."))
        return missing
