from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models.roles import APPLICANT, WEBSITE
from .common import WebsiteCommon


@tagged("post_install", "-at_install")
class TestWebsitePeople(WebsiteCommon):
    """P-09, P-34: a login of the website acts for its own person and for those whom it represents today."""

    def test_own_file(self):
        self.assertEqual(self.applicant.cpa_acts_for(), self.file.ids)
        self.assertEqual(self.other_applicant.cpa_acts_for(), self.other_file.ids)
        self.assertEqual(self.visitor_login.cpa_acts_for(), [])
        self.assertEqual(self.officer.cpa_acts_for(), [])
        self.assertTrue(self.applicant.share)
        self.assertFalse(self.applicant.cpa_has_role())

    def test_guardian_until_of_age(self):
        """A guardian acts until the eighteenth birthday in Riyadh, which begins at nine in the evening by UTC."""
        with freeze_time("2037-12-31 20:59:00"):
            self.assertEqual(self.guardian.cpa_acts_for(writing=True), self.child_file.ids)
        self.env.invalidate_all()
        with freeze_time("2037-12-31 21:01:00"):
            self.assertEqual(self.guardian.cpa_acts_for(), [])

    def test_agent_and_carer(self):
        with freeze_time("2030-01-10 08:00:00"):
            self.file.representation_ids = [
                Command.create(
                    {
                        "representative_id": self.guardian_partner.id,
                        "kind": "agent",
                        "power_number": "441",
                        "valid_until": "2030-01-10",
                    }
                )
            ]
            self.assertEqual(set(self.guardian.cpa_acts_for()), set((self.file | self.child_file).ids))
        with freeze_time("2030-01-11 08:00:00"):
            self.assertEqual(self.guardian.cpa_acts_for(), self.child_file.ids)
        self.file.representation_ids.write({"kind": "carer", "valid_until": False})
        self.assertEqual(self.guardian.cpa_acts_for(), self.child_file.ids)

    def test_minor_reads(self):
        """Under eighteen a guardian acts and signs: a minor's own login shows the file and does nothing in it."""
        child = self.make_login("cpa_child", self.child_file)
        self.assertEqual(child.cpa_acts_for(), self.child_file.ids)
        self.assertEqual(child.cpa_acts_for(writing=True), [])

    def test_suspended_is_read(self):
        self.file.with_user(self.manager).write({"state": "suspended", "move_reason": "Checked again"})
        self.assertEqual(self.applicant.cpa_acts_for(), self.file.ids)
        self.assertEqual(self.applicant.cpa_acts_for(writing=True), [])

    def test_role_of_own_requests_only(self):
        request = self.make_request(beneficiary_id=self.file.id)
        self.assertTrue(request.with_user(self.applicant)._lifecycle_has_role(APPLICANT))
        for user in (self.other_applicant, self.guardian, self.visitor_login, self.officer):
            self.assertFalse(request.with_user(user)._lifecycle_has_role(APPLICANT), user.login)
        nobodys = self.make_request()
        self.assertFalse(nobodys.with_user(self.applicant)._lifecycle_has_role(APPLICANT))

    def test_tie(self):
        """A login becomes one person's, once: neither the file nor the login is given away again."""
        user = new_test_user(self.env, "cpa_new", groups="base.group_portal", name="Somebody new")
        former = user.partner_id
        for taken in (self.file, self.other_file):
            with self.assertRaises(UserError):
                taken._tie_user(user)
        file = self.make_beneficiary(name="جديد تجريبي", number=None, registered=False, phone="0578901234")
        for wrong in (self.plain, self.officer, self.applicant, self.guardian, self.env.ref("base.public_user")):
            with self.assertRaises(UserError):
                file._tie_user(wrong)
        file._tie_user(user)
        self.assertEqual(user.partner_id, file.partner_id)
        self.assertEqual(user.cpa_acts_for(writing=True), file.ids)
        self.assertFalse(former.active)
        self.assertIn("login of his own", file.message_ids[0].body)

    def test_website_does_not_log_in(self):
        website = self.env.ref("cpa_beneficiary.user_website")
        self.assertTrue(website._has_group(WEBSITE))
        self.assertFalse(website.active or website._is_internal() or website.cpa_acts_for())
        for password in ("", "cpa_website", "admin"):
            with self.assertRaises(AccessDenied):
                self.env["res.users"].authenticate(
                    {"type": "password", "login": "cpa_website", "password": password}, {"interactive": False}
                )

    def test_own_contact_is_not_written(self):
        """Core lets everybody write his own name and e-mail; of our people these are the file's."""
        for vals in ({"name": "Mine"}, {"email": "mine@example.com"}):
            with self.assertRaises(AccessError):
                self.applicant.with_user(self.applicant).write(vals)
        self.visitor_login.with_user(self.visitor_login).write({"name": "Mine"})
        self.assertEqual(self.file.name, "سعيد تجريبي")
