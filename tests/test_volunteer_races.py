"""100 rounds (3 without --drills) of twenty volunteers who take the last place of a shift at the same moment (P-24)."""

import http.client
import os
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode

from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL

from .browser import arabic
from .races import Login, Server

ROUNDS = 100 if os.environ.get("CPA_DRILLS") else 3
TAKERS = 20
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def prepare(env, rounds):
    """Make twenty active volunteers with a login (its password is the login), and a shift of one place per round.

    :return: dict of ``logins``, ``page`` (address of the opportunity) and ``shifts`` (ids)
    """
    from datetime import date, datetime, timedelta

    from odoo.addons.cpa_beneficiary.tests.common import SIGNATURE
    from odoo.fields import Command
    from odoo.tests import new_test_user

    env = env(context={**env.context, "no_reset_password": True, "tracking_disable": True})
    manager = new_test_user(env, "cpa_race_manager", groups="cpa_beneficiary.group_manager")
    coordinator = new_test_user(env, "cpa_race_coordinator", groups="cpa_volunteer.group_coordinator")
    template = env.ref("cpa_volunteer.agreement_template_volunteer").with_user(manager)
    if template.state == "draft":
        template.approval_date = date(2020, 1, 1)
        template.write({"state": "in_force"})
    office = env(user=coordinator)
    najran = env.ref("cpa_beneficiary.cpa_governorate_najran")
    logins = [f"cpa_taker_{number}" for number in range(TAKERS)]
    for number, login in enumerate(logins):
        volunteer = office["cpa.volunteer"].create(
            {"name": f"Taker {number}", "phone": f"05000090{number:02}", "governorate_id": najran.id}
        )
        office["cpa.identity"].create(
            {"partner_id": volunteer.partner_id.id, "birth_date": date(1990, 1, 1), "type": "PAS"}
            | {"country_id": env.ref("base.eg").id, "number": f"RACE{number:04}"}
        )
        volunteer.write({"vetting_note": "Talked to", "state": "vetted"})
        office["cpa.agreement"].create(
            {
                "template_id": template.id,
                "partner_id": volunteer.partner_id.id,
                "signer_name": volunteer.name,
                "signature": SIGNATURE,
            }
        ).action_sign()
        volunteer.write({"state": "active"})
        groups = [Command.set([env.ref("cpa_volunteer.group_volunteer").id])]
        partner = volunteer.partner_id
        env["res.users"].create(
            {"login": login, "password": login, "partner_id": partner.id, "group_ids": groups, "lang": "en_US"}
        )
    start = datetime.now().replace(microsecond=0) + timedelta(days=2)
    times = [start + timedelta(hours=number) for number in range(rounds)]
    opportunity = office["cpa.opportunity"].create(
        {
            "name": "Race",
            "kind": "office",
            "place": "Office",
            "description": "<p>Race</p>",
            "experience": "Racing",
            "governorate_id": najran.id,
            "date_from": start.date(),
            "date_to": (times[-1] + timedelta(days=1)).date(),
            "shift_ids": [
                Command.create({"start": time, "stop": time + timedelta(minutes=30), "capacity": 1}) for time in times
            ],
        }
    )
    opportunity.write({"state": "published"})
    env.cr.commit()
    return {
        "logins": logins,
        "page": f"/volunteer/{opportunity.id}",
        "shifts": opportunity.shift_ids.sorted("start").ids,
    }


# why a place is not had, in English and Arabic
LAST = "The last place of “%(shift)s” has just been taken."
WHY = [text.partition("“")[0].partition("«")[0] for text in (LAST, arabic(LAST))]


class Taker(Login):
    """A volunteer in a browser: the page of the opportunity is open, a finger on the button."""

    def open(self, address):
        status, page = self.request("GET", address)
        assert status == 200, status
        self.token = TOKEN.search(page)[1]

    def take(self, shift, barrier):
        """Press the button when everybody does; return the status and the page that comes back."""
        body = urlencode({"csrf_token": self.token})
        barrier.wait()
        return self.request("POST", f"/my/volunteering/shift/{shift}/take", body)

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


@tagged("post_install", "-at_install")
class TestVolunteerRaces(BaseCase):
    """P-24: of twenty who take the last place at once exactly one has it, and nineteen are told why they have not."""

    def test_twenty_takers_of_the_last_place(self):
        server = Server(get_db_name(), "tests.test_volunteer_races")
        with server.serving(ROUNDS) as made, ThreadPoolExecutor(TAKERS) as pool:
            takers = [Taker(server, login) for login in made["logins"]]
            takers[0].open(made["page"])  # the first page of all makes the styles
            list(pool.map(lambda taker: taker.open(made["page"]), takers))
            winners = set()
            for shift in made["shifts"]:
                barrier = Barrier(TAKERS)
                answers = list(pool.map(lambda taker, s=shift, b=barrier: taker.take(s, b), takers))
                won = [number for number, (status, _page) in enumerate(answers) if status == 303]
                self.assertEqual(len(won), 1, [status for status, _page in answers])
                winners.update(won)
                for status, page in (answer for number, answer in enumerate(answers) if number not in won):
                    self.assertEqual(status, 422)
                    self.assertTrue(any(words in page for words in WHY), "told why")
                stored = server.rows(
                    SQL(
                        "SELECT taken, ARRAY(SELECT state FROM cpa_participation WHERE shift_id = shift.id)"
                        " FROM cpa_shift shift WHERE id = %s",
                        shift,
                    )
                )
                self.assertEqual(stored, [(1, ["accepted"])], "nothing half-written of those who lost")
        self.assertTrue(winners)
