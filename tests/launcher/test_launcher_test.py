"""`./cpa test`: tests are shared out to workers that do not meet, and whatever does not pass fails."""

import re
import signal
import subprocess
import sys

import pytest
from launcher_kit import PROJECT, make_project, wait_for

from launcher import places

# what pytest-odoo brings, without an Odoo
CONFTEST = "def pytest_addoption(parser):\n    parser.addoption('--odoo-database', default='cpa_test')\n"


@pytest.fixture
def share(tmp_path):
    """Let two workers run the given files of tests; returns the exit code and all that was said."""

    def run(**files):
        for name, content in (files | {"conftest": CONFTEST}).items():
            (tmp_path / f"{name}.py").write_text(content)
        words = ["-p", "no:odoo", "-p", "launcher.pytest_no_skips", "-p", "launcher.pytest_workers", "-n2"]
        words += ["--dist=loadfile", "--no-loadscope-reorder", "--max-worker-restart=0", "--odoo-database=cpa_test"]
        done = subprocess.run(
            [sys.executable, "-B", "-m", "pytest", *words, f"--rootdir={tmp_path}", tmp_path],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_each_file_is_told_in_a_line_and_the_sum_in_one(share):
    code, said = share(test_a="def test_1(): pass\ndef test_2(): pass\n", test_b="def test_1(): pass\n")
    assert code == 0, said
    lines = re.findall(r"^ +(\d)/2 (\S+): (\d+) tests, \d+ s$", said, re.MULTILINE)
    assert [number for number, _name, _tests in lines] == ["1", "2"]
    assert {(name, tests) for _number, name, tests in lines} == {("test_a.py", "2"), ("test_b.py", "1")}
    assert len(re.findall(r"\b3 passed", said)) == 1


def test_a_failure_is_told_at_once_and_in_full_at_the_end(share):
    code, said = share(test_a="def test_1():\n    assert 6 * 7 == 43\n", test_b="def test_1(): pass\n")
    assert code == 1
    at_once, _, at_the_end = said.partition("= FAILURES =")
    assert "FAILED test_a.py::test_1" in at_once
    assert "1/2 test_" in at_once and "test_a.py: 1 tests, 1 failed" in at_once
    assert "assert 6 * 7 == 43" in at_the_end
    assert "1 failed, 1 passed" in at_the_end


@pytest.mark.parametrize(
    ("test", "said_of_it"),
    [
        ("import pytest\ndef test_1():\n    pytest.skip('no browser')\n", "test_a.py::test_1 was skipped"),
        ("import pytest\npytest.skip('no browser', allow_module_level=True)\n", "was skipped"),
        ("import os\ndef test_1():\n    os._exit(0)\n", "crashed while running 'test_a.py::test_1'"),
        ("import nothing_of_this_name\n", "nothing_of_this_name"),
    ],
)
def test_what_did_not_run_has_not_passed(share, test, said_of_it):
    code, said = share(test_a=test, test_b="def test_1(): pass\n")
    assert code != 0
    assert said_of_it in said


def test_the_longest_of_the_last_run_is_first(share, tmp_path):
    files = {f"test_{name}": "def test_1(): pass\n" for name in "abc"}
    share(**files)
    table = tmp_path / ".pytest_cache" / "v" / "cpa" / "seconds"
    assert set(re.findall(r"test_\w\.py", table.read_text())) == {"test_a.py", "test_b.py", "test_c.py"}
    table.write_text('{"test_a.py": 1, "test_b.py": 3}')
    names = "import os\ndef test_1(request):\n    open(os.environ['PYTEST_ORDER'], 'a').write(request.node.nodeid[5])\n"
    order = tmp_path / "order"
    alone = [sys.executable, "-B", "-m", "pytest", "-p", "no:odoo", "-p", "launcher.pytest_workers"]
    for name in files:
        (tmp_path / f"{name}.py").write_text(names)
    env = {"PYTEST_ORDER": str(order), "PATH": "", "PYTHONPATH": str(PROJECT)}
    subprocess.run([*alone, f"--rootdir={tmp_path}", tmp_path], check=True, env=env, stdout=subprocess.DEVNULL)
    assert order.read_text() == "cba", "the unknown one, the longest, the shortest"


OWN_DATABASE = """
import time
from pathlib import Path
from odoo.tests import TransactionCase, tagged
from odoo.tools import config

@tagged("post_install", "-at_install")
class TestOwn(TransactionCase):
    def test_own(self):
        name = self.env.cr.dbname
        assert config["db_name"] == [name]
        Path({folder!r}, name).touch()
        deadline = time.monotonic() + 60
        while len(list(Path({folder!r}).iterdir())) < 2:  # the other worker is at work, too
            assert time.monotonic() < deadline
            time.sleep(0.05)
        self.env.ref("base.main_company").name = name
        self.env.flush_all()
        time.sleep({more})
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A small project with a file of tests in two of its add-ons."""
    project = make_project(tmp_path_factory.mktemp("test") / "project")
    for name in ("cpa_beneficiary", "cpa_volunteer", "cpa_survey"):
        project.add_addon(name, ["base", "web"])
    return project


def own_tests(project, folder, more=0):
    folder.mkdir()
    for name in ("cpa_beneficiary", "cpa_volunteer"):
        tests = project.root / name / "tests"
        tests.mkdir(exist_ok=True)
        (tests / "__init__.py").touch()
        (tests / f"test_{name}.py").write_text(OWN_DATABASE.format(folder=str(folder), more=more))


def lent_files():
    """What of our own environment names the place it lies in, and would be wrong if another one wrote it."""
    system = places.home() / "system"
    return {
        path: path.read_text() for path in (system / "fonts.conf", system / "browser/cpa-bin/chromium") if path.exists()
    }


def test_workers_have_a_database_each_and_leave_none(project, tmp_path):
    own_tests(project, tmp_path / "names")
    ours = lent_files()
    code, said = project.run("test", "--workers", "2", timeout=300)
    assert code == 0, said
    assert lent_files() == ours
    assert "2 passed" in said
    assert sorted(path.name for path in (tmp_path / "names").iterdir()) == ["cpa_test_gw0", "cpa_test_gw1"]
    assert {path.name for path in (project.home / "data" / "test" / "filestore").iterdir()} <= {"cpa_test"}
    assert project.processes() == {}


def test_stopping_ends_all_workers(project, tmp_path):
    own_tests(project, tmp_path / "names", more=600)
    child = project.start("test", "--workers", "2", "--reuse")
    wait_for(lambda: child.poll() is not None or len(list((tmp_path / "names").iterdir())) == 2, 300)
    child.send_signal(signal.SIGINT)
    said, _ = child.communicate(timeout=60)
    assert child.returncode == 128 + signal.SIGINT, said
    assert "KeyboardInterrupt" in said, "it says how far it came"
    assert "Traceback" not in said
    assert project.processes() == {}


def test_a_number_of_workers_that_is_none_is_told_in_one_line(bare):
    assert "0 workers are none" in bare.fails("test", "--workers=0")
