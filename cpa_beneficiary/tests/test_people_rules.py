"""P-32: what is written of a person is valid whoever writes it: the file, the bare contact, an import, the portal."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from .common import CpaCommon, WebsiteCommon

IBAN = "SA8510000012345678901234"
OTHER_IBAN = "SA9305000000000000000001"
OTHER_NUMBER = "2234567895"
# field of the contact, as typed, as stored
NORMALISED = (
    ("name", " محمد \u200f  تجريبي\u200b ", "محمد تجريبي"),
    ("phone", "٠٥٠ ٩٨٧ ٦٥٤٣", "+966509876543"),
    ("email", " Someone@Example.ORG ", "someone@example.org"),
    ("zip", "٦٦٢ ٦٢", "66262"),
    ("cpa_short_address", "rrrd٢٩٢٩", "RRRD2929"),
    ("cpa_building_number", "۲۹۲۹", "2929"),
    ("cpa_additional_number", "٨١١٨", "8118"),
)
# field of the contact, as typed, words of the refusal
REFUSED = (
    ("name", "  ", "needs a name"),
    ("phone", "12345", "not a valid phone"),
    ("email", "someone.example.org", "not an e-mail"),
    ("zip", "6626", "five digits"),
    ("cpa_short_address", "RR2929", "four letters and four digits"),
    ("cpa_building_number", "29291", "Building number has four digits"),
    ("cpa_additional_number", "81", "Additional number has four digits"),
)
BAD_IBANS = (
    ("SA0380000000608010167518", "One digit"),
    ("SA851000001234567890123", "22 digits"),
    ("GB82WEST12345698765432", "begins with SA"),
    ("SAXX10000012345678901234", "not a valid IBAN"),
)


@tagged("post_install", "-at_install")
class TestPeopleRules(CpaCommon):
    def setUp(self):
        super().setUp()
        self.file = self.make_beneficiary(registered=False)

    def ways(self):
        """Yield the ways in which the data of a person is written."""
        partner = self.file.partner_id
        yield "file", self.file
        yield "contact", partner.with_user(self.officer)
        yield "another app", partner.sudo()  # the portal, a job, another add-on

    def test_stored_in_one_form(self):
        for name, typed, stored in NORMALISED:
            for way, record in self.ways():
                with self.subTest(field=name, way=way):
                    self.file.partner_id.sudo().write({name: False if name != "name" else "X"})
                    record.write({name: typed})
                    self.assertEqual(self.file[name], stored)

    def test_refused_wherever_it_is_written(self):
        for name, typed, words in REFUSED:
            for way, record in self.ways():
                with self.subTest(field=name, way=way), self.assertRaisesRegex(ValidationError, words):
                    record.write({name: typed})
        with self.assertRaises(ValidationError) as caught:
            self.file.write({"phone": "12345", "email": "x", "zip": "1"})
        for words in ("phone", "e-mail", "five digits"):
            self.assertIn(words, str(caught.exception), "all that is wrong, in one message")

    def test_address_of_another_country_is_not_ours_to_check(self):
        self.file.write({"country_id": self.env.ref("base.ae").id, "zip": "00000 1"})
        with self.assertRaises(ValidationError):
            self.file.write({"country_id": self.env.ref("base.sa").id})

    def test_contact_is_brought_to_form_when_it_becomes_ours(self):
        stranger = self.env["res.partner"].create({"name": "Stranger", "phone": "0501112223", "zip": "662 62"})
        self.assertEqual(stranger.phone, "0501112223", "contacts that are not ours stay as typed")
        guardian = self.env["res.partner"].create({"name": "Guardian", "phone": "0501112224"})
        self.env["cpa.beneficiary"].with_user(self.officer).create({"partner_id": stranger.id})
        self.env["cpa.representation"].with_user(self.officer).create(
            {"beneficiary_id": self.file.id, "representative_id": guardian.id}
        )
        self.assertEqual((stranger.phone, stranger.zip, guardian.phone), ("+966501112223", "66262", "+966501112224"))

    def test_short_address_and_building_only_warn(self):
        self.file.write({"cpa_short_address": "RRRD2929", "cpa_building_number": "3030"})
        self.assertIn("not the building number", self.file.warnings)
        self.file.write({"cpa_building_number": "2929"})
        self.assertFalse(self.file.warnings)

    def test_gcc_length_only_warns(self):
        file = self.make_beneficiary(registered=False, number=False)
        vals = {"identity_type": "GCC", "identity_number": "12345"}
        with self.assertRaisesRegex(ValidationError, "country that issued"):
            file.write(vals)
        file.write(vals | {"identity_country_id": self.env.ref("base.bh").id})
        self.assertIn("unusual length", file.warnings)

    # ------------------------------------------------------------------
    # IBAN
    # ------------------------------------------------------------------

    def test_iban_is_normalised_and_masked(self):
        """Stored in one form, read by nobody but by a "Show" that leaves a trace."""
        self.file.write({"iban": "sa٨٥ 1000 0012 3456 7890 1234"})
        self.assertEqual(self.file.sudo().iban_plain, IBAN)
        self.assertEqual(self.file.iban, "•" * 20 + "1234")
        self.file.write({"iban": self.file.iban})
        self.assertEqual(self.file.sudo().iban_plain, IBAN, "the mask that a form sends back is no new number")
        self.assertNotIn(IBAN, str(self.file.read()))
        for attempt in (
            lambda: self.file.read(["iban_plain"]),
            lambda: self.file.write({"iban_plain": OTHER_IBAN}),
            lambda: self.file.search([("iban_plain", "like", "SA85")]),
        ):
            with self.assertRaises(Exception) as caught:
                attempt()
            self.assertIsInstance(caught.exception, (AccessError, ValueError))
        for typed in (IBAN, IBAN.lower(), "SA85 1000 0012 3456 7890 1234"):
            self.assertEqual(self.file.search([("iban", "=", typed)]), self.file)
        with self.assertRaises(UserError):
            self.file.search([("iban", "ilike", "SA85")])

    def test_iban_is_shown_to_who_pays_with_a_trace(self):
        self.file.write({"iban": IBAN})
        Trace = self.env["cpa.access.trace"]
        before = Trace.search([])
        with self.assertRaises(UserError):
            self.file.with_user(self.auditor).action_show_iban()
        self.assertEqual(Trace.search([]), before)
        shown = self.file.with_user(self.manager).action_show_iban()
        self.assertEqual(shown["params"]["message"], IBAN)
        trace = Trace.search([]) - before
        self.assertEqual(
            (trace.user_id, trace.partner_id, trace.datum), (self.manager, self.file.partner_id, "iban_plain")
        )

    def test_wrong_ibans_are_refused(self):
        for typed, words in BAD_IBANS:
            with self.subTest(typed=typed), self.assertRaisesRegex(ValidationError, words):
                self.file.write({"iban": typed})

    # ------------------------------------------------------------------
    # Import
    # ------------------------------------------------------------------

    def load(self, lang="en_US", **row):
        values = {"name": "سالم تجريبي", **row}
        files = self.env["cpa.beneficiary"].with_user(self.officer).with_context(lang=lang)
        return files.load(list(values), [list(values.values())])

    def test_import_meets_the_same_rules(self):
        """A row of a register: what is wrong is named, in the user's language, and nothing is half-written."""
        before = self.env["cpa.beneficiary"].search_count([])
        for words, row in (
            ("not a valid phone", {"phone": "12345"}),
            ("not an e-mail", {"email": "nobody"}),
            ("five digits", {"zip": "12"}),
            ("four letters", {"cpa_short_address": "ABC123"}),
            ("One digit of the identity", {"identity_number": "1123456789"}),
            ("too few or too many", {"identity_type": "NAT", "identity_number": "100000008"}),
            ("exists already", {"identity_number": "١١٢٣٤٥٦٧٨٠"}),
            ("One digit of the IBAN", {"iban": BAD_IBANS[0][0]}),
            ("29 days", {"identity_number": OTHER_NUMBER, "birth_date_hijri": "1445/01/30"}),
            ("1343 to 1500", {"identity_number": OTHER_NUMBER, "identity_expiry_hijri": "1600/01/01"}),
            ("identity number too", {"birth_date_hijri": "1410/01/01"}),
        ):
            with self.subTest(words=words):
                result = self.load(**row)
                self.assertFalse(result["ids"])
                self.assertRegex(result["messages"][0]["message"], words)
        for row in ({"phone": "12345"}, {"identity_number": "1123456789"}):
            self.assertRegex(self.load(lang="ar_001", **row)["messages"][0]["message"], "[؀-ۿ]")
        self.assertEqual(self.env["cpa.beneficiary"].search_count([]), before)
        result = self.load(
            phone="٠٥٠٧٧٧٧٧٧٧",
            identity_number="٢٢٣٤٥٦٧٨٩٥",
            birth_date_hijri="١٤١٠/٠٥/٠٣",
            iban=OTHER_IBAN,
            zip="٦٦٢٦٢",
        )
        self.assertFalse(result["messages"])
        file = self.env["cpa.beneficiary"].browse(result["ids"]).with_user(self.officer)
        self.assertEqual((file.identity_type, str(file.birth_date), file.zip), ("IQA", "1989-12-01", "66262"))


@tagged("post_install", "-at_install")
class TestPeoplePortal(HttpCase, WebsiteCommon):
    def test_portal_account_writes_no_contact(self):
        """Core's account and address pages wrote the contact past our file: of our people they make proposals."""
        partner = self.file.partner_id
        before = partner.read(["name", "phone", "email", "zip", "street"])
        children = self.env["res.partner"].search_count([("parent_id", "=", partner.id)])
        self.authenticate("cpa_applicant", "cpa_applicant")
        self.opener.headers["Accept-Language"] = "en"
        for page in ("/my/account", "/my/addresses", "/my/address"):
            self.assertTrue(self.url_open(page).url.endswith("/my/file"), page)
        token = self.url_open("/my/consents").text.split('name="csrf_token" value="')[1].split('"')[0]
        data = {"csrf_token": token, "name": partner.name, "email": "", "partner_id": partner.id}
        for wrong in ({"phone": "12345"}, {"zip": "12"}):
            self.assertTrue(self.submit(data | wrong).json()["messages"])
        self.assertFalse(self.file.correction_ids)
        self.assertIn("redirectUrl", self.submit(data | {"phone": "٠٥٠٩٩٩٩٩٩٩", "zip": "٦٦٢٦٢"}).json())
        self.assertEqual(set(self.file.correction_ids.mapped("topic")), {"phone", "address"})
        # neither somebody else's contact, nor a new address below the own one
        self.assertEqual(self.submit(data | {"partner_id": self.other_file.partner_id.id}).status_code, 403)
        self.submit(data | {"partner_id": "", "street": "Elsewhere"})
        self.env.invalidate_all()
        self.assertEqual(partner.read(["name", "phone", "email", "zip", "street"]), before)
        self.assertEqual(self.env["res.partner"].search_count([("parent_id", "=", partner.id)]), children)

    def submit(self, data):
        return self.url_open("/my/address/submit", data=data)
