"""Who is it? The counter's search of 300,000 people by name and by number, against the search of contacts in core.

Prints a line of JSON per figure; fails where close names take longer than 50 ms.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import odoo.init  # noqa: F401  (sets Odoo up, has to come first)
from odoo import sql_db
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

from tests import scale

DATABASE = "cpa_bench_people"
PEOPLE = 300_000
TRIES = 5
LIMIT = 50  # milliseconds, with contrib's trigrams


def main():
    drop()
    try:
        install = ["-m", "odoo", "server", "-d", DATABASE, "-i", "cpa_beneficiary", "--stop-after-init", "--no-http"]
        subprocess.run([sys.executable, *install, "--unaccent"], check=True, capture_output=True)
        config.parse_config(["-d", DATABASE, "--unaccent"])
        registry = Registry(DATABASE)
        with registry.cursor() as cr:
            numbers = scale.make_people(Environment(cr, SUPERUSER_ID, {}), PEOPLE)
        with registry.cursor() as cr:
            late = [what for what, ours in measure(Environment(cr, SUPERUSER_ID, {}), numbers) if ours > LIMIT]
        if late and registry.has_trigram:
            sys.exit(f"Longer than {LIMIT} ms: {', '.join(late)}")
    finally:
        sql_db.close_db(DATABASE)
        drop()


def measure(env, numbers):
    """Print each figure and yield ``(what, our milliseconds)``."""
    files, contacts = env["cpa.beneficiary"], env["res.partner"]
    number = numbers[len(numbers) // 3]
    name = contacts.browse(number).name
    first, _bin, father, _grandfather, family = name.split()
    for what, typed in (
        ("full name", name),
        ("full name, spelt otherwise", name.replace("أ", "ا").replace("ة", "ه").replace("بن ", "")),
        ("first, father's and family name", f"{first} {father} {family}"),
        ("first and family name", f"{first} {family}"),
        ("the commonest first name", "محمد"),
        ("a name that nobody has", "ظافرة شبيب جلوي قرناس"),
        ("identity number", scale.identity(number)),
        ("phone", scale.phone(number)),
        ("file number", scale.file_number(number)),
    ):
        ours, peer = (
            best(lambda model=model, typed=typed: model.name_search(typed, limit=8)) for model in (files, contacts)
        )
        print(json.dumps({"what": f"{PEOPLE:,} people: {what}", "ours": ours, "peer": peer, "unit": "ms"}), flush=True)
        yield what, ours


def best(look):
    """Return the shortest of a few tries in milliseconds: what the machine does beside it only adds."""
    times = []
    for _try in range(TRIES):
        began = time.perf_counter()
        look()
        times.append(time.perf_counter() - began)
    return round(min(times) * 1000, 1)


def drop():
    """Delete the benchmark's database; nothing happens if it is not there."""
    with sql_db.db_connect("postgres").cursor() as cr:
        cr._cnx.autocommit = True
        cr.execute(SQL("DROP DATABASE IF EXISTS %s WITH (FORCE)", SQL.identifier(DATABASE)))


if __name__ == "__main__":
    main()
