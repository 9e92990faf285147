"""`./cpa lint`: the linters, on everything; nothing is fetched but the Python packages."""

import os
import subprocess
import xml.sax
from pathlib import Path

from . import packages, places
from .console import Failure, say
from .places import ADDONS, PROJECT

_NOT_OURS = (
    "consider-merging-classes-inherited",  # a model's concerns have files of their own
    "external-request-timeout",  # `requests` are our records, not the package
    "method-required-super",  # frozen rows refuse write and unlink altogether
    "no-raise-unlink",
    "manifest-required-author",  # asks for one association of authors
    "missing-readme",  # readme/ holds it in fragments
    "missing-return",  # helpers may call another method's super()
    "super-method-mismatch",
)
_PYLINT = ("--score=n", "--disable=all", "--enable=odoolint", f"--disable={','.join(_NOT_OURS)}")


def lint(*, fix=False):
    """Run all linters and print what they find.

    :param fix: let ruff mend what it can
    :raises Failure: if one of them finds something
    """
    with places.lock("setup"):
        packages.ensure()
    ruff = [packages.python(), "-m", "ruff"]
    checks = {
        "ruff check": [*ruff, "check", *(["--fix"] if fix else []), "."],
        "ruff format": [*ruff, "format", *([] if fix else ["--check"]), "."],
        "pylint-odoo": [packages.python(), "-m", "pylint", *_PYLINT, *ADDONS],
    }
    cache = str(places.folder("cache"))
    env = os.environ | {"XDG_CACHE_HOME": cache, "RUFF_CACHE_DIR": f"{cache}/ruff"}
    failed = []
    for name, command in checks.items():
        say(f"• {name}")
        if subprocess.run(command, cwd=PROJECT, env=env).returncode:
            failed.append(name)
    say("• XML")
    for path in _xml_files():
        for problem in xml_problems(path):
            say(f"{path.relative_to(PROJECT)}: {problem}")
            failed.append("XML")
    if failed:
        names = ", ".join(dict.fromkeys(failed))
        raise Failure("The code is not clean", names, "See above; ./cpa lint --fix mends a part.")


def xml_problems(path):
    """What is wrong with an XML file.

    :returns: a list of texts: not well-formed, tabs, spaces at line ends, no newline at the end
    """
    problems = []
    text = Path(path).read_bytes()
    try:
        xml.sax.parseString(text, xml.sax.ContentHandler())
    except xml.sax.SAXParseException as error:
        problems.append(f"line {error.getLineNumber()}: {error.getMessage()}")
    for number, line in enumerate(text.split(b"\n"), 1):
        if line != line.rstrip():
            problems.append(f"line {number}: spaces at its end")
        if b"\t" in line:
            problems.append(f"line {number}: a tab")
    if not text.endswith(b"\n"):
        problems.append("no newline at the end")
    return problems


def _xml_files():
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.xml", "*.svg"]
    names = subprocess.run(listed, cwd=PROJECT, capture_output=True, text=True, check=True)
    return [path for name in names.stdout.splitlines() if (path := PROJECT / name).exists()]
