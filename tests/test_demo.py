from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file

ADDONS = "cpa_beneficiary", "cpa_volunteer", "cpa_survey"


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo data is told through the real lifecycle, so it breaks when a rule of the path changes: it must not."""

    def test_the_story_is_told(self):
        for addon in ADDONS:
            for name in Manifest.for_addon(addon)["demo"]:
                convert_file(self.env, addon, name, {}, mode="init", noupdate=True)
        requests = self.env["cpa.request"].search([])
        self.assertEqual(len(requests), 60)
        states = dict(self.env["cpa.request"]._fields["state"].selection)
        self.assertEqual(set(requests.mapped("state")), set(states), "a request in every state")
        self.assertEqual(self.env["cpa.beneficiary"].search_count([]), 40)
        sessions = self.env["cpa.committee.session"].search([])
        self.assertEqual(sorted(sessions.mapped("state")), ["closed", "closed", "convened"])
        self.assertTrue(all(move.entered_at >= move.happened_at for move in self.env["cpa.request.move"].search([])))
