from odoo import http
from odoo.exceptions import AccessDenied
from odoo.http import request

from ..models.cpa_application_paper import read_number
from ..models.cpa_request_pin import PIN_SCOPE, PIN_TRIES
from ..models.res_users_login import PURPOSE
from .public import READ, SEND, PublicPage
from .track import ADDRESS_LIMIT

# In the session: the contact to which a code is on its way.
ASKED = "cpa_login"
# In the session: the page that was asked for before.
WANTED = "cpa_login_wanted"


class LoginController(PublicPage, http.Controller):
    """Logging in by a code to a telephone or an e-mail address; a password does as well, on core's page (P-09)."""

    @http.route("/login", **READ)
    def login(self, **_params):
        if not request.env.user._is_public():
            return request.redirect("/my", code=303)
        return self._form({}, {})

    @http.route("/login", **SEND)
    def login_send(self, contact="", **params):
        typed = {"contact": str(contact)[:254]}
        stored = request.env["cpa.request"]._track_contact(typed["contact"])
        if refused := self._refused(params):
            return self._form(typed, {"form": refused}, 400)
        if not stored:
            message = request.env._("Write a mobile as 05xxxxxxxx, or an e-mail address.")
            return self._form(typed, {"contact": message}, 422)
        if not request.env["cpa.proof.code"]._send(PURPOSE, stored, request.env.lang):
            message = request.env._("Too many codes went there within an hour. Try again later, or call us.")
            return self._form(typed, {"form": message}, 429)
        request.session[ASKED] = stored
        return request.redirect("/login/code", code=303)

    @http.route("/login/code", **READ)
    def code(self, **_params):
        return self._code_form({}) if request.session.get(ASKED) else request.redirect("/login", code=303)

    @http.route("/login/code", **SEND)
    def code_send(self, code="", **params):
        contact = request.session.get(ASKED)
        if not contact:
            return request.redirect("/login", code=303)
        if refused := self._refused(params):
            return self._code_form({"form": refused}, 400)
        if refused := self._too_many(("login/address", None, ADDRESS_LIMIT)):
            return self._code_form({"form": refused}, 429)
        wrong = request.env._("This code is wrong or too old. Look again, or let us send another one.")
        try:
            credential = request.env["res.users"]._website_credential(contact, str(code)[:20], request.env.lang)
            if not credential:
                return self._code_form({"form": wrong}, 422)
            request.session.authenticate(request.env, credential)
        except AccessDenied:
            # staff has passwords; whose contact it is, is told to nobody
            return self._code_form({"form": wrong}, 422)
        request.session.pop(ASKED, None)
        # without a session yet, somebody's second factor is asked for
        wanted = request.session.pop(WANTED, None) or "/my"
        return request.redirect(wanted if request.session.uid else "/web/login/totp", code=303)

    # ------------------------------------------------------------------
    # A login whose file is not known yet
    # ------------------------------------------------------------------

    @http.route("/my/prove", **{**READ, "auth": "user"})
    def prove(self, **_params):
        return self._prove_form({}, {})

    @http.route("/my/prove", **{**SEND, "auth": "user"})
    def prove_send(self, number="", pin="", **params):
        typed = {"number": str(number)[:40]}
        counts = (
            ("track/address", None, ADDRESS_LIMIT),
            (PIN_SCOPE, read_number(typed["number"]) or "-", PIN_TRIES),
        )
        if refused := self._refused(params):
            return self._prove_form(typed, {"form": refused}, 400)
        if refused := self._too_many(*counts):
            return self._prove_form(typed, {"form": refused}, 429)
        wrong = request.env.user._website_prove(typed["number"], str(pin)[:20])
        return self._prove_form(typed, {"form": wrong}, 422) if wrong else request.redirect("/my", code=303)

    def _form(self, typed, errors, status=200):
        return self._show("cpa_beneficiary.login", {"typed": typed, "errors": errors}, status)

    def _code_form(self, errors, status=200):
        return self._show("cpa_beneficiary.login_code", {"errors": errors}, status)

    def _prove_form(self, typed, errors, status=200):
        return self._show("cpa_beneficiary.login_prove", {"typed": typed, "errors": errors}, status)
