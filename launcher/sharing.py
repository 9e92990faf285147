"""Counting who uses a server, so that the last to leave ends it however each of them ends.

Each user holds a file of its own below `users/`; the kernel frees it even after a hard kill.
"""

import contextlib
import fcntl
import os


@contextlib.contextmanager
def using(place):
    """Count this process among the users of the server at `place`."""
    mark = place / "users" / str(os.getpid())
    mark.parent.mkdir(exist_ok=True)
    with open(mark, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            mark.unlink()


def in_use(place):
    """Whether any process uses the server at `place`."""
    return any(held(mark) for mark in (place / "users").glob("*"))


def held(path):
    """Whether a process holds `path` for itself."""
    try:
        with open(path) as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
