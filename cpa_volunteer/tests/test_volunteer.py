from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import VolunteerCommon


@tagged("post_install", "-at_install")
@freeze_time("2031-03-01 08:00:00")
class TestVolunteer(VolunteerCommon):
    """P-01, P-02, P-24: a volunteer is a person of the association, vetted and bound before he is placed."""

    def test_vetted_before_active(self):
        """All that the vetting lacks is said at once; then the agreement is signed, and a number given."""
        volunteer = self.make_volunteer(phone="٠٥٠٧٦٥٤٣٢١", born=None, governorate_id=False)
        self.assertEqual(volunteer.phone, "+966507654321")
        with self.assertRaisesRegex(UserError, "(?s)governorate.*vetting.*birth date"), self.env.cr.savepoint():
            volunteer.write({"state": "vetted"})
        volunteer = self.vet(self.make_volunteer())
        self.assertIn("confidentiality", volunteer.papers_missing)
        with self.assertRaisesRegex(UserError, "confidentiality"), self.env.cr.savepoint():
            volunteer.write({"state": "active"})
        self.sign_agreement(volunteer)
        volunteer.write({"state": "active"})
        self.assertTrue(volunteer.volunteer_number)
        with self.assertRaisesRegex(UserError, "belongs to"), self.env.cr.savepoint():
            volunteer.with_user(self.officer).sudo().write({"state": "left", "move_reason": "x"})

    def test_nobody_vets_himself(self):
        """A coordinator who volunteers is looked at by another one."""
        own = self.make_volunteer()
        self.coordinator.partner_id = own.partner_id
        with self.assertRaisesRegex(UserError, "nobody vets himself"), self.env.cr.savepoint():
            self.vet(own)

    def test_five_subjects(self):
        """P-02: a text of an agreement is put in force with all its five subjects, approved."""
        template = self.env.ref("cpa_volunteer.agreement_template_volunteer").with_user(self.manager)
        draft = template.copy({"disputes": False, "liability": "<p><br></p>"})
        with self.assertRaisesRegex(UserError, "(?s)date of approval.*disputes are settled"), self.env.cr.savepoint():
            draft.write({"state": "in_force"})
        with self.assertRaisesRegex(UserError, "evidence"), self.env.cr.savepoint():
            template.write({"disputes": "<p>Otherwise</p>"})

    def test_what_was_signed_stays(self):
        """The text stands as it was signed; a new version binds who signs it, not who signed the former."""
        english = self.env["res.lang"]._activate_lang("en_US").code
        agreement = self.sign_agreement(self.vet(self.make_volunteer(lang=english)))
        self.assertIn("confidential", agreement.text)
        self.assertTrue(agreement.is_in_force)
        self.assertEqual(agreement.date_to, date(2032, 2, 29))
        with self.assertRaisesRegex(UserError, "evidence"), self.env.cr.savepoint():
            agreement.sudo().write({"signer_name": "Somebody else"})

    def test_minor(self):
        """Under 18 nobody is placed before the guardian has consented and signed the charter."""
        volunteer = self.vet(self.make_volunteer(born=date(2015, 6, 1)))
        self.assertTrue(volunteer.is_minor)
        with self.assertRaisesRegex(UserError, "guardian"), self.env.cr.savepoint():
            self.sign_agreement(volunteer)
        guardian = {"guardian_name": "ولي أمر تجريبي", "guardian_phone": "0500000123"}
        self.sign_agreement(volunteer, **guardian)
        with self.assertRaisesRegex(UserError, "(?s)guardian's consent"), self.env.cr.savepoint():
            volunteer.write({"state": "active"})
        self.sign_agreement(volunteer, "volunteer_minor", **guardian)
        volunteer.write({"state": "active"})

    def test_expired_agreement(self):
        """An expired agreement places nobody; its renewal does."""
        volunteer = self.make_active()
        agreement = volunteer.cpa_agreement_ids
        shift = self.make_shift()
        with freeze_time("2032-03-01 08:00:00"):
            late = self.make_shift(start=shift.start.replace(year=2032, month=3, day=5))
            line = self.apply(volunteer, late)
            with self.assertRaisesRegex(UserError, "agreement"), self.env.cr.savepoint():
                line.action_take()
            renewal = agreement.browse(agreement.action_renew()["res_id"])
            renewal.write({"signer_name": "X", "signature": self.env.ref("base.user_admin").image_1920 or False})
            self.assertEqual(renewal.date_from, date(2032, 3, 1))

    def test_disputes(self):
        """P-02: a dispute ends with how it was settled."""
        agreement = self.sign_agreement(self.vet(self.make_volunteer()))
        agreement.dispute_ids = [Command.create({"subject": "Hours of a shift"})]
        dispute = agreement.dispute_ids
        with self.assertRaisesRegex(UserError, "settled"), self.env.cr.savepoint():
            dispute.write({"state": "settled"})
        dispute.write({"settlement": "amicable", "outcome": "Counted together", "state": "settled"})
        self.assertEqual(dispute.settled_on, date(2031, 3, 1))

    def test_leaving(self):
        """Who leaves gives back what was entrusted to him, and his places."""
        volunteer = self.make_active()
        shift = self.make_shift()
        line = self.apply(volunteer, shift)
        line.action_take()
        item = self.env["cpa.custody.item"].with_user(self.coordinator)
        item = item.create({"name": "Camera", "volunteer_id": volunteer.id})
        with self.assertRaisesRegex(UserError, "Camera"), self.env.cr.savepoint():
            volunteer.write({"state": "left", "move_reason": "Moved away"})
        item.write({"state": "returned"})
        volunteer.write({"state": "left", "move_reason": "Moved away"})
        self.assertEqual((line.state, shift.taken), ("cancelled", 0))

    def test_availability(self):
        """Times of a weekday end after they begin and do not overlap."""
        volunteer = self.make_volunteer()
        volunteer.availability_ids = [Command.create({"weekday": "6", "hour_from": 16, "hour_to": 20})]
        with self.assertRaisesRegex(ValidationError, "overlap"), self.env.cr.savepoint():
            volunteer.availability_ids = [Command.create({"weekday": "6", "hour_from": 18, "hour_to": 21})]

    def test_hidden_from_users_without_a_role(self):
        """A volunteer's contact is one of our people: a plain internal user does not see it."""
        volunteer = self.make_volunteer()
        self.assertTrue(volunteer.partner_id.cpa_person)
        with self.assertRaises(AccessError):
            volunteer.partner_id.with_user(self.plain).read(["name"])
