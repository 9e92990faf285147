"""What applicant and association write to each other about a request: in its chatter, each message marked as such.

What staff writes among themselves is never shown: a message is the applicant's to read when it was written to him by
"Write to the applicant", or as a notice.
"""

from odoo import models
from odoo.tools import html2plaintext, plaintext2html

from ..tools.hijri import format_gregorian
from ..tools.riyadh import riyadh_datetime

FROM_APPLICANT = "cpa_beneficiary.mt_request_from_applicant"
TO_APPLICANT = "cpa_beneficiary.mt_request_to_applicant"
NOTICE = "cpa_beneficiary.mt_request_notice"
MESSAGE_MOST = 4000
MESSAGES_SHOWN = 50
FILES_MOST = 5


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _portal_write(self, text, files):
        """The applicant writes to his officer, who is told by an activity.

        :param str text: as typed
        :param files: list of ``(name, bytes)``
        :return: what is wrong with it, in the user's language; "" when it was kept
        :raise ValidationError: a file of a kind that is not kept, or too large
        """
        self.ensure_one()
        if not self._is_mine_to_do():
            return self.env._("You can read this, and cannot write to us here at the moment. Please call us.")
        text = (text or "").strip()
        if not text and not files:
            return self.env._("Write your message.")
        if len(text) > MESSAGE_MOST:
            return self.env._("Write at most %(most)s characters.", most=MESSAGE_MOST)
        if len(files) > FILES_MOST:
            return self.env._("At most %(most)s files with one message.", most=FILES_MOST)
        self._portal_post(text, files)
        self._tell_officer(self._officer_env()._("The applicant has written"))
        return ""

    def _portal_post(self, text, files=()):
        """Keep the applicant's words in the chatter as his own message; he follows nothing by it."""
        request = self.with_context(mail_create_nosubscribe=True, mail_post_autofollow=False)
        return request.message_post(
            body=plaintext2html(text),
            attachments=list(files),
            author_id=self.env.user.partner_id.id,
            message_type="comment",
            subtype_xmlid=FROM_APPLICANT,
        )

    def _write_to_applicant(self, text, attachments=None):
        """Staff writes to the applicant: he reads it on the website, and is told neutrally that there is something.

        :param str text: as the applicant is to read it
        :param attachments: ``ir.attachment`` that he gets with it
        :return: the message
        """
        self.ensure_one()
        self.check_access("write")
        if attachments:
            attachments.write({"res_model": self._name, "res_id": self.id})
        message = self.message_post(
            body=plaintext2html(text.strip()),
            attachment_ids=attachments.ids if attachments else [],
            message_type="comment",
            subtype_xmlid=TO_APPLICANT,
        )
        self._notify_applicant("message")
        return message

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _portal_values(self):
        can_write = self._is_mine_to_do()
        return {**super()._portal_values(), "messages": self._portal_messages(), "can_write": can_write}

    def _portal_messages(self):
        """Return the conversation, oldest first: list of dicts ``is_mine``, ``at`` (text), ``text`` and ``files``."""
        self.ensure_one()
        return [
            {
                "is_mine": message.subtype_id == self.env.ref(FROM_APPLICANT),
                "at": self._portal_time(message.date),
                "text": self._portal_message_text(message),
                "files": [
                    {"name": file.name, "url": self._portal_url(f"files/{file.id}")} for file in message.attachment_ids
                ],
            }
            for message in self._portal_message_records()
        ]

    def _portal_message_records(self):
        """Return the messages that the applicant may read, oldest first, the last ones of many."""
        # superuser: he has no row on messages; the subtypes are the check
        subtypes = [self.env.ref(name).id for name in (FROM_APPLICANT, TO_APPLICANT, NOTICE)]
        messages = self.env["mail.message"].sudo()
        domain = [("model", "=", self._name), ("res_id", "=", self.id), ("subtype_id", "in", subtypes)]
        return messages.search(domain, order="id desc", limit=MESSAGES_SHOWN).sorted("id")

    def _portal_message_text(self, message):
        text = html2plaintext(message.body, include_references=False).strip()
        # the letter is reached from the page itself; the link of a notice opens nothing here
        link = self._reply_link()
        return text.replace(link, "").strip() if link else text

    def _portal_time(self, moment):
        local = riyadh_datetime(moment)
        return f"{format_gregorian(local.date(), self.env.lang)} · {local:%H:%M}"

    def _portal_file(self, attachment_id):
        """Return the file that the applicant may open: of the conversation, or one that he gave for an item.

        :return: ``ir.attachment`` as superuser, empty for any other
        """
        self.ensure_one()
        seen = self._portal_message_records().attachment_ids | self.check_ids.attachment_ids.filtered(
            lambda file: file.create_uid == self.env.user
        )
        return seen.filtered(lambda file: file.id == attachment_id)

    # ------------------------------------------------------------------
    # Telling the officer
    # ------------------------------------------------------------------

    def _officer_env(self):
        """Return the environment in the language of who handles this request."""
        return self.with_context(lang=self._responsible().lang).env

    def _tell_officer(self, summary):
        """Let who handles the request know; one open activity for one thing is enough."""
        if not self.activity_ids.filtered(lambda activity: activity.summary == summary):
            self._activity_for(self._responsible(), "cpa_beneficiary.activity_follow_up", summary)

    def action_write_to_applicant(self):
        """Button: write to the applicant; he reads it on the website."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to the applicant"),
            "res_model": "cpa.request.message.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }
