"""What a coordinator reaches past the screens, by calls with the ids of others: nothing of who is no volunteer."""

from datetime import datetime

from freezegun import freeze_time
from odoo.addons.cpa_beneficiary.tests.common import SIGNATURE
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .common import VolunteerCommon

BEFORE, AFTER = "2031-02-01 06:00:00", "2031-03-03 06:00:00"


@tagged("post_install", "-at_install")
class TestCoordinatorAndPeople(VolunteerCommon):
    """P-07, P-32: who volunteers is the coordinator's to know, who asks for support is not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hidden = cls.make_beneficiary(name="سرية", phone="0501112223")
        cls.partner = cls.hidden.partner_id

    def test_nobody_is_named_by_guessing(self):
        """Neither an agreement, whose paper prints the telephone, nor a contact's parent tells who somebody is."""
        volunteer = self.make_volunteer(born=None)
        template = self.env.ref("cpa_volunteer.agreement_template_volunteer")
        for model, ids, vals in (
            ("cpa.agreement", [], {"template_id": template.id, "partner_id": self.partner.id}),
            ("cpa.volunteer", [], {"partner_id": self.partner.id}),
            ("cpa.volunteer", volunteer.ids, {"parent_id": self.partner.id}),
            ("res.partner", volunteer.partner_id.ids, {"parent_id": self.partner.id}),
        ):
            attacked = self.env[model].with_user(self.coordinator)
            with self.subTest(model=model), self.assertRaises(AccessError), self.cr.savepoint():
                call_kw(attacked, "web_save", [ids, vals, {}], {})

    def test_request_behind_an_opportunity(self):
        """P-33: of the request that volunteers help with, the coordinator is told the number and not the subject."""
        request = self.submit(self.make_request(beneficiary_id=self.hidden.id, subject="What it is about"))
        opportunity = self.make_shift(publish=False).opportunity_id
        opportunity = opportunity.with_user(self.officer).copy({"request_id": request.id})
        opportunity.with_user(self.coordinator).write({"state": "cancelled", "move_reason": "Not needed"})
        moves = self.env["cpa.request.move"].with_user(self.coordinator)
        mine = [("res_model", "=", "cpa.opportunity"), ("res_id", "=", opportunity.id)]
        self.assertTrue(moves.search(mine))
        spec = {"request_id": {"fields": {"display_name": {}}}}
        for attack in (
            lambda: call_kw(moves, "web_search_read", [mine, spec], {}),
            lambda: moves.formatted_read_group(mine, ["request_id"], ["__count"]),
            lambda: moves.search([*mine, ("request_id.subject", "ilike", "about")]),
            lambda: moves.search([*mine, ("request_id", "=", request.id)]),
            lambda: opportunity.with_user(self.coordinator).read(["request_id"]),
        ):
            with self.assertRaises(AccessError):
                attack()
        self.assertEqual(moves.with_user(self.officer).search(mine).request_id, request)

    def test_agreements_and_moves_of_others(self):
        """P-02: the coordinator keeps what volunteers sign; who keeps the others' reads all, the auditor, too."""
        supporter = self.env["cpa.supporter"].with_user(self.officer)
        supporter = supporter.create({"name": "Company", "governorate_id": self.najran.id})
        template = self.env["cpa.agreement.template"].create(
            {"name": "With a supporter", "code": "attacked", "version": "1", "party": "supporter"}
        )
        agreements = self.env["cpa.agreement"].with_user(self.officer)
        theirs = agreements.create({"template_id": template.id, "partner_id": supporter.partner_id.id})
        with freeze_time(BEFORE):
            own = self.sign_agreement(self.make_volunteer(number="2098765437"))
        disputes = self.env["cpa.agreement.dispute"].with_user(self.officer)
        disputes = disputes.create([{"agreement_id": a.id, "subject": "x"} for a in (theirs, own)])
        moves = self.env["cpa.request.move"].search([("res_model", "=", "cpa.beneficiary")])
        self.assertTrue(moves)
        for records, seen in ((theirs | own, own), (disputes, disputes[1]), (moves, moves.browse())):
            attacked = records.with_user(self.coordinator)
            with self.subTest(model=records._name):
                self.assertEqual(attacked.search([("id", "in", records.ids)]), seen)
                for record in attacked - seen:
                    self.assertFalse(any(record.has_access(operation) for operation in ("read", "write", "unlink")))
                for user in (self.officer, self.manager, self.auditor):
                    self.assertEqual(records.with_user(user).search([("id", "in", records.ids)]), records)

    def test_identity_of_others(self):
        identity = self.partner.cpa_identity_ids.with_user(self.coordinator)
        other = self.make_beneficiary(number=False, registered=False, phone="0501112224").partner_id
        for attack in (
            lambda: identity.read(["birth_date"]),
            lambda: identity.write({"birth_date": "1990-01-01"}),
            lambda: identity.action_show(),
            lambda: identity.create({"partner_id": other.id, "number": "1098765432"}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                attack()
        self.assertFalse(identity.search([("number", "=", "1123456780")]))
        self.assertFalse(identity.search_count([("birth_date", "=", "1980-01-01")]))

    def test_beneficiary_who_volunteers(self):
        """P-32: by her telephone she logs in, by her identity she is known: those who keep her file keep both."""
        volunteer = self.env["cpa.volunteer"].create({"partner_id": self.partner.id})
        volunteer = volunteer.with_user(self.coordinator)
        partner = volunteer.partner_id
        identity = partner.cpa_identity_ids
        self.assertEqual(identity.read(["birth_date"])[0]["birth_date"].year, 1980)
        for vals in ({"phone": "0555555555"}, {"email": "mine@example.com"}, {"name": "Other"}):
            for record in (volunteer, partner):
                with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                    record.write(vals)
        for vals in ({"number": "1098765432"}, {"birth_date": "1990-01-01"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError), self.cr.savepoint():
                identity.write(vals)
        with self.assertRaises(AccessError), self.cr.savepoint():
            identity.action_sighted()
        volunteer.write({"about": "Speaks two languages", "name": partner.name})
        partner.with_user(self.officer).phone = "0555555555"

    def test_who_asks_for_support_is_not_searched(self):
        """P-07: the coordinator sorts out by no search, of volunteers or contacts, who is a beneficiary as well."""
        self.env["cpa.volunteer"].create({"partner_id": self.partner.id})
        for model in ("cpa.volunteer", "res.partner"):
            attacked = self.env[model].with_user(self.coordinator)
            for name in ("cpa_beneficiary_ids", "cpa_representation_ids"):
                for domain in ([(name, "!=", False)], [(name, "in", self.hidden.ids)], [(name, "any", [])]):
                    with self.subTest(model=model, domain=domain), self.assertRaises(AccessError):
                        attacked.search(domain)

    def test_register_is_his_who_made_it(self):
        """P-32: whole identity numbers are handed to the manager who asked, and to nobody by the id of his wizard."""
        register = self.env["cpa.volunteer.register"].with_user(self.manager).create({"with_numbers": True})
        register.action_make()
        self.assertTrue(register.file)
        for user in (self.coordinator, self.auditor):
            with self.subTest(user=user.name):
                self.assertFalse(register.with_user(user).search([("id", "=", register.id)]))
                for attack in (
                    lambda user=user: register.with_user(user).read(["file"]),
                    lambda user=user: register.with_user(user).write({"date_from": "2020-01-01"}),
                    lambda user=user: register.with_user(user).action_make(),
                ):
                    with self.assertRaises(AccessError):
                        attack()

    def test_guardian_who_volunteers(self):
        """Who acts for a beneficiary logs in by his own telephone, and acts for her."""
        guardian = self.make_volunteer(name="ولي", phone="0501112225", number="2098765437")
        self.env["cpa.representation"].with_user(self.officer).create(
            {"beneficiary_id": self.hidden.id, "representative_id": guardian.partner_id.id, "kind": "carer"}
        )
        with self.assertRaises(UserError), self.cr.savepoint():
            guardian.phone = "0555555555"
        with self.assertRaises(AccessError), self.cr.savepoint():
            guardian.partner_id.cpa_identity_ids.with_user(self.coordinator).write({"birth_date": "1991-01-01"})


@tagged("post_install", "-at_install")
class TestVolunteerEvidence(VolunteerCommon):
    """P-18: hours, certificates and money are as they were approved, by somebody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(BEFORE):
            cls.volunteer = cls.make_active()

    def spend(self, volunteer, amount=10):
        expense = self.env["cpa.volunteer.expense"].with_user(self.coordinator)
        return expense.create({"volunteer_id": volunteer.id, "purpose": "Bus", "amount": amount})

    def test_amount_as_approved(self):
        expense = self.spend(self.volunteer)
        expense.with_user(self.manager).write({"state": "approved"})
        for user in (self.coordinator, self.manager):
            with self.subTest(user=user.name), self.assertRaisesRegex(UserError, "evidence"):
                expense.with_user(user).write({"amount": 9999})
            with self.subTest(user=user.name), self.assertRaisesRegex(UserError, "evidence"):
                expense.with_user(user).write({"amount": 9999, "state": "paid"})
        expense.write({"state": "paid"})

    def test_nobody_approves_his_own_money(self):
        own = self.env["cpa.volunteer"].create({"partner_id": self.manager.partner_id.id})
        expense = self.spend(own).with_user(self.manager)
        with self.assertRaisesRegex(UserError, "nobody approves"):
            expense.write({"state": "approved"})
        self.assertEqual(expense.state, "asked")

    def test_certificate_as_issued(self):
        with freeze_time(BEFORE):
            lines = [self.apply(self.volunteer, self.make_shift(start=datetime(2031, 3, day, 6))) for day in (1, 2)]
            for line in lines:
                line.action_take()
        with freeze_time(AFTER):
            lines[0].write({"state": "attended", "hours_logged": 3, "hours_approved": 3})
            lines[0].write({"state": "closed"})
            self.volunteer.action_certificate()
            certificate = self.volunteer.certificate_ids
            self.assertEqual(certificate.participation_ids, lines[0])
            for line in lines:
                for command in (Command.link(certificate.id), Command.unlink(certificate.id), Command.clear()):
                    with self.assertRaises(UserError), self.cr.savepoint():
                        line.write({"certificate_ids": [command]})
            vals = {"volunteer_id": self.volunteer.id, "certificate_ids": [Command.link(certificate.id)]}
            with self.assertRaises(UserError), self.cr.savepoint():
                self.env["cpa.participation"].with_user(self.coordinator).create(
                    {**vals, "shift_id": self.make_shift(start=datetime(2031, 4, 1, 6)).id}
                )
            self.assertEqual(certificate.participation_ids, lines[0])

    def test_one_at_a_time(self):
        """Of two who place, certify or reopen the same volunteer's hours at once the database lets one through.

        Both write the volunteer's row: the second transaction fails, is tried again and sees what the first one did.
        """

        def version():
            self.env.flush_all()
            self.env.cr.execute("SELECT ctid::text FROM cpa_volunteer WHERE id = %s", (self.volunteer.id,))
            return self.env.cr.fetchone()

        with freeze_time(BEFORE):
            line = self.apply(self.volunteer, self.make_shift(start=datetime(2031, 3, 1, 6)))
            before = version()
            line.action_take()
            self.assertNotEqual(before, version())
        with freeze_time(AFTER):
            line.write({"state": "attended", "hours_logged": 3, "hours_approved": 3})
            line.write({"state": "closed"})
            before = version()
            line.write({"state": "attended", "move_reason": "Wrong hours"})
            self.assertNotEqual(before, version())
            line.write({"state": "closed"})
            before = version()
            self.volunteer.action_certificate()
            self.assertNotEqual(before, version())

    def test_companies_are_apart(self):
        """What hangs on a volunteer's file of another association is closed to its coordinator and manager."""
        company = self.env["res.company"].create({"name": "Other association"})
        groups = "cpa_volunteer.group_coordinator,cpa_beneficiary.group_manager"
        user = new_test_user(self.env, "cpa_other", groups=groups, company_id=company.id, company_ids=company.ids)
        free = {"volunteer_id": self.volunteer.id, "weekday": "0", "hour_from": 8, "hour_to": 12}
        for record in (
            self.env["cpa.volunteer.availability"].create(free),
            self.env["cpa.volunteer.training"].create({"name": "First aid", "trainer": "A doctor"}),
            self.make_shift(),
            self.volunteer.partner_id.cpa_identity_ids,
            self.volunteer.partner_id.cpa_agreement_ids,
        ):
            with self.subTest(model=record._name):
                self.assertTrue(record)
                self.assertFalse(record.with_user(user).search([("id", "in", record.ids)]))
                self.assertFalse(record.with_user(user).has_access("read"))

    def test_places_are_not_typed(self):
        with freeze_time(BEFORE):
            shift = self.make_shift(capacity=1)
            self.apply(self.volunteer, shift).action_take()
            for user in (self.officer, self.coordinator):
                with self.subTest(user=user.name), self.assertRaises(UserError):
                    shift.with_user(user).write({"taken": 0})
                new = {"start": shift.start, "stop": shift.stop, "taken": 1}
                shift.opportunity_id.with_user(user).write({"shift_ids": [Command.create(new)]})
        self.assertEqual(shift.opportunity_id.shift_ids.sorted("id").mapped("taken"), [1, 0, 0])

    def test_nobody_signs_for_another(self):
        """P-02: on the website signs who is logged in; what was signed is neither made up nor signed again."""
        login = self.make_login(self.volunteer)
        other = self.make_volunteer(name="علي", phone="0501112226", number="2098765437")
        template = self.env.ref("cpa_volunteer.agreement_template_volunteer")
        agreements = self.env["cpa.agreement"].with_user(self.coordinator)
        vals = {"template_id": template.id, "partner_id": other.partner_id.id, "signer_name": "علي"}
        draft = agreements.create(vals | {"signature": SIGNATURE, "method": "portal"})
        for user in (self.coordinator, login, self.officer):
            with self.subTest(user=user.name), self.assertRaises(UserError), self.cr.savepoint():
                draft.with_user(user).write({"state": "signed"})
            with self.subTest(user=user.name), self.assertRaises(UserError), self.cr.savepoint():
                draft.with_user(user).sudo().write({"state": "signed"})
        for kept in ("text", "digest", "signed_at", "number", "ended_on"):
            with self.subTest(kept=kept), self.assertRaises(UserError):
                agreements.create({**vals, kept: "2020-01-01"})
        charter = self.env["cpa.charter.acknowledgement"]
        for user in (self.coordinator, self.officer, self.manager, login):
            with self.subTest(user=user.name), self.assertRaises(UserError):
                call_kw(charter.with_user(user), "create", [[{"partner_id": other.partner_id.id}]], {})
