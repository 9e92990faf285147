from odoo import models


class CpaVisit(models.Model):
    _inherit = "cpa.visit"

    def action_raise_opportunity(self):
        """Button: ask a volunteer to come along on this visit. The day and the hours are told, never where and to whom.

        :return: action that opens the new opportunity
        """
        self.ensure_one()
        self.check_access("read")
        opportunity = self.env["cpa.opportunity"]
        return self.request_id._raise_opportunity(
            {
                "request_id": self.request_id.id,
                "visit_id": self.id,
                "name": self.env._("Company on a visit"),
                "kind": "company",
                "branch_id": self.branch_id.id,
                "governorate_id": self.branch_id.governorate_id.id,
                "place": self.branch_id.name,
                **opportunity._values_at(self.start, stop=self.stop),
            }
        )
