"""What a request takes over from the inquiry that it came from, and what it tells by a ready text (P-08, P-10)."""

from contextlib import suppress

from odoo import api, models
from odoo.exceptions import ValidationError

from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_date, riyadh_datetime


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    @api.model_create_multi
    def create(self, vals_list):
        Lead = self.env["crm.lead"]
        requests = super().create(
            [
                vals | {"description": vals.get("description") or Lead.browse(vals["lead_id"])._request_description()}
                if vals.get("lead_id")
                else vals
                for vals in vals_list
            ]
        )
        requests.filtered("lead_id")._take_over_documents()
        return requests

    def _take_over_documents(self):
        """Copy the documents of the inquiries to the requests opened from them: nobody uploads twice (P-08).

        An e-mail may bring any file; what a request does not take stays with the inquiry.
        """
        documents = self.env["ir.attachment"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "in", self.lead_id.ids), ("res_field", "=", False)]
        )
        by_lead = documents.grouped("res_id")
        for request in self:
            for document in by_lead.get(request.lead_id.id, ()):
                with suppress(ValidationError):
                    document.copy({"res_model": request._name, "res_id": request.id})
            scan = request.lead_id.letter_scan
            if scan and not request.letter_scan:
                with suppress(ValidationError):
                    request.write({"letter_scan": scan, "letter_scan_name": request.lead_id.letter_scan_name})
            request.lead_id._message_log(body=self.env._("A request was opened: %(subject)s", subject=request.subject))

    # ------------------------------------------------------------------
    # Reply texts
    # ------------------------------------------------------------------

    def action_reply_texts(self):
        """Button: the ready texts for this request."""
        return self.env["cpa.reply.wizard"]._open(self)

    def _reply_values(self):
        """Return what the placeholders of a reply text stand for, with ``lang`` and ``phone`` of the person."""
        self.ensure_one()
        person, lang = self._applicant(), self._applicant_lang()
        visit = self.env["cpa.visit"].search([("request_id", "=", self.id), ("state", "=", "planned")], limit=1)
        missing = self.check_ids._latest().filtered(lambda c: c.is_obligatory and c.state in ("pending", "to_sight"))
        return {
            "lang": lang,
            "phone": person.phone,
            "association": self.company_id.sudo().with_context(lang=lang).name,
            "number": self.number,
            "date": format_both(self.reply_target_date, lang, arabic_digits=False),
            "appointment": visit and self._reply_time(visit.start, lang),
            "missing": "\n".join(f"• {name}" for name in missing.requirement_id.with_context(lang=lang).mapped("name")),
            "place": self.branch_id._place(self.company_id, lang),
        }

    @api.model
    def _reply_time(self, moment, lang):
        """Return a moment as people read it: the day in both calendars and the hour in Riyadh."""
        return f"{format_both(riyadh_date(moment), lang, arabic_digits=False)} · {riyadh_datetime(moment):%H:%M}"
