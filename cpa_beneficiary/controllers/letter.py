from functools import partial

from lxml import html
from odoo import http
from odoo.http import request

from ..models.cpa_letter import PAGE
from ..tools import papers
from ..tools.hijri import format_both
from ..tools.links import LinkExpired
from ..tools.riyadh import riyadh_date
from ..tools.saudi import national_phone

# How many wrong links one address may try within an hour, and how often one letter is set as PDF.
WRONG_LINKS = 60
PDFS = 20
# The address is the key: it is neither kept nor told to anybody, and nothing is fetched.
HEADERS = {
    "Cache-Control": "no-store, private",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
STATUS = {"expired": 410, "busy": 429, "unknown": 404}
ROUTE = {"type": "http", "auth": "public", "sitemap": False, "save_session": False}


class LetterController(http.Controller):
    """The page of a letter, which its addressee opens by a signed link: without a login, on any phone (P-35)."""

    @http.route(f"{PAGE}/<string:token>", methods=["GET"], **ROUTE)
    def letter(self, token, **_params):
        letter, reason = self._find(token)
        if reason:
            return self._closed(reason)
        if self._is_addressee():
            letter._page_opened()
        return self._page("cpa_beneficiary.letter_page", letter.lang, letter, address=f"{PAGE}/{token}")

    # no token of a session: the address itself is what only the addressee has, and the form sends nothing besides
    @http.route(f"{PAGE}/<string:token>", methods=["POST"], csrf=False, **ROUTE)
    def letter_read(self, token, **_params):
        letter, reason = self._find(token)
        if reason:
            return self._closed(reason)
        if self._is_addressee():
            letter._page_acknowledge()
        return request.redirect(f"{PAGE}/{token}", code=303, local=True)

    @http.route(f"{PAGE}/<string:token>/pdf", methods=["GET"], **ROUTE)
    def letter_pdf(self, token, **_params):
        letter, reason = self._find(token)
        if not reason and not request.env["cpa.rate.limit"]._allows("letter/pdf", str(letter.id), PDFS):
            reason = "busy"
        if reason:
            return self._closed(reason)
        # the signature has been checked: this letter is the reader's
        Report = request.env["ir.actions.report"].sudo()
        pdf, _kind = Report._render_qweb_pdf("cpa_beneficiary.cpa_letter_report", letter.ids)
        name = letter.number.replace("/", "-")
        headers = {
            **HEADERS,
            "Content-Type": "application/pdf",
            "Content-Disposition": f'inline; filename="{name}.pdf"',
        }
        return request.make_response(pdf, headers=list(headers.items()))

    # ------------------------------------------------------------------
    # What all of them do
    # ------------------------------------------------------------------

    def _find(self, token):
        """Return ``(letter, None)`` for a genuine link, else ``(None, reason)``."""
        try:
            letter = request.env["cpa.letter"]._of_page(token)
        except LinkExpired:
            return None, "expired"
        if letter:
            return letter, None
        address = request.env["cpa.rate.limit"]._network(request.httprequest.remote_addr)
        # only what opens nothing is counted: one address is a whole village's, behind one mast
        allowed = request.env["cpa.rate.limit"]._allows("letter/address", address, WRONG_LINKS)
        return None, "unknown" if allowed else "busy"

    def _is_addressee(self):
        """Return whether the reader may be the addressee: not what asks for the headers only, nor our own staff."""
        return request.httprequest.method != "HEAD" and not request.env.user._is_internal()

    def _closed(self, reason):
        lang = request.env["cpa.reply.text"]._lang_of(None)
        return self._page("cpa_beneficiary.letter_page_closed", lang, status=STATUS[reason], reason=reason)

    def _page(self, template, lang, letter=None, status=200, **values):
        # name and telephone, which anybody may know
        company = (letter.company_id if letter else request.env.company).sudo().with_context(lang=lang)
        env = request.env(context={**request.env.context, "lang": lang})
        arabic = lang.startswith("ar")
        values |= {
            "language": "ar" if arabic else "en",
            "direction": "rtl" if arabic else "ltr",
            "both": partial(format_both, lang=lang),
            "date_of": riyadh_date,
            "phone": national_phone,
            "company": company,
            "letter": letter and letter.with_context(lang=lang),
            "telephone": letter._phone() if letter else company.phone,
        }
        root = html.document_fromstring(str(env["ir.qweb"]._render(template, values)))
        papers.set_digits(root)
        page = html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")
        headers = {**HEADERS, "Content-Type": "text/html; charset=utf-8"}
        return request.make_response(page, headers=list(headers.items()), status=status)
