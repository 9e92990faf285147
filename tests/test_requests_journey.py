"""My requests on a phone in Arabic: what is missing is sent, a message written, another request withdrawn."""

import base64

from odoo.addons.cpa_beneficiary.tests.common import SIGNATURE
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME
from odoo.tools.image import base64_to_image

from .accessibility import axe, spills
from .browser import PHONE, SLOW, BrowserCase, expect

PHOTO = base64.b64decode(SIGNATURE)


@tagged("post_install", "-at_install")
class TestMyRequestsOnAPhone(BrowserCase):
    """P-09, P-32, P-34: one thumb, one screen after the other; every screen passes axe and is never wider."""

    def setUp(self):
        super().setUp()
        arabic = self.env["res.lang"]._activate_lang("ar_001")
        website = self.env["website"].search([], limit=1)
        website.write({"language_ids": [Command.link(arabic.id)], "default_lang_id": arabic.id})
        officer = new_test_user(self.env, "phone_officer", groups="cpa_beneficiary.group_officer")
        self.file = (
            self.env["cpa.beneficiary"]
            .with_user(officer)
            .create({"name": "سعيد", "phone": "0534567899", "iban": "SA8510000012345678901234"})
        )
        login = new_test_user(self.env, "phone_applicant", groups="base.group_portal", password="phone-secret")
        self.file._tie_user(login)
        self.file.partner_id.lang = "ar_001"
        self.support = self.env.ref("cpa_beneficiary.service_sup_cash").with_user(officer)
        self.waiting, self.other = (self.submitted(officer) for _number in range(2))
        self.waiting.write({"state": "incomplete", "move_reason": "The proof of income"})

    def submitted(self, officer):
        channel = self.env.ref("cpa_beneficiary.channel_website")
        values = {"subject": "طلب", "description": "حاجة", "service_id": self.support.id, "channel_id": channel.id}
        request = self.env["cpa.request"].with_user(officer).create({**values, "beneficiary_id": self.file.id})
        request.check_ids.filtered("is_obligatory").action_to_sight()
        declaration = self.env["cpa.declaration"].with_user(officer)
        declaration.create({"request_id": request.id, "signer_name": "سعيد", "signature": SIGNATURE}).action_sign()
        request.write({"is_explained": True, "state": "submitted"})
        return request

    def settled(self, page):
        """The page as it is shown: no wider than the phone, and open to everybody."""
        page.wait_for_load_state("networkidle")
        self.assertEqual(spills(page), 0, page.url)
        self.assertFalse(axe(page))

    def test_journey(self):
        with self.browser() as chromium:
            context = chromium.new_context(viewport=PHONE, locale="ar", timezone_id="Asia/Riyadh")
            key = {"name": TEST_CURSOR_COOKIE_NAME, "value": self.http_request_key, "url": self.base_url()}
            context.add_cookies([key, {"name": "frontend_lang", "value": "ar_001", "url": self.base_url()}])
            page = context.new_page()
            page.set_default_timeout(SLOW)
            self.authenticate("phone_applicant", "phone-secret")
            context.add_cookies([{"name": "session_id", "value": self.session.sid, "url": self.base_url()}])
            page.goto(f"{self.base_url()}/my/requests")
            expect(page.locator("html")).to_have_attribute("lang", "ar-001")
            self.settled(page)
            page.click(f"a[href$='{self.waiting.number}']")
            self.settled(page)
            self.shot(page, "my-request")

            # what is missing: a photo, other words, and therefore a new signature
            page.click(".o_cpa_actions a.btn-primary")
            self.settled(page)
            page.set_input_files(
                "input[type=file] >> nth=0", {"name": "a.png", "mimeType": "image/png", "buffer": PHOTO}
            )
            page.fill("textarea[name=data_description]", "حاجة أخرى")
            box = page.locator(".o_cpa_sign canvas")
            box.scroll_into_view_if_needed()
            place = box.bounding_box()
            page.mouse.move(place["x"] + 40, place["y"] + 60)
            page.mouse.down()
            for step in range(1, 8):
                page.mouse.move(place["x"] + 40 + 25 * step, place["y"] + 60 + (30 if step % 2 else -20))
            page.mouse.up()
            self.shot(page, "my-request-answer")
            page.click("form[action$='/answer'] button[type=submit]")
            page.wait_for_url("**done=answered*")
            self.settled(page)

            # a message
            page.fill("textarea[name=text]", "شكرا لكم")
            page.click("form[action$='/message'] button[type=submit]")
            page.wait_for_url("**done=written*")
            expect(page.locator(".o_cpa_mine").last).to_contain_text("شكرا لكم")

            # another one is withdrawn
            page.goto(f"{self.base_url()}/my/requests/{self.other.number}")
            page.click("a[href$='/withdraw']")
            self.settled(page)
            page.check("input[name=reason][value=solved]")
            page.click("form[action$='/withdraw'] button[type=submit]")
            page.wait_for_url("**done=withdrawn*")
            self.shot(page, "my-request-withdrawn")
        self.env.invalidate_all()
        self.assertEqual((self.waiting.state, self.other.state), ("submitted", "withdrawn"))
        self.assertEqual(self.waiting.description, "حاجة أخرى")
        signed = self.waiting.declaration_ids.filtered(lambda declaration: declaration.state == "signed")
        self.assertEqual(signed.method, "portal")
        self.assertTrue(base64_to_image(signed.signature).getbbox(), "something was drawn")
