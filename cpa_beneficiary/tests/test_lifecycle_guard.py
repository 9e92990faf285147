"""No door around the guards: whoever comes through whichever door meets the same rule and the same words.

Pairs of states, roles and models are found from the registry, so a new model with a lifecycle is attacked from its
first day: it only has to say, in ``SAMPLES``, how one of its records is made.
"""

from itertools import count, product

from odoo import SUPERUSER_ID, Command, fields
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common import ROLES, SIGNATURE, CpaCommon

VERSIONS = map(str, count(900))

# Models of this add-on with a lifecycle: how the officer's, the secretary's or the manager's work makes one of each.
SAMPLES = {
    "cpa.beneficiary": lambda case: case.make_beneficiary(registered=False, number=False),
    "cpa.request": lambda case: case.make_request(case.support),
    "cpa.request.check": lambda case: case.make_request(case.support).check_ids[0],
    "cpa.declaration": lambda case: case.env["cpa.declaration"].create(
        {"request_id": case.make_request(case.support).id, "signer_name": "Signer", "signature": SIGNATURE}
    ),
    "cpa.explanation": lambda case: case.env["cpa.explanation"].create({"request_id": case.make_request().id}),
    "cpa.referral": lambda case: case.env["cpa.referral"].create(
        {"request_id": case.make_request().id, "question": "What?", "officer_id": case.officer.id}
    ),
    "cpa.outside.referral": lambda case: case.env["cpa.outside.referral"].create(
        {
            "request_id": case.make_request().id,
            "body_id": case.env["cpa.outside.body"].search([], limit=1).id,
            "asked": "What?",
            "consent_how": "none",
        }
    ),
    "cpa.inquiry.question": lambda case: case.env["cpa.inquiry.question"].create(
        {"lead_id": case.make_lead().id, "name": "What?"}
    ),
    "cpa.study": lambda case: case.env["cpa.study"].create(
        {"request_id": case.make_request(case.support).id, "researcher_id": case.researcher.id}
    ),
    "cpa.visit": lambda case: case.env["cpa.visit"].create(
        {"request_id": case.make_request().id, "start": "2030-01-01 09:00:00", "stop": "2030-01-01 10:00:00"}
    ),
    "cpa.delivery": lambda case: case.env["cpa.delivery"].create(
        {"request_id": case.make_request().id, "name": "Cash", "amount": 1, "planned_date": "2030-01-01"}
    ),
    "cpa.payment.order": lambda case: case.make_order(),
    "cpa.letter": lambda case: case.env["cpa.letter"].create(
        {"addressee": "Somebody", "subject": "Subject", "text": "Text", "request_id": case.make_request().id}
    ),
    "cpa.committee.remark": lambda case: (
        case.env["cpa.committee.remark"]
        .with_user(case.chair)
        .create({"session_id": case.make_session("minutes").id, "text": "What is missing"})
    ),
    "cpa.committee.session": lambda case: case.make_session(),
    "cpa.committee.addendum": lambda case: case.env["cpa.committee.addendum"].create(
        {"session_id": case.make_session("closed").id, "text": "What it should say", "reason": "A slip"}
    ),
    "cpa.committee.case": lambda case: case.make_case(),
    "cpa.committee.proposal": lambda case: case.make_proposal(),
    "cpa.import": lambda case: case.env["cpa.import"].create({"name": "Register", "user_id": case.officer.id}),
    "cpa.policy": lambda case: case.env["cpa.policy"].create({"name": "Policy", "version": next(VERSIONS)}),
    "cpa.policy.document": lambda case: case.env["cpa.policy.document"].create(
        {"name": "Bylaws", "kind": "bylaws", "version": next(VERSIONS)}
    ),
    "cpa.visitor": lambda case: case.env["cpa.visitor"].create({"name": "Visitor"}),
    "cpa.application": lambda case: case.env["cpa.application"].create({"service_id": case.support.id}),
    "cpa.correction.proposal": lambda case: case.env["cpa.correction.proposal"].create(
        {
            "beneficiary_id": case.make_beneficiary(registered=False, number=False).id,
            "user_id": case.officer.id,
            "topic": "other",
            "note": "The house is another",
        }
    ),
    "cpa.agreement.template": lambda case: case.make_agreement_template(),
    "cpa.agreement": lambda case: case.make_agreement(),
    "cpa.agreement.dispute": lambda case: case.env["cpa.agreement.dispute"].create(
        {"agreement_id": case.make_agreement().id, "subject": "What was promised"}
    ),
    "cpa.supporter": lambda case: case.make_supporter(),
    "cpa.outreach": lambda case: case.make_outreach(),
    "cpa.outreach.contact": lambda case: case.env["cpa.outreach.contact"].create(
        {
            "outreach_id": case.make_outreach().id,
            "beneficiary_id": case.make_beneficiary(registered=False, number=False).id,
            "company_id": case.env.company.id,
            "way": "call",
        }
    ),
    "cpa.evidence.folder": lambda case: case.env["cpa.evidence.folder"].create(
        {"date_from": "2026-01-01", "date_to": "2026-01-31"}
    ),
}


# A field that people type, by model; "name" where none is given.
FROZEN_FIELD = {
    "cpa.request": ("subject", "Changed"),
    "cpa.request.check": ("valid_until", "2031-01-01"),
    "cpa.declaration": ("signer_name", "Changed"),
    "cpa.explanation": ("how", "slip"),
    "cpa.referral": ("answer", "Changed"),
    "cpa.outside.referral": ("result", "Changed"),
    "cpa.inquiry.question": ("answer", "Changed"),
    "cpa.study": ("findings", "Changed"),
    "cpa.visit": ("findings", "Changed"),
    "cpa.payment.order": ("reference", "Changed"),
    "cpa.letter": ("text", "Changed"),
    "cpa.committee.addendum": ("text", "Changed"),
    "cpa.committee.remark": ("answer", "Changed"),
    "cpa.committee.session": ("minutes", "Changed"),
    "cpa.committee.case": ("sequence", 99),
    "cpa.committee.proposal": ("conditions", "Changed"),
    "cpa.agreement": ("signer_name", "Changed"),
    "cpa.agreement.dispute": ("subject", "Changed"),
    "cpa.evidence.folder": ("sample_count", 3),
}


class LifecycleAttack(CpaCommon):
    """The attacker's tools: samples, users with every role but some, and the doors; add-ons name what is theirs."""

    module = "cpa_beneficiary"
    samples = SAMPLES
    typed = FROZEN_FIELD
    groups = tuple(f"cpa_beneficiary.group_{role}" for role in ROLES)

    def setUp(self):
        super().setUp()
        self.attackers = {}

    # ------------------------------------------------------------------
    # Samples
    # ------------------------------------------------------------------

    @classmethod
    def lifecycle_models(cls):
        """Return the names of this add-on's models with a lifecycle."""
        return sorted(
            name
            for name, model in cls.env.registry.items()
            if hasattr(model, "_lifecycle_moves") and not model._abstract and model._original_module == cls.module
        )

    @classmethod
    def set_state(cls, record, state):
        """Put a record into a state behind the guards' back, in the database itself."""
        cls.env.flush_all()
        if state == "in_force":  # of which there is one
            cls.env.cr.execute(SQL("UPDATE %s SET state = 'superseded'", SQL.identifier(record._table)))
        cls.env.cr.execute(
            SQL("UPDATE %s SET state = %s WHERE id IN %s", SQL.identifier(record._table), state, record._ids)
        )
        cls.env.invalidate_all()

    @classmethod
    def make_lead(cls):
        vals = {"name": "When?", "is_inquiry": True, "channel_id": cls.channel.id, "company_id": cls.env.company.id}
        return cls.env["crm.lead"].create(vals)

    @classmethod
    def make_session(cls, state="draft"):
        chair = cls.committee.member_ids.filtered(lambda member: member.user_id == cls.chair)
        session = cls.env["cpa.committee.session"].create(
            {
                "committee_id": cls.committee.id,
                "planned_at": "2030-01-01 09:00:00",
                "attendance_ids": [Command.create({"member_id": chair.id, "is_present": True})],
            }
        )
        cls.set_state(session, state)
        return session

    @classmethod
    def make_case(cls):
        request = cls.make_request(cls.support)
        cls.set_state(request, "committee")
        return cls.env["cpa.committee.case"].create({"session_id": cls.make_session().id, "request_id": request.id})

    @classmethod
    def make_order(cls):
        request = cls.make_request(cls.support)
        cls.env["cpa.delivery"].create({"request_id": request.id, "name": "Cash", "amount": 1})
        cls.set_state(request, "delivery")
        return cls.env["cpa.payment.order"].create({"request_id": request.id, "method": "cheque"})

    @classmethod
    def make_proposal(cls):
        case = cls.make_case()
        cls.set_state(case.session_id, "open")
        return cls.env["cpa.committee.proposal"].create({"case_id": case.id, "kind": "defer", "missing": "All"})

    @classmethod
    def make_agreement_template(cls):
        number = next(VERSIONS)
        return cls.env["cpa.agreement.template"].create({"name": "Agreement", "code": number, "version": number})

    @classmethod
    def make_agreement(cls):
        return cls.env["cpa.agreement"].create(
            {"template_id": cls.make_agreement_template().id, "partner_id": cls.make_supporter().partner_id.id}
        )

    @classmethod
    def make_supporter(cls):
        return cls.env["cpa.supporter"].create(
            {"name": "Company", "governorate_id": cls.env.ref("cpa_beneficiary.cpa_governorate_najran").id}
        )

    @classmethod
    def make_outreach(cls):
        return cls.env["cpa.outreach"].create({"name": "Outreach", "service_id": cls.consultation.id})

    @classmethod
    def sample(cls, model):
        return cls.samples[model](cls).with_env(cls.env(user=SUPERUSER_ID, su=True))

    @classmethod
    def states(cls, model):
        return [state for state, _label in cls.env[model]._fields["state"].selection]

    # ------------------------------------------------------------------
    # Attackers and doors
    # ------------------------------------------------------------------

    def attacker(self, without=()):
        """Return a user with every role of the association, and an administrator's, but those in ``without``."""
        key = frozenset(without)
        if key not in self.attackers:
            user = new_test_user(
                self.env,
                f"attacker_{len(self.attackers)}",
                groups=",".join(["base.group_system", *(group for group in self.groups if group not in key)]),
            )
            user.cpa_branch_ids = self.branch
            self.attackers[key] = user
        return self.attackers[key]

    def doors(self, record, user, slow=True):
        """Return the doors through which ``user`` tries to set the state: ``{name: method(state)}``.

        :param slow: with those doors that take long (import by external id, server action)
        """
        as_user = record.with_user(user)
        as_root = record.with_user(SUPERUSER_ID)
        model = as_user.browse()

        def rpc(method, *args):
            return call_kw(model, method, list(args), {})

        def load(key, value):
            def run(state):
                # in the user's context, as the importer of the web client calls it; errors come back as messages
                messages = rpc("load", [key, "state"], [[value, state]])["messages"]
                if messages:
                    raise UserError(messages[0]["message"])

            return run

        doors = {
            "rpc write": lambda state: rpc("write", record.ids, {"state": state}),
            "web_save": lambda state: rpc("web_save", record.ids, {"state": state}, {"state": {}}),
            "sudo": lambda state: as_user.sudo().write({"state": state}),
            "assignment": lambda state: as_user.sudo().update({"state": state}),
            "superuser": lambda state: as_root.write({"state": state}),
            "superuser, sudo": lambda state: as_root.sudo().write({"state": state}),
            "context": lambda state: as_user.with_context(
                default_state=state,
                install_mode=True,
                tracking_disable=True,
                mail_notrack=True,
                no_guard=True,
                force_state=True,
                import_file=True,
                active_test=False,
                lifecycle_bypass=True,
                module="base",
            ).write({"state": state}),
            "button": lambda state: call_kw(model, "action_move", [record.ids], {"context": {"to_state": state}}),
        }
        if as_user.search_count([("id", "=", record.id)]):  # a draft of the website is found by nobody of the staff
            doors["import by .id"] = load(".id", str(record.id))
        if slow:
            doors |= {
                "import by id": load("id", record.export_data(["id"])["datas"][0][0]),
                "server action": lambda state: self.run_code(as_user, f"records.sudo().write({{'state': {state!r}}})"),
            }
        return doors

    @classmethod
    def run_code(cls, records, code):
        action = cls.env["ir.actions.server"].create(
            {
                "name": "Attack",
                "model_id": cls.env["ir.model"]._get_id(records._name),
                "state": "code",
                "code": code,
            }
        )
        # as an administrator's automation runs it: the acting user, with superuser rights
        return (
            action.with_user(records.env.user)
            .sudo()
            .with_context(active_model=records._name, active_ids=records.ids, active_id=records.id)
            .run()
        )

    def refusal(self, record, attempt, state):
        """Return the message with which ``attempt(state)`` is refused; fail if it is not, or if the state moves."""
        before = record.state
        message = None
        try:
            with self.cr.savepoint():
                attempt(state)
                self.env.flush_all()
        except UserError as error:
            message = str(error)
        record.invalidate_recordset()
        self.assertEqual(record.state, before)
        return message


class LifecycleDoors:
    """The attacks themselves, on the models of whichever add-on mixes them in with ``LifecycleAttack``."""

    allow_inherited_tests_method = True  # Odoo's own runner leaves out what a class inherits

    def test_every_model_has_a_sample(self):
        self.assertEqual(self.lifecycle_models(), sorted(self.samples))

    def assert_refused_alike(self, record, user, state, words, slow=True):
        """Try every door; each refuses, and all say the same."""
        messages = {name: self.refusal(record, door, state) for name, door in self.doors(record, user, slow).items()}
        self.assertEqual(set(messages.values()), {next(iter(messages.values()))}, messages)
        message = messages["rpc write"]
        self.assertTrue(message, "refused")
        for word in words:
            self.assertIn(word, message)

    def test_no_move_outside_the_table(self):
        """A pair that the table does not know is refused to a user with every role, and to the superuser."""
        user = self.attacker()
        for model in self.lifecycle_models():
            record = self.sample(model)
            label = record._lifecycle_label
            for old in self.states(model):
                self.set_state(record, old)
                table = record._lifecycle_moves()
                closed = [new for new in self.states(model) if new != old and (old, new) not in table]
                for new in closed:
                    with self.subTest(model=model, old=old, new=new):
                        words = ["cannot go from", label(old), label(new)]
                        self.assert_refused_alike(record, user, new, words, slow=new == closed[0])

    def test_no_move_without_its_role(self):
        """A pair of the table is refused to a user with every other role, and to the superuser, who has none."""
        for model in self.lifecycle_models():
            record = self.sample(model)
            for (old, new), move in record._lifecycle_moves().items():
                self.set_state(record, old)
                user = self.attacker(move.roles)
                with self.subTest(model=model, old=old, new=new):
                    roles = record._lifecycle_role_names(move.roles)
                    slow = new == next(to for start, to in record._lifecycle_moves() if start == old)
                    self.assert_refused_alike(record, user, new, ["by you: this belongs to", *roles], slow)

    def test_state_without_name(self):
        """A state that nobody declared is no state, and neither is none."""
        for model, state in product(self.lifecycle_models(), ("hacked", False, "")):
            record = self.sample(model)
            for name, door in self.doors(record, self.attacker()).items():
                with self.subTest(model=model, state=state, door=name), mute_logger("odoo.sql_db"):
                    self.refusal(record, door, state)

    def test_companies_are_apart(self):
        """Who works for another association, in every role, finds, reads, changes and deletes nothing of ours."""
        company = self.env["res.company"].create({"name": "Other association"})
        user = self.attacker()
        user.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        for model in self.lifecycle_models():
            record = self.sample(model)
            self.env.flush_all()
            theirs = record.with_env(self.env(user=user, su=False, context={}))
            with self.subTest(model=model):
                self.assertFalse(theirs.search_count([("id", "=", record.id)]))
                for operation in ("read", "write", "unlink"):
                    self.assertFalse(theirs.has_access(operation), operation)

    # ------------------------------------------------------------------
    # Born as a draft
    # ------------------------------------------------------------------

    def test_create_only_at_the_beginning(self):
        """No door gives birth to a record in a later state; the words are the same at each."""
        user = self.attacker()
        for model in self.lifecycle_models():
            Model = self.env[model]
            initial = Model._lifecycle_initial
            vals = self.sample(model).copy_data()[0] | {"state": next(s for s in self.states(model) if s != initial)}
            doors = {
                "rpc create": lambda M=Model, v=vals: call_kw(M.with_user(user), "create", [[v]], {}),
                "web_save": lambda M=Model, v=vals: call_kw(M.with_user(user), "web_save", [[], v, {}], {}),
                "sudo": lambda M=Model, v=vals: M.with_user(user).sudo().create(v),
                "superuser": lambda M=Model, v=vals: M.with_user(SUPERUSER_ID).create(v),
                "context": lambda M=Model, v=vals: M.with_user(user).with_context(install_mode=True).create(v),
                "copy": lambda M=Model, m=model, v=vals: self.sample(m).copy({"state": v["state"]}),
            }
            messages = {}
            for name, door in doors.items():
                with self.assertRaises(UserError) as caught:
                    door()
                messages[name] = str(caught.exception)
            with self.subTest(model=model):
                self.assertEqual(len(set(messages.values())), 1, messages)
                self.assertIn("begins as", messages["sudo"])

    def test_defaults_do_not_move(self):
        """Neither a context's default nor one that a user stored for himself decides a state or a kept field."""
        for model in self.lifecycle_models():
            Model = self.env[model].with_user(self.attacker())
            initial = Model._lifecycle_initial
            other = next(state for state in self.states(model) if state != initial)
            kept = [n for n in Model._lifecycle_kept() if Model._fields[n].type in ("char", "text")]
            with self.subTest(model=model):
                by_context = Model.with_context(default_state=other, **{f"default_{name}": "typed" for name in kept})
                self.assertEqual(by_context.default_get(["state"])["state"], initial)
                self.env["ir.default"].set(model, "state", other, user_id=Model.env.uid)
                for name in kept:
                    self.env["ir.default"].set(model, name, "typed", user_id=Model.env.uid)
                self.assertEqual(Model.default_get(["state"])["state"], initial)
                for values in (by_context.default_get(kept), Model.default_get(kept)):
                    self.assertNotIn("typed", values.values())

    # ------------------------------------------------------------------
    # What is kept, fixed and evidence
    # ------------------------------------------------------------------

    def test_kept_fields_are_not_typed(self):
        """Numbers, clocks and results are the system's, by every door."""
        values = {"char": "1", "text": "1", "datetime": "2020-01-01 00:00:00", "date": "2020-01-01", "integer": 7}
        user = self.attacker()
        for model in self.lifecycle_models():
            record = self.sample(model)
            as_user = record.with_user(user)
            for name in sorted(record._lifecycle_kept()):
                field = record._fields[name]
                value = values.get(field.type, 1)
                if field.type == "selection":
                    value = field.get_values(self.env)[0]
                if field.type == "boolean":
                    value = not record[name]
                if field.type == "many2many":
                    value = [Command.clear()]
                before = record[name]
                messages = set()
                doors = {
                    "rpc": lambda r=as_user, n=name, v=value: call_kw(r.browse(), "write", [r.ids, {n: v}], {}),
                    "web_save": lambda r=as_user, n=name, v=value: call_kw(
                        r.browse(), "web_save", [r.ids, {n: v}, {}], {}
                    ),
                    "sudo": lambda r=as_user, n=name, v=value: r.sudo().write({n: v}),
                    "superuser": lambda r=record, n=name, v=value: r.with_user(SUPERUSER_ID).write({n: v}),
                    "assignment": lambda r=record, n=name, v=value: r.update({n: v}),
                }
                with self.subTest(model=model, field=name):
                    for door in doors.values():
                        with self.assertRaises(UserError) as caught:
                            door()
                        messages.add(str(caught.exception))
                    self.assertEqual(len(messages), 1)
                    self.assertIn("kept by the system", messages.pop())
                    record.invalidate_recordset()
                    self.assertEqual(record[name], before)

    def test_fixed_fields_do_not_change(self):
        """Whose a record is does not change afterwards: no check or file is turned to another request or person."""
        for model in self.lifecycle_models():
            record, other = self.sample(model), None
            for name, field in record._fields.items():
                if not getattr(field, "fixed", False) or name in record._lifecycle_kept():
                    continue
                other = other or self.sample(model)
                value = field.convert_to_write(other[name], other) if record[name] != other[name] else "Another"
                with self.subTest(model=model, field=name), self.assertRaisesRegex(UserError, "at the beginning"):
                    record.write({name: value})

    def test_frozen_records_do_not_change(self):
        """A frozen record refuses every field, to the superuser too, with the same words, and is not deleted."""
        for model in self.lifecycle_models():
            record = self.sample(model)
            name, value = self.typed.get(model, ("name", "Changed"))
            vals = {name: value}
            for state in record._lifecycle_frozen:
                self.set_state(record, state)
                messages = set()
                for attempt in (
                    lambda r=record, v=vals: r.write(v),
                    lambda r=record, v=vals: r.with_user(SUPERUSER_ID).write(v),
                    lambda r=record, v=vals: r.with_user(self.attacker()).sudo().write(v),
                    lambda r=record, v=vals: call_kw(
                        r.with_user(SUPERUSER_ID).browse(), "web_save", [r.ids, v, {}], {}
                    ),
                ):
                    with self.subTest(model=model, state=state), self.assertRaises(UserError) as caught:
                        attempt()
                    messages.add(str(caught.exception))
                with self.subTest(model=model, state=state):
                    self.assertEqual(len(messages), 1)
                    self.assertIn("cannot be changed any more", messages.pop())
                    with self.assertRaisesRegex(UserError, "cannot be deleted"):
                        record.with_user(SUPERUSER_ID).unlink()

    def test_only_drafts_are_deleted(self):
        for model in self.lifecycle_models():
            record = self.sample(model)
            for state in set(self.states(model)) - record._lifecycle_deletable:
                self.set_state(record, state)
                for user in (self.env.ref("base.user_root"), self.attacker()):
                    with self.subTest(model=model, state=state), self.assertRaisesRegex(UserError, "cannot be deleted"):
                        record.with_user(user).sudo().unlink()
            self.assertTrue(record.exists())


@tagged("post_install", "-at_install")
class TestLifecycleGuard(LifecycleDoors, LifecycleAttack):
    """Issue 2: no door and no role reaches a state that the table does not allow, and the message is the same."""

    def test_stored_default_of_a_request(self):
        officer = self.officer
        self.env["ir.default"].set("cpa.request", "state", "done", user_id=officer.id)
        self.env["ir.default"].set("cpa.request", "number", "R-1", user_id=officer.id)
        request = self.make_request()
        self.assertEqual((request.state, request.number), ("draft", False))

    def test_copy_begins_anew(self):
        record = self.sample("cpa.request")
        self.set_state(record, "done")
        copy = record.copy()
        self.assertEqual((copy.state, copy.number, copy.submitted_at), ("draft", False, False))

    def test_automation_meets_the_guards(self):
        """An administrator's automation on another field, with superuser rights, moves nothing past the table."""
        for model, field_name, value in (
            ("cpa.request", "description", "Changed"),
            ("cpa.beneficiary", "accessibility_needs", "Changed"),
            ("cpa.request.check", "due_date", "2031-01-01"),
            ("cpa.delivery", "witness_name", "Changed"),
        ):
            record = self.sample(model)
            initial, last = self.states(model)[0], self.states(model)[-1]
            model_id = self.env["ir.model"]._get_id(model)
            automation = self.env["base.automation"].create(
                {
                    "name": "Attack",
                    "model_id": model_id,
                    "trigger": "on_create_or_write",
                    "trigger_field_ids": [Command.set(self.env["ir.model.fields"]._get(model, field_name).ids)],
                    "filter_pre_domain": False,
                }
            )
            self.env["ir.actions.server"].create(
                {
                    "name": "Attack",
                    "model_id": model_id,
                    "base_automation_id": automation.id,
                    "usage": "base_automation",
                    "state": "object_write",
                    "update_path": "state",
                    "evaluation_type": "value",
                    "selection_value": self.env["ir.model.fields.selection"]
                    .search([("field_id.model", "=", model), ("field_id.name", "=", "state"), ("value", "=", last)])
                    .id,
                }
            )
            self.set_state(record, initial)
            as_user = record.with_user(self.attacker())
            by_automation = self.refusal(record, lambda _s, r=as_user, v={field_name: value}: r.write(v), last)
            by_hand = self.refusal(record, lambda state, r=as_user: r.write({"state": state}), last)
            with self.subTest(model=model):
                self.assertTrue(by_hand)
                self.assertEqual(by_automation, by_hand)
            automation.unlink()

    def test_deleting_a_draft_takes_no_evidence_along(self):
        """The database's cascade does not ask: what has passed or is signed keeps its draft alive."""
        request = self.make_request(self.support)
        self.assertTrue(self.make_request(self.support).unlink(), "an untouched draft goes, with its pending checks")
        declaration = self.sign(request)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            request.unlink()
        request = self.make_request(self.support)
        check = request.check_ids[0]
        check.valid_until = "2099-01-01"
        check.action_pass()
        for record in (request, request.submission_ids, check):
            with self.subTest(model=record._name), self.assertRaisesRegex(UserError, "cannot be deleted"):
                record.with_user(SUPERUSER_ID).unlink()
        self.assertTrue(check.exists() and declaration.exists())

    def test_evidence_through_its_request(self):
        """Commands on the request's lists are no back door to its checks, declarations and rounds."""
        request = self.submit(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
        root = request.with_user(SUPERUSER_ID)
        check, declaration, submission = request.check_ids[0], request.declaration_ids, request.submission_ids
        attempts = [
            {"check_ids": [Command.update(check.id, {"matches": False})]},
            {"check_ids": [Command.delete(check.id)]},
            {"declaration_ids": [Command.update(declaration.id, {"signer_name": "Other"})]},
            {"declaration_ids": [Command.clear()]},
            {"submission_ids": [Command.update(submission.id, {"digest": "0"})]},
            {"submission_ids": [Command.delete(submission.id)]},
            {"submission_ids": [Command.update(submission.id, {"check_ids": [Command.unlink(check.id)]})]},
        ]
        for vals in attempts:
            with self.subTest(vals=vals), self.assertRaises(UserError):
                root.write(vals)
        with self.assertRaisesRegex(UserError, "evidence"):
            submission.with_user(SUPERUSER_ID).write({"submitted_at": "2020-01-01 00:00:00"})
        with self.assertRaisesRegex(UserError, "evidence"):
            submission.with_user(SUPERUSER_ID).unlink()

    def test_decision_needs_the_data_that_was_signed(self):
        """P-34: data changed after the submission asks for a new signature before the decision."""
        request = self.submit(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
        request.amount_requested = 99999
        self.assertIn("new signature", "\n".join(request._guard_decision(fields.Datetime.now())))

    # ------------------------------------------------------------------
    # The journal
    # ------------------------------------------------------------------

    def test_journal_is_append_only(self):
        """No door makes, changes or deletes a row of the journal; not for the superuser either."""
        request = self.make_request()
        self.submit(request, beneficiary_id=self.make_beneficiary().id)
        move = self.env["cpa.request.move"].search([("request_id", "=", request.id)], limit=1)
        vals = move.copy_data()[0]
        root = move.with_user(SUPERUSER_ID)
        for attempt in (
            lambda: root.create(vals),
            lambda: call_kw(root.browse(), "create", [[vals]], {}),
            lambda: root.copy(),
            lambda: root.write({"happened_at": "2020-01-01 00:00:00"}),
            lambda: call_kw(root.browse(), "web_save", [root.ids, {"reason": "Other"}, {}], {}),
            lambda: root.unlink(),
            lambda: request.with_user(SUPERUSER_ID).write({"move_ids": [Command.create(vals)]}),
            lambda: request.with_user(SUPERUSER_ID).write({"move_ids": [Command.delete(move.id)]}),
        ):
            with self.assertRaises(UserError):
                attempt()
        for method in ("_append", "_write", "_lifecycle_set"):
            with self.assertRaises(UserError):
                call_kw(root.browse(), method, [root.ids], {})
        loaded = root.browse().load([".id", "reason"], [[str(move.id), "Other"]])
        self.assertFalse(loaded["ids"])
        self.assertTrue(move.exists())

    def test_batch_records_each_move_once(self):
        requests = self.make_request() | self.make_request() | self.make_request()
        for request in requests:
            self.complete(request)
            request.beneficiary_id = self.make_beneficiary(registered=False, number=False)
        requests.write({"state": "submitted"})
        moves = self.env["cpa.request.move"].search([("res_model", "=", "cpa.request"), ("res_id", "in", requests.ids)])
        self.assertEqual(sorted(moves.mapped("res_id")), sorted(requests.ids))
        self.assertEqual(set(moves.mapped("user_id")), {self.officer})
        requests.write({"state": "submitted"})
        self.assertEqual(
            self.env["cpa.request.move"].search_count(
                [("res_id", "in", requests.ids), ("res_model", "=", "cpa.request")]
            ),
            3,
        )

    def test_batch_moves_all_or_none(self):
        ready = self.complete(self.make_request(beneficiary_id=self.make_beneficiary().id))
        empty = self.make_request(description=False)
        with self.assertRaisesRegex(UserError, "cannot become"):
            (ready | empty).write({"state": "submitted"})
        self.assertEqual(set((ready | empty).mapped("state")), {"draft"})
        self.assertFalse(
            self.env["cpa.request.move"].search(
                [("res_model", "=", "cpa.request"), ("res_id", "in", (ready | empty).ids)]
            )
        )

    def test_moving_many_costs_few_queries(self):
        """Guards and journal work in batches: the cost of a move does not grow with the number of records."""

        def cost(number):
            files = (
                self.env["cpa.beneficiary"]
                .with_user(self.officer)
                .create([{"name": f"Person {i}"} for i in range(number)])
            )
            self.set_state(files, "registered")
            files = files.with_user(self.manager)
            files.mapped("display_name")
            self.env.flush_all()
            before = self.cr.sql_log_count
            files.write({"state": "suspended", "move_reason": "A reason"})
            self.env.flush_all()
            return self.cr.sql_log_count - before

        cost(2)  # fills the caches
        self.assertLessEqual(cost(40), cost(2) + 2)


@tagged("post_install", "-at_install")
class TestLifecycleOverHttp(HttpCase, LifecycleAttack):
    """The same through a real server: the web client's drag on a kanban board is a ``web_save`` over HTTP."""

    def test_drag_over_http(self):
        request = self.sample("cpa.request")
        self.attacker().password = "attacker-password"
        self.authenticate(self.attacker().login, "attacker-password")

        def call(method, *args):
            """Return the error's text of a call as the web client makes it (empty if there is none)."""
            params = {"model": "cpa.request", "method": method, "args": args, "kwargs": {}}
            answer = self.url_open(
                f"/web/dataset/call_kw/cpa.request/{method}",
                json={"jsonrpc": "2.0", "method": "call", "params": params},
            )
            return answer.json().get("error", {}).get("data", {}).get("message", "")

        expected = self.refusal(
            request, lambda state: request.with_user(self.attacker()).write({"state": state}), "done"
        )
        for method, args in (
            ("write", [request.ids, {"state": "done"}]),
            ("web_save", [request.ids, {"state": "done"}, {"state": {}}]),
        ):
            with self.subTest(method=method), mute_logger("odoo.http"):
                self.assertEqual(call(method, *args), expected)
        with mute_logger("odoo.http"):
            self.assertIn("Private methods", call("_lifecycle_set", request.ids, {"number": "1"}))
        request.invalidate_recordset()
        self.assertEqual(request.state, "draft")
