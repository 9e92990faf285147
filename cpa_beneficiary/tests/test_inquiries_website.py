from lxml import html
from odoo import Command
from odoo.tests import HttpCase, tagged

from .test_inquiries import InquiryCommon

TYPED = {"name": "Test asker", "phone": "٠٥٠١٢٣٤٥٦٧", "email": "", "question": "When do you open?", "governorate": ""}


@tagged("post_install", "-at_install")
class TestInquiryWebsite(InquiryCommon, HttpCase):
    """P-10, P-25: anybody asks on the website, in both languages, and nothing typed is lost or told about others."""

    def setUp(self):
        super().setUp()
        self.url = "/contactus"
        arabic = self.env["res.lang"]._activate_lang("ar_001")
        english = self.env["res.lang"]._activate_lang("en_US")
        website = self.env["website"].search([], limit=1)
        website.write({"language_ids": [Command.set((arabic | english).ids)], "default_lang_id": english.id})

    def page(self, response):
        return html.fromstring(response.text)

    def send(self, token=None, **typed):
        """Open the page as a person does and send it, filled in; return the answer."""
        opened = self.page(self.url_open(self.url))
        fields = {field.get("name"): field.get("value") or "" for field in opened.xpath("//form[@novalidate]//input")}
        return self.url_open(self.url, data=fields | {"csrf_token": token or fields["csrf_token"]} | TYPED | typed)

    def inquiries(self):
        return self.env["crm.lead"].search([("contact_name", "=", "Test asker")])

    def test_asked_and_thanked(self):
        sharurah = self.branch.governorate_id
        self.env["cpa.branch"].search(
            [("governorate_id", "=", sharurah.id), ("id", "!=", self.branch.id)]
        ).active = False
        answer = self.send(governorate=str(sharurah.id), email="asker@example.com")
        self.assertEqual(answer.status_code, 200)
        inquiry = self.inquiries()
        self.assertIn(inquiry.inquiry_number, answer.text)
        self.assertNotIn(inquiry.inquiry_number, answer.url, "a number is not passed on by an address")
        self.assertTrue(inquiry.is_inquiry)
        self.assertEqual((inquiry.channel_code, inquiry.phone), ("website", "+966501234567"))
        self.assertEqual((inquiry.email_from, inquiry.cpa_branch_id), ("asker@example.com", self.branch))
        self.assertEqual((inquiry.question_ids.name, inquiry.question_ids.state), ("When do you open?", "open"))
        self.assertEqual((inquiry.name, inquiry.lang_id.code), ("When do you open?", "en_US"))
        self.assertFalse(inquiry.user_id)
        self.assertEqual(inquiry.with_user(self.delegate).contact_name, "Test asker")
        self.assertNotIn(self.env.ref("base.public_partner"), inquiry.message_partner_ids)

    def test_what_nobody_types(self):
        """Control characters are no text, and a name is one line: it may become the header of a mail."""
        self.send(name="Test\x00 asker\r\n", email="asker@example.com", question="When\x00?\nWhere?")
        inquiry = self.inquiries()
        self.assertEqual(inquiry.email_from, "asker@example.com")
        self.assertEqual(inquiry.question_ids.name.splitlines(), ["When ?", "Where?"])

    def test_in_arabic(self):
        page = self.page(self.url_open("/ar/contactus"))
        self.assertEqual(page.xpath("self::html/@lang"), ["ar-001"])
        self.assertEqual(page.xpath("//form[@novalidate]/@action"), ["/ar/contactus"])
        self.url = "/ar/contactus"
        self.send()
        self.assertEqual(self.inquiries().lang_id.code, "ar_001")

    def test_what_was_typed_survives(self):
        """A mistake, an expired page, a limit: the question is still there to be sent again."""
        rule = self.env["cpa.rate.rule"].search([("scope", "=", "inquiry/contact")])
        rule.times = 0
        limited = self.send()
        rule.times = 5
        for answer, status in (
            (self.send(phone="12", name=""), 422),
            (self.send(phone="", email=""), 422),
            (self.send(email="nobody"), 422),
            (self.send(question="x" * 4001), 422),
            (self.send(token="expired"), 400),
            (limited, 429),
        ):
            page = self.page(answer)
            self.assertEqual(answer.status_code, status)
            self.assertTrue(page.xpath("//*[@role='alert']"))
            self.assertTrue(page.xpath("//textarea[@name='question']")[0].text.strip())
            self.assertFalse(self.inquiries())
        page = self.page(self.send(phone="12", name=""))
        self.assertEqual(page.xpath("//input[@name='phone']/@value"), ["12"])
        for field in page.xpath("//input[@aria-invalid]"):
            for note in field.get("aria-describedby").split():
                self.assertTrue(page.get_element_by_id(note).text_content().strip())
        for field in page.xpath(
            "//form[@novalidate]//*[self::input[@type!='hidden'] or self::textarea or self::select]"
        ):
            self.assertTrue(page.xpath("//label[@for=$id]", id=field.get("id")), field.get("name"))

    def test_robots_and_limits(self):
        answer = self.send(company_website="https://example.com")
        self.assertEqual((answer.status_code, self.inquiries()), (200, self.env["crm.lead"]))
        for number in range(5):
            self.send(question=f"Question {number}")
        self.assertEqual(self.send().status_code, 429)
        self.assertEqual(len(self.inquiries()), 5)
        self.assertEqual(self.send(phone="0559999999").status_code, 200, "another person behind the same address")
        log = self.env["cpa.rate.limit"].search([])
        self.assertFalse([row for row in log if "0501234567" in row.key_hash or "127.0" in row.key_hash])
        self.env["cpa.rate.rule"].search([("scope", "=", "inquiry/address")]).times = 3
        self.assertEqual(self.send(phone="0558888888").status_code, 429)

    def test_a_household_counts_as_one_address(self):
        """With IPv6 a household is given a whole network; with IPv4 it is one address."""
        network = self.env["cpa.rate.limit"]._network
        self.assertEqual(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"))
        self.assertNotEqual(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"))
        self.assertEqual(network("192.0.2.7"), "192.0.2.7")

    def test_the_same_answer_whoever_is_known(self):
        """Nobody learns whether a telephone number has a file here, and nobody is linked to it by typing it."""
        stranger = self.page(self.send(phone="0551111111"))
        self.make_beneficiary(name="Known person", phone="0501234567")
        known = self.page(self.send())
        numbers = self.inquiries().mapped("inquiry_number")
        texts = {" ".join(page.xpath("//main")[0].text_content().split()) for page in (stranger, known)}
        for number in numbers:
            texts = {text.replace(number, "") for text in texts}
        self.assertEqual(len(texts), 1)
        self.assertFalse(self.inquiries().partner_id)

    def test_only_what_the_form_asks(self):
        """Values that the form does not have go nowhere."""
        self.send(
            user_id=str(self.officer.id), stage_id="1", partner_id=str(self.officer.partner_id.id), is_inquiry="0"
        )
        inquiry = self.inquiries()
        self.assertEqual((inquiry.is_inquiry, inquiry.partner_id.id, inquiry.user_id.id), (True, False, False))
        self.send(question="<script>alert(1)</script>", phone="0552222222")
        self.assertNotIn("<script>alert", self.send(question="<script>alert(1)</script>", name="").text)

    def test_thanks_without_asking(self):
        answer = self.url_open("/contactus/thanks")
        self.assertIn("no-store", answer.headers["Cache-Control"], "the number of whoever asked before")
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn("Q-20", answer.text)
