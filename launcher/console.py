"""What the launcher says: steps with progress, and failures as one clear line."""

import sys
import time

_CLEAR = "\r\033[K"
_open_line = False  # whether a step's line stands on the terminal, to be overwritten
_PAUSE = 10  # seconds between progress lines where the terminal cannot be overwritten


class Failure(Exception):
    """Ends the launcher with one line: what failed, why, and the mend."""

    def __init__(self, what, why, mend):
        super().__init__(" ".join(f"{what}: {why.rstrip('.')}. {mend}".split()))


def say(text=""):
    """Print one line for the user."""
    print(f"{_CLEAR if _open_line else ''}{text}", flush=True)


class Step:
    """A named piece of work; its progress overwrites one line on a terminal.

    Elsewhere (a log, a pipe) the name is printed once and progress now and then.
    """

    def __init__(self, name):
        self.name = name
        self._terminal = sys.stdout.isatty()
        self._start = self._printed = time.monotonic()

    def __enter__(self):
        self._show(f"{self.name} …")
        return self

    def progress(self, text):
        """Show how far the work is: `text` is short, for example "45 %"."""
        now = time.monotonic()
        if now - self._printed < (0.1 if self._terminal else _PAUSE):
            return
        self._printed = now
        self._show(f"{self.name} … {text}")

    def __exit__(self, kind, error, trace):
        if kind is None:
            self._show(f"{self.name}: done in {time.monotonic() - self._start:.0f} s")
        self._close()

    def _show(self, text):
        global _open_line
        if self._terminal:
            print(f"{_CLEAR}• {text[:150]}", end="", flush=True)
            _open_line = True
        else:
            print(f"• {text}", flush=True)

    def _close(self):
        global _open_line
        if _open_line:
            print(flush=True)
            _open_line = False
