"""Nothing leaves the machine unless an administrator switches it on: no name, address or text goes outside."""

import re
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged

from .common import CpaCommon

OUR_HOSTS = {"", "localhost", "127.0.0.1"}
# what a browser fetches by itself when it shows a page
FETCHED = re.compile(
    r"""<(?:link|script|img|iframe|source|video|audio)\b[^>]*?\b(?:src|href)\s*=\s*["']([^"']+)""", re.I
)
STYLE_URL = re.compile(r"""(?:@import\s+(?:url\()?|url\()\s*["']?((?:https?:)?//[^"')\s]+)""", re.I)


@tagged("post_install", "-at_install")
class TestNothingLeaves(CpaCommon):
    """Every way out of the server is watched: the calls of ``requests``, of IAP, and mail servers."""

    @classmethod
    def setUpClass(cls):
        cls.calls = []
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("database.expiration_date", False)
        # core answers for itself during tests, before it would call: watched one step earlier
        iap = patch(
            "odoo.addons.iap.tools.iap_tools.iap_jsonrpc",
            side_effect=lambda url, *args, **kwargs: cls.calls.append(url),
        )
        autocomplete = patch(
            "odoo.addons.partner_autocomplete.models.iap_autocomplete_api.IapAutocompleteApi._contact_iap",
            autospec=True,
            side_effect=lambda model, endpoint, *args, **kwargs: cls.calls.append(endpoint),
        )
        connect = patch(
            "smtplib.SMTP.connect",
            autospec=True,
            side_effect=lambda self, host="", *args, **kwargs: cls.calls.append(host),
        )
        register = patch(
            "odoo.addons.partner_autocomplete.models.res_partner.check_vies",
            side_effect=lambda number, *args, **kwargs: cls.calls.append(number),
        )
        for patcher in (iap, autocomplete, register, connect):
            cls.startClassPatcher(patcher)

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        cls.calls.append(request.url)
        return super()._request_handler(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        for name in ("commit", "rollback"):  # of jobs, which do it by themselves
            self.patch(self.env.cr, name, lambda: None)

    def assert_nothing_left(self):
        self.env.flush_all()
        calls = list(self.calls)
        self.calls.clear()
        self.assertEqual(calls, [])

    def test_the_watch_sees(self):
        """The watch itself: with the switch on, core's service is asked and seen."""
        self.env["ir.config_parameter"].set_param("cpa_beneficiary.outside_services", "on")
        self.env["res.partner"].with_user(self.officer).autocomplete_by_name("Najran Trading", 192)
        self.assertTrue(self.calls)
        self.calls.clear()

    def test_contacts(self):
        """Typing a name, a tax number or a domain asks nobody outside."""
        Partner = self.env["res.partner"].with_user(self.officer)
        for answer in (
            Partner.autocomplete_by_name("Najran Trading", 192),
            Partner.autocomplete_by_vat("SA310175397400003", 192),
            Partner.enrich_by_domain("najran.example.com"),
            Partner.enrich_by_duns("123456789"),
            Partner.enrich_by_gst("123456789"),
        ):
            self.assertFalse(isinstance(answer, list) and answer)
        Partner.create({"name": "Najran Trading", "is_company": True, "email": "a@najran-trading.example.com"})
        beneficiary = self.make_beneficiary(email="person@example.com", is_company=True)
        beneficiary.write({"email": "other@example.net", "vat": "SA310175397400003"})
        self.assert_nothing_left()

    def test_inquiry(self):
        """An inquiry with an e-mail is neither enriched nor scored, nor its links looked up."""
        lead = (
            self.env["crm.lead"]
            .with_user(self.officer)
            .create(
                {
                    "name": "Inquiry",
                    "is_inquiry": True,
                    "channel_id": self.channel.id,
                    "email_from": "director@najran-trading.example.com",
                }
            )
        )
        lead.sudo().iap_enrich()
        message = lead.message_post(body="See https://example.com/page and http://example.org", message_type="comment")
        self.env["mail.link.preview"].sudo()._create_from_message_and_notify(message)
        self.make_request().message_post(body="https://example.com/again", message_type="comment")
        self.assert_nothing_left()

    def test_sms_waits_for_a_gateway(self):
        """A text message stays here, as failed for want of an account, until a gateway is set."""
        beneficiary = self.make_beneficiary()
        message = self.env["sms.sms"].create({"number": beneficiary.phone, "body": "Your request has been received"})
        message.send()
        self.assertEqual((message.state, message.failure_type), ("error", "sms_acc"))
        waiting = message.copy({"state": "outgoing"})
        self.env["sms.sms"]._process_queue()
        self.assertEqual((waiting.state, waiting.failure_type), ("error", "sms_acc"))
        beneficiary._message_sms("Your request has been received")
        self.env["sms.sms"].search([]).send()
        self.assert_nothing_left()

    def test_crons(self):
        """No job of the night calls home: every active one is run."""
        self.env["crm.lead"].create(
            {"name": "Lead", "email_from": "director@najran-trading.example.com", "type": "opportunity"}
        )
        for cron in self.env["ir.cron"].search([]):
            with self.subTest(cron=cron.cron_name):
                cron.with_user(cron.user_id).with_context(cron_id=cron.id).ir_actions_server_id.run()
                self.assert_nothing_left()


@tagged("post_install", "-at_install")
class TestPagesFetchNothing(HttpCase, CpaCommon):
    """No page makes the visitor's browser tell a third party that he was here."""

    def foreign(self, text, pattern=FETCHED):
        return sorted({url for url in pattern.findall(text) if urlsplit(url).netloc.split(":")[0] not in OUR_HOSTS})

    def assert_page_is_ours(self, path):
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200, path)
        self.assertEqual(self.foreign(answer.text), [], path)
        for href in set(re.findall(r"""href=["'](/web/assets/[^"']+\.css)""", answer.text)):
            with self.subTest(path=path, style=href):
                self.assertEqual(self.foreign(self.url_open(href).text, STYLE_URL), [])

    def test_public_pages(self):
        for path in ("/", "/web/login", "/contactus"):
            with self.subTest(path=path):
                self.assert_page_is_ours(path)

    def test_back_office(self):
        self.officer.password = "officer-password"
        self.authenticate(self.officer.login, "officer-password")
        self.assert_page_is_ours("/odoo")
