from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ROLES, CpaCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-10 09:00:00")
class TestPolicyEvidence(CpaCommon):
    """The screen: a period, a branch, a service; clause by clause what was counted, its change, and its records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.beneficiary = cls.make_beneficiary()

    def answered(self, submitted, replied):
        with freeze_time(submitted):
            request = self.submit(self.make_request(beneficiary_id=self.beneficiary.id))
        with freeze_time(replied):
            request.write({"state": "in_progress"})
            request.write(
                {
                    "reply_text": "What was told",
                    "reply_channel_id": self.channel.id,
                    "reply_late_reason": "The adviser was away",
                    "state": "done",
                }
            )
        return request

    def evidence(self, user=None, **vals):
        action = self.env["cpa.policy.evidence"].with_user(user or self.manager).action_evidence()
        evidence = self.env["cpa.policy.evidence"].with_user(user or self.manager).browse(action["res_id"])
        evidence.write(vals)
        return evidence

    def line(self, evidence, code):
        return evidence.line_ids.filtered(lambda line: line.indicator_id.code == code)

    def test_last_quarter(self):
        evidence = self.evidence()
        self.assertEqual((evidence.date_from, evidence.date_to), (date(2026, 1, 1), date(2026, 3, 31)))
        headings = evidence.line_ids.filtered("is_clause").mapped("clause_code")
        self.assertEqual(headings, sorted(set(headings)), "each clause once, in the policy's order")
        shown = set(evidence.line_ids.indicator_id.mapped("code"))
        self.assertEqual(shown, set(self.env["cpa.policy.indicator"].search([]).mapped("code")), "nothing is hidden")

    def test_clauses_of_the_policy(self):
        """Each clause has a figure; those of satisfaction come with ``cpa_survey`` (P-12, P-13, P-15, P-16, P-18)."""
        clauses = set(self.env["cpa.policy"]._in_force().clause_ids.mapped("code"))
        measured = set(self.env["cpa.policy.indicator"].search([]).mapped("clause_code"))
        elsewhere = {"P-12", "P-13", "P-15", "P-16", "P-18"}
        self.assertLessEqual(clauses - measured, elsewhere)
        self.assertFalse(measured - clauses)

    def test_figure_change_and_records(self):
        self.answered("2025-11-01 09:00:00", "2025-11-05 09:00:00")
        late = self.answered("2026-01-01 09:00:00", "2026-01-25 09:00:00")
        self.answered("2026-01-01 09:00:00", "2026-01-05 09:00:00")
        evidence = self.evidence()
        line = self.line(evidence, "P-05.late")
        self.assertEqual((line.value_text, line.of_text, line.change_text), ("50%", "2", "+50 points"))
        self.assertEqual((line.change, line.is_exception, line.can_open), ("worse", True, True))
        action = line.action_open()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), late.with_env(self.env))
        days = self.line(evidence, "P-05.days")
        self.assertEqual((days.value_text, days.change_text, days.change), ("14 days", "+10 days", "worse"))

    def test_no_evidence_is_said(self):
        line = self.line(self.evidence(), "P-33.answered")
        self.assertEqual(
            (line.value_text, line.has_evidence, line.can_open), ("No evidence in this period", False, False)
        )

    def test_what_is_not_told_apart_says_so(self):
        evidence = self.evidence(branch_id=self.branch.id)
        self.assertTrue(self.line(evidence, "P-38.in_force").split_text)
        self.assertFalse(self.line(evidence, "P-05.late").split_text)

    def test_part_and_exceptions(self):
        self.answered("2026-01-01 09:00:00", "2026-01-25 09:00:00")
        evidence = self.evidence(part="general_aim", only_exceptions=True)
        self.assertEqual(set(evidence.line_ids.mapped("clause_code")), {"P-05"})
        self.assertTrue(all(line.is_exception for line in evidence.line_ids if not line.is_clause))

    def test_period(self):
        with Form(self.env["cpa.policy.evidence"].with_user(self.manager)) as form:
            form.period = "month"
            self.assertEqual((form.date_from, form.date_to), (date(2026, 4, 1), date(2026, 4, 30)))
            form.period = "year"
            self.assertEqual((form.date_from, form.date_to), (date(2025, 1, 1), date(2025, 12, 31)))
        evidence = self.evidence()
        evidence.action_earlier()
        self.assertEqual((evidence.date_from, evidence.date_to), (date(2025, 10, 1), date(2025, 12, 31)))
        evidence.write({"period": "free", "date_from": "2026-03-01", "date_to": "2026-03-10"})
        evidence.action_later()
        self.assertEqual((evidence.date_from, evidence.date_to), (date(2026, 3, 11), date(2026, 3, 20)))

    def test_access(self):
        for role in ROLES:
            evidence = self.env["cpa.policy.evidence"].with_user(getattr(self, role))
            if role in ("manager", "auditor"):
                evidence.action_evidence()
            else:
                with self.assertRaises(AccessError):
                    evidence.action_evidence()
