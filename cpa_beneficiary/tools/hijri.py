"""The Umm al-Qura calendar, in which official Saudi papers are dated.

Dates are stored in the Gregorian calendar and shown in both. The names of the months are our own:
the library writes the fourth month otherwise than official Saudi texts do (ربيع الآخر).
"""

import re
from datetime import date, datetime
from typing import NamedTuple

from hijridate import Gregorian, Hijri

from .text import arabic_digits as to_arabic_digits
from .text import ascii_digits

FIRST_HIJRI_YEAR = 1343
LAST_HIJRI_YEAR = 1500

HIJRI_MONTHS = {
    "ar": (
        "محرم",
        "صفر",
        "ربيع الأول",
        "ربيع الآخر",
        "جمادى الأولى",
        "جمادى الآخرة",
        "رجب",
        "شعبان",
        "رمضان",
        "شوال",
        "ذو القعدة",
        "ذو الحجة",
    ),
    "en": (
        "Muharram",
        "Safar",
        "Rabi' al-Awwal",
        "Rabi' al-Akhir",
        "Jumada al-Ula",
        "Jumada al-Akhirah",
        "Rajab",
        "Sha'ban",
        "Ramadan",
        "Shawwal",
        "Dhu al-Qi'dah",
        "Dhu al-Hijjah",
    ),
}
GREGORIAN_MONTHS = {
    "ar": (
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
_YEAR_FIRST = re.compile(r"([0-9]{4})\s*[-/.]\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{4})")


class HijriDate(NamedTuple):
    """A day in the Umm al-Qura calendar; compares and sorts as a calendar does."""

    year: int
    month: int
    day: int


class HijriError(ValueError):
    """A Hijri date that does not exist or lies outside the calendar's table.

    ``code`` says what is wrong, for a message in the user's language: ``year``, ``month``,
    ``day``, ``format`` or ``range``. ``limits`` is the pair (lowest, highest) that was allowed, or
    ``None``: with ``day``, the highest is the length of that month.
    """

    def __init__(self, message, code, limits=None):
        """Keep, beside the message for the log, what a caller needs for one of its own."""
        super().__init__(message)
        self.code = code
        self.limits = limits


def to_hijri(day):
    """The Umm al-Qura date of a Gregorian day.

    :param day: ``date``. A ``datetime`` is refused: its UTC day is not the day in Riyadh for
        three hours of each night (``riyadh_date`` first)
    :return: :class:`HijriDate`
    :raise TypeError: not a plain date
    :raise HijriError: (``range``) before 1343 or after 1500 AH
    """
    if not isinstance(day, date) or isinstance(day, datetime):
        raise TypeError(f"A date is needed, not {type(day).__name__}: use riyadh_date() first.")
    try:
        hijri = Gregorian(day.year, day.month, day.day).to_hijri()
    except OverflowError as error:
        raise HijriError(
            f"{day.isoformat()} lies outside the Umm al-Qura table ({FIRST_HIJRI_YEAR}-{LAST_HIJRI_YEAR} AH).",
            "range",
        ) from error
    return HijriDate(hijri.year, hijri.month, hijri.day)


def from_hijri(year, month, day):
    """The Gregorian day of an Umm al-Qura date.

    :param int year: 1343 to 1500
    :param int month: 1 to 12
    :param int day: 1 to 29 or 30, as that month has
    :return: ``date``
    :raise HijriError: (a ``ValueError``; ``year``, ``month`` or ``day``) no such date
    """
    if not FIRST_HIJRI_YEAR <= year <= LAST_HIJRI_YEAR:
        raise HijriError(
            f"Hijri year {year} is not between {FIRST_HIJRI_YEAR} and {LAST_HIJRI_YEAR}.",
            "year",
            (FIRST_HIJRI_YEAR, LAST_HIJRI_YEAR),
        )
    months = len(HIJRI_MONTHS["en"])
    if not 1 <= month <= months:
        raise HijriError(f"Hijri month {month} is not between 1 and {months}.", "month", (1, months))
    length = Hijri(year, month, 1).month_length()
    if not 1 <= day <= length:
        raise HijriError(
            f"{HIJRI_MONTHS['en'][month - 1]} {year} AH has {length} days, not {day}.",
            "day",
            (1, length),
        )
    gregorian = Hijri(year, month, day).to_gregorian()
    return date(gregorian.year, gregorian.month, gregorian.day)


def parse_hijri(text):
    """The Gregorian day of a typed Hijri date, as on a letter: 1444/04/08 or 8-4-1444.

    :param text: ``str`` with ASCII, Arabic-Indic or Persian digits, year first or last; a
        trailing هـ or AH is allowed
    :return: ``date``
    :raise HijriError: (a ``ValueError``) not a date, or no such date
    """
    typed = ascii_digits(text).strip()
    typed = re.sub(r"\s*(?:هـ|ه|AH)\.?$", "", typed, flags=re.IGNORECASE)
    if match := _YEAR_FIRST.fullmatch(typed):
        year, month, day = match.groups()
    elif match := _DAY_FIRST.fullmatch(typed):
        day, month, year = match.groups()
    else:
        raise HijriError(f"“{text}” is not a Hijri date: write it as 1444/04/08.", "format")
    return from_hijri(int(year), int(month), int(day))


def short_hijri(day):
    """A day as it is typed in the Umm al-Qura calendar: 1444/04/08.

    :param day: ``date`` or an empty value
    :return: ``str``; "" for an empty value and for a day outside the calendar's table
    """
    try:
        return "{:04}/{:02}/{:02}".format(*to_hijri(day)) if day else ""
    except HijriError:
        return ""


def format_hijri(day, lang="ar", arabic_digits=None):
    """A day in words of the Umm al-Qura calendar: ٨ ربيع الآخر ١٤٤٤ هـ, 8 Rabi' al-Akhir 1444 AH.

    :param day: ``date`` or an empty value
    :param str lang: any Odoo language code; Arabic ones give Arabic, all others English
    :param arabic_digits: ``bool``; by default Arabic-Indic digits in Arabic, ASCII in English
    :return: ``str``; "" for an empty value and for a day outside the calendar's table (1343-1500
        AH), so that a paper never fails on an old date
    """
    if not day:
        return ""
    try:
        hijri = to_hijri(day)
    except HijriError:
        return ""
    key = _language(lang)
    era = "هـ" if key == "ar" else "AH"
    text = f"{hijri.day} {HIJRI_MONTHS[key][hijri.month - 1]} {hijri.year} {era}"
    return _with_digits(text, key, arabic_digits)


def format_gregorian(day, lang="ar", arabic_digits=None):
    """A day in words of the Gregorian calendar: ٢ نوفمبر ٢٠٢٢ م, 2 November 2022.

    :param day: ``date`` or an empty value
    :param str lang: any Odoo language code; Arabic ones give Arabic, all others English
    :param arabic_digits: ``bool``; by default Arabic-Indic digits in Arabic, ASCII in English
    :return: ``str``; "" for an empty value
    """
    if not day:
        return ""
    key = _language(lang)
    era = " م" if key == "ar" else ""
    text = f"{day.day} {GREGORIAN_MONTHS[key][day.month - 1]} {day.year}{era}"
    return _with_digits(text, key, arabic_digits)


def format_both(day, lang="ar", arabic_digits=None):
    """A day in both calendars, as papers carry it.

    Arabic: ٨ ربيع الآخر ١٤٤٤ هـ، الموافق ٢ نوفمبر ٢٠٢٢ م. English: 8 Rabi' al-Akhir 1444 AH,
    2 November 2022.

    :param day: ``date`` or an empty value
    :param str lang: any Odoo language code; Arabic ones give Arabic, all others English
    :param arabic_digits: ``bool``; by default Arabic-Indic digits in Arabic, ASCII in English
    :return: ``str``; the Gregorian date alone outside the Umm al-Qura table; "" for an empty value
    """
    hijri = format_hijri(day, lang, arabic_digits)
    gregorian = format_gregorian(day, lang, arabic_digits)
    if not hijri:
        return gregorian
    link = "، الموافق " if _language(lang) == "ar" else ", "
    return f"{hijri}{link}{gregorian}"


def _language(lang):
    return "ar" if (lang or "").lower().startswith("ar") else "en"


def _with_digits(text, key, arabic_digits):
    if arabic_digits is None:
        arabic_digits = key == "ar"
    return to_arabic_digits(text) if arabic_digits else text
