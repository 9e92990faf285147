from datetime import datetime

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation, UniqueViolation

from .common import VolunteerCommon


@tagged("post_install", "-at_install")
@freeze_time("2031-03-01 08:00:00")
class TestParticipation(VolunteerCommon):
    """A volunteer is never in two places, a shift never overfull, and hours count once approved by somebody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.volunteer = cls.make_active()
        cls.login = cls.make_login(cls.volunteer)
        cls.other = cls.make_active(phone="0500000777", number="2234567895", name="خالد تجريبي")

    def test_capacity(self):
        """The database never lets in more than there are places, and says so to who comes too late."""
        shift = self.make_shift(capacity=1)
        self.apply(self.volunteer, shift).action_take()
        with self.assertRaisesRegex(UserError, "just been taken"), self.env.cr.savepoint():
            self.apply(self.other, shift).action_take()
        self.assertEqual((shift.taken, shift.free), (1, 0))
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE cpa_shift SET taken = 2 WHERE id = %s", [shift.id])
        with self.assertRaisesRegex(UserError, "participation"), self.env.cr.savepoint():
            shift.sudo().taken = 0

    def test_no_overlap(self):
        """Nobody is placed in two shifts at the same hours; one after the other is fine."""
        self.apply(self.volunteer, self.make_shift()).action_take()
        overlapping = self.make_shift(start=datetime(2031, 3, 2, 9))
        with self.assertRaisesRegex(UserError, "same hours"), self.env.cr.savepoint():
            self.apply(self.volunteer, overlapping).action_take()
        self.assertEqual(overlapping.taken, 0, "nothing half-written")
        self.apply(self.volunteer, self.make_shift(start=datetime(2031, 3, 2, 10))).action_take()

    def test_once(self):
        shift = self.make_shift()
        self.apply(self.volunteer, shift)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.apply(self.volunteer, shift)

    def test_own_only(self):
        """A volunteer's login takes, cancels and checks in for himself only, and approves nothing."""
        mine = self.apply(self.volunteer, self.make_shift(), self.login)
        mine.write({"state": "accepted"})
        theirs = self.apply(self.other, self.make_shift(), self.login)
        with self.assertRaisesRegex(UserError, "belongs to"), self.env.cr.savepoint():
            theirs.write({"state": "accepted"})
        with freeze_time("2031-03-02 06:10:00"):
            mine.write({"state": "attended"})
            mine._log_hours(3.5, "Talked to shoppers")
            with self.assertRaisesRegex(UserError, "belongs to"), self.env.cr.savepoint():
                mine.write({"state": "closed"})
        for model in ("cpa.volunteer", "cpa.participation", "cpa.shift", "cpa.request", "cpa.beneficiary"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.login).search([])

    def test_accepted_by_the_coordinator(self):
        """Where places are not taken at once, the coordinator gives them."""
        line = self.apply(self.volunteer, self.make_shift(is_self_service=False), self.login)
        with self.assertRaisesRegex(UserError, "coordinator"), self.env.cr.savepoint():
            line.write({"state": "accepted"})
        line.with_user(self.coordinator).action_take()
        self.assertEqual(line.state, "accepted")

    def test_cancelling(self):
        """Cancelling gives the place back; late is noted, after the beginning it is too late."""
        shift = self.make_shift()
        line = self.apply(self.volunteer, shift)
        line.action_take()
        begun = freeze_time("2031-03-02 06:30:00")
        with begun, self.assertRaisesRegex(UserError, "begun"), self.env.cr.savepoint():
            line.write({"state": "cancelled"})
        with freeze_time("2031-03-01 20:00:00"):
            line.write({"state": "cancelled"})
        self.assertTrue(line.is_late_cancel)
        self.assertEqual(shift.taken, 0)
        again = self.apply(self.volunteer, self.make_shift(start=datetime(2031, 3, 9, 6)))
        again.action_take()
        again.write({"state": "cancelled"})
        self.assertFalse(again.is_late_cancel)

    def test_waiting_list(self):
        """Off until switched on; then who waits longest is offered the place that comes free."""
        shift = self.make_shift(capacity=1)
        first = self.apply(self.volunteer, shift)
        first.action_take()
        second = self.apply(self.other, shift)
        with self.assertRaisesRegex(UserError, "just been taken"), self.env.cr.savepoint():
            second.action_take()
        self.env.company.cpa_shift_waiting = True
        second.action_take()
        self.assertEqual(second.state, "waiting")
        first.write({"state": "cancelled"})
        self.assertIn("خالد", shift.opportunity_id.activity_ids.summary)
        second.write({"state": "accepted"})

    def test_hours(self):
        """Hours beyond the shift need a reason, other hours than logged too; nobody approves his own."""
        line = self.apply(self.volunteer, self.make_shift())
        line.action_take()
        early = freeze_time("2031-03-02 05:00:00")
        with early, self.assertRaisesRegex(UserError, "Checking in"), self.env.cr.savepoint():
            line.write({"state": "attended"})
        with freeze_time("2031-03-02 06:00:00"):
            line.write({"state": "attended"})
        with self.assertRaisesRegex(ValidationError, "more than the shift"), self.env.cr.savepoint():
            line.write({"hours_logged": 6})
        line._log_hours(6, reason="The road was closed")
        line.hours_approved = 5
        with freeze_time("2031-03-03 06:00:00"):
            with self.assertRaisesRegex(UserError, "other hours"), self.env.cr.savepoint():
                line.write({"state": "closed"})
            line.write({"approval_reason": "One hour was the break", "state": "closed"})
            self.assertEqual(self.volunteer.hours_total, 5)
            with self.assertRaisesRegex(UserError, "evidence"), self.env.cr.savepoint():
                line.hours_approved = 9
            line.write({"state": "attended", "move_reason": "Counted wrongly"})
            line.write({"hours_approved": 4, "state": "closed"})
        self.assertEqual(line.opportunity_id.hours_approved, 4)

    def test_shift_times(self):
        """A shift ends after it begins, lies within its opportunity, and stays once somebody has a place."""
        shift = self.make_shift()
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.env.cr.savepoint():
            shift.write({"stop": shift.start})
            shift.flush_recordset()
        with self.assertRaisesRegex(ValidationError, "outside"), self.env.cr.savepoint():
            shift.write({"start": datetime(2031, 3, 5, 6), "stop": datetime(2031, 3, 5, 9)})
        self.apply(self.volunteer, shift).action_take()
        with self.assertRaisesRegex(UserError, "places"), self.env.cr.savepoint():
            shift.write({"start": datetime(2031, 3, 2, 5)})
        with self.assertRaisesRegex(UserError, "Attendance"), self.env.cr.savepoint():
            shift.opportunity_id.write({"state": "running"})
            shift.opportunity_id.write({"state": "closed"})


@tagged("post_install", "-at_install")
@freeze_time("2031-03-04 08:00:00")
class TestCertificate(VolunteerCommon):
    """The law's certificate: kind, duration, hours, experience; confirmed by its code and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2031-03-01 08:00:00"):
            cls.volunteer = cls.make_active()
            cls.line = cls.apply(cls.volunteer, cls.make_shift())
            cls.line.action_take()
        with freeze_time("2031-03-02 06:00:00"):
            cls.line.write({"state": "attended"})
        cls.line._log_hours(4)

    def issue(self):
        Certificate = self.env["cpa.volunteer.certificate"].with_user(self.coordinator)
        return Certificate.create({"volunteer_id": self.volunteer.id})

    def test_only_approved_hours(self):
        with self.assertRaisesRegex(UserError, "no approved hours"), self.env.cr.savepoint():
            self.issue()
        self.line.action_approve()
        certificate = self.issue()
        self.assertEqual((certificate.hours, certificate.kinds, len(certificate.code)), (4, ["awareness"], 12))
        with self.assertRaisesRegex(UserError, "no approved hours"), self.env.cr.savepoint():
            self.issue()
        with self.assertRaisesRegex(UserError, "certificate"), self.env.cr.savepoint():
            self.line.write({"state": "attended", "move_reason": "Counted wrongly"})
        with self.assertRaisesRegex(UserError, "evidence"), self.env.cr.savepoint():
            certificate.sudo().write({"volunteer_id": self.volunteer.id})

    def test_withdrawn(self):
        """A withdrawn certificate says so, and its hours may be certified anew."""
        self.line.action_approve()
        certificate = self.issue()
        certificate.write({"state": "withdrawn", "move_reason": "A wrong name"})
        self.assertEqual(certificate._of_code(certificate._code_shown().lower()).state, "withdrawn")
        self.assertFalse(certificate._of_code("AAAA-AAAA-AAAA"))
        self.assertEqual(self.issue().hours, 4)
