"""What the environment gives to the add-ons: papers in Arabic, stylesheets, a browser, no skips."""

import io
import subprocess
import sys

import pypdf
import pytest
import weasyprint
from launcher_kit import ODOO, PROJECT
from odoo.tests.common import _find_executable

from launcher import lint


def test_papers_are_set_in_an_arabic_font():
    html = "<p dir='rtl' style='font-family: Noto Naskh Arabic'>جمعية حماية المستهلك"
    page = pypdf.PdfReader(io.BytesIO(weasyprint.HTML(string=html).write_pdf())).pages[0]
    fonts = [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]
    assert len(fonts) == 1
    assert "Noto-Naskh-Arabic" in fonts[0]


def test_stylesheets_are_turned_right_to_left():
    done = subprocess.run(["rtlcss", "-"], input="p{left:1px}", capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "p{right:1px}"


def test_browser_is_there():
    assert subprocess.run([_find_executable(), "--version"], check=True).returncode == 0


def test_odoo_is_whole():
    static = ODOO / "addons" / "web" / "static"
    if not static.exists():  # a git checkout keeps it beside
        static = ODOO.parent / "addons" / "web" / "static"
    assert [path for path in static.rglob("*") if not path.exists()] == []
    assert list(static.rglob("fontawesome-webfont.woff2"))


@pytest.mark.parametrize(
    "text, code",
    [
        ("def test(): pass", 0),
        ("import pytest\ndef test(): pytest.skip('no browser')", 1),
        ("import pytest\npytest.skip('no module', allow_module_level=True)", 2),
        (
            "import unittest as u\nclass Test(u.TestCase):\n @u.skip('x')\n def test(s): 0",
            1,
        ),
        ("import pytest\n@pytest.mark.xfail\ndef test(): assert 0", 0),
    ],
)
def test_skipped_test_is_a_failure(tmp_path, text, code):
    (tmp_path / "test_it.py").write_text(text)
    options = ["-p", "launcher.pytest_no_skips", "-p", "no:odoo", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", *options, tmp_path],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout


@pytest.mark.parametrize(
    "text, problem",
    [
        (b"<odoo/>\n", None),
        (b"<odoo>\n", "no element found"),
        (b"<odoo/>", "no newline"),
        (b"<odoo> \n</odoo>\n", "line 1: spaces"),
        (b"<odoo>\n\t<data/>\n</odoo>\n", "line 2: a tab"),
    ],
)
def test_xml_is_looked_at(tmp_path, text, problem):
    (tmp_path / "it.xml").write_bytes(text)
    problems = lint.xml_problems(tmp_path / "it.xml")
    assert (problem is None and not problems) or problem in problems[0]
