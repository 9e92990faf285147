import re
from datetime import datetime

from freezegun import freeze_time
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common import VolunteerCommon


@tagged("post_install", "-at_install")
class TestVolunteeringWebsite(VolunteerCommon, HttpCase):
    """P-09, P-24: who wants to help applies on the website, and finds there his own, nothing of anybody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2031-03-01 08:00:00"):
            cls.volunteer = cls.make_active()
            cls.login = cls.make_login(cls.volunteer)
            cls.login.password = cls.login.login
            cls.shift = cls.make_shift()
            cls.other = cls.make_active(phone="0500000777", number="2234567895", name="خالد تجريبي")
            cls.theirs = cls.apply(cls.other, cls.make_shift(start=datetime(2031, 3, 2, 12)))
            cls.theirs.action_take()

    def post(self, path, **data):
        return self.url_open(path, {"csrf_token": Request.csrf_token(self), **data}, allow_redirects=False)

    def test_apply(self):
        """An application is taken in once, with what was offered; what is missing is said, and what was typed kept."""
        page = self.url_open("/volunteer/apply")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        typed = {"csrf_token": token, "name": "ريم تجريبية", "times": ["6-evening", "0-morning"], "adult": "yes"}
        answer = self.url_open("/volunteer/apply", typed, allow_redirects=False)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("ريم تجريبية", answer.text)
        typed |= {"phone": "٠٥٠٠٠٠٠٩٩٩", "governorate": str(self.najran.id)}
        answer = self.url_open("/volunteer/apply", typed, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        applied = self.env["cpa.volunteer"].with_user(self.coordinator).search([("phone", "=", "+966500000999")])
        self.assertEqual(applied.state, "applied")
        self.assertEqual(sorted(applied.availability_ids.mapped("weekday")), ["0", "6"])
        self.assertTrue(applied.activity_ids)

    def test_nothing_of_others(self):
        """Pages, files and posts of another volunteer's shift are not found, and change nothing."""
        with freeze_time("2031-03-01 09:00:00"):
            self.authenticate(self.login.login, self.login.login)
            number = self.theirs.id
            self.assertEqual(self.url_open(f"/my/volunteering/{number}.ics").status_code, 404)
            for path in (f"/my/volunteering/{number}/cancel", f"/my/volunteering/{number}/hours"):
                self.assertEqual(self.post(path, hours="1").status_code, 404)
            page = self.url_open("/my/volunteering").text
        self.assertNotIn("خالد", page)
        self.assertEqual(self.theirs.state, "accepted")

    def test_own_shift(self):
        """Take, into the calendar, check in by the code at the place, log hours, and what is refused is explained."""
        with freeze_time("2031-03-01 09:00:00"):
            self.authenticate(self.login.login, self.login.login)
            self.assertEqual(self.post(f"/my/volunteering/shift/{self.shift.id}/take").status_code, 303)
            line = self.volunteer.participation_ids
            self.assertEqual(line.state, "accepted")
            self.assertIn("DTSTART:20310302T060000Z", self.url_open(f"/my/volunteering/{line.id}.ics").text)
            clash = self.make_shift(start=datetime(2031, 3, 2, 7))
            answer = self.post(f"/my/volunteering/shift/{clash.id}/take")
            self.assertEqual(answer.status_code, 422)
            self.assertIn("same hours", answer.text)
            self.assertFalse(clash.participation_ids, "nothing half-written")
        address = self.shift._here_address().partition("/volunteer")
        with freeze_time("2031-03-02 06:05:00"):
            self.authenticate(self.login.login, self.login.login)
            self.assertEqual(self.post(f"/volunteer{address[2]}").status_code, 303)
            self.assertEqual((line.state, line.checked_in_by), ("attended", "qr"))
            self.assertIn("why", self.post(f"/my/volunteering/{line.id}/hours", hours="٩").text)
            self.assertEqual(self.post(f"/my/volunteering/{line.id}/hours", hours="٣٫٥").status_code, 303)
            self.assertEqual(line.hours_logged, 3.5)
        with freeze_time("2031-03-03 06:05:00"):
            self.authenticate(self.login.login, self.login.login)
            self.assertIn("over", self.url_open(f"/volunteer{address[2]}").text)

    def test_verify(self):
        """Anybody confirms a certificate by its code; a guessed one finds nothing, and a withdrawn one says so."""
        with freeze_time("2031-03-01 09:00:00"):
            line = self.apply(self.volunteer, self.shift)
            line.action_take()
        with freeze_time("2031-03-02 06:05:00"):
            line.write({"state": "attended"})
        line._log_hours(4)
        with freeze_time("2031-03-04 06:05:00"):
            line.action_approve()
            certificate = self.env["cpa.volunteer.certificate"].with_user(self.coordinator)
            certificate = certificate.create({"volunteer_id": self.volunteer.id})
        page = self.url_open(f"/verify/{certificate.code}")
        self.assertIn(certificate.name, page.text)
        self.assertNotIn(self.volunteer.phone[-9:], page.text)
        self.assertEqual(self.url_open("/verify?code=AAAA-BBBB-CCCC").status_code, 404)
        with freeze_time("2031-03-05 06:05:00"):
            certificate.write({"state": "withdrawn", "move_reason": "A wrong name"})
        page = self.url_open(f"/verify/{certificate._code_shown().lower()}")
        self.assertNotIn(certificate.name, page.text)
        self.assertIn("Withdrawn", page.text)
