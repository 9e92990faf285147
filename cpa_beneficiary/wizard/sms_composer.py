"""Text messages to many at once, to consents in force only (P-07); with core's SMS marketing its mailings as well."""

from odoo import models

from .mail_compose_message import LISTS_OF_PEOPLE


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _get_optout_record_ids(self, records, recipients_info):
        out = super()._get_optout_record_ids(records, recipients_info)
        if records._name not in LISTS_OF_PEOPLE and not ("mailing_id" in self._fields and self.mailing_id):
            return out
        reached = self.env["cpa.consent"].sudo()._reached(records)  # whether they consent, nothing else
        return [*out, *(records - reached.with_env(records.env)).ids]
