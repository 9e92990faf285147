from datetime import date

from freezegun import freeze_time
from odoo.addons.cpa_beneficiary.models.cpa_policy_indicator import Scope
from odoo.tests import tagged

from .common import SurveyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-10 09:00:00")
class TestPolicyIndicators(SurveyCommon):
    """P-12 to P-18: what people said and what came of it, from figures that may be told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["cpa.survey.figure"].create(
            [
                cls.figure(score=80, answers=10),
                cls.figure(score=50, answers=30, date_from="2026-02-01", date_to="2026-02-28"),
                cls.figure(score=90, answers=10, date_from="2026-04-01", date_to="2026-04-30"),
                cls.figure(score=60, answers=7, table="branch", branch_id=cls.branch.id),
                cls.figure(score=70, answers=8, table="channel", channel_id=cls.channel.id),
                cls.figure(score=-20, answers=9, measure="trust"),
                cls.figure(score=95, answers=9, measure="respect", event_code="reception"),
            ]
        )
        cls.company.cpa_survey_low = 60

    @classmethod
    def figure(cls, **vals):
        return {
            "company_id": cls.company.id,
            "event_code": "reply",
            "measure": "satisfaction",
            "table": "all",
            "period": "month",
            "date_from": "2026-01-01",
            "date_to": "2026-01-31",
            "response_rate": 40,
            **vals,
        }

    def measured(self, **scope):
        none = (self.env["cpa.branch"], self.env["cpa.service"])
        quarter = Scope(self.company, date(2026, 1, 1), date(2026, 3, 31), *none)._replace(**scope)
        return self.env["cpa.policy.indicator"].with_user(self.manager)._measured(quarter)

    def test_scores_weigh_by_answers(self):
        measured = self.measured()
        self.assertEqual(measured["P-12.score"].value, (80 * 10 + 50 * 30) / 40)
        self.assertEqual(measured["P-12.rate"].value, 40)
        self.assertEqual((measured["P-12.low"].value, measured["P-12.low"].of), (1, 2))
        self.assertEqual(measured["P-13.trust"].value, -20)
        self.assertEqual(measured["P-31.respect"].value, 95)
        self.assertIsNone(measured["P-15.perception"].value, "no evidence in this period")
        self.assertEqual(measured["P-25.score"].value, 70)
        self.assertIsNone(measured["P-19.score"].value)
        self.assertEqual(self.measured(branch=self.branch)["P-12.score"].value, 60)
        self.assertIsNone(self.measured(service=self.support)["P-12.score"].value)

    def test_each_clause_is_measured(self):
        clauses = set(self.env["cpa.policy"]._in_force().clause_ids.mapped("code"))
        self.assertEqual(set(self.env["cpa.policy.indicator"].search([]).mapped("clause_code")), clauses)

    def test_actions(self):
        self.env["cpa.improvement.action"].create(
            [
                {"name": "Signs at the door", "date_due": "2026-02-10"},
                {"name": "Shorter form", "date_due": "2026-02-20", "branch_id": self.branch.id},
                {"name": "Later", "date_due": "2026-04-20"},
            ]
        )[0]._lifecycle_set({"date_done": date(2026, 2, 9)})
        measured = self.measured()
        self.assertEqual(measured["P-18.done"][:3], (50, 1, 2))
        self.assertEqual(measured["P-18.overdue"][:3], (1, 1, 2))
        self.assertEqual(self.measured(branch=self.branch)["P-18.done"][:3], (0, 0, 1))

    def test_invitations(self):
        self.ask(self.officer, self.second)[0].write({"state": "failed"})
        measured = self.measured()
        self.assertEqual(measured["P-16.asked"][:3], (50, 1, 2))
        self.assertEqual(measured["P-16.failed"][:3], (1, 1, 2))

    def test_each_opens_what_it_counted(self):
        self.ask(self.officer)
        scope = Scope(
            self.company, date(2026, 1, 1), date(2026, 3, 31), self.env["cpa.branch"], self.env["cpa.service"]
        )
        Indicator = self.env["cpa.policy.indicator"].with_user(self.manager)
        measured = Indicator._measured(scope)
        for indicator in Indicator.search([("clause_code", "in", ("P-12", "P-13", "P-15", "P-16", "P-18", "P-25"))]):
            action = indicator._opened(scope)
            records = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"])
            with self.subTest(code=indicator.code):
                self.assertEqual(len(records.search(action["domain"])), measured[indicator.code].counted)
