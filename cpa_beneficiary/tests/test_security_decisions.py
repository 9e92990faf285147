from freezegun import freeze_time
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ROLES, CpaCommon
from .test_appeal import AppealCommon


@tagged("post_install", "-at_install")
class TestSecurityDecisions(CpaCommon):
    """P-35, P-37: what a role reaches past the screens changes no decision and moves no money."""

    def test_switch_is_of_its_row(self):
        """The manager's switch turns what its row names; it is not pointed at another job."""
        automation = self.env["cpa.automation"].search([("cron_id", "!=", False)], limit=1).with_user(self.manager)
        foreign = self.env.ref("base.autovacuum_job")
        with self.assertRaises(UserError):
            automation.write({"cron_id": foreign.id, "is_on": False})
        self.assertTrue(foreign.active)
        automation.write({"is_on": False})
        self.assertFalse(automation.sudo().cron_id.active)

    def test_recommendation_is_for_who_reads_the_study(self):
        """What the researcher recommends is read on the case by who reads the study, and by nobody else."""
        request = self.submit(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
        request.write({"branch_id": self.branch.id})
        self.study(request)
        case = self.convene(request).case_ids
        for role in ROLES:
            user = getattr(self, role)
            reads = self.env["cpa.study"].with_user(user).has_access("read")
            with self.subTest(role):
                found = case.with_user(user).read(["recommendation"])[0]["recommendation"]
                self.assertEqual(found, "accept" if reads else False)
                self.assertEqual(reads, role not in ("auditor", "delegate", "privacy"))

    def test_paid_counts_until_it_came_back(self):
        """A line is cancelled after it was paid: its money is free again only when the order came back."""
        request = self.approve()
        order = self.order(request)
        self.pay(order)
        order.action_hand_over()
        order.line_ids.with_user(self.manager).write({"state": "cancelled", "move_reason": "Mistaken"})
        again = {"request_id": request.id, "name": "Again", "kind": "money", "amount": 1000}
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.env["cpa.delivery"].with_user(self.officer).create(again)
        order.with_user(self.manager).write({"state": "returned", "move_reason": "Wrong account"})
        self.env["cpa.delivery"].with_user(self.officer).create(again)


@tagged("post_install", "-at_install")
class TestSecurityAppeal(AppealCommon):
    def test_admission_not_by_default(self):
        """A late appeal is admitted by the manager, not by the default that an officer's call brings along."""
        with freeze_time("2030-12-01 08:00:00"), self.assertRaises(UserError):
            self.env["cpa.request"].with_user(self.officer).with_context(
                **self.contested.with_user(self.officer).action_appeal()["context"], default_appeal_late_reason="Mine"
            ).create({"channel_id": self.channel.id, "appeal_grounds": "Facts"})
