"""Notices to the applicant: on the way that reaches him, in his language, neutral, and not at night."""

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time
from odoo.addons.mail.tests.common import MailCommon
from odoo.addons.sms.tools.sms_api import SmsApiBase
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CpaCommon

DAY = "2026-03-01 09:00:00"  # noon in Riyadh
NIGHT = "2026-03-01 19:00:00"  # 22:00 in Riyadh
MORNING = datetime(2026, 3, 2, 5)  # 08:00 in Riyadh
CODES = ("receipt", "missing", "progress")


class Gateway(SmsApiBase):
    """A gateway that takes every message."""

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        return [{"uuid": number["uuid"], "state": "success"} for message in messages for number in message["numbers"]]


@tagged("post_install", "-at_install")
class TestNotices(MailCommon, CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ar_001")
        cls.env.ref("cpa_beneficiary.automation_request_submitted").active = False  # each test tells by itself
        cls.startClassPatcher(freeze_time(DAY))

    def gateway(self):
        patcher = patch.object(self.registry["res.company"], "_get_sms_api_class", lambda company: Gateway)
        self.startPatcher(patcher)

    def request(self, **vals):
        lang = vals.pop("lang", "en_US")
        beneficiary = self.make_beneficiary(lang=lang, **vals)
        request = self.make_request(beneficiary_id=beneficiary.id, subject="Rent of a poor family")
        return self.submit(request)

    def told(self, request):
        """Return the mails and text messages that were written for a request."""
        messages = request.sudo()._notices()
        return (
            self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)]),
            self.env["sms.sms"].search([("mail_message_id", "in", messages.ids)]),
        )

    def calls(self, request):
        return request.sudo().activity_ids.filtered(lambda a: a.activity_type_id.category == "phonecall")

    def test_email_reaches(self):
        """P-09: whoever has an e-mail address gets the notice there, in the association's name."""
        request = self.request(email="person@example.com")
        request = request.with_user(self.officer)
        self.assertEqual(request._notify_applicant("missing"), "email")
        mails, texts = self.told(request)
        self.assertFalse(texts)
        self.assertEqual(mails.recipient_ids, request.beneficiary_id.partner_id)
        self.assertEqual(mails.author_id, request.company_id.partner_id)
        self.assertIn(request.number, mails.subject)
        self.assertIn(request.number, mails.body_html)
        self.assertEqual(mails.state, "outgoing", "it waits in the queue, so a rollback sends nothing")
        self.assertEqual(request._story()[-1]["title"], "Notice to the applicant by e-mail")
        self.assertFalse(self.calls(request))

    def test_sms_reaches_first(self):
        """P-20: a telephone is nearer than a mailbox, unless the person prefers letters or the website."""
        self.gateway()
        request = self.request(email="person@example.com")
        self.assertEqual(request._notify_applicant("progress"), "sms")
        mails, texts = self.told(request)
        self.assertFalse(mails)
        self.assertEqual(texts.number, "+966501234567")
        self.assertIn(request.number, texts.body)
        request.beneficiary_id.preferred_channel_id = self.env.ref("cpa_beneficiary.channel_letter")
        self.assertEqual(request._notify_applicant("progress"), "email")

    def test_nothing_reaches(self):
        """Without gateway and address the officer calls, once, and has the words to say; the slip needs no call."""
        request = self.request().with_user(self.officer)
        self.assertFalse(request._notify_applicant("receipt"), "the slip says it")
        self.assertFalse(self.calls(request))
        for _again in range(2):
            self.assertEqual(request._notify_applicant("missing"), "call")
        call = self.calls(request)
        self.assertEqual((len(call), call.user_id), (1, self.officer))
        self.assertIn(request.number, call.note)
        _mails, texts = self.told(request)
        self.assertTrue(texts, "the text waits in the local outbox for a gateway")

    def test_who_left_calls_nobody(self):
        """The officer left: the manager gets what was his to do."""
        self.env.ref("base.user_admin").group_ids -= self.env.ref("cpa_beneficiary.group_manager")
        request = self.request()
        self.officer.active = False
        request._notify_applicant("missing")
        self.assertEqual(self.calls(request).user_id, self.manager)

    def test_anonymous(self):
        """Who reported without a name is told nothing."""
        request = self.make_request(self.env.ref("cpa_beneficiary.service_market"), is_anonymous=True)
        self.assertFalse(request._notify_applicant("receipt"))

    def test_guardian_and_agent_are_told(self):
        """P-34: who acts for the beneficiary is told in his place; a carer does not act, an expired power neither."""
        request = self.request(email="person@example.com")
        beneficiary = request.beneficiary_id
        agent = self.env["res.partner"].create(
            {"name": "وكيل تجريبي", "phone": "+966501112233", "email": "agent@example.com", "lang": "ar_001"}
        )
        agency = self.env["cpa.representation"].create(
            {
                "beneficiary_id": beneficiary.id,
                "representative_id": agent.id,
                "kind": "agent",
                "power_number": "1",
                "valid_until": "2026-12-31",
            }
        )
        self.assertEqual(request._applicant(), beneficiary.partner_id, "he acts himself in this request")
        request.sudo().representation_id = agency
        self.assertEqual((request._applicant(), request._applicant_lang()), (agent, "ar_001"))
        agency.valid_until = "2026-02-28"
        self.assertEqual(request._applicant(), beneficiary.partner_id)
        agency.write({"kind": "carer", "valid_until": False})
        self.assertEqual(request._applicant(), beneficiary.partner_id)

    def test_guardian_of_a_minor(self):
        """Under 18 the guardian is told, also where the request does not name him."""
        minor = self.make_beneficiary(registered=False)
        minor.partner_id.sudo().cpa_identity_ids.birth_date = "2015-01-01"
        guardian = self.env["res.partner"].create({"name": "ولي تجريبي", "phone": "+966501112244"})
        self.env["cpa.representation"].create({"beneficiary_id": minor.id, "representative_id": guardian.id})
        request = self.make_request(beneficiary_id=minor.id)
        self.assertEqual(request._applicant(), guardian)

    def test_in_his_language(self):
        """Arabic unless the person's file says otherwise; the day in both calendars."""
        request = self.request(email="person@example.com", lang=False)
        self.assertEqual(request._applicant_lang(), "ar_001")
        template = self.env.ref("cpa_beneficiary.mail_template_request_progress")
        template.with_context(lang="ar_001").subject = "بشأن معاملتكم {{ object.number }}"
        request._notify_applicant("progress")
        mails, _texts = self.told(request)
        self.assertEqual(mails.subject, f"بشأن معاملتكم {request.number}")
        self.assertIn('dir="rtl"', mails.body_html)

    def test_neutral(self):
        """A telephone is shared: neither the need nor the amount nor what was decided is in any notice."""
        self.gateway()
        request = self.request(email="person@example.com", name="Person of Najran")
        for channel in (False, "cpa_beneficiary.channel_website"):
            request.beneficiary_id.preferred_channel_id = channel and self.env.ref(channel)
            for code in CODES:
                request._notify_applicant(code)
        mails, texts = self.told(request)
        self.assertEqual((len(mails), len(texts)), (3, 3))
        for text in [*texts.mapped("body"), *mails.mapped("body_html"), *mails.mapped("subject")]:
            with self.subTest(text=text):
                for secret in ("Rent", "poor", "Person of", self.consultation.name, "accept", "reject", "commit"):
                    self.assertNotIn(secret, text)

    def test_quiet_hours(self):
        """Between 21:00 and 08:00 in Riyadh nobody is disturbed; what he waits for comes at any hour."""
        self.gateway()
        request = self.request(email="person@example.com")
        with freeze_time(NIGHT):
            self.env.cr.postcommit.clear()
            self.patch(self.env.cr, "_now", datetime.now())  # of the transaction, which began before
            self.assertEqual(request._notify_applicant("progress"), "sms")
            self.assertFalse(self.told(request)[1], "not at 22:00")
            self.assertEqual(request._notify_applicant("receipt"), "sms")
            self.assertEqual(len(self.told(request)[1]), 1, "the receipt of who stands at the counter")
            request.beneficiary_id.preferred_channel_id = self.env.ref("cpa_beneficiary.channel_website")
            self.assertEqual(request._notify_applicant("progress"), "email")
            self.assertFalse(self.told(request)[0])
        waiting = self.env["mail.message.schedule"].search([])
        self.assertEqual(waiting.mapped("scheduled_datetime"), [MORNING, MORNING])
        with freeze_time(MORNING):
            waiting._send_notifications_cron()
        mails, texts = self.told(request)
        self.assertEqual((len(mails), len(texts)), (1, 2))

    def test_edges_of_the_night(self):
        """P-35's Riyadh: 20:59 is not quiet, 21:00 is, 07:59 is, 08:00 is not; over midnight the day turns."""
        company = self.env.company
        for hour, waits_until in (
            ("2026-03-01 17:59", None),
            ("2026-03-01 18:00", MORNING),
            ("2026-03-01 20:59", MORNING),  # 23:59 in Riyadh
            ("2026-03-01 21:01", MORNING),  # 00:01 of the next day in Riyadh
            ("2026-03-02 04:59", MORNING),
            ("2026-03-02 05:00", None),
        ):
            with self.subTest(hour=hour):
                self.assertEqual(company._cpa_after_quiet_hours(datetime.fromisoformat(hour)), waits_until)
        company.write({"cpa_quiet_from": 13, "cpa_quiet_until": 14.5})
        self.assertEqual(
            company._cpa_after_quiet_hours(datetime(2026, 3, 1, 10, 30)), datetime(2026, 3, 1, 11, 30), "a siesta"
        )
        company.cpa_quiet_until = 13
        self.assertIsNone(company._cpa_after_quiet_hours(datetime(2026, 3, 1, 10)), "switched off")
        with self.assertRaises(ValidationError):
            company.cpa_quiet_from = 24

    def test_a_broken_template_stops_nothing(self):
        """A text that an administrator broke says nothing; the officer calls, and the request goes on."""
        request = self.request(email="person@example.com")
        self.make_request()  # the one with which core tries the text; it fails with another
        template = self.env.ref("cpa_beneficiary.mail_template_request_missing")
        spoken = template.with_context(lang=request._applicant_lang())
        spoken.subject = template.subject = f"{{{{ 1 / (object.id - {request.id}) }}}}"
        with mute_logger(
            "odoo.addons.mail.models.mail_render_mixin", "odoo.addons.cpa_beneficiary.models.cpa_request_notice"
        ):
            self.assertEqual(request._notify_applicant("missing"), "call")

    def test_who_reads_the_request_reads_that_he_was_told(self):
        """The history tells it to every reader of the request; nobody follows it by that."""
        request = self.request(email="person@example.com")
        request._notify_applicant("missing")
        for user in (self.officer, self.manager, self.auditor):
            self.assertEqual(request.with_user(user)._story()[-1]["details"], request._notices().mapped("subject"))
        self.assertNotIn(request.beneficiary_id.partner_id, request.sudo().message_partner_ids)
