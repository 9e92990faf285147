"""Inquiries by the website's form: who asks has no login, and types little (P-10, P-25)."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ..tools.saudi import normalise_phone
from ..tools.text import ascii_digits

# What the form asks for, and the most that it takes of each.
WEBSITE_FIELDS = {"name": 100, "phone": 30, "email": 254, "question": 4000, "governorate": 10}
# What no keyboard types, and no database keeps: control characters and halves of characters.
NOT_TYPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Many people share an address of a mobile network, so one address may ask more often than one person.
ADDRESS_LIMIT = 30
CONTACT_LIMIT = 5
LISTED = 40


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _website_typed(self, values):
        """Return what was typed into the form: its own fields only, as text."""
        typed = {name: NOT_TYPED.sub(" ", str(values.get(name) or "")).strip() for name in WEBSITE_FIELDS}
        # of lines there are several in a question only: elsewhere they could become headers of a mail
        return {name: text if name == "question" else " ".join(text.split()) for name, text in typed.items()}

    @api.model
    def _website_errors(self, typed):
        """Return what the form still lacks: ``{field: message}`` in the language of the page.

        :param dict typed: as ``_website_typed`` returns it
        """
        errors = {}
        if not typed["name"]:
            errors["name"] = self.env._("Write your name.")
        if typed["phone"] and not normalise_phone(typed["phone"]):
            errors["phone"] = self.env._("This is no telephone number. A mobile is written 05xxxxxxxx.")
        if typed["email"] and not email_normalize(typed["email"]):
            errors["email"] = self.env._("This is no e-mail address.")
        if not typed["phone"] and not typed["email"]:
            errors["phone"] = self.env._("Write a telephone number or an e-mail address, so that we can answer.")
        if not typed["question"]:
            errors["question"] = self.env._("Write your question.")
        for name, most in WEBSITE_FIELDS.items():
            if len(typed[name]) > most:
                errors[name] = self.env._("Write at most %(most)s characters.", most=most)
        return errors

    @api.model
    def _website_inquiry(self, typed, address):
        """Make an inquiry of what was typed into the form. Who it is, a clerk finds out: nothing is looked up here.

        :param dict typed: as ``_website_typed`` returns it
        :param str address: the network address of who asks
        :return: the inquiry, or none where too many came from there of late
        :raise ValidationError: something is missing
        """
        errors = self._website_errors(typed)
        if errors:
            raise ValidationError("\n".join(errors.values()))
        limit = self.env["cpa.rate.limit"]
        contact = normalise_phone(typed["phone"]) or email_normalize(typed["email"])
        if not limit._allows("inquiry/address", limit._network(address), ADDRESS_LIMIT) or not limit._allows(
            "inquiry/contact", contact, CONTACT_LIMIT
        ):
            return self.browse()
        # who asks has no rights here; every value is set in this method
        lead = self.sudo().with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        governorate = self._website_governorates().filtered(lambda g: str(g.id) == ascii_digits(typed["governorate"]))
        branches = lead.env["cpa.branch"].search([("governorate_id", "in", governorate.ids)], limit=2)
        inquiry = lead.create(
            {
                "is_inquiry": True,
                "channel_id": self.env.ref("cpa_beneficiary.channel_website").id,
                "contact_name": typed["name"],
                "phone": typed["phone"] or False,
                "email_from": typed["email"] or False,
                "cpa_governorate_id": governorate.id,
                # the only office there is his
                "cpa_branch_id": branches.id if len(branches) == 1 else False,
                "lang_id": self.env["res.lang"]._get_data(code=self.env.lang).id,
                "user_id": False,
                "question_ids": [fields.Command.create({"name": typed["question"]})],
            }
        )
        inquiry._assign_userless_lead_in_team(self.env._("the website"))
        return inquiry

    @api.model
    def _website_governorates(self):
        """Return the governorates to choose from; their names are public."""
        return self.env["cpa.governorate"].sudo().search([], limit=LISTED)
