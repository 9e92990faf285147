from odoo import http
from odoo.http import request
from werkzeug.exceptions import NotFound

from ..models.cpa_request_portal import PAGE
from ..models.crm_lead_website import NOT_TYPED
from .public import PublicPage

PAGE_SIZE = 10
# How often one person has a paper set as PDF, and writes to us, within an hour.
PDFS = 40
POSTS = 60
NAME_MOST = 120
ROUTE = {"type": "http", "auth": "user", "website": True, "sitemap": False}
READ = {**ROUTE, "methods": ["GET"], "readonly": True}
# The token is checked by _posted, so that what was typed outlives an expired one.
SEND = {**ROUTE, "methods": ["POST"], "csrf": False}
ONE = f"{PAGE}/<string:number>"
PDF_HEADERS = {
    "Content-Type": "application/pdf",
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
}


class PortalRequestController(PublicPage, http.Controller):
    """My requests: where each is, what is awaited, and what its applicant can do (P-09, P-35).

    Every route finds its request by number *and* by whom the user acts for (``_portal_find``), and what hangs on it
    (letter, line, file) in that request only; whatever is somebody else's is answered as what does not exist.
    """

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @http.route([PAGE, f"{PAGE}/page/<int:page>"], **READ)
    def requests(self, page=1, show="", **_params):
        page = page if isinstance(page, int) else 1  # a page has its address; what is typed behind a "?" is text
        listed = request.env["cpa.request"]._portal_list(show, page, PAGE_SIZE)
        return self._page("my_requests", listed=listed)

    @http.route(ONE, **READ)
    def one(self, number, done="", **_params):
        return self._one(self._find(number), done=done)

    @http.route(f"{ONE}/files/<int:file_id>", **READ)
    def file(self, number, file_id, **_params):
        file = self._found(self._find(number)._portal_file(file_id))
        # found in the conversation of this very request
        stream = request.env["ir.binary"]._get_stream_from(file)
        response = stream.get_response(as_attachment=True)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    # ------------------------------------------------------------------
    # Missing items
    # ------------------------------------------------------------------

    @http.route(f"{ONE}/answer", **READ)
    def answer(self, number, **_params):
        found = self._find(number)
        if not found._portal_can_answer():
            return request.redirect(found._portal_url())
        return self._answer(found)

    @http.route(f"{ONE}/answer", **SEND)
    def answer_send(self, number, **_params):
        found, typed = self._find(number), self._typed()
        errors = self._posted(typed)
        if not errors:
            # by getlist: several files may be taken back at once
            removed = request.httprequest.form.getlist("remove")
            errors = found._portal_answer({**typed, "remove": removed}, self._files())
        if errors:
            return self._answer(found, errors, typed)
        return self._done(found, "answered")

    def _answer(self, found, errors=None, typed=None):
        form = found._portal_answer_form()
        return self._page("my_request_answer", found, errors, form=form, typed=typed or {})

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    @http.route(f"{ONE}/message", **SEND)
    def message(self, number, **_params):
        found, typed = self._find(number), self._typed("text")
        errors = self._posted(typed) or found._portal_try(
            "text", lambda: found._portal_write(typed["text"], self._files().get("files", []))
        )
        if errors:
            return self._one(found, errors=errors, typed=typed)
        return self._done(found, "written", "#messages")

    # ------------------------------------------------------------------
    # Withdrawal and appeal
    # ------------------------------------------------------------------

    @http.route(f"{ONE}/withdraw", **READ)
    def withdraw(self, number, **_params):
        found = self._find(number)
        if not found._portal_can_withdraw():
            return request.redirect(found._portal_url())
        return self._withdraw(found)

    @http.route(f"{ONE}/withdraw", **SEND)
    def withdraw_send(self, number, **_params):
        found, typed = self._find(number), self._typed("reason", "words")
        errors = self._posted(typed) or found._portal_withdraw(typed["reason"], typed["words"])
        if errors:
            return self._withdraw(found, errors, typed)
        return self._done(found, "withdrawn")

    def _withdraw(self, found, errors=None, typed=None):
        reasons = list(found._withdrawal_reasons().items())
        return self._page("my_request_withdraw", found, errors, reasons=reasons, typed=typed or {})

    @http.route(f"{ONE}/appeal", **READ)
    def appeal(self, number, **_params):
        found = self._find(number)
        if not found._portal_can_appeal():
            return request.redirect(found._portal_url())
        return self._appeal(found)

    @http.route(f"{ONE}/appeal", **SEND)
    def appeal_send(self, number, **_params):
        found, typed = self._find(number), self._typed("grounds", "signature")
        errors, appeal = self._posted(typed), found.browse()
        if not errors:
            files = self._files().get("files", [])
            appeal, errors = found._portal_appeal(typed["grounds"], files, typed["signature"])
        if errors:
            if not found._portal_can_appeal():
                return self._one(found, errors=errors)
            return self._appeal(found, errors, typed)
        return self._done(appeal, "appealed")

    def _appeal(self, found, errors=None, typed=None):
        return self._page("my_request_appeal", found, errors, form=found._portal_appeal_form(), typed=typed or {})

    # ------------------------------------------------------------------
    # Receipts of what was given
    # ------------------------------------------------------------------

    @http.route(f"{ONE}/receipts/<int:line_id>", **READ)
    def receipt(self, number, line_id, **_params):
        found, line = self._line(number, line_id)
        if not line._portal_can_acknowledge():
            return request.redirect(found._portal_url())
        return self._receipt(found, line)

    @http.route(f"{ONE}/receipts/<int:line_id>", **SEND)
    def receipt_send(self, number, line_id, **_params):
        found, line = self._line(number, line_id)
        typed = self._typed("signature")
        errors = self._posted(typed) or line._portal_acknowledge(typed["signature"])
        if errors:
            if not line._portal_can_acknowledge():
                return self._one(found, errors=errors)
            return self._receipt(found, line, errors, typed)
        return self._done(found, "received")

    @http.route(f"{ONE}/receipts/<int:line_id>/pdf", **{**READ, "readonly": False})
    def receipt_pdf(self, number, line_id, **_params):
        _found, line = self._line(number, line_id)
        self._found(line.receipt_number)
        return self._pdf("cpa_beneficiary.cpa_delivery_report_receipt", line, line.receipt_number)

    def _line(self, number, line_id):
        found = self._find(number)
        lines = found._portal_delivery_lines()
        return found, self._found(lines.filtered(lambda line: line.id == line_id))

    def _receipt(self, found, line, errors=None, typed=None):
        signer = request.env.user.partner_id.sudo().name  # his own
        values = {
            "line": line._portal_values(),
            "action": line._portal_url(),
            "form": {"signer": signer},
            "typed": typed or {},
        }
        return self._page("my_request_receipt", found, errors, **values)

    # ------------------------------------------------------------------
    # Letters and papers
    # ------------------------------------------------------------------

    @http.route(f"{ONE}/letters/<int:letter_id>", **READ)
    def letter(self, number, letter_id, **_params):
        found, letter = self._letter(number, letter_id)
        return self._page("my_request_letter", found, letter=letter._portal_values())

    @http.route(f"{ONE}/letters/<int:letter_id>", **SEND)
    def letter_read(self, number, letter_id, **_params):
        found, letter = self._letter(number, letter_id)
        errors = self._posted(self._typed())
        if errors:
            return self._page("my_request_letter", found, errors, letter=letter._portal_values())
        if found._is_mine_to_do():
            letter._page_acknowledge()
        return self._done(found, "read")

    @http.route(f"{ONE}/letters/<int:letter_id>/pdf", **{**READ, "readonly": False})
    def letter_pdf(self, number, letter_id, **_params):
        _found, letter = self._letter(number, letter_id)
        return self._pdf("cpa_beneficiary.cpa_letter_report", letter, letter.number)

    def _letter(self, number, letter_id):
        found = self._find(number)
        letters = found._portal_letter_records()
        return found, self._found(letters.filtered(lambda letter: letter.id == letter_id))

    # A paper costs the server a second: it is counted, so the route writes a line of the limit's log.
    @http.route(f"{ONE}/papers/<string:paper>", **{**READ, "readonly": False})
    def paper(self, number, paper, **_params):
        found = self._find(number)
        report, record = self._found(found._portal_paper(paper))
        return self._pdf(report, record, f"{found.number}-{paper}")

    def _pdf(self, report, record, name):
        if not request.env["cpa.rate.limit"]._allows("portal/pdf", str(request.env.uid), PDFS):
            return self._page("my_request_busy", status=429)
        # the record was found among what is this user's; the paper is set as the system's
        pdf, _kind = request.env["ir.actions.report"].sudo()._render_qweb_pdf(report, record.ids)
        file = f'inline; filename="{name.replace("/", "-")}.pdf"'
        return request.make_response(pdf, headers=list({**PDF_HEADERS, "Content-Disposition": file}.items()))

    # ------------------------------------------------------------------
    # What all of them do
    # ------------------------------------------------------------------

    def _find(self, number):
        """Return the request of this user, as superuser in his name.

        :raise NotFound: there is none of his with this number
        """
        return self._found(request.env["cpa.request"]._portal_find(number))

    def _found(self, what):
        if not what:
            raise NotFound()
        return what

    def _typed(self, *names):
        """Return what was typed into the form that was sent, as clean text: a file under a text's name is none.

        :param names: of fields that are "" where the form has none
        """
        form = request.httprequest.form
        return dict.fromkeys(names, "") | {name: NOT_TYPED.sub(" ", form[name]) for name in form}

    def _posted(self, typed):
        """Return what stands against taking a form, as ``{"form": message}``; empty for a genuine one."""
        if refused := self._refused(typed):
            return {"form": refused}
        if not request.env["cpa.rate.limit"]._allows("portal/post", str(request.env.uid), POSTS):
            return {"form": request.env._("Too much was sent within an hour. Please try again later, or call us.")}
        return {}

    def _files(self):
        """Return the files that were sent: ``{name of the field: [(name of the file, bytes)]}``."""
        return {
            name: [(NOT_TYPED.sub("", file.filename)[-NAME_MOST:], file.read()) for file in files if file.filename]
            for name, files in request.httprequest.files.lists()
        }

    def _done(self, found, what, anchor=""):
        return request.redirect(f"{found._portal_url()}?done={what}{anchor}", code=303)

    def _one(self, found, errors=None, typed=None, done=""):
        return self._page("my_request", found, errors, one=found._portal_values(), typed=typed or {}, done=done)

    def _page(self, template, found=None, errors=None, status=None, **values):
        status = status or (422 if errors else 200)
        values |= {"errors": errors or {}, "row": found and found._portal_row()}
        response = request.render(f"cpa_beneficiary.{template}", values, status=status)
        response.headers["Cache-Control"] = "no-store, private"
        return response
