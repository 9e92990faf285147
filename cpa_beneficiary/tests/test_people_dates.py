"""P-32: dates are typed in either calendar, stored in one, and refused with what is wrong about them."""

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CpaCommon

BAD_DATES = (
    ("1300/01/01", "1343 to 1500"),  # before the calendar
    ("1501/01/01", "1343 to 1500"),  # after it
    ("1444/13/01", "twelve months"),
    ("1445/01/30", "29 days"),  # a month of 29 days
    ("1989/02/30", "no such day"),
    ("yesterday", "1410/05/03"),
)


@tagged("post_install", "-at_install")
class TestPeopleDates(CpaCommon):
    def setUp(self):
        super().setUp()
        self.file = self.make_beneficiary(registered=False)
        self.identity = self.file.identity_id.with_user(self.officer)

    def test_typed_in_either_calendar_in_any_digits(self):
        """The Hijri box takes both calendars: the year tells which one is meant."""
        for typed in ("1410/05/03", "3-5-1410", "١٤١٠/٠٥/٠٣ هـ", "۱۴۱۰/۵/۳", "1989/12/01", "1-12-1989", "١/١٢/١٩٨٩ م"):
            with self.subTest(typed=typed):
                self.identity.birth_date = False
                self.file.write({"birth_date_hijri": typed})
                self.assertEqual(self.identity.birth_date, fields.Date.to_date("1989-12-01"))
                self.assertEqual(self.file.birth_date, self.identity.birth_date)
                self.assertEqual(self.file.birth_date_hijri, "1410/05/03")

    def test_bad_dates_are_refused_with_what_is_wrong(self):
        for typed, words in BAD_DATES:
            for write in (
                lambda typed: self.file.write({"birth_date_hijri": typed}),
                lambda typed: self.identity.write({"birth_date_hijri": typed}),
                lambda typed: self.identity.sudo().write({"expiry_date_hijri": typed}),
                lambda typed: self.env["cpa.household.member"].create(
                    {"beneficiary_id": self.file.id, "name": "X", "relation": "child", "birth_date_hijri": typed}
                ),
            ):
                with self.subTest(typed=typed), self.assertRaisesRegex(ValidationError, words):
                    write(typed)

    def test_two_mistakes_in_one_message(self):
        with self.assertRaises(ValidationError) as caught:
            self.identity.write({"birth_date_hijri": "1445/01/30", "expiry_date_hijri": "1600/01/01"})
        self.assertIn("29 days", str(caught.exception))
        self.assertIn("1343", str(caught.exception))

    def test_both_calendars_name_one_day(self):
        """An import with both columns: a contradiction is refused, not settled silently."""
        self.identity.write({"birth_date": "1989-12-01", "birth_date_hijri": "1410/05/03"})
        with self.assertRaisesRegex(ValidationError, "not the same day"):
            self.identity.write({"birth_date": "1989-12-04", "birth_date_hijri": "1410/05/03"})
        self.identity.write({"birth_date_hijri": False})
        self.assertFalse(self.identity.birth_date)
        self.identity.write({"birth_date": "1900-01-01", "birth_date_hijri": False})  # older than the calendar
        self.assertEqual(str(self.identity.birth_date), "1900-01-01")
        self.assertFalse(self.identity.birth_date_hijri)

    def test_nobody_is_born_tomorrow(self):
        with self.assertRaisesRegex(ValidationError, "future"):
            self.file.write({"birth_date_hijri": "1499/01/01"})
        with self.assertRaisesRegex(ValidationError, "future"):
            self.env["cpa.household.member"].create(
                {"beneficiary_id": self.file.id, "name": "X", "relation": "child", "birth_date": "2099-01-01"}
            )

    def test_the_message_is_in_the_users_language(self):
        self.assertIn("ar_001", dict(self.env["res.lang"].get_installed()))
        arabic = self.file.with_context(lang="ar_001")
        for typed, _words in BAD_DATES:
            with self.subTest(typed=typed), self.assertRaisesRegex(ValidationError, "[؀-ۿ]"):
                arabic.write({"birth_date_hijri": typed})

    def test_while_typing(self):
        """The form fills one calendar from the other; what cannot be read is said and nothing else is touched."""
        new = self.env["cpa.identity"].new({"birth_date_hijri": "١٤١٠/٥/٣"})
        self.assertFalse(new._onchange_typed_hijri())
        self.assertEqual(str(new.birth_date), "1989-12-01")
        new = self.env["cpa.identity"].new({"birth_date": "1989-12-01", "birth_date_hijri": "1410/05/31"})
        self.assertIn("30 days", new._onchange_typed_hijri()["warning"]["message"])
        self.assertEqual(str(new.birth_date), "1989-12-01")

    @freeze_time("2026-06-01 09:00:00")
    def test_expired_identity_is_said_plainly(self):
        """P-32: an expired identity is shown as such and stops the registration, with its day in both calendars."""
        self.file.write({"identity_expiry_hijri": "1447/12/01"})
        self.assertEqual(str(self.identity.expiry_date), "2026-05-18")
        self.assertIn("expired on 1 Dhu al-Hijjah 1447 AH, 18 May 2026", self.file.warnings)
        with self.assertRaisesRegex(Exception, "The identity has expired on 1 Dhu al-Hijjah 1447 AH"):
            self.file.write({"state": "registered"})
