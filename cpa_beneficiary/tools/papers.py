"""Setting papers in PDF: Arabic and Latin in the fonts that lie beside this code, so that a paper looks the same on
every machine, and without fetching anything from anywhere.
"""

import io
import logging
import re
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import lxml.html

from .text import arabic_digits

STATIC = Path(__file__).resolve().parent.parent / "static"
STYLE = STATIC / "paper" / "paper.css"
# Elements whose digits stay as they are: codes, addresses of the web, digests.
_AS_IT_IS = "ancestor-or-self::*[@translate='no'] or ancestor-or-self::style"
# In an Arabic line, a hyphen or space in a number and the plus before it would turn the number around.
_NUMBER = re.compile(r"\+[٠-٩]+(?:[-\u00a0][٠-٩]+)*|[٠-٩]+(?:[-\u00a0][٠-٩]+)+")
_LEFT_TO_RIGHT, _POP = "\u202d", "\u202c"


# Each step of each paper is not worth a line in the server's log.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)


class PapersUnavailable(Exception):
    """The libraries that set papers are missing; the message says which."""


def split(html):
    """Return the papers of a rendered report, one HTML document for each.

    :param html: ``bytes`` or ``str`` of a document whose body holds one ``<article>`` per paper
    :return: list of ``str``; Arabic ones have Arabic digits throughout, save in ``translate="no"``
    """
    root = lxml.html.document_fromstring(html, parser=lxml.html.HTMLParser(encoding="utf-8"))
    set_digits(root)
    body = root.find("body")
    articles = body.findall(".//article")
    papers = []
    for article in articles:
        body[:] = [article]
        papers.append(lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>"))
    return papers


def to_pdf(papers):
    """Set papers, each with its own page numbers, into one PDF.

    :param papers: list of HTML documents (``str``)
    :return: ``bytes``
    :raise PapersUnavailable: a library is missing
    """
    weasyprint, font_config, fetcher = _engine()
    sheet = weasyprint.CSS(filename=STYLE, font_config=font_config, url_fetcher=fetcher)
    cache = {}
    documents = [
        weasyprint.HTML(string=paper, base_url=STATIC.as_uri() + "/", url_fetcher=fetcher).render(
            font_config=font_config, stylesheets=[sheet], cache=cache
        )
        for paper in papers
    ]
    for document in documents:
        _cut_roll(document)
    pages = [page for document in documents for page in document.pages]
    target = io.BytesIO()
    documents[0].copy(pages).write_pdf(target)
    return target.getvalue()


def _engine():
    """Return the library, one configuration of its fonts, and what may be fetched: our own files and data."""
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
    except (ImportError, OSError) as error:  # the package, or the system's libraries that it loads
        raise PapersUnavailable(str(error)) from error

    class OwnFiles(weasyprint.urls.URLFetcher):
        """Fetches ``data:`` and the add-on's static files; refuses all else."""

        def fetch(self, url, headers=None):
            address = urlsplit(url)  # its scheme in small letters
            # as it is opened: whatever stands for a dot, and whatever a link leads to
            path = Path(url2pathname(address.path)).resolve()
            if address.scheme == "file" and (address.netloc or not path.is_relative_to(STATIC)):
                raise ValueError(f"not a file of the papers: {url}")
            return super().fetch(url, headers)

    return weasyprint, FontConfiguration(), OwnFiles(allowed_protocols=("file", "data"))


def _cut_roll(document):
    """Cut the pages of a roll of paper below their last line (a roll has no page height)."""
    for page in document.pages:
        root = page._page_box.children[0]
        body = root.children[0]
        if "o_roll" in (body.element.get("class") or ""):
            page.height = body.position_y + body.margin_height() + page._page_box.margin_bottom


def set_digits(root):
    """Give a page in Arabic Arabic digits throughout, numbers in their order, save in ``translate="no"``.

    :param root: the ``<html>`` element, changed in place; one in another language stays as it is
    """
    if not (root.get("lang") or "").startswith("ar"):
        return
    for text in root.xpath(f"//text()[not({_AS_IT_IS})]"):
        if not any(char in "0123456789" for char in text):
            continue
        parent = text.getparent()
        setattr(parent, "tail" if text.is_tail else "text", _number(text))


def _number(text):
    return _NUMBER.sub(lambda match: f"{_LEFT_TO_RIGHT}{match[0]}{_POP}", arabic_digits(text))
