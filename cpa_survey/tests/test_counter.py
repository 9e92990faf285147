"""Who stands at the counter rates the reception by the code that hangs there, with or without a file (P-16, P-31)."""

from odoo import fields
from odoo.addons.cpa_beneficiary.tools import links
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..controllers.rate import COUNTER_ANSWERS, HEADERS, RATED
from ..models.cpa_branch import COUNTER, HANGS_UNTIL
from .common import SurveyCommon


class CounterCommon(SurveyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        governorate = cls.env["cpa.governorate"].search([], limit=1)
        cls.branch = cls.env["cpa.branch"].create(
            {"name": "Office of the code", "governorate_id": governorate.id, "company_id": cls.company.id}
        )
        cls.survey = cls.branch._counter_survey()

    @classmethod
    def path(cls, branch=None, path=COUNTER):
        return links.sign(cls.env, path, (branch or cls.branch).ids, HANGS_UNTIL) + "?lang=en"


@tagged("post_install", "-at_install")
class TestCounterPage(HttpCase, CounterCommon):
    def rate(self, score="5", path=None):
        scores = {f"q{question.id}": score for question in self.survey.question_ids if question.cpa_measure}
        return self.url_open(path or self.path(), data=scores)

    def test_rate(self):
        """P-16, P-31: no login, no name, one minute; what stays is the office and the month."""
        page = self.url_open(self.path())
        self.assertEqual(page.status_code, 200)
        self.assertIn("is your right", page.text)
        self.assertEqual({name: page.headers[name] for name in HEADERS}, HEADERS)
        self.assertEqual(self.facts(), [], "reading writes nothing")
        self.assertIn("Thank you", self.rate().text)
        facts = self.facts()
        self.assertEqual(len(facts), len(self.survey.question_ids.filtered("cpa_measure")))
        month = fields.Date.today().replace(day=1)
        for fact in facts:
            told = {name: value for name, value in fact.items() if value and name not in ("id", "measure")}
            expected = {"company_id": self.company.id, "event_code": "counter", "month": month, "score": 5}
            self.assertEqual(told, expected | {"branch_id": self.branch.id})
        self.assertEqual(self.opener.cookies.get(RATED), "1", "the mark says nothing of whom or where")

    def test_once_a_day(self):
        self.rate()
        self.assertIn("already", self.url_open(self.path()).text)
        counted = self.facts()
        self.assertIn("already", self.rate("1").text)
        self.assertEqual(self.facts(), counted)

    def test_limited_by_address(self):
        limit = self.env["cpa.rate.rule"]
        limit.create({"name": "Test", "scope": "rate/counter", "times": 0})
        answer = self.rate()
        self.assertEqual((answer.status_code, self.facts()), (429, []))
        self.assertGreater(COUNTER_ANSWERS, 5, "visitors share the network of the counter")

    def test_no_code_of_ours(self):
        """Guessed, of another page, of an archived office, while nobody is asked: clear, and nothing counted."""
        foreign = self.path(path="/rate").replace("/rate/", f"{COUNTER}/")
        for path in (f"{COUNTER}/x", foreign):
            self.assertEqual(self.rate(path=path).status_code, 404)
        self.env.ref("cpa_survey.cpa_survey_rule_counter").active = False
        self.assertEqual(self.rate().status_code, 410)
        self.branch.active = False
        self.assertEqual(self.rate().status_code, 404)
        self.assertEqual(self.facts(), [])

    def test_something_missing(self):
        answer = self.url_open(self.path(), data={"lang": "en"})
        self.assertEqual((answer.status_code, self.facts()), (422, []))
        self.assertIn("<fieldset", answer.text)


@tagged("post_install", "-at_install")
class TestCounter(CounterCommon):
    def told(self, delegates):
        self.branch.delegate_ids = delegates
        place = {"company_id": self.company.id, "event_code": "counter", "month": "2026-03-01"}
        for score in (5, 5, 4, 2, 1):
            self.env["cpa.survey.fact"]._count(place | {"branch_id": self.branch.id}, [("respect", score)])
        self.count()
        return self.Figure.search([("event_code", "=", "counter")])

    def test_figure_of_an_office(self):
        """P-12: without anybody asked by a message, the closed month of the office is told."""
        figures = self.told(self.officer | self.second)
        self.assertEqual(figures.mapped("table"), ["all", "branch"])
        self.assertEqual(figures.mapped("answers"), [5, 5])

    def test_one_alone_gets_no_figure(self):
        """P-16: where one alone receives, the office's figure were his."""
        self.assertFalse(self.told(self.officer))

    def test_sheet(self):
        """P-16: both languages, the right to rate, a code; printed by staff, for nobody else."""
        report = "cpa_survey.cpa_branch_report_counter"
        printer = self.env["ir.actions.report"].with_user(self.officer)
        html = printer._render_qweb_html(report, self.branch.ids)[0].decode()
        self.assertIn("is your right", html)
        self.assertIn('lang="ar" dir="rtl"', html)
        self.assertIn("data:image/png;base64,", html)
        pdf, kind = printer._render_qweb_pdf(report, self.branch.ids)
        self.assertEqual((pdf[:4], kind), (b"%PDF", "pdf"))
        portal = new_test_user(self.env, "cpa_counter_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(portal)._render_qweb_html(report, self.branch.ids)
