import base64
import contextlib
from datetime import timedelta

import psycopg2
from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SIGNATURE, CpaCommon

PDF = base64.b64encode(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF")


@tagged("post_install", "-at_install")
class TestChecks(CpaCommon):
    """P-32: one check per required item; what the file knows fills itself; passed rows never change."""

    def check_of(self, request, automatic):
        return request.check_ids._latest().filtered(lambda check: check.automatic == automatic)

    def test_fill_themselves_at_the_submission(self):
        """Identity, mobile and open requests are asked of the file, not of the visitor (P-08)."""
        request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
        request.beneficiary_id.identity_id.expiry_date = "2099-01-01"
        for automatic in ("identity", "mobile", "open_request"):
            check = self.check_of(request, automatic)
            self.assertEqual((check.state, check.is_met), ("pending", True), automatic)
        for check in request.check_ids.filtered(lambda c: not c.automatic or not c.is_met):
            if not check.automatic:
                check.write({"valid_until": "2099-01-01"})
                check.action_pass()
        self.check_of(request, "iban").action_to_sight()
        self.sign(request)
        request.is_explained = True
        request.write({"state": "submitted"})
        for automatic in ("identity", "mobile", "open_request"):
            check = self.check_of(request, automatic)
            self.assertEqual((check.state, check.checked_by), ("passed", self.officer), automatic)
            self.assertTrue(check.finding, automatic)
        self.assertEqual(str(self.check_of(request, "identity").valid_until), "2099-01-01")

    def test_second_open_request_is_named(self):
        """A second request for the same service says which one is still open; it is no hurdle, but it is on record."""
        beneficiary = self.make_beneficiary()
        first = self.submit(self.make_request(self.support, beneficiary_id=beneficiary.id))
        second = self.make_request(self.support, beneficiary_id=beneficiary.id)
        check = self.check_of(second, "open_request")
        self.assertIn(first.number, check.finding_now)
        with self.assertRaisesRegex(UserError, first.number):
            check.action_pass()
        self.submit(second)
        self.assertEqual(check.state, "pending")
        first.write({"state": "withdrawn", "move_reason": "Asked twice"})
        self.assertIn(first.number, check.finding, "as it was at the submission")

    def test_expired_identity_is_to_be_sighted(self):
        """An expired identity is taken in as "to be sighted": number and clock at once, sighted before the decision."""
        with freeze_time("2026-03-10 09:00:00") as clock:
            request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
            identity = request.beneficiary_id.identity_id
            identity.expiry_date = "2026-03-09"
            check = self.check_of(request, "identity")
            with self.assertRaisesRegex(UserError, "Expired on"):
                check.action_pass()
            check.write({"sighted_how": "video"})
            check.action_to_sight()
            self.submit(request)
            self.assertTrue(request.number)
            self.assertEqual(check.state, "to_sight")
            self.assertIn(check.name, "\n".join(request._guard_decision(fields.Datetime.now())))
            clock.tick(timedelta(days=3))
            identity.expiry_date = "2030-01-01"
            identity._record_sighting("video")
            check.action_pass()
            self.assertEqual((check.state, str(check.valid_until)), ("passed", "2030-01-01"))
            self.assertFalse([line for line in request._guard_decision(fields.Datetime.now()) if check.name in line])

    def test_passing_the_identity_sights_it(self):
        """The card lies before the clerk: the check sights it and writes its expiry on the file, once."""
        beneficiary = self.make_beneficiary(registered=False, number=None)
        request = self.make_request(self.support, beneficiary_id=beneficiary.id)
        identity = request.env["cpa.identity"].create(
            {"partner_id": beneficiary.partner_id.id, "type": "NAT", "number": "1123456780", "birth_date": "1980-01-01"}
        )
        check = self.check_of(request, "identity")
        with self.assertRaisesRegex(UserError, "valid"):
            check.action_pass()
        check.valid_until = "2030-01-01"
        check.action_pass()
        self.assertTrue(identity.sighted_at)
        self.assertEqual(str(identity.expiry_date), "2030-01-01")

    def test_no_copy_of_an_identity_document(self):
        """The law prohibits copies of identity documents: such an item takes no file, whoever adds it."""
        request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
        file = request.env["ir.attachment"].create(
            {"name": "card.pdf", "datas": PDF, "res_model": "cpa.request", "res_id": request.id}
        )
        with self.assertRaisesRegex(ValidationError, "sighted, not copied"):
            self.check_of(request, "identity").attachment_ids = file
        requirement = self.check_of(request, "identity").requirement_id
        with self.assertRaisesRegex(ValidationError, "never copied"):
            requirement.with_user(self.manager).copy_allowed = True

    def test_sighted_earlier(self):
        """On the road: the check is entered later, with when it was, why, and the note's scan."""
        with freeze_time("2026-03-10 09:00:00"):
            request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
            check = request.check_ids.filtered(lambda c: not c.automatic and c.is_obligatory)[0]
            action = check.action_pass_earlier()
            wizard = check.env[action["res_model"]].with_context(**action["context"])
            told = {"happened_at": "2026-03-09 07:00:00", "reason": "On the road"}
            with self.assertRaisesRegex(UserError, "scan of the paper"):
                wizard.create(told).action_confirm()
            wizard.create({**told, "scan": PDF, "scan_name": "note.pdf"}).action_confirm()
            self.assertEqual((check.state, str(check.checked_at)), ("passed", "2026-03-09 07:00:00"))
            self.assertEqual(str(check.entered_at), "2026-03-10 09:00:00")

    def test_copy_of_a_settled_check_stands(self):
        """A copy proves its check once it has passed, wherever the file itself hangs."""
        request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
        check = request.check_ids.filtered("copy_allowed")[0]
        file = request.env["ir.attachment"].create(
            {"name": "income.pdf", "datas": PDF, "res_model": "cpa.request", "res_id": request.id}
        )
        check.write({"attachment_ids": [fields.Command.link(file.id)], "valid_until": "2099-01-01"})
        check.action_pass()
        for attempt in (file.unlink, lambda: file.write({"datas": PDF}), lambda: file.with_user(1).unlink()):
            with self.assertRaisesRegex(UserError, "evidence"):
                attempt()
        self.assertEqual(check.attachment_ids, file)

    def test_waived_by_a_manager_with_a_reason(self):
        """P-32: only a manager waives, and says why."""
        request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
        check = self.check_of(request, "iban")
        with self.assertRaisesRegex(UserError, "belongs to"):
            check.write({"state": "waived", "move_reason": "No account"})
        with self.assertRaisesRegex(UserError, "reason"):
            check.with_user(self.manager).write({"state": "waived"})
        check.with_user(self.manager).write({"state": "waived", "move_reason": "Paid by voucher"})
        self.assertEqual(check.checked_by, self.manager)

    def test_evidence_stands_whatever_is_edited_later(self):
        """P-32: after every later edit by every role the submission, its checks and its declaration read the same."""
        request = self.submit(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
        submission = request._current_round()

        def read():
            return [
                record.sudo().read(
                    [name for name, field in record._fields.items() if field.store and field.type != "one2many"]
                )
                for records in (submission, request.check_ids, request.declaration_ids)
                for record in records
            ]

        before = read()
        other = self.make_beneficiary(name="آخر", number="1098765439")
        edits = {"description": "Another need", "amount_requested": 77777, "beneficiary_id": other.id}
        evidence = [*submission, *request.check_ids, *request.declaration_ids]
        for user in (self.officer, self.researcher, self.secretary, self.manager, self.delegate, self.auditor):
            self.edit_everything(user, request, edits, evidence)
        after = read()
        # the signature that a change of substance voids says so in its state alone
        for one, two in zip(before, after, strict=True):
            for row in (one, two):
                for name in ("state", "write_uid", "write_date"):
                    row[0].pop(name, None)
        self.assertEqual(before, after)
        self.assertEqual(submission.declared["description"], "What the applicant asks for")

    def edit_everything(self, user, request, edits, evidence):
        """Try as ``user`` all that could touch the evidence: of the request, of the person, of the rows themselves."""
        people = {"name": "اسم آخر", "phone": "0509999999"}
        attempts = [(request, name, value) for name, value in edits.items()]
        attempts += [(request.beneficiary_id, name, value) for name, value in people.items()]
        attempts += [
            (record, name, False)
            for record in evidence
            for name, field in record._fields.items()
            if field.store and name not in ("id", "state", *MAGIC_COLUMNS)
        ]
        for record, name, value in attempts:
            self.attempt(record.with_user(user), {name: value})
        for record in evidence:
            self.attempt_unlink(record.with_user(user))

    def attempt(self, record, vals):
        refused = contextlib.suppress(UserError, psycopg2.IntegrityError)
        with refused, mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            record.write(vals)

    def attempt_unlink(self, record):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            record.unlink()


@tagged("post_install", "-at_install")
class TestDeclaration(CpaCommon):
    """P-34: the applicant signs that the data is correct; a change of substance voids it, a slip does not."""

    def signed(self):
        return self.complete(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))

    def test_change_of_substance_voids_and_says_so(self):
        request = self.signed()
        request.amount_requested = 9000
        self.assertEqual(request.declaration_state, "changed")
        self.assertEqual(request.declaration_ids.state, "void")
        self.assertIn("void", request.message_ids[0].body)
        move = self.env["cpa.request.move"].search(
            [("res_model", "=", "cpa.declaration"), ("res_id", "=", request.declaration_ids.id)]
        )[-1]
        self.assertIn("Amount", move.reason)

    def test_clerical_correction_is_logged_and_holds(self):
        request = self.signed()
        request.write({"description": "What the applicant asks for.", "correction_reason": "A full stop was missing"})
        self.assertEqual(request.declaration_state, "signed")
        correction = request.correction_ids
        self.assertEqual(
            (correction.user_id, correction.reason, correction.changes),
            (
                self.officer,
                "A full stop was missing",
                {"description": ["What the applicant asks for", "What the applicant asks for."]},
            ),
        )
        request.write({"state": "submitted"})
        for attempt in (lambda: correction.write({"reason": "x"}), lambda: correction.unlink()):
            with self.assertRaises(UserError):
                attempt()
        # the next change of substance is still caught
        request.description = "Quite another need"
        self.assertEqual(request.declaration_state, "changed")

    def test_another_text_is_no_slip_of_the_pen(self):
        """What says something else asks for a new signature, whatever it is called."""
        request = self.signed()
        with self.assertRaisesRegex(UserError, "change of substance"):
            request.write({"description": "Quite another need", "correction_reason": "A slip"})

    def test_who_corrects(self):
        """The correction belongs to who takes requests in, by whatever door: not to who studies or decides them."""
        request = self.signed()
        request.write({"state": "submitted"})
        correction = {"description": "What the applicant asks for!", "correction_reason": "A mark was missing"}
        for user in (self.manager, self.researcher):
            refused = self.assertRaisesRegex(UserError, "clerical correction belongs to")
            with self.subTest(user.login), refused, self.env.cr.savepoint():
                request.with_user(user).write(correction)
        self.assertEqual(request.declaration_state, "signed")

    def test_a_sum_is_never_a_slip_of_the_pen(self):
        request = self.signed()
        with self.assertRaisesRegex(UserError, "change of substance"):
            request.write({"amount_requested": 9000, "correction_reason": "A zero was missing"})

    def test_ways_to_sign(self):
        """On screen, on paper with scan, thumbprint with a witness who is somebody else."""
        request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
        for vals, missing in (
            ({"method": "screen"}, "The signature"),
            ({"method": "paper"}, "The scan"),
            ({"method": "thumbprint", "scan": PDF}, "name of the witness"),
            ({"method": "thumbprint", "scan": PDF, "witness_name": "محمد  تجريبى"}, "somebody else than the signer"),
        ):
            with self.subTest(**vals), self.assertRaisesRegex(UserError, missing):
                self.sign(request, **{"signature": False, **vals})
        self.sign(request, method="thumbprint", scan=PDF, witness_name="شاهد تجريبي", signature=False)
        self.assertEqual(request.declaration_state, "signed")

    def test_agent_with_an_expired_power(self):
        """An agent signs with a power of attorney that is valid; a carer never signs."""
        request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
        Representation = request.env["cpa.representation"]
        agent = request.env["res.partner"].create({"name": "وكيل تجريبي"})
        vals = {"beneficiary_id": request.beneficiary_id.id, "representative_id": agent.id}
        expired = Representation.create(
            {**vals, "kind": "agent", "power_number": "441234567", "valid_until": "2020-01-01"}
        )
        carer = Representation.create({**vals, "kind": "carer"})
        for representation, missing in ((expired, "expired"), (carer, "carer does not sign")):
            with self.assertRaisesRegex(UserError, missing):
                self.sign(request, representation_id=representation.id)

    def test_signed_scan_is_evidence(self):
        """The scan of a signed paper is neither replaced nor deleted, by the field or by its file."""
        request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
        declaration = self.sign(request, method="paper", scan=PDF, signature=False)
        file = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [("res_model", "=", "cpa.declaration"), ("res_field", "=", "scan"), ("res_id", "=", declaration.id)]
            )
        )
        self.assertTrue(file)
        for attempt in (lambda: file.write({"datas": PDF}), lambda: file.unlink()):
            with self.assertRaisesRegex(UserError, "evidence"):
                attempt()


@tagged("post_install", "-at_install")
class TestUploads(CpaCommon):
    """Files of our records: by content, not by name; nothing larger than the limit, nothing disguised."""

    def upload(self, name, raw):
        request = self.make_request(beneficiary_id=self.make_beneficiary().id)
        return request.env["ir.attachment"].create(
            {"name": name, "raw": raw, "res_model": "cpa.request", "res_id": request.id}
        )

    def test_good_files(self):
        pdf, png = base64.b64decode(PDF), base64.b64decode(SIGNATURE)
        request = self.make_request(beneficiary_id=self.make_beneficiary().id)
        for name, raw in (("إيجار.pdf", pdf), ("صورة ١٢.٣", png), ("scan", pdf), ("voice.ogg", b"OggS" + bytes(40))):
            vals = {"name": name, "raw": raw, "res_model": "cpa.request", "res_id": request.id}
            self.assertTrue(request.env["ir.attachment"].create(vals), name)

    def test_disguised_oversize_and_broken(self):
        pdf = base64.b64decode(PDF)
        request = self.make_request(beneficiary_id=self.make_beneficiary().id)
        for name, raw, message in (
            ("invoice.pdf", b"MZ" + bytes(200), "not a file that can be kept"),
            ("photo.jpg", b"<html><script>alert(1)</script></html>", "not a file that can be kept"),
            ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "not a file that can be kept"),
            ("photo.jpg", pdf, "something else inside"),
            ("photo.pdf.exe", pdf, "something else inside"),
            ("big.pdf", pdf + bytes(10 * 1024 * 1024), "larger than 10 MB"),
        ):
            with self.subTest(name=name), self.assertRaisesRegex(ValidationError, message):
                request.env["ir.attachment"].create(
                    {"name": name, "raw": raw, "res_model": "cpa.request", "res_id": request.id}
                )

    def test_no_way_around_by_a_later_move(self):
        """A file uploaded for another document is looked at when it becomes ours."""
        request = self.make_request(beneficiary_id=self.make_beneficiary().id)
        loose = request.env["ir.attachment"].create({"name": "invoice.pdf", "raw": b"MZ" + bytes(200)})
        with self.assertRaisesRegex(ValidationError, "not a file that can be kept"):
            loose.write({"res_model": "cpa.request", "res_id": request.id})

    def test_no_way_around_by_another_column(self):
        """Neither the database's own column, nor a default, nor a second value, nor a new name disguises a file."""
        files, program = self.upload("photo.png", base64.b64decode(SIGNATURE)), b"MZ" + bytes(200)
        encoded = base64.b64encode(program)
        vals = {"name": "photo.png", "res_model": "cpa.request", "res_id": files.res_id}
        for label, way in (
            ("column", lambda: files.create(vals | {"db_datas": encoded})),
            (
                "default",
                lambda: files.with_context(default_res_model="cpa.request", default_res_id=files.res_id).create(
                    {"name": "photo.png", "raw": program}
                ),
            ),
            ("second", lambda: files.write({"raw": files.raw, "datas": encoded})),
            ("name", lambda: files.write({"name": "photo.exe"})),
        ):
            with self.subTest(way=label), self.assertRaises(ValidationError):
                way()

    def test_evidence_is_not_hidden(self):
        scan = self.upload("scan.png", base64.b64decode(SIGNATURE))
        self.make_request(
            beneficiary_id=self.env[scan.res_model].browse(scan.res_id).beneficiary_id.id,
            move_happened_at=fields.Datetime.subtract(fields.Datetime.now(), days=1),
            move_reason="On the road",
            move_scan_id=scan.id,
        )
        for vals in ({"name": "other.png"}, {"res_field": "signature"}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "evidence"):
                scan.write(vals)


@tagged("post_install", "-at_install")
class TestKinds(CpaCommon):
    """Each kind of request has its own columns and asks for what it needs, all of it in one message."""

    def service(self, code):
        return self.env["cpa.service"].search([("code", "=", code)])

    def test_complaint_against_a_merchant(self):
        request = self.make_request(self.service("MERCHANT"), beneficiary_id=self.make_beneficiary().id)
        with self.assertRaisesRegex(UserError, "(?s)Merchant.*Matter of the complaint.*Goods or service"):
            request.write({"state": "submitted"})
        with self.assertRaisesRegex(ValidationError, "ten digits"):
            request.merchant_number = "12345"
        request.write(
            {
                "merchant_name": "متجر تجريبي",
                "merchant_number": "٥٩٥٠ ١٢٣٤٥٦",
                "merchant_category": "warranty",
                "merchant_item": "ثلاجة",
            }
        )
        self.assertEqual(request.merchant_number, "5950123456")
        self.submit(request)
        self.assertEqual(request._current_round().declared["merchant_name"], "متجر تجريبي")

    def test_anonymous_market_report(self):
        """An anonymous market report is allowed: no name, no file, no declaration."""
        request = self.make_request(
            self.service("MARKET"),
            is_anonymous=True,
            merchant_name="متجر تجريبي",
            merchant_category="price",
            merchant_item="سلعة",
        )
        self.submit(request)
        self.assertTrue(request.number)

    def test_whom_a_complaint_is_about(self):
        """He neither handles it nor reads it."""
        request = self.make_request(self.service("ASSOC"), beneficiary_id=self.make_beneficiary().id)
        self.submit(request)
        with self.assertRaisesRegex(ValidationError, "does not handle it"):
            request.subject_user_ids = self.officer
        request.with_user(self.manager).write(
            {"officer_id": self.manager.id, "subject_user_ids": [fields.Command.link(self.officer.id)]}
        )
        self.assertFalse(self.env["cpa.request"].with_user(self.officer).search([("id", "=", request.id)]))
        self.assertTrue(self.env["cpa.request"].with_user(self.manager).search([("id", "=", request.id)]))
        for model in ("cpa.request.submission", "cpa.request.check", "cpa.request.move", "cpa.explanation"):
            hanging = self.env[model].with_user(self.officer)
            domain = [("request_id", "=", request.id)]
            with self.subTest(model=model):
                self.assertEqual(bool(hanging.sudo().search(domain)), model != "cpa.request.check")
                self.assertFalse(hanging.search(domain), "what hangs on it tells what it says")

    def test_suggestion_has_an_outcome(self):
        """P-05: a suggestion is closed with its outcome, told to the proposer."""
        request = self.submit(self.make_request(self.service("SUGGEST"), beneficiary_id=self.make_beneficiary().id))
        request.write({"state": "in_progress", "reply_text": "Thank you", "reply_channel_id": self.channel.id})
        with self.assertRaisesRegex(UserError, "outcome of the suggestion"):
            request.write({"state": "done"})
        request.write({"suggestion_outcome": "adopted", "state": "done"})

    def test_privacy_request_names_the_right(self):
        request = self.make_request(self.service("PRIVACY"), beneficiary_id=self.make_beneficiary().id)
        with self.assertRaisesRegex(UserError, "Which right"):
            request.write({"state": "submitted"})


@tagged("post_install", "-at_install")
class TestReferral(CpaCommon):
    """P-33: an unclear procedure is explained by the social-research officer; the time is measured."""

    def refer(self, request, **vals):
        return request.env["cpa.referral"].create(
            {"request_id": request.id, "question": "Who decides?", "officer_id": self.researcher.id, **vals}
        )

    def test_answered_at_once(self):
        """He sits next door: question and answer are entered together, and nothing stays open."""
        request = self.make_request(beneficiary_id=self.make_beneficiary().id)
        referral = self.refer(request, answer="The research committee")
        self.assertEqual((referral.state, referral.answer_hours), ("answered", 0))
        self.assertFalse(request.activity_ids)

    def test_answered_later(self):
        """From any state, also before there is a number; the time until the answer is measured."""
        with freeze_time("2026-03-10 09:00:00") as clock:
            request = self.make_request(beneficiary_id=self.make_beneficiary().id)
            referral = self.refer(request)
            self.assertEqual(request.activity_ids.user_id, self.researcher)
            self.submit(request)
            self.assertTrue(request.number, "it never withholds the number")
            clock.tick(timedelta(hours=5))
            referral.with_user(self.researcher).write({"answer": "The committee", "state": "answered"})
            self.assertEqual(referral.answer_hours, 5)

    def test_asked_and_answered_on_paper(self):
        """Both times are set back, with the reason and the scan."""
        with freeze_time("2026-03-10 09:00:00"):
            request = self.make_request(beneficiary_id=self.make_beneficiary().id)
            paper = {"move_reason": "Noted on the road", "move_scan": PDF}
            with self.assertRaisesRegex(UserError, "scan of the paper"):
                self.refer(request, move_happened_at="2026-03-08 09:00:00", move_reason="Noted on the road")
            referral = self.refer(request, move_happened_at="2026-03-08 09:00:00", **paper)
            self.assertEqual(str(referral.asked_at), "2026-03-08 09:00:00")
            referral.with_user(self.researcher).write(
                {"answer": "The committee", "state": "answered", "move_happened_at": "2026-03-09 09:00:00", **paper}
            )
            self.assertEqual(referral.answer_hours, 24)
            moves = self.env["cpa.request.move"].search(
                [("res_model", "=", "cpa.referral"), ("res_id", "=", referral.id)]
            )
            self.assertEqual([bool(move.scan_id) for move in moves], [True, True])
