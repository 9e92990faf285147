"""Answers of the server to whoever asks, without a network: the tests' transaction, in-process, many a second."""

import io
import json
import logging
import threading
import traceback
import zipfile
from dataclasses import dataclass, field
from unittest.mock import patch

from odoo import http
from odoo.addons.cpa_beneficiary.tests.paper_reader import text_of
from odoo.addons.cpa_beneficiary.tests.story import SECRETS
from odoo.api import Environment
from odoo.service import security
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger
from PIL import Image
from werkzeug.test import Client

ADDRESS = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
# of a picture of our people: nothing else is of this colour
COLOUR = (193, 18, 201)
LOGGERS = (
    "odoo.sql_db",
    "odoo.models",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_http",
    "odoo.addons.base.models.ir_qweb",
    "odoo.addons.base.models.res_users",
    "odoo.addons.http_routing.models.ir_http",
    "odoo.addons.rpc.controllers.xmlrpc",
    "odoo.addons.rpc.controllers.jsonrpc",
    "odoo.addons.web.controllers.binary",
    "odoo.addons.web.controllers.database",
    "odoo.addons.web.controllers.export",
    "odoo.addons.web.controllers.json",
    "odoo.addons.web.controllers.report",
    "odoo.addons.website.models.ir_http",
    "odoo.addons.bus.websocket",
)


def picture(size=64):
    """Return a PNG in a colour by which it is known again, however it was made smaller."""
    stream = io.BytesIO()
    Image.new("RGB", (size, size), COLOUR).save(stream, "PNG")
    return stream.getvalue()


@dataclass
class Answer:
    """What came back of one call."""

    status: int
    headers: str
    body: bytes
    kind: str
    error: str = ""
    result: object = None
    leaks: list = field(default_factory=list)
    # it is served by a copy of the database that is read only, and tried to write there
    wrote: bool = False

    @property
    def refused(self):
        """Whether who asked got nothing: another page to go to, a refusal, an error, or no result."""
        if self.kind == "application/json":
            said_no = isinstance(self.result, dict) and self.result.keys() == {"error"}
            return self.status >= 300 or bool(self.error) or not self.result or said_no
        return self.status >= 300 or not self.body


class Failures(logging.Handler):
    """Keeps what the server logs of the last call that failed, for the message of the test."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.last = ""

    def emit(self, record):
        error = record.exc_info and record.exc_info[1]
        if error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            self.last = f"{type(error).__name__}: {error} ({where.filename.split('/addons/')[-1]}:{where.lineno})"


class CallerMixin:
    """Calls of routes as somebody who is logged in, or is not; nothing is kept of them."""

    def setUp(self):
        super().setUp()
        if not self._registry_patched:
            self.registry_enter_test_mode()
        self.http_request_allow_all = True  # there is no browser, whose late calls would have to be told apart
        self.sessions = {}
        self.failures = Failures()
        logger = logging.getLogger("odoo.http")
        self.startPatcher(patch.multiple(logger, handlers=[self.failures], propagate=False))
        self.addCleanup(logger.setLevel, logger.level)
        logger.setLevel(logging.WARNING)

    def session_of(self, user):
        """Return the session of ``user`` (None: nobody), as it was when he had logged in."""
        if user not in self.sessions:
            session = http.root.session_store.new()
            session.update(http.get_default_session(), db=get_db_name(), _trace_disable=True)
            session.context["lang"] = http.DEFAULT_LANG
            if user:
                env = Environment(self.cr, user.id, {})
                session.uid, session.login = user.id, user.login
                session.session_token = security.compute_session_token(session, env)
                session.context = dict(env["res.users"].context_get())
            self.sessions[user] = session
            self.addCleanup(http.root.session_store.delete, session)
        return self.sessions[user]

    def csrf_token(self, user):
        """Return what a form on a page of ``user`` sends along."""
        self.session = self.session_of(user)
        return http.Request.csrf_token(self)

    def call(self, user, method, url, stays=False, **kwargs):
        """Call a route and return its ``Answer``.

        :param user: ``res.users`` who is logged in, None for a visitor
        :param stays: what the server puts into the session stays there for the calls that follow
        :param kwargs: of ``werkzeug.test.EnvironBuilder``: ``data``, ``json``, ``headers``, ``query_string`` …
        """
        session = self.session_of(user)
        http.root.session_store.save(session)
        self.cr.flush()
        self.cr.clear()
        client = Client(http.root)
        client.set_cookie("session_id", session.sid)
        # in another language he would be led to another address
        client.set_cookie("frontend_lang", self.env.ref("website.default_website").default_lang_id.code)
        self.failures.last = ""
        with mute_logger(*LOGGERS), client.open(url, method=method, **ADDRESS | kwargs) as response:
            body = response.get_data()
        threading.current_thread().dbname = get_db_name()  # each call forgets it at its beginning
        answer = Answer(response.status_code, str(response.headers), body, response.mimetype)
        if stays:
            self.sessions[user] = http.root.session_store.get(session.sid)
        self.look_into(answer)
        answer.wrote = "ReadOnlySqlTransaction" in self.failures.last
        if answer.status >= 500:
            answer.error = self.failures.last
        return answer

    def look_into(self, answer):
        """Find the secrets in an answer: in its text, its headers, within files and on pictures."""
        texts = [answer.headers]
        if answer.kind.startswith("image/") and answer.kind != "image/svg+xml":
            if self.is_picture(answer.body):
                answer.leaks.append("picture")
        elif answer.body.startswith(b"%PDF"):
            texts.append(answer.body.decode("latin-1"))
            if answer.kind == "application/pdf" and len(answer.body) > 500:
                texts.append(text_of(answer.body))
        elif answer.body.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
                texts += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        else:
            texts.append(answer.body.decode("utf-8", "replace"))
        if answer.kind == "application/json":
            content = json.loads(answer.body or b"null")
            texts.append(json.dumps(content, ensure_ascii=False))
            if isinstance(content, dict) and "jsonrpc" in content:
                error = content.get("error") or {}
                answer.result = content.get("result")
                answer.error = (error.get("data") or error).get("name") or str(error or "")
            else:
                answer.result = content
        text = "\n".join(texts).lower()
        answer.leaks += [secret for secret in SECRETS if secret in text]

    def is_picture(self, body):
        try:
            image = Image.open(io.BytesIO(body)).convert("RGB")
        except OSError:
            return False
        pixel = image.getpixel((image.width // 2, image.height // 2))
        return all(abs(one - other) < 12 for one, other in zip(pixel, COLOUR, strict=True))
