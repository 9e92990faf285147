"""Text messages to many at once, to consents in force only (P-07); with core's SMS marketing its mailings as well."""

from odoo import models


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _get_optout_record_ids(self, records, recipients_info):
        out = super()._get_optout_record_ids(records, recipients_info)
        if records._name != "res.partner" and not ("mailing_id" in self._fields and self.mailing_id):
            return out
        reached = self.env["cpa.consent"].sudo()._reached(records)  # whether they consent, nothing else
        return [*out, *(records - reached.with_env(records.env)).ids]


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def send(self, *args, **kwargs):
        """Send no text of a mailing to who withdrew his consent while it was waiting (P-07)."""
        refused = self._cpa_refused()
        if refused:
            if "mailing_trace_ids" in refused._fields:
                refused.mailing_trace_ids.set_canceled()
            refused.write({"state": "canceled", "failure_type": "sms_optout"})
        return super(SmsSms, self - refused).send(*args, **kwargs)

    def _cpa_refused(self):
        """Return those of these texts that belong to a mailing and would reach somebody without consent."""
        if "mailing_id" not in self._fields:  # core's SMS marketing is not installed: no mailing goes by text
            return self.browse()
        waiting = self.filtered(lambda sms: sms.mailing_id and sms.state == "outgoing")
        refused = self.browse()
        for mailing, texts in waiting.grouped("mailing_id").items():
            reached = mailing.sudo()._cpa_reached(texts.mailing_trace_ids.mapped("res_id"))  # as above
            refused |= texts.filtered(
                lambda sms, reached=reached: not set(sms.mailing_trace_ids.mapped("res_id")) <= reached
            )
        return refused
