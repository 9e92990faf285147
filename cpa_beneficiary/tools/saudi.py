"""What a Saudi number must look like.

The checks take a number in the form in which it is stored (``normalise_*`` first) and answer
``None`` when it is right, else a short code that the calling model turns into a message in the
user's language. They read ASCII digits only: ``str.isdigit()`` would let "²" and other scripts'
digits through.
"""

import re

import phonenumbers
from stdnum import luhn
from stdnum.iso7064 import mod_97_10

from .text import clean_number

# The tax authority's codes.
NATIONAL_ID = "NAT"
IQAMA = "IQA"
GCC_ID = "GCC"
PASSPORT = "PAS"
COMMERCIAL_REGISTRATION = "CRN"
UNIFIED_NUMBER = "700"
IDENTITY_TYPES = (
    NATIONAL_ID,
    IQAMA,
    GCC_ID,
    PASSPORT,
    COMMERCIAL_REGISTRATION,
    UNIFIED_NUMBER,
)
# Issuing countries of a GCC identity; a Saudi citizen's is a national ID.
GCC_COUNTRIES = ("AE", "BH", "KW", "OM", "QA")
# Usual lengths, for a warning only. Oman's varies.
_GCC_LENGTHS = {"AE": 15, "BH": 9, "KW": 12, "QA": 11}
_PREFIXES = {NATIONAL_ID: "1", IQAMA: "2", UNIFIED_NUMBER: "7", COMMERCIAL_REGISTRATION: ""}
_LUHN = (NATIONAL_ID, IQAMA)
_NUMBER_LENGTH = 10
_PASSPORT_LENGTHS = range(6, 10)
_IBAN_LENGTH = 24
SAUDI_COUNTRY_CODE = 966

_DIGITS = re.compile(r"[0-9]+")
_LATIN_ALPHANUMERIC = re.compile(r"[A-Z0-9]+")
_DIALLED = re.compile(r"\+?[0-9()./]+")
_SAUDI_MOBILE = re.compile(r"\+9665[0-9]{8}")
_SHORT_ADDRESS = re.compile(r"[A-Z]{4}[0-9]{4}")


def normalise_identity(number):
    """An identity number as it is stored: cleaned (``clean_number``), Latin letters upper case."""
    return clean_number(number).upper()


def check_identity(identity_type, number):
    """Whether a number can be one of that type.

    National ID and Iqama: ten digits, prefix 1 or 2, Luhn. Unified number: ten digits, prefix 7.
    Commercial registration: ten digits. GCC identity and passport: Latin letters and digits.

    :param str identity_type: one of ``IDENTITY_TYPES``
    :param str number: normalised (``normalise_identity``)
    :return: ``None``, or the first code that applies: ``empty``, ``unknown_type``, ``format``
        (other characters than this type's), ``length``, ``prefix``, ``check_digit``
    """
    if not number:
        return "empty"
    if identity_type not in IDENTITY_TYPES:
        return "unknown_type"
    if identity_type in (GCC_ID, PASSPORT):
        return None if _LATIN_ALPHANUMERIC.fullmatch(number) else "format"
    return _check_ten_digits(identity_type, number)


def _check_ten_digits(identity_type, number):
    if not _DIGITS.fullmatch(number):
        return "format"
    if len(number) != _NUMBER_LENGTH:
        return "length"
    if not number.startswith(_PREFIXES[identity_type]):
        return "prefix"
    if identity_type in _LUHN and not luhn.is_valid(number):
        return "check_digit"
    return None


def guess_identity_type(number):
    """The type that a number tells by itself, so that nobody has to choose it.

    :param str number: normalised
    :return: ``NAT``, ``IQA`` or ``700`` for ten digits that begin with 1, 2 or 7, else ``None``
    """
    if not _DIGITS.fullmatch(number or "") or len(number) != _NUMBER_LENGTH:
        return None
    return {"1": NATIONAL_ID, "2": IQAMA, "7": UNIFIED_NUMBER}.get(number[0])


def warn_identity(identity_type, number, country_code=None):
    """What is unusual, though not wrong, about a number that passed ``check_identity``.

    :param str identity_type: one of ``IDENTITY_TYPES``
    :param str number: normalised
    :param country_code: two-letter code of the issuing country, where known
    :return: ``None`` or ``unusual_length``
    """
    if identity_type == GCC_ID:
        usual = _GCC_LENGTHS.get(country_code)
        return "unusual_length" if usual and len(number or "") != usual else None
    if identity_type == PASSPORT and len(number or "") not in _PASSPORT_LENGTHS:
        return "unusual_length"
    return None


def normalise_phone(number):
    """Any telephone number as it is stored; a number without country is a Saudi one.

    Only a number of impossible length is refused. The library's verdict on ranges is not used: its
    list lags behind new Saudi ranges.

    :param number: ``str`` as typed, or an empty value
    :return: ``str`` in E.164 (``+966175221234``), or ``None`` when it is no telephone number
    """
    dialled = clean_number(number)
    if not _DIALLED.fullmatch(dialled):
        return None
    try:
        parsed = phonenumbers.parse(dialled, "SA")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def national_phone(number):
    """A stored telephone number as papers show it: a Saudi one without its country code, in groups.

    :param number: ``str`` in E.164 or an empty value
    :return: ``str`` (017 520 0001, with spaces at which no line breaks); as given if it is no telephone number
    """
    try:
        parsed = phonenumbers.parse(number or "", "SA")
    except phonenumbers.NumberParseException:
        return number or ""
    kind = phonenumbers.PhoneNumberFormat
    saudi = parsed.country_code == SAUDI_COUNTRY_CODE
    return phonenumbers.format_number(parsed, kind.NATIONAL if saudi else kind.INTERNATIONAL).replace(" ", "\u00a0")


def normalise_mobile(number):
    """A Saudi mobile number as it is stored, from 05…, 5…, 966…, 00966… or +966….

    :param number: ``str`` as typed, or an empty value
    :return: ``str`` as ``+9665XXXXXXXX``, or ``None`` when it is no Saudi mobile (a landline, say)
    """
    phone = normalise_phone(number)
    return phone if is_saudi_mobile(phone) else None


def is_saudi_mobile(number):
    """Whether a stored number is exactly ``+9665`` and eight digits.

    :param number: ``str`` in E.164 or an empty value
    :return: ``bool``
    """
    return bool(_SAUDI_MOBILE.fullmatch(number or ""))


def normalise_iban(number):
    """An IBAN as it is stored: cleaned (``clean_number``), upper case."""
    return clean_number(number).upper()


def check_iban(number):
    """Whether a number is a Saudi IBAN: SA, 22 more, mod 97 = 1.

    :param str number: normalised (``normalise_iban``)
    :return: ``None``, or the first code that applies: ``empty``, ``country`` (not SA),
        ``length`` (not 24), ``format``, ``check_digit``
    """
    if not number:
        return "empty"
    if not number.startswith("SA"):
        return "country"
    if len(number) != _IBAN_LENGTH:
        return "length"
    if not _LATIN_ALPHANUMERIC.fullmatch(number) or not _DIGITS.fullmatch(number[2:6]):
        return "format"
    # Not stdnum.iban: it reads a data file when imported, which fails under Odoo's import hook.
    return None if mod_97_10.is_valid(number[4:] + number[:4]) else "check_digit"


def normalise_short_address(code):
    """A short National Address as it is stored: cleaned (``clean_number``), upper case."""
    return clean_number(code).upper()


def check_short_address(code):
    """Whether a code is a short National Address: four letters, four digits.

    :param str code: normalised (``normalise_short_address``)
    :return: ``None``, or ``empty`` or ``format``
    """
    if not code:
        return "empty"
    return None if _SHORT_ADDRESS.fullmatch(code) else "format"


def warn_short_address(code, building_number):
    """What is unusual about a short address: its digits are those of the building.

    :param str code: normalised short address
    :param building_number: ``str`` of four digits, or an empty value
    :return: ``None`` or ``building_differs``
    """
    building = clean_number(building_number)
    if code and building and code[-4:] != building:
        return "building_differs"
    return None
