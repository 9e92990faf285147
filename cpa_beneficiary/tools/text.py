"""Text as people type it, brought to one form before it is checked, stored or compared."""

import re
import unicodedata

_ASCII_DIGITS = {
    **{ord("٠") + value: str(value) for value in range(10)},
    **{ord("۰") + value: str(value) for value in range(10)},
}
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
# Hyphens and dashes, written as code points because they look alike on screen.
_HYPHENS = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
# Zero-width and direction marks: a number copied from an Arabic page or a chat carries them unseen.
_INVISIBLE = "\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_NOT_PART_OF_A_NUMBER = re.compile(rf"[\s{re.escape(_HYPHENS)}{_INVISIBLE}]+")

# One letter for each family of letters that people, keyboards and scans interchange. Hamzas on a
# carrier, diacritics and accents are not here: decomposition turns them into marks, dropped below.
_ONE_LETTER = str.maketrans(
    {
        "\u0671": "ا",  # alef wasla
        "\u0629": "ه",  # teh marbuta
        "\u06c1": "ه",  # heh goal
        "\u06be": "ه",  # heh doachashmee
        "\u06d5": "ه",  # ae
        "\u0649": "ي",  # alef maksura
        "\u06cc": "ي",  # Farsi yeh
        "\u06d2": "ي",  # yeh barree
        "\u06a9": "ك",  # Farsi kaf
        "\u0621": None,  # hamza on its own
        "\u0640": None,  # tatweel
        "'": None,
        "\u2018": None,
        "\u2019": None,
        "\u02bb": None,
        "\u02bc": None,
        "\u02be": None,
        "\u02bf": None,
        "`": None,
    }
)
_ARTICLE = "ال"
_LINEAGE = frozenset({"بن", "ابن", "بنت"})
# First halves of a compound name, written with or without a space (عبد الله, عبدالله).
_COMPOUND_STARTS = frozenset({"عبد", "ابو", "ابا", "ابي", "ام"})
_ATTACHED_STARTS = ("عبد", "ابو")
# Second halves of a compound name, written with or without a space (ضيف الله, نورالدين).
_COMPOUND_ENDS = ("الله", "الدين")


def ascii_digits(text):
    """Arabic-Indic (٠-٩) and Persian (۰-۹) digits as ASCII; all else is left alone.

    :param text: ``str`` or an empty value
    :return: ``str`` ("" for an empty value)
    """
    return (text or "").translate(_ASCII_DIGITS)


def arabic_digits(text):
    """ASCII digits as Arabic-Indic ones (٠-٩), as Arabic papers carry them; all else is left alone.

    :param text: ``str`` or an empty value
    :return: ``str`` ("" for an empty value)
    """
    return (text or "").translate(_ARABIC_DIGITS)


def shown_number(number, lang):
    """Return a count with the digits of a language, as its pages carry them.

    :param lang: language code, or an empty value
    """
    return arabic_digits(str(number)) if (lang or "").startswith("ar") else str(number)


def comma_list(texts, lang):
    """Return texts in one line, with the comma of a language between them.

    :param texts: iterable of ``str``
    :param lang: language code, or an empty value
    """
    return ("، " if (lang or "").startswith("ar") else ", ").join(texts)


def direction_of(text):
    """Return "rtl" or "ltr", the direction of the first letter of ``text``; of a text without letters, "ltr"."""
    kinds = (unicodedata.bidirectional(char) for char in text or "")
    return "rtl" if next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


def clean_number(text):
    """A number as it is checked and stored.

    ASCII digits, without spaces, hyphens and the unseen marks that steer the direction of text.
    Letters and other signs stay, so that a wrong number stays wrong.

    :param text: ``str`` or an empty value
    :return: ``str`` ("" for an empty value)
    """
    return _NOT_PART_OF_A_NUMBER.sub("", ascii_digits(text))


def name_key(name):
    """The form under which two spellings of one person's name meet, for the duplicate search.

    Not for display, and no proof that two people are one. One letter stands for the forms that
    are interchanged (أ إ آ ٱ ا, ة ه, ى ي ی, ک ك); diacritics, tatweel, accents and unseen marks
    go; so do the definite article, the house name's آل and the بن, ابن, بنت between names;
    compound names are written in one word (عبد الله, عبدالله; ضيف الله, ضيفالله); Latin letters
    are lower case; one space between words.

    :param name: ``str`` or an empty value
    :return: ``str`` ("" for an empty value)
    """
    text = unicodedata.normalize("NFKD", ascii_digits(name)).translate(_ONE_LETTER)
    text = "".join(
        char if char.isalnum() else " " for char in text.casefold() if unicodedata.category(char) not in ("Mn", "Cf")
    )
    return " ".join(_join_compounds(text.split()))


def _join_compounds(words):
    """Words of a name without articles and lineage words, compound names joined."""
    joined = []
    last = len(words) - 1
    start = ""
    for position, word in enumerate(words):
        if position < last:
            if word in _COMPOUND_STARTS:
                start += word
                continue
            if word == _ARTICLE or (position and word in _LINEAGE):
                continue
        if word in _COMPOUND_ENDS and joined and not start:
            joined[-1] += _without_article(word)
            continue
        joined.append(start + _without_inner_article(_without_article(word)))
        start = ""
    return joined


def _without_article(word):
    rest = word.removeprefix(_ARTICLE)
    return rest if len(rest) > 1 else word


def _without_inner_article(word):
    for start in _ATTACHED_STARTS:
        rest = word.removeprefix(start + _ARTICLE)
        if rest != word and len(rest) > 1:
            return start + rest
    for end in _COMPOUND_ENDS:
        rest = word.removesuffix(end)
        if rest and rest != word:
            return rest + _without_article(end)
    return word
