"""The folders the launcher uses. Everything it makes lies below one of them: `home`."""

import contextlib
import fcntl
import os
import shutil
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ADDONS = ("cpa_beneficiary", "cpa_volunteer", "cpa_survey")


def home():
    """The folder for everything downloaded or generated: `.odoo`, or the variable CPA_HOME."""
    return Path(os.environ.get("CPA_HOME") or PROJECT / ".odoo").resolve()


def folder(*parts):
    """The folder `home/parts…`, made if missing."""
    path = home().joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def scratch():
    """An empty folder on the disk of `home`, removed at the end; finished work is renamed out."""
    path = folder("tmp") / f"work-{os.getpid()}"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def clear_scratch():
    """Remove what killed launchers left half-made; only the holder of the lock `setup` may."""
    shutil.rmtree(home() / "tmp", ignore_errors=True)


@contextlib.contextmanager
def lock(name, *, waiting=None):
    """Hold `home/name` alone, across processes; freed by the kernel however the holder ends.

    `waiting` is called once if another process holds it.
    """
    with open(folder() / name, "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting:
                waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
