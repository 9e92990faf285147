import base64
import io
import re
import time
from pathlib import PurePosixPath
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME
from PIL import Image

from .accessibility import axe, small_targets, spills
from .browser import PHONE, BrowserCase, expect

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
IDENTITY = "1034567881"
# As a telephone's camera takes it, and as it is sent.
CAMERA, LONGEST = (4000, 3000), 1920
SCREENS = 7
SECONDS = 60


@tagged("post_install", "-at_install")
class TestApplyOnThePhone(BrowserCase):
    """P-09, P-30, P-34, P-35: a mother applies on her telephone, in Arabic, and has her number and PIN."""

    def next(self, page):
        page.locator(".o_cpa_apply .o_cpa_actions .btn-primary").first.click()

    def at(self, page, step):
        """Wait for a step's page; everybody can read and use it, and it is no wider than the telephone."""
        page.wait_for_url(f"**/apply{step and '/'}{step}")
        page.wait_for_load_state()
        self.screens.add(PurePosixPath(urlsplit(page.url).path).name)
        self.assertFalse(axe(page, "#wrap"))
        self.assertLessEqual(spills(page), 0, step)
        self.assertFalse([line for line in small_targets(page) if "o_cpa" in line])
        expect(page.locator("h1")).to_have_count(1)
        self.shot(page, f"apply-{len(self.screens)}-{step or 'service'}")

    def test_whole_application(self):
        arabic = self.env["res.lang"]._activate_lang(self.lang)
        website = self.env.ref("website.default_website")
        website.write({"language_ids": [Command.link(arabic.id)], "default_lang_id": arabic.id})
        self.screens = set()
        deliver = patch.object(self.env.registry["cpa.proof.code"], "_deliver", autospec=True)
        with deliver as codes, self.browser() as browser:
            context = browser.new_context(viewport=PHONE, locale="ar", timezone_id="Asia/Riyadh")
            cookie = {"name": TEST_CURSOR_COOKIE_NAME, "value": self.http_request_key, "url": self.base_url()}
            context.add_cookies([cookie])
            page = context.new_page()
            errors = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{self.base_url()}/apply")  # styles and scripts are built once, whatever that takes
            begun = time.monotonic()
            self.at(page, "")
            self.assertEqual(page.evaluate("getComputedStyle(document.querySelector('#wrap')).direction"), "rtl")
            page.click("button[value='SUP-CASH']")
            self.at(page, "whom")
            page.check("input[value=self]")
            self.next(page)
            self.at(page, "data")
            page.fill("[name=name]", "نورة بنت سالم تجريبية")
            page.fill("[name=identity_number]", IDENTITY[:-1] + "0")
            page.fill("[name=phone]", "٠٥٠ ١٢٣ ٤٥٦٧")
            page.select_option("[name=governorate]", index=1)
            page.fill("[name=description]", "سداد إيجار متأخر")
            page.fill("[name=iban]", "SA85 1000 0012 3456 7890 1234")
            self.next(page)
            page.wait_for_selector("#errors")
            expect(page.locator("[name=identity_number]")).to_have_attribute("aria-invalid", "true")
            expect(page.locator("[name=description]")).to_have_value("سداد إيجار متأخر")
            page.fill("[name=identity_number]", IDENTITY)
            self.next(page)
            self.at(page, "documents")
            page.wait_for_load_state("networkidle")
            field = page.locator("input[type=file]").first
            expect(field).not_to_have_attribute("capture", re.compile(""))  # the gallery, too
            large = self.photo()
            field.set_input_files(
                [
                    {"name": "income.png", "mimeType": "image/png", "buffer": PHOTO},
                    {"name": "rent.jpg", "mimeType": "image/jpeg", "buffer": large},
                ]
            )
            page.wait_for_function(
                "most => document.querySelector('input[type=file]').files[1].size < most", arg=len(large)
            )
            self.next(page)
            self.at(page, "sign")
            expect(page.locator("canvas")).to_be_visible()
            page.check("[name=explained]")
            page.check("[name=agree]")
            self.draw(page)
            self.next(page)
            self.at(page, "proof")
            page.click("button[value='send-phone']")
            page.wait_for_selector("[name=code]")
            [call] = codes.call_args_list
            page.fill("[name=code]", call.args[2])
            page.click("button[value=code]")
            self.at(page, "receipt")
            seconds = time.monotonic() - begun
            text = page.locator("#wrap").inner_text()
        self.assertLessEqual(len(self.screens), SCREENS)
        self.assertLess(seconds, SECONDS)
        self.assertFalse(errors)
        request = self.env["cpa.request"].search([], order="id desc", limit=1)
        self.assertEqual((request.state, request.declaration_state), ("submitted", "signed"))
        self.assertEqual(request.declaration_ids.method, "portal")
        kept = request.check_ids.attachment_ids.grouped("name")
        self.assertEqual(kept["income.png"].raw, PHOTO)
        sent = kept["rent.jpg"].raw
        self.assertLess(len(sent), len(large) / 2)
        self.assertEqual(max(Image.open(io.BytesIO(sent)).size), LONGEST)
        self.assertIn(request.number, text)
        self.assertIn(request._pin(), text)

    def photo(self):
        """Return a photo (JPEG) as large as cameras make them."""
        content = io.BytesIO()
        Image.effect_noise(CAMERA, 40).save(content, "JPEG")
        return content.getvalue()

    def draw(self, page):
        canvas = page.locator("canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + 40, box["y"] + 60)
        page.mouse.down()
        for step in range(1, 10):
            page.mouse.move(box["x"] + 40 + 20 * step, box["y"] + 60 + (30 if step % 2 else -20))
        page.mouse.up()
