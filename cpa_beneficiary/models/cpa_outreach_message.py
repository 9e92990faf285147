"""An outreach by text message or e-mail (P-07): what waits leaves outside the quiet hours, to consents in force."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..tools.links import sign

BATCH = 200
# Where the link in a text message leads, and how long it opens.
STOP = "/stop"
STOP_DAYS = 90


class CpaOutreach(models.Model):
    _inherit = "cpa.outreach"

    def _send_off(self):
        """Begin with what goes by itself: the texts wait for their job, the mailing is designed by hand."""
        if self.way == "sms":
            at = self.company_id._cpa_after_quiet_hours(fields.Datetime.now())
            self.env.ref("cpa_beneficiary.cron_outreach").sudo()._trigger(at)  # the job that sends is the system's
        elif self.way == "mailing":
            # written with the tool of who starts it; its recipients are those drawn, and cut to consents once more
            mailing = self.env["mailing.mailing"].create(
                {
                    "subject": self.name,
                    "mailing_model_id": self.env["ir.model"]._get_id("cpa.beneficiary"),
                    "mailing_domain": repr([("outreach_contact_ids", "any", [("outreach_id", "=", self.id)])]),
                    "body_html": plaintext2html(self.text or ""),
                    "user_id": self.user_id.id or self.env.uid,
                }
            )
            self._lifecycle_set({"mailing_id": mailing.id})

    @api.model
    def _cron_send(self):
        """Send the texts of running outreaches, outside the quiet hours: only what waits is read."""
        now = fields.Datetime.now()
        for outreach in self.search(Domain("state", "=", "running") & Domain("way", "=", "sms")):
            later = outreach.company_id._cpa_after_quiet_hours(now)
            if later:
                self.env.ref("cpa_beneficiary.cron_outreach")._trigger(later)
                continue
            contacts = self.env["cpa.outreach.contact"]
            waiting = Domain("outreach_id", "=", outreach.id) & Domain("state", "=", "waiting")
            while batch := contacts.search(waiting, limit=BATCH, order="id"):
                batch._send()
                if not self.env["ir.cron"]._commit_progress(len(batch)):
                    return


class CpaOutreachContact(models.Model):
    _inherit = "cpa.outreach.contact"

    def _send(self):
        """Put the text of these contacts into the outbox; who withdrew, or was approached lately, is let go."""
        going = self._consenting()
        (self - going)._skip(self.env._("The consent was withdrawn."))
        now = fields.Datetime.now()
        since = now - timedelta(days=self.company_id[:1].cpa_outreach_rest_days)
        lately = dict(
            self._read_group(
                Domain("beneficiary_id", "in", going.beneficiary_id.ids) & Domain("contacted_at", ">=", since),
                ["beneficiary_id"],
                ["__count"],
            )
        )
        rested = going.filtered(lambda contact: contact.beneficiary_id not in lately)
        (going - rested)._skip(self.env._("He was approached lately."))
        # the outbox is nobody's to write by hand: what goes into it has been checked above
        self.env["sms.sms"].sudo().create(
            [
                {
                    "number": contact.phone,
                    "partner_id": contact.beneficiary_id.partner_id.id,
                    "body": contact._text_message(),
                    "cpa_outreach_contact_id": contact.id,
                }
                for contact in rested
            ]
        )
        rested._told(now, self.env.uid)

    def _told(self, at, user_id):
        """Record that a message left, in the contact and in the file."""
        if self:
            journal = self._lifecycle_journal("sent", at, self._happened_pop({}))
            self._lifecycle_enter("sent", journal)
            self._lifecycle_set({"contacted_at": at, "user_id": user_id})
            self._log_on_files()

    def _text_message(self):
        """Return the text in the person's language, with the link that ends such messages."""
        file = self.beneficiary_id
        lang = self.env["cpa.reply.text"]._lang_of(file.lang)
        contact = self.with_context(lang=lang)
        path = sign(self.env, STOP, file.partner_id.ids, fields.Datetime.now() + timedelta(days=STOP_DAYS))
        stop = contact.env._("To stop such messages: %(link)s", link=self.get_base_url() + path)
        return f"{contact.outreach_id.text}\n{stop}"


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    cpa_outreach_ids = fields.One2many("cpa.outreach", "mailing_id", "Outreach")

    def _action_send_mail(self, res_ids=None):
        done = super()._action_send_mail(res_ids=res_ids)
        for outreach in self.sudo().cpa_outreach_ids:  # the sender's own mailing: what left is written down
            traces = self.env["mailing.trace"].sudo()
            left = Domain("mass_mailing_id", "=", outreach.mailing_id.id) & Domain("trace_status", "!=", "cancel")
            told = set(traces.search(left).mapped("res_id"))
            waiting = outreach.contact_ids.filtered(lambda contact: contact.state == "waiting")
            waiting.filtered(lambda c, ids=told: c.beneficiary_id.id in ids)._told(
                fields.Datetime.now(), outreach.user_id.id or self.env.uid
            )
        return done


class SmsSms(models.Model):
    _inherit = "sms.sms"

    cpa_outreach_contact_id = fields.Many2one(
        "cpa.outreach.contact", "Contact of an outreach", index="btree_not_null", ondelete="set null"
    )

    def _cpa_refused(self):
        outreach = self.filtered(lambda sms: sms.cpa_outreach_contact_id and sms.state == "outgoing")
        contacts = outreach.cpa_outreach_contact_id
        allowed = contacts._consenting()
        return super()._cpa_refused() | outreach.filtered(lambda sms: sms.cpa_outreach_contact_id not in allowed)
