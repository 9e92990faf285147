"""The page on which somebody rates: by his own link, without a login, once (P-12, P-16)."""

import re
from datetime import timedelta

from odoo import fields
from odoo.addons.cpa_beneficiary.tools import links
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..controllers.rate import HEADERS
from .common import SurveyCommon, freeze_time


@tagged("post_install", "-at_install")
class TestAnswerPage(HttpCase, SurveyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invitation = cls.ask(at=fields.Datetime.to_string(fields.Datetime.now()))
        cls.invitation.partner_id.lang = cls.env["res.lang"]._activate_lang("en_US").code
        cls.path = cls.invitation._path()

    def post(self, score="5", path=None, **typed):
        scores = {f"q{question.id}": score for question in self.survey.question_ids if question.cpa_measure}
        return self.url_open(path or self.path, data={**scores, **typed})

    def title(self, answer):
        return re.search(r"<h1>(.*?)</h1>", answer.text)[1]

    def test_rate(self):
        """P-12, P-16: a minute, no login, the right to evaluate stated; then the link is used."""
        page = self.url_open(self.path, allow_redirects=False)
        self.assertEqual(page.status_code, 200)
        self.assertIn("is your right", page.text)
        self.assertEqual(page.text.count("<fieldset"), 3)
        self.assertEqual({name: page.headers[name] for name in HEADERS}, HEADERS)
        self.assertNotIn("session_id", page.headers.get("Set-Cookie", ""))
        self.assertEqual(self.facts(), [], "reading writes nothing")
        self.assertEqual(self.title(self.post()), "Thank you")
        self.assertEqual(sorted(fact["measure"] for fact in self.facts()), ["clarity", "respect", "satisfaction"])
        # a second tab, sent again
        again = self.post("1")
        self.assertEqual(self.title(again), "We have your rating already")
        self.assertEqual({fact["score"] for fact in self.facts()}, {5})
        self.assertIn("already", self.url_open(self.path).text)

    def test_either_language(self):
        self.invitation.partner_id.lang = "ar_001"
        self.assertIn('<html lang="ar" dir="rtl">', self.url_open(self.path).text)
        self.assertIn('<html lang="en" dir="ltr">', self.url_open(f"{self.path}?lang=en").text)

    def test_own_page(self):
        """P-09: who has a login finds on his own page what he may rate, until he has."""
        person = self.make_beneficiary()
        user = new_test_user(self.env, "cpa_applicant", groups="cpa_beneficiary.group_applicant")
        Open = self.env["cpa.survey.invitation"].with_user(user)
        self.assertEqual(Open._portal_open(), [])
        user.sudo().partner_id = self.invitation.partner_id = person.partner_id
        self.assertEqual(Open._portal_open(), [{"title": "How was our reply?", "url": self.path}])
        self.post()
        self.invitation.invalidate_recordset()
        self.assertEqual(Open._portal_open(), [])

    def test_something_missing(self):
        """What was chosen and written stays on the page; nothing is counted."""
        obligatory, comment = self.survey.question_ids[0], f"q{self.survey.question_ids[-1].id}"
        for value in ("", "6", "0", "five", "٥;", "1e0", "-1"):
            with self.subTest(value=value):
                page = self.post("4", **{f"q{obligatory.id}": value, comment: "Kept"})
                self.assertEqual(page.status_code, 422)
                self.assertIn("Kept", page.text)
                self.assertIn(f'href="#q{obligatory.id}"', page.text)
        self.assertEqual(self.post("4", **{comment: "x" * 1001}).status_code, 422)
        self.assertEqual(self.facts(), [])
        self.assertEqual(self.title(self.post()), "Thank you", "the link is still good")

    def test_no_link_of_ours(self):
        """Expired, foreign and guessed: the same page for what never was a link, and nothing is said of anybody."""
        until = fields.Datetime.now() + timedelta(days=1)
        foreign = links.sign(self.env, "/r", self.invitation.ids, until).rsplit("/", 1)[1]
        nobody = links.sign(self.env, "/rate", [2**31 - 1], until)
        texts = set()
        for path in (f"/rate/{foreign}", f"{self.path[:-2]}xx", "/rate/1", f"/rate/{self.invitation.id}", nobody):
            page = self.url_open(path)
            self.assertEqual(page.status_code, 404, path)
            self.assertEqual(self.url_open(path, data={"q1": "1"}).status_code, 404)
            texts.add(page.text)
        self.assertEqual(len(texts), 1)
        gone = links.sign(self.env, "/rate", self.invitation.ids, fields.Datetime.now() - timedelta(minutes=2))
        self.assertEqual(self.post(path=gone).status_code, 410)
        self.assertEqual(self.facts(), [])

    def test_survey_changed_meanwhile(self):
        """A survey that was changed is asked as it is now; one that was closed is not asked any more."""
        question = self.survey.question_ids[0]
        before = self.survey.question_ids
        question.copy({"survey_id": self.survey.id, "title": "A new question"})
        question.unlink()
        typed = {f"q{old.id}": "3" for old in before}
        page = self.url_open(self.path, data=typed)
        self.assertEqual(page.status_code, 422, "the new question is obligatory")
        self.assertIn("A new question", page.text)
        self.survey.action_archive()
        self.assertEqual(self.url_open(self.path).status_code, 410)
        self.assertEqual(self.post().status_code, 410)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():  # the rule holds it
            self.survey.unlink()

    def test_core_pages_take_no_answer(self):
        """Core's pages of the survey open for nobody: they would keep who answered."""
        token = self.survey.access_token
        self.url_open(f"/survey/start/{token}?email=person@example.com")
        self.assertFalse(self.env["survey.user_input"].search([("survey_id", "=", self.survey.id)]))

    # ------------------------------------------------------------------
    # What a satisfaction survey is
    # ------------------------------------------------------------------

    def test_never_sent_by_hand(self):
        with self.assertRaises(UserError):
            self.survey.action_send_survey()
        partner = self.company.partner_id
        for who in ({"partner": partner}, {"email": "person@example.com"}):
            with self.assertRaises(UserError):
                self.survey._create_answer(**who)
        Answer = self.env["survey.user_input"]
        with self.assertRaises(UserError):
            Answer.create({"survey_id": self.survey.id, "partner_id": partner.id})
        answer = self.survey._create_answer(user=self.officer)
        self.assertFalse(answer.partner_id or answer.email or answer.nickname)
        with self.assertRaises(UserError):
            answer.email = "person@example.com"

    def test_form_of_a_survey(self):
        """At most five questions, each a score or a comment; invited people only, whatever is written."""
        survey = self.survey.copy()
        survey.write({"access_mode": "public", "users_login_required": True, "scoring_type": "scoring_with_answers"})
        self.assertEqual(survey.access_mode, "token")
        self.assertFalse(survey.users_login_required)
        Question = self.env["survey.question"]
        comment = {"survey_id": survey.id, "title": "More", "question_type": "text_box"}
        Question.create(comment)
        with self.assertRaises(ValidationError):
            Question.create(comment)
        for vals in (
            {"question_type": "char_box", "save_as_email": True},
            {"question_type": "scale", "scale_min": 0, "scale_max": 10, "cpa_measure": "satisfaction"},
            {"question_type": "date"},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                survey.question_ids[0].write({"cpa_measure": False, **vals})
        with self.assertRaises(UserError):
            survey.survey_type = "custom"

    def test_two_tabs_at_once(self):
        """Both passed the page's check; the database lets one in."""
        now = fields.Datetime.to_string(fields.Datetime.now())
        self.assertTrue(self.answer(self.invitation, 5, at=now))
        self.assertFalse(self.answer(self.invitation, 1, at=now))
        self.assertEqual({fact["score"] for fact in self.facts()}, {5})

    def test_closed_after_the_count(self):
        with freeze_time(fields.Datetime.now() + timedelta(days=15)):
            self.Invitation._cron_send()
            self.assertEqual(self.invitation.state, "closed")
            self.assertFalse(self.answer(self.invitation, 1))
        self.assertEqual(self.facts(), [])
