"""A day as people type it in a register: in either calendar, in any digits, year first or last."""

import re
from datetime import date

from .hijri import FIRST_HIJRI_YEAR, LAST_HIJRI_YEAR, HijriError, parse_hijri
from .text import ascii_digits

FIRST_GREGORIAN_YEAR = 1850
LAST_GREGORIAN_YEAR = 2200

_ERA = re.compile(r"\s*(?:هـ|ه|AH|م|AD)\.?$", re.IGNORECASE)
_HIJRI_ERA = re.compile(r"(?:هـ|ه|AH)\.?$", re.IGNORECASE)
_CLOCK = re.compile(r"[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?$")
_PARTS = re.compile(r"([0-9]{1,4})\s*[-/.]\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{1,4})")


class DayError(ValueError):
    """A text that names no day.

    ``code``: ``number`` (a bare number, as Excel stores days), ``format``, ``year`` (two digits, or in neither
    calendar), ``month``, ``day``; ``limits`` is the pair (lowest, highest) that was allowed, or ``None``.
    """

    def __init__(self, code, limits=None):
        """Keep code and limits for a message in the user's language."""
        super().__init__(code)
        self.code = code
        self.limits = limits


def read_day(text):
    """The Gregorian day of a date typed in either calendar: 1444/04/08, ٨/٤/١٤٤٤ هـ, 2022-11-02, 2/11/2022.

    The year says which calendar is meant: 1343 to 1500 is Hijri. The day stands before the month unless the year comes
    first. A time of the day is left out.

    :param str text: as typed or as a spreadsheet gives it
    :return: ``date``
    :raise DayError: it names no day
    """
    typed = _CLOCK.sub("", ascii_digits(text).strip())
    hijri = bool(_HIJRI_ERA.search(typed))
    typed = _ERA.sub("", typed)
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", typed):
        raise DayError("number")
    match = _PARTS.fullmatch(typed)
    if not match:
        raise DayError("format")
    first, month, last = match.groups()
    year, day = (first, last) if len(first) == 4 else (last, first)
    if len(year) != 4 or len(day) > 2:
        raise DayError("year")
    year, month, day = int(year), int(month), int(day)
    if hijri or FIRST_HIJRI_YEAR <= year <= LAST_HIJRI_YEAR:
        return _hijri_day(year, month, day)
    if not FIRST_GREGORIAN_YEAR <= year <= LAST_GREGORIAN_YEAR:
        raise DayError("year")
    if not 1 <= month <= 12:
        raise DayError("month", (1, 12))
    try:
        return date(year, month, day)
    except ValueError as error:
        raise DayError("day") from error


def _hijri_day(year, month, day):
    try:
        return parse_hijri(f"{year:04}/{month}/{day}")
    except HijriError as error:
        raise DayError(error.code, error.limits) from error
