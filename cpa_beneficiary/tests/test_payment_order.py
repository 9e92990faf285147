import io

import pypdf
from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from pdfminer.high_level import extract_text

from ..tools.hijri import format_both
from ..tools.text import ascii_digits
from .common import ROLES, SIGNATURE, CpaCommon
from .test_papers import PapersCommon, plain

READERS = ("auditor", "delegate", "officer", "manager", "privacy")
ORDER = "cpa_beneficiary.cpa_payment_order_report"
RECEIPT = "cpa_beneficiary.cpa_delivery_report_receipt"


@tagged("post_install", "-at_install")
class TestPaymentOrder(CpaCommon):
    """P-37: money and vouchers leave on an order that one prepares, another approves, and a proof closes."""

    def test_from_request_to_hand_over(self):
        """One click prepares it: number, payee, account, amount and the decision on which it rests."""
        with freeze_time("2026-03-01 09:00:00"):
            request = self.approve(branch_id=self.branch.id)
            order = self.order(request)
        self.assertEqual(request.state, "delivery", "the delivery starts with it")
        self.assertRegex(order.number, r"^PO-2026-\d{4}$")
        self.assertEqual((order.payee, order.amount, order.method), (request.beneficiary_id.name, 1000, "transfer"))
        self.assertEqual(order.session_number, request.case_ids.session_id.number)
        self.assertEqual(str(order.session_date), "2026-03-01")
        self.assertEqual((order.prepared_by, order.granted_amount), (self.officer, 1000))
        line = request.delivery_ids
        with self.assertRaisesRegex(UserError, f"{order.number}.*not paid yet"):
            line.write({"state": "delivered"})
        order.with_user(self.manager).write({"state": "approved"})
        with self.assertRaisesRegex(UserError, "not paid yet"):
            line.write({"state": "delivered"})
        with self.assertRaisesRegex(UserError, "scan of the transfer"):
            order.write({"state": "paid"})
        order.write({"proof": SIGNATURE, "proof_name": "transfer.png", "reference": "T1", "state": "paid"})
        order.action_hand_over()
        self.assertEqual(line.state, "delivered")

    def test_no_money_without_order(self):
        """Neither money nor vouchers; goods need none."""
        request = self.approve()
        request.write({"state": "delivery"})
        request.delivery_ids.amount = 600
        line = self.env["cpa.delivery"].with_user(self.officer)
        vouchers = line.create({"request_id": request.id, "name": "V", "kind": "voucher", "amount": 400})
        for paid in request.delivery_ids:
            with self.assertRaisesRegex(UserError, "given on one only"):
                paid.write({"state": "delivered"})
        line.create({"request_id": request.id, "name": "G", "kind": "goods"}).write({"state": "delivered"})
        request.action_prepare_order()
        self.assertEqual(sorted(request.order_ids.mapped("method")), ["transfer", "voucher"], "one for each kind")
        order = vouchers.order_id
        order.with_user(self.manager).write({"state": "approved"})
        with self.assertRaisesRegex(UserError, "numbers of the vouchers"):
            order.write({"state": "paid"})
        order.write({"reference": "V-001 to V-004", "state": "paid"})
        vouchers.write({"state": "delivered"})

    def test_four_eyes(self):
        """Who prepared it does not approve it, also where he holds both roles; unless the association has but one."""
        both = self.officer
        both.group_ids |= self.env.ref("cpa_beneficiary.group_manager")
        order = self.order(self.approve())
        with self.assertRaisesRegex(UserError, "Somebody else"):
            order.write({"state": "approved"})
        self.env.company.cpa_four_eyes = False
        order.write({"state": "approved"})
        self.assertEqual(order.approved_by, both)

    def test_who_does_what(self):
        """The officer prepares and pays, the manager approves; nobody else does anything."""
        request = self.approve(branch_id=self.branch.id)
        request.write({"state": "delivery"})
        for role in set(ROLES) - {"officer", "manager"}:
            with self.subTest(role), self.assertRaises(AccessError):
                self.env["cpa.payment.order"].with_user(getattr(self, role)).create({"request_id": request.id})
        order = self.order(request)
        with self.assertRaisesRegex(UserError, "by you"):
            order.write({"state": "approved"})
        for role in ROLES:
            seen = self.env["cpa.payment.order"].with_user(getattr(self, role)).has_access("read")
            self.assertEqual(seen, role in READERS, role)
            if seen:
                self.assertEqual(self.env["cpa.payment.order"].with_user(getattr(self, role)).search([]), order, role)
        for role in ("auditor", "delegate", "privacy"):
            with self.subTest(role), self.assertRaises(AccessError):
                order.with_user(getattr(self, role)).write({"reference": "x"})
        request.branch_id = False
        self.assertFalse(self.env["cpa.payment.order"].with_user(self.delegate).search([]), "own branch only")

    def test_iban(self):
        """Copied whole, shown masked to who pays or answers for it; whole with a trace; to nobody else at all."""
        order = self.order(self.approve())
        iban = order.beneficiary_id.sudo().iban_plain
        self.assertEqual(order.sudo().iban_plain, iban)
        for role in ("officer", "manager", "privacy"):
            self.assertEqual(order.with_user(getattr(self, role)).iban, "•" * 20 + iban[-4:])
        with self.assertRaises(AccessError):
            order.with_user(self.auditor).read(["iban"])
        for role in ("officer", "manager", "auditor"):
            with self.subTest(role), self.assertRaises(AccessError):
                order.with_user(getattr(self, role)).read(["iban_plain"])
            with self.subTest(role), self.assertRaises(AccessError):
                self.env["cpa.payment.order"].with_user(getattr(self, role)).search([("iban_plain", "like", "SA")])
        with self.assertRaisesRegex(UserError, "who pay or answer"):
            order.with_user(self.auditor).action_show_iban()
        shown = order.with_user(self.manager).action_show_iban()
        self.assertEqual(shown["params"]["message"], iban)
        trace = self.env["cpa.access.trace"].search([], limit=1)
        self.assertEqual((trace.user_id, trace.datum, trace.partner_id), (self.manager, "iban_plain", order.partner_id))

    def test_lacks(self):
        """All that stands against an order, in one message."""
        request = self.approve()
        line = request.delivery_ids
        request.beneficiary_id.iban = False
        with self.assertRaisesRegex(UserError, "IBAN"), self.cr.savepoint():
            request.action_prepare_order()
        Order = self.env["cpa.payment.order"].with_user(self.officer)
        with self.assertRaises(UserError) as caught:
            Order.create({"request_id": request.id, "line_ids": [(6, 0, line.ids)]})
        for words in ("not in delivery", "IBAN"):
            self.assertIn(words, str(caught.exception))
        with self.assertRaisesRegex(UserError, "not paid by this order"):
            request.write({"state": "delivery"})
            Order.create({"request_id": request.id, "method": "voucher", "line_ids": [(6, 0, line.ids)]})

    def test_another_account_since(self):
        """An IBAN that changed after the order was prepared is not paid to unseen."""
        request = self.approve()
        order = self.order(request)
        request.beneficiary_id.iban = self.make_iban(99)
        with self.assertRaisesRegex(UserError, "another IBAN"):
            order.with_user(self.manager).write({"state": "approved"})
        order.write({"state": "cancelled", "move_reason": "Another account"})
        self.assertFalse(request.delivery_ids.order_id, "free for another order")
        again = self.order(request)
        self.assertNotEqual(again.number, order.number)
        self.assertEqual((order.amount, order.purpose), (1000, request.subject), "what it said stays")
        again.with_user(self.manager).write({"state": "approved"})

    def test_suspended_meanwhile(self):
        request = self.approve()
        order = self.order(request)
        request.beneficiary_id.with_user(self.manager).write({"state": "suspended", "move_reason": "Doubts"})
        with self.assertRaisesRegex(UserError, "Suspended"):
            order.with_user(self.manager).write({"state": "approved"})

    def test_what_it_covers_does_not_change(self):
        """The amount stands on the order: the line follows it, not the other way round."""
        request = self.approve()
        order = self.order(request)
        line = request.delivery_ids
        for vals in ({"amount": 900}, {"kind": "goods"}, {"quantity": 2}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, order.number):
                line.write(vals)
        for attempt in (
            lambda: line.with_user(self.manager).write({"state": "cancelled", "move_reason": "x"}),
            line.unlink,
            lambda: line.write({"order_id": False}),
            lambda: order.write({"amount": 1}),
            lambda: order.write({"line_ids": [(5,)]}),
            order.unlink,
        ):
            with self.assertRaises(UserError):
                attempt()
        line.write({"planned_date": "2099-01-01", "place": "branch"})

    def test_paid_is_frozen(self):
        """Once paid nothing of it changes, its proof neither; double-clicked it is paid once."""
        order = self.pay(self.order(self.approve()))
        paid_at = order.paid_at
        self.assertTrue(order.write({"state": "paid"}), "a second click says nothing and does nothing")
        order.with_context(to_state="paid").action_move()
        self.assertEqual(order.paid_at, paid_at)
        moves = self.env["cpa.request.move"].search([("res_model", "=", order._name), ("to_state", "=", "paid")])
        self.assertEqual(len(moves), 1)
        proof = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", order._name), ("res_id", "=", order.id), ("res_field", "=", "proof")])
        )
        for attempt in (
            lambda: order.write({"reference": "x"}),
            lambda: order.sudo().write({"proof": False}),
            proof.unlink,
            lambda: proof.write({"raw": b"x"}),
            lambda: order.with_user(self.manager).write({"state": "cancelled", "move_reason": "x"}),
        ):
            with self.assertRaises(UserError):
                attempt()

    def test_came_back(self):
        """The bank sends it back: the manager records it, another order pays; never after the hand-over."""
        request = self.approve()
        order = self.pay(self.order(request))
        with self.assertRaises(UserError):
            order.write({"state": "returned", "move_reason": "Wrong IBAN"})
        order.with_user(self.manager).write({"state": "returned", "move_reason": "Wrong IBAN"})
        again = self.pay(self.order(request))
        self.assertEqual(request.delivery_ids.order_id, again)
        again.action_hand_over()
        with self.assertRaisesRegex(UserError, "handed over"):
            again.with_user(self.manager).write({"state": "returned", "move_reason": "x"})

    def test_one_order_for_a_line(self):
        request = self.approve()
        order = self.order(request)
        with self.assertRaisesRegex(UserError, "has its payment order"):
            request.action_prepare_order()
        with self.assertRaisesRegex(UserError, f"on the payment order {order.number} already"):
            self.env["cpa.payment.order"].with_user(self.officer).create(
                {"request_id": request.id, "line_ids": [(6, 0, request.delivery_ids.ids)]}
            )

    def test_numbers_begin_anew_each_year(self):
        """By the day in Riyadh: an hour before midnight in Europe it is next year's there."""
        request = self.approve(amount=900)
        line = request.delivery_ids
        second = line._split(1, 300, "2099-01-01")
        third = second._split(1, 100, "2099-01-01")
        request.write({"state": "delivery"})
        numbers = []
        for part, moment in ((line, "2098-12-30 09:00"), (second, "2098-12-31 20:59"), (third, "2098-12-31 21:00")):
            with freeze_time(moment):
                part.action_prepare_order()
                numbers.append(part.order_id.number)
        self.assertEqual(numbers, ["PO-2098-0001", "PO-2098-0002", "PO-2099-0001"])

    def test_manager_sees_what_waits(self):
        """Today: orders to approve for the manager, orders to pay for the officer."""
        order = self.order(self.approve())
        rows = lambda user, key: next(  # noqa: E731
            s["rows"] for s in self.env["cpa.today"].with_user(user).get_today()["sections"] if s["key"] == key
        )
        self.assertEqual([row["id"] for row in rows(self.manager, "orders")], order.ids)
        self.assertFalse(rows(self.officer, "pay"))
        order.with_user(self.manager).write({"state": "approved"})
        self.assertFalse(rows(self.manager, "orders"))
        self.assertEqual([row["id"] for row in rows(self.officer, "pay")], order.ids)


@tagged("post_install", "-at_install")
class TestDeliveryPapers(PapersCommon):
    """P-37: payment order and receipt on paper: every word, both calendars, digits in order."""

    def make_paid(self):
        with freeze_time("2026-03-01 09:00:00"):
            request = self.approve(amount=4321, subject="سداد إيجار متأخر")
            return self.pay(self.order(request))

    def test_payment_order(self):
        order = self.make_paid()
        english, arabic = (self.text(ORDER, order, lang=lang) for lang in ("en_US", "ar_001"))
        iban = order.sudo().iban_plain
        day = "12 Ramadan 1447 AH, 1 March 2026"
        self.assertEqual(format_both(order.prepared_on, "en"), day)
        for words in (order.number, "4,321", day, self.officer.name, self.manager.name, order.session_number):
            self.assertIn(words, english)
        self.assertIn(" ".join(iban[i : i + 4] for i in range(0, 24, 4)), english, "the bank needs it whole")
        self.assertWords(f"{order.payee} {order.purpose} {self.company.name}", arabic)
        self.assertWords(format_both(order.prepared_on, "ar"), arabic)
        digits = ascii_digits(plain(arabic))
        for words in (order.number, iban[-4:], "4,321"):
            self.assertIn(words, digits.replace("٬", ","))
        pages = pypdf.PdfReader(io.BytesIO(self.print(ORDER, order, lang="ar_001"))).pages
        self.assertEqual(len(pages), 1)

    def test_who_prints_the_order(self):
        """Who pays and who answers for it; that the IBAN was printed is traced."""
        order = self.make_paid()
        for role in ROLES:
            user = getattr(self, role)
            if role in ("officer", "manager"):
                self.print(ORDER, order, user)
                trace = self.env["cpa.access.trace"].search([], limit=1)
                self.assertEqual((trace.user_id, trace.datum), (user, "iban_plain"))
                continue
            with self.subTest(role), self.assertRaises(AccessError):
                self.print(ORDER, order, user)

    def test_receipt(self):
        """To be signed: places; acknowledged: name, way, time, and the signature itself."""
        order = self.make_paid()
        line = order.line_ids
        with freeze_time("2026-03-02 09:00:00"):
            order.action_hand_over()
            blank = self.text(RECEIPT, line)
            self.acknowledge(line)
        for words in ("Thumbprint", "witness", line.receipt_number, "4,321", order.number, "2 March 2026"):
            self.assertIn(words, blank)
        pdf = self.print(RECEIPT, line)
        signed = " ".join(extract_text(io.BytesIO(pdf)).split())
        self.assertNotIn("Thumbprint", signed)
        for words in (line.receipt_number, "Signature", "13 Ramadan 1447 AH"):
            self.assertIn(words, signed)
        self.assertEqual(len(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].images), 1, "the signature")
        arabic = self.text(RECEIPT, line, lang="ar_001")
        self.assertWords(f"{line.receiver_name} {line.name} {format_both(order.prepared_on, 'ar')}", arabic)
        self.assertIn(line.receipt_number, ascii_digits(plain(arabic)))
        self.assertNotIn("1123456780", ascii_digits(plain(arabic)), "an identity number is never whole")
