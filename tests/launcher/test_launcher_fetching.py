"""Fetching Odoo: from the package mirror or by git; damage, a full disk and no network.

The mirror and the repository are small ones on this machine; apt, dpkg and git are the real ones.
"""

import importlib.util
import os
import subprocess

import pytest
from launcher_kit import CLOSED, NO_NETWORK, PROJECT, Mirror, make_project

FIND = "from launcher import odoo_source as s; o = s.find(); print(o.origin, '|', o.package)"


@pytest.fixture
def mirror(tmp_path):
    (tmp_path / "mirror").mkdir()
    mirror = Mirror(tmp_path / "mirror")
    yield mirror
    mirror.close()


def test_package_is_fetched_once_and_its_holes_are_filled(bare, mirror):
    code, said = bare.python(FIND, mirror.variables())
    assert code == 0, said
    assert "Debian package odoo-19" in said
    addons = bare.home / "odoo/usr/lib/python3/dist-packages/odoo/addons"
    assert (addons / "web/static/icon").exists()
    assert (addons / "mail/static/lib/selfie_segmentation/selfie_segmentation.js").exists()
    assert list((bare.home / "downloads").iterdir()) == []
    code, said = bare.python(FIND, NO_NETWORK)
    assert code == 0 and "downloading" not in said


def test_damaged_download_is_told_and_not_used(bare, mirror):
    package = mirror.package("odoo-19")
    good = package.read_bytes()
    package.write_bytes(bytes(reversed(good)))
    line = bare.fails("odoo", "--version", env=mirror.variables())
    assert "A download is damaged" in line
    assert not (bare.home / "odoo").exists()
    package.write_bytes(good)
    assert bare.python(FIND, mirror.variables())[0] == 0


def test_damaged_package_of_an_earlier_start_is_fetched_anew(bare, mirror):
    """apt takes a file of the right size for complete: the launcher looks at its content."""
    downloads = bare.home / "downloads"
    downloads.mkdir(parents=True)
    size = mirror.package("odoo-19").stat().st_size
    (downloads / "odoo-19_1%3a19.0-1_all.deb").write_bytes(bytes(size))
    code, said = bare.python(FIND, mirror.variables())
    assert code == 0, said


def test_half_unpacked_odoo_is_never_used(bare, mirror):
    package = bare.home / "odoo/usr/lib/python3/dist-packages/odoo"
    package.mkdir(parents=True)
    (package / "release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
    (bare.home / "tmp" / "work-1").mkdir(parents=True)
    code, said = bare.python(FIND, mirror.variables())
    assert code == 0 and "unpacking" in said
    assert (package / "addons").is_dir()


def test_odoo_with_a_link_that_leads_nowhere_is_refused(bare, tmp_path):
    (tmp_path / "mirror").mkdir()
    mirror = Mirror(tmp_path / "mirror", without="fonts-font-awesome/icon")
    line = bare.fails("odoo", "--version", env=mirror.variables())
    mirror.close()
    assert "static/icon leads nowhere" in line
    assert not (bare.home / "odoo").exists()


def test_full_disk_while_unpacking_is_told_and_heals(bare, tmp_path):
    """The launcher's home is on a disk of 24 MB; Odoo needs more.

    Where no such disk may be mounted (a container), a program that says so stands in for dpkg.
    """
    (tmp_path / "mirror").mkdir()
    mirror = Mirror(tmp_path / "mirror", filler=15 << 20)
    bare.home.mkdir()
    enter = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "-r"]
    mount = f"mount -t tmpfs -o size=24m tmpfs {bare.home}"
    variables = bare.variables(**mirror.variables())
    if subprocess.run([*enter, "sh", "-c", mount], stderr=subprocess.DEVNULL).returncode:
        enter, mount = [], "true"
        stand_in = tmp_path / "bin" / "dpkg-deb"
        stand_in.parent.mkdir()
        stand_in.write_text("#!/bin/sh\necho 'write error: No space left on device'; exit 2\n")
        stand_in.chmod(0o755)
        variables["PATH"] = f"{stand_in.parent}:{variables['PATH']}"
    done = subprocess.run(
        [*enter, "sh", "-c", f"{mount} && exec ./cpa odoo --version"],
        cwd=bare.root,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done
    assert done.stderr.count("\n") == 1
    assert "No space left on device" in done.stderr
    assert "Free about 5 GB" in done.stderr
    assert bare.python(FIND, mirror.variables())[0] == 0
    mirror.close()


def test_without_network_one_line_says_how_to_give_an_odoo(bare, mirror):
    variables = mirror.variables()
    mirror.close()
    line = bare.fails("run", "--port", "8119", env=variables | NO_NETWORK)
    assert "Odoo 19 could not be fetched: package mirror:" in line
    assert "git:" in line
    assert "./cpa run --odoo PATH" in line


def test_changed_pins_are_noticed_and_without_network_one_line_says_so(tmp_path):
    """The digest of the lists differs, so that the next start installs (here: tries to)."""
    project = make_project(tmp_path / "project")
    stamp = project.home / "venv" / "complete"
    stamp.parent.unlink()
    stamp.parent.mkdir()
    stamp.write_text("of other lists")
    line = project.fails("odoo", "--version", env=NO_NETWORK)
    if importlib.util.find_spec("ensurepip"):
        assert "The Python packages could not be installed" in line
        assert "Check the network" in line
    else:  # then pip itself is fetched first
        assert "This Python has no pip" in line
    assert not stamp.exists()


def test_git_is_the_last_source(bare, tmp_path):
    origin = tmp_path / "origin"
    (origin / "odoo/addons/web/static").mkdir(parents=True)
    (origin / "addons").mkdir()
    (origin / "odoo/release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
    for words in (
        ["init", "-q", "-b", "19.0"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "t"],
    ):
        subprocess.run(["git", *words], cwd=origin, check=True)
    variables = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{origin}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/odoo/odoo",
        "APT_CONFIG": str(tmp_path / "none.conf"),
    }
    (tmp_path / "none.conf").write_text('Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "/dev/null";\n')
    code, said = bare.python(FIND, NO_NETWORK | variables)
    assert code == 0, said
    assert "git branch 19.0" in said


@pytest.mark.parametrize(
    "content, reason",
    [
        (None, "has no odoo/release.py"),
        ("version_info = (18, 0, 0, FINAL, 0, '')\n", "it is 18.0 and the add-ons need 19.0"),
        ("version_info = ('saas~18', 2, 0, FINAL, 0, '')\n", "it is saas~18.2"),
    ],
)
def test_given_odoo_has_to_fit(bare, tmp_path, content, reason):
    (tmp_path / "given" / "odoo").mkdir(parents=True)
    if content:
        (tmp_path / "given" / "odoo" / "release.py").write_text(content)
    assert reason in bare.fails("run", "--odoo", tmp_path / "given")


def test_no_permission_to_write_is_told_in_one_line(bare):
    """Not even root may make a folder below /sys."""
    line = bare.fails("run", env={"CPA_HOME": "/sys/cpa"})
    assert "No permission to write: /sys/cpa" in line
    assert "CPA_HOME=FOLDER" in line


SOURCES = {
    "debian.sources": """\
        # a comment
        Types: deb deb-src
        URIs: {0}/security
        Suites: {1}-security
        Components: main

        Types: deb
        URIs: {0}/debian
        Suites: {1} {1}-updates
        Components: main contrib
        Signed-By:
         -----BEGIN PGP PUBLIC KEY BLOCK-----
         .
         -----END PGP PUBLIC KEY BLOCK-----
        """,
    "old.list": """\
        # deb {0}/commented {1} main
        deb-src {0}/debian {1} main
        deb {0}/security {1}-security main
        deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] {0}/debian {1} main contrib # yes
        """,
}


@pytest.mark.parametrize("name", SOURCES)
def test_machines_mirror_is_found_in_both_formats(bare, tmp_path, name):
    (tmp_path / "parts").mkdir()
    lines = SOURCES[name].format(CLOSED, "$CODENAME").splitlines()
    text = "\n".join(line.removeprefix(" " * 8) for line in lines) + "\n"
    code, codename = bare.python("from launcher import apt; print(apt.system_release()['VERSION_CODENAME'])")
    (tmp_path / "parts" / name).write_text(text.replace("$CODENAME", codename))
    conf = tmp_path / "apt.conf"
    conf.write_text(f'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "{tmp_path / "parts"}";\n')
    code, said = bare.python(
        "from launcher import apt; print(apt.derived_sources(['unstable', 'bookworm']))",
        {"APT_CONFIG": str(conf)},
    )
    assert code == 0, said
    assert f"URIs: {CLOSED}/debian\n" in said
    assert "Suites: unstable bookworm\n" in said
    assert "Components: main\n" in said
    assert "Signed-By:" in said


def test_pins_are_exact():
    for name in ("requirements.txt", "launcher/odoo-requirements.txt"):
        for line in (PROJECT / name).read_text().splitlines():
            assert not line or line.startswith("#") or "==" in line, line
