"""Where Odoo 19 comes from: given, importable, Debian's package, or a git clone; in this order."""

import hashlib
import importlib.util
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import apt
from .console import Failure, Step
from .places import folder, home, scratch
from .process import CommandFailed, run

SERIES = "19.0"
_GIT = "https://github.com/odoo/odoo"
# What Debian's package links into. Its icons need the 4.7 build: newer ones have other file names.
PACKAGES = [
    "odoo-19",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
_RECIPE = 1  # raise it when the filling of the package's holes changes: it is unpacked anew


@dataclass(frozen=True)
class Odoo:
    """An unpacked Odoo 19: its Python package and where it came from."""

    package: Path
    origin: str

    @property
    def addons(self):
        """The folders of its add-ons."""
        beside = self.package.parent / "addons"
        return [self.package / "addons"] + [beside] * (beside / "web" / "static").is_dir()

    @property
    def import_path(self):
        """A folder for PYTHONPATH that holds `odoo`.

        A system's folder holds other packages too, which would hide those of our environment:
        then it is a folder with a link.
        """
        if self.package.parent.name not in ("dist-packages", "site-packages") or self._ours:
            return self.package.parent
        name = hashlib.sha256(str(self.package).encode()).hexdigest()[:8]
        link = folder("import", name) / "odoo"
        if not link.is_symlink():
            link.symlink_to(self.package)
        return link.parent

    @property
    def _ours(self):
        return home() / "odoo" in self.package.parents


def find(given=None):
    """Return an `Odoo`, fetching it if the machine has none.

    :param given: a folder that holds Odoo 19; then nothing else is tried
    :raises Failure: if it cannot be had
    """
    given = given or os.environ.get("ODOO_PATH")
    if given:
        package = _package_in(Path(given))
        if not package:
            raise Failure(
                f"No Odoo in {given}",
                "the folder has no odoo/release.py",
                "Give the folder that holds odoo-bin or the Python package odoo.",
            )
        if _series(package) != SERIES:
            raise Failure(
                f"The Odoo in {given} does not fit",
                f"it is {_series(package)} and the add-ons need {SERIES}",
                f"Give a checkout of branch {SERIES}, or none to have it fetched.",
            )
        return Odoo(package, f"given: {given}")
    return _importable() or _unpacked() or _fetch()


def _importable():
    spec = importlib.util.find_spec("odoo")
    for place in (spec and spec.submodule_search_locations) or ():
        if _series(Path(place)) == SERIES:
            return Odoo(Path(place), "installed for this Python")
    return None


def _unpacked():
    stamp = home() / "odoo" / "complete.json"
    if stamp.exists():
        known = json.loads(stamp.read_text())
        if known["recipe"] == _RECIPE:
            return Odoo(stamp.parent / known["package"], known["origin"])
    return None


def _fetch():
    reasons = []
    for fetch in (_from_package, _from_git):
        with scratch() as work:
            try:
                package, origin = fetch(work)
            except (apt.Unavailable, CommandFailed) as error:
                reasons.append(getattr(error, "reason", str(error)))
                continue
            _check(work, package)
            stamp = {"recipe": _RECIPE, "package": str(package.relative_to(work)), "origin": origin}
            (work / "complete.json").write_text(json.dumps(stamp))
            shutil.rmtree(home() / "odoo", ignore_errors=True)
            work.rename(home() / "odoo")
        return _unpacked()
    raise Failure(
        "Odoo 19 could not be fetched",
        f"package mirror: {reasons[0]}; git: {reasons[1]}",
        "Check the network, or give one that you have: ./cpa run --odoo PATH",
    )


def _from_package(work):
    """Unpack Debian's package and what it links to; return its package folder and origin."""
    newest, icons = apt.derived_suites()
    with Step("Odoo 19: downloading Debian's package odoo-19 (about 125 MB)") as step:
        mirror = apt.Apt("odoo", apt.derived_sources([newest, icons]))
        mirror.update(step.progress)
        wanted = [*PACKAGES, f"fonts-font-awesome/{icons}"]
        packages = mirror.download(wanted, step.progress)
    version = next(path.name.split("_")[1] for path in packages if path.name.startswith("odoo-19_"))
    with Step("Odoo 19: unpacking it") as step:
        apt.unpack(packages, work, step.progress)
    root = work / "usr/lib/python3/dist-packages"
    for surplus in ("addons", "doc", "setup"):  # copies that the package leaves beside odoo
        shutil.rmtree(root / surplus, ignore_errors=True)
    # Stripped by Debian; the list of scripts names it, so that each page would log an error.
    stripped = root / "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    stripped.parent.mkdir(parents=True, exist_ok=True)
    stripped.touch()
    return root / "odoo", f"Debian package odoo-19 {version}"


def _from_git(work):
    """Clone the public branch; return its package folder and origin."""
    target = work / "git"
    with Step("Odoo 19: cloning its public repository (about 250 MB)") as step:

        def read(line):
            if found := re.search(r"(\w+) objects:\s+(\d+%)", line):
                step.progress(f"{found[1].lower()} {found[2]}")

        command = ["git", "clone", "--progress", "--depth", "1", "-b", SERIES, _GIT, target]
        run(command, on_line=read, env=os.environ | {"GIT_TERMINAL_PROMPT": "0"})
    return target / "odoo", f"git branch {SERIES}"


def _check(work, package):
    """Refuse a tree that is not whole.

    :raises Failure: if it is another series, or has links that lead nowhere
    """
    if _series(package) != SERIES:
        raise Failure(
            "The fetched Odoo does not fit",
            f"it is {_series(package) or 'not an Odoo'}, not {SERIES}",
            "Give one that you have: ./cpa run --odoo PATH",
        )
    for path in (package / "addons/web/static").rglob("*"):
        if not path.exists():
            raise Failure(
                "The fetched Odoo is not whole",
                f"{path.relative_to(work)} leads nowhere",
                "Give one that you have: ./cpa run --odoo PATH",
            )


def _package_in(path):
    for package in (path / "odoo", path, path / "usr/lib/python3/dist-packages/odoo"):
        if _series(package):
            return package.resolve()
    return None


def _series(package):
    """The series of the Odoo in a folder, as "19.0"; empty if there is none."""
    try:
        text = (package / "release.py").read_text()
    except OSError:
        return ""
    found = re.search(r"^version_info\s*=\s*\(\s*'?([\w~]+)'?,\s*(\d+)", text, flags=re.M)
    return f"{found[1]}.{found[2]}" if found else ""
