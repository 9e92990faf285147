from odoo import http
from odoo.http import request

from ..models.cpa_volunteer_certificate import PAGE

# How many codes one address may try within an hour; nobody guesses one of 10^17, and nobody tries for long.
TRIES = 60
ROUTE = {"type": "http", "auth": "public", "website": True, "sitemap": False}


class CertificateController(http.Controller):
    """The page on which anybody confirms a certificate by its code: it says what stands on the paper, and no more."""

    @http.route(PAGE, methods=["GET"], **{**ROUTE, "sitemap": True})
    def check(self, code="", **_params):
        return self._answer(code) if code else request.render("cpa_volunteer.verify", {"asked": False, "busy": False})

    @http.route(f"{PAGE}/<string:code>", methods=["GET"], **ROUTE)
    def check_code(self, code, **_params):
        return self._answer(code)

    def _answer(self, code):
        limit = request.env["cpa.rate.limit"]
        allowed = limit._allows("verify/address", limit._network(request.httprequest.remote_addr), TRIES)
        certificate = request.env["cpa.volunteer.certificate"]._of_code(str(code)[:40]) if allowed else None
        values = {"asked": True, "busy": not allowed, "certificate": certificate and certificate._public_values()}
        response = request.render(
            "cpa_volunteer.verify", values, status=200 if certificate else 404 if allowed else 429
        )
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response
