"""Inquiries by e-mail: a mail to the team's alias is an inquiry, a reply to it a further question (P-10, P-22).

The policy knows eight channels and no e-mail. A mail is a letter (خطاب) that comes by wire: it is addressed, dated and
kept as it came, and what P-22 asks of a letter can be read off it. So its channel is "letters", incoming, with the
mail's own date and reference; the mail itself is the scan. P-25, the website, stays for what is written on the website.
"""

from lxml import html
from odoo import api, fields, models
from odoo.tools import email_normalize, html2plaintext, parse_contact_from_email

from ..tools.riyadh import cpa_today, riyadh_date, utc_start_of

RECEIPTS_A_DAY = 3
# Another robot must not answer this one.
AUTOMATIC = repr({"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"})
QUOTED = "//*[@data-o-mail-quote or @data-o-mail-quote-container] | //blockquote"


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A mail to the alias of the relations team makes an inquiry, whoever sends it, and gets a receipt.

        Nobody is linked to a file by an address that anybody can write as sender: that is the clerk's to do.
        """
        team = self._inquiry_team()
        if not team or (custom_values or {}).get("team_id") != team.id:
            return super().message_new(msg_dict, custom_values)
        values = {**custom_values, **self._mail_inquiry_values(msg_dict)}
        inquiry = super(CrmLead, self.with_context(default_partner_id=False)).message_new(msg_dict, values)
        inquiry._send_receipt()
        return inquiry

    @api.model
    def _mail_inquiry_values(self, msg_dict):
        text = self._mail_text(msg_dict)
        name, _email = parse_contact_from_email(msg_dict.get("email_from"))
        date = fields.Datetime.to_datetime(msg_dict.get("date")) or fields.Datetime.now()
        return {
            "is_inquiry": True,
            "partner_id": False,
            "contact_name": name,
            "name": msg_dict.get("subject") or False,
            "lang_id": self.env["res.lang"]._get_data(code=self._mail_lang(msg_dict, text)).id,
            "channel_id": self.env.ref("cpa_beneficiary.channel_letter").id,
            "letter_direction": "in",
            "letter_reference": msg_dict["message_id"].strip("<>"),
            "letter_date": min(riyadh_date(date), cpa_today()),
            "question_ids": [fields.Command.create({"name": text})],
        }

    @api.model
    def _mail_text(self, msg_dict):
        """Return what was newly written in a mail: without what it quotes; where nothing was, what there is."""
        body = msg_dict.get("body") or ""
        written = ""
        if body.strip():
            document = html.fromstring(f"<div>{body}</div>")
            for quoted in document.xpath(QUOTED):
                quoted.drop_tree()
            lines = html2plaintext(html.tostring(document, encoding="unicode"), include_references=False).splitlines()
            written = "\n".join(line for line in lines if not line.startswith(">")).strip()
        return written or msg_dict.get("subject") or self.env._("See what was sent along.")

    @api.model
    def _mail_lang(self, msg_dict, text):
        """Return the language in which a mail is answered: Arabic where it has a letter of it."""
        written = f"{msg_dict.get('subject') or ''} {text}"
        arabic = any("\u0600" <= char <= "\u06ff" for char in written)
        return self.env["cpa.reply.text"]._lang_of(None if arabic else "en_US")

    def message_update(self, msg_dict, update_vals=None):
        """A reply of the inquirer is a further question, which opens a closed inquiry again (P-31)."""
        result = super().message_update(msg_dict, update_vals)
        if self.is_inquiry and not self.env.context.get("cpa_automatic_mail") and not self._from_staff(msg_dict):
            self.question_ids.create({"lead_id": self.id, "name": self._mail_text(msg_dict)})
        return result

    def _from_staff(self, msg_dict):
        author = self.env["res.partner"].browse(msg_dict.get("author_id") or [])
        return any(user._is_internal() for user in author.user_ids)

    # ------------------------------------------------------------------
    # What we send
    # ------------------------------------------------------------------

    def _send_receipt(self):
        """Tell the sender the inquiry's number, politely; machines get no answer, nobody gets it all day long."""
        self.ensure_one()
        sender = email_normalize(self.email_from)
        if not sender or self.env.context.get("cpa_automatic_mail"):
            return
        today = [("email_normalized", "=", sender), ("create_date", ">=", utc_start_of(cpa_today()))]
        if self.search_count([("is_inquiry", "=", True), *today], limit=RECEIPTS_A_DAY + 1) > RECEIPTS_A_DAY:
            return
        template = self.env.ref("cpa_beneficiary.mail_template_inquiry_receipt", raise_if_not_found=False)
        if template:
            self._send_template(template, headers=AUTOMATIC)

    def action_send_answers(self):
        """Button: the answers to who asked, by e-mail, in his language."""
        template = self.env.ref("cpa_beneficiary.mail_template_inquiry_answer")
        for lead in self.filtered("email_from"):
            lead._send_template(template)
        return True

    def _send_template(self, template, **values):
        """Send a mail to the inquirer's address, so that a reply to it lands on the inquiry."""
        values["reply_to"] = self._notify_get_reply_to()[self.id]
        template.send_mail(self.id, email_layout_xmlid="mail.mail_notification_light", email_values=values)

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """Suggest no bare address: writing to one makes a contact of it, which every employee could read."""
        suggested = super()._message_get_suggested_recipients_batch(*args, **kwargs)
        for lead in self.filtered(lambda lead: lead.is_inquiry and not lead.partner_id):
            suggested[lead.id] = [recipient for recipient in suggested[lead.id] if recipient["partner_id"]]
        return suggested
