from odoo.addons.portal.controllers.portal import CustomerPortal


class PeoplePortal(CustomerPortal):
    def _validate_address_values(self, address_values, partner_sudo, *args, **kwargs):
        """Core's account page writes the contact: what our people's rules refuse is said beside the field (P-32)."""
        invalid, missing, messages = super()._validate_address_values(address_values, partner_sudo, *args, **kwargs)
        if partner_sudo.cpa_person:
            typed = partner_sudo.new(partner_sudo._cpa_normalise(address_values), origin=partner_sudo)
            problems = typed._cpa_problems()
            invalid |= problems.keys()
            messages += problems.values()
        return invalid, missing, messages
