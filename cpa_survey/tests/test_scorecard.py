from odoo.fields import Domain
from odoo.tests import tagged

from .common import SurveyCommon, freeze_time

OTHERS = [5, 5, 4, 2, 5, 4]


@tagged("post_install", "-at_install")
class TestScorecard(SurveyCommon):
    """P-12, P-16, P-17: satisfaction stands on the scorecard as it has been told, and no closer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls.env["cpa.branch"].create(
            {"name": "Another branch", "governorate_id": cls.env.ref("cpa_beneficiary.cpa_governorate_najran").id}
        )
        cls.answers([5, 5, 4, 2, 1, 5, 5, 4], branch_id=cls.branch.id)
        cls.answers(OTHERS, branch_id=cls.seat.id)
        cls.answers([1, 1], branch_id=cls.seat.id, at="2026-04-10 09:00:00")  # not told yet
        cls.count()

    def cells(self, date_from="2026-03-01", date_to="2026-03-31", by="branch_id"):
        card = self.env["cpa.scorecard"].with_user(self.auditor).get_scorecard(date_from, date_to)
        section = next(section for section in card["sections"] if section["by"] == by)
        return {
            row["owner"]: cell["value"]
            for row in section["rows"]
            for cell in row["cells"]
            if cell["key"] == "satisfaction"
        }

    def by_hand(self, table, column, date_from, date_to):
        """Return what is told of each place, weighed by its answers: independent SQL over the figures."""
        self.env.cr.execute(
            """SELECT CASE %s WHEN 'branch_id' THEN branch_id END, SUM(score * answers) / SUM(answers)
                 FROM cpa_survey_figure
                WHERE measure = 'satisfaction' AND "table" = %s AND company_id = %s
                  AND date_from >= %s AND date_to <= %s
             GROUP BY 1""",
            (column, table, self.company.id, date_from, date_to),
        )
        return dict(self.env.cr.fetchall())

    def test_as_told(self):
        cells = self.cells()
        told = self.by_hand("branch", "branch_id", "2026-03-01", "2026-03-31")
        self.assertTrue(told)
        for branch in self.branch | self.seat:
            self.assertEqual(cells[branch.id], told.get(branch.id))
        together = self.by_hand("all", None, "2026-03-01", "2026-03-31")
        self.assertAlmostEqual(cells["all"], float(together[None]))

    def test_put_together(self):
        """Figures of few and of many in one cell of a pivot or a dashboard: each answer counts the same."""
        told = Domain([("table", "=", "branch"), ("measure", "=", "satisfaction")])
        Figure = self.Figure.with_user(self.auditor)
        figures = Figure.search(told)
        answers = [(figure.score, figure.answers) for figure in figures]
        [[score]] = Figure._read_group(told, [], ["score:avg"])
        self.assertAlmostEqual(score, sum(score * count for score, count in answers) / sum(figures.mapped("answers")))
        self.assertNotAlmostEqual(score, sum(figures.mapped("score")) / len(figures))

    def test_only_whole_told_periods(self):
        """A part of a month is not looked into, and what has not been told is no evidence."""
        self.assertEqual(set(self.cells("2026-03-02", "2026-03-31").values()), {None})
        self.assertEqual(set(self.cells("2026-04-01", "2026-04-30").values()), {None})
        self.assertEqual(self.cells("2026-03-01", "2026-04-30"), self.cells())

    def test_too_few_are_not_told(self):
        """P-16: below the smallest group there is no figure, here neither."""
        small = self.env["cpa.branch"].create({"name": "Small", "governorate_id": self.seat.governorate_id.id})
        self.answers([1, 1, 1], branch_id=small.id, at="2026-05-10 09:00:00")
        self.count("2026-06-20 09:00:00")
        self.assertIsNone(self.cells("2026-05-01", "2026-05-31")[small.id])

    def test_opens_the_figures_never_the_answers(self):
        Scorecard = self.env["cpa.scorecard"].with_user(self.manager)
        for owner, value in self.cells().items():
            action = Scorecard.open_figure("satisfaction", "2026-03-01", "2026-03-31", "branch_id", owner)
            self.assertEqual(action["res_model"], "cpa.survey.figure")
            found = self.Figure.with_user(self.manager).search(action["domain"])
            self.assertEqual(bool(found), value is not None)

    def test_dashboard(self):
        """The dashboard of satisfaction reads figures, and nothing else."""
        dashboard = self.env.ref("cpa_survey.spreadsheet_dashboard_satisfaction")
        dashboard._check_spreadsheet_data()
        for role, seen in (("manager", True), ("auditor", True), ("officer", False), ("delegate", False)):
            found = dashboard.with_user(getattr(self, role)).search([("id", "=", dashboard.id)])
            self.assertEqual(bool(found), seen, role)
        self.assertNotIn("cpa.survey.fact", dashboard.spreadsheet_data)
        with freeze_time("2026-04-20 09:00:00"):
            self.assertIn("cpa.survey.figure", dashboard._get_serialized_readonly_dashboard())
