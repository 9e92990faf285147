from odoo import api, fields, models


class CpaRequest(models.Model):
    """What volunteers do for a request: opportunities that it raises, and their hours."""

    _inherit = "cpa.request"

    opportunity_ids = fields.One2many("cpa.opportunity", "request_id", "Volunteer opportunities")
    # sums, without whose they are
    opportunity_count = fields.Integer("Opportunities", compute="_compute_volunteering", compute_sudo=True)
    volunteer_hours = fields.Float("Volunteers' hours", compute="_compute_volunteering", compute_sudo=True)
    can_raise_opportunity = fields.Boolean(compute="_compute_can_raise_opportunity", compute_sudo=True)

    def _compute_volunteering(self):
        raised = dict(
            self.env["cpa.opportunity"]._read_group(
                [("request_id", "in", self.ids), ("state", "!=", "cancelled")], ["request_id"], ["__count"]
            )
        )
        hours = dict(
            self.env["cpa.participation"]._read_group(
                [("request_id", "in", self.ids), ("state", "=", "closed")], ["request_id"], ["hours_approved:sum"]
            )
        )
        for request in self:
            request.opportunity_count = raised.get(request._origin, 0)
            request.volunteer_hours = hours.get(request._origin, 0.0)

    @api.depends("kind", "state", "visit_ids.state")
    def _compute_can_raise_opportunity(self):
        """Volunteers help with awareness sessions, and go along on visits."""
        visited = self.env["cpa.visit"]._read_group(
            [("request_id", "in", self.ids), ("state", "=", "planned")], ["request_id"]
        )
        visited = {request.id for [request] in visited}
        for request in self:
            helps = request.kind == "awareness" or request._origin.id in visited
            request.can_raise_opportunity = helps and request.state not in ("draft", *request._lifecycle_frozen)

    def action_raise_opportunity(self):
        """Button: ask volunteers for help with this request; nothing of the person goes into the opportunity.

        :return: action that opens the new opportunity, with its shift where the day is known
        """
        self.ensure_one()
        self.check_access("read")
        values = {
            "request_id": self.id,
            "name": self.service_id.name,
            "kind": "awareness" if self.kind == "awareness" else "company",
            "branch_id": self.branch_id.id,
        }
        if self.kind == "awareness":
            values["place"] = self.awareness_venue
            if self.awareness_at:
                values |= self.env["cpa.opportunity"]._values_at(self.awareness_at, hours=2)
        return self._raise_opportunity(values)

    def _raise_opportunity(self, values):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Volunteer opportunity"),
            "res_model": "cpa.opportunity",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {f"default_{name}": value for name, value in values.items() if value},
        }

    def action_open_opportunities(self):
        """Button: the opportunities that this request raised."""
        self.ensure_one()
        name = self.env._("Volunteer opportunities")
        return self.opportunity_ids._get_records_action(name=name)
