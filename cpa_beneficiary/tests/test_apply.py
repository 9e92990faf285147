from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models.cpa_application_proof import PIN_NUMBER
from .common import SIGNATURE, WebsiteCommon

PNG = f"data:image/png;base64,{SIGNATURE.decode()}"


class ApplyCommon(WebsiteCommon):
    """An application as its pages make one, without the pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.public = cls.env.ref("base.public_user")
        cls.najran = cls.env.ref("cpa_beneficiary.cpa_governorate_najran")
        cls.market = cls.env.ref("cpa_beneficiary.service_market")
        cls.typed = {
            "name": "ناصر بن علي تجريبي",
            "identity_number": "١١٢٣٤٥٦٧٨٠",
            "phone": "٠٥٠١٢٣٤٥٦٧",
            "governorate": str(cls.najran.id),
            "description": "سداد إيجار متأخر",
            "iban": cls.make_iban(77),
        }

    @classmethod
    def begin(cls, service=None, user=None, whom="self", **typed):
        """Return a draft with all its steps filled in as ``user`` (the public one)."""
        user = user or cls.public
        Application = cls.env["cpa.application"].with_user(user).with_context(lang="en_US")
        application = Application._begin((service or cls.support).sudo(), "en_US")
        application._keep("whom", {"whom": whom}, user)
        application._keep("data", {**cls.typed, **typed}, user)
        return application

    @classmethod
    def signed(cls, **vals):
        return {"version": "1", "agree": "1", "explained": "1", "signature": PNG, **vals}

    @classmethod
    def send(cls, application, user=None, **vals):
        user = user or cls.public
        wrong = application._errors("data", user) | application._send(cls.signed(**vals), user)
        assert not wrong, wrong
        return application

    def expire(self):
        cron = self.env.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", return_value=1):
            self.env["cpa.application"].with_user(self.env.ref("base.user_root"))._cron_expire()

    def prove(self, application, contact=None):
        """Let the code come that proves the contact."""
        application._proven("code", proven_contact=contact or application.phone)
        return application


@tagged("post_install", "-at_install")
class TestApply(ApplyCommon):
    """P-09, P-30, P-34, P-35: applying without an account."""

    def test_becomes_request(self):
        """A new applicant who proved his mobile: draft file, request submitted by the website, all as he gave it."""
        application = self.send(self.begin())
        number, pin = application.number, application._pin()
        self.assertFalse(application.request_id, "Unproven: no request, no file")
        self.prove(application)
        request = application.request_id
        self.assertEqual((request.state, request.number, request._pin()), ("submitted", number, pin))
        self.assertEqual(request.beneficiary_id.state, "draft")
        self.assertEqual(request.beneficiary_id.phone, "+966501234567")
        self.assertEqual(request.beneficiary_id.sudo().identity_id.number_plain, "1123456780")
        self.assertFalse(request.beneficiary_id.identity_sighted_at, "P-32: to be sighted, never by a claim")
        website = self.env.ref("cpa_beneficiary.user_website")
        self.assertEqual(set(request.move_ids.mapped("user_id")), {website})
        self.assertEqual(request.declaration_state, "signed", "P-34")
        self.assertEqual(request.declaration_ids.method, "portal")
        self.assertEqual(request.declaration_ids.text, application.declaration_text)
        self.assertTrue(request.is_explained, "P-35")
        self.assertEqual(request.explanation_ids.how, "website")
        states = {check.name: check.state for check in request.check_ids if check.is_obligatory}
        self.assertEqual(states["National ID or Iqama"], "to_sight")
        self.assertEqual(states["Family register"], "to_sight")
        self.assertEqual(states["Mobile number"], "passed", "The file answers by itself")
        self.assertEqual(states["Bank account (IBAN)"], "passed")
        self.assertEqual(application._reply_promise(), request._reply_promise())

    def test_clock_counts_from_the_application(self):
        """P-35: the officer accepts after a week; the day that the receipt promised holds."""
        with freeze_time("2026-03-01 08:00:00"):
            application = self.send(self.begin())
            application._prove_later()
            promised = application._reply_promise()
        with freeze_time("2026-03-08 08:00:00"):
            mine = application.with_user(self.officer).sudo(False)
            mine.action_accept()
        request = mine.request_id
        self.assertEqual(request.submitted_at, application.submitted_at)
        self.assertEqual(request._reply_promise(), promised)
        move = request.move_ids.filtered(lambda move: move.to_state == "submitted")
        self.assertEqual((move.user_id, move.happened_at), (self.officer, application.submitted_at))
        self.assertIn(application.number, move.reason)
        self.assertEqual(request.declaration_ids.signed_at, application.submitted_at)
        self.assertEqual(request.first_contact_at, application.submitted_at)

    def test_website_passes_nothing_that_nobody_saw(self):
        """P-32: the website lets only that pass which the file answers by itself."""
        application = self.prove(self.send(self.begin()))
        check = application.request_id.check_ids.filtered(lambda check: check.name == "Family register")
        with self.assertRaises(UserError):
            application._as_website().env["cpa.request.check"].browse(check.id).action_pass()

    # ------------------------------------------------------------------
    # Whose file
    # ------------------------------------------------------------------

    def test_known_identity_same_contact(self):
        file = self.make_beneficiary(name="ناصر تجريبي", phone="0501234567")
        request = self.prove(self.send(self.begin())).request_id
        self.assertEqual(request.beneficiary_id, file)
        self.assertEqual(file.name, "ناصر تجريبي", "What the file knows stays")

    def test_known_identity_other_contact_is_left_to_the_officer(self):
        """A stranger with somebody's identity number: nothing of the file, and the same receipt as for anybody."""
        file = self.make_beneficiary(name="ناصر تجريبي", phone="0559999999")
        files = self.env["cpa.beneficiary"].search_count([])
        application = self.prove(self.send(self.begin()))
        self.assertEqual(application.state, "submitted")
        self.assertFalse(application.request_id | file.request_ids)
        self.assertEqual(self.env["cpa.beneficiary"].search_count([]), files)
        other = self.prove(self.send(self.begin(identity_number="1034567881", phone="0502222222")))
        self.assertEqual(other.state, "accepted")
        for key in ("promise", "day", "is_proven", "is_named", "awaited", "explanation"):
            mine, new = (one._page_receipt(self.public)[key] for one in (application, other))
            self.assertEqual(mine, new)
        self.assertEqual(
            {key: value for key, value in application._track_values().items() if key != "number"},
            {key: value for key, value in other._track_values().items() if key != "number"},
        )

    def test_contact_of_another_person(self):
        """Proven by e-mail, with the telephone of somebody else: it gets into no file, and the officer is told."""
        victim = self.make_beneficiary(name="صاحب الجوال", number="1034567881", phone="0501234567")
        application = self.send(self.begin(identity_number="1123456780", email="stranger@example.com"))
        self.prove(application, "stranger@example.com")
        file = application.request_id.beneficiary_id
        self.assertNotEqual(file, victim)
        self.assertEqual((file.phone, file.email), (False, "stranger@example.com"))
        self.assertIn("+966501234567", file.message_ids[0].body)
        check = application.request_id.check_ids.filtered(lambda check: check.name == "Mobile number")
        self.assertEqual(check.state, "to_sight", "P-32: a claim passes nothing")
        login = self.env["res.users"]._website_user("+966501234567", "en_US")
        self.assertEqual(login.partner_id, victim.partner_id)

    def test_slip_of_the_same_person(self):
        file = self.make_beneficiary(name="ناصر تجريبي", phone="0559999999")
        slip = self.submit(self.make_request(beneficiary_id=file.id))
        application = self.send(self.begin())
        wrong = application._prove_by_pin(slip.number, "000000" if slip._pin() != "000000" else "1", "10.0.0.1")
        self.assertEqual(wrong, application._prove_by_pin("2026-999999", "123456", "10.0.0.1"))
        self.assertFalse(application.request_id)
        self.assertFalse(application._prove_by_pin(slip.number.replace("-", ""), slip._pin(), "10.0.0.1"))
        self.assertEqual(application.request_id.beneficiary_id, file)

    def test_slip_of_somebody_else(self):
        slip = self.submit(self.make_request(beneficiary_id=self.other_file.id))
        application = self.send(self.begin())
        self.assertFalse(application._prove_by_pin(slip.number, slip._pin(), "10.0.0.1"))
        self.assertEqual((application.state, application.request_id.id), ("submitted", False))

    def test_slip_is_not_guessed(self):
        slip = self.submit(self.make_request(beneficiary_id=self.file.id))
        application = self.send(self.begin())
        for _attempt in range(PIN_NUMBER):
            application._prove_by_pin(slip.number, "000000", "10.0.0.1")
        self.assertTrue(application._prove_by_pin(slip.number, slip._pin(), "10.0.0.2"))
        self.assertFalse(application.proof)

    def test_login_is_asked_nothing_that_is_known(self):
        """P-08: who is logged in sees what we know, and is asked for the rest only."""
        application = self.begin(user=self.applicant, whom=f"file-{self.file.id}")
        asked = [field["name"] for field in application._fields_of("data", self.applicant)]
        self.assertEqual(asked, ["description", "amount_requested", "iban"])
        self.send(application, self.applicant)
        application._prove_at_once(self.applicant)
        self.assertEqual(application.request_id.beneficiary_id, self.file)

    def test_login_chooses_its_own_files_only(self):
        application = self.begin(user=self.applicant, whom=f"file-{self.other_file.id}")
        self.assertFalse(application.known_file_id)
        self.assertEqual(list(application._errors("whom", self.applicant)), ["whom"])

    def test_draft_of_a_login_shows_nothing_once_logged_out(self):
        application = self.begin(user=self.applicant, whom=f"file-{self.file.id}")
        self.assertTrue(application._known_facts(self.applicant))
        self.assertFalse(application._known_facts(self.public))
        self.assertFalse(application._known_facts(self.other_applicant))
        self.assertIn("name", application._errors("data", self.public) | {"name": ""})

    def test_guardian_by_login(self):
        application = self.begin(user=self.guardian, whom=f"file-{self.child_file.id}")
        self.send(application, self.guardian)
        application._prove_at_once(self.guardian)
        request = application.request_id
        self.assertEqual(request.beneficiary_id, self.child_file)
        self.assertEqual(request.representation_id.representative_id, self.guardian_partner)
        self.assertEqual(request.declaration_ids.signer_name, "Test guardian")

    def test_child_of_a_new_guardian(self):
        """P-34: the guardian signs; both are new, their originals to be sighted."""
        application = self.send(
            self.begin(
                whom="child",
                name="طفلة تجريبية",
                identity_number="1034567881",
                birth_date="2019/05/01",
                acting_name="ناصر تجريبي",
                acting_identity="1123456780",
            )
        )
        request = self.prove(application).request_id
        self.assertEqual(request.representation_id.kind, "guardian")
        self.assertEqual(request.representation_id.representative_id.name, "ناصر تجريبي")
        self.assertEqual(request.declaration_ids.representation_id, request.representation_id)
        self.assertTrue(request.beneficiary_id.is_minor)

    def test_agent(self):
        vals = {
            "name": "شيخ تجريبي",
            "identity_number": "1034567881",
            "acting_name": "ناصر تجريبي",
            "acting_identity": "1123456780",
            "power_number": "443322",
        }
        expired = self.begin(whom="agent", power_until="2020/01/01", **vals)
        self.assertEqual(list(expired._errors("data", self.public)), ["power_until"])
        application = self.send(self.begin(whom="agent", power_until="2090/01/01", **vals))
        self.assertEqual(self.prove(application).request_id.representation_id.power_number, "443322")

    def test_known_child_needs_its_guardian(self):
        vals = {"whom": "child", "identity_number": "1067890127", "birth_date": "2020/01/01", "name": "طفل تجريبي"}
        stranger = self.begin(**vals, acting_name="غريب تجريبي", acting_identity="1123456780")
        self.assertEqual(self.prove(self.send(stranger)).state, "submitted")
        guardian = self.begin(**vals, acting_name="Test guardian", acting_identity="1056789017", phone="0556789012")
        self.assertEqual(self.prove(self.send(guardian)).request_id.beneficiary_id, self.child_file)

    def test_without_a_name(self):
        """A report on the market: no person, no proof, and no way to ask whose it is."""
        application = self.begin(
            self.market,
            whom="nobody",
            merchant_name="متجر تجريبي",
            merchant_category="price",
            merchant_item="أرز",
        )
        asked = [field["name"] for field in application._fields_of("data", self.public)]
        self.assertFalse({"name", "phone", "identity_number"} & set(asked))
        self.send(application)
        application._prove_at_once(self.public)
        request = application.request_id
        self.assertTrue(request.is_anonymous)
        self.assertFalse(request.beneficiary_id)
        self.assertEqual((request.state, request.merchant_name), ("submitted", "متجر تجريبي"))
        self.assertFalse(application.phone or application.name)

    def test_support_needs_a_name(self):
        application = self.begin(whom="nobody")
        self.assertFalse(application.whom)

    # ------------------------------------------------------------------
    # Once, and by whom
    # ------------------------------------------------------------------

    def test_sent_twice_is_one(self):
        application = self.send(self.begin())
        number = application.number
        self.assertFalse(application._send(self.signed(), self.public))
        self.assertEqual(application.number, number)
        self.prove(application)
        application._become_request()
        self.assertEqual(self.env["cpa.request"].search_count([("application_id", "=", application.id)]), 1)

    def test_sent_says_what_was_signed(self):
        application = self.send(self.begin())
        application._keep("data", {**self.typed, "description": "Another thing"}, self.public)
        self.assertEqual(application.description, self.typed["description"])
        with self.assertRaises(UserError):
            application.write({"description": "Another thing"})
        with self.assertRaises(UserError):
            application.with_user(self.officer).sudo(False).write({"description": "Another thing"})

    def test_typed_name_signs(self):
        application = self.send(self.begin(), signature="", signer_name="ناصر بن علي تجريبي")
        declaration = self.prove(application).request_id.declaration_ids
        self.assertEqual((declaration.method, declaration.state), ("typed", "signed"))
        request = self.make_request(self.support, beneficiary_id=self.file.id)
        with self.assertRaises(UserError):
            self.sign(request, method="typed", signature=False)

    def test_sign_errors(self):
        application = self.begin()
        self.assertEqual(
            set(application._sign_errors({"version": "1"})), {"agree", "signer_name", "explained"}, "P-34, P-35"
        )
        self.assertIn("signer_name", application._sign_errors(self.signed(signature="data:image/png;base64,AAAA")))
        self.assertIn("agree", application._sign_errors(self.signed(version="0")), "The text as it was read")
        self.assertIn("signer_name", application._sign_errors(self.signed(signature="", signer_name="x")))

    def test_roles(self):
        draft = self.begin()
        sent = self.send(self.begin(identity_number="1034567881"))
        Application = self.env["cpa.application"]
        for user in (self.officer, self.manager, self.auditor, self.privacy):
            self.assertIn(sent, Application.with_user(user).search([]).sudo())
            self.assertNotIn(draft, Application.with_user(user).search([]).sudo(), "A draft is nobody's word yet")
        self.assertFalse(Application.with_user(self.delegate).search([]), "Not his office's")
        for user in (self.applicant, self.public, self.member, self.researcher, self.plain):
            with self.assertRaises(AccessError):
                Application.with_user(user).search([])
        with self.assertRaises(UserError):
            sent.with_user(self.manager).sudo().write({"state": "accepted"})
        with self.assertRaises(AccessError):
            sent.with_user(self.officer).sudo(False).read(["identity_plain"])
        with self.assertRaises(UserError):
            sent.with_user(self.officer).sudo(False).write({"state": "accepted"})

    def test_officer_chooses_the_file(self):
        sent = self.send(self.begin(identity_number="1034567881"))
        mine = sent.with_user(self.officer).sudo(False)
        with self.assertRaises(UserError):
            mine.beneficiary_id = self.other_file  # another identity number
        mine.action_accept()
        self.assertEqual(mine.request_id.officer_id, self.officer)
        self.assertEqual((mine.state, mine.proof), ("accepted", "officer"))
        again = self.send(self.begin(identity_number="1034567881"))
        again.with_user(self.officer).sudo(False).action_accept()
        self.assertEqual(again.request_id.beneficiary_id, mine.request_id.beneficiary_id)

    def test_suspended_file_is_left_to_the_officer(self):
        file = self.make_beneficiary(name="ناصر تجريبي", phone="0501234567")
        file.with_user(self.manager).write({"state": "suspended", "move_reason": "Test"})
        self.assertEqual(self.prove(self.send(self.begin())).state, "submitted")

    def test_refused(self):
        mine = self.send(self.begin()).with_user(self.officer).sudo(False)
        with self.assertRaises(UserError):
            mine.write({"state": "refused"})
        mine.write({"state": "refused", "move_reason": "Not a person"})
        self.assertFalse(mine.name or mine.phone or mine.sudo().identity_plain, "No longer than needed")

    # ------------------------------------------------------------------
    # Typed
    # ------------------------------------------------------------------

    def test_bad_inputs(self):
        """Each is said beside its field (P-32), with what was typed kept."""
        for name, value in (
            ("name", ""),
            ("identity_number", ""),
            ("identity_number", "1123456789"),
            ("identity_number", "3000000004"),
            ("identity_number", "100000008"),
            ("identity_number", "112345678²"),
            ("phone", "0175221234"),
            ("phone", "051234"),
            ("phone", "05x1234567"),
            ("governorate", "999999"),
            ("description", ""),
            ("description", "x" * 4001),
            ("iban", "SA0380000000608010167518"),
            ("email", "nobody"),
            ("birth_date", "1410/13/01"),
            ("birth_date", "2090/01/01"),
            ("birth_date", "2020/01/01"),
            ("amount_requested", "much"),
            ("amount_requested", "-5"),
        ):
            with self.subTest(name=name, value=value[:20]):
                application = self.begin(**{name: value})
                errors = application._errors("data", self.public)
                self.assertEqual(list(errors), [name])
                self.assertTrue(errors[name])
                self.assertEqual(application._typed_of("data", self.public)[name], value)
                with self.assertRaises(UserError):
                    application.write({"state": "submitted"})

    def test_other_document(self):
        application = self.begin(identity_number="a-123456", identity_kind="PAS", phone="0502222222")
        self.assertEqual(list(application._errors("data", self.public)), ["birth_date"])
        gcc = self.begin(identity_number="784199012345678", identity_kind="GCC-AE", birth_date="1410/05/03")
        file = self.prove(self.send(gcc)).request_id.beneficiary_id
        self.assertEqual((file.identity_type, file.identity_country_id.code), ("GCC", "AE"))

    def test_kind_columns(self):
        merchant = self.env.ref("cpa_beneficiary.service_merchant")
        asked = {"merchant_name": "متجر", "merchant_category": "fraud", "merchant_item": "هاتف"}
        for name, value in (
            ("merchant_category", "none"),
            ("merchant_number", "12"),
            ("purchase_date", "2090/01/01"),
            ("purchase_amount", "a lot"),
            ("merchant_url", "javascript:alert(1)"),
        ):
            with self.subTest(name=name):
                application = self.begin(merchant, **{**asked, name: value})
                self.assertEqual(list(application._errors("data", self.public)), [name])
        application = self.begin(merchant, **asked, purchase_date="١٤٤٧/٠٥/٠٣", purchase_amount="١٥٠٠٫٥٠")
        request = self.prove(self.send(application)).request_id
        self.assertEqual(request.purchase_amount, 1500.5)
        self.assertEqual(fields.Date.to_string(request.purchase_date), "2025-10-25")
        self.assertIn("1,500.5", application.kind_text)

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    def test_documents(self):
        """Pictures go to their checks; of an identity no file is ever kept (PDPL)."""
        application = self.begin()
        income, identity = (self.env.ref(f"cpa_beneficiary.service_sup_cash_requirement_{number}") for number in (3, 1))
        raw = b"%PDF-1.4 test"
        self.assertFalse(application._add_files({income.id: [("income.pdf", raw)], identity.id: [("id.pdf", raw)]}))
        self.assertEqual(application.document_ids.requirement_id, income)
        errors = application._add_files({income.id: [("a.exe", b"MZ\x00\x01")] * 2})
        self.assertEqual(list(errors), [f"document_{income.id}"])
        self.assertEqual(len(application.document_ids.attachment_ids), 1)
        with self.assertRaises(ValidationError):
            application._add_file(identity, "id.pdf", raw)
        many = application._add_files({income.id: [(f"{n}.pdf", raw) for n in range(6)]})
        self.assertEqual((list(many), len(application.document_ids.attachment_ids)), ([f"document_{income.id}"], 5))
        request = self.prove(self.send(application)).request_id
        check = request.check_ids.filtered(lambda check: check.requirement_id == income)
        self.assertEqual((check.provided, check.state, len(check.attachment_ids)), (True, "to_sight", 5))
        self.assertEqual(set(check.attachment_ids.mapped("res_model")), {"cpa.request.check"})
        self.assertFalse(request.check_ids.filtered(lambda check: check.requirement_id == identity).attachment_ids)

    def test_remove_own_file_only(self):
        income = self.env.ref("cpa_beneficiary.service_sup_cash_requirement_3")
        mine, other = self.begin(), self.begin()
        for application in (mine, other):
            application._add_files({income.id: [("income.pdf", b"%PDF-1.4 test")]})
        mine._remove_file(other.document_ids.attachment_ids.id)
        self.assertTrue(other.document_ids.attachment_ids)
        mine._remove_file(mine.document_ids.attachment_ids.id)
        self.assertFalse(mine.document_ids.attachment_ids)

    # ------------------------------------------------------------------
    # Kept, resumed, let go
    # ------------------------------------------------------------------

    def test_resume(self):
        application = self.begin()
        Application = self.env["cpa.application"]
        self.assertEqual(Application._resume(application.draft_number, application._pin()), application)
        self.assertEqual(
            Application._resume(application.draft_number.replace("-", " "), application._pin()), application
        )
        other = self.begin()
        self.assertFalse(Application._resume(application.draft_number, other._pin()))
        self.assertFalse(Application._resume("D-2026-999999", other._pin()))
        self.assertFalse(Application._resume("", ""))
        token = application.token
        application._forget()
        self.assertFalse(Application._find(token))
        self.assertTrue(Application._resume(application.draft_number, application._pin()))

    def test_resume_by_code(self):
        """On another device, without the PIN: by the number, and a code to the contact that was typed."""
        application = self.begin(email="Naser@Example.com")
        Application, Code = self.env["cpa.application"], self.env["cpa.proof.code"]
        with patch.object(self.env.registry["cpa.proof.code"], "_deliver", autospec=True) as deliver:
            for contact in ("+966501234567", "naser@example.com"):
                Code._send("resume", contact, "en_US")
                code = deliver.call_args.args[2]
                self.assertFalse(Application._resume_by_code(application.draft_number, "+966509999999", code))
                self.assertEqual(Application._resume_by_code(application.draft_number, contact, code), application)
                self.assertFalse(Application._resume_by_code(application.draft_number, contact, code), "once")
            for number, contact, purpose in (
                (self.begin(phone="0502222222").draft_number, "+966501234567", "resume"),  # somebody else's draft
                ("D-2026-999999", "+966501234567", "resume"),
                ("", "+966501234567", "resume"),
                (application.draft_number, "+966502222222", "resume"),
                (application.draft_number, "+966501234567", "track"),  # a code for something else
            ):
                with self.subTest(number=number, contact=contact, purpose=purpose):
                    Code._send(purpose, contact, "en_US")
                    self.assertFalse(Application._resume_by_code(number, contact, deliver.call_args.args[2]))

    def test_expiry(self):
        """PDPL: no longer than needed, the pictures with it; what is proven stays."""
        income = self.env.ref("cpa_beneficiary.service_sup_cash_requirement_3")
        with freeze_time("2026-03-01 08:00:00"):
            draft, sent = self.begin(), self.send(self.begin())
            kept = self.prove(self.send(self.begin(identity_number="1034567881")))
            draft._add_files({income.id: [("income.pdf", b"%PDF-1.4 test")]})
            files = draft.document_ids.attachment_ids
        for day, left in ((6, (True, "submitted")), (8, (False, "submitted")), (31, (False, "expired"))):
            with freeze_time(fields.Datetime.to_datetime("2026-03-01 09:00:00") + timedelta(days=day)):
                self.expire()
            self.assertEqual((bool(draft.exists()), sent.state), left)
        self.assertFalse(files.exists())
        self.assertFalse(sent.name or sent.phone or sent.identity_plain or sent.description or sent.signature)
        self.assertTrue(sent.number, "That there was one stays")
        self.assertEqual((kept.state, kept.name), ("accepted", self.typed["name"]))

    def test_going_on_keeps_the_draft(self):
        with freeze_time("2026-03-01 08:00:00"):
            draft = self.begin()
        with freeze_time("2026-03-06 08:00:00"):
            draft._keep("data", self.typed, self.public)
        with freeze_time("2026-03-10 08:00:00"):
            self.expire()
        self.assertTrue(draft.exists())

    def test_service_changes(self):
        draft = self.begin()
        draft._choose(self.market)
        self.assertEqual(draft._typed_of("data", self.public)["name"], self.typed["name"], "What was typed stays")

    def test_slip(self):
        application = self.send(self.begin())
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "cpa_beneficiary.cpa_application_report_slip", application.ids
        )
        for text in (application.number, application._pin(), "We reply to you by"):
            self.assertIn(text, html.decode())
        for text in (self.typed["name"], "1123456780", self.typed["description"]):
            self.assertNotIn(text, html.decode(), "Neutral: a shared house")
