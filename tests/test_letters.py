"""Letters as they leave the house: a session's worth as one file, and the page on a small phone."""

import io
import os

import pypdf
from odoo.addons.cpa_beneficiary.tools.text import ascii_digits
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME
from pdfminer.high_level import extract_text
from pdfminer.layout import LAParams

from . import scale
from .browser import BrowserCase, expect

LETTERS = 200 if os.environ.get("CPA_DRILLS") else 8
SMALLEST = {"width": 320, "height": 568}
PHONE = {"width": 390, "height": 844}


@tagged("post_install", "-at_install")
class TestLettersOfASession(TransactionCase):
    """200 letters (8 without --drills) from one dialog as one file: each whole, on its own page, with its number."""

    def test_one_file(self):
        self.env["res.lang"]._activate_lang("ar_001")
        officer = new_test_user(self.env, "drill_officer", groups="cpa_beneficiary.group_officer")
        requests = scale.make_decided(self.env(user=officer.id), LETTERS)
        action = requests.action_reply_all()
        batch = self.env[action["res_model"]].with_user(officer).browse(action["res_id"])
        self.assertEqual((batch.ready_count, batch.left_count), (LETTERS, 0))
        batch.action_send()
        letters = requests.letter_ids.sorted("id")
        self.assertEqual(len(set(letters.mapped("number"))), LETTERS)
        Report = self.env["ir.actions.report"].with_user(officer)
        pdf, _kind = Report._render_qweb_pdf("cpa_beneficiary.cpa_letter_report", letters.ids)
        self.assertEqual(
            len(pypdf.PdfReader(io.BytesIO(pdf)).pages), LETTERS, "a letter of usual length fills one page"
        )
        for page, letter in enumerate(letters):
            text = extract_text(io.BytesIO(pdf), page_numbers=[page], laparams=LAParams())
            text = " ".join(ascii_digits(text).split())
            family = letter.addressee.split()[-1][::-1]  # a reader of PDF reads Arabic backwards
            for word in (letter.number, letter.request_id.number, family):
                self.assertIn(word, text)


@tagged("post_install", "-at_install")
class TestLetterOnAPhone(BrowserCase):
    """The page of a letter on the smallest phones, without a script: it is read, confirmed, and never wider."""

    def test_page(self):
        self.env.company.write({"name": "جمعية الاختبار", "phone": "+966175200001"})
        officer = new_test_user(self.env, "phone_officer", groups="cpa_beneficiary.group_officer")
        requests = scale.make_decided(self.env(user=officer.id), 3)
        request = requests.filtered(lambda request: request.decision == "reject")
        channel = self.env.ref("cpa_beneficiary.channel_letter")
        request._prepare_reply()
        request.write({"reply_channel_id": channel.id, "state": "rejected"})
        letter = request.letter_ids
        url = self.base_url() + letter._page_path()
        with self.browser():
            for viewport in (SMALLEST, PHONE):
                page = self.open_without_script(url, viewport)
                expect(page.locator("html")).to_have_attribute("dir", "rtl")
                expect(page.locator("main")).to_contain_text(letter.addressee)
                self.assertLessEqual(self.width(page), viewport["width"])
                self.assertGreaterEqual(page.locator("button").bounding_box()["height"], 44, "a finger hits it")
                self.shot(page, f"letter-{viewport['width']}")
            page.locator("button").click()
            expect(page.locator("[role=status]")).to_be_visible()
            expect(page.locator("button")).to_have_count(0)
            self.shot(page, "letter-read")
            closed = self.open_without_script(url + "x", SMALLEST)
            expect(closed.locator("h1")).to_be_visible()
            self.shot(closed, "letter-closed")
        letter.invalidate_recordset()
        self.assertEqual((letter.state, letter.acknowledged_how), ("acknowledged", "page"))

    def open_without_script(self, url, viewport):
        context = self.chromium.new_context(viewport=viewport, java_script_enabled=False, locale="ar")
        context.add_cookies([{"name": TEST_CURSOR_COOKIE_NAME, "value": self.http_request_key, "url": self.base_url()}])
        page = context.new_page()
        self.assertEqual(page.goto(url).request.resource_type, "document")
        return page

    def width(self, page):
        """Return the width of the widest element; there is no script on the page that could tell."""
        boxes = [element.bounding_box() for element in page.locator("main *, header, footer").all()]
        return max(box["x"] + box["width"] for box in boxes if box)
