from datetime import date, datetime, timedelta

from freezegun import freeze_time
from odoo.tests import BaseCase, tagged

from ..tools.hijri import (
    HijriError,
    format_both,
    format_hijri,
    from_hijri,
    parse_hijri,
    to_hijri,
)
from ..tools.riyadh import cpa_today, riyadh_date, riyadh_datetime, utc_start_of
from ..tools.saudi import (
    check_iban,
    check_identity,
    check_short_address,
    is_saudi_mobile,
    normalise_iban,
    normalise_identity,
    normalise_mobile,
    normalise_phone,
    normalise_short_address,
    warn_identity,
    warn_short_address,
)
from ..tools.text import ascii_digits, clean_number, comma_list, direction_of, name_key


@tagged("post_install", "-at_install")
class TestRiyadh(BaseCase):
    """A day is a day in Riyadh: it begins at 21:00 UTC of the day before."""

    def test_today_changes_at_midnight_in_riyadh(self):
        for utc, day in (
            ("2026-02-28 20:59:59", date(2026, 2, 28)),
            ("2026-02-28 21:00:00", date(2026, 3, 1)),
            ("2026-03-01 00:00:00", date(2026, 3, 1)),
            ("2025-12-31 21:00:00", date(2026, 1, 1)),
        ):
            with self.subTest(utc=utc), freeze_time(utc):
                self.assertEqual(cpa_today(), day)

    def test_day_of_a_stored_moment(self):
        self.assertEqual(riyadh_date(datetime(2026, 2, 28, 20, 59, 59)), date(2026, 2, 28))
        self.assertEqual(riyadh_date(datetime(2026, 2, 28, 21, 0)), date(2026, 3, 1))
        self.assertIsNone(riyadh_date(False))
        self.assertEqual(riyadh_datetime(datetime(2026, 7, 1, 9, 0)).hour, 12, "no daylight saving")

    def test_span_of_a_day(self):
        day = date(2026, 3, 1)
        self.assertEqual(utc_start_of(day), datetime(2026, 2, 28, 21, 0))
        self.assertEqual(utc_start_of(day + timedelta(days=1)), datetime(2026, 3, 1, 21, 0))
        self.assertEqual(riyadh_date(utc_start_of(day)), day)


@tagged("post_install", "-at_install")
class TestHijri(BaseCase):
    """Umm al-Qura, as official Saudi papers are dated."""

    def test_approval_of_the_policy(self):
        """P-38: 1444/04/08 AH is 2 November 2022."""
        self.assertEqual(to_hijri(date(2022, 11, 2)), (1444, 4, 8))
        self.assertEqual(from_hijri(1444, 4, 8), date(2022, 11, 2))

    def test_end_of_the_year(self):
        """The last day of a year is the 29th or the 30th, and the next day is 1 Muharram."""
        for year, first_day, last_of_former in (
            (1445, date(2023, 7, 19), (1444, 12, 30)),
            (1447, date(2025, 6, 26), (1446, 12, 29)),
            (1448, date(2026, 6, 16), (1447, 12, 29)),
        ):
            with self.subTest(year=year):
                self.assertEqual(from_hijri(year, 1, 1), first_day)
                self.assertEqual(to_hijri(first_day - timedelta(days=1)), last_of_former)

    def test_every_day_of_the_table_goes_there_and_back(self):
        day = from_hijri(1343, 1, 1)
        expected = (1343, 1, 1)
        while day <= from_hijri(1500, 12, 29):
            hijri = to_hijri(day)
            self.assertEqual(from_hijri(*hijri), day)
            self.assertGreaterEqual(hijri, expected)
            expected = hijri
            day += timedelta(days=17)

    def test_dates_that_do_not_exist(self):
        for parts, code, limits in (
            ((1446, 12, 30), "day", (1, 29)),
            ((1444, 4, 31), "day", (1, 30)),
            ((1444, 4, 0), "day", (1, 30)),
            ((1444, 13, 1), "month", (1, 12)),
            ((1444, 0, 1), "month", (1, 12)),
            ((1342, 1, 1), "year", (1343, 1500)),
            ((1501, 1, 1), "year", (1343, 1500)),
        ):
            with self.subTest(parts=parts), self.assertRaises(ValueError) as caught:
                from_hijri(*parts)
            self.assertEqual((caught.exception.code, caught.exception.limits), (code, limits))

    def test_outside_the_table(self):
        with self.assertRaises(HijriError):
            to_hijri(date(1900, 1, 1))
        self.assertEqual(format_hijri(date(1900, 1, 1)), "")
        self.assertEqual(format_both(date(1900, 1, 1), "en_US"), "1 January 1900")

    def test_a_moment_is_no_day(self):
        """The UTC day of a moment is the wrong one for three hours of each night."""
        with self.assertRaises(TypeError):
            to_hijri(datetime(2022, 11, 2, 22, 0))

    def test_formats(self):
        day = date(2022, 11, 2)
        self.assertEqual(format_hijri(day, "ar_001"), "٨ ربيع الآخر ١٤٤٤ هـ")
        self.assertEqual(format_hijri(day, "ar_001", arabic_digits=False), "8 ربيع الآخر 1444 هـ")
        self.assertEqual(format_hijri(day, "en_US"), "8 Rabi' al-Akhir 1444 AH")
        self.assertEqual(format_both(day), "٨ ربيع الآخر ١٤٤٤ هـ، الموافق ٢ نوفمبر ٢٠٢٢ م")
        self.assertEqual(format_both(day, "en_US"), "8 Rabi' al-Akhir 1444 AH, 2 November 2022")
        self.assertEqual(format_both(False), "")

    def test_typed_dates(self):
        for typed in ("1444/04/08", "١٤٤٤/٠٤/٠٨ هـ", "8-4-1444", "۸/۴/۱۴۴۴", " 1444.4.8 AH"):
            with self.subTest(typed=typed):
                self.assertEqual(parse_hijri(typed), date(2022, 11, 2))
        for typed in ("", "yesterday", "44/4/8", "1444/4", "1444/04/08/1"):
            with self.subTest(typed=typed), self.assertRaises(ValueError):
                parse_hijri(typed)


@tagged("post_install", "-at_install")
class TestText(BaseCase):
    def test_direction_of(self):
        """A text is set in the direction of its first letter, whatever the paper's language."""
        for text, direction in (
            ("2026-000054 · دعم أسرة", "rtl"),
            ("Ministry of Commerce (وزارة)", "ltr"),
            ("017 520 0001", "ltr"),
            (False, "ltr"),
        ):
            self.assertEqual(direction_of(text), direction, text)

    def test_digits(self):
        self.assertEqual(ascii_digits("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹"), "0123456789 0123456789")
        self.assertEqual(ascii_digits(False), "")

    def test_comma_list(self):
        """A list reads in its own language: a Latin comma in an Arabic line stands on the wrong side."""
        self.assertEqual(comma_list(["شراء", "نقل"], "ar_001"), "شراء، نقل")
        self.assertEqual(comma_list(["one", "two"], "en_US"), "one, two")
        self.assertEqual(comma_list((), None), "")

    def test_clean_number(self):
        for typed in (
            "1123-456 780",
            "١١٢٣٤٥٦٧٨٠",
            "\u202a1123456780\u202c",
            "\u20671123\u00a0456\u2011780\u2069",
            "\u200e1123456780\u200f\n",
            "۱۱۲۳۴۵۶۷۸۰\ufeff",
        ):
            with self.subTest(typed=typed):
                self.assertEqual(clean_number(typed), "1123456780")
        self.assertEqual(clean_number("112345678O"), "112345678O", "a letter stays wrong")
        self.assertEqual(clean_number(None), "")

    def test_spellings_that_meet(self):
        for spellings in (
            ("أحمد إبراهيم آل مطلق", "احمد ابراهيم ال مطلق", "احمد ابراهیم المطلق"),
            ("عبد الله القحطاني", "عبدالله القحطانى", "عبداللة قحطاني", "عَبْدُ اللَّه  القحطـاني"),
            ("ضيف الله", "ضيفالله", "ضيف اللة"),
            ("نور الدين علي", "نورالدين على"),
            ("فاطمة بنت سعيد", "فاطمه سعيد"),
            ("محمد بن علي بن حسن", "محمد علي حسن", "محمّد ابن علی حسن"),
            ("أبو بكر كمال", "ابوبكر کمال"),
            ("José O’Neil", "jose oneil", "JOSE  O'NEIL"),
        ):
            with self.subTest(spellings=spellings):
                self.assertEqual(len({name_key(name) for name in spellings}), 1)

    def test_names_that_stay_apart(self):
        names = ("سعيد", "سعد", "آمال", "أمل", "عبد الله", "عبد الإله", "علي", "عليا", "بنت", "ال")
        self.assertEqual(len({name_key(name) for name in names}), len(names))

    def test_key_of_nothing(self):
        for name in (None, False, "", "  ", "ـ"):
            self.assertEqual(name_key(name), "")


@tagged("post_install", "-at_install")
class TestSaudiNumbers(BaseCase):
    def test_identity(self):
        for identity_type, number, code in (
            ("NAT", "1123456780", None),
            ("IQA", "2234567895", None),
            ("IQA", "2098765437", None),
            ("NAT", "1123456789", "check_digit"),
            ("NAT", "1000000000", "check_digit"),
            ("NAT", "3000000004", "prefix"),
            ("IQA", "3000000004", "prefix"),
            ("NAT", "2234567895", "prefix"),
            ("IQA", "1123456780", "prefix"),
            ("NAT", "100000008", "length"),
            ("NAT", "11234567800", "length"),
            ("NAT", "112345678²", "format"),
            ("NAT", "١١٢٣٤٥٦٧٨٠", "format"),
            ("NAT", "1123456780\n", "format"),
            ("NAT", "", "empty"),
            ("NAT", False, "empty"),
            ("700", "7001234567", None),
            ("700", "1001234567", "prefix"),
            ("CRN", "5950123456", None),
            ("CRN", "59501234", "length"),
            ("PAS", "A1234567", None),
            ("PAS", "A123/567", "format"),
            ("GCC", "784198012345678", None),
            ("XXX", "1123456780", "unknown_type"),
        ):
            with self.subTest(identity_type=identity_type, number=number):
                self.assertEqual(check_identity(identity_type, number), code)

    def test_identity_as_typed(self):
        self.assertIsNone(check_identity("NAT", normalise_identity(" ١١٢٣-٤٥٦٧٨٠ ")))
        self.assertEqual(normalise_identity("a1234567"), "A1234567")

    def test_unusual_identity_is_a_warning_only(self):
        self.assertEqual(warn_identity("GCC", "12345", "AE"), "unusual_length")
        self.assertIsNone(warn_identity("GCC", "784198012345678", "AE"))
        self.assertIsNone(warn_identity("GCC", "12345", "OM"))
        self.assertEqual(warn_identity("PAS", "A1"), "unusual_length")
        self.assertIsNone(warn_identity("NAT", "1123456780"))

    def test_mobile(self):
        for typed in (
            "0512345678",
            "512345678",
            "966512345678",
            "00966512345678",
            "+966512345678",
            "+966 (0)51 234 5678",
            "٠٥١٢٣٤٥٦٧٨",
            "051-234-5678",
            "\u202a+966 51 234 5678\u202c",
        ):
            with self.subTest(typed=typed):
                self.assertEqual(normalise_mobile(typed), "+966512345678")
        for typed in (
            "0175221234",
            "05123",
            "051234567²",
            "05123456789",
            "+201001234567",
            "",
            None,
        ):
            with self.subTest(typed=typed):
                self.assertIsNone(normalise_mobile(typed))

    def test_landline_is_a_phone_but_no_mobile(self):
        self.assertEqual(normalise_phone("017 522 1234"), "+966175221234")
        self.assertFalse(is_saudi_mobile("+966175221234"))
        self.assertEqual(normalise_phone("+20 100 123 4567"), "+201001234567")
        for typed in ("112", "none", "0512 FLOWER", False):
            with self.subTest(typed=typed):
                self.assertIsNone(normalise_phone(typed))

    def test_mobile_is_matched_whole(self):
        self.assertTrue(is_saudi_mobile("+966512345678"))
        for number in ("+966512345678\n", "+9665123456789", "966512345678", "+96651234567٨", None):
            with self.subTest(number=number):
                self.assertFalse(is_saudi_mobile(number))

    def test_iban(self):
        for number, code in (
            ("SA8510000012345678901234", None),
            ("SA9305000000000000000001", None),
            ("SA0380000000608010167518", "check_digit"),
            ("SA851000001234567890123", "length"),
            ("GB82WEST12345698765432", "country"),
            ("SA85100000123456789012²4", "format"),
            ("SAXX10000012345678901234", "format"),
            ("", "empty"),
        ):
            with self.subTest(number=number):
                self.assertEqual(check_iban(number), code)
        self.assertIsNone(check_iban(normalise_iban("sa85 1000 0012 3456 7890 1234")))

    def test_short_address(self):
        self.assertIsNone(check_short_address("RNAA1234"))
        self.assertEqual(normalise_short_address("rnaa ١٢٣٤"), "RNAA1234")
        for code in ("RNA1234", "RNAAA123", "RNAA12345", "1234RNAA", "RNAA1234\n"):
            with self.subTest(code=code):
                self.assertEqual(check_short_address(code), "format")
        self.assertEqual(warn_short_address("RNAA1234", "4321"), "building_differs")
        self.assertIsNone(warn_short_address("RNAA1234", "١٢٣٤"))
