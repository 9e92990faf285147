from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def send(self, *args, **kwargs):
        """Send no mail of a mailing to who withdrew his consent while it was waiting (P-07)."""
        refused = self._cpa_refused()
        if refused:
            refused.write({"state": "cancel", "failure_type": "mail_optout"})
            refused.mailing_trace_ids.set_canceled()
        return super(MailMail, self - refused).send(*args, **kwargs)

    def _cpa_refused(self):
        """Return those of these mails that belong to a mailing and would reach somebody without consent."""
        waiting = self.filtered(lambda mail: mail.mailing_id and mail.model in self.env and mail.res_id)
        refused = self.browse()
        for model, mails in waiting.grouped("model").items():
            # whether they consent, nothing else
            reached = self.env["cpa.consent"].sudo()._reached(self.env[model].browse(mails.mapped("res_id")))
            refused |= mails.filtered(lambda mail, ids=set(reached.ids): mail.res_id not in ids)
        return refused
