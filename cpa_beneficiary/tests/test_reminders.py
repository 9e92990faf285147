"""Reminders on the way to the reply (P-35): on working days, of what is due, once; and what is automated."""

from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.addons.mail.tests.common import MailCommon
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.sql_db import Cursor
from odoo.tests import tagged

from .common import CpaCommon
from .test_clock import ClockCommon, noon

# Eid al-Fitr of 2026, as the association closes: Wednesday 18 March to Monday 23 March
EID = ("2026-03-17 21:00:00", "2026-03-23 20:59:59")
REPLY, ESCALATION, AWAITED, FOLLOW_UP = (
    f"cpa_beneficiary.activity_{kind}" for kind in ("reply", "escalation", "awaited", "follow_up")
)


class ReminderCommon(ClockCommon):
    def setUp(self):
        super().setUp()
        self.patch(self.env.cr, "commit", lambda: None)  # of the jobs, which do it by themselves
        self.env.ref("base.user_admin").group_ids -= self.env.ref("cpa_beneficiary.group_manager")

    def job(self, name, day, model="cpa.request"):
        """Run a job twice on the morning of a day: what is sent once is not sent again."""
        with freeze_time(f"{day} 05:06:00"):
            for _again in range(2):
                getattr(self.env[model], f"_cron_{name}")()

    def activities(self, request, kind):
        return request.sudo().activity_ids.filtered(lambda a: a.activity_type_id == self.env.ref(kind))

    def consulted_on(self, day):
        request = self.submitted_on(noon(day), self.consultation)
        with freeze_time(noon(day)):
            request.write({"state": "in_progress"})
        return request

    def eid(self):
        self.env["resource.calendar.leaves"].with_user(self.manager).create(
            {"name": "Eid al-Fitr", "date_from": EID[0], "date_to": EID[1]}
        )

    def assertFirst(self, name, days, day, done):
        """Assert that of ``days`` (in order) the job does it on ``day`` for the first time."""
        for tried in days:
            self.job(name, tried)
            self.assertEqual(bool(done()), tried >= day, tried)


@tagged("post_install", "-at_install")
class TestWorkingDays(ReminderCommon):
    def test_saudi_week(self):
        """Sunday to Thursday; the manager enters the Eid, the fixed holidays stand there."""
        company = self.env.company
        day = datetime(2026, 3, 1).date()  # a Sunday

        def worked():
            days = company._cpa_working_days(day, day + timedelta(days=27))
            return sorted(date.day for date in days)

        self.assertEqual(worked(), [1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 22, 23, 24, 25, 26])
        self.eid()
        self.assertEqual(worked(), [1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 15, 16, 17, 24, 25, 26])
        with self.assertRaises(AccessError):
            self.env["resource.calendar.leaves"].with_user(self.officer).create(
                {"name": "A long weekend", "date_from": EID[0], "date_to": EID[1]}
            )

    def test_fixed_holidays(self):
        """Founding Day and National Day, once each, however often the job runs; another day of leave stands too."""
        with freeze_time("2031-01-15"):
            for _again in range(2):
                self.env["res.company"]._cron_holidays()
        for day in ("2031-02-22", "2031-09-23", "2032-02-22", "2032-09-23"):
            date = datetime.fromisoformat(day).date()
            self.assertFalse(self.env.company._cpa_working_days(date, date), day)
            begin = self.env.company._cpa_utc(date, datetime.min.time())
            self.assertEqual(
                self.env["resource.calendar.leaves"].search_count(
                    [("date_from", "=", begin), ("company_id", "=", self.env.company.id)]
                ),
                1,
            )

    def test_own_hours_stay(self):
        """Working hours that an association changed are its own."""
        calendar = self.env.company.resource_calendar_id
        calendar.attendance_ids.filtered(lambda line: line.dayofweek == "3").unlink()
        self.env.company._cpa_prepare_week()
        self.assertEqual(set(calendar.attendance_ids.mapped("dayofweek")), {"6", "0", "1", "2"})

    def test_reach_and_back(self):
        """Counted in working days, over weekends and the Eid; by hand."""
        company = self.env.company
        self.eid()
        for day, count, last in (
            ("2026-03-01", 0, "2026-03-01"),  # Sunday: people work tomorrow
            ("2026-03-05", 0, "2026-03-07"),  # Thursday: until Saturday
            ("2026-03-17", 0, "2026-03-23"),  # before the Eid: until its end
            ("2026-03-15", 3, "2026-03-24"),  # 16, 17, 24
            ("2026-03-12", 3, "2026-03-23"),  # 15, 16, 17 and the Eid
        ):
            with self.subTest(day=day, count=count):
                self.assertEqual(str(company._cpa_reach(datetime.fromisoformat(day).date(), count)), last)
        self.assertEqual(str(company._cpa_back(datetime(2026, 3, 25).date(), 3)), "2026-03-16")


@tagged("post_install", "-at_install")
class TestReminders(ReminderCommon):
    def test_officer_before_the_day(self):
        """Three working days before: 24 March is reminded of on the 19th, with the Eid between already on the 15th."""
        request = self.consulted_on("2026-03-10")
        self.assertEqual(str(request.reply_target_date), "2026-03-24")
        days = ["2026-03-12", "2026-03-13", "2026-03-15", "2026-03-18", "2026-03-19", "2026-03-20", "2026-03-22"]
        self.assertFirst("remind", days, "2026-03-19", lambda: self.activities(request, REPLY))
        activity = self.activities(request, REPLY)
        self.assertEqual((len(activity), activity.user_id), (1, self.officer))
        self.assertEqual(str(activity.date_deadline), "2026-03-24")
        self.eid()
        other = self.consulted_on("2026-03-10")
        days = ["2026-03-12", "2026-03-13", "2026-03-14", "2026-03-15", "2026-03-16"]
        self.assertFirst("remind", days, "2026-03-15", lambda: self.activities(other, REPLY))
        self.assertEqual(len(self.activities(other, REPLY)), 1)

    def test_how_many_days_is_a_setting(self):
        self.env.company.cpa_remind_days = 1
        request = self.consulted_on("2026-03-10")
        days = ["2026-03-19", "2026-03-22", "2026-03-23"]
        self.assertFirst("remind", days, "2026-03-23", lambda: self.activities(request, REPLY))

    def test_nobody_is_reminded_on_a_holiday(self):
        """On Friday, Saturday and in the Eid nothing goes out; on the next working day it does."""
        self.eid()
        request = self.consulted_on("2026-03-05")  # target 19 March, in the Eid
        days = ["2026-03-19", "2026-03-20", "2026-03-21", "2026-03-23", "2026-03-24"]
        self.assertFirst("progress", days, "2026-03-24", lambda: request.progress_told_on)

    def test_escalated_before_the_latest_day_falls_into_a_holiday(self):
        """Latest day Friday 10 April: the manager hears of it on Thursday, not on the Sunday after; once."""
        request = self.consulted_on("2026-03-11")
        self.assertEqual(str(request.reply_ceiling_date), "2026-04-10")
        days = ["2026-04-07", "2026-04-08", "2026-04-09", "2026-04-12"]
        self.assertFirst("escalate", days, "2026-04-09", lambda: self.activities(request, ESCALATION))
        activity = self.activities(request, ESCALATION)
        self.assertEqual((len(activity), activity.user_id), (1, self.manager))

    def test_a_pause_waits_and_begins_anew(self):
        """Paused, nobody is reminded; after it, of the new day."""
        request = self.submitted_on(noon("2026-03-10"), self.consultation)
        self.job("remind", "2026-03-19")
        self.assertEqual(len(self.activities(request, REPLY)), 1)
        with freeze_time(noon("2026-03-22")):
            request.write({"state": "incomplete", "move_reason": "The contract is missing"})
        self.assertFalse(self.activities(request, REPLY), "while the applicant is awaited there is nothing to reply")
        self.job("progress", "2026-03-25")
        self.job("escalate", "2026-04-12")
        self.assertFalse(request.progress_told_on or request.escalated_on)
        with freeze_time(noon("2026-04-12")):
            request.write({"state": "submitted"})
        self.assertEqual(str(request.reply_target_date), "2026-04-14")
        self.job("remind", "2026-04-12")
        self.assertEqual(len(self.activities(request, REPLY)), 1)

    def test_done_is_not_reminded(self):
        """What is answered leaves the lists; reminders of steps that were taken vanish."""
        request = self.consulted_on("2026-03-10")
        self.job("remind", "2026-03-19")
        self.job("escalate", "2026-04-09")
        self.assertTrue(self.activities(request, REPLY) and self.activities(request, ESCALATION))
        with freeze_time(noon("2026-04-09")):
            self.reply(request, "done")
        self.assertFalse(self.activities(request, REPLY) or self.activities(request, ESCALATION))
        other = self.consulted_on("2026-03-10")
        with freeze_time(noon("2026-03-11")):
            self.reply(other, "done")
        for name, day in (("remind", "2026-03-24"), ("progress", "2026-03-25"), ("escalate", "2026-04-12")):
            self.job(name, day)
        self.assertFalse(self.activities(other, REPLY) or self.activities(other, ESCALATION) or other.progress_told_on)

    def test_who_may_not_see_it_is_not_reminded(self):
        """The officer changed the branch or left: the manager is reminded, and the job goes on with the others."""
        first, second = self.consulted_on("2026-03-10"), self.consulted_on("2026-03-10")
        self.officer.group_ids -= self.env.ref("cpa_beneficiary.group_officer")
        self.job("remind", "2026-03-19")
        for request in (first, second):
            self.assertEqual(self.activities(request, REPLY).user_id, self.manager)

    def test_awaited_applicant(self):
        """A returned request that waits for two weeks: the officer asks; each pause is its own."""
        request = self.submitted_on(noon("2026-03-01"), self.consultation)
        with freeze_time(noon("2026-03-02")):
            request.write({"state": "incomplete", "move_reason": "The contract is missing"})
        days = ["2026-03-12", "2026-03-15", "2026-03-16"]
        self.assertFirst("awaited", days, "2026-03-16", lambda: self.activities(request, AWAITED))
        self.assertEqual(len(self.activities(request, AWAITED)), 1)
        with freeze_time(noon("2026-03-17")):
            request.write({"state": "submitted"})
            self.assertFalse(self.activities(request, AWAITED))
            request.write({"state": "incomplete", "move_reason": "A page of it"})
        self.job("awaited", "2026-03-31")
        self.assertEqual(len(self.activities(request, AWAITED)), 1)

    def test_open_referral(self):
        """P-33: a question that is not answered in three working days."""
        request = self.submitted_on(noon("2026-03-08"), self.consultation)
        with freeze_time(noon("2026-03-08")):
            referral = (
                self.env["cpa.referral"]
                .with_user(self.officer)
                .create({"request_id": request.id, "question": "Which papers?", "officer_id": self.researcher.id})
            )
        for day, reminded in (("2026-03-09", False), ("2026-03-10", False), ("2026-03-11", True)):
            self.job("remind", day, "cpa.referral")
            self.assertEqual(bool(referral.reminded_on), reminded, day)
        activity = self.activities(request, FOLLOW_UP)
        self.assertEqual((len(activity), activity.user_id), (1, self.researcher))

    def test_item_to_be_sighted(self):
        """P-32: an item whose day has passed; several of a request are one reminder."""
        with freeze_time(noon("2026-03-01")):
            request = self.make_request(self.support, beneficiary_id=self.beneficiary.id)
            checks = request.check_ids.filtered(lambda c: c.is_obligatory and not c.automatic)[:2]
            for check in checks:
                check.write({"due_date": "2026-03-10"})
                check.action_to_sight()
        for day, reminded in (("2026-03-10", False), ("2026-03-11", True)):
            self.job("remind", day, "cpa.request.check")
            self.assertEqual(bool(checks[0].reminded_on), reminded, day)
        self.assertEqual(len(self.activities(request, FOLLOW_UP)), 1)

    # ------------------------------------------------------------------
    # Size
    # ------------------------------------------------------------------

    def queries_of(self, name, day, model="cpa.request"):
        with freeze_time(f"{day} 05:06:00"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            getattr(self.env[model], f"_cron_{name}")()
            self.env.flush_all()
            return self.cr.sql_log_count - before

    def test_a_reminder_takes_the_same_queries_for_few_and_many(self):
        """Jobs: as many queries for twelve that are due as for six."""
        for name, day in (("remind", "2026-03-24"), ("escalate", "2026-04-12")):
            counts = []
            for many in (6, 6, 12):
                for _number in range(many):
                    self.consulted_on("2026-03-10")
                counts.append(self.queries_of(name, day))
            with self.subTest(name):
                self.assertLessEqual(counts[2], counts[1] + 2)

    def test_what_is_not_due_costs_nothing(self):
        names = (("remind", "2026-03-11"), ("progress", "2026-03-11"), ("escalate", "2026-03-11"))
        before = [self.queries_of(*job) for job in (*names, *names)][3:]
        for _number in range(5):
            self.consulted_on("2026-03-10")
        self.assertEqual([self.queries_of(*job) for job in names], before)

    def test_what_is_due_is_read_by_an_index(self):
        """The jobs of the night search by partial indexes, which hold only what may still be due."""
        self.consulted_on("2026-03-10")
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_sort = off")
        for model, name, index in (
            ("cpa.request", "remind", "cpa_request_remind_idx"),
            ("cpa.request", "progress", "cpa_request_progress_idx"),
            ("cpa.request", "escalate", "cpa_request_escalate_idx"),
            ("cpa.request", "awaited", "cpa_request_awaited_idx"),
            ("cpa.request", "send_held", "cpa_request_held_idx"),
            ("cpa.referral", "remind", "cpa_referral_remind_idx"),
            ("cpa.request.check", "remind", "cpa_request_check_to_sight_idx"),
        ):
            with self.subTest(model=model, name=name):
                self.assertTrue(self.index_serves(model, name, index))

    def index_serves(self, model, name, index):
        """Return whether the job's search can be answered from ``index``."""
        queries, execute = [], Cursor.execute

        def listen(cursor, query, *args, **kwargs):
            result = execute(cursor, query, *args, **kwargs)
            queries.append(cursor._obj.query.decode())
            return result

        with freeze_time("2026-03-11 05:06:00"), patch.object(Cursor, "execute", listen):
            getattr(self.env[model], f"_cron_{name}")()
        table = self.env[model]._table
        [query] = [query for query in queries if query.startswith(f'SELECT "{table}"."id" FROM')][-1:]
        raw = self.env.cr._obj
        raw.execute("EXPLAIN " + query)
        plan = "\n".join(row[0] for row in raw.fetchall())
        return index in plan


@tagged("post_install", "-at_install")
class TestProgressNotice(ReminderCommon, MailCommon):
    """P-35: when the day passes, the applicant is told so, once; a real mail."""

    def test_told_once(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.beneficiary.partner_id.sudo().write({"email": "person@example.com", "lang": "en_US"})
        request = self.consulted_on("2026-03-10")
        days = ["2026-03-24", "2026-03-25", "2026-03-26", "2026-03-29"]
        self.assertFirst("progress", days, "2026-03-25", lambda: request.progress_told_on)
        mails = self.env["mail.mail"].search(
            [("mail_message_id", "in", request._notices().ids), ("subject", "ilike", "About your transaction")]
        )
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.recipient_ids, self.beneficiary.partner_id)
        with self.mock_mail_gateway():
            mails.send()
        self.assertSentEmail(
            self.env.company.partner_id.email_formatted, self.beneficiary.partner_id, body_content=request.number
        )


@tagged("post_install", "-at_install")
class TestAutomations(ReminderCommon):
    """What happens by itself on a step, in an administrator's hands."""

    def switch(self, name, on):
        automation = self.env.ref(f"cpa_beneficiary.cpa_automation_{name}").with_user(self.manager)
        automation.is_on = on
        return automation

    def notices(self, request):
        return request.sudo()._notices().mapped("body")

    def test_each_has_words_of_its_own(self):
        """What is listed stands in our files: a name that the list made of a job's is in English for everybody."""
        listed = self.env["cpa.automation"].search(Domain.TRUE)
        self.assertFalse([row.name for row in listed if not row.get_external_id()[row.id].startswith("cpa_")])
        self.assertEqual(len(listed.cron_id) + len(listed.automation_id), len(listed), "each once")

    def test_receipt_and_what_is_missing(self):
        """P-35, P-32: the receipt with number and day, then what is missing."""
        self.env["res.lang"]._activate_lang("en_US")
        self.beneficiary.partner_id.sudo().write({"email": "person@example.com", "lang": "en_US"})
        request = self.submitted_on(noon("2026-03-01"))
        [receipt] = self.notices(request)
        self.assertIn(request.number, receipt)
        self.assertIn("March", receipt)
        with freeze_time(noon("2026-03-02")):
            request.write({"state": "incomplete", "move_reason": "The lease is missing"})
        self.assertEqual(len(self.notices(request)), 2)

    def test_decided_never_says_what(self):
        """The officer is to reply; accepted and rejected look the same, before and after."""
        seen = []
        for kind in ("accept", "reject"):
            request = self.decided_on(self.submitted_on(noon("2026-03-01")), "2026-03-05", kind)
            activity = self.activities(request, REPLY)
            self.assertEqual((activity.user_id, str(activity.date_deadline)), (self.officer, "2026-03-15"))
            seen.append((activity.summary, activity.note, self.notices(request)))
        self.assertEqual(seen[0][:2], seen[1][:2])
        self.assertEqual(len(seen[0][2]), len(seen[1][2]))

    def test_approved_asks_for_a_delivery(self):
        """P-37: what was promised is planned; the reminder ends with it."""
        request = self.decided_on(self.submitted_on(noon("2026-03-01")), "2026-03-05")
        with freeze_time(noon("2026-03-16")):
            self.reply(request, "approved")
            delivery = "cpa_beneficiary.activity_delivery"
            self.assertEqual(self.activities(request, delivery).user_id, self.officer)
            self.assertFalse(self.activities(request, REPLY))

    def test_switched_off(self):
        """The manager switches one off and on; nobody else does; an update leaves it as it is."""
        self.assertTrue(self.env.ref("cpa_beneficiary.cpa_automation_decided").is_on)
        self.switch("decided", False)
        self.assertFalse(self.env.ref("cpa_beneficiary.automation_request_decided").active)
        request = self.decided_on(self.submitted_on(noon("2026-03-01")), "2026-03-05")
        self.assertFalse(self.activities(request, REPLY))
        self.switch("escalate", False)
        self.assertFalse(self.env.ref("cpa_beneficiary.cron_escalate").active)
        self.switch("escalate", True)
        self.assertTrue(self.env.ref("cpa_beneficiary.cron_escalate").active)
        for user in (self.officer, self.auditor, self.secretary):
            with self.assertRaises(AccessError):
                self.env.ref("cpa_beneficiary.cpa_automation_remind").with_user(user).is_on = False
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "cpa_beneficiary"),
                ("model", "in", ("base.automation", "ir.cron", "cpa.automation", "mail.template", "sms.template")),
            ]
        )
        self.assertFalse(data.filtered(lambda row: not row.noupdate).mapped("name"))

    def test_exactly_ours(self):
        """The list shows each of our actions and jobs, and nothing else."""
        listed = self.env["cpa.automation"].with_user(self.manager).search([]).sudo()
        for model, behind in (("base.automation", listed.automation_id), ("ir.cron", listed.cron_id)):
            data = self.env["ir.model.data"].search([("module", "=like", "cpa\\_%"), ("model", "=", model)])
            self.assertEqual(set(data.mapped("res_id")), set(behind.ids), model)

    def test_an_automation_is_no_way_around_the_guard(self):
        """What the actions do leaves the state where the path put it."""
        request = self.submitted_on(noon("2026-03-01"))
        with self.assertRaises(UserError):
            request.sudo().write({"state": "approved"})


@tagged("post_install", "-at_install")
class TestQuietStaff(CpaCommon):
    def test_form_for_everybody(self):
        """The clock and the switches open for each role that has the menu."""
        for user in (self.manager, self.auditor):
            self.env["cpa.automation"].with_user(user).web_search_read([], {"name": {}, "is_on": {}})
