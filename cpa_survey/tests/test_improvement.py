"""What was said leads to something: actions, measured before and after, and told to those who spoke (P-16 to P-18)."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SurveyCommon, freeze_time

MAY = "2026-05-20 09:00:00"
JUNE = "2026-06-20 09:00:00"


@tagged("post_install", "-at_install")
class TestImprovement(SurveyCommon):
    def proposed(self, **vals):
        domain = [("state", "=", "proposed"), *((name, "=", value) for name, value in vals.items())]
        return self.env["cpa.improvement.action"].with_user(self.manager).search(domain)

    def planned(self, action, user=None):
        vals = {"plan": "Say it in fewer words", "user_id": (user or self.officer).id, "date_due": "2026-05-01"}
        with freeze_time("2026-04-21 09:00:00"):
            action.write(vals)
            action.write({"state": "planned"})
        return action

    def test_low_figure(self):
        """P-18: a low figure proposes an action, once; a good one proposes none."""
        self.answers([1, 2, 3, 5, 2])
        self.count()
        action = self.proposed()
        self.assertEqual((action.before_value, str(action.before_until)), (20.0, "2026-03-31"))
        self.assertFalse(action.user_id, "whose work it was about is nowhere")
        self.answers([1, 2, 3, 5, 2], at="2026-04-20 09:00:00")
        self.count(MAY)
        self.assertEqual(self.proposed(), action, "one is open already")

    def test_named_in_the_language_of_the_association(self):
        """The job has no language of its own: what it proposes is read by people who work in Arabic."""
        self.env["res.lang"]._activate_lang("ar_001")
        self.answers([1, 2, 3, 5, 2])
        self.count()
        self.assertIn("مارس", self.proposed().name)

    def test_good_figure(self):
        self.answers([5, 5, 4, 4, 2])
        self.count()
        self.assertFalse(self.proposed())

    def test_measured_by_itself(self):
        """P-18: nothing is closed without the figure of a whole period afterwards, which nobody types."""
        self.answers([1, 2, 3, 5, 2])
        self.count()
        action = self.proposed()
        with self.assertRaisesRegex(UserError, "owns it"):
            action.write({"state": "planned"})
        self.planned(action)
        own = action.with_user(self.officer)
        with self.assertRaisesRegex(UserError, "owns this action"):
            action.with_user(self.second).write({"state": "done"})
        with self.assertRaises(AccessError):
            action.with_user(self.second).write({"plan": "Nothing"})
        with freeze_time("2026-04-22 09:00:00"):
            own.write({"state": "done"})
        with self.assertRaisesRegex(UserError, "measures itself"):
            action.write({"state": "closed"})
        with self.assertRaises(UserError):
            action.write({"after_value": 100})
        # April had begun before it was done; May is the first whole month
        self.answers([1] * 5, at="2026-04-25 09:00:00")
        self.count(MAY)
        self.assertFalse(action.after_until)
        self.answers([5, 5, 4, 4, 1], at="2026-05-25 09:00:00")
        self.count(JUNE)
        self.assertEqual((action.after_value, str(action.after_until)), (80.0, "2026-05-31"))
        action.write({"state": "closed"})

    def test_returned_requests(self):
        """P-18: what keeps coming back is an obstacle of the service, not of a person."""
        self.company.cpa_improvement_count = 2
        with freeze_time("2026-03-10 09:00:00"):
            for number in ("1123456780", "1012345672"):
                person = self.make_beneficiary(number=number)
                request = self.submit(self.make_request(self.support, beneficiary_id=person.id))
                request.write({"state": "incomplete", "move_reason": "The contract is missing"})
            self.ask()
        self.count()
        action = self.proposed(basis="returned")
        self.assertEqual((action.service_id, action.before_value), (self.support, 2.0))
        self.planned(action)
        with freeze_time("2026-04-22 09:00:00"):
            action.write({"state": "done"})
        self.ask(at="2026-05-10 09:00:00")
        self.count(JUNE)
        self.assertEqual((action.after_value, str(action.after_until)), (0.0, "2026-05-31"))

    def test_late_replies(self):
        """P-18, P-35: what counts is how the clock stood when the reply went out, as it was kept then."""
        self.company.cpa_improvement_count = 2
        with freeze_time("2026-03-10 09:00:00"):
            for number, timing in (("1123456780", "late"), ("1012345672", "past_ceiling"), ("1123456798", "on_time")):
                person = self.make_beneficiary(number=number)
                request = self.submit(self.make_request(self.support, beneficiary_id=person.id))
                request._lifecycle_set({"replied_at": "2026-03-20 09:00:00", "reply_timing": timing})
            self.ask()
        self.count()
        action = self.proposed(basis="late")
        self.assertEqual((action.service_id, action.before_value), (self.support, 2.0))

    def test_own_idea(self):
        """The manager may begin one himself; what measures it is asked for before it is planned."""
        vals = {"name": "Long way to the counter", "basis": "figure", "event_code": "reply"}
        action = self.env["cpa.improvement.action"].with_user(self.manager).create(vals)
        with self.assertRaisesRegex(UserError, "A figure from before"):
            self.planned(action)
        self.answers([5, 5, 4, 4, 2])
        self.count()
        self.assertEqual(self.planned(action).before_value, 80.0)

    def test_what_we_changed(self):
        """P-16, P-18: told by choice, in words written for it, once it is done."""
        self.answers([1] * 5)
        self.count()
        Action = self.env["cpa.improvement.action"].with_user(self.env.ref("base.public_user"))
        action = self.planned(self.proposed())
        with self.assertRaises(UserError):
            action.is_published = True
        action.write({"public_text": "The letter is one page now.", "is_published": True})
        self.assertEqual(Action._public_texts(self.company), [])
        action.write({"state": "done"})
        self.assertEqual(Action._public_texts(self.company), ["The letter is one page now."])

    def test_callback(self):
        """A wish to be called is a record of its own, tied to no answer."""
        Callback = self.env["cpa.survey.callback"].with_user(self.env.ref("base.public_user"))
        typed = Callback._typed({"name": " محمد ", "phone": "٠٥٠١٢٣٤٥٦٧", "text": "x" * 5000})
        self.assertFalse(Callback._wish(typed, "10.0.0.1"))
        wish = self.env["cpa.survey.callback"].with_user(self.officer).search([])
        self.assertEqual((wish.name, wish.phone, len(wish.text)), ("محمد", "+966501234567", 1000))
        self.assertFalse({"invitation_id", "partner_id", "create_date", "survey_id"} & wish._fields.keys())
        self.assertTrue(Callback._wish(Callback._typed({"phone": "12"}), "10.0.0.1"))
        for _turn in range(5):
            refused = Callback._wish(typed, "10.0.0.1")
        self.assertIn("Too many", refused)
        with self.assertRaisesRegex(UserError, "stays as"):
            wish.write({"phone": "+966555555555"})
        wish.action_called()
        with self.assertRaises(AccessError):
            wish.with_user(self.auditor).read(["phone"])

    def test_culture_is_off_until_switched_on(self):
        """P-17: the activities' menu is there once a company uses them."""
        menu = self.env.ref("cpa_survey.cpa_culture_activity_menu")
        self.assertFalse(menu.active)
        self.company.cpa_culture = True
        self.assertTrue(menu.active)
        self.company.cpa_culture = False
        self.assertFalse(menu.active)
        activity = (
            self.env["cpa.culture.activity"].with_user(self.manager).create({"name": "Workshop", "attendance": 7})
        )
        self.assertEqual(activity.company_id, self.company)
