from odoo import models
from odoo.exceptions import UserError


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Core merges in SQL, which would delete files and rewrite frozen evidence: it never touches our people.

        :raise UserError: one of the contacts has a file here
        """
        # whoever merges: whether a contact is protected must not depend on his seeing it
        if any(partner.cpa_person for partner in self.env["res.partner"].sudo().browse(partner_ids).exists()):
            raise UserError(
                self.env._(
                    "A person with a file here is not merged as a contact, which would lose evidence. "
                    "The manager merges the files: choose both in the list of people, then “Merge files”."
                )
            )
        return super()._merge(partner_ids, dst_partner, extra_checks)
