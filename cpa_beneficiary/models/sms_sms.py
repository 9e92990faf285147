from odoo import models


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def _send(self, *args, **kwargs):
        """Send no waiting text of a mailing, by hand or by the queue, to who withdrew his consent meanwhile (P-07)."""
        refused = self._cpa_refused()
        if refused:
            if "mailing_trace_ids" in refused._fields:
                refused.mailing_trace_ids.set_canceled()
            refused.write({"state": "canceled", "failure_type": "sms_optout"})
        going = self - refused
        return super(SmsSms, going)._send(*args, **kwargs) if going else None

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
