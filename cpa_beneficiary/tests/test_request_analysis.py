from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import ROLES, CpaCommon

READERS = ("manager", "auditor", "delegate")
DIMENSIONS = {
    "service_id": "request.service_id",
    "kind": "service.kind",
    "branch_id": "request.branch_id",
    "governorate_id": "person.governorate_id",
    "channel_id": "request.channel_id",
    "officer_id": "request.officer_id",
    "department_id": "service.department_id",
    "policy_id": "request.policy_id",
    "state": "request.state",
    "decision": "request.decision",
}
# written by hand, on the tables of the events themselves: where a day begins, three hours are added
MEASURES = """
    COUNT(*),
    AVG((decided_at + interval '3 hours')::date - (submitted_at + interval '3 hours')::date),
    AVG((replied_at + interval '3 hours')::date - (submitted_at + interval '3 hours')::date),
    AVG((SELECT MAX((line.delivered_at + interval '3 hours')::date) FROM cpa_delivery line
          WHERE line.request_id = request.id AND line.delivered_at IS NOT NULL)
        - (submitted_at + interval '3 hours')::date),
    AVG(CASE WHEN (replied_at + interval '3 hours')::date > request.reply_target_date THEN 1.0 ELSE 0.0 END)
        FILTER (WHERE replied_at IS NOT NULL),
    COUNT(*) FILTER (WHERE request.id IN (SELECT request_id FROM cpa_request_move WHERE to_state = 'incomplete')),
    COUNT(*) FILTER (WHERE request.id IN (SELECT appeal_of_id FROM cpa_request)),
    SUM(granted_amount)
"""
FIELDS = [
    "__count",
    "decision_days:avg",
    "reply_days:avg",
    "delivery_days:avg",
    "late_share:avg",
    "returned:sum",
    "appealed:sum",
    "granted_amount:sum",
]


@tagged("post_install", "-at_install")
class TestRequestAnalysis(CpaCommon):
    """P-03, P-05, P-35: what the manager counts is what happened, day by day in Riyadh."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls.env["cpa.branch"].create(
            {"name": "Other branch", "governorate_id": cls.env.ref("cpa_beneficiary.cpa_governorate_najran").id}
        )
        cls.department = cls.env["cpa.department"].create({"name": "Advice"})
        cls.consultation.department_id = cls.department
        najran = cls.make_beneficiary(governorate_id=cls.env.ref("cpa_beneficiary.cpa_governorate_najran").id)
        thar = cls.make_beneficiary(
            number="1098765439", governorate_id=cls.env.ref("cpa_beneficiary.cpa_governorate_thar").id
        )
        segments = cls.env["cpa.segment"].search([], limit=3)
        najran.segment_ids, thar.segment_ids = segments[:2], segments[1:]
        cls.segments, cls.najran, cls.thar = segments, najran, thar
        with freeze_time("2026-01-31 20:30:00"):  # still January in Riyadh
            cls.late = cls.submit(cls.make_request(beneficiary_id=najran.id, branch_id=cls.seat.id))
            cls.granted = cls.submit(
                cls.make_request(cls.support, beneficiary_id=thar.id, branch_id=cls.branch.id, amount_requested=900)
            )
        with freeze_time("2026-01-31 21:30:00"):  # February
            cls.in_time = cls.submit(cls.make_request(beneficiary_id=thar.id, branch_id=cls.branch.id))
            cls.waiting = cls.submit(cls.make_request(beneficiary_id=najran.id, branch_id=cls.branch.id))
            cls.refused = cls.submit(
                cls.make_request(
                    cls.support, beneficiary_id=najran.id, branch_id=cls.seat.id, officer_id=cls.manager.id
                )
            )
            cls.draft = cls.make_request(beneficiary_id=thar.id, branch_id=cls.branch.id)
        with freeze_time("2026-02-02 09:00:00") as clock:
            cls.in_time.write({"state": "incomplete", "move_reason": "A paper is missing"})
            clock.move_to("2026-02-02 11:00:00")  # and comes back on the same day
            cls.submit(cls.in_time)
            clock.move_to("2026-02-05 21:30:00")  # the 6th
            cls.answer(cls.in_time)
            clock.move_to("2026-02-20 09:00:00")
            cls.study(cls.granted)
            cls.study(cls.refused)
            cls.decide(cls.granted, amount=700)
            cls.decide(cls.refused, "reject")
            clock.move_to("2026-02-28 20:59:00")  # February's last minute
            cls.reply(cls.refused, "rejected")
            clock.move_to("2026-02-28 21:30:00")  # March
            cls.reply(cls.granted, "approved")
            cls.answer(cls.late)
            clock.move_to("2026-03-05 09:00:00")
            cls.pay(cls.order(cls.granted)).action_hand_over()
            context = cls.refused.with_user(cls.officer).action_appeal()["context"]
            Request = cls.env["cpa.request"].with_user(cls.officer).with_context(**context)
            cls.contesting = Request.create({"channel_id": cls.channel.id, "appeal_grounds": "New facts"})
            cls.submit(cls.contesting)
        cls.env.flush_all()
        cls.requests = cls.late | cls.granted | cls.in_time | cls.waiting | cls.refused | cls.contesting
        cls.own = [("request_id", "in", (cls.requests | cls.draft).ids)]

    @classmethod
    def answer(cls, request):
        request.with_user(cls.officer).write({"state": "in_progress"})
        return cls.reply(request, "done")

    def analysis(self, role="manager"):
        return self.env["cpa.request.analysis"].with_user(getattr(self, role)).with_context(lang="en_US")

    def by_hand(self, column):
        """Return what independent SQL counts: ``{value of the column: figures}``."""
        self.env.cr.execute(
            SQL(
                """SELECT %s, %s
                      FROM cpa_request request
                      JOIN cpa_service service ON service.id = request.service_id
                 LEFT JOIN cpa_beneficiary person ON person.id = request.beneficiary_id
                     WHERE request.id IN %s
                  GROUP BY 1""",
                SQL(column),
                SQL(MEASURES),
                tuple(self.requests.ids),
            )
        )
        return {row[0]: self.rounded(row[1:]) for row in self.env.cr.fetchall()}

    @staticmethod
    def rounded(figures):
        return [None if figure in (None, False) else round(float(figure), 4) for figure in figures]

    # ------------------------------------------------------------------
    # The figures
    # ------------------------------------------------------------------

    def test_every_figure_by_every_dimension(self):
        """Each measure, by each dimension, is what a query over the events says."""
        for name, column in DIMENSIONS.items():
            with self.subTest(name):
                groups = self.analysis()._read_group(self.own, [name], FIELDS)
                found = {
                    (value.id or None) if hasattr(value, "_name") else value or None: self.rounded(figures)
                    for value, *figures in groups
                }
                self.assertEqual(found, self.by_hand(column))
        total = self.rounded(self.analysis()._read_group(self.own, [], FIELDS)[0])
        self.assertEqual(total, self.by_hand("1")[1])

    def test_days_begin_in_riyadh(self):
        """At 21:30 UTC the next day has begun, and with it the next month."""
        days = {
            row.request_id: (str(row.submitted_on), str(row.replied_on)) for row in self.analysis().search(self.own)
        }
        self.assertEqual(days[self.late], ("2026-01-31", "2026-03-01"))
        self.assertEqual(days[self.in_time], ("2026-02-01", "2026-02-06"))
        self.assertEqual(days[self.refused], ("2026-02-01", "2026-02-28"))
        months = {
            f"{month:%Y-%m}": count
            for month, count in self.analysis()._read_group(self.own, ["submitted_on:month"], ["__count"])
        }
        self.assertEqual(months, {"2026-01": 2, "2026-02": 3, "2026-03": 1})
        row = self.analysis().search([("request_id", "=", self.in_time.id)])
        self.assertEqual(row.reply_days, 5, "from the first of February to the sixth")

    def test_cohorts(self):
        """Of each month's requests, how many months later they were answered."""
        groups = self.analysis()._read_group(self.own, ["submitted_on:month", "age"], ["__count"])
        self.assertEqual(
            {(f"{month:%m}", age): count for month, age, count in groups},
            {("01", "2"): 2, ("02", "0"): 2, ("02", "open"): 1, ("03", "open"): 1},
        )

    def clocks(self, moment=None):
        """Return how each request stood to its clock at ``moment``: ``{request: clock}``."""
        self.env.invalidate_all()
        with freeze_time(moment):
            return {row.request_id: row.clock for row in self.analysis().search(self.own)}

    def test_clock(self):
        """P-35: told as at the reply; what waits is judged today, and what waits for the applicant is not late."""
        clocks = self.clocks("2026-03-06 09:00:00")
        self.assertEqual(clocks[self.in_time], "on_time")
        self.assertIn(clocks[self.late], ("late", "past_ceiling"))
        self.assertEqual(clocks[self.late], self.late.reply_timing)
        self.assertEqual((clocks[self.waiting], clocks[self.contesting]), ("overdue", "waiting"))
        target = self.waiting.reply_target_date
        self.assertEqual(self.clocks(f"{target} 20:30:00")[self.waiting], "waiting", "the target's last half hour")
        self.assertEqual(self.clocks(f"{target} 21:30:00")[self.waiting], "overdue")
        self.waiting.write({"state": "incomplete", "move_reason": "A paper is missing"})
        self.assertEqual(self.clocks("2026-03-06 09:00:00")[self.waiting], "waiting")
        self.waiting.write({"state": "withdrawn", "move_reason": "Found help"})
        self.assertEqual(self.clocks("2026-03-06 09:00:00")[self.waiting], "none")
        self.assertEqual(self.analysis().search([("request_id", "=", self.waiting.id)]).age, "unanswered")

    def test_segments(self):
        """P-05: who belongs to two segments is counted in each, and once in the total."""
        groups = dict(self.analysis()._read_group(self.own, ["segment_ids"], ["__count"]))
        # Najran: late, waiting, refused and its appeal; Thar: granted, in time
        self.assertEqual([groups[segment] for segment in self.segments], [4, 6, 2])
        self.assertEqual(self.analysis().search_count(self.own), 6)
        found = self.analysis().search([*self.own, ("segment_ids", "in", self.segments[2].ids)])
        self.assertEqual(found.request_id, self.granted | self.in_time)

    def test_origin(self):
        """P-09: by an application, or brought by the applicant himself."""
        self.assertEqual(set(self.analysis().search(self.own).mapped("origin")), {"office"})
        application = self.env["cpa.application"].create({"service_id": self.consultation.id})
        self.late._lifecycle_set({"application_id": application.id})
        self.assertEqual(self.analysis().search([*self.own, ("origin", "=", "online")]).request_id, self.late)

    def test_drafts_are_nobodys_word(self):
        self.assertFalse(self.analysis().search([("request_id", "=", self.draft.id)]))

    # ------------------------------------------------------------------
    # Who reads them
    # ------------------------------------------------------------------

    def test_who_reads(self):
        """Manager and auditor all, a delegate his own branch, and nobody else anything."""
        for role in ROLES:
            with self.subTest(role):
                if role not in READERS:
                    with self.assertRaises(AccessError):
                        self.analysis(role).search(self.own)
                    continue
                expected = self.requests if role != "delegate" else self.granted | self.in_time | self.waiting
                self.assertEqual(self.analysis(role).search(self.own).request_id, expected)

    def test_not_by_whom_it_is_about(self):
        """P-16: a complaint about the manager is not counted before him."""
        self.waiting.subject_user_ids = self.manager
        self.assertNotIn(self.waiting, self.analysis().search(self.own).request_id)
        self.assertIn(self.waiting, self.analysis("auditor").search(self.own).request_id)

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other association"})
        self.manager.company_ids |= other
        self.assertFalse(self.analysis().with_context(allowed_company_ids=other.ids).search(self.own))

    def test_no_names(self):
        """No field of the analysis leads to a person but by the request, whose own rules hold."""
        shown = self.analysis("auditor").fields_get()
        people = {"res.partner", "cpa.beneficiary", "cpa.identity"}
        self.assertFalse({name for name, field in shown.items() if field.get("relation") in people})

    # ------------------------------------------------------------------
    # From a figure to its requests
    # ------------------------------------------------------------------

    def test_a_figure_opens_what_it_counts(self):
        domain = [*self.own, ("clock", "in", ("late", "past_ceiling"))]
        Request = self.env["cpa.request"].with_user(self.manager)
        found = Request.search([("analysis_ids", "any", domain)])
        self.assertEqual(found, self.analysis().search(domain).request_id)
        self.assertIn(self.late, found)
        action = self.analysis().search(domain, limit=1).action_open_request()
        self.assertEqual(action["res_model"], "cpa.request")
        with self.assertRaises(AccessError):
            Request.with_user(self.officer).search([("analysis_ids", "any", domain)])

    def test_flat(self):
        """A pivot is one query, whatever it counts."""
        analysis = self.analysis()
        analysis._read_group(self.own, ["service_id"], FIELDS)
        for domain in (self.own, [("request_id", "in", self.late.ids)]):
            before = self.env.cr.sql_log_count
            analysis._read_group(domain, ["branch_id", "submitted_on:month"], FIELDS)
            self.assertEqual(self.env.cr.sql_log_count - before, 1)
