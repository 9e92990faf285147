"""A forgotten password: asked for by anybody, and nobody learns who has a login (P-09)."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request

_logger = logging.getLogger(__name__)

ADDRESS_LIMIT = 20
LOGIN_LIMIT = 3
LONGEST = 254


class CpaPasswordDemand(models.Model):
    """Somebody has forgotten the password of a login.

    A cron looks it up and writes to its e-mail address in a moment. The page does the same whoever is asked for, so
    neither its answer nor its time tells who has a login, whether he has an e-mail address, or what he is called.
    """

    _name = "cpa.password.demand"
    _description = "Forgotten password"
    _log_access = False

    login = fields.Char(required=True, readonly=True)

    @api.model
    def _ask(self, login):
        """Take note that the password of ``login`` (a login or an e-mail address, as typed) is forgotten.

        :raise UserError: too many were asked for, by one address or for one login
        """
        limit = self.env["cpa.rate.limit"]
        login = login.strip()[:LONGEST]
        address = limit._network(request.httprequest.remote_addr) if request else "-"
        by_address = limit._allows("password/address", address, ADDRESS_LIMIT)
        if not limit._allows("password/login", login.lower(), LOGIN_LIMIT) or not by_address:
            raise UserError(self.env._("Too many attempts came from here within an hour. Call us, or try again later."))
        # nobody has rights on demands: they are the system's
        self.sudo().create({"login": login})
        self.env.ref("cpa_beneficiary.cron_password_demand").sudo()._trigger()

    @api.model
    def _cron_answer(self):
        """Write to those who have a login and an e-mail address, and forget what was asked."""
        Users = self.env["res.users"]
        demands = self.search([("login", "!=", False)], order="id")
        for login in dict.fromkeys(demands.mapped("login")):
            users = Users.search(Users._get_login_domain(login)) or Users.search(Users._get_email_domain(login))
            if len(users) != 1 or not users.email:
                continue
            try:
                with self.env.cr.savepoint():
                    users.action_reset_password()
            except UserError:
                _logger.warning("The password of user %s could not be reset", users.id, exc_info=True)
        demands.unlink()


class ResUsers(models.Model):
    _inherit = "res.users"

    def reset_password(self, login):
        """The answer and its time are the same whether or not somebody has this login."""
        self.env["cpa.password.demand"]._ask(login)
