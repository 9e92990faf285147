"""P-34, P-36: who acts for whom: guardian of a minor, agent with a power of attorney, the family register."""

from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..models.cpa_beneficiary_identity import of_age_on
from .common import CpaCommon

GUARDIAN_NUMBER = "2234567895"


@tagged("post_install", "-at_install")
class TestPeopleGuardian(CpaCommon):
    def setUp(self):
        super().setUp()
        clock = freeze_time("2026-06-01 09:00:00")
        clock.start()
        self.addCleanup(clock.stop)
        self.child = self.make_beneficiary(registered=False)
        self.child.birth_date = "2010-06-02"

    def represent(self, file=None, **vals):
        guardian = self.env["res.partner"].with_user(self.officer).create({"name": "ولي تجريبي"})
        file = file or self.child
        return (
            self.env["cpa.representation"]
            .with_user(self.officer)
            .create({"beneficiary_id": file.id, "representative_id": guardian.id, **vals})
        )

    def identify(self, representation, **vals):
        return (
            self.env["cpa.identity"]
            .with_user(self.officer)
            .create({"partner_id": representation.representative_id.id, "number": GUARDIAN_NUMBER, **vals})
        )

    def test_minor_is_registered_with_a_guardian_who_is_somebody(self):
        self.assertTrue(self.child.is_minor)
        with self.assertRaisesRegex(UserError, "A minor's guardian"):
            self.child.write({"state": "registered"})
        self.represent(kind="carer")
        with self.assertRaisesRegex(UserError, "A minor's guardian"):
            self.child.write({"state": "registered"})
        guardian = self.represent()
        with self.assertRaisesRegex(UserError, "identity of the guardian"):
            self.child.write({"state": "registered"})
        identity = self.identify(guardian, birth_date="1980-01-01")
        self.child.write({"state": "registered"})
        self.assertEqual(self.child.state, "registered")
        with self.assertRaisesRegex(ValidationError, "is of age"):
            identity.write({"birth_date": "2012-01-01"})

    def test_minors_request_and_signature_are_the_guardians(self):
        guardian, carer = self.represent(), self.represent(kind="carer")
        request = self.make_request(self.support, beneficiary_id=self.child.id, representation_id=carer.id)
        self.assertIn("The guardian who acts for the minor.", request._guard_submission(None))
        request.representation_id = guardian
        self.assertNotIn("The guardian who acts for the minor.", request._guard_submission(None))

    def test_coming_of_age_ends_the_guardians_part(self):
        guardian = self.represent()
        request = self.make_request(self.support, beneficiary_id=self.child.id, representation_id=guardian.id)
        self.assertTrue(guardian.is_valid)
        with freeze_time("2028-06-01 22:00:00"):  # already the second of June in Riyadh
            self.env.invalidate_all()
            self.assertFalse(self.child.is_minor)
            self.assertFalse(guardian.is_valid)
            self.assertIn("came of age on", self.child.warnings)
            self.assertTrue([line for line in request._guard_submission(None) if "2 June 2028" in line])
        with freeze_time("2028-06-01 20:00:00"):
            self.env.invalidate_all()
            self.assertTrue(self.child.is_minor)
        self.assertEqual(of_age_on(date(2008, 2, 29)), date(2026, 3, 1))

    def test_agent_needs_the_power_and_its_expiry_in_either_calendar(self):
        file = self.make_beneficiary(number=False, registered=False)
        for vals in ({}, {"power_number": "١٢٣"}, {"valid_until": "2027-01-01"}):
            with self.subTest(vals=vals), self.assertRaisesRegex(ValidationError, "power of attorney"):
                self.represent(file, kind="agent", **vals)
        agent = self.represent(file, kind="agent", power_number="٤٥ ١٢٣", valid_until_hijri="١٤٤٨/٠١/٠١")
        self.assertEqual((agent.power_number, str(agent.valid_until)), ("45123", "2026-06-16"))
        self.assertEqual(agent.valid_until_hijri, "1448/01/01")
        request = self.make_request(self.support, beneficiary_id=file.id, representation_id=agent.id)
        with freeze_time("2026-06-20 09:00:00"):
            self.env.invalidate_all()
            expected = "The power of attorney no. 45123 of ولي تجريبي expired on 1 Muharram 1448 AH, 16 June 2026."
            self.assertIn(expected, request._guard_submission(None))
            self.assertEqual(file.warnings, expected)
            declaration = (
                self.env["cpa.declaration"]
                .with_user(self.officer)
                .create({"request_id": request.id, "signer_name": "X", "representation_id": agent.id})
            )
            with self.assertRaisesRegex(UserError, "expired on 1 Muharram"):
                declaration.write({"state": "signed"})

    def test_nobody_represents_himself(self):
        with self.assertRaisesRegex(ValidationError, "himself"):
            self.represent(representative_id=self.child.partner_id.id)

    def test_delegate_serves_the_guardians_of_his_branch(self):
        """P-26: their contact and identity with them, and no others': nobody is opened by being named a guardian."""
        mine = self.make_beneficiary(self.delegate, number=False, registered=False)
        guardian = self.env["res.partner"].with_user(self.delegate).create({"name": "ولي تجريبي"})
        self.env["cpa.representation"].with_user(self.delegate).create(
            {"beneficiary_id": mine.id, "representative_id": guardian.id}
        )
        identity = (
            self.env["cpa.identity"]
            .with_user(self.delegate)
            .create({"partner_id": guardian.id, "number": GUARDIAN_NUMBER})
        )
        identity.action_sighted()
        self.assertEqual(identity.number, "••••••7895")
        self.assertEqual(guardian.name, "ولي تجريبي")
        theirs = self.child.partner_id
        for attempt in (
            lambda: mine.write({"representation_ids": [Command.create({"representative_id": theirs.id})]}),
            lambda: mine.representation_ids.write({"representative_id": theirs.id}),
            lambda: self.env["cpa.beneficiary"].with_user(self.delegate).create({"partner_id": theirs.id}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                attempt()
        other = self.represent().representative_id
        with self.assertRaises(AccessError):
            other.with_user(self.delegate).read(["name"])

    def test_family_register_masks_and_checks_its_numbers(self):
        member = (
            self.env["cpa.household.member"]
            .with_user(self.officer)
            .create(
                {
                    "beneficiary_id": self.child.id,
                    "name": "أخ",
                    "relation": "sibling",
                    "identity_number": "١١٢٣٤٥٦٧٨٠",
                    "birth_date_hijri": "1440/01/01",
                }
            )
        )
        self.assertEqual((member.identity_number, str(member.birth_date)), ("••••••6780", "2018-09-11"))
        with self.assertRaisesRegex(ValidationError, "أخ is not valid"):
            member.write({"identity_number": "1123456789"})
        with self.assertRaises(AccessError):
            member.read(["identity_plain"])

    def test_form_adds_a_guardian_in_one_dialog(self):
        with Form(self.child) as form, form.representation_ids.new() as line:
            line.representative_id = self.env["res.partner"].create({"name": "New guardian"})
            line.representative_phone = "٠٥٠١١١٢٢٢٣"
        guardian = self.child.representation_ids.representative_id
        self.assertEqual((guardian.phone, guardian.cpa_person), ("+966501112223", True))

    def test_representative_is_found_as_people_are_called(self):
        """By phone, identity and name in any spelling, in the field where a person is chosen; by those who see him."""
        guardian = self.represent()
        self.identify(guardian)
        contact = guardian.representative_id
        contact.phone = "0501112223"
        people = self.env["res.partner"].with_context(cpa_people=True)
        for typed in ("٠٥٠١١١٢٢٢٣", "٢٢٣٤٥٦٧٨٩٥", "ولى تجريبى"):
            with self.subTest(typed=typed):
                self.assertIn(contact.id, [row[0] for row in people.with_user(self.officer).name_search(typed)])
                self.assertFalse(people.with_user(self.delegate).name_search(typed))
