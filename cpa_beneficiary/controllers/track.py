import time

from odoo import http
from odoo.http import request

from ..models.cpa_application_paper import read_number
from ..models.cpa_request_pin import PIN_SCOPE, PIN_TRIES
from ..models.cpa_request_track import PURPOSE
from .public import READ, SEND, PublicPage

# What the session may see, for how long (seconds); and the contact to which a code is on its way.
TRACKED, ASKED = "cpa_track", "cpa_track_code"
MINUTES_20 = 20 * 60
ADDRESS_LIMIT = 60


class TrackController(PublicPage, http.Controller):
    """Where a request stands, without an account: by the number and PIN of the slip, or by a code (P-09)."""

    @http.route("/track", **READ)
    def track(self, number="", **_params):
        return self._form({"number": str(number)[:40]}, {})

    @http.route("/track", **SEND)
    def track_by_pin(self, number="", pin="", **params):
        typed = {"number": str(number)[:40], "pin": str(pin)[:20]}
        if refused := self._refused(params):
            return self._form(typed, {"form": refused}, 400)
        if refused := self._too_many(*self._counts(typed["number"])):
            return self._form(typed, {"form": refused}, 429)
        found = request.env["cpa.request"]._track_by_pin(typed["number"], typed["pin"])
        if not found:
            return self._form({"number": typed["number"]}, {"form": self._wrong()}, 422)
        return self._open(found)

    @http.route("/track/code", **READ)
    def code(self, **_params):
        return self._code_form({"contact": request.session.get(ASKED, {}).get("contact", "")}, {})

    @http.route("/track/code", **SEND)
    def code_send(self, contact="", **params):
        typed = {"contact": str(contact)[:254]}
        stored = request.env["cpa.request"]._track_contact(typed["contact"])
        if refused := self._refused(params):
            return self._code_form(typed, {"form": refused}, 400)
        if not stored:
            message = request.env._("Write a mobile as 05xxxxxxxx, or an e-mail address.")
            return self._code_form(typed, {"contact": message}, 422)
        if not request.env["cpa.proof.code"]._send(PURPOSE, stored, request.env.lang):
            message = request.env._("Too many codes went there within an hour. Use the PIN of the slip, or call us.")
            return self._code_form(typed, {"form": message}, 429)
        request.session[ASKED] = {"contact": stored}
        return request.redirect("/track/code/enter", code=303)

    @http.route("/track/code/enter", **READ)
    def enter(self, **_params):
        if not request.session.get(ASKED):
            return request.redirect("/track/code", code=303)
        return self._enter_form({}, {})

    @http.route("/track/code/enter", **SEND)
    def enter_code(self, number="", code="", **params):
        typed = {"number": str(number)[:40], "code": str(code)[:20]}
        asked = request.session.get(ASKED)
        if not asked:
            return request.redirect("/track/code", code=303)
        if refused := self._refused(params):
            return self._enter_form(typed, {"form": refused}, 400)
        if refused := self._too_many(*self._counts(typed["number"])):
            return self._enter_form(typed, {"form": refused}, 429)
        found = request.env["cpa.request"]._track_by_code(typed["number"], asked["contact"], typed["code"])
        if not found:
            return self._enter_form({"number": typed["number"]}, {"form": self._wrong()}, 422)
        return self._open(found)

    @http.route("/track/request", **READ)
    def shown(self, **_params):
        right = request.session.get(TRACKED) or {}
        if right.get("until", 0) < time.time():
            return request.redirect("/track", code=303)
        # the session proved number and PIN, or number and code, a few minutes ago
        found = request.env[right["model"]].sudo().browse(right["id"]).exists()
        if not found:
            return request.redirect("/track", code=303)
        return self._show("cpa_beneficiary.track_shown", {"tracked": found._track_values()})

    @http.route("/track/done", **SEND)
    def done(self, **params):
        if not self._refused(params):
            self._forget()
        return request.redirect("/track", code=303)

    # ------------------------------------------------------------------
    # What all of them do
    # ------------------------------------------------------------------

    def _counts(self, number):
        number = read_number(number) or "-"
        return ("track/address", None, ADDRESS_LIMIT), (PIN_SCOPE, number, PIN_TRIES)

    def _wrong(self):
        return request.env._("These do not belong together. Please compare both with your slip, or call us.")

    def _open(self, found):
        self._forget()
        request.session[TRACKED] = {"model": found._name, "id": found.id, "until": int(time.time()) + MINUTES_20}
        return request.redirect("/track/request", code=303)

    def _forget(self):
        request.session.pop(TRACKED, None)
        request.session.pop(ASKED, None)

    def _form(self, typed, errors, status=200):
        return self._show("cpa_beneficiary.track", {"typed": typed, "errors": errors}, status)

    def _code_form(self, typed, errors, status=200):
        return self._show("cpa_beneficiary.track_code", {"typed": typed, "errors": errors}, status)

    def _enter_form(self, typed, errors, status=200):
        return self._show("cpa_beneficiary.track_enter", {"typed": typed, "errors": errors}, status)
