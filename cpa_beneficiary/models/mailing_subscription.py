from odoo import api, fields, models


class MailingSubscription(models.Model):
    """Who is no person of ours is reached as a subscriber only, and only if it is known that he asked for it (P-07)."""

    _inherit = "mailing.subscription"

    cpa_method = fields.Selection(
        [
            ("website", "On the website"),
            ("counter", "At the counter"),
            ("paper", "On paper"),
            ("phone", "By telephone"),
        ],
        "How he asked for it",
        help="Empty: nobody knows that he did, and no mailing goes to him.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create([self._cpa_asked(vals) for vals in vals_list])
        subscriptions.filtered("opt_out")._cpa_withdraw()
        return subscriptions

    def write(self, vals):
        super().write(self._cpa_asked(vals) if vals.get("opt_out") is False else vals)
        if vals.get("opt_out") or vals.get("opt_out_datetime") or vals.get("opt_out_reason_id"):
            self._cpa_withdraw()
        return True

    @api.model
    def _cpa_asked(self, vals):
        """Return ``vals`` with how it was asked for, where a visitor of the website subscribes himself."""
        return {**vals, "cpa_method": "website"} if not self.env.user._is_internal() else vals

    def _cpa_withdraw(self):
        """P-07: who leaves a list withdraws his consent to messages, in every file with his address."""
        contacts = self.sudo().contact_id  # of the subscriptions that the caller has just written
        phones = contacts.mapped("phone_sanitized") if "phone_sanitized" in contacts._fields else ()
        self.env["cpa.consent"]._withdraw_addresses(contacts.mapped("email_normalized"), phones)
