"""The demo data that `./cpa run` loads into a new database."""

import csv
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from launcher import inside
from launcher.places import ADDONS, PROJECT


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    def test_demo_data_load_and_every_login_works(self):
        inside.load_demo(self.env, *ADDONS)
        logins = PROJECT / "cpa_beneficiary" / "demo" / "logins.csv"
        for row in csv.DictReader(Path(logins).read_text(encoding="utf-8").splitlines()):
            login = row["login"]
            with self.subTest(login):
                user = self.env["res.users"].search([("login", "=", login)])
                given = {"type": "password", "login": login, "password": login}
                user.with_user(user)._check_credentials(given, {"interactive": False})
