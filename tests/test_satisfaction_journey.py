"""From the reply to what is done about it: five are asked, rate on their telephones, and a figure comes of it."""

from datetime import datetime, timedelta

from freezegun import freeze_time
from odoo.addons.cpa_survey.tests.common import SurveyCommon
from odoo.tests import tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from .accessibility import axe, spills
from .browser import PHONE, BrowserCase, expect

SMALLEST = {"width": 320, "height": 568}
NUMBERS = ("1012345672", "1023456789", "1034567897", "1045678905", "1056789013", "1067890121", "1078901229")


def valid(number):
    """Return the identity number with the check digit that it needs."""
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(number[:9]))
    return f"{number[:9]}{-total % 10}"


@tagged("post_install", "-at_install")
class TestSatisfactionJourney(BrowserCase, SurveyCommon):
    """P-12, P-16, P-18: closed requests, invitations, answers without a login, the figure, the action it proposes."""

    def closed(self, number, officer):
        """Return the invitation that follows the reply to one more person's consultation, closed by ``officer``."""
        person = self.make_beneficiary(
            number=valid(NUMBERS[number]), email=f"person{number}@example.com", lang="ar_001"
        )
        self.consent(person)
        request = self.submit(self.make_request(beneficiary_id=person.id, officer_id=officer.id))
        request.write({"state": "in_progress"})
        self.reply(request, "done")
        return self.Invitation.search([("event_key", "=", f"cpa.request,{request.id}")])

    def test_from_the_reply_to_the_improvement(self):
        self.company.write({"name": "جمعية الاختبار", "phone": "+966175200001"})
        invitations = self.Invitation.browse()
        for number in range(5):
            invitations |= self.closed(number, (self.officer, self.second)[number % 2])
        self.assertEqual(len(invitations), 5)
        noon = (datetime.now() + timedelta(days=3)).replace(hour=9, minute=0)
        with freeze_time(noon):
            self.Invitation._cron_send()
        self.assertEqual(set(invitations.mapped("state")), {"sent"})
        mails = self.env["mail.mail"].search([("email_to", "ilike", "person%@example.com")])
        self.assertEqual(len(mails), 5)
        with self.browser():
            for number, invitation in enumerate(invitations):
                self.assertTrue(any(invitation._path() in mail.body_html for mail in mails))
                self.rate(invitation, score=4 if number == 0 else 1, look=number == 0)
        # of another event only four answered
        with freeze_time(noon):
            reception = self.env.ref("cpa_survey.cpa_survey_rule_reception")
            for row in self.ask(*[self.officer, self.second] * 2, rule=reception, at=f"{noon:%Y-%m-%d %H:%M:%S}"):
                row._answer(self.values(reception.survey_id, 1))
        with freeze_time(noon + timedelta(days=60)):
            self.Invitation._cron_send()
            self.Figure._cron_count()
        figures = self.Figure.with_user(self.manager).search([("company_id", "=", self.company.id)])
        self.assertEqual(set(figures.mapped("event_code")), {"reply"}, "four answers show nothing")
        figure = figures.filtered(lambda row: row.measure == "satisfaction" and row.table == "all")
        self.assertEqual((figure.answers, figure.score), (5, 20.0))
        action = self.env["cpa.improvement.action"].with_user(self.manager).search([("measure", "=", "satisfaction")])
        self.assertEqual(action.before_value, 20.0)
        self.assertIn("proposed", action.mapped("state"))

    def rate(self, invitation, score, look):
        """Rate as somebody does on a telephone, without a login."""
        page = self.phone(PHONE)
        address = self.base_url() + invitation._path()
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        if look:
            self.assertFalse(axe(page))
            self.shot(page, "rate-390")
            small = self.phone(SMALLEST)
            small.goto(address)
            self.assertEqual(spills(small), 0)
            for box in small.locator(".scores label").all():
                self.assertGreaterEqual(box.bounding_box()["height"], 44, "a finger hits it")
            small.screenshot(path=self.shots / "rate-320.png", full_page=True)
            small.goto(f"{address}?lang=en")
            small.screenshot(path=self.shots / "rate-en.png", full_page=True)
            small.close()
        for group in page.locator("fieldset").all():
            group.locator(f"input[value='{score}']").check(force=True)
        if look:
            page.locator("textarea").fill("شكراً لكم")
            page.screenshot(path=self.shots / "rate-filled.png", full_page=True)
        page.locator("button[type=submit]").click()
        expect(page.locator("[role=status] h1")).to_be_visible()
        if look:
            self.assertFalse(axe(page))
            page.screenshot(path=self.shots / "rate-thanks.png", full_page=True)
            page.goto(address)
            expect(page.locator("fieldset")).to_have_count(0)
        page.close()

    def phone(self, viewport):
        context = self.chromium.new_context(viewport=viewport, locale="ar", timezone_id="Asia/Riyadh")
        context.add_cookies([{"name": TEST_CURSOR_COOKIE_NAME, "value": self.http_request_key, "url": self.base_url()}])
        page = context.new_page()
        page.set_default_timeout(30_000)
        return page
