"""P-08: whether a number, telephone or login is known to us shows in no public answer, and in no work for it."""

import re
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged
from passlib.context import CryptContext
from passlib.hash import pbkdf2_sha512

from .common import CpaCommon

TOKEN = r'(csrf_token[^>]*?(?:value=|: )"|name="(?:csrf_token|application)" value=")[^"]+'
HELD, UNHELD = "0500000321", "0500000999"
CODE = {"code": "000000"}


@tagged("post_install", "-at_install")
class TestSameAnswer(CpaCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = cls.make_beneficiary(phone=HELD, number="1034567899")
        cls.request = cls.submit(cls.make_request(cls.support, beneficiary_id=cls.file.id))
        cls.draft = cls.env["cpa.application"]._begin(cls.support, "en_US")
        new_test_user(cls.env, login="held@example.com", groups="base.group_portal")
        new_test_user(cls.env, login="code@example.com", groups="base.group_portal")
        cls.env.cr.execute("UPDATE res_users SET password = NULL WHERE login = 'code@example.com'")
        cls.limits = cls.env["cpa.rate.rule"].search([])
        cls.limits.times = 1000

    def pairs(self):
        """Return each public form: the pages that lead to it, and what is typed that is known, and that is not."""
        number, none = self.request.number, self.request.number[:5] + "999999"
        draft, no_draft = self.draft.draft_number, self.draft.draft_number[:-6] + "999999"
        contact = ({"contact": HELD}, {"contact": UNHELD})
        question = {"name": "Salim", "description": "Is there a fee?"}
        return {
            "/track": ([], {"number": number, "pin": "000000"}, {"number": none, "pin": "000000"}),
            "/track/code": ([], *contact),
            "/track/code/enter": ([("/track/code", *contact)], {"number": number, **CODE}, {"number": none, **CODE}),
            "/login": ([], *contact),
            "/login/code": ([("/login", *contact)], CODE, CODE),
            "/apply/resume": ([], {"number": draft, "pin": "000000"}, {"number": no_draft, "pin": "000000"}),
            "/apply/resume/code": ([], *contact),
            "/apply/resume/code/enter": (
                [("/apply/resume/code", *contact)],
                {"number": draft, **CODE},
                {"number": no_draft, **CODE},
            ),
            "/call-me": ([], {"phone": HELD}, {"phone": UNHELD}),
            "/contactus": ([], {"phone": HELD, **question}, {"phone": UNHELD, **question}),
            "/web/reset_password": ([], {"login": "held@example.com"}, {"login": "none@example.com"}),
        }

    def come(self):
        """Begin as somebody who was never here, in the language of the website."""
        self.authenticate(None, None)
        self.opener.cookies["frontend_lang"] = self.env["website"].get_current_website().default_lang_id.code

    def send(self, path, typed):
        """Fill in a page's form as a person does; return its answer and how many queries it took."""
        page = self.url_open(path)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        answer = self.url_open(path, {"csrf_token": token, **typed})
        return answer, self.env.cr.sql_log_count - before

    def answers(self, path, before, *typed):
        """Yield what the page says to each of what is typed, without what was typed, and the queries of it."""
        for turn, values in enumerate(typed):
            self.come()
            for page, *way in before:
                self.send(page, way[turn])
            answer, queries = self.send(path, values)
            text = re.sub(TOKEN, "", answer.text)
            for value in values.values():
                text = text.replace(value, "")
            yield (answer.status_code, answer.url, re.sub(r"\d{4}-\d{6}", "", text)), queries

    def test_the_same(self):
        """Word for word the same, with as many queries (the first round reads what is kept for all)."""
        for path, (before, known, unknown) in self.pairs().items():
            with self.subTest(path):
                for _warm in range(2):
                    (of_known, work), (of_unknown, other_work) = self.answers(path, before, known, unknown)
                self.assertEqual(of_known, of_unknown)
                self.assertEqual(work, other_work)

    def test_the_same_beyond_the_limit(self):
        """Who has asked too often is told so, for what is known as for what is not."""
        self.limits.times = 1
        said = set()
        for path, (before, known, unknown) in self.pairs().items():
            with self.subTest(path):
                list(self.answers(path, before, known, unknown))
                (of_known, _work), (of_unknown, _other) = self.answers(path, before, known, unknown)
                self.assertEqual(of_known, of_unknown)
                said.add(of_known[0])
        self.assertIn(429, said)

    def test_password(self):
        """Core's page answers the same, and compares one password, for a login that has one, that has none, or none."""
        passwords = CryptContext(["pbkdf2_sha512", "plaintext"], pbkdf2_sha512__rounds=1)
        passwords.dummy_verify()  # makes once what it compares with
        patched = {"autospec": True, "side_effect": pbkdf2_sha512._calc_checksum}
        answers = set()
        for login in ("held@example.com", "code@example.com", "none@example.com"):
            typed = {"login": login, "password": "Wrong and long enough"}
            with (
                patch.object(self.registry["res.users"], "_crypt_context", lambda _users: passwords),
                patch.object(pbkdf2_sha512, "_calc_checksum", **patched) as work,
            ):
                [(answer, _queries)] = self.answers("/web/login", [], typed)
            self.assertEqual((answer[0], work.call_count), (200, 1), login)
            answers.add(answer)
        self.assertEqual(len(answers), 1)
