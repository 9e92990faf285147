"""Odoo's log: kept in a file; the first lines of warnings and errors shown on the terminal."""

import re

from .console import say

_RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) (?P<rest>.*)$")
_LOUD = {"WARNING", "ERROR", "CRITICAL"}
_EXCEPTION = re.compile(r"^[\w.]+: \S.*$", re.MULTILINE)
_LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")


class Reader:
    """Takes log lines one by one.

    :param path: file they are added to
    :param progress: called with a short text while modules load
    """

    def __init__(self, path, *, progress=None):
        self._file = open(path, "a", buffering=1, encoding="utf-8")  # noqa: SIM115 (is one)
        self._progress = progress
        self._in_loud = False
        self.loud = []
        """Warnings and errors, each with the lines that follow it (traceback)."""

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._file.close()

    def __call__(self, line):
        """Take one line."""
        self._file.write(line + "\n")
        record = _RECORD.match(line)
        if record:
            self._in_loud = record["level"] in _LOUD
            if self._in_loud:
                self.loud.append(f"{record['level']} {record['rest']}".rstrip())
                say(f"  {self.loud[-1]}")
        elif self._in_loud:
            self.loud[-1] += "\n" + line
        if self._progress and (loading := _LOADING.search(line)):
            self._progress("module {1} of {2} ({0})".format(*loading.groups()))

    def reason(self):
        """What the last error came down to: its exception and the first cause of that."""
        if not self.loud:
            return ""
        first_line, _, trace = self.loud[-1].partition("\n")
        if not (exceptions := _EXCEPTION.findall(trace)):
            return first_line
        cause = f" ({exceptions[0]})" if len(exceptions) > 1 else ""
        return exceptions[-1] + cause
