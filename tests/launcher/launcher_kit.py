"""A small project of the launcher's own: its code, three add-ons that need `base` and `web` only.

It uses the Odoo and the Python packages of the environment that runs the tests, so that nothing is
downloaded; its PostgreSQL, databases and caches are its own.
"""

import hashlib
import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from pathlib import Path

import odoo.release

from launcher import apt, odoo_source, places

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

    def python(self, code, env=None):
        """Run Python code that may import `launcher`; returns its exit code and all it said."""
        done = subprocess.run(
            [sys.executable, "-B", "-c", code],
            cwd=self.root,
            env=self.variables(**env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout.strip()

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
            f'<odoo><record id="partner" model="res.partner"><field name="name">Demo of {name}</field></record></odoo>'
        )


def make_project(root, *, environment=True):
    """Copy the launcher into `root`.

    :param environment: lend it our Odoo and Python packages
    """
    root.mkdir(parents=True, exist_ok=True)
    for name in ("cpa", "requirements.txt"):
        shutil.copy2(PROJECT / name, root)
    shutil.copytree(PROJECT / "launcher", root / "launcher", ignore=shutil.ignore_patterns("__pycache__"))
    project = Project(root, {"CPA_TEST_PROJECT": str(root)})
    if environment:
        project.env["ODOO_PATH"] = str(ODOO)
        project.home.mkdir()
        lent = [places.home() / name for name in ("venv", "rtlcss")]
        for path in (*lent, *(places.home() / "system").glob("*/")):  # files of `system` name the home they lie in
            if path.is_dir():
                link = project.home / path.relative_to(places.home())
                link.parent.mkdir(exist_ok=True)
                link.symlink_to(path)
    return project


def wait_for(condition, seconds=60):
    """Wait until `condition()` is true and return its value; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not so within {seconds} s"
        time.sleep(0.05)
    return value


class Mirror:
    """A package mirror on this machine with the packages that hold Odoo, each a few files.

    :param folder: where it keeps them
    :param filler: bytes of a file that cannot be compressed, in the package of Odoo
    :param without: a file that is left out, as package/name
    """

    def __init__(self, folder, *, filler=0, without=""):
        self.folder = folder
        self.codename = apt.system_release()["VERSION_CODENAME"]
        suites = apt.derived_suites()
        self._tree, self._without = folder / "tree", without
        for name in odoo_source.PACKAGES:
            self._add(name, suites[0], filler if name == "odoo-19" else 0)
        self._add("fonts-font-awesome", suites[1])
        self._index({self.codename, *suites})
        handler = partial(_Quiet, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def variables(self):
        """Variables that make this mirror the one of the machine's apt."""
        sources = self.folder / "machine.sources"
        sources.write_text(
            f"Types: deb\nURIs: http://127.0.0.1:{self._server.server_port}\n"
            f"Suites: {self.codename}\nComponents: main\nTrusted: yes\n"
        )
        conf = self.folder / "machine.conf"
        conf.write_text(
            f'Dir::Etc::sourcelist "{sources}";\nDir::Etc::sourceparts "/dev/null";\nAcquire::http::Proxy "DIRECT";\n'
        )
        return {"APT_CONFIG": str(conf)}

    def package(self, name):
        """The file of a package."""
        return next(self.folder.glob(f"pool/{name}_*.deb"))

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def _add(self, name, suite, filler=0):
        root = self._tree / name
        (root / "DEBIAN").mkdir(parents=True)
        (root / "DEBIAN" / "control").write_text(
            f"Package: {name}\nVersion: 1:19.0-1\nArchitecture: all\n"
            f"Maintainer: Test <test@example.com>\nDescription: {suite}\n"
        )
        if name == "odoo-19":
            package = root / "usr/lib/python3/dist-packages/odoo"
            (package / "addons/web/static").mkdir(parents=True)
            (package / "release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
            (package / "addons/web/static/icon").symlink_to("../../../../../../../share/fonts-font-awesome/icon")
            (package / "filler").write_bytes(os.urandom(filler))
        else:
            (root / "usr/share" / name).mkdir(parents=True)
            if f"{name}/icon" != self._without:
                (root / "usr/share" / name / "icon").touch()
        file = self.folder / "pool" / f"{name}_19.0-1_all.deb"
        file.parent.mkdir(exist_ok=True)
        subprocess.run(
            ["dpkg-deb", "--build", "-Znone", "--root-owner-group", root, file],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def _index(self, suites):
        packages = dict.fromkeys(suites, "")
        for control in self._tree.glob("*/DEBIAN/control"):
            fields, _, suite = control.read_text().partition("Description: ")
            file = self.package(control.parents[1].name)
            data = file.read_bytes()
            packages[suite.strip()] += (
                f"{fields}Filename: pool/{file.name}\nSize: {len(data)}\n"
                f"SHA256: {hashlib.sha256(data).hexdigest()}\nDescription: test\n\n"
            )
        machine = ["dpkg", "--print-architecture"]
        machine = subprocess.run(machine, check=True, capture_output=True, text=True).stdout.strip()
        for suite, text in packages.items():
            place = self.folder / "dists" / suite
            lines = [f"Suite: {suite}", f"Codename: {suite}", f"Architectures: {machine} all"]
            lines += ["Components: main universe", f"Date: {formatdate(usegmt=True)}", "SHA256:"]
            for component in ("main", "universe"):
                content = text if component == "main" else ""
                name = f"{component}/binary-{machine}/Packages"
                (place / name).parent.mkdir(parents=True)
                (place / name).write_text(content)
                digest = hashlib.sha256(content.encode()).hexdigest()
                lines.append(f" {digest} {len(content.encode())} {name}")
            (place / "Release").write_text("\n".join(lines) + "\n")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_words):
        pass
