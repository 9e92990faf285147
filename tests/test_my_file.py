"""A person's own pages in a real browser, on a phone and on the smallest one, in Arabic and in English (P-09)."""

from odoo.addons.cpa_beneficiary.tests.common import WebsiteCommon
from odoo.tests import tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from .accessibility import axe, small_targets, spills
from .browser import PHONE, BrowserCase

SMALLEST = {"width": 320, "height": 640}


@tagged("post_install", "-at_install")
class TestMyFilePages(BrowserCase, WebsiteCommon):
    def test_pages_of_a_person(self):
        """P-09, WCAG 2.2 AA: my page, my file and my consents are used without help, and each consent by itself."""
        self.file.partner_id.lang = "ar_001"
        with self.browser():
            page = self.log_in_website("cpa_applicant")
            for path in ("/my", "/my/file", f"/my/file/{self.file.id}/correct/address", "/my/consents"):
                page.goto(self.base_url() + path)
                page.wait_for_selector("h1")
                self.shot(page, f"my-file-{path.strip('/').replace('/', '-')}")
                self.assertEqual(page.evaluate("getComputedStyle(document.querySelector('#wrap')).direction"), "rtl")
                self.assertFalse(axe(page, scope="#wrap"), path)
                self.assertFalse(small_targets(page), path)
                page.set_viewport_size(SMALLEST)
                self.assertFalse(spills(page), path)
                page.set_viewport_size(PHONE)
            # by the keyboard alone, and without JavaScript nothing is lost: it is a form
            button = page.locator("#consent_photos button")
            button.focus()
            page.keyboard.press("Enter")
            page.wait_for_selector("#consent_photos button[value=withdrawn]")
            self.assertEqual(page.locator("button[value=withdrawn]").count(), 1)
        self.env.invalidate_all()
        self.assertEqual(self.file.cpa_consent_ids.purpose_id.code, "photos")

    def log_in_website(self, login):
        """Return a page of a login of the website on a phone."""
        page = self.chromium.new_context(viewport=PHONE, locale="ar", timezone_id="Asia/Riyadh").new_page()
        session = self.authenticate(login, login)
        page.context.add_cookies(
            [
                {"name": "session_id", "value": session.sid, "url": self.base_url()},
                {"name": "frontend_lang", "value": "ar_001", "url": self.base_url()},
                {"name": TEST_CURSOR_COOKIE_NAME, "value": self.http_request_key, "url": self.base_url()},
            ]
        )
        page.set_default_timeout(150_000)
        return page
