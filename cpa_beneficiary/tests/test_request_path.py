from datetime import timedelta

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SIGNATURE, CpaCommon


@tagged("post_install", "-at_install")
class TestRequestPath(CpaCommon):
    """P-03: one path from the counter to the delivered service; each kind skips what its service does not need."""

    def test_support_from_counter_to_delivery(self):
        """P-31 to P-37: the whole path, each step by the role that it belongs to."""
        request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
        self.assertFalse(request.number)
        self.submit(request)
        self.assertTrue(request.number, "P-32: number and clock at once")
        self.assertEqual(request.reply_target_date - request.reply_floor_date, timedelta(0))
        self.study(request)
        self.assertEqual(request.state, "committee")
        self.decide(request, amount=1000)
        self.assertEqual((request.state, request.decision, request.decision_amount), ("decided", "accept", 1000))
        self.reply(request, "approved")
        self.assertTrue(request.replied_at)
        line = request.delivery_ids
        self.assertEqual((line.kind, line.amount, line.state), ("money", 1000, "planned"), "P-37: what was granted")
        self.pay(self.order(request))
        self.assertEqual(request.state, "delivery")
        line.write({"state": "delivered"})
        with self.assertRaisesRegex(UserError, "Not acknowledged"):
            request.write({"state": "done"})
        line.write({"acknowledged_by": "signature", "signature": SIGNATURE, "state": "acknowledged"})
        request.write({"state": "done"})
        moves = self.env["cpa.request.move"].search(
            [("request_id", "=", request.id), ("res_model", "=", "cpa.request")]
        )
        self.assertEqual(
            moves.mapped("to_state"),
            ["submitted", "research", "committee", "decided", "approved", "delivery", "done"],
            "P-03: no step skipped, and each is recorded",
        )

    def test_rejected(self):
        """P-35: the committee rejects with a managed reason; it is told, and only then the request is rejected."""
        request = self.submit(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
        self.study(request, "reject")
        self.decide(request, "reject")
        self.assertEqual(request.state, "decided", "a decision that is not told yet shows nothing")
        with self.assertRaisesRegex(UserError, "did not accept"):
            self.reply(request, "approved")
        self.reply(request, "rejected")
        self.assertTrue(request.rejection_reason_id)

    def test_without_committee(self):
        """P-10: a consultation is answered without study, committee or file number."""
        request = self.submit(self.make_request(beneficiary_id=self.make_beneficiary(registered=False).id))
        with self.assertRaisesRegex(UserError, "not decided by the committee"):
            request.write({"state": "committee"})
        request.write({"state": "in_progress"})
        with self.assertRaisesRegex(UserError, "text of the reply"):
            request.write({"state": "done"})
        self.reply(request, "done")
        self.assertTrue(request.closed_at)

    def test_incomplete_and_resubmitted(self):
        """P-32, P-35: what is missing is asked for with its reason; target and ceiling wait, the floor does not."""
        with freeze_time("2026-03-01 09:00:00") as clock:
            request = self.submit(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
            floor, target, ceiling = request.reply_floor_date, request.reply_target_date, request.reply_ceiling_date
            with self.assertRaisesRegex(UserError, "reason"):
                request.write({"state": "incomplete"})
            request.write({"state": "incomplete", "move_reason": "The lease is missing"})
            clock.move_to("2026-03-06 09:00:00")
            request.write({"state": "submitted"})
            self.assertEqual(sorted(request.submission_ids.mapped("round")), [1, 2])
            self.assertEqual(request.reply_floor_date, floor)
            self.assertEqual(request.reply_target_date - target, timedelta(days=5))
            self.assertEqual(request.reply_ceiling_date - ceiling, timedelta(days=5))

    def test_a_new_round_asks_for_what_is_not_settled(self):
        """P-08, P-32: what has passed, is awaited by a day, or was optional is not asked again; what expired is."""
        with freeze_time("2026-03-01 09:00:00") as clock:
            request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
            obligatory = request.check_ids.filtered("is_obligatory")
            expiring = obligatory.filtered("needs_validity")
            expiring.write({"valid_until": "2026-03-03"})
            obligatory[-1].write({"due_date": "2026-03-20", "state": "to_sight"})
            request.beneficiary_id.iban = self.make_iban(1)
            obligatory[:-1].action_pass()
            self.sign(request)
            request.write({"is_explained": True, "state": "submitted"})
            clock.move_to("2026-03-06 09:00:00")
            request.write({"state": "incomplete", "move_reason": "The identity has expired"})
            self.assertEqual(request._current_round().check_ids.requirement_id, expiring.requirement_id)

    def test_withdrawn_from_any_open_state(self):
        """The applicant may withdraw as long as the request is open; a closed one stays closed."""
        request = self.submit(self.make_request(beneficiary_id=self.make_beneficiary().id))
        request.write({"state": "withdrawn", "move_reason": "Found help elsewhere"})
        with self.assertRaisesRegex(UserError, "cannot go"):
            request.write({"state": "submitted"})

    def test_submission_says_all_that_is_missing(self):
        """P-32, P-34, P-35: one message names every missing thing, so nobody is sent home twice."""
        request = self.make_request(self.support, description=False)
        with self.assertRaises(UserError) as caught:
            request.write({"state": "submitted"})
        for words in ("beneficiary", "asks for", "National ID", "Family register", "declaration", "committee"):
            self.assertIn(words, str(caught.exception))

    def test_registered_before_the_decision(self):
        """P-36: support needs a registered beneficiary before the decision, not before the number."""
        request = self.make_request(self.support, beneficiary_id=self.make_beneficiary(registered=False).id)
        self.submit(request)
        self.study(request)
        with self.assertRaisesRegex(UserError, "not registered"):
            self.decide(request)

    def test_to_be_sighted_stops_only_the_decision(self):
        """P-32: what cannot be sighted now is taken in with a due date; it has to pass before the decision."""
        request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
        late = request.check_ids[0]
        late.write({"due_date": "2099-01-01", "state": "to_sight"})
        self.submit(request)
        self.assertTrue(request.number)
        self.study(request)
        with self.assertRaisesRegex(UserError, "Not sighted yet"):
            self.decide(request)

    def test_referral_stops_only_the_decision(self):
        """P-33: an open referral withholds neither number nor study; it stops the decision until it is answered."""
        request = self.submit(self.make_request(beneficiary_id=self.make_beneficiary().id))
        referral = request.env["cpa.referral"].create(
            {"request_id": request.id, "question": "Who may apply?", "officer_id": self.researcher.id}
        )
        request.write({"state": "in_progress", "reply_text": "Told", "reply_channel_id": self.channel.id})
        with self.assertRaisesRegex(UserError, "referral"):
            request.write({"state": "done"})
        referral.with_user(self.researcher).write({"answer": "Any consumer", "state": "answered"})
        request.write({"state": "done"})

    def test_declaration_is_bound_to_the_data(self):
        """P-34: a change of substance after signing asks for a new signature."""
        request = self.complete(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
        self.assertEqual(request.declaration_state, "signed")
        request.amount_requested = 9000
        self.assertEqual(request.declaration_state, "changed")
        with self.assertRaisesRegex(UserError, "new signature"):
            request.write({"state": "submitted"})
        self.sign(request)
        request.write({"state": "submitted"})

    def test_reply_floor(self):
        """P-35: in mode "warn" a reply before two weeks carries its reason; on day 14 it needs none."""
        with freeze_time("2026-03-01 09:00:00") as clock:
            request = self.submit(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
            self.study(request)
            self.decide(request)
            clock.move_to("2026-03-14 09:00:00")
            with self.assertRaisesRegex(UserError, "early"):
                self.reply(request, "approved", reply_early_reason=False)
            clock.move_to("2026-03-15 09:00:00")
            self.reply(request, "approved", reply_early_reason=False)

    def test_happened_and_entered(self):
        """Both times are kept; an event entered later says why, and none happens in the future."""
        with freeze_time("2026-03-10 09:00:00"):
            request = self.make_request(beneficiary_id=self.make_beneficiary().id)
            with self.assertRaisesRegex(UserError, "later than it happened"):
                request.write({"state": "submitted", "move_happened_at": "2026-03-08 09:00:00"})
            with self.assertRaisesRegex(UserError, "future"):
                request.write({"state": "submitted", "move_happened_at": "2026-03-12 09:00:00"})
            set_back = {"move_happened_at": "2026-03-08 09:00:00", "move_reason": "No power"}
            with self.assertRaisesRegex(UserError, "scan of the paper"):
                request.write({"state": "submitted", **set_back})
            request.write({"state": "submitted", **set_back, "move_scan": SIGNATURE, "move_scan_name": "note.png"})
            move = self.env["cpa.request.move"].search([("request_id", "=", request.id)])
            self.assertEqual(move.lag_hours, 48)
            self.assertEqual(move.with_user(self.auditor).scan_id.name, "note.png")
            with self.assertRaisesRegex(UserError, "evidence"):
                move.scan_id.unlink()
            self.assertEqual(str(request.reply_target_date), "2026-03-22", "the clock counts from when it happened")

    def test_story(self):
        """P-03: the history reads as a story: channel, checks, proposal and result, reply."""
        request = self.submit(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
        self.study(request)
        self.decide(request, amount=1000)
        self.reply(request, "approved")
        for user in (self.officer, self.auditor, self.manager, self.member, self.secretary, self.privacy):
            titles = "\n".join(line["title"] for line in request.with_user(user)._story())
            for words in (
                "by the channel",
                "Check “National ID",
                "Social study",
                "Proposal “Accept",
                "Request: Approved",
            ):
                self.assertIn(words, titles)

    def test_form_at_the_counter(self):
        """P-08: the clerk's form fills what is known by itself."""
        beneficiary = self.make_beneficiary()
        form = Form(self.env["cpa.request"].with_user(self.officer))
        form.beneficiary_id = beneficiary
        form.service_id = self.consultation
        form.channel_id = self.env.ref("cpa_beneficiary.channel_phone")
        self.assertEqual(form.phone_number, beneficiary.phone)
        form.description = "A question"
        request = form.save()
        self.assertEqual((request.subject, request.phone_direction), (self.consultation.name, "in"))
