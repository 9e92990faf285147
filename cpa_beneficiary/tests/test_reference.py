from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError


@tagged("post_install", "-at_install")
class TestReference(TransactionCase):
    """The lists that the association manages itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "lists_manager", groups="cpa_beneficiary.group_manager")
        cls.staff = new_test_user(cls.env, "lists_staff", groups="cpa_beneficiary.group_staff")
        cls.sharurah = cls.env.ref("cpa_beneficiary.cpa_governorate_sharurah")

    def test_governorates_of_najran(self):
        """Seven, one of them the seat; Al-Kharkhir was abolished."""
        governorates = self.env["cpa.governorate"].search([])
        self.assertEqual(len(governorates), 7)
        self.assertEqual(governorates.filtered("is_seat").code, "najran")

    def test_segments(self):
        """P-05. What the law holds sensitive is kept with explicit consent only."""
        segments = self.env["cpa.segment"].search([])
        self.assertEqual(set(segments.mapped("group")), {"person", "institution", "internal"})
        self.assertEqual(segments.filtered("needs_consent").mapped("code"), ["disability"])

    def test_every_rejection_reason_has_its_words(self):
        """P-35: who is rejected reads why."""
        self.assertTrue(all(self.env["cpa.rejection.reason"].search([]).mapped("letter_text")))

    def test_branch_phone(self):
        branches = self.env["cpa.branch"].with_user(self.manager)
        branch = branches.create({"name": "Sharurah", "governorate_id": self.sharurah.id, "phone": "٠١٧ ٥٢٢ ١٢٣٤"})
        self.assertEqual(branch.phone, "+966175221234")
        with self.assertRaises(ValidationError):
            branch.phone = "12"

    def test_codes_are_unique_where_given(self):
        segments = self.env["cpa.segment"].with_user(self.manager)
        segments.create([{"name": "One"}, {"name": "Two"}])
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            segments.create({"name": "Three", "code": "citizen"})

    def test_staff_reads_only(self):
        governorate = self.sharurah.with_user(self.staff)
        self.assertTrue(governorate.name)
        with self.assertRaises(AccessError):
            governorate.name = "x"

    def test_branch_in_use_keeps_its_governorate(self):
        governorate = self.env["cpa.governorate"].create({"name": "Elsewhere"})
        self.env["cpa.branch"].create({"name": "Office", "governorate_id": governorate.id})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            governorate.with_user(self.manager).unlink()
