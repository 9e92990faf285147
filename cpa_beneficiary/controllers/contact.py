from odoo import http
from odoo.http import request

from .public import READ, SEND, PublicPage

NUMBER = "cpa_inquiry_number"


class ContactController(PublicPage, http.Controller):
    """The page on which anybody asks us something. It takes the place of the website builder's form, which creates as
    superuser, is limited by nothing and loses what was typed (P-10, P-25).
    """

    @http.route("/contactus", **READ)
    def contact(self, **_params):
        return self._form({}, {})

    @http.route("/contactus", **SEND)
    def contact_send(self, **params):
        Lead = request.env["crm.lead"]
        typed = Lead._website_typed(params)
        if refused := self._refused(params):
            return self._form(typed, {"form": refused}, 400)
        if self._by_machine(params):
            return self._thank(None)
        errors = Lead._website_errors(typed)
        if errors:
            return self._form(typed, errors, 422)
        inquiry = Lead._website_inquiry(typed, request.httprequest.remote_addr)
        if not inquiry:
            message = request.env._("Too many questions came from here within an hour. Call us, or try again later.")
            return self._form(typed, {"form": message}, 429)
        return self._thank(inquiry.inquiry_number)

    @http.route("/contactus/thanks", **READ)
    def contact_thanks(self, **_params):
        return self._show("cpa_beneficiary.contact_thanks", {"number": request.session.get(NUMBER)})

    def _thank(self, number):
        # by the session, not the address: a number is not to be guessed or passed on
        request.session[NUMBER] = number
        return request.redirect("/contactus/thanks")

    def _form(self, typed, errors, status=200):
        values = {
            "typed": typed,
            "errors": errors,
            "governorates": request.env["crm.lead"]._website_governorates(),
        }
        return self._show("cpa_beneficiary.contact", values, status, private=False)
