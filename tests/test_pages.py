"""The public pages as people meet them: both languages, a phone and a small one, by keyboard (WCAG 2.2 AA)."""

from pathlib import Path
from urllib.parse import urlparse

from odoo import Command
from odoo.tests import tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from .accessibility import axe, small_targets, spills
from .browser import PHONE, PROJECT, BrowserCase

PAGES = (
    "/",
    "/services",
    "/services/sup-cash",
    "/how",
    "/policy",
    "/faq?q=الرد",
    "/contactus",
    "/accessibility",
    "/no-such-page",
)
SMALL = {"width": 320, "height": 640}
# Bytes at most, before compression: a page's own HTML, our styles, the fonts that one language fetches.
HTML, STYLES, FONTS = 70_000, 60_000, 140_000


@tagged("post_install", "-at_install")
class TestPages(BrowserCase):
    def setUp(self):
        super().setUp()
        languages = self.env["res.lang"]._activate_lang("ar_001") | self.env["res.lang"]._activate_lang("en_US")
        website = self.env["website"].search([], limit=1)
        arabic = languages.filtered(lambda language: language.code == "ar_001")
        website.write({"language_ids": [Command.set(languages.ids)], "default_lang_id": arabic.id})
        self.env.company.phone = "+966171234567"

    def window(self, locale):
        context = self.chromium.new_context(viewport=PHONE, locale=locale, timezone_id="Asia/Riyadh")
        context.add_cookies([{"name": TEST_CURSOR_COOKIE_NAME, "value": self.http_request_key, "url": self.base_url()}])
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.errors, page.fetched = [], {}
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("request", lambda request: page.fetched.setdefault(request.url))
        return page

    def test_everybody_can_use_the_pages(self):
        """P-09: no serious finding of axe, nothing to push sideways, large buttons, and nothing from outside."""
        styles = sum(path.stat().st_size for path in (PROJECT / "cpa_beneficiary/static/src/website").glob("*.scss"))
        self.assertLess(styles, STYLES)
        with self.browser():
            for locale, prefix, direction in (("ar", "", "rtl"), ("en-US", "/en", "ltr")):
                page = self.window(locale)
                for address in PAGES:
                    page.set_viewport_size(PHONE)
                    answer = page.goto(self.base_url() + prefix + address)
                    page.evaluate("document.fonts.ready")
                    with self.subTest(page=prefix + address):
                        self.assertLess(len(answer.body()), HTML)
                        self.assertEqual(page.evaluate("getComputedStyle(document.body).direction"), direction)
                        self.assertEqual(page.locator("h1").count(), 1)
                        for size in (PHONE, SMALL):
                            page.set_viewport_size(size)
                            self.assertFalse(axe(page))
                            self.assertEqual(spills(page), 0, size)
                            self.assertFalse(small_targets(page))
                self.assertFalse(page.errors)
                hosts = {urlparse(url).hostname for url in page.fetched if url.startswith("http")}
                self.assertEqual(hosts, {urlparse(self.base_url()).hostname})
                fonts = [Path(urlparse(url).path).name for url in page.fetched if "/static/fonts/web/" in url]
                self.assertTrue(fonts)
                files = [PROJECT / "cpa_beneficiary/static/fonts/web" / name for name in fonts]
                self.assertLess(sum(path.stat().st_size for path in files), FONTS)
            self.by_keyboard(page)

    def by_keyboard(self, page):
        """Tab leads past the header by the first link, and all that it reaches shows that it is reached."""
        page.goto(f"{self.base_url()}/en/faq")
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.getAttribute('href')"), "#wrap")
        page.keyboard.press("Enter")
        for _step in range(4):
            page.keyboard.press("Tab")
            shown = page.evaluate(
                """() => {
                    const node = document.activeElement;
                    const box = node.getBoundingClientRect();
                    const bar = document.querySelector(".o_cpa_bar").getBoundingClientRect();
                    return [getComputedStyle(node).outlineStyle, Boolean(node.closest("main")), box.bottom <= bar.top];
                }"""
            )
            self.assertEqual(shown, ["solid", True, True])
