"""The routes of a database with the three add-ons, and what to fill into them."""

import csv
import inspect
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

TABLE = Path(__file__).with_name("routes.csv")
COLUMNS = ("route", "methods", "who", "foreign", "note")
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
_CONVERTER = re.compile(r"<(?:(?P<kind>[a-z_]+)(?:\((?P<args>[^)]*)\))?:)?(?P<name>[A-Za-z_]+)>")
INTEGERS = {
    *("width", "height", "max_width", "max_height", "size", "alpha", "quality", "limit", "offset", "page", "rate"),
    *("step", "page_number", "isredir", "minutes", "section_id", "question_id", "suggested_answer_id", "before"),
    *("last_message_id", "known_member_ids", "one_click", "last"),
}
TOKENS = {
    *("access_token", "token", "hash_token", "hash", "_hash", "survey_token", "answer_token", "create_token", "code"),
    *("invitation_token", "email_token", "rule_uuid", "session_code", "unique", "refresh_token", "key"),
}
FILES = ("ufile", "mod_file", "file")
# Searched for, a beginning is enough; it is no secret when an answer repeats it.
BEGINNING = "zqxm"


@dataclass(frozen=True)
class Route:
    """One line of the routing map."""

    url: str
    kind: str
    auth: str
    methods: tuple
    readonly: bool
    website: bool
    handler: str
    names: tuple
    is_open: bool
    ours: bool
    # the methods that this address takes, here or by another line of the map
    taken: tuple = ()

    @property
    def key(self):
        return self.url, " ".join(self.methods) or "any"

    @property
    def allowed(self):
        """The methods with which it is called."""
        if self.kind == "jsonrpc":
            return ("POST",)
        return self.methods or ("GET", "POST")

    @property
    def tried(self):
        """The methods to call it with: each that it allows, and one that none of this address allows."""
        refused = [method for method in METHODS if method not in self.taken][:1] if self.methods else []
        return (*self.allowed, *refused)


def routes_of(env):
    """Return the ``Route`` of every line of the database's routing map, in the map's order, each once."""
    http = env["ir.http"]
    modules = sorted({*env.registry._init_modules, "base", "web", "rpc"})
    found = {}
    for url, endpoint in http._generate_routing_rules(modules, http._get_converters()):
        routing = endpoint.routing
        function = getattr(endpoint.func, "original_endpoint", endpoint.func)
        parameters = list(inspect.signature(function).parameters.values())[1:]
        route = Route(
            url=url,
            kind=routing["type"],
            auth=routing["auth"],
            methods=tuple(method.upper() for method in routing["methods"] or ()),
            readonly=bool(routing["readonly"]),
            website=bool(routing.get("website")),
            handler=f"{function.__module__}.{function.__qualname__}",
            names=tuple(p.name for p in parameters if p.kind is not p.VAR_KEYWORD),
            is_open=any(p.kind is p.VAR_KEYWORD for p in parameters),
            ours=".cpa_" in endpoint.func.__module__,
        )
        found.setdefault(route.key, route)
    taken = defaultdict(set)
    for route in found.values():
        taken[route.url].update(route.allowed)
    return [replace(route, taken=tuple(taken[route.url])) for route in found.values()]


def read_table():
    with TABLE.open(newline="") as handle:
        return {(row["route"], row["methods"]): row for row in csv.DictReader(handle)}


def write_table(rows):
    with TABLE.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["route"], row["methods"])))


class Filler:
    """Values for a route's parameters by their names: the ids of somebody else, and keys that are none of his."""

    def __init__(self, target, ids, token):
        """
        :param target: the record of somebody else that is asked for
        :param dict ids: ``{model: id}`` of the other records of somebody else
        :param str token: the key that is tried
        """
        self.target = target
        self.ids = ids
        self.token = token
        model, record = target._name, target.id
        self.known = {
            **dict.fromkeys(("model", "res_model", "thread_model", "model_name", "__model__"), model),
            **dict.fromkeys(("id", "res_id", "thread_id", "document_id", "record_id", "rec_id", "docids"), record),
            **dict.fromkeys(("attachment_id", "attachment"), ids["ir.attachment"]),
            "file_ids": str(ids["ir.attachment"]),
            **dict.fromkeys(("message_id", "highlight_message_id", "from_message_id"), ids["mail.message"]),
            **dict.fromkeys(("partner_id", "partner", "pid"), ids["res.partner"]),
            **dict.fromkeys(("channel_id", "parent_channel_id", "sub_channel_id"), ids["discuss.channel"]),
            "partner_ids": [ids["res.partner"]],
            "user_id": ids["res.users"],
            "file_id": ids["cpa.beneficiary"],
            "request_id": ids["cpa.request"],
            "proposal_id": ids["cpa.correction.proposal"],
            "number": ids["number"],
            "letter_id": ids["cpa.letter"],
            "line_id": ids["cpa.delivery"],
            "paper": "slip",
            "topic": "phone",
            "mail_id": ids["mail.mail"],
            "ids": [record],
            "records": {model: [record]},
            "field": "raw" if model == "ir.attachment" else "image_1920" if "image_1920" in target else "subject",
            "__method__": "read",
            "path": f"{model}/read",
            "subpath": f"{model.replace('.', '_')}/{record}",
            "object": model,
            "counters": ["request_count"],
            "country": 1,
            "fetch_params": {},
            "emails": ["nobody@example.com"],
            "message_link_preview_ids": [1],
            "peer_notifications": [],
            "status": "online",
            "data": "eA==",
            "post_data": {"body": "Test", "attachment_ids": [ids["ir.attachment"]], "partner_ids": [1]},
            "update_data": {"body": "Test", "attachment_ids": []},
            "context": {},
            "args": [[record]],
            "kwargs": {},
            "method": "read",
            "converter": "html",
            "reportname": "cpa_beneficiary.cpa_letter_report",
            "master_pwd": "",  # with one, core would make it the password
            "name": "nobody",
            "login": "nobody",
            "password": "wrong",
            "db": "nobody",
            "dbname": "nobody",
            "lang": "en_US",
            "email": "nobody@example.com",
            "domain": [],
            "actions": [{"model": model, "resId": record}],
            "action_id": 1,
            "message_statuses": [],
            "term": BEGINNING,
            "search": BEGINNING,
            "search_term": BEGINNING,
            "needle": BEGINNING,
            "module": "web",
            "filename": "static/img/favicon.ico",
            "icon": "61440",
            "font": "/web/static/src/libs/fontawesome/fonts/fontawesome-webfont.ttf",
            "color": "black",
            "bg": "white",
            "model_names": "[]",
            "model_names_to_fetch": "[]",
            "expiration": "0",
            "collectors": "",
            "barcode_type": "QR",
            "search_type": "all",
            "backup_format": "zip",
            "validation": "wrong",
            "template": "website.default_page",
            "assets_params": "",
            "content": "👍",
            "action": "add",
        }

    def value(self, name, kind=None, args=None):
        """Return the value of one parameter."""
        if kind == "model":
            return self.ids.get((args or "").split(",")[0].strip("\"' "), 1)
        if kind == "any":
            return args.split(",")[0]
        if name in self.known:
            return self.known[name]
        if name in TOKENS:
            return self.token
        if kind == "int" or name in INTEGERS:
            return 1
        return self.ids.get(name.removesuffix("_id"), 1) if name.endswith("_id") else "x"

    def url(self, route):
        """Return the route's address, and the names of the parameters that it holds."""
        names = set()

        def filled(match):
            names.add(match["name"])
            if match["name"] == "file_id" and "/requests/" in route.url:
                return str(self.ids["ir.attachment"])
            if match["args"] and "length" in match["args"]:
                return "0" * int(re.sub(r"\D", "", match["args"]))
            value = self.value(match["name"], match["kind"] or "string", match["args"])
            return str(value if match["kind"] != "int" or isinstance(value, int) else 1)

        return _CONVERTER.sub(filled, route.url), names

    def parameters(self, route, besides):
        """Return ``{name: value}`` of what the route takes besides what its address holds."""
        names = [name for name in route.names if name not in besides and name not in FILES]
        return {name: self.value(name) for name in names}

    def extras(self):
        """Return what a route may take without naming it."""
        names = ("model", "id", "res_model", "res_id", "access_token", "token", "partner_id", "attachment_ids")
        return {name: self.value(name) for name in names}
