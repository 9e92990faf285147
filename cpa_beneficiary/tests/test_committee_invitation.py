import base64

from odoo import fields
from odoo.addons.mail.tests.common import MailCase
from odoo.tests import tagged

from .common import CpaCommon


@tagged("post_install", "-at_install")
class TestCommitteeInvitation(CpaCommon, MailCase):
    """P-35: who sits on the committee is asked to the session, told of every change, and names nobody on the way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ar_001")
        (cls.chair | cls.deputy | cls.alternate | cls.secretary).lang = "en_US"
        cls.member.lang = "ar_001"
        cls.beneficiary = cls.make_beneficiary(name="سعيد الاسم السري")
        request = cls.submit(cls.make_request(cls.support, beneficiary_id=cls.beneficiary.id))
        cls.study(request)
        cls.session = (
            cls.env["cpa.committee.session"]
            .with_user(cls.secretary)
            .create(
                {
                    "committee_id": cls.committee.id,
                    "planned_at": "2026-11-25 07:00:00",
                    "place": "Hall 1",
                    "case_ids": [fields.Command.create({"request_id": request.id})],
                }
            )
        )

    def mails(self, act):
        with self.mock_mail_gateway():
            act()
        return {mail.recipient_ids.user_ids.login: mail for mail in self._new_mails}

    def convened(self):
        return self.mails(lambda: self.session.write({"state": "convened"}))

    def test_everybody_is_invited_in_his_language(self):
        """P-35: members, alternate and secretary, with day in both calendars, time, place, cases and links."""
        mails = self.convened()
        self.assertEqual(set(mails), {"cpa_chair", "cpa_deputy", "cpa_member", "cpa_alternate", "cpa_secretary"})
        english, arabic = mails["cpa_chair"], mails["cpa_member"]
        for text in (
            "25 November 2026",
            "1448 AH",
            "Hall 1",
            "10:00",
            self.session.number,
            "accept?token=",
            "decline?token=",
        ):
            self.assertIn(text, english.body_html)
        self.assertIn(f"cpa_committee_session_action/{self.session.id}", english.body_html)
        self.assertIn('dir="ltr"', english.body_html)
        self.assertIn('dir="rtl"', arabic.body_html)
        self.assertIn("١٠:٠٠", arabic.body_html)
        self.assertIn("الموافق", arabic.body_html)
        tokens = {mail.body_html.split("accept?token=")[1][:20] for mail in mails.values()}
        self.assertEqual(len(tokens), 5, "each answers for himself")

    def test_nobody_is_named(self):
        """PDPL: neither the mails nor the calendar nor its file say who applied or for what."""
        mails = self.convened()
        event = self.session.sudo().event_id
        self.assertEqual((event.privacy, event.name), ("private", self.session.number))
        texts = [event.name, event.description or "", event.location]
        for mail in mails.values():
            texts += [mail.subject, mail.body_html]
            [file] = mail.attachment_ids
            self.assertEqual(file.mimetype, "text/calendar")
            texts.append(base64.b64decode(file.datas).decode())
        self.assertIn("BEGIN:VCALENDAR", texts[-1])
        for text in texts:
            self.assertNotIn("السري", text)
            self.assertNotIn("Test request", text)

    def test_answers(self):
        """P-35: who accepts or declines is shown in the list of attendance; a new day asks everybody again."""
        self.convened()
        lines = {line.member_id.user_id: line for line in self.session.attendance_ids}
        lines[self.chair]._attendee().do_accept()
        lines[self.member]._attendee().do_decline()
        self.env.invalidate_all()
        self.assertEqual(lines[self.chair].invitation_state, "accepted")
        self.assertEqual(lines[self.member].invitation_state, "declined")
        self.assertEqual(lines[self.deputy].invitation_state, "needsAction")
        self.session.write({"planned_at": "2026-11-26 07:00:00"})
        self.env.invalidate_all()
        self.assertEqual(lines[self.member].invitation_state, "needsAction")

    def test_changes_are_told(self):
        """P-35: a new day or place goes to everybody and into the calendar; what changes nothing is not told."""
        self.convened()
        self.assertFalse(self.mails(lambda: self.session.write({"place": "Hall 1"})))
        self.assertFalse(self.mails(lambda: self.session.write({"minutes": "A remark"})))
        mails = self.mails(lambda: self.session.write({"planned_at": "2026-11-26 08:30:00", "place": "Hall 2"}))
        self.assertEqual(len(mails), 5)
        self.assertIn("26 November 2026", mails["cpa_chair"].body_html)
        event = self.session.sudo().event_id
        self.assertEqual((event.start, event.location), (self.session.planned_at, "Hall 2"))

    def test_cancelling_is_told(self):
        """P-35: a session that does not take place is called off to everybody and leaves the calendar."""
        self.convened()
        event = self.session.sudo().event_id
        mails = self.mails(lambda: self.session.write({"state": "cancelled", "move_reason": "Rain"}))
        self.assertEqual(len(mails), 5)
        self.assertIn(self.session.number, mails["cpa_deputy"].subject)
        self.assertFalse(event.exists())
