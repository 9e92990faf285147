"""The reply clock (P-35): not before the floor, by the target, not past the ceiling; calendar days in Riyadh."""

from datetime import date, timedelta

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.hijri import format_both
from .common import SIGNATURE, CpaCommon

NOON = "09:00:00"  # in Riyadh, as UTC


def noon(day):
    """Return noon in Riyadh of an ISO date, as UTC."""
    return f"{day} {NOON}"


class ClockCommon(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["cpa.policy"]._in_force(cls.env.company)
        cls.beneficiary = cls.make_beneficiary()
        (cls.officer | cls.manager).lang = "en_US"  # who reads what the jobs write

    def clock_mode(self, mode):
        self.policy._lifecycle_set({"floor_mode": mode})  # evidence since it is in force: a test sets it aside

    def submitted_on(self, moment, service=None):
        with freeze_time(moment):
            return self.submit(self.make_request(service or self.support, beneficiary_id=self.beneficiary.id))

    def pause(self, request, since, until):
        with freeze_time(noon(since)):
            request.write({"state": "incomplete", "move_reason": "The lease is missing"})
        with freeze_time(noon(until)):
            request.write({"state": "submitted"})

    def decided_on(self, request, day, kind="accept"):
        with freeze_time(noon(day)):
            self.study(request, kind)
            self.decide(request, kind)
        return request

    def prepared(self, request):
        request.write({"reply_text": "What was told", "reply_channel_id": self.channel.id})

    def assertDates(self, request, floor, target, ceiling):
        dates = (request.reply_floor_date, request.reply_target_date, request.reply_ceiling_date)
        self.assertEqual([str(day) for day in dates], [floor, target, ceiling])


# Submitted on 1 March 2026, day 0; the reply goes out on the day named: what is kept of it, by hand.
# (floor's mode, pause) -> {day: (timeliness, days off, against the two weeks), None where it does not go out}
DAYS = {13: "2026-03-14", 14: "2026-03-15", 15: "2026-03-16", 30: "2026-03-31", 31: "2026-04-01"}
PAUSES = {
    "none": None,
    "five days": ("2026-03-03", "2026-03-08"),
    "over the floor": ("2026-03-11", "2026-03-21"),
}
TABLE = {
    ("off", "none"): {
        13: ("on_time", 0, "before"),
        14: ("on_time", 0, "on"),
        15: ("late", 1, "after"),
        30: ("late", 16, "after"),
        31: ("past_ceiling", 17, "after"),
    },
    ("warn", "none"): {
        13: ("early", 1, "before"),
        14: ("on_time", 0, "on"),
        15: ("late", 1, "after"),
        30: ("late", 16, "after"),
        31: ("past_ceiling", 17, "after"),
    },
    ("block", "none"): {
        13: None,
        14: ("on_time", 0, "on"),
        15: ("late", 1, "after"),
        30: ("late", 16, "after"),
        31: ("past_ceiling", 17, "after"),
    },
    # the target is moved to 20 March, the ceiling to 5 April, the floor stays
    ("off", "five days"): {
        13: ("on_time", 0, "before"),
        14: ("on_time", 0, "on"),
        15: ("on_time", 0, "after"),
        30: ("late", 11, "after"),
        31: ("late", 12, "after"),
    },
    ("warn", "five days"): {
        13: ("early", 1, "before"),
        14: ("on_time", 0, "on"),
        15: ("on_time", 0, "after"),
        30: ("late", 11, "after"),
        31: ("late", 12, "after"),
    },
    ("block", "five days"): {
        13: None,
        14: ("on_time", 0, "on"),
        15: ("on_time", 0, "after"),
        30: ("late", 11, "after"),
        31: ("late", 12, "after"),
    },
    # the target is moved to 25 March, the ceiling to 10 April; on days 13 to 15 the applicant is awaited
    ("off", "over the floor"): {30: ("late", 6, "after"), 31: ("late", 7, "after")},
    ("warn", "over the floor"): {30: ("late", 6, "after"), 31: ("late", 7, "after")},
    ("block", "over the floor"): {30: ("late", 6, "after"), 31: ("late", 7, "after")},
}


@tagged("post_install", "-at_install")
class TestReplyTable(ClockCommon):
    """P-35: replies on day 13, 14, 15, 30 and 31, with and without a pause, in each mode."""

    def test_table(self):
        for (mode, pause), days in TABLE.items():
            self.clock_mode(mode)
            request = self.submitted_on(noon("2026-03-01"))
            decided = "2026-03-10"
            if PAUSES[pause]:
                self.pause(request, *PAUSES[pause])
                decided = max(decided, PAUSES[pause][1])
            self.decided_on(request, decided)
            for day, expected in days.items():
                for kind in ("with a reason", "without a reason"):
                    with self.subTest(mode=mode, pause=pause, day=day, kind=kind), freeze_time(noon(DAYS[day])):
                        self.assert_reply(request, kind == "with a reason", day, expected)

    def assert_reply(self, request, with_reason, day, expected):
        early = expected and expected[0] == "early"
        savepoint = self.env.cr.savepoint()
        try:
            vals = {
                "reply_early_reason": "An urgent need" if with_reason else False,
                "reply_late_reason": "Roads closed",
            }
            if expected is None or (early and not with_reason):
                with self.assertRaisesRegex(
                    UserError, "not before 2026-03-15" if expected is None else "reason for being"
                ):
                    self.reply(request, "approved", **vals)
                self.assertEqual((request.state, request.replied_at), ("decided", False))
                return
            self.reply(request, "approved", **vals)
            timing, off_days, against = expected
            kept = (request.reply_timing, request.reply_off_days, request.reply_two_weeks, request.reply_days)
            self.assertEqual(kept, (timing, off_days, against, day))
            reason = {"early": "An urgent need", "on_time": False}.get(timing, "Roads closed")
            self.assertEqual(request.reply_exception_reason, reason)
            self.assertTrue(request.reply_explained)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_kept_facts_are_not_typed(self):
        """What the clock showed is evidence: nobody writes it, whatever the role."""
        request = self.submitted_on(noon("2026-03-01"))
        for field in ("reply_timing", "reply_days", "reply_exception_reason", "reply_send_on", "escalated_on"):
            with self.subTest(field), self.assertRaisesRegex(UserError, "kept by the system"):
                request.sudo().write({field: "2026-03-01" if field.endswith("_on") else "on_time"})

    def test_exceptions_report(self):
        """P-35's evidence: manager and auditor list the exceptions with their reasons."""
        request = self.decided_on(self.submitted_on(noon("2026-03-01")), "2026-03-05")
        with freeze_time(noon("2026-03-06")):
            self.reply(request, "approved")
        action = self.env.ref("cpa_beneficiary.cpa_request_action_replies")
        domain = [*eval(action.domain), ("reply_timing", "in", ("early", "late", "past_ceiling"))]
        for user in (self.manager, self.auditor):
            found = self.env["cpa.request"].with_user(user).search(domain)
            self.assertIn(request, found)
            self.assertEqual(found.browse(request.id).reply_exception_reason, "An urgent need")
            rows = found.formatted_read_group([("id", "in", found.ids)], ["reply_timing"], ["reply_days:avg"])
            self.assertTrue(rows)
            self.env["cpa.request"].with_user(user).get_views([(False, "list"), (False, "pivot")])
        menu = self.env.ref("cpa_beneficiary.cpa_request_menu_replies")
        self.assertNotIn(menu.id, self.env["ir.ui.menu"].with_user(self.officer)._visible_menu_ids())
        self.assertIn(menu.id, self.env["ir.ui.menu"].with_user(self.auditor)._visible_menu_ids())


@tagged("post_install", "-at_install")
class TestReplyDates(ClockCommon):
    """Month ends, leap years, the end of a Hijri year, midnight in Riyadh, pauses of every sort."""

    def test_calendar(self):
        """P-35: 14 and 30 calendar days, counted by hand."""
        for day, floor, ceiling in (
            ("2026-01-31", "2026-02-14", "2026-03-02"),
            ("2026-02-15", "2026-03-01", "2026-03-17"),
            ("2028-02-15", "2028-02-29", "2028-03-16"),  # a leap year
            ("2028-02-29", "2028-03-14", "2028-03-30"),
            ("2026-12-20", "2027-01-03", "2027-01-19"),
            ("2026-06-05", "2026-06-19", "2026-07-05"),  # 1447 ends between
        ):
            with self.subTest(day=day):
                self.assertDates(self.submitted_on(noon(day)), floor, floor, ceiling)

    def test_end_of_a_hijri_year(self):
        """Submitted in 1447, the reply falls into 1448: counted in days, told in both calendars."""
        request = self.submitted_on(noon("2026-06-05"))
        self.assertIn("1447", format_both(date(2026, 6, 5), "en"))
        told = request._reply_values()["date"]
        self.assertTrue("1448" in told or "١٤٤٨" in told, told)
        self.assertIn("4", told)

    def test_midnight_in_riyadh(self):
        """One minute before midnight is still that day, one minute after is the next: the UTC date is another."""
        for moment, floor in (
            ("2026-03-01 20:59:00", "2026-03-15"),  # 23:59 on 1 March
            ("2026-03-01 21:01:00", "2026-03-16"),  # 00:01 on 2 March
        ):
            with self.subTest(moment=moment):
                self.assertDates(
                    self.submitted_on(moment), floor, floor, str(date.fromisoformat(floor) + timedelta(16))
                )

    def test_reply_at_midnight(self):
        """Mode block opens with the day in Riyadh, not with the day in UTC."""
        self.clock_mode("block")
        request = self.decided_on(self.submitted_on(noon("2026-03-01")), "2026-03-05")
        with freeze_time("2026-03-14 20:59:00"), self.assertRaisesRegex(UserError, "not before"):  # 23:59
            self.reply(request, "approved")
        with freeze_time("2026-03-14 21:01:00"):  # 00:01 on day 14
            self.reply(request, "approved")
        self.assertEqual((request.reply_timing, request.reply_days), ("on_time", 14))

    def test_pauses(self):
        """Two pauses add up; one that ends on its first day moves nothing; the floor never moves."""
        request = self.submitted_on(noon("2026-03-01"))
        self.assertDates(request, "2026-03-15", "2026-03-15", "2026-03-31")
        self.pause(request, "2026-03-02", "2026-03-02")
        self.assertDates(request, "2026-03-15", "2026-03-15", "2026-03-31")
        self.pause(request, "2026-03-03", "2026-03-08")
        self.assertDates(request, "2026-03-15", "2026-03-20", "2026-04-05")
        self.pause(request, "2026-03-12", "2026-03-19")
        self.assertDates(request, "2026-03-15", "2026-03-27", "2026-04-12")
        self.assertEqual((request.paused_days, request.paused_on), (12, False))

    def test_pause_over_a_leap_day(self):
        request = self.submitted_on(noon("2028-02-20"))
        self.pause(request, "2028-02-28", "2028-03-01")  # 29 February between
        self.assertDates(request, "2028-03-05", "2028-03-07", "2028-03-23")

    def test_pause_set_back(self):
        """A letter sent on the 3rd and entered on the 6th stopped the clock on the 3rd."""
        request = self.submitted_on(noon("2026-03-01"))
        with freeze_time(noon("2026-03-06")):
            request.write(
                {
                    "state": "incomplete",
                    "move_reason": "Power cut: asked on paper for the lease",
                    "move_happened_at": noon("2026-03-03"),
                    "move_scan": SIGNATURE,
                }
            )
        self.assertEqual(str(request.paused_on), "2026-03-03")
        with freeze_time(noon("2026-03-08")):
            request.write({"state": "submitted"})
        self.assertDates(request, "2026-03-15", "2026-03-20", "2026-04-05")

    def test_pause_over_midnight(self):
        """Returned at 23:59 and completed at 00:02 in Riyadh: one day, though the UTC date is the same."""
        request = self.submitted_on(noon("2026-03-01"))
        with freeze_time("2026-03-03 20:59:00"):
            request.write({"state": "incomplete", "move_reason": "The lease is missing"})
        with freeze_time("2026-03-03 21:02:00"):
            request.write({"state": "submitted"})
        self.assertEqual(request.paused_days, 1)

    def test_from_first_contact_too(self):
        """Both measures are kept: from the submission, and from the first contact; the board may count from that."""
        self.policy._lifecycle_set({"clock_start": "first_contact"})
        with freeze_time(noon("2026-02-25")):
            request = self.make_request(self.support, beneficiary_id=self.beneficiary.id)
        with freeze_time(noon("2026-03-01")):
            self.submit(request)
        self.assertDates(request, "2026-03-11", "2026-03-11", "2026-03-27")
        self.decided_on(request, "2026-03-05")
        with freeze_time(noon("2026-03-12")):
            self.reply(request, "approved")
        self.assertEqual((request.reply_days, request.reply_days_contact), (11, 15))
        self.assertEqual((request.reply_timing, request.reply_off_days), ("late", 1))

    def test_without_committee(self):
        """A consultation has no floor: it is answered at once, and nothing is said of the two weeks."""
        self.clock_mode("block")
        request = self.submitted_on(noon("2026-03-01"), self.consultation)
        with freeze_time(noon("2026-03-02")):
            request.write({"state": "in_progress"})
            self.reply(request, "done", reply_early_reason=False)
        self.assertEqual((request.reply_timing, request.reply_two_weeks), ("on_time", False))

    def test_the_request_keeps_its_policy(self):
        """P-04: a change of the policy changes no running clock."""
        request = self.submitted_on(noon("2026-03-01"))
        self.policy._lifecycle_set({"floor_mode": "block", "floor_days": 21, "ceiling_days": 60})
        self.assertDates(request, "2026-03-15", "2026-03-15", "2026-03-31")
        self.assertEqual(request.reply_floor_mode, "warn")

    def test_shown(self):
        """The form shows where the clock stands, in words too."""
        request = self.submitted_on(noon("2026-03-01"))
        for day, says, mood in (
            ("2026-03-01", "14 days left", ""),
            ("2026-03-14", "One day left", "late"),
            ("2026-03-15", "The reply is due today", "late"),
            ("2026-03-16", "Past the target", "late"),
            ("2026-03-31", "Past the target", "late"),
            ("2026-04-01", "Past the latest day", "over"),
        ):
            with self.subTest(day=day), freeze_time(noon(day)):
                clock = request._clock_shown()
                self.assertIn(says, clock["says"])
                self.assertEqual(clock["mood"], mood)
                self.assertEqual(clock["day_text"], f"Day {(date.fromisoformat(day) - date(2026, 3, 1)).days}")
                self.assertTrue(all(0 <= mark["at"] <= 100 for mark in [*clock["marks"], {"at": clock["now"]}]))
                request.invalidate_recordset()
                self.assertIn("o_cpa_clock_track", request.reply_clock_html)


@tagged("post_install", "-at_install")
class TestHeldReply(ClockCommon):
    """P-35, mode block: the reply is prepared, held, and goes out on the day as who prepared it."""

    def setUp(self):
        super().setUp()
        self.patch(self.env.cr, "commit", lambda: None)  # of the job, which does it by itself
        self.clock_mode("block")

    def held(self, kind="accept"):
        request = self.decided_on(self.submitted_on(noon("2026-03-01")), "2026-03-05", kind)
        self.prepared(request)
        with freeze_time(noon("2026-03-06")):
            request.action_hold_reply()
        return request

    def send(self, day):
        with freeze_time(f"{day} 05:05:00"):  # when the job runs
            self.env["cpa.request"]._cron_send_held()

    def test_sent_on_the_day(self):
        """Not the day before, on the day, and once; the journal names the officer, not the machine."""
        for kind, state in (("accept", "approved"), ("reject", "rejected")):
            request = self.held(kind)
            with self.subTest(kind=kind):
                self.send("2026-03-14")
                self.assertEqual((request.state, request.replied_at), ("decided", False))
                for _again in range(2):
                    self.send("2026-03-15")
                self.assertEqual((request.state, request.replied_by), (state, self.officer))
                self.assertEqual((request.reply_timing, request.reply_days), ("on_time", 14))
                moves = self.env["cpa.request.move"].search(
                    [("request_id", "=", request.id), ("to_state", "=", state), ("res_model", "=", "cpa.request")]
                )
                self.assertEqual(moves.user_id, self.officer)
                self.assertFalse(request.reply_send_on)

    def test_a_server_that_slept(self):
        """The day fell into a power cut: it goes out as soon as the machine is back."""
        request = self.held()
        self.send("2026-03-17")
        self.assertEqual((request.state, request.reply_timing), ("approved", "late"))

    def test_not_by_hand_before(self):
        """Held or not, nobody moves it before the day, through whatever door."""
        request = self.held()
        with freeze_time(noon("2026-03-14")):
            for user in (self.officer, self.secretary, self.manager, self.env.ref("base.user_admin")):
                with self.subTest(user=user.name), self.assertRaises(UserError):
                    request.with_user(user).write({"state": "approved"})
            with self.assertRaisesRegex(UserError, "not before"):
                request.sudo().write({"state": "approved"})
        self.assertEqual(request.state, "decided")

    def test_taken_back(self):
        """He may take it back before, change it, and prepare it again; while held it stays as prepared."""
        request = self.held()
        with self.assertRaisesRegex(UserError, "take it back first"):
            request.write({"reply_text": "Another"})
        request.action_release_reply()
        request.write({"reply_text": "Another"})
        self.send("2026-03-15")
        self.assertEqual(request.state, "decided", "taken back: it does not go out")
        with freeze_time(noon("2026-03-15")), self.assertRaisesRegex(UserError, "not held"):
            request.action_hold_reply()

    def test_what_a_reply_needs(self):
        """It is asked for when it is prepared, not found missing on the day."""
        request = self.decided_on(self.submitted_on(noon("2026-03-01")), "2026-03-05")
        request.reply_text = False
        with freeze_time(noon("2026-03-06")):
            with self.assertRaises(UserError) as caught:
                request.action_hold_reply()
            self.assertIn("text of the reply", str(caught.exception))
            self.assertIn("channel", str(caught.exception))
            self.prepared(request)
            for user in (self.researcher, self.auditor, self.delegate):
                with self.subTest(user=user.name), self.assertRaises(UserError):
                    request.with_user(user).action_hold_reply()

    def test_mode_warn_may_be_held_too(self):
        """Who has no reason for an earlier reply lets it go out on the day."""
        self.clock_mode("warn")
        request = self.held()
        self.send("2026-03-15")
        self.assertEqual((request.state, request.reply_timing), ("approved", "on_time"))

    def assertGivenBack(self, request, user, words):
        self.assertEqual((request.state, request.reply_text), ("decided", "What was told"), "nothing is lost")
        self.assertFalse(request.reply_send_on)
        activity = request.sudo().activity_ids.filtered(lambda a: a.summary == "The prepared reply did not go out")
        self.assertEqual((len(activity), activity.user_id), (1, user))
        self.assertIn(words, activity.note)

    def test_the_officer_left(self):
        """Nothing goes out in the name of who is not there any more: the manager learns why."""
        self.env.ref("base.user_admin").group_ids -= self.env.ref("cpa_beneficiary.group_manager")
        request = self.held()
        self.officer.active = False
        for _again in range(2):
            self.send("2026-03-15")
        self.assertGivenBack(request, self.manager, "does not work here any more")

    def test_the_officer_lost_the_role(self):
        request = self.held()
        self.officer.group_ids -= self.env.ref("cpa_beneficiary.group_officer")
        self.officer.group_ids += self.env.ref("cpa_beneficiary.group_auditor")
        self.send("2026-03-15")
        self.assertEqual(request.state, "decided")
        self.assertFalse(request.reply_send_on)

    def test_the_decision_changed(self):
        """What was prepared as an approval never goes out as something else."""
        request = self.held()
        request._lifecycle_set({"decision": "reject"})
        self.send("2026-03-15")
        self.assertGivenBack(request, self.officer, "did not accept")

    def test_told_by_a_person(self):
        """A machine calls nobody: on the day the officer is reminded to, and replies himself."""
        request = self.held()
        request._lifecycle_set({"reply_channel_id": self.env.ref("cpa_beneficiary.channel_phone").id})
        self.send("2026-03-15")
        self.assertGivenBack(request, self.officer, "please tell it today")
        with freeze_time(noon("2026-03-15")):
            request.write({"state": "approved"})
        self.assertEqual(request.reply_timing, "on_time")

    def test_withdrawn_meanwhile(self):
        """Who withdrew gets no reply any more."""
        request = self.held()
        with freeze_time(noon("2026-03-10")):
            request.write({"state": "withdrawn", "move_reason": "Found help elsewhere"})
        self.send("2026-03-15")
        self.assertEqual((request.state, request.replied_at), ("withdrawn", False))

    def test_one_that_fails_stops_no_other(self):
        first, second = self.held(), self.held()
        first._lifecycle_set({"decision": "reject"})
        self.send("2026-03-15")
        self.assertEqual((first.state, second.state), ("decided", "approved"))

    def test_not_said_before(self):
        """What is held is told nobody: no notice, and the applicant's paper promises only the day."""
        self.env["res.lang"]._activate_lang("en_US")
        self.beneficiary.partner_id.sudo().email = "person@example.com"
        request = self.held("reject")
        self.assertFalse(request._notices().filtered(lambda message: "reject" in (message.body or "").lower()))
        self.assertEqual(request._reply_promise()[1], date(2026, 3, 15))
