from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

import odoo.sql_db
from freezegun import freeze_time
from odoo import api, fields
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CpaCommon

PHONE = "+966500000321"


@tagged("post_install", "-at_install")
@freeze_time("2031-03-01 08:00:00")
class TestProofCode(CpaCommon):
    """P-09: a code proves who holds a telephone; it opens once, for ten minutes, and says nothing of whom we know."""

    def setUp(self):
        super().setUp()
        self.codes = self.env["cpa.proof.code"].with_user(self.env.ref("base.public_user"))

    def sent(self, contact=PHONE, purpose="track"):
        """Return the code that stands in the message to ``contact``."""
        self.assertTrue(self.codes._send(purpose, contact, "en_US"))
        message = self.env["sms.sms"].search([("number", "=", contact)], order="id desc", limit=1).body
        return next(word.strip(".") for word in message.split() if word.strip(".").isdigit())

    def test_opens_once(self):
        code = self.sent()
        self.assertFalse(self.codes._redeem("login", PHONE, code), "for another purpose")
        self.assertFalse(self.codes._redeem("track", "+966500000322", code), "of another telephone")
        arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
        self.assertTrue(self.codes._redeem("track", PHONE, arabic))
        self.assertFalse(self.codes._redeem("track", PHONE, code))

    def test_ten_minutes(self):
        code = self.sent()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=10)):
            self.assertFalse(self.codes._redeem("track", PHONE, code))

    def test_five_tries(self):
        code = self.sent()
        wrong = str((int(code) + 1) % 10**6).zfill(6)
        for _try in range(5):
            self.assertFalse(self.codes._redeem("track", PHONE, wrong))
        self.assertFalse(self.codes._redeem("track", PHONE, code))

    def test_a_new_one_ends_the_former(self):
        former, code = self.sent(), self.sent()
        self.assertTrue(former == code or not self.codes._redeem("track", PHONE, former))
        self.assertTrue(self.codes._redeem("track", PHONE, code))

    def test_limit_and_recovery(self):
        """Five codes an hour go to one contact, then none until the next hour; an administrator's rule goes before."""
        for _time in range(5):
            self.assertTrue(self.codes._send("track", PHONE, "en_US"))
        self.assertFalse(self.codes._send("track", PHONE, "en_US"))
        log = self.env["cpa.rate.limit"].search([("scope", "=", "code/contact")])
        self.assertEqual((log.attempts, log.refused), (6, 1))
        self.assertNotIn("500000321", log.key_hash)
        with freeze_time("2031-03-01 09:00:00"):
            self.assertTrue(self.codes._send("track", PHONE, "en_US"))
        self.env["cpa.rate.rule"].search([("scope", "=", "code/contact")]).with_user(self.manager).times = 7
        self.assertTrue(self.codes._send("track", PHONE, "en_US"))

    def test_total(self):
        """Whoever asks, no more text messages go out in an hour than the association allows; its manager knows."""
        self.env["cpa.rate.rule"].search([("scope", "=", "code/total/sms")]).with_user(self.manager).times = 3
        self.env["res.lang"]._activate_lang("en_US")
        self.manager.lang = "en_US"
        contacts = [f"+96650000{number:04}" for number in range(6)]
        sent = [self.codes._send("login", contact, "en_US") for contact in contacts]
        self.assertEqual(sent, [True] * 3 + [False] * 3)
        self.assertEqual(self.env["sms.sms"].search_count([("number", "in", contacts)]), 3)
        told = self.env["mail.message"].search([("subject", "=", "No more codes for this hour")])
        self.assertEqual(len(told), 1, "once an hour")
        self.assertIn(self.manager.partner_id, told.notified_partner_ids)
        self.assertTrue(self.codes._send("login", "somebody@example.com", "en_US"), "a mail costs nothing")
        with freeze_time("2031-03-01 09:00:00"):
            self.assertTrue(self.codes._send("login", contacts[4], "en_US"))

    def test_nothing_to_read(self):
        """Neither the code nor the contact can be read back from what is kept."""
        code = self.sent()
        kept = self.env["cpa.proof.code"].search([])
        self.assertNotIn(code, f"{kept.code_hash}{kept.contact_hash}")
        self.assertFalse(kept.with_user(self.manager).has_access("read"))


@tagged("post_install", "-at_install")
class TestParallelLimit(CpaCommon):
    """The limit holds for many at the same moment, and lets in again when its time is over."""

    CLIENTS, TIMES = 20, 7
    SCOPE = "test/parallel"

    def connect(self):
        return odoo.sql_db.db_connect(self.env.cr.dbname).cursor()

    def forget(self):
        with self.connect() as cr:
            cr.execute(SQL("DELETE FROM cpa_rate_limit WHERE scope = %s", self.SCOPE))

    def attempts(self):
        """Return what each of 20 clients is told, every one on a connection of its own."""
        public = self.env.ref("base.public_user").id
        limit = self.env["cpa.rate.limit"].with_user(public)
        limit._allows(self.SCOPE, "another", self.TIMES)  # what is read once for all

        def attempt(_client):
            with self.connect() as cr:
                return api.Environment(cr, public, {})["cpa.rate.limit"]._allows(self.SCOPE, "one", self.TIMES)

        with ThreadPoolExecutor(self.CLIENTS) as clients:
            return list(clients.map(attempt, range(self.CLIENTS)))

    def test_twenty_at_once(self):
        self.forget()
        self.addCleanup(self.forget)
        with patch.object(self.registry, "cursor", lambda readonly=False: self.connect()):
            with freeze_time("2031-03-01 08:30:00"):
                self.assertEqual(sum(self.attempts()), self.TIMES)
                self.assertEqual(sum(self.attempts()), 0)
            with freeze_time("2031-03-01 09:00:00"):
                self.assertEqual(sum(self.attempts()), self.TIMES, "recovered")
