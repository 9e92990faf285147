"""Every route of the routing map stands in one table, ``routes.csv``, and is called by everybody who has no part in it.

A person of ours, whose every text carries a marker, is asked for by each route: with the ids of her file, requests,
messages and files, with guessed keys and with other people's, in every method that the route allows and in one that it
does not. No answer may hold the marker or her picture, no row of hers may change, and none may be a failure (500).

``who`` may use a route: ``anybody``; ``login``: whoever has one; ``staff``; ``key``: who holds the link's key; ``off``:
nobody, it is switched off. ``foreign`` says what who has no part in it gets for somebody else's id or a guessed key:
``refused``; ``page``: the page that is the same for all; ``own``: what is his own, or nothing; ``fails``: refused by
core with a failure (500) that tells nothing.
A new route without its line fails. ``CPA_WRITE_ROUTES=1`` adds the lines; what they say is for a person to settle.
"""

import base64
import io
import json
import os
from collections import defaultdict
from contextlib import contextmanager
from unittest.mock import patch

from odoo.addons.cpa_beneficiary.tests.story import MARKER, MarkedStory
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, config

from .callers import CallerMixin, picture
from .routes import BEGINNING, COLUMNS, FILES, Filler, read_table, routes_of, write_table

DRILLS = bool(os.environ.get("CPA_DRILLS"))
SPECIAL = {
    "/report/<converter>/<reportname>/<docids>": "reports",
    "/report/download": "report_download",
    "/web/export/csv": "exports",
    "/web/export/xlsx": "exports",
    "/web/dataset/call_kw": "calls_of_methods",
    "/mail/data": "mail_data",
    "/mail/action": "mail_data",
    "/jsonrpc": "remote_call",
    "/web/action/run": "server_actions",
}
WHO = {"anybody", "login", "staff", "key", "off"}
FOREIGN = {"refused", "page", "own", "fails"}
UNKNOWN = dict.fromkeys(COLUMNS, "")
# Who calls where the drills call as everybody: at a handler's first address, and at its others.
SOME = ("visitor", "another", "plain")
FEW = ("visitor", "another")
GUESSED = "0123456789abcdef0123456789abcdef"
# Of these everything is hers; of other tables only what is hers is watched.
SHARED = (
    "res_partner",
    "res_partner_bank",
    "res_users",
    "crm_lead",
    "calendar_event",
    "mail_message",
    "mail_mail",
    "mail_activity",
    "mail_followers",
    "ir_attachment",
    "sms_sms",
    "discuss_channel",
)
NOT_HERS = {"cpa_rate_limit", "cpa_proof_code"}


class RoutesCommon(CallerMixin, MarkedStory):
    """Who asks, for whom, and what is watched meanwhile."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partner = cls.victim.partner_id
        partner.sudo().image_1920 = base64.b64encode(picture())
        env = cls.env
        channel = env["discuss.channel"].create({"name": f"{MARKER} channel", "channel_type": "group"})
        message = channel.message_post(body=f"{MARKER} chat", message_type="comment")
        mail = env["mail.mail"].create({"subject": MARKER, "body_html": MARKER, "email_to": "nobody@example.com"})
        documents = (cls.request, cls.victim, cls.lead, partner, cls.visit, cls.delivery, cls.committee_session)
        attachments = {
            model: env["ir.attachment"].search(
                [("res_model", "=", model), ("res_id", "=", record.id), ("name", "like", MARKER)], limit=1
            )
            for record in documents
            for model in [record._name]
        }
        cls.attachments = attachments
        for attachment in attachments.values():
            attachment.generate_access_token()
        messages = env["mail.message"].search([("body", "like", f"{MARKER} message")], order="id")
        cls.messages = {message.model: message for message in messages}
        letter = env["cpa.letter"].search([("request_id", "=", cls.request.id)], limit=1)
        cls.ids = defaultdict(lambda: 1) | {
            "ir.attachment": attachments["cpa.request"].id,
            "mail.message": cls.messages["cpa.request"].id,
            "res.partner": partner.id,
            "res.users": partner.user_ids.id,
            "discuss.channel": channel.id,
            "mail.mail": mail.id,
            "cpa.beneficiary": cls.victim.id,
            "cpa.request": cls.request.id,
            "number": cls.request.number,
            "cpa.letter": letter.id,
            "cpa.delivery": cls.delivery.id,
        }
        # the first are tried at every route that takes a model
        cls.targets = [
            cls.request,
            partner,
            attachments["crm.lead"],
            cls.lead,
            cls.victim,
            cls.messages["crm.lead"],
            message,
            cls.delivery,
            cls.visit,
            cls.visit.event_id if "event_id" in cls.visit else cls.visit,
            cls.committee_session,
            cls.request.declaration_ids[:1],
            cls.request.check_ids[:1],
            letter,
            cls.victim.identity_id,
            *attachments.values(),
            *cls.messages.values(),
        ]
        cls.targets = [target for target in cls.targets if target]
        cls.callers = cls.make_callers()

    @classmethod
    def make_callers(cls):
        """Return ``{name: user}`` of those who have no part in the victim's affairs; None is a visitor."""
        cls.own = own = cls.make_beneficiary(name="Somebody else", phone="0551112223", number="1000000008")
        cls.own_request = cls.submit(cls.make_request(beneficiary_id=own.id))
        ward = cls.make_beneficiary(name="A child", phone="0551112224", number="1000000016")
        guardian = cls.env["res.partner"].create({"name": "A guardian"})
        ward.write({"representation_ids": [(0, 0, {"representative_id": guardian.id, "kind": "guardian"})]})
        applicant = "cpa_beneficiary.group_applicant"
        group = applicant if cls.env.ref(applicant, raise_if_not_found=False) else "base.group_portal"
        callers = {
            "visitor": None,
            "another": new_test_user(cls.env, "another", groups=group, partner_id=own.partner_id.id),
            "guardian": new_test_user(cls.env, "guardian", groups=group, partner_id=guardian.id),
            "portal": new_test_user(cls.env, "portal_plain", groups="base.group_portal"),
            "plain": cls.plain,
            "delegate": cls.delegate,
        }
        if "cpa.volunteer" in cls.env:
            volunteer = cls.env["cpa.volunteer"].create({"name": "A volunteer"})
            callers["volunteer"] = new_test_user(
                cls.env, "volunteer", groups="base.group_portal", partner_id=volunteer.partner_id.id
            )
            callers["coordinator"] = new_test_user(cls.env, "coordinator", groups="cpa_volunteer.group_coordinator")
        cls.own_attachment = cls.env["ir.attachment"].create(
            {"name": "own.pdf", "raw": b"%PDF-1.4 own", "res_model": "res.partner", "res_id": own.partner_id.id}
        )
        cls.own_attachment.generate_access_token()
        return callers

    # ------------------------------------------------------------------
    # What must not change
    # ------------------------------------------------------------------

    def setUp(self):
        super().setUp()
        # the pages of databases are not to be reached, whatever the server that runs the tests allows
        self.startPatcher(patch.dict(config.options, {"list_db": False}))
        self.startPatcher(patch.object(type(config), "verify_admin_password", lambda *_args: False))
        self.env.flush_all()
        self.cr.execute(
            "SELECT relname, oid FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s) OR relname LIKE 'cpa\\_%%' "
            "AND relkind = 'r' ORDER BY relname",
            [list(SHARED)],
        )
        self.tables = [(name, oid) for name, oid in self.cr.fetchall() if name not in NOT_HERS]
        self.lasts = {name: self.last_id(name) for name, _oid in self.tables}
        self.before = self.digest()

    def last_id(self, table):
        if "id" not in self.columns(table):
            return None
        self.cr.execute(SQL("SELECT COALESCE(MAX(id), 0) FROM %s", SQL.identifier(table)))
        return self.cr.fetchone()[0]

    def columns(self, table):
        self.cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
        return {name for (name,) in self.cr.fetchall()}

    def touched(self):
        """Return a number that grows with every row written to a watched table."""
        self.cr.execute(
            "SELECT SUM(pg_stat_get_xact_tuples_inserted(o) + pg_stat_get_xact_tuples_updated(o)"
            " + pg_stat_get_xact_tuples_deleted(o)) FROM unnest(%s::oid[]) o",
            [[oid for _name, oid in self.tables]],
        )
        return self.cr.fetchone()[0]

    def digest(self):
        """Return ``{table: digest}`` of all that there was of our tables, and of hers elsewhere."""
        found = {}
        for name, _oid in self.tables:
            last = self.lasts[name]
            table = SQL.identifier(name)
            where = SQL("WHERE id <= %s", last) if last is not None else SQL()
            if name in SHARED:
                where = SQL("%s AND row::text ILIKE %s", where, f"%{MARKER}%")
            self.cr.execute(
                SQL("SELECT COUNT(*), MD5(STRING_AGG(row::text, '|' ORDER BY row::text)) FROM %s row %s", table, where)
            )
            found[name] = self.cr.fetchone()
        return found

    def changed(self):
        """Return the tables of which a row changed or went since the beginning."""
        return [name for name, digest in self.digest().items() if digest != self.before[name]]

    def new_of_hers(self):
        """Return the tables in which a row came that names her, her request or her inquiry."""
        documents = [(record._name, record.id) for record in (self.request, self.victim, self.lead)]
        found = []
        for name in ("mail_message", "ir_attachment", "mail_followers", "mail_activity"):
            column = SQL.identifier("model" if name == "mail_message" else "res_model")
            self.cr.execute(
                SQL(
                    "SELECT 1 FROM %s WHERE id > %s AND (%s, res_id) IN %s",
                    SQL.identifier(name),
                    self.lasts[name],
                    column,
                    tuple(documents),
                )
            )
            found += [name] * bool(self.cr.rowcount)
        return found


@tagged("post_install", "-at_install")
class TestRoutes(RoutesCommon):
    """Issue 5: nothing leaks through any route, of core's or of ours."""

    def attempts(self, route):
        """Yield ``(address, values)``: what is tried at a route, besides which method and by whom."""
        tokens = [GUESSED, self.own_attachment.access_token] if DRILLS else [GUESSED]
        for target in self.targets_of(route):
            for token in tokens:
                filler = Filler(target, self.ids, token)
                url, names = filler.url(route)
                values = filler.parameters(route, names)
                yield url, values
                if route.is_open:
                    yield url, filler.extras() | values
        yield from getattr(self, SPECIAL.get(route.url, "nothing_special"))(route)

    def targets_of(self, route):
        """Return the victim's records that are asked for at a route."""
        takes_model = "model" in route.url or {"model", "res_model", "thread_model"} & {*route.names}
        targets = self.targets if DRILLS else self.targets[:5] if "thread_model" in route.names else self.targets[:3]
        if "thread_model" in route.names:
            targets = [target for target in targets if "message_ids" in target]
        return targets if takes_model else self.targets[:1]

    def nothing_special(self, _route):
        return ()

    def reports(self, _route):
        for report in self.env["ir.actions.report"].search([("model", "like", "cpa.%")]):
            record = self.env[report.model].search([], limit=1, order="id desc")
            if record:
                yield f"/report/html/{report.report_name}/{record.id}", {}

    def report_download(self, route):
        url = f"/report/pdf/cpa_beneficiary.cpa_request_slip_report/{self.request.id}"
        yield route.url, {"data": json.dumps([url, "qweb-pdf"])}

    def exports(self, route):
        for record, name in ((self.request, "subject"), (self.victim.partner_id, "name"), (self.lead, "name")):
            fields = [{"name": name, "label": "x", "type": "char"}]
            wanted = {"model": record._name, "fields": fields, "ids": record.ids, "domain": [], "groupby": []}
            yield route.url, {"data": json.dumps(wanted | {"import_compat": False})}

    def mail_data(self, route):
        thread = {"thread_model": "cpa.request", "thread_id": self.request.id, "request_list": ["messages"]}
        for name, params in (
            ("mail.thread", thread),
            ("res.partner", self.victim.partner_id.id),
            ("discuss.channel", [self.ids["discuss.channel"]]),
            ("channels_as_member", None),
        ):
            yield route.url, {"fetch_params": [[name, params] if params else name]}

    def remote_call(self, route):
        for record in self.targets[:3]:
            args = [self.cr.dbname, self.victim.partner_id.user_ids.id, "wrong", record._name, "read", record.ids]
            yield route.url, {"service": "object", "method": "execute", "args": args}

    def server_actions(self, route):
        context = {"active_model": "cpa.request", "active_id": self.request.id, "active_ids": self.request.ids}
        actions = self.env["ir.actions.server"].search([("model_id.model", "like", "cpa.%")], limit=5)
        for action in actions:
            yield route.url, {"action_id": action.id, "context": context}

    def calls_of_methods(self, route):
        for record in self.targets if DRILLS else self.targets[:4]:
            for method, args, kwargs in (
                ("read", [record.ids], {}),
                ("web_read", [record.ids], {"specification": {"display_name": {}}}),
                ("web_search_read", [[("id", "in", record.ids)]], {"specification": {"display_name": {}}}),
                ("export_data", [record.ids, ["display_name"]], {}),
                ("name_search", [BEGINNING], {}),
                ("message_post", [record.ids], {"body": "Test"}),
                ("write", [record.ids, {"active": False}], {}),
                ("unlink", [record.ids], {}),
                ("copy", [record.ids], {}),
            ):
                yield route.url, {"model": record._name, "method": method, "args": args, "kwargs": kwargs}

    def send(self, route, user, method, url, values):
        """Call a route as it is called: JSON to what takes JSON, a form with a token to what takes a form."""
        if route.kind == "jsonrpc" and method == "POST":
            return self.call(user, method, url, json={"jsonrpc": "2.0", "method": "call", "params": values})
        if route.kind == "json2" and method != "GET":
            return self.call(user, method, url, json=values)
        flat = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
        if method == "GET":
            return self.call(user, method, url, query_string=flat)
        flat["csrf_token"] = self.csrf_token(user)
        names = [name for name in FILES if name in route.names]
        files = {name: (io.BytesIO(b"%PDF-1.4 x"), "x.pdf") for name in names}
        return self.call(user, method, url, data=flat | files)

    def callers_of(self, route, row, seen):
        """Return who calls: enough of them to see it at a first address of a handler, two of them at its others."""
        names = list(self.callers)
        if row["who"] == "off":
            names = ["visitor"]
        elif route.handler in seen and not route.ours:
            names = FEW
        elif not DRILLS and not route.ours and route.url not in SPECIAL:
            names = SOME if route.names else FEW
        seen.add(route.handler)
        return [(name, self.callers[name]) for name in names]

    def test_routes_of_ours(self):
        self.call_each(lambda route: route.ours)

    def test_routes_of_core_for_anybody(self):
        self.call_each(lambda route: not route.ours and route.auth in ("public", "none"))

    def test_routes_of_core_for_logins(self):
        self.call_each(lambda route: not route.ours and route.auth not in ("public", "none"))

    def call_each(self, is_meant):
        """Let everybody call each route that ``is_meant``, and say all that was wrong."""
        table = read_table()
        seen, found = set(), []
        for route in filter(is_meant, routes_of(self.env)):
            row = table.get(route.key, UNKNOWN)
            for name, user in self.callers_of(route, row, seen):
                with self.undone(route, name, found):
                    for url, values in self.attempts(route):
                        for method in route.tried:
                            answer = self.send(route, user, method, url, values)
                            call = f"{name}: {method} {url} -> {answer.status} {answer.error}"
                            found += [f"{call} {wrong}" for wrong in self.wrong_with(route, row, name, method, answer)]
        self.assertFalse(found, "\n" + "\n".join(found))

    @contextmanager
    def undone(self, route, name, found):
        """What one caller did at a route is looked at, and taken back."""
        self.cr.execute("SAVEPOINT call")
        touched = self.touched()
        yield
        if self.touched() != touched:
            found += [f"{name}: {route.key} changes {table}" for table in self.changed() + self.new_of_hers()]
        self.cr.execute("ROLLBACK TO SAVEPOINT call")
        self.env.invalidate_all()

    def wrong_with(self, route, row, name, method, answer):
        """Yield what must not be of an answer."""
        user = self.callers[name]
        outside = not user or user.share
        if answer.leaks:
            yield f"leaks {answer.leaks}"
        if answer.status >= 500 and (outside or route.ours) and row["foreign"] != "fails":
            yield "fails"
        if not answer.refused and outside and self.is_refused(route, row, user, method):
            yield f"is not refused, as the table says ({row['who']}, {row['foreign']})"

    def is_refused(self, route, row, user, method):
        """Return whether the table says that this caller, who is no employee, gets nothing."""
        return (
            (method not in route.taken and bool(route.methods))
            or row["foreign"] in ("refused", "fails")
            or row["who"] == "staff"
            or (row["who"] == "login" and not user)
        )

    def test_reading_writes_nothing(self):
        """A page of ours that is opened is read only, for whom it is meant: a copy of the database can serve it."""
        table = read_table()
        own = self.ids | {"cpa.beneficiary": self.own.id, "number": self.own_request.number}
        opened = 0
        for user in self.callers.values():
            self.call(user, "GET", "/my")  # the first page of all makes the styles and scripts
        for route in routes_of(self.env):
            if not route.ours or "GET" not in route.allowed:
                continue
            url, _names = Filler(self.own_request, own, GUESSED).url(route)
            writes = "writes" in table[route.key]["note"]
            for name in ("visitor", "another", "guardian"):
                with self.subTest(route=route.url, caller=name):
                    is_core = "core" in table[route.key]["note"]
                    self.assertTrue(route.readonly or writes or is_core, "readonly, or the table says what it writes")
                    touched = self.touched()
                    answer = self.call(self.callers[name], "GET", url)
                    opened += answer.status == 200
                    self.assertLess(answer.status, 500, answer.error)
                    self.assertFalse(answer.wrote, self.failures.last)
                    self.assertTrue(writes or self.touched() == touched, "rows were written")
        self.assertGreater(opened, 30)

    def test_table(self):
        """Each route has its line, each line its route, and says who may what."""
        routes, table = {route.key: route for route in routes_of(self.env)}, read_table()
        if os.environ.get("CPA_WRITE_ROUTES"):
            write_table(table.get(key) or {**UNKNOWN, "route": key[0], "methods": key[1]} for key in routes)
            table = read_table()
        new = sorted(routes.keys() - table.keys())
        self.assertFalse(new, "each route needs a line in tests/routes.csv: who may use it, what others get")
        self.assertFalse(sorted(table.keys() - routes.keys()), "no add-on has these routes: take their lines out")
        for key, row in table.items():
            with self.subTest(route=key):
                self.assertIn(row["who"], WHO)
                self.assertIn(row["foreign"], FOREIGN)
                if routes[key].auth == "user":
                    self.assertNotEqual(row["who"], "anybody", "a login is needed")
                if routes[key].ours:
                    self.assertNotEqual(row["foreign"], "fails")
                    self.assertTrue(routes[key].methods or "core" in row["note"], "a route of ours names its methods")
