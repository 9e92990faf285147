"""P-06: requests referred to outside bodies, with the applicant's consent, and what came of them."""

from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CpaCommon


@tagged("post_install", "-at_install")
@freeze_time("2030-03-01 08:00:00")
class TestOutsideReferral(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2030-02-20 08:00:00"):
            cls.beneficiary = cls.make_beneficiary(branch_id=cls.branch.id)
            cls.request = cls.make_request(cls.support, beneficiary_id=cls.beneficiary.id, branch_id=cls.branch.id)
        cls.body = cls.env["cpa.outside.body"].create({"name": "Test ministry", "kind": "ministry"})

    def refer(self, request=None, user=None, **vals):
        return (
            self.env["cpa.outside.referral"]
            .with_user(user or self.officer)
            .create(
                {
                    "request_id": (request or self.request).id,
                    "body_id": self.body.id,
                    "asked": "Does he receive a pension?",
                    "consent_how": "said",
                    "consent_by": self.beneficiary.name,
                    **vals,
                }
            )
        )

    def test_shortest_way(self):
        """The consent is the applicant's unless somebody acts for him; followed up in two weeks by who referred."""
        context = self.request.action_refer_outside()["context"]
        form = Form(self.env["cpa.outside.referral"].with_user(self.officer).with_context(**context))
        form.body_id = self.body
        form.asked = "Does he receive a pension?"
        form.consent_how = "signed"
        referral = form.save()
        self.assertEqual(referral.consent_by, self.beneficiary.name)
        self.assertEqual((referral.consent_taken_by, referral.user_id), (self.officer, self.officer))
        self.assertEqual(referral.follow_up_date, date(2030, 3, 15))

    def test_consent_is_named(self):
        with self.assertRaisesRegex(UserError, "Who let the data be passed on"):
            self.refer(consent_by=False)
        with self.assertRaisesRegex(UserError, "kept by the system"):
            self.refer(consent_taken_by=self.manager.id)
        self.assertFalse(self.refer(consent_how="none", consent_by=False).consent_at)

    def test_follow_up(self):
        """An activity on the day, of who follows up; it moves with them and is gone with the answer."""
        referral = self.refer()
        activity = referral.activity_ids
        self.assertEqual((activity.user_id, activity.date_deadline), (self.officer, date(2030, 3, 15)))
        referral.write({"follow_up_date": "2030-03-20", "user_id": self.researcher.id})
        self.assertEqual(len(referral.activity_ids), 1)
        self.assertEqual((activity.user_id, activity.date_deadline), (self.researcher, date(2030, 3, 20)))
        referral.write({"result": "He does not", "outcome": "helped", "state": "answered"})
        self.assertFalse(referral.activity_ids)

    def test_answered(self):
        referral = self.refer()
        with freeze_time("2030-03-10 08:00:00"):
            with self.assertRaises(UserError) as caught:
                referral.write({"state": "answered"})
            self.assertIn("What the body answered", str(caught.exception))
            self.assertIn("Whether it helped", str(caught.exception))
            referral.write({"result": "Yes", "outcome": "helped", "state": "answered"})
        self.assertEqual(referral.answer_days, 9)
        for name, value in (("result", "No"), ("asked", "Other"), ("outcome", "refused")):
            with self.assertRaisesRegex(UserError, "evidence"):
                referral.sudo().write({name: value})
        with self.assertRaises(UserError):
            referral.sudo().unlink()

    def test_letter(self):
        """P-22: the letter has the association's outgoing number, given when it is sent."""
        referral = self.refer()
        letter = self.env["cpa.letter"].with_user(self.officer).browse(referral.action_letter()["res_id"])
        self.assertEqual((letter.kind, letter.addressee, letter.request_id), ("outside", "Test ministry", self.request))
        self.assertEqual(referral.action_letter()["res_id"], letter.id)
        letter.channel_id = self.channel
        letter.write({"state": "sent"})
        self.assertTrue(letter.number)
        self.assertEqual(referral.letter_number, letter.number)
        self.assertIn(letter.number, referral.with_user(self.delegate).display_name)

    def test_closed_without_an_answer(self):
        referral = self.refer()
        with self.assertRaisesRegex(UserError, "reason"):
            referral.write({"state": "closed"})
        referral.write({"state": "closed", "move_reason": "Three letters without an answer"})
        self.assertEqual(referral.state, "closed")
        self.assertIn("Three letters", str(self.request.story_html))

    def test_stops_nothing(self):
        """From a draft on, in any open state; an open one withholds neither number, study nor decision."""
        self.refer()
        self.submit(self.request)
        self.assertTrue(self.request.number)
        self.refer()
        self.study(self.request)
        self.decide(self.request, amount=100)
        self.assertEqual(self.request.state, "decided")
        self.assertFalse(self.request._guard_decision(None))
        self.reply(self.request, "approved")
        self.assertEqual(self.request.outside_referral_ids.mapped("state"), ["open", "open"])

    def test_not_of_a_closed_request(self):
        self.request.write({"state": "withdrawn", "move_reason": "He wishes so"})
        with self.assertRaisesRegex(UserError, "closed"):
            self.refer()

    def test_who_refers(self):
        for user in (self.officer, self.delegate):
            self.assertTrue(self.refer(user=user))
        for user in (self.auditor, self.member, self.secretary, self.privacy, self.plain):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.refer(user=user)
        foreign = self.make_request(branch_id=False)
        with self.assertRaises(AccessError):
            self.refer(foreign, user=self.delegate)
        with self.assertRaises(AccessError):
            self.refer(user=self.researcher)
        with self.assertRaises(AccessError):
            self.body.with_user(self.officer).name = "Other"
        self.body.with_user(self.manager).contact = "Counter 4"

    def test_results_by_body(self):
        """P-06: referrals and results by body."""
        self.refer().write({"result": "Yes", "outcome": "helped", "state": "answered"})
        self.refer()
        groups = (
            self.env["cpa.outside.referral"]
            .with_user(self.auditor)
            .formatted_read_group([("body_id", "=", self.body.id)], ["state", "outcome"], ["__count"])
        )
        self.assertEqual({group["state"]: group["__count"] for group in groups}, {"open": 1, "answered": 1})

    def test_batches_are_flat(self):
        """A referral more costs what it writes itself, no search."""
        counts = []
        for number in (1, 2, 6):
            values = {
                "request_id": self.request.id,
                "body_id": self.body.id,
                "asked": "?",
                "consent_how": "none",
            }
            before = self.env.cr.sql_log_count
            self.env["cpa.outside.referral"].with_user(self.officer).create([values] * number)
            self.env.flush_all()
            counts.append((self.env.cr.sql_log_count - before) / number)
        self.assertLessEqual(counts[2], counts[1])
