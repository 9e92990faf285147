"""The reply as an event: a letter with its number, frozen when it goes, and how its receipt is known (P-22, P-35)."""

import base64
import re
from datetime import date, timedelta

from freezegun import freeze_time
from odoo import SUPERUSER_ID, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger
from psycopg2.errors import UniqueViolation

from ..models.cpa_letter import HIDDEN_PATH, PAGE
from ..tools import links
from ..tools.hijri import format_both
from ..tools.text import ascii_digits
from .common import SIGNATURE
from .test_papers import PapersCommon, plain, words_of

PDF = base64.b64encode(b"%PDF-1.4\n%%EOF")
LETTER = "cpa_beneficiary.cpa_letter_report"
LINK = re.compile(rf"{PAGE}/[\w-]+")
# identity numbers, so that each applicant is a person of his own
NUMBERS = ("1123456780", "1000000016", "1000000024", "1000000032")


class LetterCommon(PapersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.company.cpa_executive_manager = "عبدالله التجريبي"
        cls.post = cls.env.ref("cpa_beneficiary.channel_letter")

    @classmethod
    def make_decided(cls, kind="accept", number=0, lang="en_US", **vals):
        """Return a support request that the committee has decided and of which nobody has been told."""
        beneficiary = cls.make_beneficiary(number=NUMBERS[number], name=f"محمد تجريبي {'ابجد'[number] * 3}")
        beneficiary.partner_id.lang = lang
        request = cls.submit(cls.make_request(cls.support, beneficiary_id=beneficiary.id))
        cls.study(request, kind, vals.get("amount", 0))
        cls.decide(request, kind, **vals)
        return request

    @classmethod
    def send(cls, request, user=None, **vals):
        """Send the reply as it was prepared; return its letter."""
        request.with_user(user or cls.officer).write(
            {
                "reply_channel_id": cls.post.id,
                "reply_early_reason": "An urgent need",
                "state": request._reply_state(),
                **vals,
            }
        )
        return request.letter_ids

    def assertWords(self, words, text):
        """As for all papers; a reader of PDF tears a word at a shadda, and reads the sign of God's name at one go."""
        found, joined = set(words_of(text)), "".join(plain(text).split())
        backwards = {word: word[::-1].replace("هلل", "لله") for word in words_of(words)}
        missing = [word for word, drawn in backwards.items() if word not in found and drawn not in joined]
        self.assertFalse(missing, text)

    @classmethod
    def make_sent(cls, kind="accept", **vals):
        return cls.send(cls.make_decided(kind, **vals))


@tagged("post_install", "-at_install")
class TestLetter(LetterCommon):
    """P-35: the reply goes as a letter that tells the decision, and stays as it went."""

    def test_acceptance(self):
        """The letter of an acceptance says the amount, the conditions and what comes next; nobody appeals to it."""
        request = self.make_decided(amount=6000, conditions="The lease is shown")
        self.assertIn("6,000", request.reply_text, "prepared with the decision")
        letter = self.send(request)
        self.assertEqual((letter.kind, letter.state, letter.channel_id), ("decision", "sent", self.post))
        self.assertEqual((letter.sent_at, letter.sent_by), (request.replied_at, self.officer))
        self.assertEqual(letter.addressee, request.beneficiary_id.name)
        self.assertEqual(letter.signatory, "عبدالله التجريبي")
        for words in (request.number, "6,000", "The lease is shown", "next step", "accepted"):
            self.assertIn(words, letter.text)
        self.assertNotIn("appeal", letter.text)
        self.assertNotIn("{", letter.text)

    def test_rejection(self):
        """A rejection says the managed reason in kind words, and until when one appeals, in both calendars."""
        with freeze_time("2026-10-01 09:00:00") as clock:
            request = self.make_decided("reject")
            self.assertNotIn("appeal", request.reply_text, "its last day hangs on the day of the reply")
            clock.move_to("2026-10-20 21:30:00")  # the 21st in Riyadh
            letter = self.send(request)
        self.assertEqual(letter.appeal_until, date(2026, 11, 20), "30 days after the day of the reply in Riyadh")
        for words in (request.rejection_reason_id.letter_text, format_both(date(2026, 11, 20), "en"), "30 days"):
            self.assertIn(words, letter.text)

    def test_appeal_period_is_the_policy_s(self):
        """The period is the one of the policy under which the request is handled; none, and nothing is said of it."""
        request = self.make_decided("partial", amount=100)
        self.env.cr.execute(SQL("UPDATE cpa_policy SET appeal_days = 0 WHERE id = %s", request.policy_id.id))
        self.env.invalidate_all()
        letter = self.send(request)
        self.assertFalse(letter.appeal_until)
        self.assertNotIn("appeal", letter.text)

    def test_appeal_says_so(self):
        """The decision on an appeal is a letter of its own kind, names what was contested and ends it."""
        first = self.make_sent("reject").request_id
        second = self.make_decided("reject", number=1)
        self.env.cr.execute(SQL("UPDATE cpa_request SET appeal_of_id = %s WHERE id = %s", first.id, second.id))
        self.env.invalidate_all()
        second.with_user(self.officer).action_prepare_reply()
        letter = self.send(second)
        self.assertEqual(letter.kind, "appeal")
        self.assertIn(f"appeal against the decision on your request number {first.number}", letter.text)
        self.assertFalse(letter.appeal_until)

    def test_officer_edits(self):
        """No letter writes itself: what the officer made of it goes; the right of appeal is never lost on the way."""
        request = self.make_decided("reject")
        letter = self.send(request, reply_text="We are sorry.\n\nPlease call us.")
        self.assertTrue(letter.text.startswith("We are sorry.\n\nPlease call us.\n\nYou have the right to appeal"))

    def test_answer(self):
        """P-10: an answer without a committee goes as a letter too, in its frame; an anonymous one to nobody."""
        request = self.submit(self.make_request(beneficiary_id=self.make_beneficiary().id))
        request.write({"state": "in_progress"})
        self.reply(request, "done", reply_text="Ask the shop first.")
        letter = request.letter_ids
        self.assertEqual((letter.kind, letter.state), ("notice", "sent"))
        self.assertIn("Ask the shop first.", letter.text)
        self.assertIn(request.number, letter.text)
        report = self.env.ref("cpa_beneficiary.service_merchant", raise_if_not_found=False)
        service = report or self.env["cpa.service"].search([("allows_anonymous", "=", True)], limit=1)
        anonymous = self.make_request(service, is_anonymous=True)
        self.assertFalse(anonymous._send_letters(fields.Datetime.now()))
        self.assertFalse(anonymous.letter_ids)

    def test_guardian_is_addressed(self):
        """Who acts for the applicant stands on the letter."""
        request = self.make_decided()
        guardian = self.env["res.partner"].create({"name": "سالم", "cpa_person": True})
        acting = self.env["cpa.representation"].create(
            {
                "beneficiary_id": request.beneficiary_id.id,
                "representative_id": guardian.id,
                "kind": "agent",
                "power_number": "441",
                "valid_until": "2099-01-01",
            }
        )
        self.env.cr.execute(SQL("UPDATE cpa_request SET representation_id = %s WHERE id = %s", acting.id, request.id))
        self.env.invalidate_all()
        # "for" in the language of the letter
        self.assertRegex(self.send(request).addressee, f"^سالم.+{request.beneficiary_id.name}$")

    def test_applicant_s_language(self):
        """The letter is in the applicant's language, whoever sends it and in whichever language he works."""
        arabic, english = self.make_sent(number=0, lang="ar_001"), self.make_sent(number=1)
        self.assertEqual((arabic.lang, english.lang), ("ar_001", "en_US"))
        self.assertIn("الموافق", arabic.text)
        self.assertNotIn("الموافق", english.text)
        self.assertIn("Reply to your request", english.subject)

    # ------------------------------------------------------------------
    # Number
    # ------------------------------------------------------------------

    def make_notice(self, **vals):
        return (
            self.env["cpa.letter"]
            .with_user(self.officer)
            .create({"addressee": "A body", "subject": "S", "text": "T", "channel_id": self.post.id, **vals})
        )

    def test_number(self):
        """The outgoing number begins anew each year, on New Year's night in Riyadh, and has no gaps."""
        with freeze_time("2026-12-31 20:59:00") as clock:
            old = self.make_notice()
            old.write({"state": "sent"})
            clock.move_to("2026-12-31 21:00:00")
            letters = self.make_notice() | self.make_notice() | self.make_notice()
            letters.write({"state": "sent"})
        self.assertRegex(old.number, r"\A2026/[0-9]{5}\Z")
        self.assertEqual(letters.mapped("number"), ["2027/00001", "2027/00002", "2027/00003"])
        self.assertFalse(self.make_notice().number, "a draft has none")

    def test_all_that_is_missing(self):
        """One message says all that a letter lacks before it goes."""
        letter = self.env["cpa.letter"].with_user(self.officer).create({})
        with self.assertRaises(UserError) as error:
            letter.write({"state": "sent"})
        for words in ("addressed", "subject", "text", "channel"):
            self.assertIn(words, str(error.exception))

    # ------------------------------------------------------------------
    # Not before the reply
    # ------------------------------------------------------------------

    def test_no_decision_before_the_reply(self):
        """P-35: nobody sends a letter of decision past the reply's own guards (channel, text, the two weeks)."""
        request = self.make_decided()
        Letter = self.env["cpa.letter"].with_user(self.officer)
        for kind in ("decision", "appeal"):
            forged = Letter.create(
                {
                    "kind": kind,
                    "request_id": request.id,
                    "addressee": "A",
                    "subject": "S",
                    "text": "Accepted",
                    "channel_id": self.post.id,
                }
            )
            with self.assertRaisesRegex(UserError, "not before"):
                forged.write({"state": "sent"})
            forged.unlink()
        with self.assertRaisesRegex(UserError, "kind|begin"):
            notice = self.make_notice(request_id=request.id)
            notice.write({"kind": "decision"})

    def test_applicant_hears_nothing_before(self):
        """Until the reply goes neither follower, mail nor message tells what was decided."""
        beneficiary = self.make_beneficiary()
        beneficiary.partner_id.email = "applicant@example.org"
        portal = new_test_user(self.env, "cpa_portal", groups="base.group_portal", partner_id=beneficiary.partner_id.id)
        request = self.submit(self.make_request(self.support, beneficiary_id=beneficiary.id))
        request.message_subscribe(beneficiary.partner_id.ids)
        request = request.with_context(tracking_disable=False)
        self.study(request)
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        self.decide(request.with_context(tracking_disable=False), amount=6000)
        self.env.flush_all()
        messages = self.env["mail.message"].search([("id", ">", before)])
        self.assertFalse(messages.notification_ids.filtered(lambda n: n.res_partner_id == beneficiary.partner_id))
        mails = self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)])
        self.assertFalse(mails.filtered(lambda mail: beneficiary.partner_id in mail.recipient_ids))
        about = messages.filtered(lambda m: m.model == "cpa.request")
        self.assertFalse(about.filtered(lambda m: "6,000" in (m.body or "") or "accept" in (m.body or "").lower()))
        self.assertEqual(request.sudo()._reply_link(), "")
        for model in ("cpa.letter", "cpa.request"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])

    # ------------------------------------------------------------------
    # Frozen
    # ------------------------------------------------------------------

    def test_frozen(self):
        """What went never changes and never goes away, for the superuser neither; drafts may."""
        letter = self.make_sent(amount=6000)
        file = self.env["ir.attachment"].create(
            {"name": "letter.pdf", "datas": PDF, "res_model": letter._name, "res_id": letter.id}
        )
        for user in (self.officer, self.manager, self.env["res.users"].browse(SUPERUSER_ID)):
            mine = self.env(user=user)["cpa.letter"].sudo().browse(letter.id)
            for vals in (
                {"text": "Other"},
                {"addressee": "Other"},
                {"lang": "ar_001"},
                {"channel_id": self.channel.id},
                {"acknowledged_how": "phone", "acknowledged_name": "He"},
                {"opened_at": fields.Datetime.now()},
                {"number": "2026/99999"},
                {"state": "draft"},
            ):
                with self.subTest(user=user.name, vals=vals), self.assertRaises(UserError):
                    mine.write(vals)
            with self.assertRaises(UserError):
                mine.unlink()
            with self.assertRaisesRegex(UserError, "evidence"):
                file.with_user(user).sudo().write({"datas": base64.b64encode(b"%PDF-1.4 other\n%%EOF")})
            with self.assertRaisesRegex(UserError, "evidence"):
                file.with_user(user).sudo().unlink()
        self.make_notice().unlink()

    def test_one_letter_for_one_decision(self):
        """A decision is told by one letter; a draft of it that was begun by hand becomes that letter."""
        request = self.make_decided()
        draft = (
            self.env["cpa.letter"]
            .with_user(self.officer)
            .create({"kind": "decision", "request_id": request.id, "text": "Mine", "addressee": "Mine"})
        )
        self.assertEqual(self.send(request), draft)
        self.assertEqual((draft.state, draft.addressee), ("sent", request.beneficiary_id.name))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            self.env["cpa.letter"].create({"kind": "decision", "request_id": request.id})
            self.env.flush_all()

    # ------------------------------------------------------------------
    # Receipt
    # ------------------------------------------------------------------

    def test_receipt(self):
        """How it is known that the letter arrived: each way with what proves it, all that is missing in one message."""
        letter = self.make_sent()
        name = {"acknowledged_name": "محمد"}
        refused = (
            ({}, "How the receipt"),
            ({"acknowledged_how": "signature", **name}, "signature"),
            ({"acknowledged_how": "phone"}, "Who confirmed"),
            ({"acknowledged_how": "paper", **name}, "scan"),
            ({"acknowledged_how": "thumbprint", "acknowledged_scan": PDF, **name}, "witness"),
            ({"acknowledged_how": "thumbprint", "acknowledged_scan": PDF, "witness_name": "محمد", **name}, "somebody"),
            ({"acknowledged_how": "page", **name}, "himself"),
        )
        for vals, words in refused:
            with self.subTest(vals), self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                letter.with_user(self.officer).write({"state": "acknowledged", **vals})
        accepted = (
            {"acknowledged_how": "signature", "acknowledged_signature": SIGNATURE, **name},
            {"acknowledged_how": "phone", **name},
            {"acknowledged_how": "paper", "acknowledged_scan": PDF, **name},
            {"acknowledged_how": "thumbprint", "acknowledged_scan": PDF, "witness_name": "علي", **name},
        )
        for vals in accepted:
            notice = self.make_notice()
            notice.write({"state": "sent"})
            notice.write({"state": "acknowledged", **vals})
            self.assertTrue(notice.acknowledged_at)
            with self.assertRaises(UserError):
                notice.write({"acknowledged_name": "Other"})

    def test_receipt_dialog(self):
        """The dialog says it in one go with the move; who signed it at the counter an hour ago proves it by a scan."""
        letter = self.make_sent()
        letter.with_user(self.officer)
        action = letter.with_user(self.officer).action_acknowledge()
        Wizard = self.env[action["res_model"]].with_user(self.officer).with_context(**action["context"])
        wizard = Wizard.create({"how": "phone"})
        self.assertEqual(wizard.name, letter.addressee)
        wizard.action_confirm()
        self.assertEqual((letter.state, letter.acknowledged_how), ("acknowledged", "phone"))

    def test_story(self):
        """The letter and its receipt stand in the history of the request."""
        letter = self.make_sent()
        letter.write({"state": "acknowledged", "acknowledged_how": "phone", "acknowledged_name": "محمد"})
        moves = self.env["cpa.request.move"].search([("res_model", "=", "cpa.letter"), ("res_id", "=", letter.id)])
        self.assertEqual(moves.mapped("to_state"), ["sent", "acknowledged"])
        self.assertEqual(moves.request_id, letter.request_id)
        self.assertIn(letter.number, letter.request_id.story_html)

    # ------------------------------------------------------------------
    # Roles
    # ------------------------------------------------------------------

    def test_roles(self):
        """A delegate sees and confirms the letters of his branch and sends none; members and researchers see none."""
        letter, other = self.make_sent(number=0), self.make_sent(number=1)
        letter.request_id.branch_id = self.branch
        self.assertEqual(self.env["cpa.letter"].with_user(self.delegate).search([]), letter)
        with self.assertRaises(AccessError):
            other.with_user(self.delegate).read(["text"])
        letter.with_user(self.delegate).write(
            {"state": "acknowledged", "acknowledged_how": "phone", "acknowledged_name": "محمد"}
        )
        with self.assertRaises(AccessError):
            self.env["cpa.letter"].with_user(self.delegate).create({"addressee": "A"})
        for user in (self.auditor, self.manager, self.privacy, self.officer, self.secretary):
            self.assertLessEqual(letter | other, self.env["cpa.letter"].with_user(user).search([]), user.name)
        for user in (self.member, self.researcher, self.plain):
            with self.assertRaises(AccessError, msg=user.name):
                self.env["cpa.letter"].with_user(user).search([])
        for user in (self.auditor, self.manager, self.privacy):
            with self.assertRaises(UserError, msg=user.name):
                other.with_user(user).write({"state": "acknowledged"})

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    def test_texts_are_the_association_s(self):
        """The manager edits the texts; a placeholder that does not exist is refused; the desk never offers them."""
        text = self.env.ref("cpa_beneficiary.letter_text_accept").with_user(self.manager)
        text.body = "Accepted: {number}\n\nAmount {amount}"
        self.assertEqual(self.make_decided().reply_text.splitlines()[0][:9], "Accepted:")
        with self.assertRaisesRegex(ValidationError, "secret"):
            text.body = "{secret}"
        request = self.make_decided(number=1)
        offered = self.env["cpa.reply.text"].with_user(self.officer).get_texts("cpa.request", request.id)
        parts = self.env["cpa.reply.text"].search([("letter_part", "!=", False)])
        self.assertEqual(len(parts), 5)
        self.assertFalse(set(parts.ids) & {text["id"] for text in offered})


@tagged("post_install", "-at_install")
class TestLetterPaper(LetterCommon):
    """The letter as PDF: every word of it, in both calendars, with number, signature block and page numbers."""

    def test_every_word(self):
        letter = self.make_sent("reject", lang="ar_001")
        text = self.text(LETTER, letter, lang="en_US")
        self.assertWords(letter.text, text)
        self.assertWords(f"{letter.addressee} {letter.subject} {letter.signatory} {self.company.name}", text)
        self.assertIn("٢٠٢", text, "in the applicant's language, whoever prints it")

    def test_english(self):
        self.company.name = "Test Association"
        letter = self.make_sent("partial", amount=250.5, conditions="In two parts")
        text = self.text(LETTER, letter, lang="ar_001")
        self.assertIn(" ".join(letter.text.split()), text)
        for words in (letter.number, format_both(letter._day(), "en"), "Executive manager", "Page 1 of 1"):
            self.assertIn(words, text)

    def test_preview(self):
        """Before it goes, who sends it reads it as it would go: without a number, and nothing is kept."""
        self.company.name = "Test Association"
        request = self.make_decided("reject")
        text = self.text("cpa_beneficiary.cpa_request_report_letter", request)
        self.assertIn(" ".join(request.reply_text.split()), text)
        self.assertIn("right to appeal", text)
        self.assertIn("Draft", text)
        self.assertFalse(request.letter_ids)
        for user in (self.researcher, self.auditor, self.delegate):
            with self.assertRaises(AccessError):
                self.text("cpa_beneficiary.cpa_request_report_letter", request, user=user)

    def test_long_letter(self):
        """A long text flows over pages, numbered; the signature stays whole."""
        letter = self.send(
            self.make_decided(), reply_text="\n\n".join(f"Paragraph {n}. " + "word " * 60 for n in range(14))
        )
        text = self.text(LETTER, letter)
        self.assertRegex(text, r"Page 1 of [23]")
        for number in range(14):
            self.assertIn(f"Paragraph {number}.", text)


@tagged("post_install", "-at_install")
class TestLinks(LetterCommon):
    """Links that need no login: what is not signed for this page, these records and this time opens nothing."""

    def token(self, ids=(7,), path="/x", hours=1):
        expires = fields.Datetime.now() + timedelta(hours=hours)
        return links.sign(self.env, path, ids, expires).removeprefix(f"{path}/")

    @freeze_time("2026-11-01 12:00:00")
    def test_genuine(self):
        for ids in ((7,), (1, 2, 3), (2**31 - 1,)):
            self.assertEqual(links.read(self.env, "/x", self.token(ids)), ids)
        self.assertLess(len(self.token()), 32, "it fits into a text message")
        self.assertIsNone(links.read(self.env, "/y", self.token()), "signed for another page")

    @freeze_time("2026-11-01 12:00:00")
    def test_every_character_counts(self):
        """Whichever character is changed, dropped or added, also one that base64 reads as the same."""
        token = self.token()
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for place, char in enumerate(token):
            for other in alphabet:
                if other != char:
                    changed = token[:place] + other + token[place + 1 :]
                    self.assertIsNone(links.read(self.env, "/x", changed), changed)
            self.assertIsNone(links.read(self.env, "/x", token[:place] + token[place + 1 :]))
        for wrong in (
            "",
            "=",
            token + "=",
            token + "A",
            " " + token,
            token * 9,
            "A" * 5000,
            "é" * 27,
            "٧" * 27,
            "\x00",
        ):
            self.assertIsNone(links.read(self.env, "/x", wrong), wrong)

    def test_expires(self):
        with freeze_time("2026-11-01 12:00:00") as clock:
            token = self.token(hours=2)
            clock.move_to("2026-11-01 13:59:00")
            self.assertEqual(links.read(self.env, "/x", token), (7,))
            clock.move_to("2026-11-01 14:00:00")
            with self.assertRaises(links.LinkExpired):
                links.read(self.env, "/x", token)

    def test_secret_of_the_database(self):
        """Another database's links open nothing here."""
        token = self.token()
        self.env["ir.config_parameter"].sudo().set_param("database.secret", "another")
        self.assertIsNone(links.read(self.env, "/x", token))


@tagged("post_install", "-at_install")
class TestLetterPage(LetterCommon, HttpCase):
    """The page that a cheap phone reads, and that nobody else opens."""

    def path(self, letter):
        return letter._page_path()

    def test_page(self):
        """Plain HTML in the letter's language and direction, under 20 kB: no script, no file, nothing kept."""
        letter = self.make_sent("reject", lang="ar_001")
        answer = self.url_open(self.path(letter))
        self.assertEqual(answer.status_code, 200)
        page = answer.text
        self.assertLess(len(answer.content), 20_000)
        self.assertIn('dir="rtl"', page)
        for tag in ("<script", "<link", "<img", "src=", "http://", "https://"):
            self.assertNotIn(tag, page)
        self.assertIn(letter.addressee, page)
        self.assertWords(letter.text, re.sub("<[^>]*>", " ", page))
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
        self.assertNotIn("Set-Cookie", answer.headers)
        self.assertTrue(letter.opened_at)
        self.assertEqual(letter.state, "sent", "opening confirms nothing: machines open links too")
        self.assertEqual(self.url_open(f"{self.path(letter)}/pdf").headers["Content-Type"], "application/pdf")

    def test_i_have_read_it(self):
        """The addressee confirms on the page, once: pressing again, or a stolen form, changes nothing."""
        letter = self.make_sent()
        path = self.path(letter)
        answer = self.url_open(path, data={"acknowledged_name": "Somebody else"})
        self.assertEqual(answer.status_code, 200, "led back to the page")
        self.assertIn("confirmed", answer.text)
        self.assertNotIn("<button", answer.text)
        self.assertEqual(
            (letter.state, letter.acknowledged_how, letter.acknowledged_name),
            ("acknowledged", "page", letter.addressee),
        )
        at = letter.acknowledged_at
        with freeze_time(at + timedelta(days=1)):
            self.assertEqual(self.url_open(path, data={"x": "1"}).status_code, 200)
        letter.invalidate_recordset()
        self.assertEqual(letter.acknowledged_at, at)
        moves = self.env["cpa.request.move"].search([("res_model", "=", "cpa.letter"), ("res_id", "=", letter.id)])
        self.assertEqual(moves.mapped("to_state"), ["sent", "acknowledged"])
        self.assertEqual(moves[-1].user_id, self.env.ref("base.public_user"))

    def test_no_other_letter(self):
        """A link opens its own letter; drafts, foreign and missing ones give the same answer as nonsense."""
        letter = self.make_sent()
        token = self.path(letter).removeprefix(f"{PAGE}/")
        draft = self.env["cpa.letter"].create({"addressee": "A draft", "subject": "S", "text": "T"})
        gone = f"{PAGE}/x"
        expires = fields.Datetime.now() + timedelta(days=1)
        foreign = links.sign(self.env, "/other", letter.ids, expires).replace("/other", PAGE)
        same = [
            gone,
            f"{PAGE}/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}",
            f"{PAGE}/{token}A",
            foreign,
            self.path(draft),
            links.sign(self.env, PAGE, (2**31 - 1,), expires),
        ]
        answers = [self.url_open(path) for path in same]
        self.assertEqual({answer.status_code for answer in answers}, {404})
        self.assertEqual(len({answer.content for answer in answers}), 1)
        posts = [self.url_open(path, data={"x": "1"}) for path in same]
        self.assertEqual({answer.status_code for answer in posts}, {404})
        self.assertEqual({answer.content for answer in posts}, {answers[0].content})
        self.assertEqual((letter.state, letter.opened_at), ("sent", False))

    def test_nothing_is_looked_up_before_the_signature_holds(self):
        """No difference in work, so none in time: without a genuine signature no letter is read."""
        letter = self.make_sent()
        token = self.path(letter).removeprefix(f"{PAGE}/")
        Letter = self.env["cpa.letter"]
        self.env["ir.config_parameter"].sudo().get_param("database.secret")
        self.env.invalidate_all()
        for wrong in ("A" * 27, token[:-1] + ("A" if token[-1] != "A" else "B"), "x"):
            with self.subTest(wrong), self.assertQueryCount(0):
                self.assertFalse(Letter._of_page(wrong))

    def test_expired(self):
        """A link whose time is over says so kindly, with the telephone number; it confirms nothing any more."""
        letter = self.make_sent(lang="ar_001")
        path = self.path(letter)
        with freeze_time(fields.Datetime.now() + timedelta(days=61)):
            for answer in (self.url_open(path), self.url_open(path, data={"x": "1"}), self.url_open(f"{path}/pdf")):
                self.assertEqual(answer.status_code, 410)
                self.assertIn("tel:+966175200001", answer.text)
                self.assertNotIn(letter.addressee, answer.text)
        self.assertEqual(letter.state, "sent")

    def test_rate_limit(self):
        """Who tries link after link is told to wait; a genuine one opens all the same (one mast, one address)."""
        letter = self.make_sent()
        path = self.path(letter)
        self.patch(self.env.registry["cpa.rate.limit"], "_allows", lambda self, scope, key, times, hours=1: False)
        self.assertEqual(self.url_open(f"{PAGE}/x").status_code, 429)
        self.assertEqual(self.url_open(path).status_code, 200)
        self.assertEqual(self.url_open(f"{path}/pdf").status_code, 429, "a PDF costs more")

    def test_message_is_neutral(self):
        """The message never says what was decided: a telephone is often shared. Rendered, it opens nothing yet."""
        letter = self.make_sent("reject")
        request = letter.request_id
        mail = self.env.ref("cpa_beneficiary.mail_template_request_reply")
        text = self.env.ref("cpa_beneficiary.sms_template_request_reply")
        subject, body = (mail._render_field(name, request.ids)[request.id] for name in ("subject", "body_html"))
        short = text._render_field("body", request.ids)[request.id]
        for said in (subject, body, short):
            self.assertIn(request.number, said)
            for word in ("reject", "refus", "accept", "sorry", "regret", request.service_id.name):
                self.assertNotIn(word, said)
        for said in (body, short):
            self.assertEqual(LINK.findall(str(said)), [HIDDEN_PATH])
        self.assertEqual(self.url_open(HIDDEN_PATH).status_code, 404)

    def test_link_is_the_addressee_s(self):
        """P-22: the link goes out by e-mail and SMS, at night in the morning, and stands in nothing that staff reads.

        Whoever has it reads the letter and confirms it in the addressee's name.
        """
        self.patch(self.env.registry["res.company"], "_cpa_has_sms_gateway", lambda company: True)
        for number, (channel, hour) in enumerate(
            (channel, hour) for channel in ("website", "phone") for hour in ("09:00:00", "19:00:00")
        ):
            with self.subTest(channel=channel, hour=hour), freeze_time(f"2026-11-01 {hour}") as clock:
                self.patch(self.env.cr, "_now", fields.Datetime.now())
                request = self.make_decided("reject", number=number)
                request.beneficiary_id.partner_id.email = "applicant@example.org"
                request.beneficiary_id.preferred_channel_id = self.env.ref(f"cpa_beneficiary.channel_{channel}")
                subtype = self.env.ref("cpa_beneficiary.mt_request_notice")
                request.message_subscribe(self.officer.partner_id.ids, subtype.ids)  # and gets nothing
                self.send(request)
                clock.move_to("2026-11-02 06:00:00")
                self.env["mail.message.schedule"]._send_notifications_cron()
                message = request._notices()[-1]
                mails = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
                texts = self.env["sms.sms"].search([("mail_message_id", "=", message.id)])
                [sent] = [*mails.mapped("body_html"), *texts.mapped("body")]
                [path] = LINK.findall(str(sent))
                self.assertEqual(self.env["cpa.letter"]._of_page(path.removeprefix(f"{PAGE}/")), request.letter_ids)
                self.assertEqual((mails.recipient_ids | texts.partner_id), request.beneficiary_id.partner_id)
                for said in (message.body, request.story_html, *request.activity_ids.mapped("note")):
                    self.assertLessEqual(set(LINK.findall(str(said))), {HIDDEN_PATH})
                for secret in (mails, texts):
                    with self.assertRaises(AccessError):
                        secret.with_user(self.officer).check_access("read")

    def test_call_without_a_link(self):
        """Who calls the applicant has words to say, and no link to open."""
        request = self.make_sent("reject").request_id
        calls = request.activity_ids.filtered(lambda activity: activity.activity_type_id.category == "phonecall")
        self.assertIn(request.number, calls.note)
        self.assertNotIn(PAGE + "/", calls.note)

    def test_nobody_fetches_a_link(self):
        """A message that somebody writes himself, like the notice and to the applicant, is sent as he wrote it."""
        request = self.make_sent("reject").request_id
        request.beneficiary_id.partner_id.email = "applicant@example.org"
        message = request.with_user(self.officer).message_post(
            body=f"https://example.org{HIDDEN_PATH}",
            partner_ids=[*self.officer.partner_id.ids, *request.beneficiary_id.partner_id.ids],
            subtype_xmlid="cpa_beneficiary.mt_request_notice",
            mail_headers={"Bcc": "me@example.org"},
            force_send=False,
        )
        mails = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertTrue(mails)
        for mail in mails:
            self.assertEqual(set(LINK.findall(mail.body_html)), {HIDDEN_PATH})


@tagged("post_install", "-at_install")
class TestReplyBatch(LetterCommon):
    """A session's replies at once: asked once, each past its own guards, what misses something named and left."""

    @classmethod
    def make_session(cls, *numbers):
        requests = cls.env["cpa.request"]
        for number in numbers:
            beneficiary = cls.make_beneficiary(number=NUMBERS[number], name=f"محمد تجريبي {'ابجد'[number] * 3}")
            request = cls.submit(cls.make_request(cls.support, beneficiary_id=beneficiary.id))
            cls.study(request)
            requests |= request
        session = cls.convene(requests)
        for case in session.case_ids:
            kind = "reject" if case.request_id == requests[-1] else "accept"
            proposal = cls.propose(case, kind, amount=0 if kind == "reject" else 500)
            for user in (cls.chair, cls.deputy, cls.member):
                cls.vote(proposal, user)
        cls.count_votes(session)
        return session, requests

    def open_batch(self, session, user=None):
        action = session.with_user(user or self.secretary).action_reply_all()
        return self.env[action["res_model"]].with_user(user or self.secretary).browse(action["res_id"])

    def test_session(self):
        """Early letters take one common reason; the one that misses something is named and stays."""
        session, requests = self.make_session(0, 1, 2)
        self.assertEqual(session.waiting_reply_count, 3)
        batch = self.open_batch(session)
        self.assertEqual((batch.early_count, batch.ready_count, batch.left_count), (3, 0, 3))
        with self.assertRaisesRegex(UserError, requests[0].number):
            batch.action_send()
        batch.early_reason = "Rents are due"
        batch.line_ids[0].text = False
        self.assertEqual((batch.ready_count, batch.left_count), (2, 1))
        action = batch.action_send()
        self.assertIn(batch.line_ids[0].request_id.number, action["params"]["message"])
        self.assertIn("text of the reply", action["params"]["message"])
        self.assertEqual(requests.mapped("state"), ["decided", "approved", "rejected"])
        self.assertEqual(requests[1:].mapped("reply_early_reason"), ["Rents are due"] * 2)
        self.assertEqual(requests.letter_ids.mapped("state"), ["sent", "sent"])
        self.assertEqual(session.waiting_reply_count, 1)
        self.assertEqual(session.action_letters()["domain"][0][2], requests.ids)

    def test_after_the_two_weeks(self):
        """P-35: after the floor nothing is asked; the letters go with one press and print as one file."""
        with freeze_time("2026-10-01 09:00:00") as clock:
            session, requests = self.make_session(0, 1)
            clock.move_to("2026-10-20 09:00:00")
            batch = self.open_batch(session, self.secretary)
            self.assertEqual((batch.early_count, batch.ready_count, batch.left_count), (0, 2, 0))
            batch.action_send()
            letters = requests.letter_ids.sorted("id")
            text = ascii_digits(self.text(LETTER, letters))
        for letter in letters:
            self.assertIn(letter.number, text)
            self.assertIn(letter.request_id.number, text)
        with self.assertRaisesRegex(UserError, "waits"):
            session.with_user(self.secretary).action_reply_all()

    def test_nothing_stays(self):
        """After a complete batch the letters are shown at once: nothing is said to stay, and nothing does."""
        session, requests = self.make_session(0, 1)
        batch = self.open_batch(session)
        batch.early_reason = "Rents are due"
        action = batch.action_send()
        self.assertEqual(action["res_model"], "cpa.letter")
        letters = self.env["cpa.letter"].with_user(self.secretary).search(action["domain"])
        self.assertEqual(letters, requests.letter_ids)
        self.assertEqual((letters.request_id, set(letters.mapped("state"))), (requests, {"sent"}))
        self.assertEqual((session.waiting_reply_count, len(requests.filtered("replied_at"))), (0, 2))
        with self.assertRaisesRegex(UserError, "told already"):
            batch.action_send()

    def test_roles(self):
        """Only who may reply opens it."""
        session, _requests = self.make_session(0)
        for user in (self.manager, self.auditor, self.member):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.open_batch(session, user)

    def test_costs_are_flat(self):
        """A letter costs the same in a batch of two and of four."""
        costs = []
        with freeze_time("2026-10-01 09:00:00") as clock:
            sessions = [self.make_session(0), self.make_session(1, 2, 3)]
            clock.move_to("2026-10-20 09:00:00")
            for session, requests in sessions:
                batch = self.open_batch(session)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                batch.action_send()
                self.env.flush_all()
                costs.append((self.cr.sql_log_count - before) / len(requests))
        self.assertLessEqual(costs[1], costs[0])
