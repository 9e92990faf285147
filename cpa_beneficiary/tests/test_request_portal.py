"""My requests on the website: what an applicant sees of them, and what he never does (P-09, P-35)."""

import json

from odoo.tests import tagged

from ..models.cpa_request import STATES
from ..models.cpa_request_portal import STAGES
from .common import CpaCommon

# What staff writes on its way, none of which is the applicant's to read.
INSIDE = {
    "note": "SECRET-NOTE",
    "reason": "SECRET-REASON",
    "conditions": "SECRET-CONDITION",
}
SECRET_AMOUNT = 4321


class PortalCommon(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")

    @classmethod
    def seen(cls, request):
        """Return all that the applicant of ``request`` sees, as one text, as the pages and tracking say it."""
        request = request.sudo().with_context(lang="en_US")
        return json.dumps([request._portal_values(), request._track_values()])

    @classmethod
    def make_support(cls, number="1123456780", **vals):
        beneficiary = vals.pop("beneficiary", None) or cls.make_beneficiary(number=number)
        return cls.submit(cls.make_request(cls.support, beneficiary_id=beneficiary.id, **vals))

    @classmethod
    def make_heard(cls, **vals):
        """Return a support request before the committee, with all that was written on the way there."""
        request = cls.make_support(**vals)
        request.message_post(body=INSIDE["note"])
        cls.study(request, amount=SECRET_AMOUNT)
        request.activity_schedule("mail.mail_activity_data_todo", summary=INSIDE["note"], user_id=cls.officer.id)
        return request


@tagged("post_install", "-at_install")
class TestPortalValues(PortalCommon):
    """P-35: the applicant follows his request from the receipt to the end, and learns a decision by its reply only."""

    def test_every_state_has_a_stage(self):
        self.assertEqual(STAGES.keys() | {"draft"}, dict(STATES).keys())
        request = self.make_request()
        for stage in set(STAGES.values()):
            self.assertTrue(request._portal_stage_label(stage))

    def assertNothingLeaks(self, request, *more):
        seen = self.seen(request)
        people = [user.name for user in (self.chair, self.deputy, self.member, self.secretary, self.researcher)]
        for word in (*INSIDE.values(), *people, *more):
            self.assertNotIn(word, seen, request.state)

    def test_decided_reads_as_with_the_committee(self):
        """A decision, its amount and conditions show nowhere until the reply, whatever was decided."""
        cases = [
            ("accept", {"amount": SECRET_AMOUNT, "conditions": INSIDE["conditions"]}),
            ("partial", {"amount": SECRET_AMOUNT, "conditions": INSIDE["conditions"]}),
            ("reject", {}),
        ]
        for place, (kind, vals) in enumerate(cases):
            with self.subTest(kind=kind):
                request = self.make_heard(number=("1123456780", "1000000016", "1000000024")[place])
                before = self.seen(request)
                self.decide(request, kind, **vals)
                self.assertEqual(request.state, "decided")
                self.assertEqual(self.seen(request), before)
                self.assertNothingLeaks(request, "4,321", "4321")

    def test_a_prepared_reply_shows_nothing(self):
        """P-35, mode "block": the reply that is held until its day is nobody's to see before."""
        request = self.make_heard()
        before = self.seen(request)
        self.decide(request, amount=SECRET_AMOUNT)
        request.write({"reply_channel_id": self.channel.id})
        request.with_user(self.officer).action_hold_reply()
        self.assertTrue(request.reply_send_on)
        self.assertEqual(self.seen(request), before)

    def test_no_state_leaks(self):
        """Whatever staff writes on the way shows in no state: findings, notes, reasons, votes, names."""
        request = self.make_support()
        states = [request.state]
        request.message_post(body=INSIDE["note"])
        self.assertNothingLeaks(request)
        request.write({"state": "incomplete", "move_reason": INSIDE["reason"]})
        self.assertNothingLeaks(request)
        states.append(request.state)
        request.write({"state": "submitted"})
        self.assertNothingLeaks(request)
        self.study(request, amount=SECRET_AMOUNT)
        states.append("research")
        study = request.with_user(self.researcher).study_ids
        self.assertNothingLeaks(request, study.findings, study.need_assessment, "4,321")
        states.append(request.state)
        self.decide(request, amount=SECRET_AMOUNT, conditions=INSIDE["conditions"])
        self.assertNothingLeaks(request, "4,321")
        states.append(request.state)
        self.reply(request, "approved")
        # told: the amount is his to know; conditions stand in the letter
        self.assertIn("4,321", self.seen(request))
        self.assertNothingLeaks(request)
        states.append(request.state)
        self.order(request)
        self.assertNothingLeaks(request, *request.order_ids.mapped("number"))
        states.append(request.state)
        request.with_user(self.manager).write({"state": "cancelled", "move_reason": INSIDE["reason"]})
        self.assertNothingLeaks(request)
        states.append(request.state)
        self.assertEqual(
            states,
            ["submitted", "incomplete", "research", "committee", "decided", "approved", "delivery", "cancelled"],
        )

    def test_every_end(self):
        """Each end says in plain words what happened, and awaits nothing."""
        for place, end in enumerate(("rejected", "withdrawn", "cancelled")):
            request = self.make_heard(number=("1123456780", "1000000016", "1000000024")[place])
            if end == "rejected":
                self.decide(request, "reject")
                self.reply(request, "rejected")
            else:
                user = self.officer if end == "withdrawn" else self.manager
                request.with_user(user).write({"state": end, "move_reason": INSIDE["reason"]})
            values = request.sudo()._portal_values()
            self.assertFalse(values["is_open"])
            self.assertEqual((values["awaited"]["who"], values["todo"]), ("", []))
            self.assertNothingLeaks(request)

    def test_tracking_tells_the_least(self):
        """On somebody else's telephone: neither person, service, subject nor words of the request."""
        request = self.make_heard(subject="SUBJECT-WORDS", description="DESCRIPTION-WORDS")
        tracked = json.dumps(request.sudo()._track_values())
        for word in (request.beneficiary_id.name, request.service_id.name, "SUBJECT-WORDS", "DESCRIPTION-WORDS"):
            self.assertNotIn(word, tracked)
        self.assertIn(request.number, tracked)

    def test_pause_is_explained(self):
        """P-35: while the applicant is awaited the period is paused, and the page says since when and why."""
        request = self.make_support()
        self.assertEqual(request.sudo()._portal_reply()["note"], "")
        request.write({"state": "incomplete", "move_reason": "The register is missing"})
        values = request.sudo().with_context(lang="en_US")._portal_values()
        self.assertIn("paused since", values["reply"]["note"])
        self.assertEqual(values["awaited"]["who"], "you")
        self.assertEqual(values["steps"]["current"], "received", "it stands where it was")
