"""The keeper: parent of a PostgreSQL server, which it stops when nobody uses it any more.

It is a process of its own, so that the launcher that started the server can leave (or be killed)
while another still uses it. While it lives it holds the file `keeper`.
"""

import contextlib
import fcntl
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from . import process, sharing
from .identity import options_for

_LOOK = 0.2  # seconds between looks at who uses the server


def main(place, command, identity):
    """Run the server until nobody uses it.

    :param place: folder with the lock files
    :param command: the server's command line
    :param identity: who runs it, see `identity.for_folder`
    """
    place = Path(place)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with open(place / "keeper", "w") as alive, open(place / "start", "w") as door:
        fcntl.flock(alive, fcntl.LOCK_EX)
        options = {"stdin": subprocess.DEVNULL, "dying": signal.SIGQUIT} | options_for(identity)
        server = process.start(command, **options)
        while server.poll() is None:
            time.sleep(_LOOK)
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody comes in meanwhile
                if not sharing.in_use(place):
                    _stop(server)
                fcntl.flock(door, fcntl.LOCK_UN)


def _stop(server):
    for number, patience in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, None)):
        server.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(patience)
            return


if __name__ == "__main__":
    main(*json.loads(sys.argv[1]))
