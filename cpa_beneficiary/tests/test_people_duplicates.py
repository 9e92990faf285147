"""P-08, P-32: one person, one file: whoever may be here already is found while typing, by an index, and opened."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import CpaCommon

NUMBER = "1123456780"
IBAN = "SA8510000012345678901234"
# stored name, typed name
CLOSE = (
    ("أحمد بن علي الشهراني", "احمد علي الشهراني"),
    ("فاطمة بنت صالح اليامي", "فاطمه صالح اليامى"),
    ("هدى آل منصور القحطاني", "هدي ال منصور القحطاني"),
    ("عبد الله سالم الوادعي", "عبدالله سالم الوادعي"),
    ("محمد بن أحمد بن سالم التجريبي", "محمد سالم التجريبي"),
    ("مانع سعد التجريبي", "مانع بن فهد بن سعد التجريبي"),
)
FAR = (("محمد أحمد التجريبي", "خالد سعد اليامي"), ("هند صالح القحطاني", "منى علي الشهراني"))


@tagged("post_install", "-at_install")
class TestPeopleDuplicates(CpaCommon):
    @property
    def files(self):
        return self.env["cpa.beneficiary"].with_user(self.officer)

    def found(self, user=None, **vals):
        """Return ``[(reason, file id)]`` of what is found for ``vals``."""
        rows = self.files.with_user(user or self.officer)._find_duplicates(vals)
        return [(row["reason"], row["id"]) for row in rows]

    def test_found_by_identity_phone_and_account_in_any_digits(self):
        file = self.make_beneficiary(iban=IBAN)
        for vals, reason in (
            ({"identity_number": NUMBER}, "identity"),
            ({"identity_number": "١١٢٣٤ ٥٦٧٨٠"}, "identity"),
            ({"phone": "٠٥٠١٢٣٤٥٦٧"}, "phone"),
            ({"phone": "+966 50 123 4567"}, "phone"),
            ({"iban": "sa85 1000 0012 3456 7890 1234"}, "iban"),
        ):
            with self.subTest(vals=vals):
                self.assertEqual(self.found(**vals), [(reason, file.id)])
        row = self.files._find_duplicates({"phone": "0501234567"})[0]
        self.assertEqual((row["label"], row["file_number"]), (file.display_name, file.file_number))
        self.assertEqual(
            self.found(identity_number=NUMBER, phone="0501234567"), [("identity", file.id)], "once, surest"
        )
        self.assertFalse(file._find_duplicates({"identity_number": NUMBER, "phone": "0501234567"}), "not with himself")
        self.assertFalse(self.found(identity_number="••••••6780", phone="12", iban="", name=""))

    def test_found_by_a_close_name_with_and_without_trigrams(self):
        for trigram in (self.env.registry.has_trigram, False):
            self.patch(self.env.registry, "has_trigram", trigram)
            for stored, typed in CLOSE:
                file = self.make_beneficiary(name=stored, number=False, registered=False, phone=False)
                with self.subTest(stored=stored, typed=typed, trigram=trigram):
                    self.assertIn(("name", file.id), self.found(name=typed))
            for stored, typed in FAR:
                file = self.make_beneficiary(name=stored, number=False, registered=False, phone=False)
                with self.subTest(stored=stored, typed=typed, trigram=trigram):
                    self.assertNotIn(("name", file.id), self.found(name=typed))
            self.assertFalse(self.found(name="محمد"), "one word is no name yet")

    def test_another_birth_date_is_another_person(self):
        file = self.make_beneficiary(name="أحمد بن علي الشهراني")
        self.assertEqual(self.found(name="احمد علي الشهراني", birth_date="1980-01-01"), [("name", file.id)])
        self.assertFalse(self.found(name="احمد علي الشهراني", birth_date="2001-05-05"))

    def test_delegate_is_not_told_of_other_branches(self):
        """P-26: the number is taken, nothing more; phone and name of another branch's people are not told at all."""
        theirs = self.make_beneficiary(name="أحمد بن علي الشهراني", iban=IBAN)
        vals = {"phone": "0501234567", "iban": IBAN, "name": theirs.name}
        self.assertTrue(self.found(**vals))
        self.assertFalse(self.found(self.delegate, **vals))
        rows = self.files.with_user(self.delegate)._find_duplicates({"identity_number": NUMBER})
        self.assertEqual([(row["reason"], row["id"], row["file_number"]) for row in rows], [("identity", False, False)])
        self.assertNotIn(theirs.name, str(rows))
        for attempt in (
            lambda: self.files.with_user(self.delegate).create({"name": "Other", "identity_number": NUMBER}),
            lambda: self.make_beneficiary(self.delegate, registered=False, name="Other"),
        ):
            with self.assertRaisesRegex(ValidationError, "not among yours") as caught, self.cr.savepoint():
                attempt()
            self.assertNotIn(theirs.name, str(caught.exception))
            self.assertNotIn(NUMBER, str(caught.exception))

    def test_taken_identity_names_the_way_to_the_file(self):
        file = self.make_beneficiary()
        with self.assertRaisesRegex(ValidationError, "open that file") as caught:
            self.files.create({"name": "Other", "identity_number": "١١٢٣٤٥٦٧٨٠"})
        self.assertIn(file.file_number, str(caught.exception))
        other = self.make_beneficiary(number=False, registered=False, name="Other")
        with self.assertRaisesRegex(ValidationError, "open that file"):
            other.write({"identity_number": NUMBER})
        guardian = self.env["res.partner"].create({"name": "Known guardian"})
        other.write({"representation_ids": [Command.create({"representative_id": guardian.id})]})
        self.env["cpa.identity"].create({"partner_id": guardian.id, "number": "2234567895"})
        with self.assertRaisesRegex(ValidationError, "Known guardian.*choose this contact"):
            other.write({"identity_number": "2234567895"})

    def test_passports_of_two_countries_are_two_documents(self):
        for country in ("base.ye", "base.sd"):
            file = self.make_beneficiary(number=False, registered=False)
            vals = {
                "identity_type": "PAS",
                "identity_number": "A1234567",
                "identity_country_id": self.env.ref(country).id,
            }
            file.write(vals)
            self.assertEqual(file.identity_type, "PAS")
        with self.assertRaisesRegex(ValidationError, "open that file|exists already"):
            self.make_beneficiary(number=False, registered=False).write(vals)

    def test_shown_while_typing_before_anything_is_saved(self):
        file = self.make_beneficiary()
        form = Form(self.files)
        form.name = "Someone"
        self.assertFalse(form.duplicates)
        form.phone = "٠٥٠١٢٣٤٥٦٧"
        self.assertEqual([(row["reason"], row["id"]) for row in form.duplicates], [("phone", file.id)])
        form.identity_number = "١١٢٣٤٥٦٧٨٠"
        self.assertEqual([(row["reason"], row["id"]) for row in form.duplicates], [("identity", file.id)])
        self.assertEqual(form.identity_type, "NAT", "the number tells its type")
        self.assertFalse(file.with_user(self.auditor).duplicates)

    # ------------------------------------------------------------------
    # Size (300,000 people)
    # ------------------------------------------------------------------

    def test_queries_are_flat(self):
        vals = {"identity_number": NUMBER, "phone": "0501234567", "iban": IBAN, "name": "محمد تجريبي"}
        counts = []
        for size in (1, 6):
            for _number in range(size):
                self.make_beneficiary(number=False, registered=False)
            self.env.flush_all()
            self.env.invalidate_all()
            self.files._find_duplicates(vals)  # rights and names of fields
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.files._find_duplicates(vals)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_every_lookup_has_its_index(self):
        """Where the planner may choose (no sequential scan), each look-up is answered by its own index.

        Identity, phone and close names are asked at their real size in ``test_scale_people``.
        """
        self.env.flush_all()
        self.cr.execute("SET LOCAL enable_seqscan = off")
        lookups = [
            ("iban_plain", "SELECT id FROM cpa_beneficiary WHERE iban_plain = 'SA8510000012345678901234'"),
            ("file_number", "SELECT id FROM cpa_beneficiary WHERE file_number = '000001'"),
            ("res_partner_cpa_name_key_idx", "SELECT id FROM res_partner WHERE cpa_name_key = 'احمد علي'"),
            ("res_partner_cpa_name_key_idx", "SELECT id FROM res_partner WHERE cpa_name_key LIKE 'احمد %علي'"),
        ]
        for index, query in lookups:
            self.cr.execute(f"EXPLAIN {query}")
            plan = "\n".join(line for (line,) in self.cr.fetchall())
            with self.subTest(query=query):
                self.assertIn("Index", plan)
                self.assertIn(index, plan)

    def test_delegate_of_two_branches(self):
        both = new_test_user(self.env, "cpa_delegate2", groups="cpa_beneficiary.group_delegate")
        self.branch.delegate_ids |= both
        mine = self.make_beneficiary(branch_id=self.branch.id)
        self.assertEqual(self.found(both, phone="0501234567"), [("phone", mine.id)])
