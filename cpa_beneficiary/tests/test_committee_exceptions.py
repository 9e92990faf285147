from datetime import date

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from .common import CpaCommon


@tagged("post_install", "-at_install")
class TestCommitteeExceptions(CpaCommon):
    """What the manager waives or cancels as an exception is told to the chair each month, with the reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["cpa.committee"].search([("id", "!=", cls.committee.id)]).exceptions_told_until = "2099-12-31"
        cls.beneficiary = cls.make_beneficiary()
        cls.env["res.lang"]._activate_lang("en_US")
        (cls.chair | cls.deputy).lang = "en_US"

    def setUp(self):
        super().setUp()
        self.patch(self.env.cr, "commit", lambda: None)  # of the job, which does it by itself

    def cancelled(self, at, reason="Twice the same", user=None, **vals):
        with freeze_time(at):
            request = self.submit(self.make_request(beneficiary_id=self.beneficiary.id, **vals))
            request.with_user(user or self.manager).write({"state": "cancelled", "move_reason": reason})
        return request

    def told(self, user, day="2026-04-02 02:00:00"):
        """Run the job and return the message that the user got by it, or none."""
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        with freeze_time(day):
            self.env["cpa.committee"]._cron_tell_exceptions()
        return self.env["mail.message"].search(
            [("id", ">", last), ("partner_ids", "in", user.partner_id.ids), ("message_type", "=", "user_notification")]
        )

    def test_told_once_a_month(self):
        march = self.cancelled("2026-03-31 20:30:00", "Twice the same in March")
        april = self.cancelled("2026-03-31 21:30:00", "Twice the same in April")
        message = self.told(self.chair)
        self.assertIn(march.number, message.body)
        self.assertIn("Twice the same in March", message.body)
        self.assertIn(self.manager.name, message.body)
        self.assertNotIn("April", message.body, "at 21:30 UTC it is the next month in Najran")
        self.assertNotIn(self.beneficiary.name, message.body, "numbers, never names")
        self.assertEqual(message.notified_partner_ids, self.chair.partner_id, "nobody else reads it")
        self.assertFalse(self.told(self.chair, "2026-04-03 02:00:00"), "told already")
        self.assertIn(april.number, self.told(self.chair, "2026-05-01 02:00:00").body)
        self.assertEqual(self.committee.exceptions_told_until, date(2026, 4, 30))

    def test_waived_item(self):
        with freeze_time("2026-03-10 09:00:00"):
            request = self.make_request(self.support, beneficiary_id=self.beneficiary.id)
            check = request.check_ids[:1]
            check.with_user(self.manager).write({"state": "waived", "move_reason": "Lost in the flood"})
        self.assertIn("Lost in the flood", self.told(self.chair).body)

    def test_none_is_said(self):
        self.assertIn("There was none", self.told(self.chair).body)

    def test_own_exceptions_go_to_the_deputy_too(self):
        self.chair.group_ids |= self.env.ref("cpa_beneficiary.group_manager")
        request = self.cancelled("2026-03-10 09:00:00", user=self.chair)
        self.assertIn(request.number, self.told(self.deputy).body)

    def test_whom_a_complaint_is_about_does_not_read_of_it(self):
        complaint = self.env["cpa.service"].search([("kind", "=", "association")], limit=1)
        request = self.cancelled(
            "2026-03-10 09:00:00", service=complaint, subject_user_ids=[fields.Command.set(self.chair.ids)]
        )
        self.assertNotIn(request.number, self.told(self.chair).body)

    def test_administrator_sees_and_switches_it(self):
        automation = self.env.ref("cpa_beneficiary.cpa_automation_exceptions").with_user(self.manager)
        automation.is_on = False
        self.assertFalse(self.env.ref("cpa_beneficiary.cron_exceptions").active)
