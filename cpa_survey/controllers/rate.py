from datetime import timedelta

from odoo import http
from odoo.addons.cpa_beneficiary.controllers.letter import HEADERS, ROUTE
from odoo.addons.cpa_beneficiary.controllers.public import HONEYPOT
from odoo.addons.cpa_beneficiary.tools.hijri import format_both
from odoo.addons.cpa_beneficiary.tools.links import LinkExpired
from odoo.addons.cpa_beneficiary.tools.saudi import national_phone
from odoo.addons.cpa_beneficiary.tools.text import arabic_digits
from odoo.http import request

from ..models.cpa_branch import COUNTER
from ..models.cpa_survey_invitation import PAGE

# How many wrong links one address may try within an hour.
WRONG_LINKS = 60
# How many visitors may rate at a counter within an hour by one address: they may share its network.
COUNTER_ANSWERS = 30
RATED = "cpa_rated"
STATUS = {"expired": 410, "closed": 410, "answered": 200, "today": 200, "busy": 429, "unknown": 404}


class RateController(http.Controller):
    """The page “Rate our service” (قيّم خدمتنا), opened by a person's own link, without a login (P-12, P-16)."""

    @http.route(f"{PAGE}/<string:token>", methods=["GET"], **ROUTE)
    def rate(self, token, **params):
        invitation, reason = self._find(token)
        lang = self._lang(invitation, params)
        return self._closed(reason, lang) if reason else self._form_of(invitation, lang, token, {}, {})

    # no token of a session: the address itself is what only the person asked has
    @http.route(f"{PAGE}/<string:token>", methods=["POST"], csrf=False, **ROUTE)
    def rate_send(self, token, **params):
        invitation, reason = self._find(token)
        lang = self._lang(invitation, params)
        if reason:
            return self._closed(reason, lang)
        survey = self._survey(invitation, lang)
        values, errors = self._read(survey, params)
        if errors:
            return self._form_of(invitation, lang, token, params, errors, 422)
        if not invitation._answer(values):
            return self._closed("answered", lang)
        return request.redirect(f"{PAGE}/thanks?lang={lang[:2]}", code=303, local=True)

    # ------------------------------------------------------------------
    # At the counter, by the code that hangs there
    # ------------------------------------------------------------------

    @http.route(f"{COUNTER}/<string:token>", methods=["GET"], **ROUTE)
    def counter(self, token, **params):
        lang = self._lang(None, params)
        branch, reason = self._find_counter(token)
        return self._closed(reason, lang) if reason else self._form_at(branch, lang, token, {}, {})

    # nobody has a session here; limits of the address and a mark in the browser keep one voice to one answer a day
    @http.route(f"{COUNTER}/<string:token>", methods=["POST"], csrf=False, **ROUTE)
    def counter_send(self, token, **params):
        lang = self._lang(None, params)
        branch, reason = self._find_counter(token)
        if reason:
            return self._closed(reason, lang)
        values, errors = self._read(branch._counter_survey().with_context(lang=lang), params)
        if errors:
            return self._form_at(branch, lang, token, params, errors, 422)
        limit = request.env["cpa.rate.limit"]
        if not limit._allows("rate/counter", limit._network(request.httprequest.remote_addr), COUNTER_ANSWERS):
            return self._closed("busy", lang)
        branch._counter_answer(values)
        response = request.redirect(f"{PAGE}/thanks?lang={lang[:2]}", code=303, local=True)
        # that somebody rated today, not who, where or what
        day = int(timedelta(days=1).total_seconds())
        response.set_cookie(RATED, "1", max_age=day, path=COUNTER, httponly=True, samesite="Lax")
        return response

    # ------------------------------------------------------------------
    # What follows, without the link: nothing ties it to what was answered
    # ------------------------------------------------------------------

    @http.route(f"{PAGE}/thanks", methods=["GET"], readonly=True, **ROUTE)
    def thanks(self, **params):
        return self._thank(self._lang(None, params))

    # no session, so no token of one; a number is all that can be left here, and limits keep machines out
    @http.route(f"{PAGE}/call", methods=["POST"], csrf=False, **ROUTE)
    def call(self, **params):
        lang = self._lang(None, params)
        if params.get(HONEYPOT):
            return self._thank(lang, is_called=True)
        Callback = request.env(context={"lang": lang})["cpa.survey.callback"]
        typed = Callback._typed(params)
        error = Callback._wish(typed, request.httprequest.remote_addr)
        return self._thank(lang, typed, error, status=422 if error else 200, is_called=not error)

    @http.route("/what-we-changed", type="http", auth="public", website=True, methods=["GET"], readonly=True)
    def what_we_changed(self, **_params):
        texts = request.env["cpa.improvement.action"]._public_texts(request.website.company_id)
        return request.render("cpa_survey.what_we_changed", {"texts": texts})

    # ------------------------------------------------------------------
    # What all of them do
    # ------------------------------------------------------------------

    def _find(self, token):
        """Return ``(invitation, None)`` for a link that may be answered, else ``(None or invitation, reason)``."""
        try:
            invitation = request.env["cpa.survey.invitation"]._of_page(token)
        except LinkExpired:
            return None, "expired"
        if not invitation:
            return None, self._wrong_link()
        if not invitation._is_open():
            return invitation, "closed"
        return invitation, "answered" if invitation.is_answered else None

    def _find_counter(self, token):
        """Return ``(branch, None)`` for a code by which may be rated now, else ``(None, reason)``."""
        try:
            branch = request.env["cpa.branch"]._of_counter(token)
        except LinkExpired:
            return None, "expired"
        if not branch:
            return None, self._wrong_link()
        if not branch._counter_survey():
            return None, "closed"
        return branch, "today" if request.cookies.get(RATED) else None

    def _wrong_link(self):
        """Count a link that opens nothing and return what is said: "unknown", or "busy" where there were too many."""
        limit = request.env["cpa.rate.limit"]
        address = limit._network(request.httprequest.remote_addr)
        return "unknown" if limit._allows("rate/address", address, WRONG_LINKS) else "busy"

    def _read(self, survey, params):
        """Return what was typed as ``(values, errors)``; an empty form is an error of the whole."""
        values, errors = survey._cpa_read(params)
        if not errors and not values:
            errors = {0: request.env(context={"lang": survey.env.lang})._("Please choose an answer first.")}
        return values, errors

    def _lang(self, invitation, params):
        """Return the language of the page: the one chosen on it, else the person's."""
        Text = request.env["cpa.reply.text"]
        chosen = {"ar": None, "en": "en_US"}.get(params.get("lang"), invitation and invitation.partner_id.lang)
        return Text._lang_of(chosen)

    def _other(self, lang):
        """Return "ar" or "en", the other language in which the page can be read; "" if there is none."""
        arabic = lang.startswith("ar")
        other = request.env["cpa.reply.text"]._lang_of("en_US" if arabic else None)
        return "" if other[:2] == lang[:2] else other[:2]

    def _survey(self, invitation, lang):
        # its questions, which whoever was asked reads
        return invitation.rule_id.survey_id.sudo().with_context(lang=lang)

    def _form_of(self, invitation, lang, token, typed, errors, status=200):
        survey, until = self._survey(invitation, lang), format_both(invitation.open_until, lang)
        return self._form(survey, invitation.company_id, f"{PAGE}/{token}", until, typed, errors, status)

    def _form_at(self, branch, lang, token, typed, errors, status=200):
        survey = branch._counter_survey().with_context(lang=lang)
        return self._form(survey, branch.company_id, f"{COUNTER}/{token}", "", typed, errors, status)

    def _form(self, survey, company, address, until, typed, errors, status):
        lang = survey.env.lang
        questions = [
            {
                "name": f"q{question.id}",
                "title": question.title,
                "is_text": question.question_type == "text_box",
                "is_obligatory": question.constr_mandatory,
                "scores": [
                    (str(score), arabic_digits(str(score)) if lang.startswith("ar") else str(score))
                    for score in range(question.scale_min, question.scale_max + 1)
                ],
                "lowest": question.scale_min_label,
                "highest": question.scale_max_label,
                "is_long": question.scale_max > 5,
                "value": typed.get(f"q{question.id}") or "",
                "error": errors.get(question.id),
            }
            for question in survey.question_ids
        ]
        values = {
            "title": survey.title,
            "description": survey.description,
            "questions": questions,
            "general": errors.get(0),
            "address": address,
            "other": self._other(lang),
            "until": until,
        }
        return self._page("cpa_survey.rate_page", lang, company, status, **values)

    def _thank(self, lang, typed=None, error="", status=200, is_called=False):
        values = {"typed": typed or {}, "error": error, "is_called": is_called, "honeypot": HONEYPOT}
        return self._page("cpa_survey.rate_page_thanks", lang, request.env.company, status, **values)

    def _closed(self, reason, lang):
        values = {"reason": reason, "other": self._other(lang), "address": ""}
        return self._page("cpa_survey.rate_page_closed", lang, request.env.company, STATUS[reason], **values)

    def _page(self, template, lang, company, status=200, **values):
        env = request.env(context={**request.env.context, "lang": lang})
        arabic = lang.startswith("ar")
        company = company.sudo().with_context(lang=lang)  # name and telephone, which anybody may know
        values |= {
            "language": "ar" if arabic else "en",
            "direction": "rtl" if arabic else "ltr",
            "association": company.name,
            "telephone": company.phone,
            "phone": national_phone,
        }
        page = env["ir.qweb"]._render(template, values)
        headers = {**HEADERS, "Content-Type": "text/html; charset=utf-8"}
        return request.make_response(f"<!DOCTYPE html>\n{page}", headers=list(headers.items()), status=status)
