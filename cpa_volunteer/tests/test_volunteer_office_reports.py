import base64
import io
from datetime import date, datetime

import openpyxl
from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import VolunteerCommon


@tagged("post_install", "-at_install")
@freeze_time("2031-03-01 08:00:00")
class TestMatching(VolunteerCommon):
    """Proposed, never placed by itself: by skill, by when he has time, by where he helps, in one query."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.cpa_volunteer_matching = True
        cls.skill = cls.env.ref("cpa_volunteer.skill_speaking")
        cls.best = cls.make_active(name="الأول تجريبي", skill_ids=[Command.link(cls.skill.id)])
        # Sunday, from nine to one on a clock in Riyadh
        cls.best.availability_ids = [Command.create({"weekday": "6", "hour_from": 8, "hour_to": 13})]
        elsewhere = cls.env.ref("cpa_beneficiary.cpa_governorate_sharurah")
        cls.second = cls.make_active(
            name="الثاني تجريبي", phone="0500000777", number="2234567895", governorate_id=elsewhere.id
        )
        cls.shift = cls.make_shift(skill_ids=[Command.link(cls.skill.id)])

    def matches(self, shift=None):
        Match = self.env["cpa.shift.match"].with_user(self.coordinator)
        return Match.search([("shift_id", "=", (shift or self.shift).id)])

    def test_order(self):
        first, second = self.matches()
        self.assertEqual((first.volunteer_id, second.volunteer_id), (self.best, self.second))
        self.assertEqual((first.score, first.skill_count, first.has_time, first.is_near), (1, 1, True, True))
        self.assertEqual((second.score, second.skill_count, second.has_time, second.is_near), (0, 0, False, False))

    def test_who_cannot_be_placed(self):
        """Who is booked at these hours, too young, not bound on that day or not active is not proposed."""
        other = self.make_shift(start=datetime(2031, 3, 2, 8))
        self.apply(self.best, other).action_take()
        self.assertEqual(self.matches().volunteer_id, self.second)
        self.second.write({"state": "suspended", "move_reason": "x"})
        self.assertFalse(self.matches())
        late = self.make_shift(start=datetime(2032, 6, 6, 6), skill_ids=[Command.link(self.skill.id)])
        self.assertFalse(self.matches(late), "the agreement ends before")
        self.assertFalse(self.matches(self.make_shift(start=datetime(2031, 3, 9, 6), min_age=70)))

    def test_place(self):
        self.matches()[0].action_place()
        self.assertEqual(self.shift.participation_ids.volunteer_id, self.best)
        self.assertNotIn(self.best, self.matches().volunteer_id)

    def test_one_query(self):
        """The same number of queries for two volunteers and for many."""

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Match = self.env["cpa.shift.match"].with_user(self.coordinator)
            found = Match.search_fetch([("shift_id", "=", self.shift.id)], ["volunteer_id", "score", "has_time"])
            found.mapped("score")
            return self.env.cr.sql_log_count - before, len(found)

        queries()
        few, number = queries()
        self.assertEqual(number, 2)
        for digit in range(12):
            self.make_active(name=f"متطوع {digit}", phone=f"05000008{digit:02}", number=self.number(digit))
        queries()  # caches what holds for all, once more after new files
        many, number = queries()
        self.assertEqual((many, number), (few, 14))

    def number(self, digit):
        from stdnum import luhn

        payload = f"1{digit:08}"
        return payload + luhn.calc_check_digit(payload)

    def test_off(self):
        self.env.company.cpa_volunteer_matching = False
        with self.assertRaisesRegex(UserError, "switched"):
            self.shift.with_user(self.coordinator).action_match()
        with self.assertRaises(AccessError):
            self.env["cpa.shift.match"].with_user(self.manager).search([])


@tagged("post_install", "-at_install")
@freeze_time("2031-07-02 08:00:00")
class TestFigures(VolunteerCommon):
    """Hours, retention and the official register: for managers and auditors, without what is not theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2031-01-02 08:00:00"):
            cls.stays = cls.make_active(name="يبقى تجريبي", phone="0500000771", number="2234567895")
            cls.goes = cls.make_active(name="يذهب تجريبي", phone="0500000772", number="1123456780")
        cls.work(datetime(2031, 1, 15, 6), cls.stays, cls.goes)
        cls.work(datetime(2031, 4, 15, 6), cls.stays)

    @classmethod
    def work(cls, start, *volunteers):
        """Let volunteers work a shift of four hours that is approved."""
        with freeze_time(start.replace(day=start.day - 5)):
            shift = cls.make_shift(start=start, capacity=5)
            lines = cls.env["cpa.participation"].with_user(cls.coordinator)
            for volunteer in volunteers:
                lines |= cls.apply(volunteer, shift)
            lines.action_take()
        with freeze_time(start):
            shift.with_user(cls.coordinator).action_all_came()
        lines.action_as_planned()
        lines.action_approve()
        return lines

    def retention(self, user=None):
        Retention = self.env["cpa.volunteer.retention"].with_user(user or self.manager)
        rows = Retention._read_group(
            [("volunteer_id", "in", (self.stays | self.goes).ids)],
            ["quarter:quarter"],
            ["volunteers:sum", "hours:sum", "stayed:avg"],
        )
        return {quarter: tuple(figures) for quarter, *figures in rows}

    def test_retention(self):
        """Half of the first quarter's came back; of the second nothing is said before the third is over."""
        expected = {date(2031, 1, 1): (2, 8, 0.5), date(2031, 4, 1): (1, 4, False)}
        self.assertEqual(self.retention(), expected)
        self.assertEqual(self.retention(self.auditor), expected)
        Retention = self.env["cpa.volunteer.retention"].with_user(self.manager)
        known = Retention.search([("is_known", "=", True), ("volunteer_id", "in", (self.stays | self.goes).ids)])
        self.assertEqual(sorted(known.mapped("stayed")), [0, 1], "who went counts; who may still come back does not")
        with freeze_time("2031-10-01 08:00:00"):
            self.assertEqual(self.retention()[date(2031, 4, 1)], (1, 4, 0))
        for user in (self.officer, self.coordinator, self.plain):
            with self.assertRaises(AccessError):
                self.retention(user)

    def test_hours_by_kind_and_governorate(self):
        Line = self.env["cpa.participation"].with_user(self.manager)
        own = [("volunteer_id", "in", (self.stays | self.goes).ids), ("state", "=", "closed")]
        rows = Line._read_group(own, ["kind", "governorate_id"], ["hours_approved:sum"])
        self.assertEqual(rows, [("awareness", self.najran.with_user(self.manager), 12)])

    def register(self, user, **vals):
        Register = self.env["cpa.volunteer.register"].with_user(user)
        register = Register.create({"date_from": "2031-04-01", "date_to": "2031-06-30", **vals})
        register.action_make()
        sheet = openpyxl.load_workbook(io.BytesIO(base64.b64decode(register.file))).active
        head, *rows = sheet.iter_rows(min_row=6, values_only=True)
        return sheet, [dict(zip(head, row, strict=True)) for row in rows]

    def test_register(self):
        """Each accepted volunteer with what he gave in the period; numbers of identities by their last digits."""
        self.make_volunteer(name="متقدمة تجريبية", phone="0500000779", number="2098765437")
        _sheet, rows = self.register(self.auditor)
        ours = {row["Name"]: row for row in rows if row["Name"] in (self.stays.name, self.goes.name)}
        self.assertEqual(len(ours), 2)
        self.assertNotIn("متقدمة تجريبية", [row["Name"] for row in rows])
        stays = ours[self.stays.name]
        self.assertEqual(
            (stays["Shifts in the period"], stays["Hours in the period"], stays["Hours in all"]), (1, 4, 8)
        )
        self.assertEqual(ours[self.goes.name]["Hours in the period"], 0)
        self.assertEqual(stays["Identity number"], "••••••7895")
        self.assertTrue(stays["Agreement"])

    def test_register_in_arabic(self):
        self.env["res.lang"]._activate_lang("ar_001")
        self.stays.skill_ids = self.env.ref("cpa_volunteer.skill_legal") | self.env.ref("cpa_volunteer.skill_office")
        Register = self.env["cpa.volunteer.register"].with_user(self.coordinator).with_context(lang="ar_001")
        register = Register.create({})
        register.action_make()
        sheet = openpyxl.load_workbook(io.BytesIO(base64.b64decode(register.file))).active
        self.assertTrue(sheet.sheet_view.rightToLeft)
        cells = [str(value) for row in sheet.iter_rows(min_row=7, values_only=True) for value in row]
        self.assertTrue(any("، " in cell for cell in cells), "a list of skills, with the comma of its language")

    def test_register_with_numbers(self):
        """Whole numbers go to the authority by the manager's hand, and each leaves a trace."""
        with self.assertRaisesRegex(UserError, "manager"), self.env.cr.savepoint():
            self.register(self.coordinator, with_numbers=True)
        _sheet, rows = self.register(self.manager, with_numbers=True)
        self.assertIn("2234567895", [row["Identity number"] for row in rows])
        traces = self.env["cpa.access.trace"].search([("partner_id", "=", self.stays.partner_id.id)])
        self.assertEqual((traces.user_id, traces.datum), (self.manager, "number_plain"))

    def test_card(self):
        """The law's card: name, number and until when, of who is active and has signed; nothing to be misused."""
        Report = self.env["ir.actions.report"].with_user(self.coordinator).with_context(lang="en_US")
        asked = self.make_volunteer(name="طالبة تجريبية", phone="0500000888", number="1000000016")
        html = Report._render_qweb_html("cpa_volunteer.cpa_volunteer_card_report", (self.stays | asked).ids)[0].decode()
        for text in (self.stays.name, self.stays.volunteer_number, "Valid until"):
            self.assertIn(text, html)
        for text in (asked.name, self.stays.phone[-7:], "2234567895"):
            self.assertNotIn(text, html)
        self.assertEqual(
            self.stays.with_user(self.coordinator).action_print_card()["report_name"],
            "cpa_volunteer.cpa_volunteer_card_paper",
        )
        with self.assertRaisesRegex(UserError, "nobody among them"), self.env.cr.savepoint():
            asked.action_print_card()
        with self.assertRaises(AccessError):
            Report.with_user(self.officer)._render_qweb_html("cpa_volunteer.cpa_volunteer_card_report", self.stays.ids)

    def test_shift_sheet(self):
        """The paper names who is expected with the code of the place; of a minor the guardian, too."""
        with freeze_time("2031-07-01 08:00:00"):
            shift = self.make_shift(start=datetime(2031, 7, 5, 6), safety_notes="Water and shade")
            self.apply(self.stays, shift).action_take()
        html = self.env["ir.actions.report"].with_user(self.coordinator)
        html = html._render_qweb_html("cpa_volunteer.cpa_shift_sheet_report", shift.ids)[0].decode()
        for text in (self.stays.name, "Water and shade", "09:00 – 13:00", "data:image/png", "1453 AH", "5 July 2031"):
            self.assertIn(text, html)
        self.assertNotIn(self.goes.name, html)
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(self.officer)._render_qweb_html(
                "cpa_volunteer.cpa_shift_sheet_report", shift.ids
            )
