from odoo import api, models


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    def _merge_check(self, survivor):
        problems = super()._merge_check(survivor)
        contacts = self.partner_id | survivor.partner_id
        volunteers = self.env["cpa.volunteer"].with_context(active_test=False)
        if volunteers.search_count([("partner_id", "in", contacts.ids)]) > 1:
            problems.append(self.env._("Both have a volunteer's file as well, and those are not merged."))
        return problems

    @api.model
    def _portal_home(self):
        """A volunteer finds on his first page what is awaited of him (P-09)."""
        home = super()._portal_home()
        volunteer = self.env["cpa.volunteer"]._portal_own()
        home["is_volunteer"] = bool(volunteer)
        if volunteer and not volunteer.is_minor:
            home["awaited"] += [
                {
                    "text": template.name,
                    "hint": self.env._("Read and sign."),
                    "url": f"/my/volunteering/sign/{template.code}",
                }
                for template in volunteer._papers_due()
            ]
        return home
