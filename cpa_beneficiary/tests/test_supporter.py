from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CpaCommon


@tagged("post_install", "-at_install")
class TestSupporter(CpaCommon):
    """P-01: supporters are a party of ours, with rights and duties; beneficiaries are none of their business."""

    @classmethod
    def make_supporter(cls, user=None, **values):
        governorate = cls.env.ref("cpa_beneficiary.cpa_governorate_najran")
        return (
            cls.env["cpa.supporter"]
            .with_user(user or cls.officer)
            .create({"name": "شركة تجريبية", "phone": "0500000011", "governorate_id": governorate.id, **values})
        )

    @classmethod
    def make_charter(cls):
        cls.env["cpa.policy.document"].search([("kind", "=", "charter_supporter"), ("state", "=", "draft")]).unlink()
        charter = (
            cls.env["cpa.policy.document"]
            .with_user(cls.manager)
            .create(
                {
                    "kind": "charter_supporter",
                    "name": "Charter of supporters",
                    "version": "77",
                    "body": "<p>Rights and duties</p>",
                    "approval_date": "2024-01-01",
                }
            )
        )
        charter.write({"state": "in_force"})
        return charter

    def test_the_path(self):
        """P-01: a supporter has acknowledged the charter in force, and gets a number that is never reused."""
        charter = self.make_charter()
        supporter = self.make_supporter()
        self.assertTrue(supporter.is_company)
        with self.assertRaisesRegex(UserError, "charter"):
            supporter.write({"state": "active"})
        supporter.action_charter_read()
        supporter.write({"state": "active"})
        self.assertEqual(supporter.partner_id.cpa_charter_ids.document_id, charter)
        self.assertTrue(supporter.supporter_number and supporter.supports_since)
        with self.assertRaises(UserError):
            supporter.supporter_number = "S-1"
        with self.assertRaises(UserError):
            supporter.unlink()

    def test_the_next_charter_is_acknowledged_anew(self):
        """P-04: a new version asks again; what was acknowledged stays."""
        self.make_charter()
        supporter = self.make_supporter()
        first = supporter.charter_id
        supporter.action_charter_read()
        self.assertFalse(supporter.charter_id)
        newer = first.with_user(self.manager).copy({"version": "78", "approval_date": "2024-02-01"})
        newer.write({"state": "in_force"})
        supporter.invalidate_recordset()
        self.assertEqual(supporter.charter_id, newer)
        self.assertEqual(supporter.partner_id.cpa_charter_ids.document_id, first)

    def test_a_person_of_ours(self):
        """P-01: the contact is hidden from who has no role, and its data is checked as everybody's."""
        supporter = self.make_supporter()
        self.assertTrue(supporter.partner_id.cpa_person)
        self.assertEqual(supporter.phone, "+966500000011")
        with self.assertRaises(AccessError):
            supporter.partner_id.with_user(self.plain).mapped("name")

    def test_roles(self):
        """P-01: officers and managers keep supporters; auditor and privacy officer read; others see none."""
        supporter = self.make_supporter()
        for user in (self.auditor, self.privacy):
            self.assertEqual(supporter.with_user(user).kind, "company")
            with self.assertRaises(AccessError):
                supporter.with_user(user).contact_person = "x"
        for user in (self.delegate, self.researcher, self.member, self.secretary, self.plain):
            with self.assertRaises(AccessError):
                supporter.with_user(user).mapped("kind")
        supporter.with_user(self.manager).kind = "foundation"

    def test_never_sees_beneficiaries(self):
        """P-01: a supporter with a login of the website reads no beneficiary, request or other supporter."""
        supporter = self.make_supporter()
        user = new_test_user(self.env, "cpa_supporter", groups="base.group_portal", partner_id=supporter.partner_id.id)
        beneficiary = self.make_beneficiary()
        self.make_request(self.support, beneficiary_id=beneficiary.id)
        for name in ("cpa.beneficiary", "cpa.request", "cpa.supporter", "cpa.identity", "cpa.outreach.contact"):
            with self.assertRaises(AccessError):
                self.env[name].with_user(user).search([]).mapped("display_name")
        self.assertFalse(user.cpa_acts_for())
        with self.assertRaises(AccessError):
            beneficiary.partner_id.with_user(user).mapped("name")

    def test_consents_of_a_supporter(self):
        """P-07: a supporter is mailed by his own consent as well."""
        supporter = self.make_supporter(email="giver@example.com")
        self.assertFalse(self.env["cpa.consent"]._reached(supporter))
        purpose = self.env.ref("cpa_beneficiary.consent_purpose_message")
        action = supporter.action_record_consent()
        wizard = self.env["cpa.consent.wizard"].with_user(self.officer).with_context(**action["context"])
        wizard.create({"purpose_id": purpose.id, "event": "given", "method": "paper"}).action_record()
        self.assertEqual(self.env["cpa.consent"]._reached(supporter), supporter)
        self.assertIn(purpose.name, supporter.consent_note)
        wizard = wizard.with_context(default_res_model="res.users", default_res_id=self.officer.id)
        with self.assertRaises(UserError):
            wizard.create({"purpose_id": purpose.id, "event": "given", "method": "paper"}).action_record()

    def test_two_supporters_are_not_one(self):
        """P-01: files of beneficiaries who are both supporters are not merged."""
        files = self.make_beneficiary(number="1034567899") | self.make_beneficiary(number="1045678909", name="علي")
        for file in files:
            self.env["cpa.supporter"].with_user(self.officer).create({"partner_id": file.partner_id.id})
        problems = files[0].sudo()._merge_check(files[1].sudo())
        self.assertTrue(any("supporter" in problem for problem in problems))
