"""The replies of a session: 200 letters sent from one dialog, and printed as one file.

Prints a line of JSON per figure; fails where the letters take longer than two minutes to print.
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
from odoo.tests import new_test_user
from odoo.tools import SQL, config

from tests import scale

DATABASE = "cpa_bench_letters"
LETTERS = 200
LIMIT = 120  # seconds, for all of them as one file


def main():
    drop()
    try:
        install = ["-m", "odoo", "server", "-d", DATABASE, "-i", "cpa_beneficiary", "--stop-after-init", "--no-http"]
        subprocess.run([sys.executable, *install, "--load-language=ar_001"], check=True, capture_output=True)
        config.parse_config(["-d", DATABASE])
        with Registry(DATABASE).cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            printing = measure(env)
        if printing > LIMIT:
            sys.exit(f"{LETTERS} letters took {printing:.0f} s to print, longer than {LIMIT} s")
    finally:
        sql_db.close_db(DATABASE)
        drop()


def measure(env):
    """Print each figure; return the seconds that the printing took."""
    officer = new_test_user(env, "bench_officer", groups="cpa_beneficiary.group_officer")
    requests = scale.make_decided(env(user=officer.id), LETTERS)
    start = time.perf_counter()
    action = requests.action_reply_all()
    env[action["res_model"]].with_user(officer).browse(action["res_id"]).action_send()
    env.flush_all()
    tell(f"{LETTERS} replies sent from one dialog", time.perf_counter() - start)
    letters = requests.letter_ids
    start = time.perf_counter()
    env["ir.actions.report"].with_user(officer)._render_qweb_pdf("cpa_beneficiary.cpa_letter_report", letters.ids)
    printing = time.perf_counter() - start
    tell(f"{LETTERS} letters printed as one file", printing)
    return printing


def tell(what, seconds):
    print(json.dumps({"what": what, "ours": f"{seconds:.1f}", "peer": "none", "unit": "s"}), flush=True)


def drop():
    """Delete the benchmark's database; nothing happens if it is not there."""
    with sql_db.db_connect("postgres").cursor() as cr:
        cr._cnx.autocommit = True
        cr.execute(SQL("DROP DATABASE IF EXISTS %s WITH (FORCE)", SQL.identifier(DATABASE)))


if __name__ == "__main__":
    main()
