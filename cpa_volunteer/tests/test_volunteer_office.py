from datetime import datetime, timedelta

from freezegun import freeze_time
from odoo.addons.cpa_beneficiary.tests.common import SIGNATURE
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import VolunteerCommon

GUARDIAN = {"guardian_name": "ولي أمر تجريبي", "guardian_phone": "0500000123"}


@tagged("post_install", "-at_install")
@freeze_time("2031-03-01 08:00:00")
class TestDay(VolunteerCommon):
    """The coordinator's day: what waits is on the first screen, and done in one step for many."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.volunteer = cls.make_active()
        cls.other = cls.make_active(phone="0500000777", number="2234567895", name="خالد تجريبي")

    def section(self, key, user=None):
        today = self.env["cpa.today"].with_user(user or self.coordinator).get_today()
        return next(section for section in today["sections"] if section["key"] == key)

    def attended(self, shift, *volunteers):
        """Return the participations of volunteers who came."""
        lines = self.env["cpa.participation"].with_user(self.coordinator)
        for volunteer in volunteers:
            lines |= self.apply(volunteer, shift)
        lines.action_take()
        with freeze_time(shift.start):
            shift.with_user(self.coordinator).action_all_came()
        return lines

    def approve(self, lines):
        """The coordinator approves the hours as planned, on the day after."""
        with freeze_time(lines[0].stop + timedelta(days=1)):
            lines.filtered(lambda line: not line.hours_logged).action_as_planned()
            lines.action_approve()

    def test_to_vet_and_papers(self):
        """Who applied is to be vetted; who is vetted and has not signed is missing papers, found by one search."""
        applicant = self.make_volunteer(phone="0500000778", number="2098765437", name="منى تجريبية")
        self.assertIn(applicant.id, [row["id"] for row in self.section("volunteers_to_vet")["rows"]])
        self.vet(applicant)
        missing = self.section("papers_missing")
        self.assertEqual([row["id"] for row in missing["rows"]], applicant.ids)
        self.assertIn("confidentiality", missing["rows"][0]["subtitle"])
        Volunteer = self.env["cpa.volunteer"].with_user(self.coordinator)
        signed = Volunteer.search([("has_papers_missing", "=", False)])
        self.assertEqual(signed & (applicant | self.volunteer), self.volunteer)
        self.sign_agreement(applicant)
        self.assertEqual(self.section("papers_missing")["count"], 0)

    def test_shifts_today(self):
        """Who is expected today, on a Riyadh day: a shift at one in the morning is not yesterday's."""
        shift = self.make_shift(start=datetime(2031, 3, 1, 13))
        night = self.make_shift(
            start=datetime(2031, 3, 1, 21, 30), hours=1, date_from="2031-03-02", date_to="2031-03-02"
        )
        self.apply(self.volunteer, shift).action_take()
        section = self.section("shifts")
        self.assertEqual([row["id"] for row in section["rows"]], shift.ids)
        self.assertIn(self.volunteer.name, section["rows"][0]["subtitle"])
        self.assertIn("16:00", section["rows"][0]["title"])
        with freeze_time("2031-03-01 21:10:00"):
            self.assertEqual([row["id"] for row in self.section("shifts")["rows"]], night.ids)
        self.assertFalse(
            {"shifts", "volunteers_to_vet"}
            & {section["key"] for section in self.env["cpa.today"].with_user(self.officer).get_today()["sections"]}
        )

    def test_hours_in_bulk(self):
        """Many hours are approved at once; who logged none worked as planned, which the sheet proves."""
        shift = self.make_shift(capacity=3)
        lines = self.attended(shift, self.volunteer, self.other)
        lines[0]._log_hours(3)
        self.assertEqual(self.section("hours_to_approve")["count"], 2)
        after = freeze_time("2031-03-03 06:00:00")
        with after, self.assertRaisesRegex(UserError, "approved hours"), self.env.cr.savepoint():
            lines.action_approve()
        self.approve(lines)
        self.assertEqual(lines.mapped("hours_approved"), [3, 4])
        self.assertEqual(self.section("hours_to_approve")["count"], 0)

    def test_certificates_in_one_click(self):
        """P-24, law: one click issues a certificate to each who has hours; the others are passed over."""
        self.approve(self.attended(self.make_shift(), self.volunteer))
        both = self.volunteer | self.other
        self.assertEqual(both.mapped("hours_uncertified"), [4, 0])
        both.action_certificate()
        self.assertEqual(self.volunteer.certificate_ids.hours, 4)
        self.assertFalse(self.other.certificate_ids)
        both.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "Nobody"), self.env.cr.savepoint():
            both.action_certificate()

    def test_flat(self):
        """The list of volunteers, with papers and hours, takes the same number of queries for one and for many."""
        Volunteer = self.env["cpa.volunteer"].with_user(self.coordinator)
        names = ["name", "has_papers_missing", "hours_total", "hours_uncertified", "state", "skill_ids"]

        def queries(volunteers):
            for _turn in range(2):  # the first read caches what holds for all
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                volunteers.read(names)
            return self.env.cr.sql_log_count - before

        own = self.volunteer.with_user(self.coordinator)
        one = queries(own)
        many = Volunteer.create([{"name": f"متطوع {number}", "phone": f"05100{number:05}"} for number in range(30)])
        self.assertLessEqual(queries(many | own), one + 1)

    def test_settings_hide(self):
        """Custody items and the value of hours are off until switched on, with their menus."""
        custody = self.env.ref("cpa_volunteer.cpa_custody_item_menu")
        value = self.env.ref("cpa_volunteer.cpa_hours_value_menu")
        self.assertFalse(custody.active or value.active)
        self.env.company.write({"cpa_custody_items": True, "cpa_hours_value": True, "cpa_hour_value": 50})
        self.assertTrue(custody.active and value.active)
        lines = self.attended(self.make_shift(), self.volunteer)
        self.approve(lines)
        self.assertEqual(lines.hours_value, 200)
        self.env.company.write({"cpa_custody_items": False, "cpa_hours_value": False})
        self.assertFalse(custody.active or value.active)
        with Form(self.env.company) as form:
            form.cpa_volunteer_min_age = 16


@tagged("post_install", "-at_install")
@freeze_time("2031-03-01 08:00:00")
class TestPeople(VolunteerCommon):
    """One person has one contact; who is under 18 has a guardian whose word counts; who leaves gives back."""

    def test_same_person(self):
        """P-08, P-32: a beneficiary who volunteers keeps one contact and one identity; nothing is entered twice."""
        beneficiary = self.make_beneficiary()
        volunteer = self.make_volunteer(name="محمد تجريبي", phone=beneficiary.phone, born=None)
        [told] = volunteer.duplicates
        self.assertEqual((told["reason"], told["id"]), ("phone", False), "that there is somebody, and no more")
        self.assertNotIn(beneficiary.name, told["label"])
        former = volunteer.partner_id
        with self.assertRaisesRegex(UserError, "Nobody else"), self.env.cr.savepoint():
            volunteer._tie_to_identity("2098765437")
        wizard = self.env["cpa.volunteer.person.wizard"].with_user(self.coordinator)
        wizard.create({"volunteer_id": volunteer.id, "number": "١١٢٣٤٥٦٧٨٠"}).action_confirm()
        self.assertEqual(volunteer.partner_id, beneficiary.partner_id)
        self.assertFalse(former.exists())
        self.assertEqual(volunteer.birth_date, beneficiary.birth_date)
        with self.assertRaises(AccessError):
            beneficiary.with_user(self.coordinator).read(["name"])
        again = self.make_volunteer(name="محمد تجريبي", phone="0500000888", born=None)
        with self.assertRaisesRegex(UserError, "already has"), self.env.cr.savepoint():
            again._tie_to_identity("1123456780")

    def test_another_person(self):
        """A number read wrongly puts nobody's file on a stranger's contact, and tells nothing of him."""
        self.make_beneficiary()
        volunteer = self.make_volunteer(name="سالم تجريبي", phone="0500000555", born=None)
        with self.assertRaisesRegex(UserError, "read the card again"), self.env.cr.savepoint():
            volunteer._tie_to_identity("1123456780")

    def test_known_volunteer_is_told(self):
        """Who has a volunteer's file already is told with the way to it."""
        first = self.make_volunteer()
        second = self.make_volunteer(born=None)
        [told] = second.duplicates
        self.assertEqual((told["id"], told["model"], told["reason"]), (first.id, "cpa.volunteer", "phone"))

    def test_known_contact_is_chosen(self):
        """Who sees both files chooses the contact, and makes no second one."""
        both = self.coordinator
        both.group_ids = [Command.link(self.env.ref("cpa_beneficiary.group_officer").id)]
        beneficiary = self.make_beneficiary()
        with Form(self.env["cpa.volunteer"].with_user(both)) as form:
            form.partner_id = beneficiary.partner_id
            form.governorate_id = self.najran
        volunteer = form.save()
        self.assertEqual(volunteer.name, beneficiary.name)
        self.assertEqual(volunteer.partner_id, beneficiary.partner_id)

    def minor(self):
        volunteer = self.vet(self.make_volunteer(born=datetime(2015, 6, 1).date()))
        self.sign_agreement(volunteer, **GUARDIAN)
        return volunteer

    def test_consent_on_paper(self):
        """Law: the guardian's consent and charter stand on a paper with its scan before a placement."""
        volunteer = self.minor()
        with self.assertRaisesRegex(UserError, "scan"), self.env.cr.savepoint():
            self.sign_agreement(volunteer, "volunteer_minor", method="paper", signature=False, **GUARDIAN)
        self.sign_agreement(
            volunteer, "volunteer_minor", method="paper", signature=False, scan=SIGNATURE, scan_name="p.png", **GUARDIAN
        )
        volunteer.write({"state": "active"})
        self.assertEqual(volunteer.guardian_name, GUARDIAN["guardian_name"])
        self.assertFalse(volunteer.papers_missing)

    def test_consent_withdrawn(self):
        """Law: a guardian who withdraws takes the minor out of all that is still to come, and nothing new begins."""
        volunteer = self.minor()
        charter = self.sign_agreement(volunteer, "volunteer_minor", **GUARDIAN)
        volunteer.write({"state": "active"})
        shift = self.make_shift(min_age=15)
        line = self.apply(volunteer, shift)
        line.action_take()
        # whoever keeps agreements takes the withdrawal down
        charter.with_user(self.officer).write({"state": "ended", "move_reason": "The guardian called"})
        self.assertEqual(line.state, "cancelled")
        self.assertFalse(line.is_late_cancel)
        self.assertEqual(shift.taken, 0)
        self.assertTrue(volunteer.has_papers_missing)
        self.assertTrue(volunteer.activity_ids)
        with self.assertRaisesRegex(UserError, "guardian"), self.env.cr.savepoint():
            self.apply(volunteer, shift).action_take()

    def test_suspended(self):
        """Who is suspended is expected nowhere."""
        volunteer = self.make_active()
        line = self.apply(volunteer, self.make_shift())
        line.action_take()
        volunteer.write({"state": "suspended", "move_reason": "Did not come twice"})
        self.assertEqual(line.state, "cancelled")

    def test_leaving(self):
        """Duties: what was entrusted comes back first; the talk is kept, the agreement ended."""
        volunteer = self.make_active()
        line = self.apply(volunteer, self.make_shift())
        line.action_take()
        with freeze_time("2031-03-02 06:00:00"):
            line.write({"state": "attended"})
        with freeze_time("2031-03-03 06:00:00"):
            line.action_as_planned()
            line.action_approve()
        item = self.env["cpa.custody.item"].with_user(self.coordinator)
        item = item.create({"name": "Camera", "volunteer_id": volunteer.id})
        wizard = self.env["cpa.volunteer.leave.wizard"].with_user(self.coordinator)
        wizard = wizard.create({"volunteer_id": volunteer.id, "reason": "moved", "note": "Goes to Abha; was content"})
        self.assertEqual(wizard.still_out, "Camera")
        with self.assertRaisesRegex(UserError, "Camera"), self.env.cr.savepoint():
            wizard.action_confirm()
        item.write({"state": "returned"})
        action = wizard.action_confirm()
        self.assertEqual(action["res_model"], "cpa.volunteer.certificate")
        self.assertEqual((volunteer.state, volunteer.left_reason), ("left", "moved"))
        self.assertEqual(volunteer.left_on.isoformat(), "2031-03-01")
        self.assertEqual(volunteer.cpa_agreement_ids.state, "ended")
        self.assertEqual(volunteer.certificate_ids.hours, 4)

    def test_training(self):
        """Rights: a training is entered once it was held, with who took part; it stands in their files."""
        volunteer = self.make_active()
        shift = self.make_shift()
        self.apply(volunteer, shift).action_take()
        Training = self.env["cpa.volunteer.training"].with_user(self.coordinator)
        with Form(Training) as form:
            form.name = "Speaking to shoppers"
            form.trainer = "Coordinator"
            form.opportunity_id = shift.opportunity_id
        self.assertEqual(form.record.volunteer_ids, volunteer)
        self.assertEqual(volunteer.training_ids, form.record)
        with self.assertRaisesRegex(UserError, "held"), self.env.cr.savepoint():
            form.record.day = "2031-03-05"

    def test_expense(self):
        """Rights: subsistence and transport are claimed by the coordinator, approved by the manager, then paid."""
        expense = self.env["cpa.volunteer.expense"].with_user(self.coordinator)
        expense = expense.create({"volunteer_id": self.make_active().id, "purpose": "Sharurah and back", "amount": 120})
        with self.assertRaisesRegex(UserError, "belongs to"), self.env.cr.savepoint():
            expense.write({"state": "approved"})
        sections = self.env["cpa.today"].with_user(self.manager).get_today()["sections"]
        [asked] = [section for section in sections if section["key"] == "volunteer_expenses"]
        self.assertEqual([row["id"] for row in asked["rows"]], expense.ids)
        expense.with_user(self.manager).write({"state": "approved"})
        expense.write({"state": "paid"})
