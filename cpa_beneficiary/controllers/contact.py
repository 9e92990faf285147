from odoo import http
from odoo.http import request

# Filled by machines only: people neither see nor reach it.
HONEYPOT = "company_website"
NUMBER = "cpa_inquiry_number"


class ContactController(http.Controller):
    """The page on which anybody asks us something. It takes the place of the website builder's form, which creates as
    superuser, is limited by nothing and loses what was typed (P-10, P-25).
    """

    @http.route("/contactus", type="http", auth="public", website=True, methods=["GET"], sitemap=False, readonly=True)
    def contact(self, **_params):
        return self._form({}, {})

    # The token is checked below, with what was typed kept: the page of an expired one must not swallow a question.
    @http.route("/contactus", type="http", auth="public", website=True, methods=["POST"], sitemap=False, csrf=False)
    def contact_send(self, **params):
        Lead = request.env["crm.lead"]
        typed = Lead._website_typed(params)
        if not request.validate_csrf(params.get("csrf_token")):
            return self._form(
                typed, {"form": request.env._("The page had become too old. Please send it once more.")}, 400
            )
        if params.get(HONEYPOT):
            return self._thank(None)
        errors = Lead._website_errors(typed)
        if errors:
            return self._form(typed, errors, 422)
        inquiry = Lead._website_inquiry(typed, request.httprequest.remote_addr)
        if not inquiry:
            message = request.env._("Too many questions came from here within an hour. Call us, or try again later.")
            return self._form(typed, {"form": message}, 429)
        return self._thank(inquiry.inquiry_number)

    @http.route("/contactus/thanks", type="http", auth="public", website=True, methods=["GET"], sitemap=False)
    def contact_thanks(self, **_params):
        return request.render("cpa_beneficiary.contact_thanks", {"number": request.session.get(NUMBER)})

    def _thank(self, number):
        # by the session, not the address: a number is not to be guessed or passed on
        request.session[NUMBER] = number
        return request.redirect("/contactus/thanks")

    def _form(self, typed, errors, status=200):
        values = {
            "typed": typed,
            "errors": errors,
            "honeypot": HONEYPOT,
            "governorates": request.env["crm.lead"]._website_governorates(),
            "company": request.website.company_id.sudo(),  # name and telephone, which the page shows to anybody
        }
        return request.render("cpa_beneficiary.contact", values, status=status)
