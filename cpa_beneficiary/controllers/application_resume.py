from odoo import http
from odoo.http import request

from ..models.cpa_application_paper import read_number
from ..models.cpa_application_resume import PURPOSE
from ..models.cpa_request_pin import PIN_SCOPE, PIN_TRIES
from .application import APPLICATION
from .public import READ, SEND, PublicPage

# In the session: the contact to which a code is on its way.
ASKED = "cpa_application_code"
# How often within an hour one address, which a village may share, asks for a draft.
RESUME = 20
# How often one draft's number is asked for, with whatever PIN or code.
RESUME_NUMBER = 6


class ApplicationResumeController(PublicPage, http.Controller):
    """Going on with a draft on another device: by its number and PIN, or its number and a code (P-09)."""

    @http.route("/apply/resume", **READ)
    def resume(self, **_params):
        return self._resume_page({}, {})

    @http.route("/apply/resume", **SEND)
    def resume_with(self, number="", pin="", **params):
        number, pin = str(number), str(pin)  # a file under a text's name is none
        typed = {"number": number[:40]}
        if refused := self._refused(params):
            return self._resume_page(typed, {"form": refused}, 400)
        if refused := self._too_many(*self._counts(number), (PIN_SCOPE, self._key(number), PIN_TRIES)):
            return self._resume_page(typed, {"form": refused}, 429)
        application = request.env["cpa.application"]._resume(number[:40], pin[:40])
        if not application:
            wrong = request.env._("Number and PIN do not belong together, or the application was kept no longer.")
            return self._resume_page(typed, {"number": wrong}, 422)
        return self._open(application)

    @http.route("/apply/resume/code", **READ)
    def code(self, **_params):
        return self._code_page({"contact": request.session.get(ASKED, "")}, {})

    @http.route("/apply/resume/code", **SEND)
    def code_send(self, contact="", **params):
        typed = {"contact": str(contact)[:254]}
        stored = request.env["cpa.request"]._track_contact(typed["contact"])
        if refused := self._refused(params):
            return self._code_page(typed, {"form": refused}, 400)
        if not stored:
            message = request.env._("Write a mobile as 05xxxxxxxx, or an e-mail address.")
            return self._code_page(typed, {"contact": message}, 422)
        if not request.env["cpa.proof.code"]._send(PURPOSE, stored, request.env.lang):
            message = request.env._("Too many codes went there within an hour. Try again later, or let us call you.")
            return self._code_page(typed, {"form": message}, 429)
        request.session[ASKED] = stored
        return request.redirect("/apply/resume/code/enter", code=303)

    @http.route("/apply/resume/code/enter", **READ)
    def enter(self, **_params):
        if not request.session.get(ASKED):
            return request.redirect("/apply/resume/code", code=303)
        return self._enter_page({}, {})

    @http.route("/apply/resume/code/enter", **SEND)
    def enter_code(self, number="", code="", **params):
        number = str(number)
        typed = {"number": number[:40]}
        contact = request.session.get(ASKED)
        if not contact:
            return request.redirect("/apply/resume/code", code=303)
        if refused := self._refused(params):
            return self._enter_page(typed, {"form": refused}, 400)
        if refused := self._too_many(*self._counts(number)):
            return self._enter_page(typed, {"form": refused}, 429)
        application = request.env["cpa.application"]._resume_by_code(number[:40], contact, str(code)[:20])
        if not application:
            wrong = request.env._("Number and code do not belong together, or the application was kept no longer.")
            return self._enter_page(typed, {"number": wrong}, 422)
        return self._open(application)

    # ------------------------------------------------------------------
    # What all of them do
    # ------------------------------------------------------------------

    def _key(self, number):
        return read_number(number[:40]) or "-"

    def _counts(self, number):
        return ("apply/resume", None, RESUME), ("apply/resume/number", self._key(number), RESUME_NUMBER)

    def _open(self, application):
        request.session.pop(ASKED, None)
        request.session[APPLICATION] = application.token
        return request.redirect(f"/apply/{application._open_step('sign', request.env.user)}", code=303)

    def _resume_page(self, typed, errors, status=200):
        return self._show("cpa_beneficiary.application_resume", {"errors": errors, "typed": typed}, status)

    def _code_page(self, typed, errors, status=200):
        return self._show("cpa_beneficiary.application_resume_code", {"errors": errors, "typed": typed}, status)

    def _enter_page(self, typed, errors, status=200):
        return self._show("cpa_beneficiary.application_resume_enter", {"errors": errors, "typed": typed}, status)
