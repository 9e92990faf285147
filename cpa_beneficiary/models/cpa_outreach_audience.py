"""Whom an outreach approaches (P-07): drawn in one pass, however many they are."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.riyadh import cpa_today, utc_start_of
from .cpa_outreach import PURPOSES

# The address that each way needs.
REACHABLE = {
    "call": Domain("partner_id.phone", "!=", False),
    "sms": Domain("partner_id.phone", "=like", "+9665%"),
    "mailing": Domain("partner_id.email_normalized", "!=", False),
}


class CpaOutreach(models.Model):
    _inherit = "cpa.outreach"

    def _audience_domain(self):
        """Return the ``Domain`` of the files that are approached if the outreach starts now."""
        self.ensure_one()
        domain = Domain(
            [("company_id", "=", self.company_id.id), ("state", "in", ("draft", "registered")), ("active", "=", True)]
        )
        domain &= REACHABLE[self.way] & self._consent_domain() & self._rest_domain()
        for name, field in (
            ("segment_ids", "segment_ids"),
            ("governorate_id", "governorate_ids"),
            ("branch_id", "branch_ids"),
        ):
            if self[field]:
                domain &= Domain(name, "in", self[field].ids)
        if self.had_service_ids:
            had = Domain("service_id", "in", self.had_service_ids.ids) & Domain("state", "!=", "draft")
            domain &= Domain("request_ids", "any", had)
        if self.quiet_months:
            domain &= self._quiet_domain(utc_start_of(cpa_today() - relativedelta(months=self.quiet_months)))
        if self.file_months:
            before = utc_start_of(cpa_today() - relativedelta(months=self.file_months))
            domain &= Domain("create_date", "<", before)
        return domain

    def _consent_domain(self):
        # who consents, whatever the user reads of consents: it narrows down the files that he sees
        held = self.env["cpa.consent"].sudo()._held_query(PURPOSES[self.way])
        return Domain("partner_id", "in", SQL("(%s)", held))

    def _rest_domain(self):
        """Nobody is approached by two at once, nor again within the days of the setting."""
        # whether, by whomsoever; nothing of the other outreach is shown
        contacts = self.env["cpa.outreach.contact"].sudo()
        since = fields.Datetime.now() - timedelta(days=self.company_id.cpa_outreach_rest_days)
        lately = Domain("contacted_at", ">=", since) | Domain("state", "=", "waiting")
        return Domain("id", "not in", contacts._search(lately).subselect("beneficiary_id"))

    def _quiet_domain(self, since):
        """Nothing was heard of the person since: no request, inquiry, visit, and no answer to an outreach."""
        inquiries = self.env["crm.lead"].sudo().with_context(active_test=False)  # whether there is one, no more
        asked = inquiries._search(
            Domain("is_inquiry", "=", True) & Domain("create_date", ">=", since) & Domain("partner_id", "!=", False)
        )
        visitors = self.env["cpa.visitor"].sudo()  # as above
        came = visitors._search(Domain("arrived_at", ">=", since) & Domain("beneficiary_id", "!=", False))
        contacts = self.env["cpa.outreach.contact"].sudo()  # as above
        spoke = contacts._search(Domain("contacted_at", ">=", since) & Domain("state", "in", ("reached", "wants")))
        return (
            Domain("request_ids", "not any", [("first_contact_at", ">=", since)])
            & Domain("partner_id", "not in", asked.subselect("partner_id"))
            & Domain("id", "not in", came.subselect("beneficiary_id"))
            & Domain("id", "not in", spoke.subselect("beneficiary_id"))
        )

    def _audience_size(self):
        return self.env["cpa.beneficiary"].search_count(self._audience_domain())

    def _draw(self):
        """Append a waiting contact for everybody of the audience, with the rights of who starts the outreach."""
        self.ensure_one()
        files = self.env["cpa.beneficiary"]
        found = files._search(self._audience_domain(), order="id")
        now, file = fields.Datetime.now(), SQL.identifier(files._table)
        columns = {
            "outreach_id": SQL("%s", self.id),
            "beneficiary_id": SQL("%s.id", file),
            "branch_id": SQL("%s.branch_id", file),
            "company_id": SQL("%s", self.company_id.id),
            "way": SQL("%s", self.way),
            "state": SQL("'waiting'"),
            "tries": SQL("0"),
            "create_uid": SQL("%s", self.env.uid),
            "write_uid": SQL("%s", self.env.uid),
            "create_date": SQL("%s::timestamp", now),
            "write_date": SQL("%s::timestamp", now),
        }
        contacts = self.env["cpa.outreach.contact"]
        self.flush_model()
        contacts.flush_model()
        self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) %s RETURNING id",
                SQL.identifier(contacts._table),
                SQL(", ").join(map(SQL.identifier, columns)),
                found.select(*columns.values()),
            )
        )
        contacts.invalidate_model()
        self.invalidate_recordset(["contact_ids"])
