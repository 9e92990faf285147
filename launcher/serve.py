"""`./cpa run`: a database with demo data, served on this machine only."""

import contextlib
import csv
import os
import socket
import subprocess
import threading
import time
import urllib.request

from . import environment, odoo_log, process
from .console import Failure, Step, say
from .database import Database
from .places import PROJECT, folder, lock

_NAME = "cpa"
_LOGINS = PROJECT / "cpa_beneficiary" / "demo" / "logins.csv"


def serve(port, *, odoo=None, demo=True, language=None):
    """Serve the database until asked to stop.

    :param port: of 127.0.0.1
    :param odoo: a folder that holds Odoo 19
    :param demo: load demo data into a new database
    :param language: code of the language of users and website; None leaves it, Arabic if new
    :raises Failure: if it cannot be served
    """
    _check_port(port)
    with environment.prepared("run", odoo=odoo) as ready:
        with lock("database", waiting=lambda: say("• Waiting for another ./cpa run …")):
            database = _database(ready, demo, language)
        database.set_address(f"http://127.0.0.1:{port}")
        with _odoo(ready, database, port) as child:
            _introduce(database, port)
            child.wait()
            raise Failure("Odoo ended", f"with code {child.returncode}", f"Its log is {database.log}")


def _database(ready, demo, language):
    """The database, whole and up to date, made if there is none."""
    database = Database(ready, _NAME)
    if database.exists():
        database.check_series()
        database.update()
        if language:
            database.set_language(language)
        return database
    new = Database(ready, f"{_NAME}_new")  # interrupted, it keeps this name and is made anew
    new.drop()
    new.install(language or "ar_001")
    if demo:
        new.load_demo()
    new.set_language(language or "ar_001")
    new.rename(_NAME)
    return database


@contextlib.contextmanager
def _odoo(ready, database, port):
    """Run Odoo's server; enter when it answers."""
    env = ready.configured(
        db_name=database.name,
        dbfilter=f"^{database.name}$",
        http_port=port,
        unaccent=True,
        workers=0,
        admin_passwd=os.urandom(16).hex(),
    )
    child = process.start(
        ready.python("-m", "odoo", "server"),
        env=env,
        cwd=folder(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with odoo_log.Reader(database.log) as reader:
        thread = threading.Thread(target=_read, args=(child, reader), daemon=True)
        thread.start()
        try:
            with Step(f"Odoo: starting on port {port}"):
                _wait_until_it_answers(child, port, database)
            yield child
        finally:
            process.end(child)
            thread.join(5)


def _read(child, reader):
    for line in process.lines(child.stdout):
        reader(line)


def _wait_until_it_answers(child, port, database):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while child.poll() is None:
        with (
            contextlib.suppress(OSError),
            direct.open(f"http://127.0.0.1:{port}/web/login") as page,
        ):
            page.read()
            return
        time.sleep(0.2)
    _check_port(port)
    raise Failure("Odoo did not start", f"it ended with code {child.returncode}", f"Its log is {database.log}")


def _check_port(port):
    """:raises Failure: if nothing can listen on the port"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(
                f"Port {port} cannot be used",
                error.strerror,
                f"Choose another: ./cpa run --port {port + 1 if 1024 <= port < 65535 else 8069}",
            ) from error


def _introduce(database, port):
    """Say it all at once: whoever reads the address reads the logins too."""
    lines = ["", f"  http://127.0.0.1:{port}", ""]
    if database.has_demo():
        logins = _logins()
        widths = [max(len(row[column]) for row in logins) for column in (0, 1)]
        lines.append("  Logins (the password is the login):")
        lines += [f"    {login:<{widths[0]}}  {english:<{widths[1]}}  {arabic}" for login, english, arabic in logins]
    else:
        lines.append("  Login: admin, password: admin. Change it before anything real is entered.")
    lines += ["", f"  Log: {database.log}. Ctrl-C stops everything."]
    say("\n".join(lines))


def _logins():
    with open(_LOGINS, newline="", encoding="utf-8") as handle:
        rows = [(row["login"], row["role_en"], row["role_ar"]) for row in csv.DictReader(handle)]
    return [*rows, ("admin", "system administrator", "مدير النظام")]
