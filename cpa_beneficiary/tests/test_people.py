"""P-32, P-36: what is known of a person is right wherever it is written, and shown to nobody who need not see it."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CpaCommon

NUMBER = "1123456780"
SAME_ENDING = "1234586780"  # another valid number whose mask looks the same
ARABIC = "١١٢٣٤٥٦٧٨٠"


@tagged("post_install", "-at_install")
class TestPeople(CpaCommon):
    # ------------------------------------------------------------------
    # Phone and name
    # ------------------------------------------------------------------

    def test_phone_is_normalised_wherever_it_is_written(self):
        """In our file or on the bare contact, by officer or superuser: E.164, whatever was typed."""
        beneficiary = self.make_beneficiary(registered=False)
        partner = beneficiary.partner_id
        for typed in ("0509876543", "٠٥٠٩٨٧٦٥٤٣", "00966 50 987 6543", "+966-50-9876543", "509876543"):
            for record in (beneficiary, partner, partner.sudo()):
                record.write({"phone": "+966500000000"})
                record.write({"phone": typed})
                with self.subTest(typed=typed, model=record._name):
                    self.assertEqual(partner.phone, "+966509876543")

    def test_phone_that_is_none_is_refused(self):
        beneficiary = self.make_beneficiary(registered=False)
        for record in (beneficiary, beneficiary.partner_id, beneficiary.partner_id.sudo()):
            with self.subTest(model=record._name), self.assertRaisesRegex(ValidationError, "not a valid phone"):
                record.write({"phone": "12345"})
        with self.assertRaisesRegex(ValidationError, "not a valid phone"):
            self.make_beneficiary(number=False, registered=False, phone="12345")
        stranger = self.env["res.partner"].create({"name": "Stranger", "phone": "12345"})
        with self.assertRaisesRegex(ValidationError, "not a valid phone"):
            self.env["cpa.beneficiary"].create({"partner_id": stranger.id})

    def test_file_needs_a_name(self):
        beneficiary = self.make_beneficiary(registered=False)
        for record in (beneficiary, beneficiary.partner_id.sudo()):
            with self.subTest(model=record._name), self.assertRaises(ValidationError):
                record.write({"name": " "})

    def test_who_is_ours_is_not_typed(self):
        beneficiary = self.make_beneficiary(registered=False)
        for partner in (beneficiary.partner_id, beneficiary.partner_id.sudo()):
            with self.assertRaises(UserError):
                partner.write({"cpa_person": False})
        self.assertTrue(beneficiary.partner_id.cpa_person)
        guardian = self.env["res.partner"].create({"name": "Guardian"})
        beneficiary.representation_ids = [Command.create({"representative_id": guardian.id, "kind": "guardian"})]
        self.assertTrue(guardian.cpa_person, "a guardian is one of our people as well")
        stranger = self.env["res.partner"].create({"name": "Stranger", "cpa_person": True})
        self.assertFalse(stranger.cpa_person)

    # ------------------------------------------------------------------
    # Identity
    # ------------------------------------------------------------------

    def test_identity_is_masked_for_everyone(self):
        beneficiary = self.make_beneficiary()
        for role in ("officer", "manager", "privacy", "auditor", "researcher"):
            with self.subTest(role=role):
                self.assertEqual(beneficiary.with_user(getattr(self, role)).sudo().identity_number, "••••••6780")
        identity = beneficiary.identity_id.with_user(self.officer)
        self.assertEqual(identity.number, "••••••6780")
        self.assertEqual(identity.display_name, "••••••6780")
        self.assertNotIn(NUMBER, str(identity.read()) + str(identity.name_search()))
        for attempt in (
            lambda: identity.read(["number_plain"]),
            lambda: identity.search([("number_plain", "like", "112")]),
            lambda: identity.search([], order="number_plain"),
            lambda: identity.formatted_read_group([], ["number_plain"], ["__count"]),
            lambda: identity.write({"number_plain": SAME_ENDING}),
            lambda: (
                self.env["res.partner"]
                .with_user(self.officer)
                .search([("cpa_identity_ids.number_plain", "like", "112")])
            ),
        ):
            with self.assertRaises(Exception) as caught:
                attempt()
            self.assertIsInstance(caught.exception, (AccessError, ValueError))

    def test_identity_is_found_whole_never_by_a_part(self):
        """Whoever has the number finds the file, in any digits; nobody guesses it digit by digit."""
        beneficiary = self.make_beneficiary()
        Beneficiary = self.env["cpa.beneficiary"].with_user(self.officer)
        for typed in (NUMBER, ARABIC, "11234 56780", "۱۱۲۳۴۵۶۷۸۰"):
            with self.subTest(typed=typed):
                self.assertEqual(Beneficiary.search([("identity_number", "=", typed)]), beneficiary)
                self.assertEqual([row[0] for row in Beneficiary.name_search(typed)], beneficiary.ids)
        for part in ("6780", "112345678", "%", "1123456%", "_123456780"):
            with self.subTest(part=part):
                self.assertFalse(Beneficiary.search([("identity_number", "=", part)]))
                self.assertFalse(Beneficiary.name_search(part))
                for operator in ("like", "ilike", "=like", "=ilike", "not like", ">", "<="):
                    with self.assertRaises(UserError):
                        Beneficiary.search([("identity_number", operator, part)])

    def test_show_leaves_a_trace(self):
        identity = self.make_beneficiary().identity_id
        Trace = self.env["cpa.access.trace"]
        before = Trace.search([])
        shown = identity.with_user(self.researcher).sudo(False)
        with self.assertRaises(AccessError):
            shown.action_show()  # not his case
        self.assertEqual(Trace.search([]), before)
        self.assertEqual(identity.with_user(self.officer).action_show()["params"]["message"], NUMBER)
        trace = Trace.search([]) - before
        self.assertEqual(
            (trace.user_id, trace.partner_id, trace.datum), (self.officer, identity.partner_id, "number_plain")
        )
        for attempt in (
            lambda: trace.sudo().write({"user_id": self.manager.id}),
            lambda: trace.sudo().unlink(),
            lambda: trace.with_user(self.officer).copy(),
            lambda: trace.with_user(self.manager).create(
                {"user_id": 1, "datum": "x", "shown_at": fields.Datetime.now()}
            ),
        ):
            with self.assertRaises(UserError):
                attempt()

    def test_changed_document_is_sighted_again(self):
        """Another number, type or person is another document, even if its mask looks the same."""
        identity = self.make_beneficiary(registered=False).identity_id.with_user(self.officer)
        self.assertTrue(identity.sighted_at)
        identity.write({"number": identity.number})
        self.assertTrue(identity.sighted_at, "the mask that the form sends back is no new number")
        identity.write({"number": SAME_ENDING})
        self.assertFalse(identity.sighted_at)
        self.assertFalse(identity.sighted_by)
        identity.action_sighted()
        other = self.env["res.partner"].create({"name": "Other"})
        identity.sudo().write({"partner_id": other.id})
        self.assertFalse(identity.sighted_at)
        identity.action_sighted()
        with self.assertRaises(ValidationError):
            identity.write({"number": False})

    def test_sighting_is_not_typed(self):
        identity = self.make_beneficiary(registered=False).identity_id.with_user(self.officer)
        for vals in ({"sighted_at": "2020-01-01 00:00:00"}, {"sighted_by": self.manager.id}):
            for record in (identity, identity.sudo()):
                with self.assertRaisesRegex(UserError, "recorded by sighting"):
                    record.write(vals)
        other = self.make_beneficiary(registered=False, number=False)
        vals = {"partner_id": other.partner_id.id, "type": "NAT", "number": SAME_ENDING}
        with self.assertRaisesRegex(UserError, "recorded by sighting"):
            identity.create(vals | {"sighted_at": "2020-01-01 00:00:00"})
        by_context = identity.with_context(default_sighted_at="2020-01-01 00:00:00", default_sighted_by=self.manager.id)
        self.assertFalse(by_context.create(vals).sighted_at)

    def test_identity_is_nobody_elses(self):
        """P-32: one number, one file: the same document is not entered twice, in whatever digits."""
        self.make_beneficiary(registered=False)
        other = self.make_beneficiary(registered=False, number=False)
        for typed in (NUMBER, ARABIC):
            with (
                self.subTest(typed=typed),
                self.assertRaises(Exception) as caught,
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.env["cpa.identity"].create({"partner_id": other.partner_id.id, "type": "NAT", "number": typed})
                self.env.flush_all()
            self.assertIn("identity", str(caught.exception))

    def test_wrong_identities_are_refused(self):
        partner = self.make_beneficiary(registered=False, number=False).partner_id
        for kind, number in (
            ("NAT", "1123456789"),
            ("NAT", "1000000000"),
            ("NAT", "2234567895"),
            ("IQA", NUMBER),
            ("NAT", "3000000004"),
            ("NAT", "100000008"),
            ("NAT", "²123456780"),
            ("NAT", ""),
        ):
            with self.subTest(kind=kind, number=number), self.assertRaises(ValidationError):
                self.env["cpa.identity"].create({"partner_id": partner.id, "type": kind, "number": number})

    # ------------------------------------------------------------------
    # Finding people
    # ------------------------------------------------------------------

    def test_names_are_found_in_any_spelling(self):
        """The counter finds a person however the name is spelt; a duplicate is seen before it is made."""
        Beneficiary = self.env["cpa.beneficiary"].with_user(self.officer)
        for stored, typed in (
            ("أحمد الشهراني", "احمد"),
            ("احمد القحطاني", "أحمد القحطاني"),
            ("فاطمة اليامي", "فاطمه"),
            ("هدى آل منصور", "هدي ال منصور"),
            ("مُحَمَّد الوادعي", "محمد الوادعي"),
            ("إبراهيم ســالم", "ابراهيم سالم"),
        ):
            person = self.make_beneficiary(name=stored, number=False, registered=False)
            with self.subTest(stored=stored, typed=typed):
                self.assertIn(person.id, [row[0] for row in Beneficiary.name_search(typed)])

    def test_phone_is_found_in_any_digits(self):
        person = self.make_beneficiary(number=False, registered=False, phone="0551112223")
        for typed in ("0551112223", "٠٥٥١١١٢٢٢٣", "+966551112223", "551112223"):
            with self.subTest(typed=typed):
                found = self.env["cpa.beneficiary"].with_user(self.officer).name_search(typed)
                self.assertEqual([row[0] for row in found], person.ids)

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def test_core_merge_refuses_our_people(self):
        """Core merges contacts in SQL, past every guard: our people are left out, whoever asks."""
        ours = self.make_beneficiary(registered=False).partner_id
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        for user in (self.env.user, self.env.ref("base.user_admin"), self.plain):
            wizard = self.env["base.partner.merge.automatic.wizard"].with_user(user).sudo()
            with self.assertRaisesRegex(UserError, "not merged"):
                wizard._merge((ours | stranger).ids, stranger)
        self.assertTrue(ours.exists())

    def test_registration_says_all_that_is_missing(self):
        """P-36: one message names every missing thing."""
        bare = self.make_beneficiary(
            registered=False, number=False, phone=False, governorate_id=False, segment_ids=[Command.clear()]
        )
        with self.assertRaises(UserError) as caught:
            bare.write({"state": "registered"})
        for words in ("identity", "phone number", "governorate", "segment"):
            self.assertIn(words, str(caught.exception))
        identity = (
            self.env["cpa.identity"]
            .with_user(self.officer)
            .create(
                {
                    "partner_id": bare.partner_id.id,
                    "number": NUMBER,
                    "birth_date": fields.Date.today() - timedelta(days=3650),
                }
            )
        )
        for words, cure in (
            ("has not been sighted", identity.action_sighted),
            ("guardian", lambda: bare.write({"phone": "0501234567"})),
        ):
            with self.assertRaisesRegex(UserError, words):
                bare.write({"state": "registered"})
            cure()
        identity.expiry_date = "2020-01-01"
        with self.assertRaisesRegex(UserError, "expired"):
            bare.write({"state": "registered"})
        self.assertFalse(bare.file_number)

    def test_file_number_is_never_reused(self):
        first = self.make_beneficiary()
        number = first.file_number
        first.with_user(self.manager).write({"state": "closed", "move_reason": "Moved away"})
        second = self.make_beneficiary(number=SAME_ENDING)
        self.assertNotEqual(second.file_number, number)
        first.with_user(self.manager).write({"state": "registered", "move_reason": "Came back"})
        self.assertEqual(first.file_number, number)
        with self.assertRaises(UserError):
            first.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "kept by the system"):
            second.sudo().write({"file_number": number})
        self.assertFalse(
            second.sudo().copy({"partner_id": self.env["res.partner"].create({"name": "Third"}).id}).file_number
        )

    def test_file_is_not_archived_by_hand(self):
        """No ``active`` beside a state: a file out of sight is a closed one, by its move and with its reason."""
        beneficiary = self.make_beneficiary()
        for attempt in (lambda: beneficiary.write({"active": False}), lambda: beneficiary.sudo().action_archive()):
            with self.assertRaisesRegex(UserError, "kept by the system"):
                attempt()
