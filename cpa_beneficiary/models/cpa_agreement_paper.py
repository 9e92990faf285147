"""The agreement on paper: to be signed by hand, or as it was signed (P-02)."""

from odoo import models

from ..tools.saudi import national_phone


class CpaAgreement(models.Model):
    _inherit = "cpa.agreement"

    def _lang(self):
        """Return the language in which the party reads and signs: on the website the page's, else his own."""
        self.ensure_one()
        if self.env.user._is_portal() and self.env.lang:
            return self.env.lang
        return self.env["cpa.reply.text"]._lang_of(self.partner_id.sudo().lang)  # the language only

    def _paper_lang(self):
        return self._lang()

    def _paper_party(self):
        """Return what the paper says of the party: ``[(label, text, is_ltr)]``, for who may print it."""
        self.ensure_one()
        partner = self.partner_id.sudo()  # of the agreement that the user prints
        parties = dict(self._fields["party"]._description_selection(self.env))
        facts = [
            (self.env._("Name"), partner.name, False),
            (self.env._("Party"), parties.get(self.party), False),
            (self.env._("Telephone"), national_phone(partner.phone), True),
            (self.env._("Guardian"), " · ".join(filter(None, (self.guardian_name, self.guardian_phone))), False),
        ]
        return [fact for fact in facts if fact[1]]
