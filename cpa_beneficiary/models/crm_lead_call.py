"""“Call me”: who wants to be called leaves a telephone number and a time of day, and nothing else (P-10, P-20)."""

from odoo import api, fields, models
from odoo.tools import hmac

from ..tools.riyadh import cpa_today
from ..tools.saudi import normalise_phone
from .crm_lead_website import NOT_TYPED
from .roles import OFFICER

ADDRESS_LIMIT = 20


class CrmLead(models.Model):
    _inherit = "crm.lead"

    wants_call = fields.Boolean("Wants to be called", readonly=True, copy=False)
    call_time = fields.Selection(
        [("morning", "In the morning"), ("afternoon", "In the afternoon"), ("evening", "In the evening")],
        "Best time",
        readonly=True,
        copy=False,
    )

    call_key = fields.Char("Called once a day", readonly=True, copy=False, help="Number and day, unreadable.")

    # decided by the database: two taps at once are one call
    _call_key_uniq = models.UniqueIndex("(call_key) WHERE call_key IS NOT NULL", "This number is called today already.")

    @api.model
    def _call_typed(self, values):
        """Return what was typed into the form: its own fields only, as text."""
        typed = {name: " ".join(NOT_TYPED.sub(" ", str(values.get(name) or "")).split()) for name in ("phone", "name")}
        times = dict(self._fields["call_time"].selection)
        return {**typed, "time": values.get("time") if values.get("time") in times else ""}

    @api.model
    def _call_errors(self, typed):
        """Return what the form still lacks: ``{field: message}`` in the language of the page."""
        errors = {}
        if not normalise_phone(typed["phone"]):
            errors["phone"] = self.env._("Write your telephone number. A mobile is written 05xxxxxxxx.")
        if len(typed["name"]) > 100:
            errors["name"] = self.env._("Write at most %(most)s characters.", most=100)
        return errors

    @api.model
    def _call_wanted(self, typed):
        """Make an inquiry that asks for a call; one for a telephone number and day, however often it is asked for.

        :param dict typed: as ``_call_typed`` returns it, without errors
        """
        phone = normalise_phone(typed["phone"])
        # who asks has no rights here; every value is set in this method
        lead = self.sudo().with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        key = hmac(lead.env, "crm.lead.call", (phone, cpa_today()))
        if lead.with_context(active_test=False).search_count([("call_key", "=", key)], limit=1):
            return
        inquiry = lead.create(
            {
                "call_key": key,
                "is_inquiry": True,
                "wants_call": True,
                "call_time": typed["time"] or False,
                "channel_id": self.env.ref("cpa_beneficiary.channel_website").id,
                "contact_name": typed["name"] or self.env._("Wants to be called"),
                "phone": phone,
                "lang_id": self.env["res.lang"]._get_data(code=self.env.lang).id,
                "user_id": False,
                "question_ids": [fields.Command.create({"name": self.env._("Please call me.")})],
            }
        )
        inquiry._assign_userless_lead_in_team(self.env._("the website"))
        times = dict(self._fields["call_time"]._description_selection(self.env))
        inquiry.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=cpa_today(),
            summary=" · ".join(filter(None, [self.env._("Call back"), times.get(typed["time"])])),
            user_id=(inquiry.user_id or inquiry._call_officer()).id,
        )

    def _call_officer(self):
        """Return who calls where the team has not assigned anybody: an officer of the company."""
        return (self.company_id or self.env.company)._cpa_users(OFFICER)[:1]
