from odoo import http
from odoo.http import request

from ..models.cpa_outreach_message import STOP
from ..tools import links
from ..tools.links import LinkExpired
from ..tools.saudi import national_phone
from .letter import HEADERS, ROUTE


class StopController(http.Controller):
    """The page that ends messages: opened by the link in a text message, without a login, in one tap (P-07)."""

    @http.route(f"{STOP}/<string:token>", methods=["GET"], readonly=True, **ROUTE)
    def stop(self, token, **_params):
        return self._page(token, lambda partner: "ask")

    # no token of a session: the address itself is what only the receiver has, and the form sends nothing besides
    @http.route(f"{STOP}/<string:token>", methods=["POST"], csrf=False, **ROUTE)
    def stop_now(self, token, **_params):
        def withdraw(partner):
            request.env["cpa.consent"].sudo()._withdraw(partner)  # the signature has been checked: it is his own
            return "done"

        return self._page(token, withdraw)

    def _page(self, token, do):
        try:
            ids = links.read(request.env, STOP, token)
        except LinkExpired:
            ids = None
        # by a genuine link only: for his language and, when he says so, his consent
        partner = request.env["res.partner"].sudo().browse(ids or ()).exists()
        shown = do(partner) if partner else "closed"
        lang = request.env["cpa.reply.text"]._lang_of(partner.lang)
        company = request.env.company.sudo().with_context(lang=lang)  # name and telephone, which anybody may know
        arabic = lang.startswith("ar")
        values = {
            "language": "ar" if arabic else "en",
            "direction": "rtl" if arabic else "ltr",
            "phone": national_phone,
            "company": company,
            "telephone": company.phone,
            "shown": shown,
            "address": f"{STOP}/{token}" if partner else "",
        }
        env = request.env(context={**request.env.context, "lang": lang})
        page = env["ir.qweb"]._render("cpa_beneficiary.stop_page", values)
        headers = {**HEADERS, "Content-Type": "text/html; charset=utf-8"}
        return request.make_response(
            f"<!DOCTYPE html>{page}", headers=list(headers.items()), status=404 if shown == "closed" else 200
        )
