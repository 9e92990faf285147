"""P-09: people log in by a code, to their own file only; staff, passwords and second factors stay as they are."""

import re
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CpaCommon

MINE = "+966500000321"


@tagged("post_install", "-at_install")
class TestLogin(CpaCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        english = cls.env["res.lang"]._activate_lang("en_US")
        cls.env["website"].search([], limit=1).write({"language_ids": [(4, english.id)], "default_lang_id": english.id})
        cls.file = cls.make_beneficiary(phone=MINE)
        cls.env["cpa.rate.rule"].search([]).times = 1000

    def send(self, path, **typed):
        page = self.url_open(path)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        return self.url_open(path, {"csrf_token": token, **typed})

    def sent(self, contact):
        message = self.env["sms.sms"].search([("number", "=", contact)], order="id desc", limit=1).body
        return next(word.strip(".") for word in message.split() if word.strip(".").isdigit())

    def log_in(self, contact=MINE):
        """Log in as a person does; return the answer and the login that was opened."""
        self.send("/login", contact=contact)
        answer = self.send("/login/code", code=self.sent(contact))
        return answer, self.env["res.users"].browse(self.session.uid) if self.session.uid else None

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def reread(self):
        from odoo.http import root  # the session as the server wrote it

        self.session = root.session_store.get(self.opener.cookies["session_id"])

    def user_of(self, contact=MINE):
        self.log_in(contact)
        self.reread()
        return self.env["res.users"].browse(self.session.uid)

    def test_to_the_own_file(self):
        user = self.user_of()
        self.assertEqual(user.partner_id, self.file.partner_id)
        self.assertEqual(user.cpa_acts_for(), self.file.ids)
        self.assertTrue(user._is_portal())
        self.url_open("/web/session/logout")
        self.authenticate(None, None)
        self.assertEqual(self.user_of(), user, "the same login the next time")

    def test_wrong_code(self):
        """A wrong code opens nothing, and says the same for a telephone that we know and one that we do not."""
        answers = []
        for contact in (MINE, "+966500000999"):
            self.send("/login", contact=contact)
            answer = self.send("/login/code", code="000000" if self.sent(contact) != "000000" else "000001")
            answers.append((answer.status_code, re.search(r"This code is wrong[^<]*", answer.text)[0]))
            self.reread()
            self.assertFalse(self.session.uid)
        self.assertEqual(answers[0], answers[1])

    def test_a_stranger_has_no_file(self):
        """A telephone that stands in no file opens a login without one; the PIN of a slip proves whose it is."""
        user = self.user_of("+966500000999")
        self.assertFalse(user.cpa_acts_for())
        self.assertIn('href="/my/prove"', self.url_open("/my").text, "the page says where to prove it")
        request = self.submit(self.make_request(self.support, beneficiary_id=self.file.id))
        answer = self.send("/my/prove", number=request.number, pin="000000")
        self.assertIn("do not belong together", answer.text)
        self.send("/my/prove", number=request.number, pin=request._pin())
        user.invalidate_recordset()
        self.assertEqual(user.partner_id, self.file.partner_id)
        self.assertEqual(user.cpa_acts_for(), self.file.ids)

    def test_a_telephone_of_two(self):
        """A telephone that two people share opens neither file by itself."""
        self.make_beneficiary(phone=MINE, number="1123456798", name="Test sister")
        self.assertFalse(self.user_of().cpa_acts_for())

    def test_a_number_that_changed_hands(self):
        """Who gets the number of somebody else does not get his login."""
        former = self.user_of()
        self.file.with_user(self.officer).phone = "0500000777"
        self.url_open("/web/session/logout")
        self.authenticate(None, None)
        user = self.user_of()
        self.assertNotEqual(user, former)
        self.assertFalse(user.cpa_acts_for())

    def test_never_staff(self):
        """The telephone of staff opens no session by a code, and nothing says so."""
        self.officer.partner_id.phone = "+966500000555"
        self.officer.login = "+966500000555"
        with mute_logger("odoo.addons.base.models.res_users"):
            answer, _user = self.log_in("+966500000555")
        self.assertIn("This code is wrong", answer.text)
        self.reread()
        self.assertFalse(self.session.uid)

    def test_second_factor(self):
        """Who has switched a second factor on is asked for it after the code, too."""
        user = self.user_of()
        user.sudo().totp_secret = "test"
        self.url_open("/web/session/logout")
        self.authenticate(None, None)
        answer, _user = self.log_in()
        self.reread()
        self.assertFalse(self.session.uid)
        self.assertIn("/web/login/totp", answer.url)

    def test_signing_out(self):
        """Signing out on a shared telephone leaves neither a draft nor the right to track."""
        request = self.submit(self.make_request(self.support, beneficiary_id=self.file.id))
        self.send("/track", number=request.number, pin=request._pin())
        self.url_open("/web/session/logout")
        self.assertTrue(self.url_open("/track/request").url.endswith("/track"))

    def test_staff_gives_access(self):
        """The officer gives a login, once, and the manager ends it; who has neither role does neither."""
        self.file.with_user(self.officer).action_website_access()
        self.assertEqual(self.file.website_user_id.partner_id, self.file.partner_id)
        message = self.env["sms.sms"].search([("number", "=", MINE)])
        self.assertNotIn(self.file.name, message.body, "neutral: a telephone is shared")
        with self.assertRaisesRegex(UserError, "already"), self.env.cr.savepoint():
            self.file.with_user(self.officer).action_website_access()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.file.with_user(self.officer).action_website_access_end()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.file.with_user(self.auditor).action_website_access()
        user = self.file.website_user_id
        self.file.with_user(self.manager).action_website_access_end()
        self.assertFalse(user.active)

    def test_what_the_manager_ended_stays_ended(self):
        """A code does not open another login where the manager ended the former one; staff gives it again."""
        self.user_of()
        self.file.with_user(self.manager).action_website_access_end()
        self.authenticate(None, None)
        with mute_logger("odoo.addons.base.models.res_users"):
            answer, _user = self.log_in()
        self.assertIn("This code is wrong", answer.text)
        self.reread()
        self.assertFalse(self.session.uid)
        self.file.invalidate_recordset()
        self.file.with_user(self.officer).action_website_access()
        self.authenticate(None, None)
        self.assertEqual(self.user_of().cpa_acts_for(), self.file.ids)

    def test_ended_access_and_a_slip(self):
        """What the manager ended is opened again by staff only, not by the PIN of a slip in another login."""
        request = self.submit(self.make_request(self.support, beneficiary_id=self.file.id))
        self.user_of()
        self.file.with_user(self.manager).action_website_access_end()
        self.authenticate(None, None)
        other = self.user_of("+966500000998")
        answer = self.send("/my/prove", number=request.number, pin=request._pin())
        self.assertIn("Please call us", answer.text)
        self.assertFalse(other.cpa_acts_for())

    def again(self, contact=MINE):
        """Log in anew, as on another day."""
        self.authenticate(None, None)
        return self.user_of(contact)

    def test_second_file_takes_no_login(self):
        """Who has logged in by a telephone still does when it comes into a second file; nobody else gets in."""
        first = self.user_of()
        second = self.make_beneficiary(phone=MINE, number="1045678909", name="علي تجريبي")
        self.assertEqual(self.again(), first)
        self.assertEqual(first.cpa_acts_for(), self.file.ids)
        with self.assertRaisesRegex(UserError, "logs in with this contact already"), self.env.cr.savepoint():
            second.with_user(self.officer).action_website_access()
        second.with_user(self.officer).email = "ali@example.com"
        second.with_user(self.officer).action_website_access()
        self.assertEqual(second.website_user_id.login, "ali@example.com")
        self.assertEqual(self.again(), first)

    def test_shared_telephone_keeps_its_login(self):
        """A telephone of two files opens one login without a file, the same each time; a slip makes it somebody's."""
        self.make_beneficiary(phone=MINE, number="1045678909", name="علي تجريبي")
        user = self.user_of()
        self.assertFalse(user.cpa_acts_for())
        self.assertEqual(self.again(), user)
        request = self.submit(self.make_request(self.support, beneficiary_id=self.file.id))
        self.send("/my/prove", number=request.number, pin=request._pin())
        self.assertEqual(self.again(), user, "not asked for the slip each time")
        self.assertEqual(user.cpa_acts_for(), self.file.ids)

    def test_own_telephone_that_is_in_no_file(self):
        """Who proved his file by a slip logs in with his telephone again, until it is somebody else's."""
        other = "+966500000997"
        user = self.user_of(other)
        request = self.submit(self.make_request(self.support, beneficiary_id=self.file.id))
        self.send("/my/prove", number=request.number, pin=request._pin())
        self.assertEqual(self.again(other), user)
        second = self.make_beneficiary(phone=other, number="1045678909", name="علي تجريبي")
        self.assertEqual(self.again(other).cpa_acts_for(), second.ids)

    def make_child(self, **vals):
        child = self.make_beneficiary(name="طفل تجريبي", number=None, registered=False, phone=MINE, **vals)
        identity = {"partner_id": child.partner_id.id, "number": "1067890127", "birth_date": "2020-01-01"}
        self.env["cpa.identity"].create(identity)
        return child

    def test_guardian_with_the_telephone_of_his_children(self):
        """P-34: the guardian's telephone stands in his children's files, too: it opens his login, and shows them."""
        child = self.make_child()
        child.representation_ids = [(0, 0, {"representative_id": self.file.partner_id.id, "kind": "guardian"})]
        user = self.user_of()
        self.assertEqual(user.partner_id, self.file.partner_id)
        self.assertEqual(set(user.cpa_acts_for()), {self.file.id, child.id})

    def test_child_without_a_recorded_guardian(self):
        """P-34: the telephone in a child's file is somebody's whom nobody has recorded: it opens nothing."""
        self.file.with_user(self.officer).phone = "0500000777"
        child = self.make_child()
        user = self.user_of()
        self.assertNotEqual(user.partner_id, child.partner_id)
        self.assertFalse(user.cpa_acts_for())
        self.assertFalse(user.has_group("cpa_beneficiary.group_applicant"))

    def test_contact_that_nobody_proved(self):
        """Who applies with his own e-mail and the telephone of another takes nothing from him, nor logs in by it."""
        values = {"name": "غريب تجريبي", "phone": MINE, "email": "stranger@example.com", "proof": "code"}
        application = self.env["cpa.application"].new({**values, "proven_contact": "stranger@example.com"})
        self.assertEqual(application._contact_values(), {"phone": False, "email": "stranger@example.com"})
        application.proven_contact = MINE
        self.assertEqual(application._contact_values(), {"phone": MINE, "email": False})

    def test_one_limit_for_a_pin(self):
        """A PIN is guessed nowhere more often than elsewhere: tracking, proof and application count together."""
        request = self.submit(self.make_request(self.support, beneficiary_id=self.file.id))
        self.env["cpa.rate.rule"].search([("scope", "=", "track/number")]).times = 2
        self.assertEqual(self.send("/track", number=request.number, pin="000000").status_code, 422)
        self.assertEqual(self.send("/apply/resume", number=request.number, pin="000000").status_code, 422)
        self.user_of()
        self.assertEqual(self.send("/my/prove", number=request.number, pin="000000").status_code, 429)
        self.assertFalse(self.env["cpa.application"]._may_try(request.number, "203.0.113.9"))

    def test_no_open_sign_up(self):
        """Nobody signs up on core's page, and none of them tells who has a login."""
        self.assertEqual(self.url_open("/web/signup").status_code, 404)
        user = new_test_user(self.env, "known@example.com", groups="base.group_portal", email="known@example.com")
        answer = self.url_open("/web/reset_password?signup_email=known@example.com")
        self.assertIn("/web/reset_password", answer.url, "core goes on to the login of whose address it is")
        new_test_user(self.env, "+966500000888", groups="base.group_portal", name="Somebody known", email=False)
        answers = []
        for login in ("known@example.com", "unknown@example.com", "+966500000888", "+966500000889"):
            text = self.send("/web/reset_password", login=login).text.replace(login, "")
            self.assertNotIn("Somebody known", text, "without an e-mail address core tells the name")
            answers.append(re.sub(r'csrf_token: "[^"]*"|value="[^"]*"', "", text))
        self.assertEqual(len(set(answers)), 1)
        self.assertFalse(self.env["mail.mail"].search([("email_to", "=", user.email)]), "not while the page waits")
        with patch.object(self.registry["res.users"], "action_reset_password", autospec=True) as reset:
            self.env["cpa.password.demand"]._cron_answer()
        self.assertEqual([call.args[0] for call in reset.call_args_list], [user])
        self.assertFalse(self.env["cpa.password.demand"].search([]))

    def test_too_many_forgotten_passwords(self):
        self.env["cpa.rate.rule"].search([("scope", "=", "password/login")]).times = 1
        for login in ("known@example.com", "unknown@example.com"):
            answers = [self.send("/web/reset_password", login=login).text for _time in range(2)]
            self.assertEqual(["Too many attempts" in answer for answer in answers], [False, True])
