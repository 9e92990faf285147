"""P-09, P-35: a request is tracked without an account, and nothing is told to who has only half of the proof."""

import re
import statistics
import time
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import CpaCommon

WRONG = "These do not belong together"


@tagged("post_install", "-at_install")
class TestTrack(CpaCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        english = cls.env["res.lang"]._activate_lang("en_US")
        cls.env["website"].search([], limit=1).write({"language_ids": [(4, english.id)], "default_lang_id": english.id})
        cls.file = cls.make_beneficiary(phone="0500000321")
        cls.request = cls.submit(cls.make_request(cls.support, beneficiary_id=cls.file.id, subject="A secret need"))
        cls.env["cpa.rate.rule"].search([]).times = 1000

    def send(self, path, **typed):
        """Open a page as a person does and send its form, filled in; return the answer."""
        page = self.url_open(path.replace("/enter", "") if path == "/track/code" else path)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        return self.url_open(path, {"csrf_token": token, **typed})

    def code(self, contact="+966500000321"):
        message = self.env["sms.sms"].search([("number", "=", contact)], order="id desc", limit=1).body
        return next(word.strip(".") for word in message.split() if word.strip(".").isdigit())

    def shown(self, answer):
        """Return the page without what differs from call to call (tokens)."""
        return re.sub(r'(csrf_token[^>]*?(?:value=|: )"|name="csrf_token" value=")[^"]+', "", answer.text)

    def test_by_pin(self):
        """Number and PIN, in any digits, show where it is: neither person, nor need, nor service."""
        number = self.request.number.replace("-", " ").translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
        answer = self.send("/track", number=number, pin=self.request._pin())
        self.assertTrue(answer.url.endswith("/track/request"), "the number stands in no address")
        self.assertIn(self.request.number, answer.text)
        for secret in ("secret need", self.file.name, self.support.name, "500000321"):
            self.assertNotIn(secret, answer.text)
        self.assertIn("no-store", answer.headers["Cache-Control"])
        token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)[1]
        self.url_open("/track/done", {"csrf_token": token})
        self.assertTrue(self.url_open("/track/request").url.endswith("/track"), "forgotten on this device")

    def test_twenty_minutes(self):
        self.send("/track", number=self.request.number, pin=self.request._pin())
        with freeze_time(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 21 * 60))):
            self.assertTrue(self.url_open("/track/request").url.endswith("/track"))

    def test_by_code(self):
        """A code goes to any telephone that is typed in; it shows the request to its applicant's telephone only."""
        answer = self.send("/track/code", contact="0500000321")
        self.assertTrue(answer.url.endswith("/track/code/enter"))
        answer = self.send("/track/code/enter", number=self.request.number, code=self.code())
        self.assertIn(self.request.number, answer.text)
        self.send("/track/code", contact="0500000999")
        answer = self.send("/track/code/enter", number=self.request.number, code=self.code("+966500000999"))
        self.assertIn(WRONG, answer.text)

    def test_the_same_answer(self):
        """A wrong PIN of a number that exists, any PIN of one that does not: word for word the same."""
        existing = self.send("/track", number=self.request.number, pin="000000")
        other = self.request.number[:5] + "999999"
        missing = self.send("/track", number=other, pin=self.request._pin())
        self.assertEqual(existing.status_code, missing.status_code)
        self.assertIn(WRONG, existing.text)
        self.assertEqual(
            self.shown(existing).replace(self.request.number, "N"), self.shown(missing).replace(other, "N")
        )

    def test_the_same_work(self):
        """The same queries, and as good as the same time, whether or not there is such a number (median of many)."""
        Request = self.env["cpa.request"].with_user(self.env.ref("base.public_user"))
        numbers = {"existing": self.request.number, "missing": self.request.number[:5] + "999999"}
        took = {name: [] for name in numbers}
        queries = {name: set() for name in numbers}
        for turn in range(101):
            for name, number in numbers.items():
                self.env.invalidate_all()
                begin, before = time.perf_counter(), self.env.cr.sql_log_count
                self.assertFalse(Request._track_by_pin(number, "000000"))
                if turn:  # the first one reads what is kept for all
                    took[name].append(time.perf_counter() - begin)
                    queries[name].add(self.env.cr.sql_log_count - before)
        self.assertEqual(queries["existing"], queries["missing"])
        existing, missing = (statistics.median(took[name]) for name in ("existing", "missing"))
        self.assertLess(abs(existing - missing), max(existing, missing) / 2)

    def test_the_limit(self):
        """The eleventh attempt on one number is refused, whether or not it exists, and the right PIN with it."""
        self.env["cpa.rate.rule"].search([("scope", "=", "track/number")]).times = 2
        for number in (self.request.number, self.request.number[:5] + "999999"):
            answers = [self.send("/track", number=number, pin="000000") for _time in range(2)]
            answers.append(self.send("/track", number=number, pin=self.request._pin()))
            self.assertEqual([answer.status_code for answer in answers], [422, 422, 429])

    def test_each_page_is_its_own(self):
        """Odoo makes one class of all that extend a controller: what public pages share must be none."""
        paths = ("/contactus", "/track", "/track/code", "/login", "/call-me", "/apply")
        headings = {re.search(r"<h1[^>]*>([^<]+)", self.url_open(path).text)[1] for path in paths}
        self.assertEqual(len(headings), len(paths))

    def test_old_page(self):
        """A page that had become too old says so, and keeps the number."""
        answer = self.url_open("/track", {"csrf_token": "old", "number": "2031-000007", "pin": "1"})
        self.assertEqual(answer.status_code, 400)
        self.assertIn("too old", answer.text)
        self.assertIn("2031-000007", answer.text)


@tagged("post_install", "-at_install")
class TestCallMe(CpaCommon, HttpCase):
    """P-10, P-20: a telephone number is enough, and asking twice is asking once."""

    def send(self, **typed):
        page = self.url_open("/call-me")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        return self.url_open("/call-me", {"csrf_token": token, **typed})

    def calls(self):
        return self.env["crm.lead"].with_user(self.officer).search([("wants_call", "=", True)])

    def test_once_a_day(self):
        self.assertEqual(self.send(phone="123").status_code, 422)
        self.assertTrue(self.send(phone="٠٥٠٠٠٠٠٤٤٤", time="evening").url.endswith("/call-me/thanks"))
        self.assertTrue(self.send(phone="0500000444").url.endswith("/call-me/thanks"))
        [call] = self.calls()
        self.assertEqual((call.phone, call.call_time, call.is_inquiry), ("+966500000444", "evening", True))
        self.assertEqual(len(call.activity_ids), 1)
        self.assertTrue(call.activity_ids.user_id)

    def test_two_taps_at_once(self):
        """The second of two that saw no call yet is stopped by the database."""
        typed = {"phone": "0500000446", "name": "", "time": ""}
        Lead = self.env["crm.lead"].with_user(self.env.ref("base.public_user"))
        Lead._call_wanted(typed)
        with (
            patch.object(self.registry["crm.lead"], "search_count", return_value=0),
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            Lead._call_wanted(typed)
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            Lead._call_wanted(typed)
        self.assertEqual(len(self.calls()), 2)

    def test_by_machine(self):
        """Who fills the field that nobody sees gets the thanks of everybody, and nothing is kept."""
        self.assertTrue(self.send(phone="0500000445", company_website="x").url.endswith("/call-me/thanks"))
        self.assertFalse(self.calls())
