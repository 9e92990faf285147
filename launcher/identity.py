"""Who runs PostgreSQL, which refuses to run as root.

An ordinary user runs it as himself. Root runs it as another user of the system where that one can
enter the folder; else (a clone below /root) in a user namespace, where root's own files belong to
an ordinary user.
"""

import ctypes
import os
import pwd
import subprocess

from .console import Failure
from .places import home

_CLONE_NEWUSER = 0x10000000
_ORDINARY = 1000
_libc = ctypes.CDLL(None, use_errno=True)


def for_folder(folder):
    """Choose who runs the server.

    :param folder: the folder of its files; one that exists keeps its owner
    :returns: {} (as we are), {"user": …, "group": …} or {"namespace": True}
    :raises Failure: if nobody can
    """
    if os.geteuid() != 0:
        return {}
    owner = folder.stat().st_uid if folder.exists() else None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        identity = {"user": user.pw_uid, "group": user.pw_gid}
        if owner in (None, user.pw_uid) and _can_enter(folder.parent, identity):
            return identity
    if owner in (None, 0) and _can_enter(folder.parent, {"namespace": True}):
        return {"namespace": True}
    raise Failure(
        "PostgreSQL cannot be started",
        f"it refuses to run as root and no other user can enter {home()}",
        "Clone the project where others can enter (for example below /srv), or start it as an ordinary user.",
    )


def options_for(identity):
    """The options of `process.start` for an identity."""
    if "namespace" in identity:
        return {"before": _enter_namespace}
    return identity | {"extra_groups": []} if identity else {}


def give(folder, identity):
    """Hand a folder over to the identity."""
    if "user" in identity:
        os.chown(folder, identity["user"], identity["group"])


def _can_enter(folder, identity):
    options = options_for(identity)
    options["preexec_fn"] = options.pop("before", None)
    try:
        return subprocess.run(["test", "-x", folder], **options).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _enter_namespace():
    if _libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespaces")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{_ORDINARY} 0 1"),
        ("gid_map", f"{_ORDINARY} 0 1"),
    ):
        with open(f"/proc/self/{name}", "w") as handle:
            handle.write(text)
