"""Who does not want to be written to any more: the list of addresses is core's, the consent is withdrawn with it."""

from odoo import api, models


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        addresses = super().create(vals_list)
        addresses._cpa_withdraw()
        return addresses

    def write(self, vals):
        super().write(vals)
        if vals.get("active"):
            self._cpa_withdraw()
        return True

    def _cpa_withdraw(self):
        """P-07: an unsubscribing withdraws. An address that is excluded since its mails come back says nothing."""
        if not self.env.context.get("cpa_bounce"):
            self.env["cpa.consent"]._withdraw_addresses(emails=self.filtered("active").mapped("email"))


class PhoneBlacklist(models.Model):
    _inherit = "phone.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        numbers = super().create(vals_list)
        numbers._cpa_withdraw()
        return numbers

    def write(self, vals):
        super().write(vals)
        if vals.get("active"):
            self._cpa_withdraw()
        return True

    def _cpa_withdraw(self):
        """P-07: who stops the text messages withdraws."""
        self.env["cpa.consent"]._withdraw_addresses(phones=self.filtered("active").mapped("number"))


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        return super(MailThread, self.with_context(cpa_bounce=True))._routing_handle_bounce(email_message, message_dict)
