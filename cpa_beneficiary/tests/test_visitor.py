from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CpaCommon


@tagged("post_install", "-at_install")
class TestVisitor(CpaCommon):
    """P-31: arrival, beginning and end of a visit keep themselves; two clerks never handle one visitor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, "cpa_clerk", groups="cpa_beneficiary.group_officer", name="Second clerk")

    def visitor(self, user=None, **vals):
        return self.env["cpa.visitor"].with_user(user or self.officer).create({"name": "زائر تجريبي", **vals})

    def moves(self, visitor, *steps):
        """Move a visitor: each step is its time on the clock and the state."""
        for clock, state in steps:
            with freeze_time(f"2026-03-01 {clock}"):
                visitor.write({"state": state})

    def test_times_are_those_of_the_moves(self):
        """P-31: waiting, served and parked time add up to the visit; parked twice, both count."""
        with freeze_time("2026-03-01 06:00:00"):
            visitor = self.visitor()
        self.moves(
            visitor,
            ("06:10:00", "served"),
            ("06:15:00", "parked"),
            ("06:25:00", "served"),
            ("06:26:00", "parked"),
            ("06:56:00", "left"),
        )
        minutes = [round(60 * visitor[name]) for name in ("waited_hours", "served_hours", "parked_hours")]
        self.assertEqual(minutes, [10, 6, 40])
        self.assertEqual(str(visitor.arrived_at), "2026-03-01 06:00:00")
        self.assertEqual(str(visitor.started_at), "2026-03-01 06:10:00", "the first time he was served")
        self.assertEqual(str(visitor.ended_at), "2026-03-01 06:56:00")
        self.assertEqual(visitor.user_id, self.officer)

    def test_times_are_never_capped(self):
        """P-31: a visitor who stays for long is given the time; nothing ends his visit for him."""
        with freeze_time("2026-03-01 06:00:00"):
            visitor = self.visitor()
            visitor.write({"state": "served"})
        with freeze_time("2026-03-03 06:00:00"):
            visitor.write({"state": "left"})
        self.assertEqual(visitor.served_hours, 48)

    def test_times_are_never_typed(self):
        """P-31: nobody types a time or who served, at the beginning or later."""
        visitor = self.visitor()
        for name, value in {
            "arrived_at": "2026-01-01 08:00:00",
            "started_at": "2026-01-01 08:00:00",
            "ended_at": "2026-01-01 08:00:00",
            "waited_hours": 1,
            "served_hours": 1,
            "parked_hours": 1,
            "left_open_count": 1,
            "user_id": self.officer.id,
        }.items():
            with self.subTest(field=name):
                with self.assertRaisesRegex(UserError, "kept by the system"):
                    visitor.write({name: value})
                with self.assertRaisesRegex(UserError, "kept by the system"):
                    self.visitor(**{name: value})

    def test_only_who_serves_parks_and_ends(self):
        """P-31: a colleague neither parks nor ends another's visit; a parked one he may take over."""
        visitor = self.visitor()
        visitor.write({"state": "served"})
        theirs = visitor.with_user(self.clerk)
        for state in ("parked", "left"):
            with self.assertRaisesRegex(UserError, "serves this visitor"):
                theirs.write({"state": state})
        visitor.write({"state": "parked"})
        theirs.write({"state": "served"})
        self.assertEqual(visitor.user_id, self.clerk)
        visitor.with_user(self.manager).write({"state": "left"})

    def test_a_visit_that_ended_is_evidence(self):
        visitor = self.visitor()
        visitor.write({"state": "left"})
        self.assertFalse(visitor.started_at, "he gave up waiting")
        with self.assertRaisesRegex(UserError, "evidence"):
            visitor.write({"name": "Another"})
        with self.assertRaisesRegex(UserError, "cannot go"):
            visitor.write({"state": "served"})
        with self.assertRaises(UserError):
            visitor.sudo().unlink()

    def test_questions_left_open(self):
        """P-31: leaving with a question open is allowed; how many there were is kept, the question stays open."""
        visitor = self.visitor()
        reception = self.env["cpa.reception"].with_user(self.officer)
        reception.save_inquiry(visitor.id, {"question": "متى يصل الدعم؟"})
        reception.save_inquiry(visitor.id, {"question": "أين الفرع؟", "answer": "في شرورة"})
        self.assertEqual(len(visitor.inquiry_ids), 1, "further questions of a visit join its inquiry")
        self.assertEqual(visitor.open_question_count, 1)
        visitor.write({"state": "left"})
        self.assertEqual(visitor.left_open_count, 1)
        self.assertEqual(visitor.inquiry_ids.question_ids.mapped("state"), ["open", "answered"])

    def test_roles(self):
        """Officers see all visitors, a delegate those of the own branch; who does not receive people sees none."""
        mine = self.visitor(user=self.delegate)
        other = self.visitor()
        self.assertEqual(mine.branch_id, self.branch)
        self.assertEqual(mine.channel_code, "delegate", "P-26: the delegate is the channel")
        self.assertEqual(other.channel_code, "interview")
        self.assertEqual(self.env["cpa.visitor"].with_user(self.delegate).search([]), mine)
        with self.assertRaises(AccessError):
            other.with_user(self.delegate).read(["name"])
        for user in (self.officer, self.manager, self.auditor, self.privacy):
            self.assertLessEqual(mine | other, self.env["cpa.visitor"].with_user(user).search([]))
        for user in (self.researcher, self.member, self.secretary, self.plain):
            self.assertFalse(self.env["cpa.visitor"].with_user(user).has_access("read"), user.login)
        for user in (self.manager, self.auditor, self.privacy):
            self.assertFalse(self.env["cpa.visitor"].with_user(user).has_access("create"), user.login)

    def test_companies_are_apart(self):
        company = self.env["res.company"].create({"name": "Other association"})
        other = new_test_user(
            self.env,
            "cpa_other_officer",
            groups="cpa_beneficiary.group_officer",
            company_id=company.id,
            company_ids=company.ids,
        )
        visitor = self.visitor()
        self.assertFalse(self.env["cpa.visitor"].with_user(other).search([("id", "=", visitor.id)]))
