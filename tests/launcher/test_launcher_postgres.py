"""The private PostgreSQL: who runs it, where its socket is, what a cluster promises."""

import os

import pytest
from launcher_kit import make_project

from launcher import identity

ASK = """
from launcher import packages, postgres
packages.use()
import psycopg2
with postgres.server({name!r}) as where:
    connection = psycopg2.connect(
        dbname="postgres", host=where["PGHOST"], port=where["PGPORT"], user=where["PGUSER"]
    )
    with connection, connection.cursor() as cursor:
        cursor.execute({query!r})
        print("answer", cursor.fetchone()[0], len(where["PGHOST"]) + len("/.s.PGSQL.5432"))
    connection.close()
"""


def ask(project, query, name="run"):
    """The answer of a cluster, started for it; and the length of its socket's path."""
    code, said = project.python(ASK.format(name=name, query=query))
    assert code == 0, said
    answer, length = said.rpartition("answer ")[2].split()
    return answer, int(length)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("postgres") / "project")


def test_run_loses_nothing_and_test_is_fast(project):
    assert ask(project, "SHOW fsync")[0] == "on"
    assert ask(project, "SHOW fsync", "test")[0] == "off"
    assert project.processes() == {}


def test_only_its_socket_listens(project):
    assert ask(project, "SELECT '<' || current_setting('listen_addresses') || '>'")[0] == "<>"


def test_arabic_words_have_trigrams(project):
    """The similarity search of names needs the contrib package and a locale that knows letters."""
    query = "SELECT count(*) FROM pg_available_extensions WHERE name IN ('pg_trgm', 'unaccent')"
    assert ask(project, query)[0] == "2"
    assert ask(project, "SELECT 'م' ~ '[[:alpha:]]'")[0] == "True"


def test_deep_folder_works(tmp_path):
    deep = make_project(tmp_path / ("deep" * 20) / ("folder" * 10) / "project")
    answer, length = ask(deep, "SELECT 1")
    assert answer == "1"
    assert length < 107


def test_marks_of_a_killed_server_are_no_obstacle(project):
    """The number of a killed server may belong to another program: here to this one."""
    ask(project, "SELECT 1")
    mark = project.home / "pg" / "run" / "data" / "postmaster.pid"
    mark.write_text(f"{os.getpid()}\n{mark.parent}\n")
    assert ask(project, "SELECT 1")[0] == "1"


def test_cluster_of_another_version_is_kept_or_redone(project):
    for name in ("run", "test"):
        ask(project, "SELECT 1", name)
        (project.home / "pg" / name / "data" / "PG_VERSION").write_text("9\n")
    line = project.fails("odoo", "--version")
    assert "was made by PostgreSQL 9 and this machine has" in line
    assert ask(project, "SELECT 1", "test")[0] == "1"


def test_given_server_is_used_and_none_started(project):
    code, said = project.python(
        "from launcher import postgres\nwith postgres.server('test') as where: print(where)",
        {"PGHOST": "/somewhere"},
    )
    assert (code, said) == (0, "{}")


def test_given_server_that_does_not_answer_is_told_in_one_line(project):
    line = project.fails("run", "--port", "8118", env={"PGHOST": "127.0.0.1", "PGPORT": "9"})
    assert "The database server refuses" in line
    assert "Check PGHOST" in line


@pytest.mark.parametrize("mode", [0o700, 0o755])
def test_root_finds_someone_to_run_it(tmp_path, mode):
    """Another user where others may enter, else a user namespace; an ordinary user himself."""
    if os.geteuid() != 0:
        assert identity.for_folder(tmp_path / "data") == {}
        return
    place = make_project(tmp_path / "project").home
    for parent in (place, *place.parents):
        if parent.owner() == "root" and any(each.name.startswith("pytest-of-") for each in (parent, *parent.parents)):
            parent.chmod(mode)
    chosen = identity.for_folder(place / "data")
    assert set(chosen) == ({"namespace"} if mode == 0o700 else {"user", "group"})


def test_given_server_holds_the_database(project):
    """PGHOST leads to a server that is there: here the `test` cluster of the same project."""
    look = (
        "from launcher import environment\nfrom launcher.database import Database\n"
        "with environment.prepared('run') as ready:\n"
        "    print([Database(ready, name).exists() for name in ('postgres', 'none')])\n"
    )
    code, said = project.python(
        "import os, subprocess, sys\nfrom launcher import postgres\n"
        "with postgres.server('test') as where:\n"
        f"    subprocess.run([sys.executable, '-c', {look!r}], env=os.environ | where)\n"
    )
    assert code == 0 and said.endswith("[True, False]"), said
