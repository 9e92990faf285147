"""`./cpa test`: a fresh database, then every test; a skipped one is a failure."""

import contextlib
import fcntl
import os

from . import environment, process, pytest_workers
from .console import Failure, Step, say
from .database import Database
from .places import ADDONS, PROJECT, folder

_NAME = "cpa_test"
# PostgreSQL of the wheel has no contrib: Odoo warns and goes on without trigram indexes.
_ALLOWED = ("Unable to create PostgreSQL extensions",)
_MOST_WORKERS = 4  # each has an Odoo and a browser in memory


def test(arguments, *, odoo=None, drills=False, reuse=False, workers=None):
    """Run the tests.

    :param arguments: for pytest; without a path all tests are run
    :param odoo: a folder that holds Odoo 19
    :param drills: run the heavy ones at full size (CPA_DRILLS=1 for them)
    :param reuse: update the last run's database where the add-ons changed, no fresh one
    :param workers: how many processes share the tests; None: one for each core, and one alone for given paths
    :returns: pytest's exit code
    :raises Failure: if the add-ons do not install without warnings
    """
    given = any(os.path.exists(word.partition("::")[0]) for word in arguments)
    if not given:
        arguments = [*arguments, *_all_tests()]
    workers = workers or (1 if given else min(len(os.sched_getaffinity(0)), _MOST_WORKERS))
    with environment.prepared("test", odoo=odoo, browser=True) as ready, _own_name() as name:
        database = Database(ready, name)
        reuse = reuse and name == _NAME and database.exists()
        try:
            if not reuse:
                database.drop()
            _refuse(database.update(terms=True) if reuse else database.install("ar_001"), database)
            if not given:
                database.build_assets()
            with _shared_out(database, workers) as words:
                return _pytest(ready, database, [*words, *arguments], drills)
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


def _all_tests():
    """The folders of the tests. Those that cross add-ons come first: they take longest."""
    return [place for folder in (".", *ADDONS) if (place := PROJECT / folder / "tests").is_dir()]


@contextlib.contextmanager
def _shared_out(database, workers):
    """Have a copy of the database for each of several workers; returns pytest's words for it."""
    if workers == 1:
        yield []
        return
    copies = [Database(database.ready, pytest_workers.database(database.name, f"gw{n}")) for n in range(workers)]
    try:
        with Step(f"Database {database.name}: {workers} copies, one for each worker"):
            for copy in copies:
                copy.drop()
                database.copy_to(copy)
        words = ["-p", "launcher.pytest_workers", f"--numprocesses={workers}", "--dist=loadfile"]
        yield [*words, "--no-loadscope-reorder", "--max-worker-restart=0", "-o", "console_output_style=classic"]
    finally:
        for copy in copies:
            copy.drop()


def _pytest(ready, database, arguments, drills):
    env = ready.configured(
        unaccent=True,
        screenshots=folder("log", "screenshots"),
        limit_memory_hard=0,  # the limit would hold for the browsers that tests start, too
    )
    env |= {"PYTHONUNBUFFERED": "1"}  # what is through is seen at once, in a log file too
    env |= {"CPA_DRILLS": "1"} if drills else {}
    words = ["-o", f"cache_dir={folder('cache', 'pytest')}", "-p", "launcher.pytest_no_skips"]
    words += [f"--odoo-database={database.name}", "--odoo-http", *arguments]
    say()
    return process.pass_through(ready.python("-m", "pytest", *words), env=env, cwd=PROJECT)
