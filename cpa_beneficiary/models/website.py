"""What the pages of the website show to anybody: values only, never records (P-09, P-10)."""

import re

from odoo import models

from ..tools.text import shown_number

ARABIC = re.compile(r"[\u0600-\u06ff]")


class Website(models.Model):
    _inherit = "website"

    def _cpa_name(self):
        """Return the association's name in the language of the page."""
        company = self.company_id.sudo()  # its names stand on every paper
        names = [name for name in (company.name, company.cpa_second_name) if name]
        arabic = (self.env.lang or "").startswith("ar")
        return next((name for name in names if bool(ARABIC.search(name)) == arabic), company.name)

    def _cpa_number(self, number):
        """Return a count with the digits of the page's language."""
        return shown_number(number, self.env.lang)

    def _cpa_services(self):
        """Return the published services, as ``cpa.service._website_values`` describes them."""
        return self.env["cpa.service"]._website_services(self.company_id)

    def _cpa_policy(self):
        """Return the policy in force, as ``cpa.policy._website_values`` describes it; None without one."""
        return self.env["cpa.policy"]._website_in_force(self.company_id)

    def _cpa_questions(self, words="", limit=None):
        """Return questions and answers, as ``cpa.misconception._website_questions`` describes them."""
        return self.env["cpa.misconception"]._website_questions(self._cpa_policy(), words)[:limit]
