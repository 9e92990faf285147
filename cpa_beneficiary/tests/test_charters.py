"""P-01: a charter of rights and duties for each party, approved by the board, published, acknowledged with a date."""

import re
from datetime import datetime

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.cpa_policy_document import CHARTERS
from .common import SIGNATURE, CpaCommon

DAY = "2026-02-01 09:00:00"


@tagged("post_install", "-at_install")
@freeze_time(DAY)
class TestCharters(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("UPDATE cpa_policy_document SET state = 'superseded' WHERE state = 'in_force'")
        cls.env.invalidate_all()
        with freeze_time("2026-01-20 09:00:00"):
            cls.beneficiary = cls.make_beneficiary()

    def approve_charter(self, kind="charter_beneficiary"):
        draft = self.env.ref(f"cpa_beneficiary.{kind}_1").with_user(self.manager)
        charter = draft.copy({"approval_date": "2026-01-25", "version": "600"})
        charter.state = "in_force"
        return charter

    def rows(self, role="manager"):
        partner = self.beneficiary.partner_id
        return (
            self.env["cpa.charter.acknowledgement"]
            .with_user(getattr(self, role))
            .search([("partner_id", "=", partner.id)])
        )

    def test_drafts_wait_for_the_board(self):
        """What is supplied is a draft: it cites the policy's clauses and is in force for nobody before the approval."""
        clauses = set(self.env["cpa.policy"]._in_force().clause_ids.mapped("code"))
        for kind in CHARTERS:
            draft = self.env.ref(f"cpa_beneficiary.{kind}_1")
            with self.subTest(kind=kind), self.assertRaisesRegex(UserError, "date of approval"):
                draft.with_user(self.manager).state = "in_force"
            cited = set(re.findall(r"P-[0-9]+", draft.with_context(lang="en_US").body))
            self.assertTrue(cited and cited <= clauses)
        for tool in ("bylaws", "research_guide", "support_guide", "support_form"):
            data = self.env["ir.model.data"].search([("model", "=", "cpa.policy.document")])
            supplied = self.env["cpa.policy.document"].browse(data.mapped("res_id")).exists()
            self.assertNotIn(tool, supplied.mapped("kind"), "texts that we have no source for are not invented")

    def test_acknowledged_with_the_declaration(self):
        charter = self.approve_charter()
        request = self.make_request(self.support, beneficiary_id=self.beneficiary.id)
        declaration = self.env["cpa.declaration"].with_user(self.officer)
        unread = declaration.create({"request_id": request.id, "signer_name": "محمد تجريبي"})
        self.assertEqual(unread.charter_id, charter)
        unread.unlink()
        self.sign(request)
        self.assertFalse(self.rows(), "who only signed the declaration has not read the charter")
        self.sign(request, charter_read=True)
        row = self.rows()
        self.assertEqual((row.document_id, row.acknowledged_at), (charter, datetime(2026, 2, 1, 9, 0)))
        self.assertEqual(row.user_id, self.officer)
        self.assertFalse(declaration.new({"request_id": request.id}).charter_id)

    def test_acknowledged_with_the_registration(self):
        """Nothing to acknowledge before the board's approval; once only after it, each version anew."""
        file = self.beneficiary.with_user(self.officer)
        with self.assertRaisesRegex(UserError, "approved no such charter"):
            file.action_charter_read()
        self.approve_charter()
        file.invalidate_recordset()
        self.assertTrue(file.charter_id)
        file.action_charter_read()
        file.action_charter_read()
        self.assertEqual(len(self.rows()), 1)
        self.assertIn("2026", file.charter_text)
        for role in ("manager", "auditor", "researcher"):
            with self.subTest(role=role), self.assertRaises(UserError):
                self.beneficiary.with_user(getattr(self, role)).action_charter_read()

    def test_the_hook_records_once_and_not_before_its_time(self):
        """Called by what a party signs elsewhere: a volunteer's or a supporter's agreement."""
        documents = self.env["cpa.policy.document"].with_user(self.officer)
        partner, at = self.beneficiary.partner_id, datetime(2026, 2, 1, 9, 0)
        self.assertFalse(documents._charter_acknowledged(partner, "charter_volunteer", at))
        charter = self.approve_charter("charter_volunteer")
        before = datetime(2026, 1, 20, 9, 0)
        self.assertFalse(documents._charter_acknowledged(partner, "charter_volunteer", before))
        self.assertEqual(documents._charter_acknowledged(partner, "charter_volunteer", at).document_id, charter)
        self.assertFalse(documents._charter_acknowledged(partner, "charter_volunteer", at))
        charter.invalidate_recordset()
        self.assertEqual(charter.charter_count, 1)

    def test_acknowledged_with_an_agreement(self):
        """P-02: with the agreement its party acknowledges the charter of his role."""
        charter = self.approve_charter("charter_supporter")
        template = (
            self.env["cpa.agreement.template"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Support",
                    "code": "support_test",
                    "party": "supporter",
                    "version": "1",
                    "approval_date": "2026-01-20",
                    **dict.fromkeys(
                        ("rights_duties", "performance", "default_effects", "liability", "disputes"), "<p>Text</p>"
                    ),
                }
            )
        )
        template.state = "in_force"
        agreement = (
            self.env["cpa.agreement"]
            .with_user(self.manager)
            .create(
                {
                    "template_id": template.id,
                    "partner_id": self.beneficiary.partner_id.id,
                    "method": "screen",
                    "signer_name": "Signer",
                    "signature": SIGNATURE,
                    "charter_read": True,
                }
            )
        )
        self.assertEqual(agreement.charter_id, charter)
        agreement.state = "signed"
        self.assertEqual(self.rows().document_id, charter)

    def test_rows_are_evidence_and_not_everybodys(self):
        self.approve_charter()
        self.beneficiary.with_user(self.officer).action_charter_read()
        row = self.rows()
        for tried in (row, row.sudo(), row.with_user(self.officer)):
            with self.assertRaises(UserError):
                tried.write({"acknowledged_at": DAY})
            with self.assertRaises(UserError):
                tried.unlink()
        for role in ("officer", "manager", "auditor", "privacy"):
            self.assertEqual(self.rows(role), row)
        for role in ("delegate", "researcher", "member", "secretary", "plain"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.rows(role)
