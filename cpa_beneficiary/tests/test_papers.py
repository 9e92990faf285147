import io
import json
import logging
import re
import unicodedata
from unittest.mock import patch

import pypdf
from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from pdfminer.high_level import extract_text

from ..tools import papers
from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_date
from ..tools.text import arabic_digits, ascii_digits
from .common import ROLES, SIGNATURE, CpaCommon

SLIP = "cpa_beneficiary.cpa_request_report_slip"
FORM = "cpa_beneficiary.cpa_request_report_form"
BLANK = "cpa_beneficiary.cpa_service_report_form_blank"
DECLARATION = "cpa_beneficiary.cpa_declaration_report"
SLIP_PRINTERS = ("officer", "delegate", "manager")
ARABIC_WORD = re.compile(r"[\u0621-\u064a]+")


def words_of(text):
    """Return the Arabic words of a text, each as the set of its letters would be drawn: order kept, marks dropped."""
    return [word for word in ARABIC_WORD.findall(plain(text)) if len(word) > 1]


def plain(text):
    """Return text as letters: presentation forms, diacritics and unseen marks aside."""
    letters = unicodedata.normalize("NFKC", text).replace("ـ", "")
    return "".join(char for char in letters if unicodedata.category(char) not in ("Mn", "Cf"))


class PapersCommon(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ar_001")
        cls.company = cls.env.company
        cls.company.write({"name": "جمعية الاختبار", "cpa_second_name": "Test Association", "phone": "+966175200001"})

    @classmethod
    def print(cls, report, records, user=None, lang="en_US"):
        """Return the PDF of ``report`` for ``records`` as ``user`` (the officer) prints it."""
        Report = cls.env["ir.actions.report"].with_user(user or cls.officer).with_context(lang=lang)
        pdf, kind = Report._render_qweb_pdf(report, records.ids)
        assert kind == "pdf", kind
        return pdf

    @classmethod
    def text(cls, *args, **kwargs):
        """Return what a reader finds on the paper, lines and runs of spaces as one space."""
        return " ".join(extract_text(io.BytesIO(cls.print(*args, **kwargs))).split())

    def assertWords(self, words, text):
        """Assert that each Arabic word of ``words`` is on the paper, whole and in its letters' order."""
        found = set(words_of(text))
        missing = [word for word in words_of(words) if word not in found and word[::-1] not in found]
        self.assertFalse(missing, text)

    @classmethod
    def make_submitted(cls, service=None, **vals):
        beneficiary = cls.env["cpa.beneficiary"].with_user(cls.officer).search([("name", "=", "محمد تجريبي")], limit=1)
        beneficiary = beneficiary or cls.make_beneficiary()
        return cls.submit(cls.make_request(service, beneficiary_id=beneficiary.id, **vals))


@tagged("post_install", "-at_install")
class TestPaperEngine(PapersCommon):
    """Papers are set by their own engine, without network; the reports of others keep theirs."""

    def test_fetches_nothing_from_outside(self):
        """An address in a paper is refused, whatever protocol: nothing leaves the server, and no file is read."""
        with self.assertLogs("weasyprint", logging.ERROR) as logs:
            papers.to_pdf(
                [
                    "<html><body><img src='https://example.org/x.png'><img src='file:///etc/hostname'>"
                    f"<img src='{papers.STATIC.as_uri()}/../models/__init__.py'>text</body></html>"
                ]
            )
        self.assertEqual(len(logs.output), 3, logs.output)

    def test_missing_libraries(self):
        """Without the libraries one message says what is missing and who mends it."""
        request = self.make_submitted()
        with (
            patch.object(papers, "_engine", side_effect=papers.PapersUnavailable("libpango-1.0-0")),
            self.assertRaisesRegex(UserError, "libpango-1.0-0.*administrator"),
        ):
            self.print(SLIP, request)

    def test_fonts_are_our_own(self):
        """A paper looks the same on every machine: all its fonts lie beside the code."""
        for lang in ("ar_001", "en_US"):
            reader = pypdf.PdfReader(io.BytesIO(self.print(SLIP, self.make_submitted(self.support), lang=lang)))
            for page in reader.pages:
                for font in page["/Resources"]["/Font"].values():
                    self.assertIn("+Cpa-", font.get_object()["/BaseFont"])

    def test_other_reports_keep_their_engine(self):
        report = self.env["ir.actions.report"].search([("cpa_engine", "=", False)], limit=1)
        with (
            patch.object(papers, "to_pdf") as ours,
            patch("odoo.addons.base.models.ir_actions_report._run_wkhtmltopdf", side_effect=InterruptedError),
            self.assertRaises(InterruptedError),
        ):
            report._run_wkhtmltopdf(["<html/>"], report_ref=report.id)
        ours.assert_not_called()

    def test_digits(self):
        """An Arabic paper has Arabic digits throughout, save in what is copied letter for letter."""
        (paper,) = papers.split(
            "<html lang='ar'><body><article>12-3<b>4</b>5<i translate='no'>67</i>8</article></body></html>"
        )
        self.assertEqual(re.sub("<[^>]*>|[\u202c\u202d]", "", paper).strip(), "١٢-٣٤٥67٨")


@tagged("post_install", "-at_install")
class TestPin(PapersCommon):
    """The PIN of the slip: derived, never stored, ended by a new one."""

    def test_pin(self):
        request, other = self.make_submitted(), self.make_submitted()
        self.assertRegex(request._pin(), r"\A[0-9]{6}\Z")
        self.assertEqual(request._pin(), request._pin())
        self.assertNotEqual(request._pin(), other._pin())
        self.assertTrue(request._pin_matches(request._pin()))
        self.assertTrue(request._pin_matches(f" {arabic_digits(request._pin())} "), "typed on an Arabic keyboard")
        for wrong in ("", False, "000000x", request._pin()[:-1], other._pin()):
            self.assertFalse(request._pin_matches(wrong), wrong)

    def test_no_pin_before_the_number(self):
        draft = self.make_request()
        self.assertFalse(draft._pin())
        self.assertFalse(draft._pin_matches(""))
        with self.assertRaisesRegex(UserError, "number"):
            draft.action_new_pin()

    def test_new_pin(self):
        """A lost slip: staff give a new PIN, which is logged and ends the former; it stands in no column."""
        request = self.make_submitted()
        former = request._pin()
        action = request.action_new_pin()
        self.assertEqual(action["cpa_engine"], "weasyprint", "the client prints it at once")
        self.assertFalse(request._pin_matches(former))
        self.assertIn("New PIN", str(request.message_ids[0].body))
        self.assertNotIn(request._pin(), str(request.message_ids.mapped("body")))
        with self.assertRaisesRegex(UserError, "kept by the system"):
            request.write({"pin_version": 0})
        for role in ("auditor", "researcher", "secretary", "member", "privacy"):
            with self.subTest(role), self.assertRaises(AccessError):
                request.with_user(getattr(self, role)).action_new_pin()


@tagged("post_install", "-at_install")
class TestSlip(PapersCommon):
    """P-35: what the applicant takes home says number, PIN, until when we reply, and what was explained."""

    def test_slip(self):
        with freeze_time("2026-03-01 09:00:00"):
            request = self.make_request(
                self.support, subject="Rent", amount_requested=4321, beneficiary_id=self.make_beneficiary().id
            )
            late = request.check_ids[0]
            late.write({"due_date": "2026-03-10", "state": "to_sight"})
            request.branch_id = self.branch
            self.submit(request)
            english = self.text(SLIP, request)
            arabic = self.text(SLIP, request, lang="ar_001")
        self.assertIn(f"We reply to you by {format_both(request.reply_target_date, 'en')}", english)
        self.assertIn("research committee", english)
        self.assertIn("not less than two weeks.”", english, "the clause is quoted")
        for words in (request.number, request._pin(), late.name, "10 March 2026", self.officer.name, self.branch.name):
            self.assertIn(words, english)
        for secret in ("Rent", "4321", "4,321", self.support.name, "محمد", request.description):
            self.assertNotIn(secret, english, "for a shared phone or house")
        digits = ascii_digits(plain(arabic))
        for number in (request.number, request._pin()):
            self.assertIn(number, digits)
        self.assertNotRegex(arabic, "[0-9]", "Arabic digits throughout")
        self.assertWords(format_both(request.reply_target_date, "ar"), arabic)
        clause = request.policy_id.clause_ids.filtered(lambda c: c.code == "P-35")
        self.assertWords(clause.reading_ar, arabic)
        self.assertWords(self.company.name, arabic)

    def test_without_committee(self):
        """P-35 is about the committee; who asks for advice is told what happens to that."""
        text = self.text(SLIP, self.make_submitted())
        self.assertNotIn("committee", text)
        self.assertIn("Our staff handle your request", text)

    def test_tells_no_decision(self):
        """A decision that is not told yet, and one that was told: the slip shows neither."""
        request = self.make_submitted(self.support)
        self.study(request)
        before = self.text(SLIP, request)
        self.decide(request, "reject")
        self.assertEqual(self.text(SLIP, request), before)
        self.reply(request, "rejected")
        after = self.text(SLIP, request)
        self.assertIn(f"We replied to you on {format_both(riyadh_date(request.replied_at), 'en')}", after)
        self.assertNotIn("reject", after.lower())

    def test_roll(self):
        """On a roll of 80 mm the same slip, cut below its last line."""
        request = self.make_submitted(self.support)
        pdf = self.print("cpa_beneficiary.cpa_request_report_slip_roll", request)
        (page,) = pypdf.PdfReader(io.BytesIO(pdf)).pages
        self.assertAlmostEqual(float(page.mediabox.width), 80 / 25.4 * 72, delta=1)
        self.assertLess(float(page.mediabox.height), 250 / 25.4 * 72)
        self.assertIn(request._pin(), " ".join(extract_text(io.BytesIO(pdf)).split()))

    def test_one_page(self):
        request = self.make_submitted(self.support)
        for lang in ("ar_001", "en_US"):
            self.assertEqual(len(pypdf.PdfReader(io.BytesIO(self.print(SLIP, request, lang=lang))).pages), 1, lang)

    def test_who_prints(self):
        """The slip opens the request to whoever holds it: only those who hand it out print it."""
        request = self.make_submitted(self.support)
        request.branch_id = self.branch
        self.study(request)
        self.decide(request)
        for role in ROLES:
            user = getattr(self, role)
            with self.subTest(role):
                if role in SLIP_PRINTERS:
                    self.print(SLIP, request, user)
                    continue
                with self.assertRaises(AccessError):
                    self.print(SLIP, request, user)
        request.branch_id = False
        with self.assertRaises(AccessError):
            self.print(SLIP, request, self.delegate)

    def test_many_at_once(self):
        """Fifty slips ask the database no more than ten."""
        vals = {"subject": "x", "service_id": self.support.id, "channel_id": self.channel.id}
        requests = self.env["cpa.request"].with_user(self.officer).create([vals] * 50)
        policy = self.env["cpa.policy"]._in_force()
        for request in requests:
            request._current_round()._seal(request.create_date)
            request._lifecycle_set(
                {"number": f"2099-{request.id}", "reply_target_date": "2099-01-01", "policy_id": policy.id}
            )

        def queries(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with patch.object(papers, "to_pdf", return_value=b""):
                self.env["ir.actions.report"].with_user(self.officer)._render_qweb_pdf(SLIP, records.ids)
            return self.env.cr.sql_log_count - before

        queries(requests[:1])
        self.assertEqual(queries(requests[:10]), queries(requests))


@tagged("post_install", "-at_install")
class TestForms(PapersCommon):
    """P-30, P-34: the request's form filled and blank, and the declaration, as far as their reader may see."""

    def test_filled(self):
        """All that was given, checked, declared and explained; the identity's number never whole."""
        with freeze_time("2026-03-01 09:00:00"):
            request = self.make_submitted(self.support, amount_requested=4321, description="سداد إيجار متأخر")
        applicant = request.beneficiary_id
        with freeze_time("2026-03-05 09:00:00"):
            english, arabic = (self.text(FORM, request, lang=lang) for lang in ("en_US", "ar_001"))
        for words in (
            request.number,
            applicant.file_number,
            "4,321",
            self.support.name,
            format_both(riyadh_date(request.submitted_at), "en"),
            request.declaration_ids.text,
            request.explanation_ids.text,
            "Said at the counter",
        ):
            self.assertIn(words, english)
        for word in " ".join(request.check_ids.mapped("name")).split():
            self.assertIn(word, english, "a cell of the table of checks")
        self.assertWords(f"{applicant.name} {request.description}", arabic)
        self.assertIn(request.number, ascii_digits(plain(arabic)))
        self.assertWords(format_both(request.reply_target_date, "ar"), arabic)
        for text in (english, ascii_digits(plain(arabic))):
            self.assertNotIn("1123456780", text)
            self.assertIn("6780", text)

    def test_draft_is_signed_by_hand(self):
        """Before the submission the form is printed to be signed: with the text and a place for a thumbprint."""
        text = self.text(FORM, self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
        self.assertIn(self.env["cpa.declaration.text"].search([], limit=1).body, text)
        for words in ("Draft", "Thumbprint", "witness"):
            self.assertIn(words, text)

    def test_no_sensitive_data(self):
        """What a role may not read is on no paper that it prints; members read the case, not the person's form."""
        request = self.make_submitted(self.support)
        self.study(request)
        self.decide(request)
        profile = self.env["cpa.social.profile"].with_user(self.researcher)
        profile.create({"beneficiary_id": request.beneficiary_id.id, "health_notes": "Diabetes"})
        for role in ("officer", "researcher", "manager", "auditor", "privacy"):
            with self.subTest(role):
                text = self.text(FORM, request, getattr(self, role))
                self.assertIn(request.number, text)
                for secret in ("Diabetes", "1123456780", request._pin()):
                    self.assertNotIn(secret, text)
        for role in ("member", "secretary"):
            for report, record in ((FORM, request), (DECLARATION, request.declaration_ids)):
                with self.subTest(role), self.assertRaises(AccessError):
                    self.print(report, record, getattr(self, role))

    def test_anonymous(self):
        """A market report without a name prints too."""
        service = self.env["cpa.service"].search([("allows_anonymous", "=", True)], limit=1)
        self.assertIn("Anonymous", self.text(FORM, self.make_request(service, is_anonymous=True)))

    def test_blank(self):
        """Every service has its blank form: what to bring, what is declared, what is explained; for all the staff."""
        for service in self.env["cpa.service"].search([]):
            with self.subTest(service.name):
                english = self.text(BLANK, service, self.member)
                self.assertIn(service.name, english)
                for requirement in service._form_requirements():
                    self.assertIn(requirement.name, english)
                declared = self.env["cpa.declaration.text"].search([], limit=1).body
                self.assertEqual(declared in english, service.needs_declaration)
                self.assertEqual("research committee" in english, service.needs_committee)
                self.assertIn("Thumbprint", english)
                self.assertWords(self.company.name, self.text(BLANK, service, lang="ar_001"))
        with self.assertRaises(AccessError):
            self.print(BLANK, self.support, self.plain)

    def test_declaration(self):
        """To be signed on paper: the text and places; signed: text, name, method, time, fingerprint, signature."""
        request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
        declaration = request.env["cpa.declaration"].create(
            {"request_id": request.id, "signer_name": "Signer", "signature": SIGNATURE}
        )
        draft = self.text(DECLARATION, declaration)
        self.assertIn(declaration.body, draft)
        self.assertIn("Thumbprint", draft)
        with freeze_time("2026-03-01 09:00:00"):
            declaration.write({"state": "signed"})
        pdf = self.print(DECLARATION, declaration)
        signed = " ".join(extract_text(io.BytesIO(pdf)).split())
        for words in (declaration.text, "Signer", "On screen", "1 March 2026"):
            self.assertIn(words, signed)
        self.assertIn(declaration.digest, signed.replace(" ", ""))
        self.assertNotIn("Thumbprint", signed)
        self.assertEqual(len(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].images), 1, "the signature")
        self.assertIn(declaration.digest, plain(self.text(DECLARATION, declaration, lang="ar_001")).replace(" ", ""))

    def test_long_text_breaks_between_lines(self):
        """A text of many pages: none of its lines is lost or torn at the page's edge."""
        lines = [f"line{index}" for index in range(150)]
        request = self.make_request(description="\n".join(lines))
        pdf = self.print(FORM, request)
        self.assertGreater(len(pypdf.PdfReader(io.BytesIO(pdf)).pages), 2)
        found = re.findall(r"\bline\d+\b", extract_text(io.BytesIO(pdf)))
        self.assertEqual(found, lines)


@tagged("post_install", "-at_install")
class TestPapersByAddress(PapersCommon, HttpCase):
    """A paper's address is no way round the rights of its reader."""

    def test_address(self):
        request = self.make_submitted(self.support)
        path = f"/report/pdf/cpa_beneficiary.cpa_request_slip/{request.id}"
        for login, allowed in (
            ("cpa_officer", True),
            ("cpa_delegate", False),
            ("cpa_auditor", False),
            ("cpa_plain", False),
        ):
            with self.subTest(login):
                self.authenticate(login, login)
                for address in (path, path.replace("/pdf/", "/html/")):
                    response = self.url_open(address)
                    if allowed:
                        self.assertEqual(response.status_code, 200)
                        continue
                    self.assertEqual(response.status_code, 403)
                    self.assertNotIn(request._pin(), response.text)
        self.authenticate("cpa_officer", "cpa_officer")
        self.assertEqual(self.url_open(path).headers["Content-Type"], "application/pdf")
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(path).url)

    def test_download(self):
        """The client's own way: the file is named by the number, not by a person."""
        request = self.make_submitted(self.support)
        self.authenticate("cpa_officer", "cpa_officer")
        data = json.dumps([f"/report/pdf/cpa_beneficiary.cpa_request_slip/{request.id}", "qweb-pdf"])
        fields = {"data": data, "context": '{"lang": "ar_001"}', "csrf_token": Request.csrf_token(self)}
        response = self.url_open("/report/download", data=fields)
        self.assertTrue(response.content.startswith(b"%PDF"))
        self.assertIn(f"{request.number}.pdf", response.headers["Content-Disposition"])
        self.assertRegex(extract_text(io.BytesIO(response.content)), "[٠-٩]{4}")
