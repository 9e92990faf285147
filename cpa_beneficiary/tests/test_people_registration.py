"""P-32, P-36: registered when complete, the original sighted by somebody at a time, suspended with a reason."""

from freezegun import freeze_time
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import SIGNATURE, CpaCommon


@tagged("post_install", "-at_install")
class TestPeopleRegistration(CpaCommon):
    def test_file_shows_what_is_missing(self):
        file = self.make_beneficiary(registered=False, number=False, phone=False, governorate_id=False)
        for words in ("The identity", "phone number", "governorate"):
            self.assertIn(words, file.registration_missing)
        file.write({"identity_number": "1123456780", "phone": "0501234567"})
        self.assertIn("has not been sighted", file.registration_missing)
        file.action_sight_identity()
        self.assertEqual(file.registration_missing, "The governorate.")
        file.governorate_id = self.env.ref("cpa_beneficiary.cpa_governorate_najran")
        self.assertFalse(file.registration_missing)
        file.write({"state": "registered"})
        self.assertTrue(file.file_number)

    def test_whole_file_in_one_form(self):
        """P-08: a clerk types person and identity in one place; the type follows from the number."""
        with Form(self.env["cpa.beneficiary"].with_user(self.officer)) as form:
            form.name = "سالم تجريبي"
            form.identity_number = "٢٢٣٤٥٦٧٨٩٥"
            form.birth_date_hijri = "١٤١٠/٥/٣"
            self.assertEqual(str(form.birth_date), "1989-12-01")
            form.phone = "٠٥٠١١١٢٢٢٣"
            form.governorate_id = self.env.ref("cpa_beneficiary.cpa_governorate_najran")
        file = form.record
        identity = file.identity_id
        self.assertEqual((identity.type, str(identity.birth_date)), ("IQA", "1989-12-01"))
        self.assertEqual((file.identity_number, file.phone), ("••••••7895", "+966501112223"))
        with Form(file) as form:
            form.email = "s@example.org"
        self.assertEqual(identity.sudo().number_plain, "2234567895", "the mask that the form sends back is no number")

    def test_manager_reads_the_identity_and_does_not_write_it(self):
        file = self.make_beneficiary().with_user(self.manager)
        self.assertFalse(file.can_write_identity)
        with self.assertRaises(UserError):
            file.write({"birth_date": "1990-01-01"})
        self.assertFalse(
            {"birth_date", "identity_expiry_date", "warnings"} & file.with_user(self.auditor).fields_get().keys()
        )

    # ------------------------------------------------------------------
    # Sighting
    # ------------------------------------------------------------------

    @freeze_time("2026-06-01 09:00:00")
    def test_sighting_is_set_back_with_reason_and_paper(self):
        """Happened and entered: seen on the road yesterday, with the note on which it was written down."""
        identity = self.make_beneficiary(registered=False, number=False)
        identity.write({"identity_number": "1123456780"})
        identity = identity.identity_id.with_user(self.officer)
        with self.assertRaisesRegex(UserError, "future"):
            identity.action_sighted("visit", {"move_happened_at": "2026-06-02 09:00:00"})
        with self.assertRaises(UserError) as caught:
            identity.action_sighted("visit", {"move_happened_at": "2026-05-31 09:00:00"})
        for words in ("Say why", "scan of the paper"):
            self.assertIn(words, str(caught.exception))
        self.assertFalse(identity.sighted_at)
        wizard = (
            self.env["cpa.sighting.wizard"]
            .with_user(self.officer)
            .create(
                {
                    "identity_id": identity.id,
                    "how": "visit",
                    "happened_at": "2026-05-31 09:00:00",
                    "reason": "A visit in Thar",
                    "scan": SIGNATURE,
                    "scan_name": "note.png",
                }
            )
        )
        wizard.action_confirm()
        self.assertEqual(str(identity.sighted_at), "2026-05-31 09:00:00")
        self.assertEqual(str(identity.sighting_entered_at), "2026-06-01 09:00:00")
        self.assertEqual((identity.sighted_how, identity.sighting_reason), ("visit", "A visit in Thar"))
        scan = identity.sighting_scan_id
        self.assertEqual(scan.name, "note.png")
        for attempt in (lambda: scan.sudo().unlink(), lambda: scan.sudo().write({"datas": False})):
            with self.assertRaises(UserError):
                attempt()
        for vals in ({"sighting_reason": "X"}, {"sighting_scan_id": False}, {"sighted_how": "counter"}):
            with self.assertRaisesRegex(UserError, "recorded by sighting"):
                identity.sudo().write(vals)

    def test_video_counts_unless_the_board_says_otherwise(self):
        file = self.make_beneficiary(registered=False, number=False)
        file.write({"identity_number": "1123456780"})
        file.identity_id.with_user(self.officer).action_sighted("video")
        self.assertFalse(file.registration_missing)
        policy = self.env["cpa.policy"]._in_force(self.env.company)
        self.env.cr.execute("UPDATE cpa_policy SET video_sighting_counts = FALSE WHERE id = %s", [policy.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "by video only"):
            file.write({"state": "registered"})

    # ------------------------------------------------------------------
    # Suspension
    # ------------------------------------------------------------------

    def test_suspension_has_a_reason_and_stops_new_requests(self):
        file = self.make_beneficiary()
        draft = self.make_request(beneficiary_id=file.id)
        manager = file.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "reason"):
            manager.write({"state": "suspended"})
        manager.write({"state": "suspended", "move_reason": "Two contradictory declarations"})
        self.assertEqual(file.state_reason, "Two contradictory declarations")
        for attempt in (
            lambda: self.make_request(beneficiary_id=file.id),
            lambda: self.make_request().write({"beneficiary_id": file.id}),
        ):
            with self.assertRaisesRegex(ValidationError, "(?s)No new request.*contradictory declarations"):
                attempt()
        self.assertIn("The beneficiary's file is suspended or closed.", draft._guard_submission(None))
        manager.write({"state": "registered", "move_reason": "Cleared up"})
        self.assertFalse(file.state_reason)
        self.make_request(beneficiary_id=file.id)
