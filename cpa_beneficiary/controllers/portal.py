import json

from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.exceptions import UserError
from odoo.http import request
from werkzeug.exceptions import Forbidden

from ..models.cpa_correction_proposal import TOPICS

# What core's address form sends, by the topic of a correction that it becomes.
FORM_TOPICS = {topic: names for topic, names in TOPICS.items() if names}


class PeoplePortal(CustomerPortal):
    """Core's account pages, where they meet our people: nothing writes their contact, staff corrects it (P-08)."""

    @http.route(methods=["GET"])
    def home(self, **kw):
        if request.env.user._is_internal():
            return super().home(**kw)
        if not self._is_ours():
            return request.render("cpa_beneficiary.my_nobody", {"page_name": "home"})
        values = self._prepare_portal_layout_values()
        values.update(self._prepare_home_portal_values([]))
        return request.render("cpa_beneficiary.my_home", values)

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        # the whole page, not the counters that core's cards ask for one by one
        if not counters and self._is_ours():
            values["home"] = request.env["cpa.beneficiary"]._portal_home()
        return values

    @http.route()
    def account(self, **kwargs):
        return request.redirect("/my/file") if self._is_ours() else super().account(**kwargs)

    @http.route()
    def my_addresses(self, **query_params):
        return request.redirect("/my/file") if self._is_ours() else super().my_addresses(**query_params)

    @http.route()
    def portal_address(self, **query_params):
        return request.redirect("/my/file") if self._is_ours() else super().portal_address(**query_params)

    @http.route()
    def portal_address_submit(self, partner_id=None, **form_data):
        """What our people send to core's form becomes proposals; no address of theirs is made or changed."""
        if not self._is_ours():
            return super().portal_address_submit(partner_id=partner_id, **form_data)
        own = str(request.env.user.partner_id.id)
        if partner_id and partner_id != own:
            raise Forbidden()
        file = request.env["cpa.beneficiary"]._portal_find()
        if not file or file.partner_id != request.env.user.partner_id:
            raise Forbidden()
        Proposal = request.env["cpa.correction.proposal"]
        messages = []
        for topic, names in FORM_TOPICS.items():
            sent = {name: form_data[name] for name in names if name in form_data}
            values = {name: sent.get(name, file._correction_value(name) or "") for name in names}
            typed = Proposal._typed(topic, values)
            if not Proposal._differing(file, Proposal._values(topic, typed)):
                continue
            try:
                with request.env.cr.savepoint():
                    Proposal._propose(file, topic, typed)
            except UserError as refused:
                messages.append(str(refused))
        if messages:
            return json.dumps({"invalid_fields": [], "messages": messages})
        return json.dumps({"redirectUrl": f"/my/file/{file.id}?done=proposed"})

    @http.route()
    def address_archive(self, partner_id):
        if self._is_ours():
            raise Forbidden()
        return super().address_archive(partner_id)

    def _create_or_update_address(self, partner_sudo, *args, **kwargs):
        """The one door of core to a contact, whichever page leads there."""
        if partner_sudo.cpa_person or self._is_ours():
            raise Forbidden()
        return super()._create_or_update_address(partner_sudo, *args, **kwargs)

    def _is_ours(self):
        # whether the login belongs to a person of ours; env.user is always sudoed
        return request.env.user.partner_id.cpa_person and not request.env.user._is_internal()
