"""The command line: what it explains, and what it answers to a wrong call."""

import ast
import re
import subprocess
import sys

import pytest
from launcher_kit import PROJECT

COMMANDS = ("run", "test", "odoo", "bench", "verify", "lint")


def test_help_explains_each_command_in_a_line(bare):
    code, said = bare.run("--help")
    assert code == 0
    for command in COMMANDS:
        lines = [line.split() for line in said.splitlines() if line.split()[:1] == [command]]
        assert len(lines) == 1 and len(lines[0]) > 2, command


def test_help_explains_each_option(bare):
    _, said = bare.run("--help")
    for command in ("run", "test", "bench", "verify"):
        _, details = bare.run(command, "--help")
        for option in set(re.findall(r"--[a-z-]+", details)) - {"--help"}:
            assert f"  {option} " in said, option


def test_entry_can_be_read_by_old_pythons():
    ast.parse((PROJECT / "cpa").read_text(), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 9, 18), (3, 14, 0)])
def test_wrong_python_is_told_in_one_line(version):
    pretend = f"import runpy, sys; sys.version_info = {version}; sys.argv = ['cpa', 'run']; "
    pretend += "runpy.run_path('cpa', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", pretend], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.10 to 3.13" in done.stderr


@pytest.mark.parametrize("port", ["x", "0", "65536", "-1", "80 80"])
def test_bad_port_is_told_in_one_line(bare, port):
    assert f"Port {port} is none" in bare.fails("run", f"--port={port}")
    assert not bare.home.exists()


def test_unknown_words_are_told_in_one_line(bare):
    assert "--prot has no meaning here" in bare.fails("run", "--prot", "8070")
    assert "invalid choice: 'rnu'" in bare.fails("rnu")
    assert "COMMAND" in bare.fails()


def test_bench_says_when_there_is_nothing_to_run(bare):
    code, said = bare.run("bench")
    assert code == 0
    assert "no benchmarks yet" in said


def test_launcher_names_no_host_but_odoos_repository():
    """Mirrors and indexes are the machine's: apt's sources, pip's and npm's own settings."""
    for path in (PROJECT / "launcher").glob("*.*"):
        for line in path.read_text(encoding="utf-8").splitlines():
            known = "github.com/odoo/odoo" in line or "localhost" in line or "127.0.0.1" in line
            assert known or "://" not in line, f"{path.name}: {line}"
