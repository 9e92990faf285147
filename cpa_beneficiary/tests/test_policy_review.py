"""P-04: the policy is reviewed continually, and a new version never rewrites the past."""

from datetime import date, timedelta

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.cpa_policy_comparison import marked_words
from .common import ROLES, SIGNATURE, CpaCommon


class ReviewCommon(CpaCommon):
    def setUp(self):
        super().setUp()
        self.patch(self.env.cr, "commit", lambda: None)  # of the jobs, which do it by themselves

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["cpa.policy"]._in_force()
        cls.env.company.cpa_review_remind_days = 30
        cls.env["res.lang"]._activate_lang("en_US")
        cls.manager.lang = "en_US"

    def draft(self, **values):
        """A next version of the manager's, its approval recorded and its next review planned."""
        policy = self.policy.with_user(self.manager).copy()
        policy.write(
            {"approval_session": "5", "approval_date": "2026-01-05", "next_review_date": "2027-01-05", **values}
        )
        return policy


@tagged("post_install", "-at_install")
class TestReview(ReviewCommon):
    def test_the_next_review_is_asked_for(self):
        with freeze_time("2026-02-01 09:00:00"):
            for day in (False, "2026-02-01"):
                with self.subTest(day=day), self.assertRaisesRegex(UserError, "next review"):
                    self.draft(next_review_date=day).state = "in_force"
            draft = self.draft()
            draft.state = "in_force"
            self.assertEqual(draft.state, "in_force")

    def reviewed(self, user=None, **values):
        wizard = self.env["cpa.policy.review.wizard"].with_user(user or self.manager)
        values = {"reference": "Session 7", "next_review_date": "2027-03-01", **values}
        return wizard.create({"policy_id": self.policy.id, **values}).action_confirm()

    @freeze_time("2026-03-02 09:00:00")
    def test_reviewed_without_a_change(self):
        """The log names the minutes, the day, who entered it; the next review is planned; nothing else changes."""
        self.reviewed(reviewed_on="2026-03-01", scan=SIGNATURE, scan_name="minutes.png")
        row = self.policy.review_ids
        self.assertEqual(
            (row.outcome, row.reviewed_on, row.reference, row.user_id),
            ("kept", date(2026, 3, 1), "Session 7", self.manager),
        )
        self.assertEqual(row.with_user(self.auditor).scan, SIGNATURE)
        self.assertEqual(self.policy.next_review_date, date(2027, 3, 1))
        self.assertEqual(self.policy.last_review_date, date(2026, 3, 1))
        self.assertEqual(self.policy.state, "in_force")

    @freeze_time("2026-03-02 09:00:00")
    def test_what_a_review_lacks_is_said(self):
        for values in (
            {"reference": " "},
            {"reviewed_on": "2026-03-03"},
            {"reviewed_on": "2020-01-01"},
            {"next_review_date": "2026-03-02"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.reviewed(**values)
        self.assertFalse(self.policy.review_ids)

    @freeze_time("2026-03-02 09:00:00")
    def test_a_review_is_the_managers_and_stays(self):
        for role in ROLES:
            if role != "manager":
                with self.subTest(role=role), self.assertRaises(UserError):
                    self.reviewed(getattr(self, role))
                with self.subTest(role=role), self.assertRaises(UserError):
                    self.policy.with_user(getattr(self, role))._reviewed(date(2026, 3, 1), "x", date(2027, 1, 1))
        self.reviewed()
        for row in (self.policy.review_ids, self.policy.review_ids.with_user(self.manager)):
            with self.assertRaises(UserError):
                row.write({"reference": "Session 8"})
            with self.assertRaises(UserError):
                row.unlink()

    @freeze_time("2026-03-02 09:00:00")
    def test_a_new_version_is_a_review_with_a_change(self):
        draft = self.draft(approval_session="9", approval_date="2026-03-01")
        draft.state = "in_force"
        [row] = self.policy.review_ids
        self.assertEqual((row.outcome, row.reviewed_on, row.reference), ("amended", date(2026, 3, 1), "9"))

    def activities(self):
        domain = [("res_model", "=", "cpa.policy"), ("res_id", "=", self.policy.id), ("user_id", "=", self.manager.id)]
        return self.env["mail.activity"].search(domain)

    def remind(self, day):
        with freeze_time(f"{day} 05:15:00"):
            self.env["cpa.policy"]._cron_remind_review()

    def test_reminders_before_and_when_overdue(self):
        """30 days before Sunday 31 May the managers are reminded once, and once more when the day has passed."""
        with freeze_time("2026-03-02 09:00:00"):
            self.policy.with_user(self.manager).next_review_date = "2026-05-31"
        self.remind("2026-04-30")
        self.assertFalse(self.activities())
        self.remind("2026-05-03")
        self.assertIn("near", self.activities().summary)
        first = self.activities()
        self.remind("2026-05-04")
        self.assertEqual(self.activities(), first)
        self.remind("2026-06-01")
        self.assertIn("overdue", self.activities().summary)
        self.remind("2026-06-02")
        self.assertEqual(len(self.activities()), 1)
        with freeze_time("2026-06-02 09:00:00"):
            self.reviewed(reviewed_on="2026-06-01")
        self.assertFalse(self.activities(), "what was reviewed reminds of nothing")
        self.remind("2026-06-03")
        self.assertFalse(self.activities())

    def test_an_unplanned_review_is_reminded_of(self):
        with freeze_time("2026-03-02 09:00:00"):
            self.policy.with_user(self.manager).next_review_date = False
        self.remind("2026-03-03")
        self.assertIn("Set the day", self.activities().summary)
        self.remind("2026-03-04")
        self.assertEqual(len(self.activities()), 1)

    def test_the_jobs_stand_in_the_list_of_automations(self):
        for job in ("review", "chase_readers"):
            row = self.env.ref(f"cpa_beneficiary.cpa_automation_{job}").with_user(self.manager)
            row.is_on = False
            self.assertFalse(row.sudo().cron_id.active)


@tagged("post_install", "-at_install")
class TestSecondVersion(ReviewCommon):
    """P-04, P-35: floor 10 and ceiling 20 in a second version; what was submitted before keeps 14 and 30."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("UPDATE cpa_policy SET in_force_from = '2022-11-02' WHERE id = %s", [cls.policy.id])
        with freeze_time("2026-03-01 07:00:00"):
            cls.beneficiary = cls.make_beneficiary()
            cls.old = cls.submit(cls.make_request(cls.support, beneficiary_id=cls.beneficiary.id))
            cls.old_draft = cls.make_request(cls.support, beneficiary_id=cls.beneficiary.id)
        with freeze_time("2026-03-10 07:00:00"):
            second = cls.policy.with_user(cls.manager).copy()
            second.write(
                {
                    "approval_session": "6",
                    "approval_date": "2026-03-09",
                    "next_review_date": "2027-03-09",
                    "floor_days": 10,
                    "floor_mode": "block",
                    "target_days": 15,
                    "ceiling_days": 20,
                    "appeal_days": 10,
                    "appeal_target_days": 7,
                    "appeal_ceiling_days": 9,
                }
            )
            second.state = "in_force"
            cls.second = second
            cls.new = cls.submit(cls.make_request(cls.support, beneficiary_id=cls.beneficiary.id))

    def clock(self, request):
        start = request.submitted_at.date()
        return [
            (day - start).days
            for day in (request.reply_floor_date, request.reply_target_date, request.reply_ceiling_date)
        ]

    def test_each_keeps_its_own_clock(self):
        self.assertEqual(self.old.policy_id, self.policy)
        self.assertEqual((self.clock(self.old), self.old.reply_floor_mode), ([14, 14, 30], "warn"))
        self.assertEqual(self.new.policy_id, self.second)
        self.assertEqual((self.clock(self.new), self.new.reply_floor_mode), ([10, 15, 20], "block"))

    def test_a_pause_does_not_bring_the_new_clock(self):
        """Returned and completed after the change: the request goes on under its own version."""
        with freeze_time("2026-03-11 07:00:00"):
            self.old.with_user(self.officer).write({"state": "incomplete", "move_reason": "A paper is missing"})
        with freeze_time("2026-03-15 07:00:00"):
            self.submit(self.old.with_user(self.officer))
        self.assertEqual(self.old.policy_id, self.policy)
        self.assertEqual(self.clock(self.old), [14, 18, 34])

    def test_a_draft_of_before_is_submitted_under_the_new_version(self):
        with freeze_time("2026-03-12 07:00:00"):
            self.submit(self.old_draft)
        self.assertEqual(self.old_draft.policy_id, self.second)

    def test_what_happened_before_the_change_keeps_the_version_of_then(self):
        """A power cut: submitted on paper on 5 March, entered on the 12th, handled under the version of the 5th."""
        with freeze_time("2026-03-05 07:00:00"):
            request = self.make_request(self.support, beneficiary_id=self.beneficiary.id)
            self.complete(request)
        with freeze_time("2026-03-12 07:00:00"):
            request.write(
                {
                    "state": "submitted",
                    "move_happened_at": "2026-03-05 08:00:00",
                    "move_reason": "No electricity",
                    "move_scan": SIGNATURE,
                    "move_scan_name": "paper.png",
                }
            )
        self.assertEqual(request.policy_id, self.policy)
        self.assertEqual(self.clock(request), [14, 14, 30])

    def test_replies_and_appeals_under_each(self):
        """Day 11: under the first version an earlier reply with its reason; under the second it may go out."""
        for request, day, appeal_days in ((self.old, "2026-03-12", 30), (self.new, "2026-03-21", 10)):
            with freeze_time(f"{day} 07:00:00"):
                self.study(request)
                self.decide(request, "reject")
                self.reply(request, "rejected")
            with freeze_time(f"{day} 09:00:00"):
                request.invalidate_recordset()
                told = request.replied_at.date()
                self.assertEqual(request.appeal_last_date, told + timedelta(days=appeal_days))
        self.assertEqual((self.old.reply_timing, self.new.reply_timing), ("early", "on_time"))
        with freeze_time("2026-03-22 07:00:00"):
            action = self.old.with_user(self.officer).action_appeal()
            requests = self.env["cpa.request"].with_user(self.officer)
            appeal = requests.with_context(**action["context"]).create(
                {"channel_id": self.channel.id, "appeal_grounds": "The income was read wrongly"}
            )
            self.submit(requests.browse(appeal.id))
        self.assertEqual(appeal.policy_id, self.second, "an appeal is a request of its own day")
        self.assertEqual(
            (appeal.reply_target_date, appeal.reply_ceiling_date),
            (date(2026, 3, 29), date(2026, 3, 31)),
            "7 and 9 days",
        )

    def test_requests_are_grouped_by_version(self):
        """The register separates them: of each version how many."""
        requests = self.env["cpa.request"].with_user(self.manager)
        counts = dict(requests._read_group([("id", "in", (self.old + self.new).ids)], ["policy_id"], ["__count"]))
        self.assertEqual(counts, {self.policy: 1, self.second: 1})

    def test_the_comparison_tells_what_changed(self):
        found = self.second.with_user(self.auditor)._compared_with(self.policy.with_user(self.auditor))
        labels = {label: values for label, *values in found["settings"]}
        self.assertEqual(labels["No reply before (days)"], ["14", "10"])
        self.assertEqual(labels["Escalated after (days)"], ["30", "20"])
        self.assertNotIn("Days count from", labels)
        self.assertEqual((found["clauses"], found["same"]), ([], 38))


@tagged("post_install", "-at_install")
@freeze_time("2026-02-01 09:00:00")
class TestComparison(ReviewCommon):
    """P-04: what a new version changes is seen before the board approves it: clause by clause, word by word."""

    def test_words(self):
        self.assertEqual(
            marked_words("reply within two weeks", "reply within three weeks at most"),
            [
                ("same", "reply within"),
                ("dropped", "two"),
                ("added", "three"),
                ("same", "weeks"),
                ("added", "at most"),
            ],
        )

    def test_added_dropped_changed(self):
        draft = self.draft()
        clauses = {clause.code: clause for clause in draft.clause_ids}
        clauses["P-37"].unlink()
        clauses["P-35"].reading_en += " At most."
        draft.clause_ids.create(
            {
                "policy_id": draft.id,
                "code": "P-39",
                "sequence": 999,
                "heading": "dealing",
                "source_text": "نص",
                "reading_ar": "نص",
                "reading_en": "A new clause.",
            }
        )
        found = draft._compared_with(self.policy.with_user(self.manager))
        self.assertEqual(
            [(clause["code"], clause["change"]) for clause in found["clauses"]],
            [("P-35", "changed"), ("P-37", "dropped"), ("P-39", "added")],
        )
        self.assertEqual(found["clauses"][0]["texts"][0]["parts"][-1], ("added", "At most."))
        self.assertEqual(found["same"], 36)

    def test_the_screen_is_every_roles(self):
        draft = self.draft(floor_days=10)
        draft.clause_ids[0].reading_en = "<b>Other</b> words"
        for role in ROLES:
            with self.subTest(role=role):
                user = getattr(self, role)
                action = draft.with_user(user).action_compare()
                screen = self.env["cpa.policy.comparison"].with_user(user).with_context(**action["context"]).create({})
                self.assertEqual((screen.former_id, screen.latter_id), (self.policy, draft))
                html = str(screen.difference_html)
                self.assertIn("No reply before (days)", html)
                self.assertIn("&lt;b&gt;Other&lt;/b&gt;", html)
        self.assertIn(
            "Choose two", str(self.env["cpa.policy.comparison"].with_user(self.officer).create({}).difference_html)
        )
