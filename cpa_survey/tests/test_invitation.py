"""Who is asked, when and how often: by rules, once per event, never at night, and never by accident twice."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.addons.mail.tests.common import MailCommon
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ASKED, SurveyCommon, freeze_time

LATER = "2026-03-12 10:00:00"
NIGHT = "2026-03-12 19:00:00"  # 22:00 in Riyadh


@tagged("post_install", "-at_install")
class TestInvitation(MailCommon, SurveyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(ASKED))
        cls.person = cls.make_beneficiary(email="person@example.com", lang="en_US")
        cls.consent(cls.person)

    def replied(self, person=None, **vals):
        """Return the invitation that follows the reply to a consultation."""
        request = self.submit(self.make_request(beneficiary_id=(person or self.person).id, **vals))
        request.write({"state": "in_progress"})
        self.reply(request, "done")
        return self.Invitation.search([("event_key", "=", f"cpa.request,{request.id}")])

    def send(self, at=LATER):
        with freeze_time(at):
            self.Invitation._cron_send()

    def mails(self):
        return self.env["mail.mail"].search([("subject", "in", ("Rate our service", "Your opinion still counts"))])

    # ------------------------------------------------------------------
    # What sets it off
    # ------------------------------------------------------------------

    def test_reply(self):
        """P-12: after the reply the person is asked, two days later, by his own link, in his language."""
        invitation = self.replied()
        self.assertEqual(invitation.partner_id, self.person.partner_id)
        self.assertEqual(invitation.due_at, datetime(2026, 3, 12, 9))
        self.assertEqual((invitation.service_id, invitation.staff_id), (self.consultation, self.officer))
        self.send("2026-03-12 08:59:00")
        self.assertEqual(invitation.state, "queued")
        self.send()
        self.assertEqual((invitation.state, invitation.way), ("sent", "email"))
        self.assertEqual((invitation.month, invitation.open_until), (date(2026, 3, 1), date(2026, 3, 26)))
        mail = self.mails()
        self.assertIn(invitation._path(), mail.body_html)
        self.assertIn("is your right", mail.body_html)
        self.assertFalse(mail.model or mail.res_id, "in no thread")

    def test_reception(self):
        """P-31: who was received is asked; of a visitor without a file nobody is known."""
        Visitor = self.env["cpa.visitor"].with_user(self.officer)
        for person in (self.person, self.env["cpa.beneficiary"]):
            visitor = Visitor.create({"beneficiary_id": person.id, "name": "A visitor"})
            visitor.write({"state": "served"})
            visitor.write({"state": "left"})
            invitation = self.Invitation.search([("event_key", "=", f"cpa.visitor,{visitor.id}")])
            self.assertEqual(invitation.partner_id, person.partner_id)

    def test_volunteering(self):
        """P-15: after volunteering the person is asked, next day, by the volunteers' own survey."""
        visitor = self.env["cpa.visitor"].with_user(self.officer).create({"beneficiary_id": self.person.id})
        visitor._satisfaction_event("volunteering")
        invitation = self.Invitation.search([("event_key", "=", f"cpa.visitor,{visitor.id}")])
        self.assertEqual(invitation.rule_id.event_code, "volunteering")
        self.assertEqual(invitation.rule_id.survey_id, self.env.ref("cpa_survey.survey_volunteering"))
        self.assertEqual(invitation.due_at, datetime(2026, 3, 11, 9))
        self.send("2026-03-11 10:00:00")
        self.assertEqual(invitation.state, "sent")

    def test_staff_once_a_year(self):
        """P-15, P-17: the internal survey asks the association's own people, and no beneficiary."""
        rule = self.env.ref("cpa_survey.cpa_survey_rule_internal")
        rule.write({"active": True, "yearly_month": "3"})
        self.Invitation._cron_yearly()
        asked = self.Invitation.search([("rule_id", "=", rule.id)]).partner_id
        self.assertIn(self.officer.partner_id, asked)
        self.assertNotIn(self.person.partner_id, asked)

    def test_delivery(self):
        """P-37: whoever received is asked; a delivery that went out as a whole asks once."""
        request = self.approve(beneficiary_id=self.person.id)
        self.pay(self.order(request))
        line = request.delivery_ids
        line.with_user(self.officer).write({"state": "delivered"})
        self.acknowledge(line)
        invitation = self.Invitation.search([("event_key", "=", f"cpa.delivery,{line.id}")])
        self.assertEqual(invitation.rule_id, self.env.ref("cpa_survey.cpa_survey_rule_delivery"))
        self.assertEqual(invitation.partner_id, self.person.partner_id)

    def test_once_per_event(self):
        invitation = self.replied()
        request = self.env["cpa.request"].browse(int(invitation.event_key.split(",")[1]))
        request._satisfaction_event("reply")
        self.assertEqual(self.Invitation.search_count([("event_key", "=", invitation.event_key)]), 1)
        self.send()
        self.send()
        self.send("2026-03-12 11:00:00")
        self.assertEqual(len(self.mails()), 1)

    def test_rule_switched_off(self):
        """A rule that is off asks nobody; what it queued before is not asked either, and says why."""
        invitation = self.replied()
        self.rule.active = False
        self.assertFalse(self.replied())
        self.send()
        self.assertEqual(invitation.state, "skipped")
        self.assertIn("switched off", invitation.reason)

    def test_survey_closed(self):
        invitation = self.replied()
        self.survey.action_archive()
        self.send()
        self.assertEqual(invitation.state, "skipped")

    # ------------------------------------------------------------------
    # How often, when, on which way
    # ------------------------------------------------------------------

    def test_month_limit(self):
        """Nobody is asked more than twice a month, whatever happens."""
        invitations = self.replied() | self.replied() | self.replied()
        self.send()
        self.assertEqual(sorted(invitations.mapped("state")), ["sent", "sent", "skipped"])
        fourth = self.replied()
        fourth.due_at = "2026-04-01 09:00:00"
        self.send("2026-04-01 10:00:00")
        self.assertEqual(fourth.state, "sent", "another month")

    def test_quiet_hours(self):
        """Nobody is disturbed at night: the morning is soon enough."""
        invitation = self.replied()
        self.send(NIGHT)
        self.assertEqual((invitation.state, invitation.due_at), ("queued", datetime(2026, 3, 13, 5)))
        self.send("2026-03-13 05:00:00")
        self.assertEqual(invitation.state, "sent")

    def test_nobody_reached(self):
        """Neither mail nor phone: it is said, and nothing is tried for ever."""
        self.person.email = False
        invitation = self.replied()
        self.send()
        self.assertEqual(invitation.state, "skipped")
        self.assertIn("Neither", invitation.reason)

    def test_text_message(self):
        invitation = self.replied()
        with patch.object(self.registry["res.company"], "_cpa_has_sms_gateway", lambda company: True):
            self.send()
        self.assertEqual(invitation.way, "sms")
        sms = self.env["sms.sms"].search([("number", "=", "+966501234567")])
        self.assertIn(invitation._path(), sms.body)
        self.assertNotIn(self.person.name, sms.body)
        self.assertFalse(sms.partner_id or sms.mail_message_id)

    def test_consent(self):
        """P-07: nobody is asked who did not say yes, or who has said no meanwhile."""
        invitation = self.replied()
        self.consent(self.person, "withdrawn")
        self.assertFalse(self.replied())
        self.send()
        self.assertEqual(invitation.state, "skipped")
        self.assertIn("does not want", invitation.reason)

    def test_reminder(self):
        """One reminder, after five days, to those who have not answered."""
        answered, silent = self.replied(), self.replied()
        self.send()
        self.mails().unlink()
        self.answer(answered, at=LATER)
        self.send("2026-03-16 10:00:00")
        self.assertFalse(self.mails())
        for day in ("17", "18", "25"):
            self.send(f"2026-03-{day} 10:00:00")
        self.assertEqual(len(self.mails()), 1)
        self.assertIn(silent._path(), self.mails().body_html)
        self.send("2026-03-27 10:00:00")
        self.assertEqual((answered | silent).mapped("state"), ["closed", "closed"])
        self.assertFalse(answered.is_answered, "nothing says any more who answered")

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_mail_server_refuses(self):
        """What a server refuses is logged, tried again later and later, given up with a word; nothing goes twice."""
        invitation = self.replied()
        self.send()
        mail = self.mails()
        hour = 10
        for attempt, hours in enumerate((2, 4, 8, 16), 1):
            mail.write({"state": "exception", "failure_reason": "Refused"})
            with self.assertLogs("odoo.addons.cpa_survey.models.cpa_survey_invitation", "WARNING"):
                self.send(str(datetime(2026, 3, 12 + hour // 24, 10)))
            self.assertEqual((invitation.attempts, mail.state), (attempt, "outgoing"))
            self.send(str(datetime(2026, 3, 12 + hour // 24, 10)))
            self.assertEqual(invitation.attempts, attempt, "not before its time")
            hour += 24
            self.assertGreaterEqual(24, hours)
        mail.write({"state": "exception"})
        with self.assertLogs("odoo.addons.cpa_survey.models.cpa_survey_invitation", "WARNING"):
            self.send("2026-03-17 10:00:00")
        self.assertEqual(invitation.state, "failed")
        self.assertIn("refused", invitation.reason)
        self.assertFalse(mail.exists())
        self.send("2026-03-18 10:00:00")
        self.assertFalse(self.mails())

    def test_once_a_year(self):
        """P-13, P-15: once a year all registered beneficiaries are asked, each once."""
        other = self.make_beneficiary(number="1012345672")
        self.consent(other)
        rule = self.env.ref("cpa_survey.cpa_survey_rule_yearly")
        rule.yearly_month = "3"
        for _turn in range(2):
            self.Invitation._cron_yearly()
        asked = self.Invitation.search([("rule_id", "=", rule.id)]).partner_id
        self.assertLessEqual((self.person | other).partner_id, asked)
        self.assertEqual(self.Invitation.search_count([("rule_id", "=", rule.id)]), len(asked))
        self.assertEqual(rule.asked_year, 2026)
