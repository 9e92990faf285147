"""A private PostgreSQL: own cluster, on a socket only; or the one that PGHOST names.

Two clusters: `run` loses nothing when killed; `test` is fast instead, its content can be redone.
Launchers share a cluster (`sharing`), and its `keeper` stops it when the last has left.
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import identity, postgres_programs, sharing
from .console import Failure, Step
from .places import PROJECT, folder, lock
from .process import CommandFailed, end, run, start

_USER, _PORT = "odoo", "5432"
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "2GB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "lc_messages": "C",
}
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextlib.contextmanager
def server(name):
    """Have PostgreSQL for the duration of a `with`.

    :param name: the cluster, "run" or "test"
    :returns: the variables that lead programs to it, empty if PGHOST does already
    :raises Failure: if it cannot be had
    """
    if os.environ.get("PGHOST"):
        yield {}
        return
    place = folder("pg", name)
    try:
        with contextlib.ExitStack() as stack:
            with lock(f"pg/{name}/start"):
                sockets = _sockets(place)
                stack.enter_context(sharing.using(place))
                if not sharing.held(place / "keeper"):
                    _start(name, place, sockets)
            yield {"PGHOST": str(sockets), "PGPORT": _PORT, "PGUSER": _USER}
    finally:
        while sharing.held(place / "keeper") and not sharing.in_use(place):
            time.sleep(0.05)
        with lock(f"pg/{name}/start"), contextlib.suppress(OSError):
            _sockets(place).rmdir()  # it is empty if the server has stopped


def data_dir(name):
    """Odoo's data folder for a cluster: files belong to the server that holds their records."""
    if where := os.environ.get("PGHOST"):
        where = f"{where}:{os.environ.get('PGPORT', '')}"
        name += "-" + hashlib.sha256(where.encode()).hexdigest()[:8]
    return folder("data", name)


def _start(name, place, sockets):
    data = place / "data"
    programs, major, libraries = postgres_programs.find(data)
    env = os.environ | ({"LD_LIBRARY_PATH": libraries} if libraries else {})
    who = identity.for_folder(data)
    identity.give(sockets, who)
    if not _fits(name, data, major):
        with Step(f"PostgreSQL {major}: creating a private cluster"):
            _create(data, programs, who, env)
    _end_orphan(data, sockets)
    settings = _SETTINGS | {"unix_socket_directories": str(sockets)}
    settings |= _FAST if name == "test" else {}
    command = [str(programs / "postgres"), "-D", str(data)]
    command += [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
    log = folder("log") / f"postgres-{name}.log"
    with open(log, "ab") as output:
        written = output.tell()
        keeper = start(
            [sys.executable, "-B", "-m", "launcher.keeper", json.dumps([str(place), command, who])],
            keep=True,
            cwd=PROJECT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_until_ready(keeper, data, log, written)
    except BaseException:
        end(keeper, patience=0)
        raise


def _fits(name, data, major):
    """Whether there is a cluster for these programs.

    :raises Failure: if it was made by another version and holds what cannot be redone
    """
    made_by = postgres_programs.version_of(data)
    if made_by and made_by != major and name == "run":
        raise Failure(
            "The database files do not fit",
            f"{data} was made by PostgreSQL {made_by} and this machine has {major}",
            f"Install PostgreSQL {made_by}, or move that folder away to begin anew.",
        )
    return made_by == major


def _create(data, programs, who, env):
    """Make a cluster; it gets its name when it is whole."""
    new = data.with_name("data.new")
    for old in (new, data):
        shutil.rmtree(old, ignore_errors=True)
    new.mkdir(mode=0o700)
    identity.give(new, who)
    command = [programs / "initdb", "-D", new, "-U", _USER, "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8"]
    try:
        run(command, env=env, cwd=data.parent, **identity.options_for(who))
    except CommandFailed as error:
        raise Failure(
            "The database cluster could not be made",
            error.reason,
            "Mend that, or give a server: PGHOST=… PGUSER=… ./cpa run",
        ) from error
    new.rename(data)


def _wait_until_ready(keeper, data, log, written):
    for _try in range(1200):  # a minute: after a hard stop the server recovers first
        with contextlib.suppress(OSError, ValueError, IndexError):
            lines = (data / "postmaster.pid").read_text().splitlines()
            if lines[7].strip() == "ready" and _runs_on(int(lines[0]), data):
                return
        if keeper.poll() is not None:
            said = log.read_bytes()[written:].decode(errors="replace").splitlines()
            fatal = [line for line in said if "FATAL" in line] or said or ["it ended at once"]
            raise Failure("PostgreSQL did not start", fatal[-1], f"Its log is {log}")
        time.sleep(0.05)
    raise Failure("PostgreSQL did not start", "it was not ready in time", f"Its log is {log}")


def _sockets(place):
    """The folder of the server's socket. A socket's path may have 107 bytes at most."""
    path = place / "socket"
    if len(os.fsencode(path)) > 80:
        digest = hashlib.sha256(os.fsencode(place)).hexdigest()[:12]
        path = Path(tempfile.gettempdir()) / f"cpa-{os.geteuid()}-{digest}"
    path.mkdir(mode=0o700, exist_ok=True)
    if path.stat().st_mode & 0o077:
        raise Failure("PostgreSQL cannot be started", f"others may enter {path}", "Remove it.")
    return path


def _end_orphan(data, sockets):
    """Stop a server whose keeper is gone, and remove the marks of one that was killed."""
    mark = data / "postmaster.pid"
    try:
        pid = int(mark.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        pid = 0
    for number in (signal.SIGINT, signal.SIGQUIT):
        for _try in range(100):
            if not _runs_on(pid, data):
                break
            os.kill(pid, number)
            time.sleep(0.1)
    mark.unlink(missing_ok=True)  # its number may belong to another program by now
    for left in sockets.glob(".s.PGSQL.*"):
        left.unlink()


def _runs_on(pid, data):
    """Whether process `pid` is a PostgreSQL server on these files."""
    try:
        return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
