"""The staff's four tools, one click from every request (P-27 to P-30)."""

from odoo import models
from odoo.exceptions import UserError


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    def action_open_tool(self):
        """Button: read the version in force of the document that the button's context names (``kind``).

        :return: action; a notice where the board has approved no version yet
        """
        self.ensure_one()
        Document = self.env["cpa.policy.document"]
        kind = self.env.context.get("kind")
        document = Document._in_force(kind, self.company_id)
        if document:
            return document._action_read()
        name = dict(Document._fields["kind"]._description_selection(self.env)).get(kind, "")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": name,
                "message": self.env._("No version of it is in force yet: the manager enters the approved one."),
                "type": "warning",
            },
        }

    def action_print_blank_form(self):
        """Button: the form of this request's service, to be filled in by hand (P-30).

        :raise UserError: the request has no service yet
        """
        self.ensure_one()
        if not self.service_id:
            raise UserError(self.env._("Choose the service first: each has its own form."))
        return self.env.ref("cpa_beneficiary.cpa_service_report_form_blank").report_action(self.service_id)
