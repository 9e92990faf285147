"""`./cpa run` on a small project: it heals, loses nothing and leaves no process behind."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

import pytest
from launcher_kit import NO_NETWORK, wait_for


@pytest.fixture(scope="module")
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """A started `./cpa run`, with what it says in a file."""

    def __init__(self, project, port, *words, env=None):
        self.project, self.port = project, port
        self.said = project.root / "said.txt"
        with open(self.said, "w") as output:
            self.child = project.start("run", "--port", port, *words, stdout=output, stderr=output, env=env)

    def text(self):
        return self.said.read_text(encoding="utf-8")

    def wait_for(self, text, seconds=300):
        wait_for(lambda: text in self.text() or self.child.poll() is not None, seconds)
        assert text in self.text(), self.text()
        return self

    def until_served(self):
        return self.wait_for(f"http://127.0.0.1:{self.port}")

    def end(self, number):
        """Send a signal and return the exit code; no process of the project may be left."""
        self.child.send_signal(number)
        code = self.child.wait(60)
        if number != signal.SIGKILL:
            assert self.project.processes() == {}
        wait_for(lambda: not self.project.processes())
        return code


@pytest.fixture(scope="module")
def installed(lent, port):
    """The small project, its database installed by a start that followed a hard kill."""
    interrupted = Served(lent, port).wait_for("installing cpa_beneficiary")
    wait_for(lambda: "Loading module base" in (lent.home / "log" / "cpa_new.log").read_text())
    assert interrupted.end(signal.SIGKILL) == -signal.SIGKILL
    served = Served(lent, port).until_served()
    assert served.end(signal.SIGTERM) == 128 + signal.SIGTERM
    lent.first_start = served.text()
    return lent


def sql(project, query):
    """Run a query on the project's database, by its own environment; returns the answer."""
    script = f"""if 1:
        from launcher import environment, packages
        from launcher.database import Database
        with environment.prepared("run") as ready:
            print("answer", Database(ready, "cpa")._sql({query!r}))
    """
    done = subprocess.run(
        [str(project.home / "venv/bin/python"), "-B", "-c", script],
        cwd=project.root,
        env=project.variables(),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.rpartition("answer ")[2].strip()


def test_interrupted_installation_heals(installed):
    assert "installing cpa_beneficiary" in installed.first_start
    assert sql(installed, "SELECT datname FROM pg_database WHERE datname LIKE 'cpa%'") == "[('cpa',)]"


def test_first_start_names_address_logins_and_steps(installed, port):
    for text in (f"http://127.0.0.1:{port}", "officer", "relations officer", "مسؤول العلاقات"):
        assert text in installed.first_start
    assert "loading the demo data: done" in installed.first_start


def test_demo_data_are_ours_alone(installed):
    assert sql(installed, "SELECT count(*) FROM res_partner WHERE name LIKE 'Demo of %'") == "[(3,)]"
    assert sql(installed, "SELECT count(*) FROM ir_module_module WHERE demo") == "[(0,)]"


def test_arabic_and_english_are_loaded(installed):
    query = "SELECT code FROM res_lang WHERE active ORDER BY code"
    assert sql(installed, query) == "[('ar_001',), ('en_US',)]"


def test_nothing_is_written_outside_the_home(installed):
    ours = {"cpa", "launcher", "requirements.txt", ".odoo", "said.txt"}
    addons = {"cpa_beneficiary", "cpa_survey", "cpa_volunteer"}
    assert {path.name for path in installed.root.iterdir()} == ours | addons
    assert not list((installed.root / "cpa_survey").rglob("__pycache__"))


def test_second_start_takes_seconds_and_downloads_nothing(installed, port):
    begin = time.monotonic()
    served = Served(installed, port, env=NO_NETWORK).until_served()
    assert time.monotonic() - begin < 30
    assert "download" not in served.text()
    assert served.end(signal.SIGINT) == 128 + signal.SIGINT


def test_killed_hard_while_serving_loses_nothing(installed, port):
    served = Served(installed, port).until_served()
    sql(installed, "UPDATE res_partner SET city = 'Najran' WHERE name LIKE 'Demo of %'")
    served.end(signal.SIGKILL)
    served = Served(installed, port).until_served()
    assert served.end(signal.SIGHUP) == 128 + signal.SIGHUP
    assert sql(installed, "SELECT count(*) FROM res_partner WHERE city = 'Najran'") == "[(3,)]"


def test_two_commands_share_the_database_server(installed, port):
    served = Served(installed, port).until_served()
    code, said = installed.run("odoo", "--version")
    assert code == 0 and "Odoo Server 19.0" in said
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login") as page:
        assert page.status == 200
    served.end(signal.SIGTERM)


def test_busy_port_is_told_before_anything_is_done(installed):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = other.getsockname()[1]
        line = installed.fails("run", "--port", busy)
    assert f"Port {busy} cannot be used: Address already in use" in line
    assert f"--port {busy + 1}" in line


def test_database_of_another_version_is_refused(installed, port):
    version = "UPDATE ir_module_module SET latest_version = '{}.1.3' WHERE name = 'base'"
    sql(installed, version.format("18.0"))
    line = installed.fails("run", "--port", port)
    sql(installed, version.format("19.0"))
    assert "Database cpa does not fit: its Odoo is 18.0.1.3 and this is 19.0" in line


def test_changed_addon_is_updated(installed, port):
    survey = installed.root / "cpa_survey"
    manifest = (survey / "__manifest__.py").read_text()
    (survey / "data.xml").write_text(
        '<odoo><record id="new" model="res.partner"><field name="name">New</field></record></odoo>'
    )
    (survey / "__manifest__.py").write_text(manifest.replace("'demo'", "'data': ['data.xml'], 'demo'"))
    served = Served(installed, port).until_served()
    assert "the add-ons have changed, updating: done" in served.text()
    served.end(signal.SIGTERM)
    assert sql(installed, "SELECT count(*) FROM res_partner WHERE name = 'New'") == "[(1,)]"


def test_language_can_be_chosen(installed, port):
    served = Served(installed, port, "--lang", "en_US").until_served()
    served.end(signal.SIGTERM)
    query = "SELECT lang FROM res_users JOIN res_partner p ON p.id = partner_id WHERE login = 'admin'"
    assert sql(installed, query) == "[('en_US',)]"
    assert "Odoo has no language xx_XX" in installed.fails("run", "--port", port, "--lang", "xx_XX")


def test_orphaned_database_server_is_replaced(installed, port):
    """The server's keeper is killed: the server ends or is ended, and the next start works."""
    served = Served(installed, port).until_served()
    keeper = next(pid for pid, words in installed.processes().items() if "keeper" in words)
    os.kill(keeper, signal.SIGKILL)
    served.end(signal.SIGTERM)
    Served(installed, port).until_served().end(signal.SIGTERM)


def test_wrong_demo_data_fail_loudly(installed, port):
    """Nothing half-filled is served: the database is made anew when the file is mended."""
    demo = installed.root / "cpa_volunteer" / "demo" / "demo.xml"
    good = demo.read_text()
    demo.write_text(good.replace('name="name"', 'name="nmae"'))
    pg = installed.home / "pg"
    kept = installed.home / "pg.kept"
    pg.rename(kept)
    try:
        line = installed.fails("run", "--port", port)
    finally:
        shutil.rmtree(pg)
        kept.rename(pg)
        demo.write_text(good)
    assert "loading the demo data failed" in line
    assert "nmae" in line
