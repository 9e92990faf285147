from odoo import http
from odoo.addons.cpa_beneficiary.controllers.public import READ, SEND, PublicPage
from odoo.addons.cpa_beneficiary.models.crm_lead_website import NOT_TYPED
from odoo.addons.cpa_beneficiary.tools.links import LinkExpired
from odoo.http import request

from ..models.cpa_volunteer_guardian_page import GUARDIAN

# How many links and codes one address may try within an hour.
TRIES = 60


class GuardianController(PublicPage, http.Controller):
    """The page on which the guardian of a minor reads and signs, by a code to his own mobile (P-02)."""

    @http.route(f"{GUARDIAN}/<string:token>", **READ)
    def guardian(self, token, **_params):
        volunteer, status = self._find(token)
        return self._page("guardian", token, volunteer) if volunteer else self._closed(status)

    @http.route(f"{GUARDIAN}/<string:token>", **SEND)
    def guardian_code(self, token, **params):
        volunteer, status = self._find(token)
        if not volunteer:
            return self._closed(status)
        if refused := self._refused(params) or self._too_many(("volunteer/guardian/address", None, TRIES)):
            return self._page("guardian", token, volunteer, {"form": refused}, status=400)
        sent = request.env["cpa.proof.code"]._send(
            volunteer._guardian_purpose(), volunteer.guardian_phone, request.env.lang
        )
        if not sent:
            message = request.env._("Too many codes went there within an hour. Try again later, or call us.")
            return self._page("guardian", token, volunteer, {"form": message}, status=429)
        return request.redirect(f"{GUARDIAN}/{token}/sign", code=303)

    @http.route(f"{GUARDIAN}/<string:token>/sign", **READ)
    def guardian_sign(self, token, **_params):
        volunteer, status = self._find(token)
        return self._page("guardian_sign", token, volunteer) if volunteer else self._closed(status)

    @http.route(f"{GUARDIAN}/<string:token>/sign", **SEND)
    def guardian_sign_send(self, token, signer="", signature="", code="", **params):
        volunteer, status = self._find(token)
        if not volunteer:
            return self._closed(status)
        typed = {"signer": " ".join(NOT_TYPED.sub(" ", str(signer)).split())[:200], "signature": str(signature)}
        if refused := self._refused(params) or self._too_many(("volunteer/guardian/address", None, TRIES)):
            return self._page("guardian_sign", token, volunteer, {"form": refused}, typed, 400)
        errors = volunteer._guardian_sign(typed["signer"], typed["signature"], str(code)[:20], params.get("charter"))
        if errors:
            return self._page("guardian_sign", token, volunteer, errors, typed, 422)
        return self._show("cpa_volunteer.guardian_thanks", {"name": volunteer.name})

    def _find(self, token):
        """Return ``(volunteer, None)`` for a genuine link under which something is to be signed, else a status."""
        try:
            volunteer = request.env["cpa.volunteer"]._of_guardian(token)
        except LinkExpired:
            return None, 410
        return (volunteer, None) if volunteer and volunteer._papers_due() else (None, 404)

    def _closed(self, status):
        return self._show("cpa_volunteer.guardian_closed", {}, status)

    def _page(self, page, token, volunteer, errors=None, typed=None, status=200):
        values = volunteer._guardian_values()
        values |= {
            "address": f"{GUARDIAN}/{token}",
            "errors": errors or {},
            "typed": typed or {"signer": values["guardian"]},
            "form": {"signer": values["guardian"]},
        }
        return self._show(f"cpa_volunteer.{page}", values, status)
