"""System libraries, fonts and the browser: the system's where it has them.

Where not, the machine's own packages are unpacked into the launcher's home; the system stays as it
is, so that no rights are needed.
"""

import ctypes
import os
import platform
import shutil
from pathlib import Path

from . import apt
from .console import Failure, Step
from .places import folder, home, scratch

# What sets the papers (WeasyPrint) and an Arabic font to set them in.
_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
_PAPER_PACKAGES = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
_FONT, _FONT_PACKAGES = "NotoNaskhArabic-Regular.ttf", ["fonts-noto-core"]
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
_DRIVER_LIBRARY, _DRIVER_PACKAGES = "libatomic.so.1", ["libatomic1"]  # what playwright's node needs
_BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")

_FONTS_CONF = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>/usr/share/fonts</dir>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def variables(*, browser):
    """The variables that lead programs to the libraries and fonts; missing ones are fetched.

    :param browser: have a browser on the PATH too
    :raises Failure: if something is missing and cannot be fetched
    """
    found = {}
    roots = []
    if not all(_loads(name) for name in _LIBRARIES):
        roots.append(_need("papers", _PAPER_PACKAGES, "Libraries for the papers"))
    if browser and not _loads(_DRIVER_LIBRARY):
        roots.append(_need("driver", _DRIVER_PACKAGES, "Library for the browser's driver"))
    if roots:
        found["LD_LIBRARY_PATH"] = library_path(*roots)
    if not _has_font():
        root = _need("fonts", _FONT_PACKAGES, "Arabic fonts")
        conf = folder("system") / "fonts.conf"
        cache = folder("cache", "fontconfig")
        conf.write_text(_FONTS_CONF.format(fonts=root / "usr/share/fonts", cache=cache))
        found["FONTCONFIG_FILE"] = str(conf)
    if browser and not any(shutil.which(name) for name in _BROWSERS):
        found["PATH"] = f"{_browser()}{os.pathsep}{os.environ['PATH']}"
    return found


def fetch(name, wanted, title):
    """Unpack packages, and what they need that the system lacks, below `system/name`.

    :returns: that folder
    :raises apt.Unavailable: if the mirror cannot give them
    """
    target = home() / "system" / name
    if target.exists():
        return target
    with Step(title) as step:
        mirror = apt.Apt("system")
        mirror.update(step.progress)
        # Another C library than the running one would break every program that loads it.
        missing = [each for each in mirror.missing(wanted) if not each.startswith("libc6:")]
        paths = mirror.download(missing, step.progress)
        with scratch() as work:
            apt.unpack(paths, work, step.progress)
            folder("system")
            work.rename(target)
    return target


def library_path(*roots):
    """The folders of libraries below some roots, with those that LD_LIBRARY_PATH has already."""
    machine = f"{platform.machine()}-linux-gnu"
    places = (f"**/lib/{machine}/lib*.so*", f"**/lib/{machine}/*/lib*.so*")
    folders = sorted({str(path.parent) for root in roots for place in places for path in root.glob(place)})
    given = os.environ.get("LD_LIBRARY_PATH")
    return os.pathsep.join([*folders, *([given] if given else [])])


def _need(name, wanted, title):
    try:
        return fetch(name, wanted, title)
    except apt.Unavailable as error:
        raise Failure(
            f"{title} are missing",
            str(error),
            f"Install them as this system does it (on Debian: apt install {' '.join(wanted)}).",
        ) from error


def _browser():
    """A folder with a command `chromium` that runs the privately unpacked one."""
    root = _need("browser", ["chromium"], "Browser for the tests").resolve()  # lent to another home, it stays as it is
    command = folder("system", "browser", "cpa-bin") / "chromium"
    libraries = library_path(root)
    command.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH="{libraries}" exec "{root}/usr/lib/chromium/chromium" "$@"\n')
    command.chmod(0o755)
    return command.parent


def _loads(library):
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_font():
    places = (Path(place).expanduser() for place in _FONT_FOLDERS)
    return any(next(place.rglob(_FONT), None) for place in places if place.is_dir())
