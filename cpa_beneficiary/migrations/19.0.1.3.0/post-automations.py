"""Two jobs of the night have a row of the list of automations, in Arabic too: those that the list made go."""

from odoo import SUPERUSER_ID, api
from odoo.fields import Domain


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for job in ("delivery", "import"):
        ours = env.ref(f"cpa_beneficiary.cpa_automation_{job}")
        env["cpa.automation"].search(Domain("cron_id", "=", ours.cron_id.id) & Domain("id", "!=", ours.id)).unlink()
