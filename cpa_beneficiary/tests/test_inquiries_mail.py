from email.message import EmailMessage

from freezegun import freeze_time
from odoo.addons.mail.tests.common import MailCommon
from odoo.tests import tagged

from .test_inquiries import NOW, InquiryCommon

SENDER = "Test Sender <sender@example.com>"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestInquiryMail(InquiryCommon, MailCommon):
    """P-10, P-22: a mail to the alias is an inquiry, whoever sends it; people get a receipt, machines do not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["res.lang"]._activate_lang("ar_001")
        cls.team = cls.env.ref("cpa_beneficiary.crm_team_relations")
        cls.team.alias_id.alias_domain_id = cls.mail_alias_domain
        cls.address = cls.team.alias_id.alias_full_name

    def receive(self, text="When do you open?", subject="A question", sender=SENDER, attachment=None, **headers):
        """Let a mail come in; return the inquiry that it made or reached, and keep what was sent in ``_new_mails``."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, self.address, subject
        mail["Message-Id"] = headers.pop("message_id", f"<{self.env['mail.message'].search_count([])}@example.com>")
        mail["Date"] = "Sun, 01 Mar 2026 10:00:00 +0300"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        if attachment:
            mail.add_attachment(attachment, maintype="application", subtype="octet-stream", filename="letter.bin")
        with self.mock_mail_gateway():
            res_id = self.env["mail.thread"].message_process(None, mail.as_bytes())
        return self.env["crm.lead"].browse(res_id)

    def test_a_mail_is_an_inquiry(self):
        inquiry = self.receive(attachment=b"what was sent", message_id="<first@example.com>")
        self.assertTrue(inquiry.is_inquiry)
        self.assertEqual((inquiry.channel_code, inquiry.letter_direction), ("letter", "in"))
        self.assertEqual((inquiry.letter_reference, str(inquiry.letter_date)), ("first@example.com", "2026-03-01"))
        self.assertEqual((inquiry.name, inquiry.contact_name), ("A question", "Test Sender"))
        self.assertEqual((inquiry.question_ids.name, inquiry.question_ids.state), ("When do you open?", "open"))
        attachment = self.env["ir.attachment"].search([("res_model", "=", "crm.lead"), ("res_id", "=", inquiry.id)])
        self.assertEqual(attachment.raw, b"what was sent")
        self.assertEqual(inquiry.team_id, self.team)
        self.assertIn(inquiry, self.env["crm.lead"].with_user(self.officer).search([("is_inquiry", "=", True)]))

    def test_receipt(self):
        """A sender whom nobody knows gets the number, in his language, not a refusal."""
        inquiry = self.receive()
        receipt = self._new_mails
        self.assertEqual(len(receipt), 1)
        self.assertIn("sender@example.com", receipt.email_to)
        self.assertIn(inquiry.inquiry_number, receipt.subject)
        self.assertIn("Auto-Submitted", receipt.headers)
        self.assertFalse(self.env["res.partner"].search([("email", "=", "sender@example.com")]), "no contact is made")
        arabic = self.receive("متى تفتحون؟", "سؤال")
        self.assertEqual(arabic.inquirer_lang, "ar_001")
        self.assertIn('dir="rtl"', self._new_mails.body_html)

    def test_machines_get_no_answer(self):
        for headers in (
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-generated"},
            {"Precedence": "bulk"},
            {"List_Id": "<news.example.com>"},
            {"X_Autoreply": "yes"},
            {"X_Auto_Response_Suppress": "All"},
            {"Return_Path": "<>"},
            {"sender": "noreply@example.com"},
        ):
            with self.subTest(headers=headers):
                inquiry = self.receive(**headers)
                self.assertTrue(inquiry.question_ids, "nothing that comes in is lost")
                self.assertFalse(self._new_mails)
        self.receive(Auto_Submitted="no", sender="other@example.com")
        self.assertTrue(self._new_mails)

    def test_not_all_day_long(self):
        sent = [bool(self.receive(f"Question {number}") and self._new_mails) for number in range(5)]
        self.assertEqual(sent, [True, True, True, False, False])

    def test_a_reply_is_a_further_question(self):
        """A reply lands on the inquiry and opens it again; the quoted text is not asked again."""
        inquiry = self.receive(message_id="<first@example.com>")
        inquiry.question_ids.with_user(self.officer).answer = "At eight"
        inquiry.with_user(self.officer).stage_id = self.stage("answered")
        reply = self.receive("And on Friday?\n\n> At eight\n> the association", In_Reply_To="<first@example.com>")
        self.assertEqual(reply, inquiry)
        self.assertEqual(inquiry.question_ids.mapped("state"), ["answered", "open"])
        self.assertIn("And on Friday?", inquiry.question_ids[1].name)
        self.assertNotIn("At eight", inquiry.question_ids[1].name)
        self.assertEqual(inquiry.won_status, "pending")
        self.assertFalse(self._new_mails, "a reply gets no second receipt")
        # neither a machine nor a colleague asks by replying
        self.receive("I am on holiday", In_Reply_To="<first@example.com>", Auto_Submitted="auto-replied")
        self.officer.partner_id.email = "officer@example.com"
        self.receive("Noted", In_Reply_To="<first@example.com>", sender="officer@example.com")
        self.assertEqual(len(inquiry.question_ids), 2)
        self.assertIn("I am on holiday", " ".join(inquiry.message_ids.mapped("body")))

    def test_an_address_links_nobody(self):
        """Anybody can write any sender: only a clerk links a person."""
        person = self.make_beneficiary(email="sender@example.com")
        inquiry = self.receive()
        self.assertFalse(inquiry.partner_id)
        self.assertEqual(inquiry.with_user(self.officer).likely_beneficiary_id, person)

    def test_other_aliases_are_not_ours(self):
        team = self.env["crm.team"].create({"name": "Sales", "alias_name": "sales"})
        team.alias_id.alias_domain_id = self.mail_alias_domain
        self.address = team.alias_id.alias_full_name
        self.assertFalse(self.receive().is_inquiry)
        self.assertFalse(self._new_mails)

    def test_answers_by_mail(self):
        inquiry = self.receive()
        inquiry.question_ids.with_user(self.officer).answer = "At <eight>"
        with self.mock_mail_gateway():
            inquiry.with_user(self.officer).action_send_answers()
        [mail] = self._new_mails
        self.assertIn("sender@example.com", mail.email_to)
        for text in ("When do you open?", "At &lt;eight&gt;"):
            self.assertIn(text, mail.body_html)
        self.assertIn(self.address, mail.reply_to)
        self.assertIn("At &lt;eight&gt;", inquiry.message_ids[0].body, "what was sent is kept")

    def test_writing_makes_no_contact(self):
        inquiry = self.receive()
        [suggested] = inquiry.with_user(self.officer)._message_get_suggested_recipients_batch().values()
        self.assertFalse([recipient for recipient in suggested if not recipient["partner_id"]])
