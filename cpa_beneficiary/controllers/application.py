from odoo import http
from odoo.http import request

from .public import PRIVATE, READ, SEND, PublicPage

# In the session: the token of the application that this browser fills in, where its code went, what went wrong.
APPLICATION = "cpa_application"
SENT = "cpa_application_sent"
# How often within an hour one address, which a village may share, begins or sends.
BEGIN, SENT_OFF = 60, 30
# How often one address has receipts set as PDF.
PDFS = 40


class ApplicationController(PublicPage, http.Controller):
    """Applying without an account, in seven screens at most; what was typed is kept with every step (P-09, P-30)."""

    # ------------------------------------------------------------------
    # Begin, forget
    # ------------------------------------------------------------------

    @http.route("/apply", **{**READ, "sitemap": True})
    def begin(self, service=None, **_params):
        return self._begin_page(service=service)

    @http.route("/apply", **SEND)
    def begin_with(self, service=None, **params):
        Application = request.env["cpa.application"]
        chosen = Application._services().filtered(lambda found: found.code == service)
        if not chosen or self._by_machine(params):
            return self._begin_page({"service": request.env._("Choose what you apply for.")}, status=422)
        if not request.validate_csrf(params.get("csrf_token")):
            return self._begin_page({"form": self._too_old()}, service, 400)
        if refused := self._too_many(("apply/begin", None, BEGIN)):
            return self._begin_page({"form": refused}, status=429)
        application = self._of_session()
        if application.state == "draft":
            application._choose(chosen)
        else:
            application = Application._begin(chosen, request.env.lang)
        request.session[APPLICATION] = application.token
        return self._go("whom")

    @http.route("/apply/forget", **SEND)
    def forget(self, **params):
        if request.validate_csrf(params.get("csrf_token")):
            application = self._of_session()
            if application:
                application._forget()
            request.session.pop(APPLICATION, None)
            request.session.pop(SENT, None)
        return request.redirect("/apply")

    # ------------------------------------------------------------------
    # The steps
    # ------------------------------------------------------------------

    @http.route("/apply/<any(whom,data,documents,sign):step>", **READ)
    def step(self, step, **_params):
        application = self._of_session()
        if not application:
            return request.redirect("/apply")
        shown = application._open_step(step, request.env.user)
        return self._go(shown) if shown != step else self._page(step, application)

    @http.route("/apply/<any(whom,data):step>", **SEND)
    def step_with(self, step, **params):
        application, stale = self._of_page(params)
        if not application:
            return self._gone()
        application._keep(step, params, request.env.user)
        if params.get("keep"):  # kept by the way, as the page is left
            return request.make_response("", status=204)
        if stale:
            return self._page(step, application, {"form": self._too_old()}, status=400)
        if params.get("back"):
            return request.redirect("/apply" if step == "whom" else "/apply/whom")
        errors = application._errors(step, request.env.user)
        if errors:
            return self._page(step, application, errors, status=422)
        return self._go(application._after(step))

    @http.route("/apply/documents", **SEND)
    def documents_with(self, **params):
        application, stale = self._of_page(params)
        if not application:
            return self._gone()
        uploaded = request.httprequest.files
        errors = application._add_files(
            {
                requirement.id: [
                    (file.filename or "", file.read())
                    for file in uploaded.getlist(f"document_{requirement.id}")[: application.FILES_AT_ONCE]
                    if file.filename
                ]
                for requirement in application._requirements()
            }
        )
        removed = str(params.get("remove") or "")[:12]
        if removed.isdecimal() and not stale:
            application._remove_file(int(removed))
            return self._go("documents")
        if stale:
            errors = {"form": self._too_old(), **errors}
        if errors:
            return self._page("documents", application, errors, status=400 if stale else 422)
        if params.get("back"):
            return self._go("data")
        return self._go("documents" if params.get("add") else "sign")

    @http.route("/apply/sign", **SEND)
    def sign_with(self, **params):
        application, stale = self._of_page(params)
        if not application:
            return self._gone()
        user = request.env.user
        typed = {name: params.get(name) for name in ("agree", "explained", "signer_name", "signature")}
        if stale:
            return self._page("sign", application, {"form": self._too_old()}, typed, 400)
        if params.get("back"):
            return self._go("documents" if application._requirements() else "data")
        if application.state == "draft":
            earlier = application._open_step("sign", user)
            if earlier != "sign":
                return self._go(earlier)
            errors = application._sign_errors(params)
            if errors:
                return self._page("sign", application, errors, typed, 422)
            if refused := self._too_many(("apply/send", None, SENT_OFF)):
                return self._page("sign", application, {"form": refused}, typed, 429)
            application._send(params, user)
            application._prove_at_once(user)
        return self._go(application._open_step("proof", user))

    # ------------------------------------------------------------------
    # Proof and receipt
    # ------------------------------------------------------------------

    @http.route("/apply/proof", **READ)
    def proof(self, **_params):
        application = self._of_session()
        if application.state != "submitted" or application.proof not in (False, "later"):
            return self._go("receipt")
        return self._page("proof", application)

    @http.route("/apply/proof", **SEND)
    def proof_with(self, action="", **params):
        application, stale = self._of_page(params)
        if not application:
            return self._gone()
        # a file under a text's name is none
        typed = {name: str(params.get(name) or "")[:40] for name in ("code", "number")}
        if stale:
            return self._page("proof", application, {"form": self._too_old()}, typed, 400)
        field, wrong = "form", None
        if action in ("send-phone", "send-email"):
            wrong = application._send_code(action.removeprefix("send-"))
            if not wrong:
                request.session[SENT] = action.removeprefix("send-")
                return self._go("proof")
        elif action == "code":
            field, wrong = "code", application._prove_by_code(typed["code"])
        elif action == "pin":
            address, pin = request.httprequest.remote_addr, str(params.get("pin") or "")[:40]
            field, wrong = "number", application._prove_by_pin(typed["number"], pin, address)
        elif action == "later":
            application._prove_later()
        if wrong:
            return self._page("proof", application, {field: wrong}, typed, 422)
        request.session.pop(SENT, None)
        return self._go("receipt")

    @http.route("/apply/receipt", **READ)
    def receipt(self, **_params):
        application = self._of_session()
        if not application or application.state == "draft":
            return request.redirect("/apply")
        return self._page("receipt", application)

    # It is counted, so the route writes a line of the limit's log.
    @http.route("/apply/receipt/pdf", **{**READ, "readonly": False})
    def receipt_pdf(self, **_params):
        application = self._of_session()
        if not application or application.state == "draft":
            return request.redirect("/apply")
        if refused := self._too_many(("apply/pdf", None, PDFS)):  # each costs the server a second
            return self._page("receipt", application, {"form": refused}, status=429)
        # the session's own application, as it may be seen on its page
        Report = request.env["ir.actions.report"].sudo()
        pdf, _kind = Report._render_qweb_pdf("cpa_beneficiary.cpa_application_report_slip", application.ids)
        headers = {
            **PRIVATE,
            "Content-Type": "application/pdf",
            "Content-Disposition": f'inline; filename="{application.number}.pdf"',
        }
        return request.make_response(pdf, headers=list(headers.items()))

    # ------------------------------------------------------------------
    # What all of them do
    # ------------------------------------------------------------------

    def _of_session(self):
        return request.env["cpa.application"]._find(request.session.get(APPLICATION))

    def _of_page(self, params):
        """Return ``(application, stale)``: that of the page that is sent, by the token that only this page has.

        A session that ended meanwhile is given it again with the next press of the button. Stale: the session's own
        token does not fit, so that only what was typed is kept; what another website sent is not even looked at.
        """
        stale = not request.validate_csrf(params.get("csrf_token"))
        application = request.env["cpa.application"]._find(params.get("application"))
        if stale and request.httprequest.headers.get("Sec-Fetch-Site") == "cross-site":
            application = application.browse()
        if application and not stale:
            request.session[APPLICATION] = application.token
        return application, stale

    def _gone(self):
        """The page is of an application that was forgotten on this device, or is kept no longer."""
        return self._begin_page({"form": request.env._("This application is no longer open here.")}, status=410)

    def _go(self, step):
        return request.redirect(f"/apply/{step}", code=303)

    def _too_old(self):
        return request.env._("The page had become too old. Nothing is lost: please press the button once more.")

    def _begin_page(self, errors=None, service=None, status=200):
        Application = request.env["cpa.application"]
        application = self._of_session()
        values = {
            "errors": errors or {},
            "services": Application._service_cards(service),
            "begun": application._began() if application.state == "draft" else None,
            "steps": Application._first_steps(),
        }
        return self._show("cpa_beneficiary.application_begin", values, status)

    def _page(self, step, application, errors=None, typed=None, status=200):
        # texts, days and lists: a page never gets the record
        values = application._page_values(step, request.env.user, typed or {})
        values |= {"errors": errors or {}, "sent": request.session.get(SENT)}
        return self._show(f"cpa_beneficiary.application_{step}", values, status)
