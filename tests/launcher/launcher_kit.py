"""A small project of the launcher's own: its code, three add-ons that need `base` and `web` only.

It uses the Odoo and the Python packages of the environment that runs the tests, so that nothing is
downloaded; its PostgreSQL, databases and caches are its own.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import odoo.release

from launcher import places

PROJECT = Path(__file__).resolve().parents[2]
ODOO = Path(odoo.release.__file__).parent
CLOSED = "http://127.0.0.1:9"  # nothing listens there
NO_NETWORK = {
    "http_proxy": CLOSED,
    "https_proxy": CLOSED,
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": CLOSED,
    "PIP_RETRIES": "0",
}
_OURS = ("PG", "ODOO", "CPA", "PYTHON", "PYTEST", "LD_LIBRARY_PATH", "FONTCONFIG")


@dataclass
class Project:
    """A copy of the project in a folder of its own."""

    root: Path
    env: dict = field(default_factory=dict)
    """Variables of every start, added to those of the machine."""

    @property
    def home(self):
        return Path(self.variables().get("CPA_HOME") or self.root / ".odoo")

    def variables(self, **more):
        """The variables of a start: none of those that our own environment has set."""
        machine = {key: value for key, value in os.environ.items() if not key.startswith(_OURS)}
        return machine | self.env | more

    def start(self, *words, env=None, **options):
        """Start `./cpa WORDS`; the process can be waited for."""
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} | options
        command = [sys.executable, str(self.root / "cpa"), *map(str, words)]
        return subprocess.Popen(
            command,
            env=self.variables(**env or {}),
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **options,
        )

    def run(self, *words, env=None, timeout=120, **options):
        """Run `./cpa WORDS` to its end; returns its code and all it said."""
        child = self.start(*words, env=env, **options)
        try:
            said, _ = child.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            raise
        return child.returncode, said

    def fails(self, *words, **options):
        """Run `./cpa WORDS`, which has to fail; returns its one clear line."""
        code, said = self.run(*words, **options)
        complaints = [line for line in said.splitlines() if line.startswith("cpa: ")]
        assert code == 1, said
        assert said.splitlines()[-1:] == complaints, said
        assert "Traceback" not in said
        return complaints[0]

    def processes(self):
        """Every process that has to do with this project, by what it was started with."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                words = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                variables = (place / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if int(place.name) != os.getpid() and str(self.root) in words + variables:
                found[int(place.name)] = words
        return found

    def add_addon(self, name, depends, **files):
        """Write an add-on; `files` are its further files, with __ for / in their names."""
        folder = self.root / name
        (folder / "demo").mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").touch()
        manifest = {"name": name, "version": "19.0.1.0.0", "license": "LGPL-3", "author": "Test"}
        manifest |= {"depends": depends, "demo": ["demo/demo.xml"]}
        (folder / "__manifest__.py").write_text(repr(manifest))
        (folder / "demo" / "demo.xml").write_text(
            '<odoo><record id="partner" model="res.partner">'
            f'<field name="name">Demo of {name}</field></record></odoo>'
        )


def make_project(root, *, environment=True):
    """Copy the launcher into `root`.

    :param environment: lend it our Odoo and Python packages
    """
    root.mkdir(parents=True, exist_ok=True)
    for name in ("cpa", "requirements.txt"):
        shutil.copy2(PROJECT / name, root)
    shutil.copytree(
        PROJECT / "launcher", root / "launcher", ignore=shutil.ignore_patterns("__pycache__")
    )
    project = Project(root, {"CPA_TEST_PROJECT": str(root)})
    if environment:
        project.env["ODOO_PATH"] = str(ODOO)
        project.home.mkdir()
        for name in ("venv", "rtlcss", "system"):
            if (places.home() / name).exists():
                (project.home / name).symlink_to(places.home() / name)
    return project


def wait_for(condition, seconds=60):
    """Wait until `condition()` is true and return its value; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not so within {seconds} s"
        time.sleep(0.05)
    return value
