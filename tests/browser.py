"""A real browser for tests that cross roles: one window per login, on the test's own database."""

import contextlib
import os
import re
import shutil
from pathlib import Path

import polib
from odoo.tests import HOST, HttpCase, new_test_user
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME
from odoo.tools import config
from playwright.sync_api import expect, sync_playwright

PROJECT = Path(__file__).parent.parent
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1366, "height": 900}
SLOW = 150_000  # milliseconds: assets are built on the first page
_TERMS = {}


def arabic(term):
    """Return the Arabic of an English term of our add-ons, as the screens show it.

    :raise KeyError: the term is in none of our ``ar.po`` files, or not translated
    """
    if not _TERMS:
        for path in sorted(PROJECT.glob("cpa_*/i18n/ar.po")):
            for entry in polib.pofile(str(path)):
                if entry.msgstr:
                    _TERMS.setdefault(entry.msgid, entry.msgstr)  # the core's before those of the others
    return _TERMS[term]


class BrowserCase(HttpCase):
    """Base of journeys in headless Chromium, in Arabic unless ``lang`` says otherwise; labels are named in English."""

    lang = "ar_001"

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("ar_001")
        self.shots = Path(config["screenshots"] or "/tmp")

    def user(self, login, groups, **vals):
        """Create a user with the given groups, in Arabic, whose password is the login."""
        groups = ",".join(
            f"cpa_beneficiary.group_{group}" if "." not in group else group for group in groups.split(",")
        )
        vals = {"name": f"اختبار {login}", "lang": self.lang, "tz": "Asia/Riyadh", **vals}
        return new_test_user(self.env, login, groups=groups, password=f"{login}-secret", **vals)

    def label(self, term):
        """Return an English term as the screens of this journey show it."""
        return term if self.lang == "en_US" else arabic(term)

    @contextlib.contextmanager
    def browser(self):
        """Open the browser; requests of its windows are answered until it is closed."""
        program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        self.env.flush_all()
        with self.allow_requests(all_requests=True), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            try:
                self.chromium = browser
                yield browser
            except BaseException:
                for context in browser.contexts:
                    for page in context.pages:
                        page.screenshot(path=self.shots / f"{self._testMethodName}-failed-{id(page)}.png")
                raise
            finally:
                browser.close()

    def log_in(self, login, viewport=None):
        """Return a page of ``login``'s own window, logged in through the login form."""
        context = self.chromium.new_context(viewport=viewport or DESKTOP, locale="ar", timezone_id="Asia/Riyadh")
        context.add_cookies([{"name": TEST_CURSOR_COOKIE_NAME, "value": self.http_request_key, "url": self.base_url()}])
        page = context.new_page()
        page.set_default_timeout(SLOW)
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(f"{self.base_url()}/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", f"{login}-secret")
        page.click("form.oe_login_form button[type=submit]")
        page.wait_for_selector(".o_web_client .o_main_navbar")
        return page

    def open(self, page, action, record=None):
        """Open an action of ours (and a record in it) as its address does."""
        page.goto(f"{self.base_url()}/odoo/action-cpa_beneficiary.{action}" + (f"/{record}" if record else ""))
        page.wait_for_selector(".o_action_manager > *")

    def press(self, page, term):
        """Click the visible button with the label of ``term``."""
        label = re.compile(rf"^\s*{re.escape(self.label(term))}\s*$")
        page.locator("button", has_text=label).locator("visible=true").first.click()

    def sign(self, page):
        """Draw a signature as the applicant does, with a finger on the screen."""
        page.locator(".o_field_widget[name=signature]").locator("visible=true").last.locator(".o_signature").click()
        box = page.locator(".o_web_sign_signature").bounding_box()
        page.mouse.move(box["x"] + 40, box["y"] + 60)
        page.mouse.down()
        for step in range(1, 12):
            page.mouse.move(box["x"] + 40 + 30 * step, box["y"] + 60 + (40 if step % 2 else -20))
        page.mouse.up()
        page.locator(".modal").last.locator(".modal-footer button.btn-primary:enabled").click()
        expect(page.locator(".o_web_sign_signature")).to_have_count(0)

    def shot(self, page, name):
        """Keep a screenshot beside Odoo's own."""
        page.screenshot(path=self.shots / f"{name}.png")


__all__ = ["DESKTOP", "HOST", "PHONE", "BrowserCase", "arabic", "expect"]
