"""What no person would send is sent to every form of ours: no failure, nothing half written, nothing twice.

The forms are those of ``routes.csv``: a new one joins by its line. 200 posts, with the drills 10,000. What is sent
follows from a seed, which a failure names: ``CPA_FUZZ_SEED=… CPA_FUZZ_FROM=…`` sends the same again.
"""

import os
import random
from contextlib import contextmanager
from urllib.parse import quote_from_bytes, urlencode

from lxml import html
from odoo.addons.cpa_beneficiary.controllers.public import HONEYPOT
from odoo.tests import tagged

from .routes import FILES, Filler, read_table, routes_of
from .test_routes import GUESSED, RoutesCommon

DRILLS = bool(os.environ.get("CPA_DRILLS"))
POSTS = int(os.environ.get("CPA_FUZZ_POSTS") or (10_000 if DRILLS else 200))
SEED = int(os.environ.get("CPA_FUZZ_SEED") or 20261123)
FROM = int(os.environ.get("CPA_FUZZ_FROM") or 0)
# What stands for something that happened: where a post is refused none of it comes into being.
EVENTS = ("crm.lead", "cpa.request", "cpa.beneficiary", "cpa.declaration", "cpa.request.move", "cpa.delivery")
TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "1e309",
    "nan",
    "٠٥٠١٢٣٤٥٦٧",
    "0501234567",
    "99999999999999999999",
    "محمد تجريبي",
    "\u202eمقلوب\u202c \u200f\u200e\u2066x\u2069",
    "a\u0300" * 50,
    "\x00",
    "a\x00b",
    "\x08\x1b[31m",
    "\ud800".encode("utf-8", "surrogatepass"),
    b"\xff\xfe\xfa",
    b"%ff%00",
    "👨‍👩‍👧" * 20,
    "x" * 300,
    "ش" * 70_000,
    "<script>alert(1)</script>",
    "' OR 1=1; --",
    "%(name)s {0} ${7*7} {{7*7}}",
    "name\r\nBcc: nobody@example.com",
    "../../../../etc/passwd",
    "http://192.0.2.1/",
    "[1, 2]",
    '{"a": [null]}',
    "true",
    "2026-02-30",
    "1448/09/30",
    "nobody@example.com",
    "a@b" * 90,
    "data:image/png;base64,AAAA",
    "data:image/png;base64," + "A" * 5000,
)
EXTRA = ("id", "user_id", "partner_id", "state", "company_id", "is_inquiry", "token", "website_id", "lang", "x" * 200)
NAMES = ("a.pdf", "", ".", "../../x.pdf", "x" * 300 + ".pdf", "فاتورة.pdf", "a.pdf.exe", "\u202efdp.exe", "a\r\nb.pdf")
CONTENTS = (
    b"",
    b"%PDF-1.4 x",
    b"MZ\x90\x00",
    b"<svg onload='alert(1)'/>",
    b"\x89PNG\r\n\x1a\n",
    b"PK\x03\x04" + b"\0" * 99,
)
TYPES = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data",
    "multipart/form-data; boundary=" + "b" * 300,
    "text/plain",
    "application/json",
    "application/xml",
    "",
    "\u00e9/;;=",
)
HEADERS = (
    {},
    {"Accept-Language": "x" * 8000},
    {"Accept-Language": "ar;q=nan,*;q=-1"},
    {"Referer": "http://" + "x" * 4000},
    {"X-Forwarded-For": "127.0.0.1, ::1, x"},
    {"User-Agent": ""},
    {"Cookie": "frontend_lang=" + "x" * 4000},
    {"Range": "bytes=9-1"},
    {"If-Modified-Since": "never"},
)


@tagged("post_install", "-at_install")
class TestFuzz(RoutesCommon):
    """Issue 5, P-01: the doors hold, whatever is thrown at them."""

    def setUp(self):
        super().setUp()
        self.forms = [route for route in routes_of(self.env) if route.ours and "POST" in route.methods]
        # an application is under way in the visitor's session, so that its steps are open
        service = self.env["cpa.application"]._services()[0].code
        self.call(None, "POST", "/apply", stays=True, data={"service": service, "csrf_token": self.csrf_token(None)})
        self.fields = {route.key: self.fields_of(route) for route in self.forms}

    def user_of(self, route):
        return self.callers["another"] if route.auth == "user" else None

    def address(self, route, own=True):
        """Return the address of a form: of what is the caller's own, so that much of the way is gone."""
        ids = self.ids | {"cpa.beneficiary": self.own.id, "number": self.own_request.number} if own else self.ids
        return Filler(self.request, ids, GUESSED).url(route)[0]

    def fields_of(self, route):
        """Return ``{name: value}`` of the fields on the page of a form, and what its route names."""
        user, address = self.user_of(route), self.address(route)
        page = self.call(user, "GET", address)
        fields = dict.fromkeys((name for name in route.names if name not in address), "")
        if page.status == 200 and page.body:
            document = html.fromstring(page.body)
            path = address.rstrip("/")
            for form in document.xpath("//form[@method='post' or @method='POST']"):
                if (form.get("action") or path).rstrip("/").endswith(path):
                    for field in form.xpath(".//*[@name]"):
                        fields[field.get("name")] = field.get("value") or ""
        fields.pop("csrf_token", None)
        return fields

    # ------------------------------------------------------------------
    # What is sent
    # ------------------------------------------------------------------

    def post(self, chance, route):
        """Return the arguments of one call: a form that somebody might have filled in, and what was done to it."""
        user = self.user_of(route)
        names = list(self.fields[route.key]) or ["name"]
        pairs = [(name, self.fields[route.key].get(name) or chance.choice(TEXTS)) for name in names]
        for _time in range(chance.randint(0, 4)):
            kind = chance.choice(("value", "value", "drop", "twice", "extra", "name"))
            at = chance.randrange(len(pairs)) if pairs else 0
            if kind == "value" and pairs:
                pairs[at] = (pairs[at][0], chance.choice(TEXTS))
            elif kind == "drop" and pairs:
                pairs.pop(at)
            elif kind == "twice" and pairs:
                pairs.append((pairs[at][0], chance.choice(TEXTS)))
            elif kind == "extra":
                pairs.append((chance.choice(EXTRA), chance.choice(TEXTS)))
            elif kind == "name" and pairs:
                pairs[at] = (chance.choice(("", "ü[]", "a" * 300, "name\x00")), pairs[at][1])
        token = chance.choice(["right"] * 6 + ["wrong", "none", "other"])
        if token != "none":
            other = None if user else self.callers["another"]
            tokens = {"wrong": "x", "right": self.csrf_token(user), "other": self.csrf_token(other)}
            pairs.append(("csrf_token", tokens[token]))
        return {"headers": dict(chance.choice(HEADERS)), **self.body(chance, pairs)}

    def body(self, chance, pairs):
        """Return the pairs as a body: as browsers send them, with files, or as something else than it says."""
        way = chance.choice(("form", "form", "form", "files", "files", "odd", "cut"))
        encoded = urlencode([(name, text) for name, text in pairs], errors="surrogatepass").encode()
        if way == "form":
            return {"data": encoded, "content_type": TYPES[0]}
        if way == "odd":
            return {"data": encoded, "content_type": chance.choice(TYPES)}
        boundary = b"fuzz"
        parts = []
        for name, text in pairs:
            raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
            parts.append(b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (name.encode(), raw))
        for _file in range(chance.randint(0, 3)):
            name = chance.choice([*FILES, *[name for name, _text in pairs], "document_1"])
            parts.append(
                b'Content-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n%s'
                % (
                    name.encode(),
                    chance.choice(NAMES).encode(),
                    chance.choice((b"application/pdf", b"text/html", b"x")),
                    chance.choice(CONTENTS),
                )
            )
        raw = b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts) + b"--%s--\r\n" % boundary
        if way == "cut":
            raw = raw[: chance.randrange(len(raw))]
        return {"data": raw, "content_type": "multipart/form-data; boundary=fuzz"}

    # ------------------------------------------------------------------
    # What comes of it
    # ------------------------------------------------------------------

    def counts(self):
        return {name: self.env[name].sudo().with_context(active_test=False).search_count([]) for name in EVENTS}

    @contextmanager
    def undone(self):
        self.cr.execute("SAVEPOINT post")
        yield
        self.cr.execute("ROLLBACK TO SAVEPOINT post")
        self.env.invalidate_all()

    def test_no_failure_nothing_half_written(self):
        before = self.counts()
        found, statuses = [], {}
        for number in range(FROM, POSTS):
            chance = random.Random(f"{SEED}/{number}")
            route = chance.choice(self.forms)
            user = self.user_of(route)
            url = self.address(route, own=chance.random() < 0.9)
            if chance.random() < 0.1:
                url += "?" + quote_from_bytes(chance.choice((b"\xff=\xfe", b"a=1&a=2", b"lang=x", b"page=-1")), "=&")
            method = "POST" if chance.random() < 0.95 else chance.choice(("PUT", "DELETE", "PATCH", "HEAD"))
            kwargs = self.post(chance, route)
            with self.undone():
                answer = self.call(user, method, url, **kwargs)
                statuses[answer.status] = statuses.get(answer.status, 0) + 1
                after = self.counts()
            said = f"post {number}: {method} {url} -> {answer.status} {answer.error}"
            if answer.status >= 500:
                found.append(f"{said} fails")
            if answer.leaks:
                found.append(f"{said} leaks {answer.leaks}")
            if answer.status >= 400 and after != before:
                found.append(f"{said} is refused, and wrote {after}")
            if any(after[name] > before[name] + 1 for name in EVENTS):
                found.append(f"{said} makes two of one: {after}")
        self.assertFalse(found, f"seed {SEED}, statuses {statuses}\n" + "\n".join(found[:20]))

    def test_limits_hold(self):
        """Sent again and again: few are let through, and who is told so finds what was typed still there."""
        table = read_table()
        limited = [route for route in self.forms if "limits" in table[route.key]["note"]]
        self.assertTrue(limited)
        for route in limited:
            with self.subTest(route=route.key), self.undone():
                before = self.counts()
                filled = dict.fromkeys(self.fields[route.key], "0501234567") | {HONEYPOT: "", "email": ""}
                for _time in range(8):
                    data = filled | {"csrf_token": self.csrf_token(None)}
                    answer = self.call(None, "POST", self.address(route), data=data)
                made = self.counts()["crm.lead"] - before["crm.lead"]
                self.assertTrue(0 < made < 6, made)
                # a callback that is wanted already is not told apart: the page says the same
                self.assertIn(answer.status, (429, 303))
                self.assertTrue(answer.status == 303 or b"0501234567" in answer.body)

    def test_two_tabs(self):
        """The same page sent from two tabs, and the answer gone back to and sent again, is one event."""
        for route in self.forms:
            with self.subTest(route=route.key), self.undone():
                user, before = self.user_of(route), self.counts()
                filled = dict.fromkeys(self.fields[route.key], "0501234567") | {HONEYPOT: ""}
                for _tab in range(2):
                    data = filled | {"csrf_token": self.csrf_token(user)}
                    self.call(user, "POST", self.address(route), stays=True, data=data)
                after = self.counts()
                self.assertLessEqual(after["cpa.request"], before["cpa.request"] + 1)
                self.assertEqual(after["cpa.beneficiary"], before["cpa.beneficiary"])
            self.sessions.pop(user, None)
