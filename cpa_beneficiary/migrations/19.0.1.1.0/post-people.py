"""The data of people as it is stored from this version on."""

from odoo.api import SUPERUSER_ID, Environment

BATCH = 1000


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {"active_test": False})
    people = env["res.partner"].search([("cpa_person", "=", True)], order="id")
    for start in range(0, len(people), BATCH):
        people[start : start + BATCH]._cpa_take_in()
        env.flush_all()
        env.invalidate_all()
