"""The Python packages: a virtual environment in the launcher's home, filled by pip."""

import hashlib
import importlib.util
import os
import re
import shutil
import sys
from pathlib import Path

from . import apt
from .console import Failure, Step
from .places import PROJECT, folder, home
from .process import CommandFailed, run

_LISTS = (PROJECT / "launcher" / "odoo-requirements.txt", PROJECT / "requirements.txt")


def python():
    """The environment's interpreter (it may not exist yet)."""
    return home() / "venv" / "bin" / "python"


def site_packages():
    """The folder the packages are in."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return home() / "venv" / "lib" / version / "site-packages"


def ensure():
    """Make the environment as the pinned lists say; nothing is done if it is so already.

    :raises Failure: if a package cannot be had
    """
    stamp = home() / "venv" / "complete"
    digest = hashlib.sha256(repr((sys.version, sys.base_prefix)).encode())
    for path in _LISTS:
        digest.update(path.read_bytes())
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    _create(stamp, sys.version)
    with Step("Python packages: downloading and installing (about 150 MB)") as step:
        _pip([word for path in _LISTS for word in ("-r", path)], step.progress)
    stamp.write_text(digest.hexdigest())


def add(requirement):
    """Install one more package, which only some machines need.

    :param requirement: pinned, as `name==version`
    :raises Failure: if it cannot be had
    """
    with Step(f"Python packages: {requirement}") as step:
        _pip([requirement], step.progress)


def use():
    """Let this process import the environment's packages (it is the same Python)."""
    if str(site_packages()) not in sys.path:
        sys.path.insert(0, str(site_packages()))


def _create(stamp, version):
    """Have an environment of this very Python, marked as incomplete."""
    made_by = stamp.parent / "made-by"
    stamp.unlink(missing_ok=True)
    if made_by.exists() and made_by.read_text() == version and python().exists():
        return
    shutil.rmtree(stamp.parent, ignore_errors=True)
    options = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
    try:
        run([sys.executable, "-m", "venv", *options, stamp.parent])
    except CommandFailed as error:
        raise Failure(
            "No virtual environment could be made",
            error.reason,
            "Install Python's venv module (on Debian: apt install python3-venv) and start again.",
        ) from error
    made_by.write_text(version)


def _pip(words, progress):
    count = 0

    def read(line):
        nonlocal count
        if found := re.match(r"Collecting ([\w.-]+)", line):
            count += 1
            progress(f"{count} ({found[1]})")
        elif line.startswith("Installing collected"):
            progress("installing")

    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    env.setdefault("PIP_CACHE_DIR", str(folder("cache", "pip")))
    env |= {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    command = [python(), *_pip_program(), "install", "--progress-bar", "off", *words]
    try:
        run(command, on_line=read, env=env)
    except CommandFailed as error:
        raise Failure(
            "The Python packages could not be installed",
            error.reason,
            "Check the network (or pip's own settings: PIP_INDEX_URL, PIP_PROXY) and start again.",
        ) from error


def _pip_program():
    """How to call pip; where Python comes without it, Debian's wheel of pip is fetched."""
    if (site_packages() / "pip").exists():
        return ["-m", "pip"]
    place = folder("pip")
    if not list(place.rglob("pip-*.whl")):
        with Step("Python packages: fetching pip, which this Python lacks") as step:
            try:
                mirror = apt.Apt("system")
                mirror.update(step.progress)
                apt.unpack(mirror.download(["python3-pip-whl"], step.progress), place, step.progress)
            except apt.Unavailable as error:
                raise Failure(
                    "This Python has no pip",
                    str(error),
                    "Install it (on Debian: apt install python3-venv) and start again.",
                ) from error
    return [Path(next(place.rglob("pip-*.whl"))) / "pip"]
