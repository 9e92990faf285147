from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import SIGNATURE, CpaCommon


@tagged("post_install", "-at_install")
class TestDelivery(CpaCommon):
    """P-37: what was granted is planned, handed over, acknowledged; nothing is closed before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls.env.ref("cpa_beneficiary.service_sup_goods")

    def given(self, amount=1000, **vals):
        """Return the line of a request, paid and handed over."""
        request = self.approve(amount=amount, **vals)
        self.pay(self.order(request)).action_hand_over()
        return request.delivery_ids

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    def test_planned_from_the_decision(self):
        """What was granted, of the service's kind, where it suits the person (P-11), when and by whom."""
        with freeze_time("2026-03-01 09:00:00"):
            request = self.approve(branch_id=self.branch.id)
        line = request.delivery_ids
        self.assertEqual((line.name, line.kind, line.amount), (request.subject, "money", 1000))
        self.assertEqual((line.place, str(line.planned_date)), ("transfer", "2026-03-08"), "to his account, in a week")
        self.assertEqual((line.user_id, line.branch_id), (self.officer, self.branch))
        self.assertEqual(request.granted_amount, 1000)

    def test_planned_near_to_who_cannot_come(self):
        """P-11: goods of a service given at a branch are brought to who needs help to come."""
        self.goods.place = "branch"
        request = self.approve(self.goods, amount=0)
        self.assertEqual((request.delivery_ids.kind, request.delivery_ids.place), ("goods", "branch"))
        lame = self.make_beneficiary(number="1098765439", accessibility_needs="Wheelchair", phone="0501112223")
        self.assertEqual(self.approve(self.goods, amount=0, beneficiary_id=lame.id).delivery_ids.place, "home")

    def test_accepted_as_asked(self):
        """An acceptance without an amount of its own grants what was asked for."""
        request = self.approve(amount=0, amount_requested=700)
        self.assertEqual((request.granted_amount, request.delivery_ids.amount), (700, 700))

    def test_never_more_than_granted(self):
        """Neither by a second line nor by a larger one; the manager neither: more is a new decision."""
        request = self.approve()
        Line = self.env["cpa.delivery"].with_user(self.officer)
        with self.assertRaisesRegex(ValidationError, r"1,000.*granted.*1,001.*new decision"), self.cr.savepoint():
            Line.create({"request_id": request.id, "name": "More", "amount": 1})
        for user in (self.officer, self.manager):
            with self.assertRaisesRegex(ValidationError, "new decision"), self.cr.savepoint():
                request.delivery_ids.with_user(user).amount = 1000.5
        request.delivery_ids.amount = 600
        Line.create({"request_id": request.id, "name": "Vouchers", "kind": "voucher", "amount": 400})
        Line.create({"request_id": request.id, "name": "A chair", "kind": "goods", "amount": 90})

    def test_a_decision_without_amount_gives_no_money(self):
        request = self.approve(amount=0)
        self.assertFalse(request.delivery_ids)
        with self.assertRaisesRegex(ValidationError, "new decision"), self.cr.savepoint():
            self.env["cpa.delivery"].with_user(self.officer).create(
                {"request_id": request.id, "name": "Cash", "amount": 5}
            )

    # ------------------------------------------------------------------
    # Handed over
    # ------------------------------------------------------------------

    def test_fixed_once_handed_over(self):
        """Between the hand-over and the receipt nothing of it changes, for nobody."""
        line = self.given()
        other = new_test_user(self.env, "other_officer", groups="cpa_beneficiary.group_officer")
        for vals in (
            {"amount": 900},
            {"quantity": 2},
            {"place": "home"},
            {"user_id": other.id},
            {"name": "Other"},
            {"kind": "goods"},
            {"branch_id": self.branch.id},
            {"planned_date": "2030-01-01"},
        ):
            for user in (self.officer, self.manager):
                with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "has been handed over"):
                    line.with_user(user).write(vals)
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "has been handed over"):
                line.sudo().write(
                    {**vals, "acknowledged_by": "signature", "signature": SIGNATURE, "state": "acknowledged"}
                )
        line.write({"amount": 1000.0, "place": line.place})  # what a form sends back unchanged

    def test_branch_is_not_handed_away(self):
        """P-26: a delegate gives no line to a branch that is not his."""
        request = self.approve(self.goods, amount=0, branch_id=self.branch.id)
        line = request.delivery_ids.with_user(self.delegate)
        other = self.branch.copy({"name": "Other branch", "delegate_ids": False})
        with self.assertRaisesRegex(AccessError, "handed to another one by an officer"):
            line.branch_id = other
        with self.assertRaises(AccessError):
            line.branch_id = False
        line.with_user(self.officer).branch_id = other

    def test_delegate_hands_over_in_the_own_branch(self):
        """P-26, P-37: the delegate delivers what his branch serves, and nothing else."""
        request = self.approve(self.goods, amount=0, branch_id=self.branch.id)
        request.write({"state": "delivery"})
        line = request.delivery_ids.with_user(self.delegate)
        line.write({"state": "delivered"})
        line.write({"acknowledged_by": "signature", "signature": SIGNATURE, "state": "acknowledged"})
        elsewhere = self.approve(self.goods, amount=0, number="1098765439")
        elsewhere.write({"state": "delivery"})
        with self.assertRaises(AccessError):
            elsewhere.delivery_ids.with_user(self.delegate).write({"state": "delivered"})

    def test_others_only_read(self):
        line = self.given()
        for role in ("auditor", "member", "secretary", "privacy", "researcher"):
            with self.subTest(role), self.assertRaises(AccessError):
                line.with_user(getattr(self, role)).write({"witness_name": "x"})

    # ------------------------------------------------------------------
    # A part of it
    # ------------------------------------------------------------------

    def part(self, line, **vals):
        wizard = Form(
            self.env["cpa.delivery.part.wizard"].with_user(self.officer).with_context(default_delivery_id=line.id)
        )
        for name, value in vals.items():
            setattr(wizard, name, value)
        wizard.save().action_confirm()
        return line.rest_ids

    def test_a_part_is_handed_over(self):
        """The rest is planned with a day of its own; both are what was planned; the history says it."""
        request = self.approve(self.goods, amount=900)
        request.write({"state": "delivery"})
        line = request.delivery_ids
        line.quantity = 3
        rest = self.part(line, quantity=1, rest_date="2099-05-01")
        self.assertEqual((line.state, line.quantity, line.amount), ("delivered", 1, 300))
        self.assertEqual((rest.state, rest.quantity, rest.amount, rest.rest_of_id), ("planned", 2, 600, line))
        self.assertEqual(str(rest.planned_date), "2099-05-01")
        self.assertIn("the rest, 2", line.message_ids[0].body)
        story = str(request.story_html)
        self.assertIn("Still to be given: 2", story)
        self.acknowledge(line)
        with self.assertRaisesRegex(UserError, "Not acknowledged"):
            request.write({"state": "done"})

    def test_a_part_of_money_stays_on_its_order(self):
        """One payment order, paid once, is handed over in parts; before it is paid the line is only divided."""
        request = self.approve()
        order = self.order(request)
        line = request.delivery_ids
        rest = self.part(line, amount=400)
        self.assertEqual((line.state, rest.state, rest.order_id), ("planned", "planned", order))
        self.assertEqual((sum(order.line_ids.mapped("amount")), order.amount), (1000, 1000))
        self.pay(order)
        second = self.part(rest, amount=100)
        self.assertEqual((rest.state, rest.amount, second.amount), ("delivered", 100, 500))
        second.write({"state": "delivered"})
        self.assertEqual(sum(request.delivery_ids.mapped("amount")), 1000)

    def test_no_part(self):
        request = self.approve()
        line = request.delivery_ids
        for amount in (0, 1000, 1200, -1, 0.001):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                line._split(1, amount, "2099-01-01")
        with self.assertRaises(AccessError):
            line.with_user(self.auditor)._split(1, 10, "2099-01-01")
        self.assertEqual(line.amount, 1000)

    # ------------------------------------------------------------------
    # The receipt
    # ------------------------------------------------------------------

    def test_ways_to_acknowledge(self):
        """Each way says in one message all that it lacks."""
        line = self.given()
        for vals, missing in (
            ({}, ["How the beneficiary"]),
            ({"acknowledged_by": "signature"}, ["signature"]),
            ({"acknowledged_by": "paper"}, ["scan"]),
            ({"acknowledged_by": "thumbprint"}, ["scan", "witness"]),
            ({"acknowledged_by": "thumbprint", "witness_name": line.beneficiary_id.name}, ["somebody else"]),
            ({"acknowledged_by": "portal", "signature": SIGNATURE}, ["himself"]),
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError) as caught:
                line.write({**vals, "state": "acknowledged"})
            for words in missing:
                self.assertIn(words, str(caught.exception))
            line.invalidate_recordset()
        self.acknowledge(line, acknowledged_by="thumbprint", witness_name="A witness", receipt_scan=SIGNATURE)
        self.assertEqual(line.receiver_name, line.beneficiary_id.name)
        self.assertTrue(line.receipt_number and line.acknowledged_at)

    def test_scan_of_the_receipt_is_evidence(self):
        line = self.given()
        self.acknowledge(line, acknowledged_by="paper", receipt_scan=SIGNATURE)
        scan = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", line._name), ("res_id", "=", line.id), ("res_field", "=", "receipt_scan")])
        )
        for attempt in (scan.unlink, lambda: scan.write({"raw": b"x"}), lambda: line.write({"receipt_scan": False})):
            with self.assertRaises(UserError):
                attempt()

    def test_agent_valid_that_day(self):
        """Whose power of attorney has run out on the day of the receipt does not receive; on an earlier day he did."""
        line = self.given()
        agent = (
            self.env["cpa.representation"]
            .with_user(self.officer)
            .create(
                {
                    "beneficiary_id": line.beneficiary_id.id,
                    "representative_id": self.env["res.partner"].with_user(self.officer).create({"name": "Agent"}).id,
                    "kind": "agent",
                    "power_number": "77",
                    "valid_until": "2099-01-10",
                }
            )
        )
        line.representation_id = agent
        with freeze_time("2099-01-12 09:00:00"):
            with self.assertRaisesRegex(UserError, "power of attorney no. 77"):
                self.acknowledge(line)
            self.acknowledge(
                line, move_happened_at="2099-01-10 09:00:00", move_reason="On the road", move_scan=SIGNATURE
            )
        self.assertEqual(line.receiver_name, "Agent")

    def test_carer_and_stranger_do_not_sign(self):
        line = self.given()
        other = self.make_beneficiary(number="1098765439", phone="0501112223")
        partner = self.env["res.partner"].with_user(self.officer).create({"name": "Somebody"})
        for person, kind, words in ((line.beneficiary_id, "carer", "carer"), (other, "guardian", "somebody else")):
            line.representation_id = self.env["cpa.representation"].create(
                {"beneficiary_id": person.id, "representative_id": partner.id, "kind": kind}
            )
            with self.assertRaisesRegex(UserError, words):
                self.acknowledge(line)

    def test_on_the_portal_only_himself(self):
        """The beneficiary acknowledges on the portal; nobody does it for him, and he does nothing else."""
        line = self.given()
        mine = new_test_user(self.env, "mine", groups="base.group_portal", partner_id=line.beneficiary_id.partner_id.id)
        stranger = new_test_user(self.env, "stranger", groups="base.group_portal")
        vals = {"acknowledged_by": "portal", "signature": SIGNATURE, "state": "acknowledged"}
        with self.assertRaisesRegex(UserError, "by you"):
            line.with_user(stranger).sudo().write(vals)
        with self.assertRaises(UserError):
            line.with_user(mine).sudo().write({"state": "cancelled", "move_reason": "x"})
        line.with_user(mine).sudo().write(vals)
        self.assertEqual(line.state, "acknowledged")

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def test_not_closed_before(self):
        """P-37: the officer closes what was acknowledged; the rest only the manager, with the reason."""
        line = self.given()
        request = line.request_id
        for user in (self.officer, self.manager):
            with self.assertRaises(UserError):
                request.with_user(user).write({"state": "done"})
        with self.assertRaisesRegex(UserError, "only the manager"):
            request.write({"state": "done", "move_reason": "He does not answer"})
        request.with_user(self.manager).write({"state": "done", "move_reason": "He does not answer"})
        self.assertEqual((request.state, line.state, request.granted_amount), ("done", "delivered", 1000))

    def test_all_cancelled_is_not_done_silently(self):
        """Nothing was delivered: the manager says why, and nothing stays granted."""
        request = self.approve()
        request.write({"state": "delivery"})
        request.delivery_ids.with_user(self.manager).write({"state": "cancelled", "move_reason": "Found help"})
        with self.assertRaisesRegex(UserError, "Nothing was delivered"):
            request.write({"state": "done"})
        with self.assertRaisesRegex(UserError, "reason"):
            request.with_user(self.manager).write({"state": "done"})
        request.with_user(self.manager).write({"state": "done", "move_reason": "Found help"})
        self.assertFalse(request.granted_amount)

    def test_in_progress_ends_with_its_delivery(self):
        """A service without committee that gives something is not done before it is given."""
        service = self.env.ref("cpa_beneficiary.service_aware")
        request = self.submit(
            self.make_request(
                service,
                beneficiary_id=self.make_beneficiary().id,
                awareness_body="School",
                awareness_audience="Pupils",
                awareness_headcount=30,
                awareness_at="2099-01-01 09:00:00",
            )
        )
        request.write({"state": "in_progress"})
        with self.assertRaisesRegex(UserError, "ends with a delivery"):
            self.reply(request, "done")
        with self.assertRaisesRegex(UserError, "Plan what is delivered"):
            request.write({"state": "delivery"})
        line = (
            self.env["cpa.delivery"]
            .with_user(self.officer)
            .create({"request_id": request.id, "name": "Session", "kind": "service", "place": "site"})
        )
        request.write({"state": "delivery"})
        line.write({"state": "delivered"})
        self.acknowledge(line)
        request.write({"state": "done"})

    def test_what_was_given_is_not_withdrawn(self):
        """After the hand-over, and after the payment, no withdrawal makes it undone."""
        request = self.approve()
        order = self.pay(self.order(request))
        for user, state in ((self.officer, "withdrawn"), (self.manager, "cancelled")):
            with self.assertRaisesRegex(UserError, order.number):
                request.with_user(user).write({"state": state, "move_reason": "x"})
        with self.assertRaisesRegex(UserError, order.number):
            request.with_user(self.manager).write({"state": "done", "move_reason": "x"})
        order.action_hand_over()
        with self.assertRaisesRegex(UserError, "handed over"):
            request.write({"state": "withdrawn", "move_reason": "x"})

    def test_closing_drops_what_was_planned(self):
        """With its request closes what was planned and not paid; the journal says so."""
        request = self.approve()
        order = self.order(request)
        line = request.delivery_ids
        request.write({"state": "withdrawn", "move_reason": "Found help"})
        self.assertEqual((line.state, order.state, request.granted_amount), ("cancelled", "cancelled", 0))
        moves = self.env["cpa.request.move"].search([("request_id", "=", request.id), ("to_state", "=", "cancelled")])
        self.assertEqual(set(moves.mapped("res_model")), {"cpa.delivery", "cpa.payment.order"})

    # ------------------------------------------------------------------
    # Overdue
    # ------------------------------------------------------------------

    def remind(self, day):
        cron = type(self.env["ir.cron"])
        with freeze_time(f"{day} 05:00:00"), patch.object(cron, "_commit_progress", return_value=1):
            self.env["cpa.delivery"].with_user(self.env.ref("base.user_root"))._cron_remind()

    def test_reminders_once(self):
        """Who delivers is reminded once, the manager after a week more; another day begins anew."""
        with freeze_time("2026-03-01 09:00:00"):
            line = self.approve().delivery_ids  # planned for 8 March
        self.env.company.write({"cpa_delivery_remind_days": 0, "cpa_delivery_escalate_days": 7})
        about = lambda user: line.sudo().activity_ids.filtered(lambda a: a.user_id == user)  # noqa: E731
        self.remind("2026-03-08")
        self.assertFalse(line.activity_ids, "its day is not over")
        for day in ("2026-03-09", "2026-03-10", "2026-03-15"):
            self.remind(day)
            self.assertEqual((len(about(self.officer)), len(about(self.manager))), (1, 0), day)
        for day in ("2026-03-16", "2026-03-17"):
            self.remind(day)
            self.assertEqual((len(about(self.officer)), len(about(self.manager))), (1, 1), day)
        self.assertEqual((str(line.reminded_on), str(line.escalated_on)), ("2026-03-09", "2026-03-16"))
        line.planned_date = "2026-03-20"
        self.assertFalse(line.reminded_on or line.activity_ids)
        self.remind("2026-03-22")
        self.assertEqual(len(about(self.officer)), 1)

    def test_nobody_is_reminded_on_a_free_day(self):
        """P-37: planned for Thursday, the reminder comes on Sunday, when people work again."""
        with freeze_time("2026-03-01 09:00:00"):
            line = self.approve().delivery_ids
        line.planned_date = "2026-03-12"  # a Thursday
        self.env.company.cpa_delivery_remind_days = 0
        for day in ("2026-03-13", "2026-03-14"):
            self.remind(day)
            self.assertFalse(line.activity_ids, day)
        self.remind("2026-03-15")
        self.assertEqual(line.activity_ids.user_id, self.officer)

    def test_reminders_read_what_is_due_only(self):
        """As many queries for a hundred lines that are not due as for none."""
        request = self.approve(self.goods, amount=0)
        vals = {"request_id": request.id, "name": "x", "kind": "goods", "planned_date": "2030-01-01"}

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.remind("2026-01-01")
            return self.env.cr.sql_log_count - before

        queries()
        none = queries()
        self.env["cpa.delivery"].create([vals] * 100)
        self.assertEqual(queries(), none)
