"""The manager's figures among a million requests (2,000 without --drills): a period is read by its index (P-17)."""

import os
import time

from odoo.addons.cpa_beneficiary.tests.common import CpaCommon
from odoo.tests import tagged
from odoo.tools import SQL

COUNT = 1_000_000 if os.environ.get("CPA_DRILLS") else 2_000
FEW_SECONDS = 10  # on two cores
MEASURES = ["__count", "reply_days:avg", "delivery_days:avg", "late_share:avg", "returned:sum", "granted_amount:sum"]


@tagged("post_install", "-at_install")
class TestScaleAnalysis(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls.submit(cls.make_request(beneficiary_id=cls.make_beneficiary().id, branch_id=cls.branch.id))
        cls.env.flush_all()
        kept = {"id", "number", "submitted_at"}
        columns = [
            SQL.identifier(field.name)
            for field in cls.request._fields.values()
            if field.store and field.column_type and field.name not in kept
        ]
        cls.env.cr.execute(
            SQL(
                "INSERT INTO cpa_request (number, submitted_at, %(columns)s)"
                " SELECT '2096-' || n, timestamp '2016-01-01' + n * interval '10 years' / %(count)s, %(columns)s"
                " FROM cpa_request source, generate_series(1, %(count)s) n WHERE source.id = %(source)s",
                columns=SQL(", ").join(columns),
                count=COUNT,
                source=cls.request.id,
            )
        )
        cls.env.cr.execute("ANALYZE cpa_request")
        cls.env.cr.execute("SET LOCAL random_page_cost = 1.1")  # as our own servers have it
        cls.env.invalidate_all()

    def test_a_pivot_takes_seconds(self):
        """All years by service, and a year by month and age: one query each."""
        analysis = self.env["cpa.request.analysis"].with_user(self.manager)
        year = [("submitted_on", ">=", "2025-01-01"), ("submitted_on", "<=", "2025-12-31")]
        for domain, groups in (([], ["service_id"]), (year, ["submitted_on:month", "age"])):
            analysis._read_group(domain, groups, ["__count"])
            queries, begin = self.env.cr.sql_log_count, time.perf_counter()
            found = analysis._read_group(domain, groups, MEASURES)
            self.assertLess(time.perf_counter() - begin, FEW_SECONDS)
            self.assertEqual(self.env.cr.sql_log_count - queries, 1)
            self.assertAlmostEqual(
                sum(row[len(groups)] for row in found), COUNT if not domain else COUNT / 10, delta=COUNT / 100
            )

    def test_a_period_is_read_by_its_index(self):
        analysis = self.env["cpa.request.analysis"].sudo()
        query = analysis._search([("submitted_on", ">=", "2025-03-01"), ("submitted_on", "<=", "2025-03-31")])
        [plan] = self.env.execute_query(SQL("EXPLAIN (FORMAT JSON) %s", query.select()))[0]
        self.assertIn("cpa_request_submitted_on_idx", str(plan))

    def test_the_scorecard_takes_seconds(self):
        scorecard = self.env["cpa.scorecard"].with_user(self.manager)
        begin = time.perf_counter()
        card = scorecard.get_scorecard("2025-01-01", "2025-12-31")
        self.assertLess(time.perf_counter() - begin, FEW_SECONDS)
        rows = {row["owner"]: row["cells"][0]["value"] for row in card["sections"][0]["rows"]}
        self.assertAlmostEqual(rows[self.branch.id], COUNT / 10, delta=COUNT / 100)
