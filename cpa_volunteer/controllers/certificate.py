from odoo import http
from odoo.addons.cpa_beneficiary.controllers.public import READ, PublicPage
from odoo.http import request

from ..models.cpa_volunteer_certificate import PAGE

# How many codes one address may try within an hour; nobody guesses one of 10^17, and nobody tries for long.
TRIES = 60
# It is counted, so the routes write a line of the limit's log.
COUNTED = {**READ, "readonly": False}


class CertificateController(PublicPage, http.Controller):
    """The page on which anybody confirms a certificate by its code: it says what stands on the paper, and no more."""

    @http.route(PAGE, **{**COUNTED, "sitemap": True})
    def check(self, code="", **_params):
        return self._answer(str(code)) if code else self._show("cpa_volunteer.verify", {"asked": False})

    @http.route(f"{PAGE}/<string:code>", **COUNTED)
    def check_code(self, code, **_params):
        return self._answer(code)

    def _answer(self, code):
        values = {"asked": True, "certificate": None, "typed": {"code": code[:40]}}
        if refused := self._too_many(("verify/address", None, TRIES)):
            return self._show("cpa_volunteer.verify", values | {"errors": {"form": refused}}, 429)
        certificate = request.env["cpa.volunteer.certificate"]._of_code(code[:40])
        if not certificate:
            unknown = request.env._("There is no certificate with this code. Please compare it with the paper.")
            return self._show("cpa_volunteer.verify", values | {"errors": {"code": unknown}}, 404)
        return self._show("cpa_volunteer.verify", values | {"certificate": certificate._public_values()})
