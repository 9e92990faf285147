from odoo import http
from odoo.addons.cpa_beneficiary.controllers.public import READ, SEND, PublicPage
from odoo.http import request

# How often within an hour one address, which a village may share, applies, and one contact.
APPLY, APPLY_CONTACT = 20, 3


def opportunity_addresses(env, rule, query):
    """Give the sitemap the address of each published opportunity."""
    for opportunity in env["cpa.opportunity"]._website_open():
        address = f"/volunteer/{opportunity.id}"
        if not query or query.lower() in address:
            yield {"loc": address}


class OpportunityPage(PublicPage):
    """The page of an opportunity: read by anybody, and shown again to who could not have a place."""

    def _opportunity_page(self, opportunity_id, errors=None, status=200):
        found = request.env["cpa.opportunity"]._website_open(opportunity_id)
        if not found:
            raise request.not_found()
        volunteer = request.env["cpa.volunteer"]._portal_own()
        values = {
            "opportunity": found._website_values(volunteer),
            "volunteer": volunteer.state,
            "errors": errors or {},
        }
        return self._show("cpa_volunteer.opportunity", values, status)


class VolunteeringController(OpportunityPage, http.Controller):
    """Where anybody reads of opportunities and offers help, with an account or without one (P-09, P-24)."""

    @http.route("/volunteer", **{**READ, "sitemap": True})
    def opportunities(self, **_params):
        found = request.env["cpa.opportunity"]._website_open()
        values = {
            "opportunities": [opportunity._website_row() for opportunity in found],
            "is_volunteer": bool(request.env["cpa.volunteer"]._portal_own()),
        }
        return self._show("cpa_volunteer.opportunities", values, private=False)

    @http.route("/volunteer/<int:opportunity_id>", **{**READ, "sitemap": opportunity_addresses})
    def opportunity(self, opportunity_id, **_params):
        return self._opportunity_page(opportunity_id)

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    @http.route("/volunteer/apply", **READ)
    def application(self, **_params):
        if request.env["cpa.volunteer"]._portal_own():
            return request.redirect("/my/volunteering", code=303)
        return self._form({}, {})

    @http.route("/volunteer/apply", **SEND)
    def application_send(self, **params):
        Volunteer = request.env["cpa.volunteer"]
        if Volunteer._portal_own():
            return request.redirect("/my/volunteering", code=303)
        person = Volunteer._website_person()
        known = person if person and person.cpa_person else None
        typed = Volunteer._website_typed(params, request.httprequest.form)
        if refused := self._refused(params):
            return self._form(typed, {"form": refused}, 400)
        if not self._by_machine(params):
            if errors := Volunteer._website_errors(typed, known):
                return self._form(typed, errors, 422)
            contact = str(person.id) if person else Volunteer._website_contact(typed)
            counts = (("volunteer/address", None, APPLY), ("volunteer/contact", contact, APPLY_CONTACT))
            if refused := self._too_many(*counts):
                return self._form(typed, {"form": refused}, 429)
            Volunteer._website_apply(typed, person)
        return request.redirect("/my/volunteering" if person else "/volunteer/thanks", code=303)

    @http.route("/volunteer/thanks", **READ)
    def application_thanks(self, **_params):
        return self._show("cpa_volunteer.application_thanks", {})

    def _form(self, typed, errors, status=200):
        person = request.env["cpa.volunteer"]._website_person()
        values = {
            "typed": typed,
            "errors": errors,
            "known": person.name if person and person.cpa_person else None,
            **request.env["cpa.volunteer"]._website_choices(),
        }
        return self._show("cpa_volunteer.application", values, status, private=bool(person or typed))
