"""The demo data that `./cpa run` loads into a new database."""

import csv

from odoo.tests import TransactionCase, tagged

from launcher import inside
from launcher.places import ADDONS, PROJECT


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo data is told through the real lifecycle, so it breaks when a rule of the path changes: it must not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        inside.load_demo(cls.env, *ADDONS)

    def test_the_story_is_told(self):
        """Three branches, 40 people, 64 requests in every state (one from an outreach), sessions past and to come."""
        requests = self.env["cpa.request"].search([])
        self.assertEqual(len(requests), 64)
        self.assertEqual(requests.filtered("appeal_of_id").appeal_of_id.state, "rejected")
        orders = set(requests.order_ids.mapped("state"))
        self.assertEqual(orders, {"prepared", "approved", "paid"}, "one waits for the manager")
        states = dict(self.env["cpa.request"]._fields["state"].selection)
        self.assertEqual(set(requests.mapped("state")), set(states), "a request in every state")
        self.assertEqual(self.env["cpa.beneficiary"].search_count([]), 40)
        self.assertEqual(self.env["cpa.branch"].search_count([]), 3)
        sessions = self.env["cpa.committee.session"].search([])
        self.assertEqual(sorted(sessions.mapped("state")), ["closed", "closed", "convened"])
        self.assertTrue(all(move.entered_at >= move.happened_at for move in self.env["cpa.request.move"].search([])))

    def test_documents_are_told(self):
        """The four tools with a second version that some of the staff have not read; charters known to each party."""
        documents = self.env["cpa.policy.document"].search([])
        self.assertEqual(len(documents.filtered(lambda document: document.state == "in_force")), 7)
        [newer] = documents.filtered(lambda document: document.version == "2")
        for login, unread in (("deputy", True), ("officer", False)):
            user = self.env.ref(f"cpa_beneficiary.demo_user_{login}")
            self.assertEqual(newer.with_user(user).is_to_read, unread, login)
        kinds = set(self.env["cpa.charter.acknowledgement"].search([]).mapped("kind"))
        self.assertEqual(kinds, {"charter_beneficiary", "charter_supporter", "charter_volunteer"})
        self.assertTrue(self.env["cpa.policy.review"].search([]))

    def test_satisfaction_is_told(self):
        """Closed months with figures, none of them of a few people; comments that wait to be read, actions proposed."""
        figures = self.env["cpa.survey.figure"].search([])
        self.assertGreaterEqual(len(set(figures.mapped("date_from"))), 3)
        self.assertTrue(self.env["cpa.improvement.action"].search([]))
        self.assertTrue(self.env["cpa.survey.comment"].search([]))
        self.assertFalse(self.env["survey.user_input"].search([]), "answers are counted and gone")

    def test_every_login_works(self):
        with open(PROJECT / "cpa_beneficiary" / "demo" / "logins.csv", encoding="utf-8") as logins:
            for login in (row["login"] for row in csv.DictReader(logins)):
                with self.subTest(login):
                    user = self.env["res.users"].search([("login", "=", login)])
                    given = {"type": "password", "login": login, "password": login}
                    user.with_user(user)._check_credentials(given, {"interactive": False})
