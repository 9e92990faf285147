from odoo import http
from odoo.addons.cpa_beneficiary.controllers.login import WANTED
from odoo.addons.cpa_beneficiary.controllers.public import PRIVATE, READ, SEND
from odoo.addons.cpa_beneficiary.models.crm_lead_website import NOT_TYPED
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from ..models.cpa_shift import HERE
from .volunteering import OpportunityPage

MINE = {**READ, "auth": "user"}
# the token is checked by ``PublicPage._refused``, with what was typed kept
DO = {**SEND, "auth": "user"}
# How often within an hour one volunteer brings something, and has a certificate set as PDF.
BRING, PDFS = 20, 30


class MyVolunteeringController(OpportunityPage, http.Controller):
    """What is a volunteer's own: papers to sign, shifts, hours, certificates, and what he brought for others (P-09)."""

    # A visitor logs in by a code first and comes back.
    @http.route("/my/volunteering", **READ)
    def mine(self, done=None, **_params):
        if request.env.user._is_public():
            return self._log_in("/my/volunteering")
        return self._mine(done=done if done in ("taken", "cancelled", "late", "logged", "asked", "signed") else None)

    # ------------------------------------------------------------------
    # Shifts
    # ------------------------------------------------------------------

    @http.route("/my/volunteering/shift/<int:shift_id>/take", **DO)
    def take(self, shift_id, **params):
        # published for everybody to read
        shift = request.env["cpa.shift"].sudo().browse(shift_id).exists()
        if refused := self._refused(params):
            return self._opportunity_page(shift.opportunity_id.id, {"form": refused}, 400)
        line, error = self._try(lambda: request.env["cpa.participation"]._portal_take(shift_id))
        if error:
            return self._opportunity_page(shift.opportunity_id.id, {"form": error}, 422)
        if not line:
            raise request.not_found()
        return request.redirect("/my/volunteering?done=taken", code=303)

    @http.route("/my/volunteering/<int:participation_id>/cancel", **DO)
    def cancel(self, participation_id, **params):
        line = self._own(participation_id)
        if refused := self._refused(params):
            return self._mine({"form": refused}, status=400)
        _done, error = self._try(lambda: line.write({"state": "cancelled"}))
        if error:
            return self._mine({"form": error}, status=422)
        return request.redirect(f"/my/volunteering?done={'late' if line.is_late_cancel else 'cancelled'}", code=303)

    @http.route("/my/volunteering/<int:participation_id>/hours", **DO)
    def hours(self, participation_id, **params):
        line = self._own(participation_id)
        typed = {name: NOT_TYPED.sub(" ", str(params.get(name) or ""))[:2000] for name in ("note", "reason")}
        typed |= {name: str(params.get(name) or "")[:5] for name in ("from", "to")}
        error = self._refused(params)
        if not error:
            _done, error = self._try(lambda: line._portal_log(typed))
        if error:
            return self._mine({"form": error}, {line.id: typed}, status=422)
        return request.redirect("/my/volunteering?done=logged", code=303)

    @http.route("/my/volunteering/<int:participation_id>.ics", **MINE)
    def calendar(self, participation_id, **_params):
        line = self._own(participation_id)
        headers = {
            **PRIVATE,
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": 'attachment; filename="shift.ics"',
        }
        return request.make_response(line._portal_calendar(), list(headers.items()))

    # ------------------------------------------------------------------
    # At the place: the code that hangs there
    # ------------------------------------------------------------------

    @http.route(f"{HERE}/<string:token>", **READ)
    def here(self, token, **_params):
        if request.env.user._is_public():
            return self._log_in(f"{HERE}/{token[:128]}")
        return self._here_page(token)

    @http.route(f"{HERE}/<string:token>", **DO)
    def here_now(self, token, **params):
        if refused := self._refused(params):
            return self._here_page(token, {"form": refused}, 400)
        line, why = request.env["cpa.participation"]._portal_here(token)
        if line and not why:
            _done, error = self._try(lambda: line.write({"state": "attended"}))
            if error:
                return self._here_page(token, {"form": error}, 422)
        return self._here_page(token)

    def _here_page(self, token, errors=None, status=200):
        line, why = request.env["cpa.participation"]._portal_here(token)
        values = {"line": line and line._portal_values(), "why": why, "token": token, "errors": errors or {}}
        return self._show("cpa_volunteer.check_in", values, status)

    # ------------------------------------------------------------------
    # Papers
    # ------------------------------------------------------------------

    @http.route("/my/volunteering/sign/<string:code>", **MINE)
    def sign(self, code, **_params):
        return self._sign_page(code)

    @http.route("/my/volunteering/sign/<string:code>", **DO)
    def sign_send(self, code, signer="", signature="", **params):
        volunteer = request.env["cpa.volunteer"]._portal_own()
        template = volunteer._portal_due(code)
        if not template:
            return request.redirect("/my/volunteering", code=303)
        typed = {"signer": " ".join(NOT_TYPED.sub(" ", str(signer)).split())[:200], "signature": str(signature)}
        if refused := self._refused(params):
            return self._sign_page(code, typed, {"form": refused}, 400)
        if errors := volunteer._portal_sign(template, typed["signer"], typed["signature"], params.get("charter")):
            return self._sign_page(code, typed, errors, 422)
        return request.redirect("/my/volunteering?done=signed", code=303)

    def _sign_page(self, code, typed=None, errors=None, status=200):
        volunteer = request.env["cpa.volunteer"]._portal_own()
        template = volunteer._portal_due(code)
        if not template:
            raise request.not_found()
        charter = volunteer._charter_due()
        values = {
            "title": template.name,
            "action": f"/my/volunteering/sign/{code}",
            "back": self._back(),
            "sections": template._sections() + [(text.name, text.body) for text in charter],
            "charter": charter.id,
            "form": {"signer": volunteer.name},
            "typed": typed or {"signer": volunteer.name},
            "errors": errors or {},
        }
        return self._show("cpa_beneficiary.agreement_sign", values, status)

    def _back(self):
        return "/my/volunteering", request.env._("My volunteering")

    @http.route("/my/volunteering/paper/<int:agreement_id>", **MINE)
    def paper(self, agreement_id, **_params):
        paper = request.env["cpa.volunteer"]._portal_own()._portal_paper(agreement_id)
        if not paper:
            raise request.not_found()
        return self._show("cpa_beneficiary.agreement_paper", {"paper": paper, "back": self._back()})

    @http.route("/my/volunteering/guardian", **DO)
    def guardian(self, **params):
        volunteer = request.env["cpa.volunteer"]._portal_own()
        if not volunteer:
            raise request.not_found()
        error = self._refused(params) or volunteer._portal_ask_guardian()
        if error:
            return self._mine({"form": error}, status=422)
        return request.redirect("/my/volunteering?done=asked", code=303)

    # It is counted, so the route writes a line of the limit's log.
    @http.route("/my/volunteering/certificate/<int:certificate_id>", **{**MINE, "readonly": False})
    def certificate(self, certificate_id, lang=None, **_params):
        volunteer = request.env["cpa.volunteer"]._portal_own()
        certificate = volunteer.certificate_ids.filtered(lambda c: c.id == certificate_id)
        if not certificate:
            raise request.not_found()
        if refused := self._too_many(("volunteer/pdf", str(volunteer.id), PDFS)):  # each costs the server a second
            return self._mine({"form": refused}, status=429)
        paper_lang = request.env["cpa.reply.text"]._lang_of("en_US" if lang == "en" else None)
        # his own certificate, found through his own file
        report = request.env["ir.actions.report"].sudo().with_context(paper_lang=paper_lang, lang=paper_lang)
        pdf, _kind = report._render_qweb_pdf("cpa_volunteer.cpa_volunteer_certificate_report", certificate.ids)
        headers = {
            **PRIVATE,
            "Content-Type": "application/pdf",
            "Content-Disposition": f'inline; filename="{certificate.number}.pdf"',
        }
        return request.make_response(pdf, list(headers.items()))

    # ------------------------------------------------------------------
    # For somebody else (P-24)
    # ------------------------------------------------------------------

    @http.route("/my/volunteering/bring", **MINE)
    def bring(self, **_params):
        self._active()
        return self._bring_page({}, {})

    @http.route("/my/volunteering/bring", **DO)
    def bring_send(self, **params):
        volunteer = self._active()
        Lead = request.env["crm.lead"]
        typed = Lead._brought_typed(params)
        if refused := self._refused(params):
            return self._bring_page(typed, {"form": refused}, 400)
        if errors := Lead._brought_errors(typed):
            return self._bring_page(typed, errors, 422)
        if refused := self._too_many(("volunteer/bring", str(volunteer.id), BRING)):
            return self._bring_page(typed, {"form": refused}, 429)
        return self._show("cpa_volunteer.brought", {"number": Lead._bring(volunteer, typed)})

    def _bring_page(self, typed, errors, status=200):
        Lead = request.env["crm.lead"]
        values = {
            "typed": typed,
            "errors": errors,
            "services": Lead._brought_services(),
            "governorates": [(found.id, found.name) for found in Lead._website_governorates()],
        }
        return self._show("cpa_volunteer.bring", values, status)

    # ------------------------------------------------------------------
    # What all of them do
    # ------------------------------------------------------------------

    def _log_in(self, wanted):
        request.session[WANTED] = wanted
        return request.redirect("/login", code=303)

    def _own(self, participation_id):
        line = request.env["cpa.participation"]._portal_own(participation_id)
        if not line:
            raise request.not_found()
        return line

    def _active(self):
        volunteer = request.env["cpa.volunteer"]._portal_own()
        if volunteer.state != "active":
            raise request.not_found()
        return volunteer

    def _try(self, what):
        """Do it: return ``(result, None)``; or nothing of it, and ``(None, why not)`` for the page to say."""
        try:
            with request.env.cr.savepoint():
                return what(), None
        except (UserError, ValidationError) as error:
            return None, str(error)

    def _mine(self, errors=None, logging=None, done=None, status=200):
        """The volunteer's page.

        :param dict logging: what was typed as hours of a participation (by its id)
        """
        volunteer = request.env["cpa.volunteer"]._portal_own()
        values = {
            "volunteer": volunteer and volunteer._portal_values(),
            "errors": errors or {},
            "logging": logging or {},
            "done": done,
        }
        return self._show("cpa_volunteer.mine", values, status)
