from odoo import models


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    def _merge_check(self, survivor):
        problems = super()._merge_check(survivor)
        contacts = self.partner_id | survivor.partner_id
        volunteers = self.env["cpa.volunteer"].with_context(active_test=False)
        if volunteers.search_count([("partner_id", "in", contacts.ids)]) > 1:
            problems.append(self.env._("Both have a volunteer's file as well, and those are not merged."))
        return problems
