from odoo import fields, models


class CpaRequest(models.Model):
    """What volunteers do for a request: an opportunity that it raises, and their hours."""

    _inherit = "cpa.request"

    opportunity_ids = fields.One2many("cpa.opportunity", "request_id", "Volunteer opportunities")
    volunteer_hours = fields.Float("Volunteers' hours", compute="_compute_volunteer_hours", compute_sudo=True)

    def _compute_volunteer_hours(self):
        # a sum, without whose hours they are
        hours = dict(
            self.env["cpa.participation"]._read_group(
                [("request_id", "in", self.ids), ("state", "=", "closed")], ["request_id"], ["hours_approved:sum"]
            )
        )
        for request in self:
            request.volunteer_hours = hours.get(request._origin, 0.0)

    def action_raise_opportunity(self):
        """Button: ask volunteers for help with this request; nothing of the person goes into the opportunity."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Volunteer opportunity"),
            "res_model": "cpa.opportunity",
            "view_mode": "form",
            "context": {
                "default_request_id": self.id,
                "default_name": self.service_id.name,
                "default_kind": "awareness" if self.kind == "awareness" else "company",
                "default_branch_id": self.branch_id.id,
            },
        }
