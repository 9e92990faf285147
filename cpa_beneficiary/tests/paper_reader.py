"""Reading papers back: what a reader finds on the PDF, held against what was sent to be printed."""

import io
import re
import unicodedata
from collections import Counter

import lxml.html
from pdfminer.high_level import extract_pages, extract_text
from pdfminer.layout import LTTextContainer

from ..tools import papers
from ..tools.text import ascii_digits

WORD = re.compile(r"[^\W_]+")
ARABIC_WORD = re.compile(r"[\u0621-\u064a]+")


def plain(text):
    """Return text as letters: presentation forms, diacritics and unseen marks aside."""
    letters = unicodedata.normalize("NFKC", text).replace("ـ", "")
    return "".join(char for char in letters if unicodedata.category(char) not in ("Mn", "Cf"))


def text_of(pdf):
    """Return what a reader finds on the paper (``bytes``), lines and runs of spaces as one space."""
    return " ".join(extract_text(io.BytesIO(pdf)).split())


def pages_of(pdf):
    """Return the text of each page, letters only, in the order in which it stands there."""
    return [
        plain(" ".join(box.get_text() for box in page if isinstance(box, LTTextContainer)))
        for page in extract_pages(io.BytesIO(pdf))
    ]


def words_sent(html):
    """Return the words of a rendered report as ``Counter``: what is in its articles, without the bands of the pages.

    :param html: ``bytes`` or ``str``
    """
    words = Counter()
    for paper in papers.split(html):
        root = lxml.html.document_fromstring(paper)
        for band in root.find_class("o_band") + root.find_class("o_digest"):
            band.drop_tree()
        words += words_in(" ".join(root.find("body").itertext()))
    return words


def words_in(text):
    """Return the words of a text as ``Counter``, digits as ASCII."""
    return Counter(WORD.findall(ascii_digits(plain(text))))


def missing_words(html, pdf):
    """Return the words that were sent and are not on the paper as often (``Counter``)."""
    found = words_in(extract_text(io.BytesIO(pdf)))
    missing = Counter()
    for word, count in words_sent(html).items():
        if (lacking := count - sum(found[form] for form in _forms(word))) > 0:
            missing[word] = lacking
    return missing


def _forms(word):
    """Return how a word may be read from a PDF: as written or, of an Arabic one, in the order of the eye.

    A ligature of lam and alef is one sign, so its two letters keep their order.
    """
    if not ARABIC_WORD.search(word):
        return {word}
    return {word, word[::-1], word.replace("لا", "\ufefb")[::-1].replace("\ufefb", "لا")}
