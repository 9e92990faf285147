from odoo import http
from odoo.addons.cpa_beneficiary.tools import links
from odoo.addons.cpa_beneficiary.tools.links import LinkExpired
from odoo.addons.cpa_beneficiary.tools.text import ascii_digits
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from ..models.cpa_shift import HERE

# Filled by machines only: people neither see nor reach it.
HONEYPOT = "company_website"
WEBSITE = {"type": "http", "website": True, "sitemap": False}
MINE = {**WEBSITE, "auth": "user"}


class Volunteering(http.Controller):
    """Where anybody reads of opportunities and offers help, and a volunteer finds what is his (P-09, P-24)."""

    # ------------------------------------------------------------------
    # Anybody
    # ------------------------------------------------------------------

    @http.route("/volunteer", auth="public", methods=["GET"], readonly=True, **{**WEBSITE, "sitemap": True})
    def opportunities(self, **_params):
        found = request.env["cpa.opportunity"]._website_open()
        return request.render("cpa_volunteer.opportunities", {"opportunities": [o._website_values() for o in found]})

    @http.route("/volunteer/<int:number>", auth="public", methods=["GET"], readonly=True, **WEBSITE)
    def opportunity(self, number, **_params):
        found = request.env["cpa.opportunity"]._website_open().filtered(lambda o: o.id == number)
        if not found:
            raise request.not_found()
        values = {
            "opportunity": found._website_values(shifts=True),
            "volunteer": request.env["cpa.volunteer"]._portal_own()[:1].state,
            "error": request.params.get("error"),
        }
        return request.render("cpa_volunteer.opportunity", values)

    @http.route("/volunteer/apply", auth="public", methods=["GET"], readonly=True, **WEBSITE)
    def application(self, **_params):
        return self._form({}, {})

    # the token is checked below, with what was typed kept
    @http.route("/volunteer/apply", auth="public", methods=["POST"], csrf=False, **WEBSITE)
    def application_send(self, **params):
        Volunteer = request.env["cpa.volunteer"]
        typed = Volunteer._website_typed(params, request.httprequest.form)
        if not request.validate_csrf(params.get("csrf_token")):
            return self._form(
                typed, {"form": request.env._("The page had become too old. Please send it once more.")}, 400
            )
        if not params.get(HONEYPOT):
            errors = Volunteer._website_errors(typed)
            if errors:
                return self._form(typed, errors, 422)
            if not Volunteer._website_apply(typed, request.httprequest.remote_addr):
                message = request.env._("Too many came from here within an hour. Call us, or try again later.")
                return self._form(typed, {"form": message}, 429)
        return request.redirect("/volunteer/thanks", code=303)

    @http.route("/volunteer/thanks", auth="public", methods=["GET"], readonly=True, **WEBSITE)
    def application_thanks(self, **_params):
        return request.render("cpa_volunteer.application_thanks")

    def _form(self, typed, errors, status=200):
        values = {
            "typed": typed,
            "errors": errors,
            "honeypot": HONEYPOT,
            **request.env["cpa.volunteer"]._website_choices(),
        }
        return request.render("cpa_volunteer.application", values, status=status)

    # ------------------------------------------------------------------
    # A volunteer's own
    # ------------------------------------------------------------------

    @http.route("/my/volunteering", methods=["GET"], readonly=True, **MINE)
    def mine(self, error=None, **_params):
        return self._mine(error)

    @http.route("/my/volunteering/shift/<int:number>/take", methods=["POST"], **MINE)
    def take(self, number, **_params):
        return self._do(lambda: request.env["cpa.participation"]._portal_take(number))

    @http.route("/my/volunteering/<int:number>/cancel", methods=["POST"], **MINE)
    def cancel(self, number, **_params):
        return self._do_own(number, lambda line: line.write({"state": "cancelled"}))

    @http.route("/my/volunteering/<int:number>/hours", methods=["POST"], **MINE)
    def hours(self, number, hours="", note="", reason="", **_params):
        try:
            logged = float(ascii_digits(str(hours)).strip().replace("٫", ".").replace(",", "."))
        except ValueError:
            return self._mine(request.env._("Write the hours as a number, for example 3.5."), 422)
        if not 0 < logged <= 24:
            return self._mine(request.env._("The hours of a shift lie between 0 and 24."), 422)
        return self._do_own(number, lambda line: line._log_hours(logged, str(note)[:2000], str(reason)[:2000]))

    @http.route("/my/volunteering/<int:number>.ics", methods=["GET"], readonly=True, **MINE)
    def calendar(self, number, **_params):
        line = request.env["cpa.participation"]._portal_own(number)
        if not line:
            raise request.not_found()
        headers = [
            ("Content-Type", "text/calendar; charset=utf-8"),
            ("Content-Disposition", 'attachment; filename="shift.ics"'),
        ]
        return request.make_response(line._portal_calendar(), headers)

    @http.route("/my/volunteering/agreement/<int:number>", methods=["GET"], readonly=True, **MINE)
    def agreement(self, number, **_params):
        return self._agreement(number)

    @http.route("/my/volunteering/agreement/<int:number>", methods=["POST"], **MINE)
    def agreement_sign(self, number, signer="", signature="", **_params):
        agreement = request.env["cpa.agreement"]._portal_own(number)
        if not agreement:
            raise request.not_found()
        error = agreement._portal_sign(str(signer)[:200], str(signature))
        if error:
            return self._agreement(number, error, 422)
        return request.redirect("/my/volunteering", code=303)

    @http.route("/my/volunteering/certificate/<int:number>", methods=["GET"], readonly=True, **MINE)
    def certificate(self, number, lang=None, **_params):
        volunteer = request.env["cpa.volunteer"]._portal_own()
        certificate = volunteer.certificate_ids.filtered(lambda c: c.id == number)
        if not certificate:
            raise request.not_found()
        paper_lang = request.env["cpa.reply.text"]._lang_of("en_US" if lang == "en" else None)
        # his own certificate, found through his own file
        report = request.env["ir.actions.report"].sudo().with_context(paper_lang=paper_lang, lang=paper_lang)
        pdf, _kind = report._render_qweb_pdf("cpa_volunteer.cpa_volunteer_certificate_report", certificate.ids)
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Disposition", f'inline; filename="{certificate.number}.pdf"'),
            ("Cache-Control", "no-store, private"),
        ]
        return request.make_response(pdf, headers)

    # ------------------------------------------------------------------
    # At the place
    # ------------------------------------------------------------------

    @http.route(f"{HERE}/<string:token>", methods=["GET"], readonly=True, **MINE)
    def here(self, token, **_params):
        line, reason = self._line_here(token)
        return request.render(
            "cpa_volunteer.check_in", {"line": line and line._portal_values(), "reason": reason, "token": token}
        )

    @http.route(f"{HERE}/<string:token>", methods=["POST"], **MINE)
    def here_now(self, token, **_params):
        line, reason = self._line_here(token)
        if line and not reason:
            return self._do(lambda: line.write({"state": "attended"}))
        return self.here(token)

    def _line_here(self, token):
        """Return ``(participation, why it cannot be checked in)`` of who is logged in, in the shift of a code."""
        Participation = request.env["cpa.participation"]
        try:
            ids = links.read(request.env, HERE, token)
        except LinkExpired:
            return Participation, "expired"
        if not ids:
            return Participation, "unknown"
        volunteer = request.env["cpa.volunteer"]._portal_own()
        line = volunteer.participation_ids.filtered(
            lambda line: line.shift_id.id == ids[0] and line.state in ("accepted", "attended")
        )
        return line[:1], None if line.state == "accepted" else "done" if line else "not_placed"

    # ------------------------------------------------------------------
    # What all of them do
    # ------------------------------------------------------------------

    def _do_own(self, number, what):
        line = request.env["cpa.participation"]._portal_own(number)
        if not line:
            raise request.not_found()
        return self._do(lambda: what(line))

    def _do(self, what):
        """Do it, or say on the volunteer's page why not; nothing is half done."""
        try:
            with request.env.cr.savepoint():
                done = what()
        except (UserError, ValidationError) as error:
            return self._mine(str(error), 422)
        if done is not None and not done and not isinstance(done, bool):
            raise request.not_found()
        return request.redirect("/my/volunteering", code=303)

    def _mine(self, error=None, status=200):
        volunteer = request.env["cpa.volunteer"]._portal_own()
        values = {"volunteer": volunteer and volunteer._portal_values(), "error": error, "page_name": "volunteering"}
        return request.render("cpa_volunteer.mine", values, status=status)

    def _agreement(self, number, error=None, status=200):
        agreement = request.env["cpa.agreement"]._portal_own(number)
        if not agreement:
            raise request.not_found()
        values = {
            "number": agreement.id,
            "title": agreement.template_id.name,
            "sections": agreement.template_id._sections(),
            "signer": agreement.signer_name or agreement.partner_id.name,
            "error": error,
        }
        return request.render("cpa_volunteer.agreement_sign", values, status=status)
