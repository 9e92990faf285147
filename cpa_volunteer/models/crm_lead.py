"""What volunteers bring for somebody: an inquiry, or the wish to apply (P-24). Of what becomes of it they see its
number and how it stands, and nothing more.
"""

from odoo import api, models
from odoo.addons.cpa_beneficiary.models.crm_lead_website import LISTED, NOT_TYPED
from odoo.addons.cpa_beneficiary.tools.saudi import normalise_phone
from odoo.fields import Command

BROUGHT = {"name": 100, "phone": 30, "text": 4000}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _brought_typed(self, values):
        """Return what a volunteer typed: the form's own fields only."""
        typed = {name: NOT_TYPED.sub(" ", str(values.get(name) or "")).strip() for name in BROUGHT}
        typed = {name: text if name == "text" else " ".join(text.split()) for name, text in typed.items()}
        typed |= {name: str(values.get(name) or "")[:20] for name in ("service", "governorate")}
        return typed | {"agreed": bool(values.get("agreed"))}

    @api.model
    def _brought_errors(self, typed):
        """Return what the form still lacks: ``{field: message}`` in the language of the page."""
        errors = {}
        if not typed["name"]:
            errors["name"] = self.env._("Write the person's name.")
        if not normalise_phone(typed["phone"]):
            errors["phone"] = self.env._("Write the person's own mobile, as 05xxxxxxxx: we answer there.")
        if not typed["text"] and not self._brought_service(typed):
            errors["text"] = self.env._("Write what the person asks, or choose what the person needs.")
        if not typed["agreed"]:
            errors["agreed"] = self.env._("Ask the person first, and tick it.")
        for name, most in BROUGHT.items():
            if len(typed[name]) > most:
                errors[name] = self.env._("Write at most %(most)s characters.", most=most)
        return errors

    @api.model
    def _brought_services(self):
        """Return the published services that somebody may need: list of key and name."""
        return [(service.code, service.name) for service in self.env["cpa.application"]._services()]

    @api.model
    def _brought_service(self, typed):
        return dict(self._brought_services()).get(typed["service"])

    @api.model
    def _bring(self, volunteer, typed):
        """Make an inquiry of what a volunteer brings. Who the person is, a clerk finds out: nothing is looked up.

        :param volunteer: the file of who is logged in
        :param dict typed: as ``_brought_typed`` returns it, without errors
        :return: its number
        """
        service = self._brought_service(typed)
        wish = service and self.env._("Would like to apply for: %(service)s", service=service)
        governorate = self._website_governorates().filtered(lambda found: str(found.id) == typed["governorate"])
        # who brings it has no rights here; every value is set in this method
        lead = self.sudo().with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        inquiry = lead.create(
            {
                "is_inquiry": True,
                "channel_id": self.env.ref("cpa_beneficiary.channel_volunteering").id,
                "channel_volunteer_id": volunteer.partner_id.id,
                "contact_name": typed["name"],
                "phone": typed["phone"],
                "cpa_governorate_id": governorate.id,
                "lang_id": self.env["res.lang"]._get_data(code=self.env.lang).id,
                "user_id": False,
                "question_ids": [Command.create({"name": "\n".join(filter(None, [wish, typed["text"]]))})],
            }
        )
        inquiry._assign_userless_lead_in_team(self.env._("the website"))
        return inquiry.inquiry_number

    def _brought_row(self):
        """Return the number and how it stands; neither who it is for nor what was asked or answered."""
        self.ensure_one()
        if request := self.cpa_request_ids[:1]:
            return request._brought_row()
        answered = bool(self.first_answered_at)
        label = self.env._("Answered") if answered else self.env._("We are at it")
        return {
            "number": self.inquiry_number,
            "label": label,
            "tone": "good" if answered else "us",
            "day": self.create_date,
        }


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    def _brought_row(self):
        """Return the number and how it stands, as for who tracks it; nothing of the person or the matter."""
        self.ensure_one()
        status = self._portal_row()["status"]
        return {"number": self.number, "label": status["label"], "tone": status["tone"], "day": self.create_date}


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    def _portal_brought(self):
        """Return how what he brought stands: list of dicts of number and state (P-24)."""
        self.ensure_one()
        mine = [("channel_volunteer_id", "=", self.partner_id.id)]
        # by number only
        leads = self.env["crm.lead"].sudo().search([*mine, ("is_inquiry", "=", True)], limit=LISTED)
        requests = self.env["cpa.request"].sudo().search([*mine, ("state", "!=", "draft")], limit=LISTED)
        rows = [record._brought_row() for records in (leads, requests - leads.cpa_request_ids) for record in records]
        return sorted(rows, key=lambda row: row["day"], reverse=True)
