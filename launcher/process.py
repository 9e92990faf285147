"""Starting other programs so that none outlives the launcher.

Each child gets a process group of its own and dies with the launcher even when that is killed hard
(PR_SET_PDEATHSIG). What a child leaves behind is handed to the launcher (PR_SET_CHILD_SUBREAPER)
and ended by `end_all`.
"""

import contextlib
import ctypes
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

from .console import Failure

PATIENCE = 10  # seconds between asking a process to end and killing it
_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)
_kept = set()  # children that may outlive this launcher: see `start(keep=True)`


class Stopped(BaseException):
    """The user or the machine asked the launcher to stop."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


class CommandFailed(Exception):
    """A program ended with an error: `command`, `code`, the `output` so far."""

    def __init__(self, command, code, output):
        super().__init__(f"{Path(command[0]).name} failed with code {code}")
        self.command, self.code, self.output = command, code, output

    @property
    def reason(self):
        """The last line that says something."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        errors = [line for line in lines if re.match(r"(E:|ERROR|error|fatal|.*[Ee]rror:)", line)]
        return (errors or lines or [str(self)])[-1][:300]


def guard_signals():
    """Turn the signals that ask to stop into one `Stopped`; later ones are ignored."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number, _frame):
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    for each in numbers:
        signal.signal(each, stop)
    _libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def start(command, *, keep=False, session=True, before=None, dying=signal.SIGKILL, **options):
    """Start `command` and return its `Popen`.

    :param keep: let it outlive the launcher (only PostgreSQL's keeper, which minds itself)
    :param session: give it a session of its own; without, it keeps the terminal
    :param before: called in the child before the program is loaded
    :param dying: the signal the child gets when the launcher is killed
    """
    launcher = os.getpid()

    def prepare():
        if before:
            before()
        if not keep:
            _libc.prctl(_SET_PDEATHSIG, dying, 0, 0, 0)
            if os.getppid() != launcher:
                os._exit(1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)

    command = [str(part) for part in command]
    child = subprocess.Popen(command, start_new_session=session, preexec_fn=prepare, **options)
    if keep:
        _kept.add(child.pid)
    return child


def end(child, *, patience=PATIENCE):
    """End a child and its process group: ask first, kill after `patience` seconds."""
    if child.poll() is not None:
        return
    _signal_group(child, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(patience)
    _signal_group(child, signal.SIGKILL)
    child.wait()


def end_all():
    """Kill whatever still descends from the launcher, its kept children aside."""
    for _round in range(100):
        found = [pid for pid in _children() if pid not in _kept]
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.05)


def run(command, *, on_line=None, **options):
    """Run `command` to its end and return its output (errors included).

    :param on_line: called with each line as it comes; carriage returns part lines too
    :raises CommandFailed: if it ends with an error
    :raises Failure: if the disk was full or a folder not writable
    """
    try:
        child = start(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **options,
        )
    except FileNotFoundError as error:
        raise CommandFailed(command, 127, f"{error.filename} is not installed") from error
    output = []
    try:
        for line in lines(child.stdout):
            output.append(line)
            if on_line:
                on_line(line)
        child.wait()
    finally:
        end(child)
        child.stdout.close()
    output = "\n".join(output)
    if child.returncode:
        raise_if_disk(output)
        raise CommandFailed(command, child.returncode, output)
    return output


def pass_through(command, **options):
    """Run `command` on this terminal and return its exit code; Ctrl-C is for it alone."""
    child = start(command, session=False, **options)
    if sys.stdin.isatty():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return child.wait()
    except Stopped:
        child.send_signal(signal.SIGINT)  # as from the terminal: it may say how far it came
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(2 * PATIENCE)  # it may have children of its own to wait for
        raise
    finally:
        end(child)


def raise_if_disk(output):
    """Raise the `Failure` for a full or read-only disk if a program's `output` names one."""
    for words, mend in (
        ("No space left on device", "Free about 5 GB there and start again"),
        ("Disk quota exceeded", "Free about 5 GB there and start again"),
        ("Read-only file system", "Clone the project to a disk that can be written"),
    ):
        for line in output.splitlines():
            if words in line:
                raise Failure(
                    "The disk cannot take more",
                    line.strip()[-200:],
                    f"{mend}: nothing half-made is used.",
                )


def quoted(command):
    """The command as one would type it."""
    return shlex.join(str(part) for part in command)


def lines(stream):
    """Lines of a binary stream as text, parted by newline or carriage return."""
    rest = b""
    while chunk := os.read(stream.fileno(), 65536):
        *whole, rest = re.split(rb"[\r\n]", rest + chunk)
        for line in whole:
            if line:
                yield line.decode(errors="replace")
    if rest:
        yield rest.decode(errors="replace")


def _signal_group(child, number):
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:  # it leads no group: it was started with session=False
        child.send_signal(number)


def _children():
    """Process ids of the launcher's children, adopted ones included."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = stat.read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid():
                found.append(int(stat.parent.name))
    return found
