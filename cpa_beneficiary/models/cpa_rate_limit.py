from datetime import timedelta
from ipaddress import ip_address, ip_network

from odoo import api, fields, models
from odoo.tools import hmac


# no wizard: transient because its rows go by themselves
class CpaRateLimit(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """How often one address or one contact did something lately, for what anybody may do without a login.

    It works without any outside service. Neither addresses nor numbers are kept, only what cannot be read back; rows
    go by themselves after a day (compare ``auth.totp.rate.limit.log``).
    """

    _name = "cpa.rate.limit"
    _description = "Rate limit"
    _transient_max_hours = 24

    scope = fields.Char(required=True, readonly=True)
    key_hash = fields.Char(required=True, readonly=True)

    _scope_key_idx = models.Index("(scope, key_hash, create_date)")

    @api.model
    def _network(self, address):
        """Return whom a network address stands for: itself, or with IPv6 the network (/64) that a household is given.

        :param str address: as the server sees it
        """
        try:
            found = ip_address(address)
        except ValueError:
            return address
        return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)

    @api.model
    def _allows(self, scope, key, times, hours=1):
        """Count one more attempt and return whether it is still within the limit.

        :param str scope: what is limited (``inquiry/address``)
        :param str key: who does it: an address, a telephone number
        :param int times: how many attempts are allowed within ``hours`` (at most 24)
        """
        # nobody has rights on the log, and who is limited mostly has no login
        log = self.sudo()
        key_hash = hmac(log.env, "cpa.rate.limit", f"{scope}|{key}")
        since = fields.Datetime.now() - timedelta(hours=hours)
        domain = [("scope", "=", scope), ("key_hash", "=", key_hash), ("create_date", ">=", since)]
        if log.search_count(domain, limit=times) >= times:
            return False
        log.create({"scope": scope, "key_hash": key_hash})
        return True
