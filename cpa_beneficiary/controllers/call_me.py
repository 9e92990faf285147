from odoo import http
from odoo.http import request

from ..models.crm_lead_call import ADDRESS_LIMIT
from ..tools.saudi import national_phone
from .public import READ, SEND, PublicPage


class CallMeController(PublicPage, http.Controller):
    """“Call me”, one tap from every page: a telephone number is enough (P-10, P-20)."""

    @http.route("/call-me", **{**READ, "sitemap": True})
    def call_me(self, **_params):
        user = request.env.user
        phone = "" if user._is_public() else user.partner_id.phone  # one's own
        return self._form({"phone": national_phone(phone) if phone else "", "time": ""}, {})

    @http.route("/call-me", **SEND)
    def call_me_now(self, **params):
        Lead = request.env["crm.lead"]
        typed = Lead._call_typed(params)
        if refused := self._refused(params):
            return self._form(typed, {"form": refused}, 400)
        if not self._by_machine(params):
            if errors := Lead._call_errors(typed):
                return self._form(typed, errors, 422)
            if refused := self._too_many(("call/address", None, ADDRESS_LIMIT)):
                return self._form(typed, {"form": refused}, 429)
            Lead._call_wanted(typed)
        return request.redirect("/call-me/thanks", code=303)

    @http.route("/call-me/thanks", **READ)
    def call_me_thanks(self, **_params):
        return self._show("cpa_beneficiary.call_me_thanks", {})

    def _form(self, typed, errors, status=200):
        times = request.env["crm.lead"]._fields["call_time"]._description_selection(request.env)
        return self._show("cpa_beneficiary.call_me", {"typed": typed, "errors": errors, "times": times}, status)
