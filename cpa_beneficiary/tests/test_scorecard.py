import json

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import ROLES, CpaCommon

FROM, TO = "2026-03-01", "2026-03-31"
# the same two moments as an SQL reader writes them: midnight in Riyadh is 21:00 UTC of the day before
NOW = ("2026-02-28 21:00:00", "2026-03-31 21:00:00")
BEFORE = ("2026-01-31 21:00:00", "2026-02-28 21:00:00")
COLUMN = {"branch_id": "request.branch_id", "department_id": "service.department_id"}


@tagged("post_install", "-at_install")
class TestScorecard(CpaCommon):
    """P-17: how the work of each branch and department went, beside the period before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["cpa.branch"].create(
            {"name": "Another branch", "governorate_id": cls.env.ref("cpa_beneficiary.cpa_governorate_najran").id}
        )
        cls.department = cls.env["cpa.department"].create({"name": "Advice"})
        cls.consultation.department_id = cls.department
        cls.person = cls.make_beneficiary(branch_id=cls.branch.id)
        # submitted, replied, branch: days in Riyadh differ from those in UTC at both ends of both periods
        for submitted, replied, branch in (
            ("2026-01-31 20:30:00", "2026-02-04 09:00:00", cls.branch),  # of January, answered in February
            ("2026-01-31 21:30:00", "2026-02-28 20:30:00", cls.branch),  # of February, late in February
            ("2026-02-10 09:00:00", "2026-02-28 21:30:00", cls.branch),  # answered in March, late
            ("2026-02-28 21:30:00", "2026-03-03 21:30:00", cls.branch),  # of March
            ("2026-03-02 09:00:00", "2026-03-05 09:00:00", cls.other),
            ("2026-03-31 20:30:00", "2026-03-31 20:45:00", cls.other),  # March's last half hour
            ("2026-03-31 21:30:00", None, cls.other),  # of April
            ("2026-03-10 09:00:00", None, cls.env["cpa.branch"]),
        ):
            cls.answered(submitted, replied, branch)
        with freeze_time("2026-03-04 09:00:00") as clock:
            back = cls.submit(cls.make_request(beneficiary_id=cls.person.id, branch_id=cls.other.id))
            for day in ("05", "06"):  # twice, counted once
                clock.move_to(f"2026-03-{day} 09:00:00")
                back.write({"state": "incomplete", "move_reason": "A paper is missing"})
                cls.submit(back)
            clock.move_to("2026-03-08 09:00:00")
            cls.waived = cls.make_request(cls.support, beneficiary_id=cls.person.id, branch_id=cls.branch.id)
            cls.waived.check_ids.filtered("is_document")[:2].with_user(cls.manager).write(
                {"state": "waived", "move_reason": "Known to us"}
            )
            cls.submit(cls.waived)
            cls.study(cls.waived)
            cls.decide(cls.waived, amount=500)
            clock.move_to("2026-03-12 09:00:00")  # before the day, too: one exception, not two
            cls.reply(cls.waived, "approved")
        cls.env.flush_all()

    @classmethod
    def answered(cls, submitted, replied, branch):
        with freeze_time(submitted) as clock:
            request = cls.submit(cls.make_request(beneficiary_id=cls.person.id, branch_id=branch.id))
            if replied:
                clock.move_to(replied)
                request.write({"state": "in_progress"})
                cls.reply(request, "done")

    def scorecard(self, role="manager", date_from=FROM, date_to=TO):
        model = self.env["cpa.scorecard"].with_user(getattr(self, role)).with_context(lang="en_US")
        with freeze_time("2026-04-20 09:00:00"):
            return model.get_scorecard(date_from, date_to)

    def figures(self, by, date_from=FROM, date_to=TO):
        """Return the figures of a period: ``{(owner, figure): value}``."""
        section = next(s for s in self.scorecard(date_from=date_from, date_to=date_to)["sections"] if s["by"] == by)
        return {
            (row["owner"], cell["key"]): cell["value"]
            for row in section["rows"]
            for cell in row["cells"]
            if cell["key"] != "satisfaction"
        }

    def by_hand(self, by, begin, end):
        """Return the same figures, counted over the tables of the events themselves."""
        figures = {}
        for column in (COLUMN[by], "'all'::text"):
            self.env.cr.execute(
                SQL(
                    """
                    SELECT owner, SUM(received), COALESCE(SUM(answered), 0), AVG(days), AVG(late) * 100,
                           COALESCE(SUM(exception), 0), SUM(back)
                      FROM (
                        SELECT %(owner)s AS owner,
                               (submitted_at >= %(begin)s AND submitted_at < %(end)s)::int AS received,
                               (replied_at >= %(begin)s AND replied_at < %(end)s)::int AS answered,
                               CASE WHEN replied_at >= %(begin)s AND replied_at < %(end)s
                                    THEN (replied_at + interval '3 hours')::date
                                         - (submitted_at + interval '3 hours')::date END AS days,
                               CASE WHEN replied_at >= %(begin)s AND replied_at < %(end)s
                                    THEN ((replied_at + interval '3 hours')::date > reply_target_date)::int END AS late,
                               (replied_at >= %(begin)s AND replied_at < %(end)s AND reply_floor_mode <> 'off'
                                    AND (replied_at + interval '3 hours')::date < reply_floor_date
                                OR EXISTS (SELECT FROM cpa_request_move move
                                             JOIN cpa_request_check item ON item.id = move.res_id
                                            WHERE move.res_model = 'cpa.request.check' AND move.to_state = 'waived'
                                              AND item.request_id = request.id
                                              AND move.happened_at >= %(begin)s AND move.happened_at < %(end)s)
                               )::int AS exception,
                               EXISTS (SELECT FROM cpa_request_submission round
                                         JOIN cpa_request_move move ON move.request_id = round.request_id
                                        WHERE round.request_id = request.id AND round.round > 1
                                          AND move.res_model = 'cpa.request' AND move.to_state = 'incomplete'
                                          AND move.happened_at >= %(begin)s AND move.happened_at < %(end)s
                               )::int AS back
                          FROM cpa_request request
                          JOIN cpa_service service ON service.id = request.service_id
                         WHERE submitted_at IS NOT NULL AND request.company_id = %(company)s) AS each
                  GROUP BY owner
                    """,
                    owner=SQL(column),
                    begin=begin,
                    end=end,
                    company=self.env.company.id,
                )
            )
            keys = ("received", "answered", "turnaround", "late", "exceptions", "returned")
            for owner, *values in self.env.cr.fetchall():
                figures |= {(owner or False, key): value for key, value in zip(keys, values, strict=True)}
        return figures

    def assertSame(self, found, expected):
        self.assertFalse({key: hand for key, hand in expected.items() if hand and key not in found})
        for key, value in found.items():
            hand = expected.get(key, None if key[1] in ("turnaround", "late") else 0)
            if value is None or hand is None:
                self.assertIs(value, hand, key)
            else:
                self.assertAlmostEqual(value, float(hand), 4, key)

    # ------------------------------------------------------------------
    # The figures
    # ------------------------------------------------------------------

    def test_every_figure(self):
        """Each figure of both periods and both tables is what a query over the events says."""
        for by in COLUMN:
            with self.subTest(by):
                self.assertSame(self.figures(by), self.by_hand(by, *NOW))
                self.assertSame(self.figures(by, "2026-02-01", "2026-02-28"), self.by_hand(by, *BEFORE))

    def test_days_begin_in_riyadh(self):
        """The boundary by hand: what came at 21:30 UTC belongs to the day, month and period that had begun."""
        figures = self.figures("branch_id")
        self.assertEqual(figures[self.branch.id, "received"], 2, "the last of February at 21:30, and the waived one")
        self.assertEqual(figures[self.other.id, "received"], 3, "of the last of March the one at 20:30, not at 21:30")
        self.assertEqual(figures[False, "received"], 1)
        self.assertEqual(figures[self.branch.id, "answered"], 3)
        self.assertEqual(figures[self.branch.id, "exceptions"], 1, "waived and early: one request")
        self.assertEqual(figures[self.other.id, "returned"], 1, "twice returned: one request")

    def test_beside_the_period_before(self):
        """Where it stands against the month before, and whether that is good."""
        card = self.scorecard()
        section = card["sections"][0]
        row = next(row for row in section["rows"] if row["owner"] == self.branch.id)
        cells = {cell["key"]: cell for cell in row["cells"]}
        before = self.by_hand("branch_id", *BEFORE)
        self.assertEqual(cells["answered"]["before"], str(before[self.branch.id, "answered"]))
        self.assertEqual(cells["received"]["tone"], "", "more of them is neither good nor bad")
        days = cells["turnaround"]
        was = float(before[self.branch.id, "turnaround"])
        self.assertEqual(days["trend"], "down" if days["value"] < was else "up")
        self.assertEqual(days["tone"], "good" if days["value"] < was else "bad")
        self.assertIn("1 February 2026", card["before"])
        self.assertIn("AH", card["period"], "in both calendars")
        nothing = next(row for row in section["rows"] if row["owner"] is False)
        self.assertEqual({cell["key"]: cell["text"] for cell in nothing["cells"]}["late"], "—")

    def test_a_figure_opens_what_it_counts(self):
        """Each count opens as many requests; none of another branch or period."""
        Scorecard = self.env["cpa.scorecard"].with_user(self.manager)
        for by in COLUMN:
            for (owner, key), value in self.figures(by).items():
                action = Scorecard.open_figure(key, FROM, TO, by, owner)
                found = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
                with self.subTest(by=by, owner=owner, key=key):
                    if key in ("received", "answered", "exceptions", "returned"):
                        self.assertEqual(len(found), value)
                    if owner != "all":
                        self.assertLessEqual(set(found.mapped(by).ids), {owner} - {False})

    def test_periods(self):
        """In Riyadh's days; one that is not over ends today."""
        with freeze_time("2026-03-31 21:30:00"):  # the first of April
            periods = {p["key"]: (p["date_from"], p["date_to"]) for p in self.env["cpa.scorecard"].get_periods()}
        self.assertEqual(periods["month"], ("2026-04-01", "2026-04-01"))
        self.assertEqual(periods["last_month"], ("2026-03-01", "2026-03-31"))
        self.assertEqual(periods["last_quarter"], ("2026-01-01", "2026-03-31"))
        self.assertEqual(periods["last_year"], ("2025-01-01", "2025-12-31"))

    # ------------------------------------------------------------------
    # For whom, and of whom not
    # ------------------------------------------------------------------

    def test_for_manager_and_auditor(self):
        Scorecard = self.env["cpa.scorecard"]
        for role in ROLES:
            with self.subTest(role):
                if role in ("manager", "auditor"):
                    self.assertTrue(self.scorecard(role)["sections"])
                    continue
                with self.assertRaises(AccessError):
                    self.scorecard(role)
                with self.assertRaises(AccessError):
                    Scorecard.with_user(getattr(self, role)).open_figure("late", FROM, TO, "branch_id", "all")

    def test_no_ranking_of_people(self):
        """P-16: rows are places, in the order of their names; nobody is named."""
        for section in self.scorecard()["sections"]:
            self.assertIn(section["by"], COLUMN)
            names = [row["name"] for row in section["rows"] if row["owner"] and row["owner"] != "all"]
            self.assertEqual(names, sorted(names))
            self.assertFalse({self.officer.name, self.manager.name} & set(names))

    def test_flat(self):
        """As many queries for ten branches more."""

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.scorecard()
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        governorate = self.env.ref("cpa_beneficiary.cpa_governorate_najran").id
        branches = self.env["cpa.branch"].create(
            [{"name": f"Branch {number}", "governorate_id": governorate} for number in range(10)]
        )
        for branch in branches[:3]:
            self.answered("2026-03-02 09:00:00", "2026-03-05 09:00:00", branch)
        queries()  # caches what holds for all, once more after new branches
        self.assertEqual(queries(), few)
        self.assertLess(few, 40)


@tagged("post_install", "-at_install")
class TestDashboard(CpaCommon):
    """The dashboards: for manager and auditor, of fields that there are, from right to left in Arabic."""

    def dashboards(self, user):
        group = self.env.ref("cpa_beneficiary.spreadsheet_dashboard_group")
        return self.env["spreadsheet.dashboard"].with_user(user).search([("dashboard_group_id", "=", group.id)])

    def test_who_sees_them(self):
        for role in ROLES:
            with self.subTest(role):
                seen = self.dashboards(getattr(self, role))
                self.assertEqual(bool(seen), role in ("manager", "auditor"))
        self.assertFalse(self.dashboards(self.plain))

    def test_of_fields_and_menus_that_there_are(self):
        """Core looks at what its spreadsheets name; and every measure is one of its model."""
        for dashboard in self.dashboards(self.manager).sudo():
            dashboard._check_spreadsheet_data()
            book = json.loads(dashboard.spreadsheet_data)
            for pivot in book["pivots"].values():
                fields = self.env[pivot["model"]].with_user(self.auditor).fields_get()
                for measure in pivot["measures"]:
                    self.assertIn(measure["fieldName"], {*fields, "__count"})
                self.assertTrue(self.env[pivot["model"]].with_user(self.auditor).has_access("read"))
            charts = {figure["id"] for figure in book["sheets"][0]["figures"]}
            self.assertEqual(charts, book["chartOdooMenusReferences"].keys())

    def test_right_to_left(self):
        """In Arabic the first column stands on the right, with all that belongs to it; in English on the left."""
        for lang in ("ar_001", "en_US"):
            self.env["res.lang"]._activate_lang(lang)
        dashboard = self.env.ref("cpa_beneficiary.spreadsheet_dashboard_requests").with_user(self.manager)
        books = {}
        for lang in ("en_US", "ar_001"):
            data = json.loads(dashboard.with_context(lang=lang)._get_serialized_readonly_dashboard())
            books[lang] = data["snapshot"]["sheets"]
        left, right = (books[lang][0] for lang in ("en_US", "ar_001"))
        self.assertEqual(left, json.loads(dashboard.sudo().spreadsheet_data)["sheets"][0])
        self.assertEqual(left["cells"]["A20"], right["cells"]["I20"])
        self.assertEqual(left["cells"]["D22"], right["cells"]["F22"])
        self.assertEqual(left["styles"]["B22:D29"], right["styles"]["F22:H29"])
        self.assertEqual(left["cols"]["0"], right["cols"]["8"])
        width = sum(column["size"] for column in left["cols"].values())
        for one, other in zip(left["figures"], right["figures"], strict=True):
            self.assertEqual(one["offset"]["x"] + one["width"] + other["offset"]["x"], width)
        self.assertEqual(len(left["cells"]), len(right["cells"]))
        self.assertEqual(books["en_US"][1], books["ar_001"][1], "what the tiles read stays where it is")
