from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestVolunteer(TransactionCase):
    """P-01, P-24: a volunteer is a person of the association, vetted before he is one of its volunteers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coordinator = new_test_user(cls.env, "cpa_coordinator", groups="cpa_volunteer.group_coordinator")
        cls.officer = new_test_user(cls.env, "cpa_officer", groups="cpa_beneficiary.group_officer")
        cls.plain = new_test_user(cls.env, "cpa_plain", groups="base.group_user")

    def make_volunteer(self, **vals):
        return self.env["cpa.volunteer"].with_user(self.coordinator).create({"name": "سارة تجريبية", **vals})

    def test_vetted_before_active(self):
        """The coordinator accepts when a way to reach the person and the governorate are known; a number is given."""
        volunteer = self.make_volunteer(phone="٠٥٠٧٦٥٤٣٢١")
        self.assertEqual(volunteer.phone, "+966507654321")
        with self.assertRaisesRegex(UserError, "governorate"):
            volunteer.write({"state": "active"})
        volunteer.governorate_id = self.env.ref("cpa_beneficiary.cpa_governorate_najran")
        volunteer.write({"state": "active"})
        self.assertTrue(volunteer.volunteer_number)
        with self.assertRaisesRegex(UserError, "belongs to"):
            volunteer.with_user(self.officer).sudo().write({"state": "left"})

    def test_hidden_from_users_without_a_role(self):
        """A volunteer's contact is one of our people: a plain internal user does not see it."""
        volunteer = self.make_volunteer()
        self.assertTrue(volunteer.partner_id.cpa_person)
        with self.assertRaises(AccessError):
            volunteer.partner_id.with_user(self.plain).read(["name"])

    def test_one_person_two_roles(self):
        """A beneficiary may volunteer: one contact, two files."""
        both = new_test_user(
            self.env, "cpa_both", groups="cpa_volunteer.group_coordinator,cpa_beneficiary.group_officer"
        )
        beneficiary = self.env["cpa.beneficiary"].with_user(both).create({"name": "سارة تجريبية"})
        volunteer = self.env["cpa.volunteer"].with_user(both).create({"partner_id": beneficiary.partner_id.id})
        self.assertEqual(volunteer.partner_id, beneficiary.partner_id)
