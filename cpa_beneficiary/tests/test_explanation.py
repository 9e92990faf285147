import base64

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ROLES, CpaCommon


@tagged("post_install", "-at_install")
class TestExplanation(CpaCommon):
    """P-35: what the applicant was told is confirmed with one click, and is evidence from the submission on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls.make_request(cls.support, beneficiary_id=cls.make_beneficiary().id)

    def test_confirmed_with_one_click(self):
        """Who, when, how and in which words: kept as said, whatever the policy says later."""
        with freeze_time("2026-03-01 09:00:00"):
            self.request.with_context(how="phone").action_explain()
        explanation = self.request.explanation_ids
        self.assertTrue(self.request.is_explained)
        self.assertEqual((explanation.how, explanation.explained_by), ("phone", self.officer))
        self.assertEqual(str(explanation.explained_at), "2026-03-01 09:00:00")
        self.assertEqual(explanation.policy_id, self.env["cpa.policy"]._in_force())
        self.assertIn("research committee", explanation.text)
        self.assertIn("not less than 14 days", explanation.text, "the policy's own days")

    def test_digits_of_the_language(self):
        """An Arabic page says its days as Arabic pages do."""
        self.env["res.lang"]._activate_lang("ar_001")
        words = self.request.service_id.with_context(lang="ar_001")._explanation_text(self.request._reply_policy())
        self.assertIn("١٤", words)
        self.assertNotIn("14", words)

    def test_how_follows_the_channel(self):
        self.request.write(
            {
                "channel_id": self.env.ref("cpa_beneficiary.channel_phone").id,
                "phone_number": "+966501234567",
                "phone_direction": "in",
                "is_explained": True,
            }
        )
        self.assertEqual(self.request.explanation_ids.how, "phone")

    def test_taken_back_before_the_submission_only(self):
        self.request.is_explained = True
        self.request.is_explained = False
        self.assertFalse(self.request.is_explained)
        self.assertEqual(self.request.explanation_ids.state, "withdrawn", "that it was confirmed stays on record")
        self.submit(self.request)
        confirmed = self.request.explanation_ids.filtered(lambda e: e.state == "confirmed")
        for change in (
            lambda: self.request.write({"is_explained": False}),
            lambda: confirmed.write({"state": "withdrawn"}),
            lambda: confirmed.write({"how": "slip"}),
            lambda: confirmed.write({"text": "Something else"}),
            confirmed.unlink,
            confirmed.sudo().unlink,
        ):
            with self.assertRaises(UserError):
                change()
        self.request.write({"state": "incomplete", "move_reason": "The lease is missing"})
        with self.assertRaisesRegex(UserError, "evidence"):
            self.request.is_explained = False

    def test_set_back(self):
        """Said on the road, entered later: with the reason and the paper's scan, and the history shows both times."""
        with freeze_time("2026-03-10 09:00:00"):
            paper = {
                "move_happened_at": "2026-03-08 09:00:00",
                "move_reason": "No power",
                "move_scan": base64.b64encode(b"%PDF-1.4 paper"),
            }
            with self.assertRaisesRegex(UserError, "scan"):
                self.request._explain("counter", **(paper | {"move_scan": False}))
            self.request.write({"is_explained": True, **paper})
        explanation = self.request.explanation_ids
        self.assertEqual(str(explanation.explained_at), "2026-03-08 09:00:00")
        self.assertEqual(str(explanation.entered_at), "2026-03-10 09:00:00")
        move = self.env["cpa.request.move"].search([("res_model", "=", "cpa.explanation")], order="id desc", limit=1)
        self.assertEqual(move.lag_hours, 48)
        self.assertTrue(move.scan_id)

    def test_said_earlier_is_asked(self):
        action = self.request.action_explain_earlier()
        wizard = self.env["cpa.move.wizard"].with_user(self.officer).with_context(**action["context"]).create({})
        wizard.action_confirm()
        self.assertTrue(self.request.is_explained)

    def test_story(self):
        self.request.is_explained = True
        for role in ROLES:
            if not self.request.with_user(getattr(self, role)).has_access("read"):
                continue
            (line,) = [
                line for line in self.request.with_user(getattr(self, role))._story() if "Explained" in line["title"]
            ]
            self.assertIn("Said at the counter", line["title"])
            self.assertIn("research committee", line["details"][0])

    def test_only_who_takes_in_confirms(self):
        for role in ("researcher", "auditor", "manager", "privacy", "secretary", "member"):
            with self.subTest(role), self.assertRaises(UserError):
                self.request.with_user(getattr(self, role)).action_explain()
        self.assertFalse(self.request.is_explained)

    def test_found_by_search(self):
        other = self.make_request(self.support)
        self.request.is_explained = True
        both = [("id", "in", (self.request | other).ids)]
        Request = self.env["cpa.request"].with_user(self.officer)
        self.assertEqual(Request.search([("is_explained", "=", True), *both]), self.request)
        self.assertEqual(Request.search([("is_explained", "=", False), *both]), other)

    def test_created_explained(self):
        """The desk may give it with the request itself."""
        self.assertTrue(self.make_request(self.support, is_explained=True).is_explained)
