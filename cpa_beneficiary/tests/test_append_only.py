from datetime import timedelta

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.riyadh import cpa_today
from .common import CpaCommon


@tagged("post_install", "-at_install")
class TestAppendOnly(CpaCommon):
    """P-03, P-32, P-34: journals, traces and logs are appended by what happened, and never change."""

    def rows(self):
        """Return a row of each model of the mixin, made by the event that it records."""
        request = self.complete(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
        request.write({"description": "What the applicant asks for.", "correction_reason": "A full stop"})
        request.write({"state": "submitted"})
        request.beneficiary_id.identity_id.action_show()
        self.study(request)
        self.close(self.decide(request))
        purpose = self.env.ref("cpa_beneficiary.consent_purpose_photos")
        self.env["cpa.consent"].with_user(self.officer)._record(request.beneficiary_id, purpose, "given", "counter")
        other = self.make_beneficiary(number=None, registered=False, phone="0503333333")
        other.with_user(self.manager)._merge_into(request.beneficiary_id.with_user(self.manager), "The same man")
        self.policy_is_reviewed_and_read(request.beneficiary_id.partner_id)
        return [self.env[model].search([], limit=1) for model in self.models()]

    def policy_is_reviewed_and_read(self, partner):
        """P-04, P-27, P-01: the policy is reviewed, a tool read by the officer, a charter acknowledged by somebody."""
        policy = self.env["cpa.policy"]._in_force().with_user(self.manager)
        policy._reviewed(cpa_today(), "Minutes 7", cpa_today() + timedelta(days=300), "All of it", False, False)
        documents = self.env["cpa.policy.document"]
        documents.search([("state", "=", "draft")]).unlink()
        for kind in ("bylaws", "charter_beneficiary"):
            document = documents.with_user(self.manager).create(
                {"kind": kind, "name": "A text", "body": "<p>Text</p>", "approval_date": "2026-01-05"}
            )
            document.state = "in_force"
            if kind == "bylaws":
                document.with_user(self.officer).action_acknowledge()
        documents._charter_acknowledged(partner, "charter_beneficiary", fields.Datetime.now() + timedelta(days=1))

    def models(self):
        mixin = self.env.registry["cpa.append.only.mixin"]
        return sorted(name for name in self.env.registry if isinstance(self.env[name], mixin) and name != mixin._name)

    def test_rows_stand(self):
        self.assertEqual(
            self.models(),
            [
                "cpa.access.trace",
                "cpa.charter.acknowledgement",
                "cpa.committee.seal",
                "cpa.committee.signature",
                "cpa.consent",
                "cpa.declaration.correction",
                "cpa.merge",
                "cpa.policy.acknowledgement",
                "cpa.policy.review",
                "cpa.request.move",
                "cpa.study.assignment",
                "cpa.study.presentation",
            ],
        )
        for row in self.rows():
            with self.subTest(row._name):
                self.assertTrue(row)
                root = row.with_user(SUPERUSER_ID)
                name = next(name for name, field in row._fields.items() if field.store and name != "id")
                with self.assertRaisesRegex(UserError, "never changes"):
                    root.write({name: False})
                with self.assertRaisesRegex(UserError, "never changes"):
                    root.unlink()
                with self.assertRaisesRegex(UserError, "never by hand"):
                    root.create({})
