"""A volunteer on a telephone, in Arabic: from the application to a certificate that anybody confirms (P-02, P-24)."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.cpa_beneficiary.tests.paper_reader import text_of
from odoo.addons.cpa_beneficiary.tools.riyadh import riyadh_date
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from .accessibility import axe, small_targets, spills
from .browser import PHONE, BrowserCase

SMALLEST = {"width": 320, "height": 640}
MOBILE = "0500000321"


@tagged("post_install", "-at_install")
class TestVolunteerJourney(BrowserCase):
    def setUp(self):
        super().setUp()
        self.coordinator = self.user("journey_coordinator", "cpa_volunteer.group_coordinator")
        self.manager = self.user("journey_manager", "manager")
        template = self.env.ref("cpa_volunteer.agreement_template_volunteer").with_user(self.manager)
        template.approval_date = date(2020, 1, 1)
        template.write({"state": "in_force"})
        self.env["website"].search([]).default_lang_id = self.env.ref("base.lang_ar")
        # limits count in a transaction of their own, which a test does not take back; a code is read from here
        self.startPatcher(patch.object(type(self.env["cpa.rate.limit"]), "_allows", lambda *_args, **_kwargs: True))
        self.codes = []
        proof = type(self.env["cpa.proof.code"])
        self.startPatcher(patch.object(proof, "_deliver", lambda _self, _to, code: self.codes.append(code)))

    def make_shift(self):
        """Return a shift that begins in a few minutes: who comes may check in already."""
        start = fields.Datetime.now() + timedelta(minutes=10)
        opportunity = self.env["cpa.opportunity"].with_user(self.coordinator)
        opportunity = opportunity.create(
            {
                "name": "توعية المتسوقين في السوق",
                "kind": "awareness",
                "description": "<p>الإجابة عن أسئلة المتسوقين</p>",
                "experience": "مهارات التواصل مع المتسوقين",
                "place": "سوق نجران",
                "date_from": riyadh_date(start),
                "date_to": riyadh_date(start),
                "governorate_id": self.env.ref("cpa_beneficiary.cpa_governorate_najran").id,
                "shift_ids": [Command.create({"start": start, "stop": start + timedelta(hours=3), "capacity": 2})],
            }
        )
        opportunity.write({"state": "published"})
        return opportunity.shift_ids

    def looked_at(self, page, name):
        """The page is used by everybody: axe finds nothing, fingers hit, nothing spills on the smallest telephone."""
        page.wait_for_selector("h1")
        self.shot(page, f"volunteer-{name}")
        self.assertEqual(page.evaluate("getComputedStyle(document.querySelector('#wrap')).direction"), "rtl")
        self.assertFalse(axe(page, scope="#wrap"), name)
        self.assertFalse(small_targets(page), name)
        page.set_viewport_size(SMALLEST)
        self.assertFalse(spills(page), name)
        page.set_viewport_size(PHONE)

    def send(self, page):
        with page.expect_navigation():
            page.click("#wrap form:not([action$='/cancel']) .btn-primary")

    def vet(self):
        """The coordinator has talked to the applicant and looked at the identity."""
        self.env.invalidate_all()
        volunteer = self.env["cpa.volunteer"].with_user(self.coordinator).search([("phone", "=", "+966500000321")])
        self.env["cpa.identity"].with_user(self.coordinator).create(
            {"partner_id": volunteer.partner_id.id, "number": "1123456780", "birth_date": date(1995, 5, 5)}
        )
        volunteer.write({"vetting_note": "مقابلة", "state": "vetted"})
        self.env.flush_all()
        return volunteer

    def test_from_application_to_certificate(self):
        """Apply, log in by a code, sign, take a shift, check in, log hours; approved, certified and confirmed."""
        shift = self.make_shift()
        with self.browser():
            page = self.chromium.new_context(viewport=PHONE, locale="ar", timezone_id="Asia/Riyadh").new_page()
            page.context.add_cookies(
                [{"name": TEST_CURSOR_COOKIE_NAME, "value": self.http_request_key, "url": self.base_url()}]
            )
            page.set_default_timeout(150_000)
            page.goto(f"{self.base_url()}/volunteer")
            self.looked_at(page, "1-open")
            # applies with a mobile only; what is missing is said beside it
            page.click("a[href='/volunteer/apply']")
            page.fill("[name=name]", "ليلى بنت سعد التجريبية")
            self.send(page)
            page.wait_for_selector("#field_phone_error")
            page.fill("[name=phone]", MOBILE)
            page.select_option("[name=governorate]", index=1)
            page.check("[name=adult][value=yes]")
            self.looked_at(page, "2-apply")
            self.send(page)
            self.looked_at(page, "3-thanks")
            volunteer = self.vet()
            # logs in by a code to that mobile, and comes to what is to be signed
            page.click("#wrap a[href='/my/volunteering']")
            page.fill("[name=contact]", MOBILE)
            self.send(page)
            page.fill("[name=code]", self.codes[-1])
            self.send(page)
            self.looked_at(page, "4-vetted")
            page.click("a[href='/my/volunteering/sign/volunteer']")
            page.wait_for_selector(".o_cpa_sign canvas")
            page.click(".o_cpa_sign_name")
            self.looked_at(page, "5-sign")
            self.send(page)
            self.looked_at(page, "6-active")
            # takes a shift
            page.click(".o_cpa_volunteer .o_cpa_actions a[href='/volunteer']")
            page.click(".o_cpa_opportunity")
            self.looked_at(page, "7-shifts")
            self.send(page)
            self.looked_at(page, "8-taken")
            # scans the code at the place
            page.goto(f"{self.base_url()}/volunteer{shift._here_address().partition('/volunteer')[2]}")
            self.looked_at(page, "9-here")
            self.send(page)
            page.wait_for_selector(".o_cpa_lead[role=status]")
            # logs the hours
            page.goto(f"{self.base_url()}/my/volunteering")
            self.looked_at(page, "10-hours")
            page.fill("[name=note]", "أجبت عن أسئلة المتسوقين")
            self.send(page)
            page.wait_for_selector(".o_cpa_note[role=status]")
            self.env.invalidate_all()
            line = volunteer.participation_ids
            self.assertEqual((line.state, line.hours_logged, line.checked_in_by), ("attended", 3, "qr"))
            # the coordinator approves them and gives the certificate
            line.action_approve()
            certificate = self.env["cpa.volunteer.certificate"].with_user(self.coordinator)
            certificate = certificate.create({"volunteer_id": volunteer.id})
            self.env.flush_all()
            page.reload()
            self.looked_at(page, "11-certificate")
            link = page.locator("a[href^='/my/volunteering/certificate/']").first.get_attribute("href")
            paper = page.request.get(self.base_url() + link).body()
            (self.shots / "volunteer-certificate.pdf").write_bytes(paper)
            said = text_of(paper)
            self.assertIn(certificate.number, said)
            self.assertIn(certificate._code_shown(), said)
            # anybody confirms it
            page.context.clear_cookies(name="session_id")
            page.goto(f"{self.base_url()}/verify")
            page.fill("[name=code]", certificate._code_shown().lower())
            self.send(page)
            page.wait_for_selector(".o_cpa_status_good")
            self.looked_at(page, "12-verify")
            self.assertIn(certificate.number, page.inner_text("#wrap"))
            self.assertNotIn("ليلى", page.inner_text("#wrap"))
