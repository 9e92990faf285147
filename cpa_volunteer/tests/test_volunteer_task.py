from datetime import date, datetime

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import VolunteerCommon


@tagged("post_install", "-at_install")
@freeze_time("2031-03-01 08:00:00")
class TestVolunteerTask(VolunteerCommon):
    """For an adult's single short task one signed form does, instead of the agreement (P-02)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.volunteer = cls.vet(cls.make_volunteer())

    def sign_form(self, volunteer=None, **vals):
        return self.sign_agreement(volunteer or self.volunteer, "volunteer_task", **vals)

    def missing(self):
        return self.env["cpa.volunteer"].with_user(self.coordinator).search([("has_papers_missing", "=", True)])

    def test_one_form_does(self):
        """It binds like the agreement: accepted, placed, nothing more to be signed on the website."""
        self.assertIn(self.volunteer, self.missing())
        self.assertEqual(
            self.volunteer.action_task_form()["context"]["default_template_id"],
            self.env.ref("cpa_volunteer.agreement_template_volunteer_task").id,
        )
        self.sign_form()
        self.volunteer.invalidate_recordset()
        self.assertFalse(self.volunteer.has_papers_missing)
        self.assertNotIn(self.volunteer, self.missing())
        self.assertFalse(self.volunteer.sudo()._papers_due())
        self.volunteer.write({"state": "active"})
        line = self.apply(self.volunteer, self.make_shift())
        line.action_take()
        self.assertEqual(line.state, "accepted")

    def test_one_task_only(self):
        """Two shifts of one task, never a second task: for that the agreement is signed."""
        self.sign_form()
        self.volunteer.write({"state": "active"})
        shift = self.make_shift()
        later = shift.copy({"start": datetime(2031, 3, 2, 12), "stop": datetime(2031, 3, 2, 14)})
        (self.apply(self.volunteer, shift) | self.apply(self.volunteer, later)).action_take()
        second = self.apply(self.volunteer, self.make_shift(start=datetime(2031, 3, 5, 6)))
        with self.assertRaisesRegex(UserError, "is for one task"), self.env.cr.savepoint():
            second.action_take()
        self.sign_agreement(self.volunteer)
        second.action_take()
        self.assertEqual(second.state, "accepted")

    def test_adults_only(self):
        minor = self.vet(self.make_volunteer(phone="0500000555", number="1000000008", born=date(2015, 6, 1)))
        guardian = {"guardian_name": "والد تجريبي", "guardian_phone": "0500000556"}
        with self.assertRaisesRegex(UserError, "is for adults"), self.env.cr.savepoint():
            self.sign_form(minor, **guardian)

    def test_a_month_at_most(self):
        with self.assertRaisesRegex(UserError, "a month at most"), self.env.cr.savepoint():
            self.sign_form(date_to=date(2031, 12, 31))
        with self.assertRaisesRegex(UserError, "a month at most"), self.env.cr.savepoint():
            self.sign_form(date_to=False)
        self.assertEqual(self.sign_form().date_to, date(2031, 3, 31))

    def test_after_its_end(self):
        """Once it has ended it binds to nothing: papers are missing, and coming places are given back."""
        form = self.sign_form()
        self.volunteer.write({"state": "active"})
        line = self.apply(self.volunteer, self.make_shift())
        line.action_take()
        late = self.apply(self.volunteer, self.make_shift(start=datetime(2031, 4, 5, 6)))
        with self.assertRaisesRegex(UserError, "signed and in force"), self.env.cr.savepoint():
            late.action_take()
        form.write({"state": "ended", "move_reason": "Took another work"})
        self.assertEqual(line.state, "cancelled")
        with freeze_time("2031-04-01 08:00:00"):
            self.assertIn(self.volunteer, self.missing())

    def test_not_proposed(self):
        """Who came for one task is not proposed for others."""
        self.env.company.cpa_volunteer_matching = True
        self.sign_form()
        self.volunteer.write({"state": "active"})
        shift = self.make_shift()
        fits = self.env["cpa.shift.match"].with_user(self.coordinator)
        his = [("shift_id", "=", shift.id), ("volunteer_id", "=", self.volunteer.id)]
        self.assertFalse(fits.search(his))
        self.sign_agreement(self.volunteer)
        fits.invalidate_model()
        self.assertTrue(fits.search(his), "with the agreement he is")
