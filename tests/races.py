"""A server of its own for races: real HTTP sessions, transactions that commit, a copy of the test's database."""

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

import odoo.sql_db
from lxml import html
from odoo import fields
from odoo.tools import SQL, config

PROJECT = Path(__file__).parent.parent
SEATS = ("chair", "deputy", "member", "member", "member", "member", "member")
REFUSALS = ("odoo.exceptions.UserError", "odoo.exceptions.ValidationError", "odoo.exceptions.AccessError")


def prepare(env, lanes):
    """Make ``lanes`` committees of seven with a secretary, and a request before each of them.

    The password of a login is the login. The request's service needs no study: a deferral leaves it where it is, so
    that one request is enough for any number of sessions.

    :param env: environment of the copy; committed here
    :return: list of dicts of ``committee``, ``request`` (ids), ``voters``, ``secretary`` and ``second`` (logins)
    """
    from odoo.tests import new_test_user

    env = env(context={**env.context, "no_reset_password": True, "tracking_disable": True})
    service = env.ref("cpa_beneficiary.service_consult").copy(
        {"code": "RACE", "needs_committee": True, "needs_study": False}
    )
    made = []
    for lane in range(lanes):
        voters = [f"cpa_race_{lane}_{number}" for number in range(len(SEATS))]
        secretary, second = f"cpa_race_{lane}_secretary", f"cpa_race_{lane}_second"
        users = [new_test_user(env, login, groups="cpa_beneficiary.group_member", password=login) for login in voters]
        users.append(new_test_user(env, secretary, groups="cpa_beneficiary.group_secretary", password=secretary))
        new_test_user(env, second, groups="cpa_beneficiary.group_secretary", password=second)  # of the same office
        committee = env["cpa.committee"].create(
            {
                "name": f"Race {lane}",
                "member_ids": [
                    fields.Command.create({"user_id": user.id, "role": role, "date_from": "2020-01-01"})
                    for user, role in zip(users, (*SEATS, "secretary"), strict=True)
                ],
            }
        )
        request = env["cpa.request"].create(
            {
                "subject": f"Race {lane}",
                "service_id": service.id,
                "channel_id": env.ref("cpa_beneficiary.channel_website").id,
            }
        )
        env.flush_all()
        # how it came there is no matter of these tests
        env.cr.execute(SQL("UPDATE cpa_request SET state = 'committee' WHERE id = %s", request.id))
        made.append(
            {
                "committee": committee.id,
                "request": request.id,
                "voters": voters,
                "secretary": secretary,
                "second": second,
            }
        )
    env.cr.commit()
    return made


class Server:
    """Odoo serving a copy of a database on this machine."""

    def __init__(self, source, module="tests.races"):
        """
        :param source: name of the database that is copied
        :param module: name of the module whose ``prepare`` makes what the race needs
        """
        self.source, self.name, self.module = source, f"{source}_races_{os.getpid()}", module
        self.log = Path(tempfile.mkdtemp(prefix="cpa-races-")) / "odoo.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @contextlib.contextmanager
    def serving(self, lanes):
        """Copy, prepare and serve; all of it is gone afterwards.

        :return: what ``prepare`` returns
        """
        odoo.sql_db.close_db(self.source)  # a template has no connections
        self._maintain(SQL("CREATE DATABASE %s TEMPLATE %s", SQL.identifier(self.name), SQL.identifier(self.source)))
        child = None
        try:
            if Path(config.filestore(self.source)).exists():
                shutil.copytree(
                    config.filestore(self.source),
                    config.filestore(self.name),
                    copy_function=os.link,
                    dirs_exist_ok=True,
                )
            made = self._prepare(lanes)
            with self.log.open("w") as log:
                child = subprocess.Popen(
                    [*self._words("server"), f"--http-port={self.port}", "--http-interface=127.0.0.1"],
                    env=self._env(),
                    cwd=PROJECT,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            self._wait(child)
            yield made
        finally:
            if child:
                child.terminate()
                child.wait(30)
            self._maintain(SQL("DROP DATABASE %s WITH (FORCE)", SQL.identifier(self.name)))
            shutil.rmtree(config.filestore(self.name), ignore_errors=True)

    @cached_property
    def lang(self):
        """The code of the website's own language: in another one a browser is led to another address."""
        [[code]] = self.rows(SQL("SELECT code FROM res_lang WHERE id = (SELECT min(default_lang_id) FROM website)"))
        return code

    def rows(self, query):
        """Return what is stored."""
        with odoo.sql_db.db_connect(self.name).cursor() as cr:
            cr.execute(query)
            return cr.fetchall()

    @contextlib.contextmanager
    def holding(self, query):
        """Hold the rows that ``query`` locks: who needs them stands still in the middle of what he does."""
        with odoo.sql_db.db_connect(self.name).cursor() as cr:
            cr.execute(query)
            yield
            cr.rollback()

    def until_waiting(self, number, *calls):
        """Return once ``number`` transactions wait for a row, or every one of ``calls`` (futures) is through."""
        query = SQL("SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'", self.name)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not (calls and all(call.done() for call in calls)):
            if self.rows(query)[0][0] >= number:
                return
            time.sleep(0.02)

    def _maintain(self, query):
        odoo.sql_db.close_db(self.name)
        with contextlib.closing(odoo.sql_db.db_connect("postgres").cursor()) as cr:
            cr._cnx.autocommit = True
            cr.execute(query)

    def _words(self, command):
        words = [sys.executable, "-m", "odoo", command, "-d", self.name, f"--db-filter=^{self.name}$"]
        if config["config"] and Path(config["config"]).exists():
            words.append(f"--config={config['config']}")
        return [
            *words,
            f"--addons-path={','.join(map(str, config['addons_path']))}",
            "--max-cron-threads=0",
            "--workers=0",
        ]

    def _env(self):
        return os.environ | {"PYTHONPATH": os.pathsep.join([str(PROJECT), *filter(None, sys.path)])}

    def _prepare(self, lanes):
        script = f"import json\nfrom {self.module} import prepare\nprint('MADE', json.dumps(prepare(env, {lanes})))\n"
        done = subprocess.run(
            [*self._words("shell"), "--no-http"],
            input=script,
            env=self._env(),
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        made = [line for line in done.stdout.splitlines() if line.startswith("MADE ")]
        if not made:
            raise AssertionError(f"not prepared:\n{done.stdout}\n{done.stderr}")
        return json.loads(made[0].removeprefix("MADE "))

    def _wait(self, child):
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and child.poll() is None:
            with contextlib.suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                connection.request("GET", "/web/health")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.2)
        raise AssertionError(f"the server does not answer:\n{self.log.read_text()[-3000:]}")


class Visitor:
    """A browser of somebody without a login; its forms may be sent from several threads, as double taps are."""

    def __init__(self, server):
        self.server, self.cookies = server, {"frontend_lang": server.lang}

    def form(self, path, action=None):
        """Return the hidden fields of a page's (first) form.

        :param str action: of the form; by default the page's own address
        """
        _status, page = self.ask("GET", path)
        form, *_others = html.fromstring(page).xpath(
            "//form[@action=$action][.//input[@name='csrf_token']]", action=action or path
        )
        return {field.get("name"): field.get("value") or "" for field in form.xpath(".//input[@type='hidden']")}

    def send(self, path, **typed):
        """Send a form as filled in; return the status and the page, or where it leads."""
        return self.ask("POST", path, urlencode(typed))

    def ask(self, method, path, body=None):
        """:raise AssertionError: the server failed instead of answering"""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            page = response.read().decode()
            for cookie in response.headers.get_all("Set-Cookie") or ():
                name, _equals, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            if response.status >= 500:
                raise AssertionError(f"{method} {path}: {response.status}\n{self.server.log.read_text()[-3000:]}")
            return response.status, response.headers.get("Location") or page
        finally:
            connection.close()


class Login:
    """One person's session in one browser; its calls may be made from several threads, as double clicks are."""

    def __init__(self, server, login):
        self.server, self.login, self.cookie = server, login, ""
        answer, headers = self._post(
            "/web/session/authenticate", {"db": server.name, "login": login, "password": login}
        )
        self.uid = answer["result"]["uid"]
        self.cookie = f"{headers['Set-Cookie'].partition(';')[0]}; frontend_lang={server.lang}"

    def call(self, model, method, *args, **context):
        """Call a method as the web client does.

        :return: tuple of the result and the message of a refusal (one of the two is None)
        :raise AssertionError: the server failed instead of answering
        """
        params = {"model": model, "method": method, "args": args, "kwargs": {"context": context}}
        answer, _headers = self._post(f"/web/dataset/call_kw/{model}/{method}", params)
        error = answer.get("error")
        if not error:
            return answer["result"], None
        if error["data"]["name"] not in REFUSALS:
            raise AssertionError(f"{self.login}: {model}.{method}: {error['data']['debug']}")
        return None, error["data"]["message"]

    def do(self, model, method, *args, **context):
        """Call a method that must not be refused, and return its result."""
        result, refusal = self.call(model, method, *args, **context)
        if refusal:
            raise AssertionError(f"{self.login}: {model}.{method}: {refusal}")
        return result

    def _post(self, path, params):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
            headers = {"Content-Type": "application/json", "Cookie": self.cookie}
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            return json.loads(response.read()), response.headers
        finally:
            connection.close()
