from datetime import datetime, timedelta, timezone
from ipaddress import ip_address, ip_network

from odoo import api, fields, models, tools
from odoo.tools import SQL, hmac
from psycopg2.errors import SerializationFailure

# Rows of the log go after this many days.
KEPT_DAYS = 30
# How often a count is tried again that others counted at the same moment: each try lasts about a millisecond.
TRIES = 100


class CpaRateLimit(models.Model):
    """How often one address or one contact did something lately, for what anybody may do without a login.

    It works without any outside service. Neither addresses nor numbers are kept, only what cannot be read back; what
    was refused stays for a month as the log that administrators see (compare ``auth.totp.rate.limit.log``).
    """

    _name = "cpa.rate.limit"
    _description = "Rate limit"
    _order = "period desc, id desc"
    _rec_name = "scope"
    _log_access = False

    scope = fields.Char("What", required=True, readonly=True)
    key_hash = fields.Char("By whom (unreadable)", required=True, readonly=True)
    period = fields.Datetime("From", required=True, readonly=True, help="The hours that are counted begin then.")
    attempts = fields.Integer(required=True, readonly=True, default=0)
    refused = fields.Integer("Attempts refused", required=True, readonly=True, default=0)

    _scope_key_uniq = models.Constraint("UNIQUE(scope, key_hash, period)", "Counted in one row.")
    _period_idx = models.Index("(period)")

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

        Counted in a transaction of its own, so that many at the same moment count once each, and an attempt counts
        whatever becomes of the page that made it.

        :param str scope: what is limited (``inquiry/address``); an administrator's rule for it goes before ``times``
        :param str key: who does it: an address, a telephone number
        :param int times: how many attempts are allowed in each period of ``hours`` (at most 24)
        """
        key_hash = hmac(self.env(su=True), "cpa.rate.limit", f"{scope}|{key}")  # the secret signs, it is not shown
        times = self.env["cpa.rate.rule"]._times(scope, times)
        now = fields.Datetime.now()
        seconds = int(now.replace(tzinfo=timezone.utc).timestamp()) // (hours * 3600) * hours * 3600
        period = datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None)
        count = SQL(
            """
            INSERT INTO cpa_rate_limit AS counted (scope, key_hash, period, attempts, refused)
                 VALUES (%(scope)s, %(key)s, %(period)s, 1, (1 > %(times)s)::int)
            ON CONFLICT (scope, key_hash, period)
              DO UPDATE SET attempts = counted.attempts + 1,
                            refused = counted.refused + (counted.attempts + 1 > %(times)s)::int
              RETURNING attempts <= %(times)s
            """,
            scope=scope,
            key=key_hash,
            period=period,
            times=times,
        )
        for _attempt in range(TRIES):
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute(count, log_exceptions=False)
                    [allowed] = cr.fetchone()
                return allowed
            except SerializationFailure:  # others counted at the same moment
                continue
        return False

    @api.autovacuum
    def _gc_periods(self):
        """Forget what was allowed after two days, and what was refused after a month."""
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                "DELETE FROM cpa_rate_limit WHERE period < %s AND (refused = 0 OR period < %s)",
                now - timedelta(days=2),
                now - timedelta(days=KEPT_DAYS),
            )
        )


class CpaRateRule(models.Model):
    """How often something may be done that anybody may do: the administrator's word before the one in the code."""

    _name = "cpa.rate.rule"
    _description = "Limit of the website"
    _order = "scope"
    _rec_name = "name"

    name = fields.Char("What", required=True, translate=True)
    scope = fields.Char(required=True, readonly=True)
    times = fields.Integer("At most", required=True, help="Within an hour; by one address or one telephone number.")

    _scope_uniq = models.Constraint("UNIQUE(scope)", "This is limited already.")
    _times_check = models.Constraint("CHECK(times >= 0)", "A limit cannot be negative; 0 lets nothing through.")

    @api.model
    @tools.ormcache("scope")
    def _times_ruled(self, scope):
        rule = self.sudo().search([("scope", "=", scope)])  # a setting, the same for everybody
        return rule.times if rule else None

    @api.model
    def _times(self, scope, times):
        """Return how often ``scope`` is allowed: as ruled, else ``times``."""
        ruled = self._times_ruled(scope)
        return times if ruled is None else ruled

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
