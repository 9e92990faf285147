"""`./cpa test`: a fresh database, then every test; a skipped one is a failure."""

import contextlib
import fcntl
import os

from . import environment, process
from .console import Failure, say
from .database import Database
from .places import ADDONS, PROJECT, folder

_NAME = "cpa_test"
# PostgreSQL of the wheel has no contrib: Odoo warns and goes on without trigram indexes.
_ALLOWED = ("Unable to create PostgreSQL extensions",)


def test(arguments, *, odoo=None, drills=False, reuse=False):
    """Run the tests.

    :param arguments: for pytest; without a path all tests are run
    :param odoo: a folder that holds Odoo 19
    :param drills: run the heavy ones at full size (CPA_DRILLS=1 for them)
    :param reuse: update the last run's database where the add-ons changed, no fresh one
    :returns: pytest's exit code
    :raises Failure: if the add-ons do not install without warnings
    """
    with environment.prepared("test", odoo=odoo, browser=True) as ready, _own_name() as name:
        database = Database(ready, name)
        reuse = reuse and name == _NAME and database.exists()
        try:
            if not reuse:
                database.drop()
            _refuse(database.update(terms=True) if reuse else database.install("ar_001"), database)
            return _pytest(ready, database, arguments, drills)
        finally:
            if name != _NAME:
                database.drop()


@contextlib.contextmanager
def _own_name():
    """A database name that no other test run uses."""
    with open(folder() / "test-database", "w") as handle:
        name = _NAME
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            name += f"_{os.getpid()}"
        yield name


def _refuse(loud, database):
    """:raises Failure: if something was logged that asks for a mend"""
    loud = [record for record in loud if not any(text in record for text in _ALLOWED)]
    if loud:
        raise Failure(
            "The add-ons do not install cleanly",
            f"{len(loud)} warnings or errors, first: {loud[0].splitlines()[0]}",
            f"The whole log is {database.log}",
        )


def _pytest(ready, database, arguments, drills):
    name = database.name
    env = ready.configured(
        db_name=name,
        dbfilter=f"^{name}$",
        unaccent=True,
        screenshots=folder("log", "screenshots"),
        limit_memory_hard=0,  # the limit would hold for the browsers that tests start, too
    )
    env |= {"CPA_DRILLS": "1"} if drills else {}
    words = [
        "-m",
        "pytest",
        "-o",
        f"cache_dir={folder('cache', 'pytest')}",
        "-p",
        "launcher.pytest_no_skips",
        "--odoo-http",
        *arguments,
    ]
    if not any(os.path.exists(word.partition("::")[0]) for word in arguments):
        places = [PROJECT / addon / "tests" for addon in ADDONS] + [PROJECT / "tests"]
        words += [place for place in places if place.is_dir()]
    say()
    return process.pass_through(ready.python(*words), env=env, cwd=PROJECT)
