"""Figures of closed periods: told where nobody can be recognised, widened where not, counted once."""

import time

from odoo.tests import tagged

from .common import SurveyCommon, freeze_time

OTHER = "2026-02-10 09:00:00"
JANUARY = "2026-01-12 09:00:00"


@tagged("post_install", "-at_install")
class TestFigures(SurveyCommon):
    def test_five_answers(self):
        """P-12: five people answered, so the month is told: how many were satisfied, and how many of those asked."""
        self.answers([5, 4, 4, 2, 1])
        self.ask(*[self.officer] * 5)
        figure = self.count()
        self.assertEqual(figure.table, "all")
        self.assertEqual((figure.answers, figure.score, figure.response_rate), (5, 60.0, 50))
        self.assertEqual(
            (figure.period, str(figure.date_from), str(figure.date_to)), ("month", "2026-03-01", "2026-03-31")
        )

    def test_four_answers(self):
        """P-16: four people do not make a figure."""
        self.answers([1, 1, 1, 1])
        self.assertFalse(self.count())

    def test_open_month(self):
        """While one survey of the month can still be answered, nothing of it is told."""
        self.answers([5] * 6)
        self.assertFalse(self.count("2026-03-31 09:00:00"))
        self.ask(at="2026-03-31 09:00:00")
        self.assertFalse(self.count("2026-04-14 09:00:00"), "the last day of the last survey")
        self.assertTrue(self.count("2026-04-15 09:00:00"))

    def test_never_all_or_nobody(self):
        """What all of a group say is what each one says: a figure never says so."""
        self.answers([5] * 5)
        self.assertEqual(self.count().score, 80.0)
        self.assertEqual(self.Figure._score("satisfaction", (10, 0, 10)), 10.0)
        self.assertEqual(self.Figure._score("trust", (10, 10, 0)), 80.0)

    def test_never_all_answered(self):
        """That all who were asked answered says of each that he did."""
        self.answers([5, 5, 5, 3, 2])
        self.assertEqual(self.count().response_rate, 90)

    def test_one_provider(self):
        """P-16: an answer about the work of one person alone makes no figure that others read."""
        self.answers([1] * 9, staff=self.officer)
        self.assertFalse(self.count())

    def test_complement(self):
        """A branch is not told where what is left of the total is fewer than five."""
        other = self.branch.copy({"name": "Other branch"})
        self.answers([5] * 10, branch_id=self.branch.id)
        self.answers([1] * 4, branch_id=other.id)
        figures = self.count()
        self.assertEqual(figures.mapped("table"), ["all"])
        self.assertEqual(figures.answers, 14)

    def test_cells(self):
        other = self.branch.copy({"name": "Other branch"})
        self.answers([5] * 6, branch_id=self.branch.id, service_id=self.support.id)
        self.answers([2] * 5, branch_id=other.id, service_id=self.support.id)
        self.count()
        self.assertEqual(self.figures(branch_id=self.branch.id, table="branch").answers, 6)
        self.assertEqual(self.figures(branch_id=other.id, table="branch").answers, 5)
        self.assertEqual(self.figures(table="service").answers, 11)

    def test_widened_to_the_quarter(self):
        """What is too few for a month is counted in the quarter, with what else was not told on its own."""
        self.answers([5] * 8, at=JANUARY)
        self.answers([4] * 3, at=OTHER)
        self.answers([1] * 3)
        self.count()
        january = self.figures(period="month")
        self.assertEqual((january.answers, str(january.date_from)), (8, "2026-01-01"))
        quarter = self.figures(period="quarter")
        self.assertEqual((quarter.answers, quarter.score), (6, 50.0))
        self.assertEqual(quarter.months, ["2026-02-01", "2026-03-01"])

    def test_widened_to_the_year(self):
        for month in ("04", "07", "12"):
            self.answers([4, 2], at=f"2026-{month}-10 09:00:00")
        figure = self.count("2027-01-20 09:00:00")
        self.assertEqual((figure.period, figure.answers, figure.score), ("year", 6, 50.0))

    def test_counted_once(self):
        """A figure that is out stays as it is, whatever comes later: no difference tells anything."""
        self.answers([5] * 5)
        figure = self.count()
        before = figure.read()
        self.answers([1] * 5, at="2026-03-31 09:00:00")
        self.assertEqual(self.count("2026-04-25 09:00:00"), figure)
        self.assertEqual(figure.read(), before)

    def test_own_figures(self):
        """P-12: a provider sees what was said of his own work, where two colleagues shelter each other; nobody else."""
        self.answers([5] * 6 + [1] * 6 + [3] * 6, staff=self.officer | self.second | self.third)
        self.count()
        Own = self.env["cpa.survey.own.figure"]
        own = Own.with_user(self.officer).search([("measure", "=", "satisfaction")])
        self.assertEqual(own.user_id, self.officer)
        self.assertEqual(own.answers, 6)
        self.assertFalse(Own.with_user(self.delegate).search([]))
        self.assertFalse(Own.with_user(self.manager).has_access("read"))

    def test_own_figure_of_two(self):
        """Of two providers neither sees his own: the rest of the total would be the other's."""
        self.answers([5, 1] * 8, staff=self.officer | self.second)
        self.assertEqual(self.count().answers, 16)
        self.assertFalse(self.env["cpa.survey.own.figure"].search([]))

    def test_hundred_thousand(self):
        """A month of 100,000 answers is counted in grouped queries, in seconds."""
        services, channels = self.env["cpa.service"].search([]), self.env["cpa.channel"].search([])
        branches = self.branch | self.branch.copy({"name": "B"}) | self.branch.copy({"name": "C"})
        self.ask()  # somebody was asked
        self.env.cr.execute(
            """SELECT setseed(0.5);
               INSERT INTO cpa_survey_fact (id, company_id, event_code, measure, month, score, service_id, channel_id,
                                            branch_id, department_id, staff_id)
               SELECT number, %s, 'reply', 'satisfaction', '2026-03-01', 1 + number %% 5,
                      (%s)[ceil(random() * %s)], (%s)[ceil(random() * %s)], (%s)[ceil(random() * 3)], NULL,
                      (%s)[ceil(random() * 3)]
                 FROM generate_series(1, 100000) number""",
            [
                self.company.id,
                services.ids,
                len(services),
                channels.ids,
                len(channels),
                branches.ids,
                (self.officer | self.second | self.third).ids,
            ],
        )
        start = time.monotonic()
        figures = self.count()
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual(sum(figures.filtered(lambda figure: figure.table == "all").mapped("answers")), 100000)
        self.assertEqual(len(figures.filtered(lambda figure: figure.table == "service")), len(services))

    def test_queries_are_flat(self):
        """The count asks as much of the database for many answers as for few."""
        self.answers([5] * 6)
        with freeze_time("2026-04-20 09:00:00"):
            self.Invitation._cron_send()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.Figure._cron_count()
            self.env.flush_all()
            few = self.env.cr.sql_log_count - before
        self.answers([4] * 30, at="2026-04-25 09:00:00", branch_id=self.branch.id)
        with freeze_time("2026-05-20 09:00:00"):
            self.Invitation._cron_send()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.Figure._cron_count()
            self.env.flush_all()
            self.assertLessEqual(self.env.cr.sql_log_count - before, few + 12)
