"""The machine's package mirror, asked through a private apt.

Lists and cache are folders of the launcher; trust (keys, proxy, credentials) is the machine's own.
Nothing is installed: packages are downloaded, checked against the signed index and unpacked.
"""

import hashlib
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

from .console import Failure
from .places import folder
from .process import CommandFailed, run

_SUITES = {"debian": ("unstable", "bookworm"), "ubuntu": ("devel", "noble")}
_QUIET = """\
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Acquire::Languages "none";
Acquire::Retries "2";
"""


class Unavailable(Exception):
    """The mirror cannot give what was asked; the text says why."""


class Apt:
    """An apt with own lists.

    :param name: the folder of its lists, below `apt/` of the launcher's home
    :param sources: text of a deb822 sources file; None for the machine's own sources
    """

    def __init__(self, name, sources=None):
        if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
            raise Unavailable("this machine has no apt")
        self._trouble = ""  # what the last update had to warn of
        base = folder("apt", name)
        self._conf = base / "apt.conf"
        lines = [
            _QUIET,
            f'Dir::State::Lists "{folder("apt", name, "lists")}";',
            f'Dir::Cache "{folder("apt", name, "cache")}";',
            'APT::Sandbox::User "root";',
        ]
        if sources is not None:
            (base / "cpa.sources").write_text(sources)
            lines += [
                f'Dir::Etc::sourcelist "{base / "cpa.sources"}";',
                'Dir::Etc::sourceparts "/dev/null";',
                'APT::Update::Error-Mode "any";',
            ]
        self._conf.write_text("\n".join(lines) + "\n")

    def update(self, progress):
        """Fetch the lists; `progress` is called with a short text.

        :raises Unavailable: if they cannot be fetched, or their signature is wrong
        """
        for part in ("lists/partial", "cache/archives/partial"):
            folder("apt", self._conf.parent.name, part)
        said = self._get("update", on_line=_percent(progress, "package lists "))
        self._trouble = next((f" ({line})" for line in said if line.startswith("W:")), "")

    def missing(self, packages):
        """The packages, and all they depend on, that the system does not have installed.

        :returns: names as `name:arch=version`
        :raises Unavailable: if one does not exist or the dependencies cannot be met
        """
        lines = self._get("install", "--print-uris", "--no-install-recommends", *packages)
        names = [Path(unquote(line.split()[1])).stem for line in lines if line.startswith("'")]
        return ["{0}:{2}={1}".format(*name.rsplit("_", 2)) for name in names]

    def download(self, packages, progress):
        """Download packages and check each against the index.

        A file of an earlier start is used only if its checksum is right.

        :param packages: `name`, `name/suite` or `name:arch=version`
        :returns: paths of the packages
        :raises Failure: if what arrived is damaged
        :raises Unavailable: if one cannot be downloaded
        """
        place = folder("downloads")
        expected = {}
        for line in self._get("download", "--print-uris", *packages):
            if found := re.match(r"'[^']*' (\S+) \d+ SHA256:(\w+)", line):
                expected[place / found[1].replace(":", "%3a")] = found[2]
        for path, checksum in expected.items():
            if path.exists() and _sha256(path) != checksum:
                path.unlink()  # apt would take it for complete
        self._get("download", *packages, cwd=place, on_line=_percent(progress))
        for path, checksum in expected.items():
            if not path.exists() or _sha256(path) != checksum:
                path.unlink(missing_ok=True)
                raise _damaged(path.name)
        return list(expected)

    def _get(self, *words, on_line=None, **options):
        command = ["apt-get", "-c", self._conf, "-qq", "-o", "APT::Status-Fd=1", *words]
        try:
            return run(command, on_line=on_line, **options).splitlines()
        except CommandFailed as error:
            if "Hash Sum mismatch" in error.output:
                raise _damaged(error.reason) from error
            raise Unavailable(error.reason + self._trouble) from error


def unpack(packages, target, progress):
    """Unpack packages below `target`, then delete them.

    :raises Failure: if one is damaged or the disk is full
    """
    for path in packages:
        count = 0

        def unpacked(_line, path=path):
            nonlocal count
            count += 1
            if count % 500 == 0:
                progress(f"unpacking {path.name.partition('_')[0]}: {count} files")

        try:
            run(["dpkg-deb", "-X", path, target], on_line=unpacked)
        except CommandFailed as error:
            path.unlink(missing_ok=True)
            raise Failure(
                f"Package {path.name} cannot be unpacked",
                error.reason,
                "Start again: it is fetched anew.",
            ) from error
    for path in packages:
        path.unlink()


def derived_suites():
    """The newest suite of this machine's family of systems, and the one with Font Awesome 4.7.

    :raises Unavailable: if the family is not known
    """
    system = system_release()
    for name in (system.get("ID", ""), *system.get("ID_LIKE", "").split()):
        if name in _SUITES:
            return _SUITES[name]
    raise Unavailable("this system is neither Debian nor Ubuntu")


def derived_sources(suites):
    """Sources for other suites of the mirror that serves this machine's own system.

    :param suites: names of suites
    :returns: text of a deb822 sources file with the mirror's own options (keys)
    :raises Unavailable: if no configured source serves the system's own suite
    """
    codename = system_release().get("VERSION_CODENAME", "")
    for source in _configured():
        if codename in source["Suites"].split() and "main" in source["Components"].split():
            source |= {
                "Suites": " ".join(suites),
                "Components": "main" if suites[0] == "unstable" else "main universe",
                "Targets": "Packages",
            }
            return "\n".join(f"{key}: {value}" for key, value in source.items()) + "\n"
    raise Unavailable("no source of this machine's apt serves its own system")


def system_release():
    """/etc/os-release as a dictionary."""
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except FileNotFoundError:
        return {}
    return {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines)}


def _configured():
    """The machine's sources, as deb822 fields, from both formats."""
    dirs = run(["apt-config", "shell", "L", "Dir::Etc::sourcelist/f", "P", "Dir::Etc::sourceparts/d"])
    main, parts = (Path(found) for found in re.findall(r"'(.*)'", dirs))
    for path in [main, *sorted(parts.glob("*"))]:
        if path.suffix == ".sources" and path.is_file():
            yield from _stanzas(path.read_text())
        elif path.suffix == ".list" and path.is_file():
            yield from _one_lines(path.read_text())


def _stanzas(text):
    """Parse deb822 stanzas of binary packages; continued values keep their line breaks."""
    text = re.sub(r"^#.*\n?", "", text, flags=re.M)
    for stanza in re.split(r"\n\s*\n", text):
        fields = re.findall(r"^([\w-]+):[ \t]*(.*(?:\n[ \t]+.*)*)", stanza, flags=re.M)
        source = {key.title(): value.rstrip() for key, value in fields}
        source["URIs"] = source.pop("Uris", "")
        if "deb" in source.get("Types", "").split() and source.get("Enabled", "yes") != "no":
            yield {"Suites": "", "Components": ""} | source | {"Types": "deb"}


def _one_lines(text):
    """Parse `deb [options] uri suite components…` lines into deb822 fields."""
    for options, uri, suite, components in re.findall(
        r"^deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)\s+(.*?)\s*(?:#.*)?$", text, flags=re.M
    ):
        fields = dict(option.partition("=")[::2] for option in options.split())
        names = {"arch": "Architectures", "lang": "Languages", "target": "Targets"}
        source = {names.get(key, key.title()): value for key, value in fields.items()}
        yield {"Types": "deb", "URIs": uri, "Suites": suite, "Components": components} | source


def _percent(progress, prefix=""):
    """A reader of apt's status lines that passes percents on."""

    def read(line):
        if found := re.match(r"dlstatus:\d+:(\d+)", line):
            progress(f"{prefix}{found[1]} %")

    return read


def _sha256(path):
    with open(path, "rb") as handle:
        digest = hashlib.sha256()
        while chunk := handle.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _damaged(name):
    return Failure(
        "A download is damaged",
        f"{name} is not what the archive has signed",
        "Start again; if it stays so, the mirror or a proxy between spoils it.",
    )
