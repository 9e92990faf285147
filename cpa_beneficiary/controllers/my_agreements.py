from odoo import http
from odoo.http import request

from ..models.crm_lead_website import NOT_TYPED
from .public import READ, SEND, PublicPage

MINE = {**READ, "auth": "user"}
LIST = "/my/agreements"


class MyAgreementsController(PublicPage, http.Controller):
    """My agreements: what a party reads and signs himself, and what he signed (P-02, P-09)."""

    @http.route(LIST, **MINE)
    def agreements(self, done=None, **_params):
        own = request.env["cpa.agreement"]._portal_own()
        values = {
            "due": own._portal_due()._portal_lines(),
            "signed": own.filtered(lambda paper: paper.state == "signed")._portal_lines(),
            "done": done == "signed",
        }
        return self._show("cpa_beneficiary.my_agreements", values)

    @http.route(f"{LIST}/<int:agreement_id>", **MINE)
    def agreement(self, agreement_id, **_params):
        paper = self._own(agreement_id)
        if paper.state != "signed":
            raise request.not_found()
        return self._show("cpa_beneficiary.agreement_paper", {"paper": paper._portal_paper(), "back": self._back()})

    @http.route(f"{LIST}/<int:agreement_id>/sign", **MINE)
    def sign(self, agreement_id, **_params):
        return self._sign_page(self._own(agreement_id))

    @http.route(f"{LIST}/<int:agreement_id>/sign", **{**SEND, "auth": "user"})
    def sign_send(self, agreement_id, signer="", signature="", **params):
        paper = self._own(agreement_id)
        if paper.state == "signed":  # a second tap
            return request.redirect(LIST, code=303)
        typed = {"signer": " ".join(NOT_TYPED.sub(" ", str(signer)).split())[:200], "signature": str(signature)}
        if refused := self._refused(params):
            return self._sign_page(paper, typed, {"form": refused}, 400)
        if not paper._portal_due():
            raise request.not_found()
        if errors := paper._portal_sign(typed["signer"], typed["signature"]):
            return self._sign_page(paper, typed, errors, 422)
        return request.redirect(f"{LIST}?done=signed", code=303)

    def _sign_page(self, paper, typed=None, errors=None, status=200):
        if not paper._portal_due():
            raise request.not_found()
        name = paper.signer_name or request.env.user.name
        values = {
            "title": paper.template_id.name,
            "action": f"{LIST}/{paper.id}/sign",
            "back": self._back(),
            "sections": paper.template_id._sections(),
            "charter": False,
            "form": {"signer": name},
            "typed": typed or {"signer": name},
            "errors": errors or {},
        }
        return self._show("cpa_beneficiary.agreement_sign", values, status)

    def _own(self, agreement_id):
        paper = request.env["cpa.agreement"]._portal_own().filtered(lambda paper: paper.id == agreement_id)
        if not paper:
            raise request.not_found()
        return paper

    def _back(self):
        return LIST, request.env._("My agreements")
