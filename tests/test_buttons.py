"""Every button and every wizard, pressed by who has no part in what it is about: nothing is told, nothing changes.

Screens hide buttons; a call by RPC does not ask them. So each public ``action_…`` of each model is called on somebody
else's record, and each wizard is filled in with somebody else's ids, by the website's users and by staff of elsewhere.
"""

import inspect

import psycopg2
from odoo import Command
from odoo.addons.cpa_beneficiary.tests.story import leaks
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_routes import RoutesCommon

REFUSALS = (
    *(AccessError, UserError, ValueError, TypeError, LookupError, AttributeError, NotImplementedError),
    psycopg2.Error,  # what a wizard lacks
)
# Core's, of which every model has one.
OF_ALL = {"action_archive", "action_unarchive"}
LOGGERS = ("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")


@tagged("post_install", "-at_install")
class TestButtons(RoutesCommon):
    """P-01, P-33, P-35: who has no part in a case reaches it by no button and by no wizard."""

    @classmethod
    def make_callers(cls):
        callers = super().make_callers()
        for name in ("researcher", "member"):  # of other cases, of other sessions
            groups = f"cpa_beneficiary.group_{name}"
            callers[f"other_{name}"] = new_test_user(cls.env, f"other_{name}", groups=groups)
        del callers["visitor"], callers["guardian"], callers["portal"]
        return callers

    def models(self, transient):
        names = sorted(name for name in self.env.registry if name.startswith("cpa."))
        models = [self.env[name] for name in names]
        return [model for model in models if not model._abstract and model._transient is transient]

    def latest(self, model):
        """Return the model's youngest record: mostly one of the victim's; none of what nobody ever reads."""
        try:
            return model.with_context(active_test=False).search([], limit=1, order="id desc")
        except AccessError:
            return model.browse()

    def buttons(self, model):
        """Return the names of the methods that a screen of this model may call without arguments."""
        found = []
        for name, method in inspect.getmembers(type(model), inspect.isfunction):
            if name.startswith("action_") and (name not in OF_ALL or "active" in model._fields):
                parameters = list(inspect.signature(method).parameters.values())[1:]
                if all(p.default is not p.empty or p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters):
                    found.append(name)
        return found

    def attempt(self, call):
        """Return ``(answer, what changed)`` of a call, which is taken back; a refusal is no answer."""
        self.env.flush_all()
        self.cr.execute("SAVEPOINT button")
        touched, answer = self.touched(), None
        self.env.transaction.clear()  # what somebody else has read is not his
        with mute_logger(*LOGGERS):
            try:
                answer = call()
                self.env.flush_all()
            except REFUSALS as refused:
                answer = refused.args
                self.env.transaction.clear()
                self.cr.execute("ROLLBACK TO SAVEPOINT button")
        self.env.transaction.clear()
        changed = self.changed() if self.touched() != touched else []
        self.cr.execute("ROLLBACK TO SAVEPOINT button")
        self.env.transaction.clear()
        return answer, changed

    def press(self, record, name):
        get_public_method(record, name)
        return getattr(record, name)()

    def test_buttons_of_others(self):
        pressed = 0
        for model in self.models(transient=False):
            record = self.latest(model)
            if not record:
                continue
            for caller, user in self.callers.items():
                theirs = record.with_user(user)
                if theirs.has_access("read"):  # reference data, and what is his own
                    continue
                for name in self.buttons(model):
                    with self.subTest(model=model._name, button=name, caller=caller):
                        answer, changed = self.attempt(lambda: self.press(theirs, name))
                        pressed += 1
                        self.assertEqual(changed, [])
                        self.assertFalse(leaks(answer))
        self.assertGreater(pressed, 100)

    # ------------------------------------------------------------------
    # Wizards
    # ------------------------------------------------------------------

    def victims(self):
        """Return ``{model: record}`` of what a wizard may be given: the victim's, where there is one."""
        found = {}
        for model in self.models(transient=False):
            found[model._name] = self.latest(model)
        mine = (self.request, self.victim, self.lead, self.victim.partner_id, self.delivery, self.committee_session)
        return found | {record._name: record for record in mine}

    def filled(self, model, victims):
        """Return values for a wizard that name somebody else's records wherever it takes a record."""
        values = {}
        for name, field in model._fields.items():
            if not field.store or name in MAGIC_COLUMNS or (field.compute and field.readonly):
                continue
            victim = victims.get(field.comodel_name) if field.relational else None
            if field.type == "many2one" and victim:
                values[name] = victim.id
            elif field.type == "many2many" and victim:
                values[name] = [Command.set(victim.ids)]
            elif field.type in ("char", "text", "html") and not field.related:
                values[name] = "x"
        return values

    def fill_in(self, wizards, values, name):
        wizard = wizards.create(values)
        read = wizard.read()
        return read, name and self.press(wizard, name)

    def test_wizards_on_others(self):
        victims, opened = self.victims(), 0
        for model in self.models(transient=True):
            values = self.filled(model, victims)
            of = [record for record in victims.values() if record and record._name in ("cpa.request", "crm.lead")]
            for caller, user in self.callers.items():
                for record in of:
                    context = {"active_model": record._name, "active_id": record.id, "active_ids": record.ids}
                    wizards = model.with_user(user).with_context(**context)
                    if not wizards.has_access("create"):
                        continue
                    for name in [None, *self.buttons(model)]:
                        for given in ({}, values):
                            with self.subTest(model=model._name, button=name, caller=caller, of=record._name):
                                answer, changed = self.attempt(lambda: self.fill_in(wizards, given, name))
                                opened += 1
                                self.assertEqual(changed, [])
                                self.assertFalse(leaks(answer))
        self.assertGreater(opened, 20)
