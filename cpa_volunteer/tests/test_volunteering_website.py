import re
from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time
from odoo.addons.cpa_beneficiary.tests.common import SIGNATURE
from odoo.exceptions import UserError, ValidationError
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from ..models.cpa_volunteer_certificate import CODE_SIGNS
from .common import VolunteerCommon

SIGNED = f"data:image/png;base64,{SIGNATURE if isinstance(SIGNATURE, str) else SIGNATURE.decode()}"
NOW = "2031-03-01 09:00:00"


class WebsiteCommon(VolunteerCommon):
    """A volunteer with a login, another one, and codes that are known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2031-03-01 08:00:00"):
            cls.volunteer = cls.make_active()
            cls.login = cls.make_login(cls.volunteer)
            # the pages speak English here, whatever language the database is
            english = cls.env["res.lang"]._activate_lang("en_US")
            cls.login.lang = english.code
            cls.env["website"].search([]).default_lang_id = english
            cls.shift = cls.make_shift()
            cls.other = cls.make_active(phone="0500000777", number="2234567895", name="خالد تجريبي")

    def setUp(self):
        super().setUp()
        # limits count in a transaction of their own, which a test does not take back
        self.startPatcher(patch.object(type(self.env["cpa.rate.limit"]), "_allows", lambda *_args, **_kwargs: True))
        self.codes = []
        proof = type(self.env["cpa.proof.code"])
        self.startPatcher(patch.object(proof, "_deliver", lambda _self, to, code: self.codes.append((to, code))))

    def place(self, volunteer=None, shift=None):
        """Return a place of a volunteer, in which his own login acts."""
        line = self.apply(volunteer or self.volunteer, shift or self.shift)
        line.action_take()
        return line


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVolunteersOnTheWebsite(WebsiteCommon):
    """P-02, P-09, P-24: what a volunteer may do by himself, and what is said where he may not."""

    def typed(self, **vals):
        return {
            **dict.fromkeys(("name", "phone", "email", "about", "guardian_name", "guardian_phone"), ""),
            "governorate": str(self.najran.id),
            "adult": "yes",
            "vehicle": False,
            "skills": [],
            "times": [],
            **vals,
        }

    def apply_online(self, person=None, **vals):
        Volunteer = self.env["cpa.volunteer"].with_user(self.env.ref("base.public_user"))
        typed = self.typed(**vals)
        self.assertFalse(Volunteer._website_errors(typed, person))
        Volunteer._website_apply(typed, person)
        return self.env["cpa.volunteer"].search([], order="id desc", limit=1)

    def test_an_application_closes_nobodys_login(self):
        """Who applies with somebody else's number neither gets her login nor keeps her out of it."""
        her = self.make_beneficiary(phone="0553334445", number="1000000016").partner_id
        Users = self.env["res.users"].with_user(self.env.ref("base.public_user"))
        self.apply_online(name="Somebody else", phone="0553334445")
        user = Users._website_user(her.phone, "en_US")
        self.assertEqual(user.partner_id, her, "also when she logs in for the first time")
        self.apply_online(name="Somebody else", phone="0553334445")
        self.assertEqual(Users._website_user(her.phone, "en_US"), user)
        # who is nobody else's gets the application's login by a code
        applied = self.apply_online(name="New one", phone="0553334446")
        user = Users._website_user("+966553334446", "en_US")
        self.assertEqual(user.partner_id, applied.partner_id)
        self.assertTrue(user.has_group("cpa_volunteer.group_volunteer"))

    def test_one_person_one_login(self):
        """P-01: a beneficiary who volunteers has one contact, one login and one identity."""
        her = self.make_beneficiary(phone="0553334445", number="1000000016").partner_id
        user = self.env["res.users"].with_user(self.env.ref("base.public_user"))._website_user(her.phone, "en_US")
        as_her = self.env["cpa.volunteer"].with_user(user)
        self.assertFalse(as_her._website_errors(self.typed(), as_her._website_person()), "nothing is asked again")
        as_her._website_apply(self.typed(), as_her._website_person())
        volunteer = self.env["cpa.volunteer"].search([("partner_id", "=", her.id)])
        self.assertEqual(volunteer.birth_date, her.cpa_identity_ids.birth_date)
        self.assertTrue(user.has_group("cpa_volunteer.group_volunteer"))
        self.assertEqual(as_her._portal_own(), volunteer)

    def test_signing(self):
        """P-02: vetted, he signs on the screen and is active; a renewal begins where the former ends."""
        volunteer = self.vet(self.make_volunteer(phone="0500000666", number="1000000008", name="ليلى تجريبية"))
        login = self.make_login(volunteer, "cpa_signs")
        own = self.env["cpa.volunteer"].with_user(login)._portal_own()
        template = own._portal_due("volunteer")
        errors = own._portal_sign(template, "ليلى", "data:image/png;base64,nonsense")
        self.assertEqual(errors.keys(), {"signer", "signature"})
        self.assertEqual(volunteer.state, "vetted")
        self.assertFalse(own._portal_sign(template, "ليلى تجريبية", SIGNED))
        self.assertEqual(volunteer.state, "active")
        agreement = volunteer.cpa_agreement_ids
        self.assertEqual((agreement.method, agreement.date_to), ("portal", date(2032, 2, 29)))
        self.assertFalse(own._portal_due("volunteer"), "nothing is due any more")
        with freeze_time("2032-02-15 09:00:00"):
            self.assertFalse(own._portal_sign(own._portal_due("volunteer"), "ليلى تجريبية", SIGNED))
            renewal = volunteer.cpa_agreement_ids - agreement
            self.assertEqual(renewal.date_from, date(2032, 3, 1))

    def test_charter_signed_along(self):
        """P-01: the charter in force is read with the agreement, and acknowledged if it stood on the page."""
        self.env.cr.execute("UPDATE cpa_policy_document SET state = 'superseded' WHERE kind = 'charter_volunteer'")
        self.env.invalidate_all()
        draft = self.env.ref("cpa_beneficiary.charter_volunteer_1").with_user(self.manager)
        charter = draft.copy({"approval_date": "2031-02-01", "version": "600"})
        charter.state = "in_force"
        rows = self.env["cpa.charter.acknowledgement"].with_user(self.manager)
        shown = {str(charter.id): charter, "": charter.browse(), "1": charter.browse()}
        for number, (on_page, read) in enumerate(shown.items()):
            phone, identity = f"05000006{number:02}", ("1000000008", "1000000016", "1000000024")[number]
            volunteer = self.vet(self.make_volunteer(phone=phone, number=identity, name=f"ليلى تجريبية {number}"))
            login = self.make_login(volunteer, f"cpa_reads_{number}")
            own = self.env["cpa.volunteer"].with_user(login)._portal_own()
            self.assertEqual(own._charter_due().id, charter.id)
            self.assertFalse(own._portal_sign(own._portal_due("volunteer"), "ليلى تجريبية", SIGNED, on_page))
            self.assertEqual(rows.search([("partner_id", "=", volunteer.partner_id.id)]).document_id, read)
        self.assertFalse(volunteer.charter_text)
        volunteer.with_user(self.coordinator).action_charter_read()
        self.assertTrue(volunteer.charter_text)

    def test_expired_agreement(self):
        """With an agreement that has ended by then nobody takes a place; the page says what to sign."""
        late = self.make_shift(start=datetime(2032, 3, 5, 6))
        with self.assertRaisesRegex(UserError, "agreement"), self.env.cr.savepoint():
            self.env["cpa.participation"].with_user(self.login)._portal_take(late.id)
        self.assertFalse(late.participation_ids, "nothing half-written")
        with freeze_time("2032-03-04 09:00:00"):
            own = self.env["cpa.volunteer"].with_user(self.login)._portal_own()
            self.assertEqual([paper["code"] for paper in own._portal_values()["due"]], ["volunteer"])

    def test_minor(self):
        """Under 18 nothing begins before the guardian signed both texts, by a code to his own mobile."""
        minor = self.make_volunteer(phone="0500000666", number="1000000008", born=date(2015, 6, 1))
        with self.assertRaisesRegex(ValidationError, "his own mobile"), self.env.cr.savepoint():
            minor.write({"guardian_name": "سعد تجريبي", "guardian_phone": "0500000666"})
        minor.write({"guardian_name": "سعد تجريبي", "guardian_phone": "0500000123"})
        self.vet(minor)
        message = self.env["sms.sms"].search([("number", "=", "+966500000123")])
        token = re.search(r"/volunteer/guardian/(\S+)", message.body)[1]
        login = self.make_login(minor, "cpa_minor")
        own = self.env["cpa.volunteer"].with_user(login)._portal_own()
        self.assertFalse(own._portal_due("volunteer"), "he does not sign himself")
        with self.assertRaisesRegex(UserError, "guardian"), self.env.cr.savepoint():
            own._sign_due(
                {"signer_name": "x y", "signature": SIGNATURE, "method": "portal", "guardian_name": "a b"}
                | {"guardian_phone": "0500000123"}
            )
        with self.assertRaisesRegex(UserError, "active"), self.env.cr.savepoint():
            self.env["cpa.participation"].with_user(login)._portal_take(self.shift.id)
        public = self.env["cpa.volunteer"].with_user(self.env.ref("base.public_user"))
        found = public._of_guardian(token)
        self.assertEqual(found, minor)
        self.assertFalse(public._of_guardian(token[:-2] + "AA"))
        self.env["cpa.proof.code"]._send(found._guardian_purpose(), found.guardian_phone, "en_US")
        self.assertEqual(self.codes[-1][0], "+966500000123")
        self.assertIn(
            "code", found._guardian_sign("سعد تجريبي", SIGNED, "000000" if self.codes[-1][1] != "000000" else "1")
        )
        self.assertEqual(minor.state, "vetted")
        self.assertFalse(found._guardian_sign("سعد تجريبي", SIGNED, self.codes[-1][1]))
        self.assertEqual(minor.state, "active")
        papers = minor.cpa_agreement_ids
        self.assertEqual(set(papers.mapped("code")), {"volunteer", "volunteer_minor"})
        self.assertEqual(set(papers.mapped("method")), {"guardian"})
        self.assertFalse(found._papers_due())

    def test_nobody_signs_as_guardian_at_the_office(self):
        """The code is the guardian's: staff scans his paper instead."""
        minor = self.vet(self.make_volunteer(phone="0500000666", number="1000000008", born=date(2015, 6, 1)))
        with self.assertRaisesRegex(UserError, "code"), self.env.cr.savepoint():
            self.sign_agreement(minor, method="guardian", guardian_name="سعد تجريبي", guardian_phone="0500000123")

    def test_hours(self):
        """End before start, hours over the shift without a reason, and hours in two places at once are refused."""
        line, second = self.place(), self.place(shift=self.make_shift(start=datetime(2031, 3, 2, 10)))
        with freeze_time("2031-03-02 06:00:00"):
            line.write({"state": "attended"})
        with freeze_time("2031-03-02 10:00:00"):
            second.write({"state": "attended"})
        own = self.env["cpa.participation"].with_user(self.login)

        def log(line, **typed):
            own._portal_own(line.id)._portal_log({"note": "", "reason": "", **typed})

        for typed, wrong in (
            ({"from": "12:00", "to": "9:00"}, "after it began"),
            ({"from": "9:00", "to": "9:00"}, "after it began"),
            ({"from": "9", "to": "noon"}, "16:30"),
            ({"from": "25:00", "to": "26:00"}, "16:30"),
            ({"from": "9:00", "to": "15:00"}, "say why"),
        ):
            refused = self.assertRaisesRegex((UserError, ValidationError), wrong)
            with self.subTest(typed), refused, self.env.cr.savepoint():
                log(line, **typed)
        self.assertFalse(line.hours_logged)
        log(line, **{"from": "٠٩:٠٠", "to": "١٣:٣٠", "reason": "The road was closed"})
        self.assertEqual((line.hours_logged, line.worked_from), (4.5, datetime(2031, 3, 2, 6)))
        with self.assertRaisesRegex(ValidationError, "overlap"), self.env.cr.savepoint():
            log(second, **{"from": "13:00", "to": "16:00"})
        log(second, **{"from": "13:30", "to": "16:00"})
        self.assertEqual(second.hours_logged, 2.5)

    def test_brought(self):
        """P-24: what a volunteer brings names him, and of it he sees the number and how it stands."""
        own = self.env["cpa.volunteer"].with_user(self.login)._portal_own()
        Lead = self.env["crm.lead"].with_user(self.login)
        typed = Lead._brought_typed({"name": "أم تجريبية", "phone": "0500000333", "text": "سؤال سري"})
        self.assertEqual(Lead._brought_errors(typed).keys(), {"agreed"})
        number = Lead._bring(own, typed | {"agreed": True})
        inquiry = self.env["crm.lead"].with_user(self.officer).search([("inquiry_number", "=", number)])
        self.assertEqual(inquiry.channel_code, "volunteering")
        self.assertEqual(inquiry.channel_volunteer_id, self.volunteer.partner_id)
        [row] = own._portal_brought()
        self.assertEqual(row["number"], number)
        self.assertNotIn("أم", str(row))
        self.assertNotIn("سري", str(row))

    def test_flat(self):
        """The page takes as many queries for forty shifts as for two."""

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["cpa.volunteer"].with_user(self.login)._portal_own()._portal_values()
            return self.cr.sql_log_count - before

        self.place()
        self.place(shift=self.make_shift(start=datetime(2031, 3, 3, 6)))
        few = count()
        for day in range(4, 16):
            self.place(shift=self.make_shift(start=datetime(2031, 3, day, 6)))
        self.assertLessEqual(count(), few + 2)


@tagged("post_install", "-at_install")
class TestVolunteeringPages(HttpCase, WebsiteCommon):
    """P-09, P-24: who wants to help applies and finds what is his; nobody finds what is another's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2031-03-01 08:00:00"):
            cls.theirs = cls.apply(cls.other, cls.make_shift(start=datetime(2031, 3, 2, 12)))
            cls.theirs.action_take()

    def post(self, path, **data):
        return self.url_open(path, {"csrf_token": Request.csrf_token(self), **data}, allow_redirects=False)

    def test_apply(self):
        """Applying needs a mobile only; what is missing is said, and what was typed is kept, an old page's too."""
        page = self.url_open("/volunteer/apply")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        typed = {"csrf_token": "old", "name": "ريم تجريبية", "times": ["6-evening", "0-morning"], "adult": "no"}
        answer = self.url_open("/volunteer/apply", typed, allow_redirects=False)
        self.assertEqual(answer.status_code, 400)
        self.assertIn("ريم تجريبية", answer.text)
        typed["csrf_token"] = token
        answer = self.url_open("/volunteer/apply", typed, allow_redirects=False)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("ريم تجريبية", answer.text)
        self.assertIn("guardian", answer.text)
        typed |= {"phone": "٠٥٠٠٠٠٠٩٩٩", "governorate": str(self.najran.id), "adult": "yes"}
        answer = self.url_open("/volunteer/apply", typed, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        applied = self.env["cpa.volunteer"].with_user(self.coordinator).search([("phone", "=", "+966500000999")])
        self.assertEqual(applied.state, "applied")
        self.assertEqual(sorted(applied.availability_ids.mapped("weekday")), ["0", "6"])
        self.assertTrue(applied.activity_ids)
        # he logs in by a code, and comes to the page that he wanted
        self.assertIn("/login", self.url_open("/my/volunteering").url)
        self.url_open("/login", {"csrf_token": token, "contact": "0500000999"})
        answer = self.url_open("/login/code", {"csrf_token": token, "code": self.codes[-1][1]})
        self.assertTrue(answer.url.endswith("/my/volunteering"), answer.url)
        self.assertIn("The coordinator calls you", answer.text)

    def test_nothing_of_others(self):
        """Pages, files and posts of another volunteer's shift are not found, and change nothing."""
        with freeze_time(NOW):
            self.authenticate(self.login.login, self.login.login)
            number = self.theirs.id
            paper = self.other.cpa_agreement_ids.id
            for path in (f"/my/volunteering/{number}.ics", f"/my/volunteering/paper/{paper}"):
                self.assertEqual(self.url_open(path).status_code, 404, path)
            for path in (f"/my/volunteering/{number}/cancel", f"/my/volunteering/{number}/hours"):
                self.assertEqual(self.post(path, **{"from": "9:00", "to": "10:00"}).status_code, 404, path)
            page = self.url_open("/my/volunteering").text
        self.assertNotIn("خالد", page)
        self.assertEqual(self.theirs.state, "accepted")

    def test_own_shift(self):
        """Take, into the calendar, check in by the code at the place, log hours, and what is refused is explained."""
        with freeze_time("2031-03-01 05:00:00"):
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
            self.assertIn("in time until", self.url_open("/my/volunteering").text)
        address = self.shift._here_address().partition("/volunteer")
        with freeze_time("2031-03-02 05:00:00"):
            self.authenticate(self.login.login, self.login.login)
            self.assertIn("too early", self.url_open(f"/volunteer{address[2]}").text)
            self.assertIn("It is late", self.url_open("/my/volunteering").text)
        with freeze_time("2031-03-02 06:05:00"):
            self.authenticate(self.login.login, self.login.login)
            self.assertIn("Thank you for coming", self.post(f"/volunteer{address[2]}").text)
            self.assertEqual((line.state, line.checked_in_by), ("attended", "qr"))
            hours = f"/my/volunteering/{line.id}/hours"
            answer = self.post(hours, **{"from": "09:00", "to": "18:00", "note": "Nine hours in the market"})
            self.assertEqual(answer.status_code, 422)
            self.assertIn("say why", answer.text)
            self.assertIn("Nine hours in the market", answer.text, "what was typed is kept")
            self.assertEqual(self.post(hours, **{"from": "09:00", "to": "12:30"}).status_code, 303)
            self.assertEqual(line.hours_logged, 3.5)
        with freeze_time("2031-03-03 06:05:00"):
            self.authenticate(self.login.login, self.login.login)
            self.assertIn("over", self.url_open(f"/volunteer{address[2]}").text)
            self.assertIn("opens nothing", self.url_open("/volunteer/here/AAAAAAAAAAAAAAAAAAAAAAAA").text)

    def test_cancel_late(self):
        with freeze_time(NOW):
            self.place()
        with freeze_time("2031-03-02 05:00:00"):
            self.authenticate(self.login.login, self.login.login)
            line = self.volunteer.participation_ids
            answer = self.post(f"/my/volunteering/{line.id}/cancel")
        self.assertTrue(answer.headers["Location"].endswith("done=late"))
        self.assertEqual((line.state, line.is_late_cancel, self.shift.taken), ("cancelled", True, 0))

    def certificate(self):
        with freeze_time(NOW):
            line = self.place()
        with freeze_time("2031-03-02 06:05:00"):
            line.write({"state": "attended"})
        line._log_hours(4)
        with freeze_time("2031-03-04 06:05:00"):
            line.action_approve()
            certificate = self.env["cpa.volunteer.certificate"].with_user(self.coordinator)
            return certificate.create({"volunteer_id": self.volunteer.id})

    def test_verify(self):
        """Anybody confirms a certificate by its code; a withdrawn one says so, and neither tells the name."""
        certificate = self.certificate()
        page = self.url_open(f"/verify/{certificate.code}")
        for said in ("Genuine", certificate.number, "Awareness", "س… ت…"):
            self.assertIn(said, page.text)
        for kept in (certificate.name, "سارة", self.volunteer.phone[-9:]):
            self.assertNotIn(kept, page.text)
        with freeze_time("2031-03-05 06:05:00"):
            certificate.write({"state": "withdrawn", "move_reason": "A wrong name"})
        page = self.url_open(f"/verify/{certificate._code_shown().lower()}")
        self.assertIn("Withdrawn", page.text)
        for kept in ("س…", "Awareness", "A wrong name"):
            self.assertNotIn(kept, page.text)

    def test_guessed_codes(self):
        """A code has 10^17 siblings; a guessed one finds nothing, its own number neither, and tries are counted."""
        certificate = self.certificate()
        self.assertGreater(len(CODE_SIGNS) ** len(certificate.code), 10**17)
        for guessed in (
            "AAAA-BBBB-CCCC",
            certificate.number,
            certificate.code[:-1],
            f"{certificate.code}2",
            "%",
            "x" * 400,
        ):
            with self.subTest(guessed):
                answer = self.url_open(f"/verify?code={guessed}")
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn("Genuine", answer.text)
        allows = patch.object(type(self.env["cpa.rate.limit"]), "_allows", lambda *_args, **_kwargs: False)
        with allows:
            answer = self.url_open(f"/verify/{certificate.code}")
        self.assertEqual(answer.status_code, 429)
        self.assertNotIn("Genuine", answer.text)
