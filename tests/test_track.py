"""Tracking and "call me" as an old man meets them: a cheap phone, Arabic, no account (P-09, P-10, P-20, P-35)."""

from odoo import Command
from odoo.tests import tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME
from odoo.tools import SQL

from .accessibility import axe, small_targets, spills
from .browser import PHONE, BrowserCase, expect

SMALL = {"width": 320, "height": 640}


@tagged("post_install", "-at_install")
class TestTrackJourney(BrowserCase):
    def setUp(self):
        super().setUp()
        languages = self.env["res.lang"]._activate_lang("ar_001") | self.env["res.lang"]._activate_lang("en_US")
        website = self.env["website"].search([], limit=1)
        arabic = languages.filtered(lambda language: language.code == "ar_001")
        website.write({"language_ids": [Command.set(languages.ids)], "default_lang_id": arabic.id})
        self.env["cpa.rate.rule"].search([]).times = 1000
        officer = self.user("cpa_track_officer", "officer")
        # what staff has taken in; how is no matter of this test
        self.request = self.env["cpa.request"].create(
            {
                "subject": "Test request",
                "service_id": self.env.ref("cpa_beneficiary.service_consult").id,
                "channel_id": self.env.ref("cpa_beneficiary.channel_website").id,
                "officer_id": officer.id,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE cpa_request
                   SET number = '2031-000777', state = 'submitted', submitted_at = '2026-11-01 08:00:00',
                       reply_target_date = '2026-11-15', reply_ceiling_date = '2026-12-01'
                 WHERE id = %s
                """,
                self.request.id,
            )
        )
        self.env.invalidate_all()

    def window(self):
        context = self.chromium.new_context(viewport=PHONE, locale="ar", timezone_id="Asia/Riyadh")
        context.add_cookies([{"name": TEST_CURSOR_COOKIE_NAME, "value": self.http_request_key, "url": self.base_url()}])
        page = context.new_page()
        page.set_default_timeout(120_000)
        return page

    def look(self, page, name):
        """The screen is right for everybody, on a phone and on a small one."""
        page.evaluate("document.fonts.ready")
        for size in (PHONE, SMALL):
            page.set_viewport_size(size)
            with self.subTest(screen=name, width=size["width"]):
                self.assertFalse(axe(page))
                self.assertEqual(spills(page), 0)
                self.assertFalse(small_targets(page))
                self.shot(page, f"{name}-{size['width']}")
        page.set_viewport_size(PHONE)
        self.assertEqual(page.locator("h1").count(), 1)

    def test_track_and_call_me(self):
        with self.browser():
            page = self.window()
            page.goto(self.base_url())
            page.locator("a[href$='/track']").locator("visible=true").first.click()
            self.look(page, "track")
            digits = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
            page.fill("#field_number", "٢٠٣١ ٠٠٠٧٧٧")
            page.fill("#field_pin", "٠")
            page.click("main form button[type=submit]")
            expect(page.locator("[role=alert]")).to_be_visible()
            self.assertEqual(page.input_value("#field_number"), "٢٠٣١ ٠٠٠٧٧٧", "what was typed survives")
            self.look(page, "track-wrong")
            page.fill("#field_pin", self.request._pin().translate(digits))
            page.click("main form button[type=submit]")
            expect(page.locator("main")).to_contain_text("2031-000777")
            self.assertNotIn("2031", page.url)
            self.look(page, "track-shown")
            page.click("main form button[type=submit]")
            page.goto(f"{self.base_url()}/track/request")
            expect(page.locator("#field_pin")).to_be_visible()
            for address, name in (("/track/code", "track-code"), ("/login", "login")):
                page.goto(self.base_url() + address)
                self.look(page, name)

            page.goto(self.base_url())
            page.locator("a[href$='/call-me']").locator("visible=true").first.click()
            page.fill("#field_phone", "٠٥٠٠٠٠٠٧٧٧")
            self.look(page, "call-me")
            page.click("main form button[type=submit]")
            expect(page.locator("main [role=status]")).to_be_visible()
            self.look(page, "call-me-thanks")
            self.assertTrue(self.env["crm.lead"].search([("phone", "=", "+966500000777"), ("wants_call", "=", True)]))
