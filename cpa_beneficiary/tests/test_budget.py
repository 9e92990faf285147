from freezegun import freeze_time
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import ROLES, CpaCommon


@tagged("post_install", "-at_install")
class TestBudget(CpaCommon):
    """P-35: while the committee decides it sees what is left and what was granted before; neither refuses anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.budget = (
            cls.env["cpa.service.budget"]
            .with_user(cls.manager)
            .create({"service_id": cls.support.id, "date_from": "2026-01-01", "date_to": "2026-12-31", "amount": 10000})
        )

    def waiting(self, number, **vals):
        """Return a request before the committee."""
        person = self.make_beneficiary(number=number, phone=f"05{number[:8]}")
        request = self.submit(self.make_request(self.support, beneficiary_id=person.id, **vals))
        self.study(request)
        return request

    def case(self, *requests):
        requests = self.env["cpa.request"].union(*requests)
        return self.convene(requests).case_ids

    def test_left_while_deciding(self):
        """Granted in the period, and what the same session has on the table, of the same service."""
        with freeze_time("2026-03-01 09:00:00"):
            self.approve(amount=3000)
            cases = self.case(self.waiting("1098765439"), self.waiting("1234586780", amount_requested=900))
            one, two = cases
            self.assertEqual((one.budget_amount, one.budget_granted, one.budget_left), (10000, 3000, 7000))
            self.assertEqual((one.budget_proposed, one.budget_left_after), (0, 7000))
            self.propose(one, amount=2000)
            self.propose(two)  # accepted as asked
            self.env.invalidate_all()
            for case in cases:
                self.assertEqual((case.budget_proposed, case.budget_left_after), (2900, 4100))
            self.propose(one, amount=500)  # replaces the first
            self.propose(two, "reject")
            self.env.invalidate_all()
            self.assertEqual((one.budget_proposed, one.budget_left_after), (500, 6500))

    def test_counted_once(self):
        """What a session has decided is granted, and no more on its table."""
        with freeze_time("2026-03-01 09:00:00"):
            request = self.waiting("1098765439")
            session = self.decide(request, amount=4000)
            self.env.invalidate_all()
            case = session.case_ids
            self.assertEqual((case.budget_granted, case.budget_proposed, case.budget_left_after), (4000, 0, 6000))

    def test_warns_and_never_refuses(self):
        with freeze_time("2026-03-01 09:00:00"):
            request = self.waiting("1098765439")
            case = self.case(request)
            self.propose(case, amount=12000)
            self.env.invalidate_all()
            self.assertIn("2,000", case.budget_warning)
            for user in (self.chair, self.deputy, self.member):
                self.vote(case.proposal_ids, user)
            case.session_id.write({"state": "counting"})
            case.session_id.write({"state": "minutes"})
        self.assertEqual((request.state, request.granted_amount), ("decided", 12000))
        self.env.invalidate_all()
        self.assertEqual(self.budget.left, -2000)

    def test_days_of_the_period(self):
        """A grant belongs to the day on which it was decided, in Riyadh: 21:00 UTC is next year there."""
        with freeze_time("2026-12-31 20:59:00"):
            self.approve(amount=100)
        with freeze_time("2026-12-31 21:00:00"):
            self.approve(amount=50, number="1098765439")
        self.env.invalidate_all()
        self.assertEqual(self.budget.granted, 100)

    def test_what_was_not_given_is_free_again(self):
        """A withdrawn request, and the part of a closed one that was not given, no longer count."""
        with freeze_time("2026-03-01 09:00:00"):
            withdrawn = self.approve(amount=100)
            closed = self.approve(amount=1000, number="1098765439")
            withdrawn.write({"state": "withdrawn", "move_reason": "x"})
            part = closed.delivery_ids
            part._split(1, 300, "2026-05-01")
            part.action_prepare_order()
            self.pay(part.order_id).action_hand_over()
            self.acknowledge(part)
            closed.with_user(self.manager).write({"state": "done", "move_reason": "Found help"})
        self.env.invalidate_all()
        self.assertEqual(self.budget.granted, 300)

    def test_granted_before(self):
        """To the same person in twelve months, by all services; to the household as the family register tells."""
        with freeze_time("2025-02-01 09:00:00"):
            self.approve(amount=11, subject="Too long ago")
        person = self.env["cpa.beneficiary"].search([("name", "=", "محمد تجريبي")])
        with freeze_time("2025-06-01 09:00:00"):
            self.close_last(person)
            self.approve(amount=200, beneficiary_id=person.id)
            wife = self.make_beneficiary(number="1098765439", name="زوجة تجريبية")
            self.approve(amount=70, beneficiary_id=wife.id)
            self.env["cpa.household.member"].with_user(self.officer).create(
                {"beneficiary_id": person.id, "name": "Wife", "relation": "spouse", "identity_number": "1098765439"}
            )
        with freeze_time("2026-03-01 09:00:00"):
            self.close_last(person)
            self.close_last(wife)
            request = self.submit(self.make_request(self.support, beneficiary_id=person.id))
            hers = self.submit(self.make_request(self.support, beneficiary_id=wife.id))
            self.env.invalidate_all()
            self.assertEqual((request.granted_before, request.granted_household), (200, 70))
            self.assertEqual((hers.granted_before, hers.granted_household), (70, 200), "she is in his register")

    def close_last(self, person):
        """Give what the person's open request grants, so that another one may be opened."""
        request = person.with_user(self.officer).request_ids.filtered(lambda r: r.state == "approved")
        self.pay(self.order(request)).action_hand_over()
        self.acknowledge(request.delivery_ids)
        request.write({"state": "done"})

    def test_who_sees_the_figures(self):
        """On the case: who decides; on the request: officer and researcher too; the delegate does not."""
        with freeze_time("2026-03-01 09:00:00"):
            request = self.waiting("1098765439", branch_id=self.branch.id)
            case = self.case(request)
            for user in (self.member, self.secretary, self.manager, self.auditor):
                self.assertEqual(case.with_user(user).budget_left, 10000)
            for user in (self.officer, self.researcher):
                self.assertEqual(request.with_user(user).budget_left, 10000)
            with self.assertRaises(AccessError):
                request.with_user(self.delegate).read(["budget_left"])

    def test_who_edits(self):
        """The manager; the auditor reads; nobody else opens it."""
        for role in ROLES:
            budgets = self.budget.with_user(getattr(self, role))
            with self.subTest(role):
                self.assertEqual(budgets.has_access("read"), role in ("manager", "auditor"))
                self.assertEqual(budgets.has_access("write"), role == "manager")

    def test_no_overlap(self):
        vals = {"service_id": self.support.id, "amount": 1}
        for dates in (("2026-12-31", "2027-12-31"), ("2025-01-01", "2026-01-01"), ("2026-05-01", "2026-05-01")):
            with self.subTest(dates=dates), self.assertRaisesRegex(ValidationError, "already"), self.cr.savepoint():
                self.budget.create({**vals, "date_from": dates[0], "date_to": dates[1]})
        self.budget.create({**vals, "date_from": "2027-01-01", "date_to": "2027-12-31"})
        self.budget.create(
            {**vals, "service_id": self.consultation.id, "date_from": "2026-01-01", "date_to": "2026-12-31"}
        )

    def test_report(self):
        """The pivot says the same as the list."""
        with freeze_time("2026-03-01 09:00:00"):
            self.approve(amount=3000)
        self.env.flush_all()
        self.env.invalidate_all()
        Report = self.env["cpa.service.budget.report"].with_user(self.auditor)
        rows = Report._read_group([("service_id", "=", self.support.id)], [], ["amount:sum", "granted:sum", "left:sum"])
        self.assertEqual(rows, [(10000, 3000, 7000)])

    def test_flat_queries(self):
        """As many queries for an agenda of ten as for one of two."""
        with freeze_time("2026-03-01 09:00:00"):
            few = self.agenda(2)
            many = self.agenda(10)
            self.queries(few)
            self.assertEqual(self.queries(few), self.queries(many))

    def agenda(self, size):
        """Return the cases of a session with ``size`` requests, each of its own person with a register."""
        people = self.env["cpa.beneficiary"].create([{"name": f"Person {size} {index}"} for index in range(size)])
        self.env["cpa.identity"].create(
            [
                {"partner_id": person.partner_id.id, "type": "PAS", "number": f"P{size:03}{index:03}", "country_id": 1}
                for index, person in enumerate(people)
            ]
        )
        self.env["cpa.household.member"].create(
            [{"beneficiary_id": person.id, "name": "Child", "relation": "child"} for person in people]
        )
        requests = self.env["cpa.request"].create(
            [
                {
                    "subject": "x",
                    "service_id": self.support.id,
                    "channel_id": self.channel.id,
                    "beneficiary_id": person.id,
                    "amount_requested": 10,
                }
                for person in people
            ]
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE cpa_request SET state = 'committee' WHERE id IN %s", [requests._ids])
        self.env.invalidate_all()
        return self.convene(requests).case_ids

    def queries(self, cases):
        names = ["budget_left", "budget_left_after", "budget_warning", "granted_before", "granted_household"]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        cases.browse(cases.ids).with_user(self.secretary).read(names)
        return self.env.cr.sql_log_count - before
