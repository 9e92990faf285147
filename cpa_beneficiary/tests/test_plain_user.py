"""Who has no role in the association reads nothing of its people: no name, phone, question or visit, by any model.

Every text of the story carries a marker. Every model that a user may read is then read in every way that the web
client and the API offer; the marker must not come back.
"""

from contextlib import contextmanager, suppress

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .story import MARKER, PHONE, MarkedStory, leaks

TEXT_TYPES = ("char", "text", "html", "json", "reference", "properties", "many2one", "many2one_reference")

# Roles of other apps, which the association's staff may be given beside their own or instead of one.
OUTSIDERS = {
    "plain": "base.group_user",
    "sales": "sales_team.group_sale_manager,base.group_user",
    "mailing": "mass_mailing.group_mass_mailing_user,base.group_user",
    "contacts": "base.group_partner_manager,base.group_user",
    "website": "website.group_website_designer,base.group_user",
    "survey": "survey.group_survey_manager,base.group_user",
    "staff": "cpa_beneficiary.group_staff",
    "portal": "base.group_portal",
    "applicant": "cpa_beneficiary.group_applicant",
    "applying": "cpa_beneficiary.group_website",
    "public": "base.group_public",
}


class Readings:
    """The ways in which a user reads what he may read of a model."""

    @contextmanager
    def allowed_to_refuse(self):
        """What a model refuses, or cannot answer for such a call, leaks nothing; its savepoint keeps the test going."""
        refusals = AccessError, UserError, NotImplementedError, ValueError, KeyError, TypeError, AttributeError
        loggers = "odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_rule"
        with suppress(*refusals), mute_logger(*loggers), self.cr.savepoint():
            yield

    def holds_something(self, model):
        """Whether there is anything to read of a model: an empty table leaks nothing to anybody."""
        if model._abstract or not model._auto:
            return not model._abstract  # what is no table may make up its answers
        return bool(model.env.execute_query(SQL("SELECT FROM %s LIMIT 1", SQL.identifier(model._table))))

    def readings(self, model):
        """Yield ``(way, answer)``: what the user reads of a model."""
        names = [
            name
            for name, field in model._fields.items()
            if field.type in TEXT_TYPES
            and (field.store or field.compute)
            and name != "description_html"  # of modules: slow and noisy
            and model._has_field_access(field, "read")
        ]
        with self.allowed_to_refuse():
            records = model.with_context(active_test=False).search([], limit=400, order="id desc")
            with self.allowed_to_refuse():
                yield "display_name", records.mapped("display_name")
            bad = set()
            try:
                with self.cr.savepoint():
                    yield "read", records.read(names)
            except Exception:  # noqa: BLE001 - one field that fails hides the others: read them one by one
                bad = set(names)
            for name in bad:
                with self.allowed_to_refuse():
                    yield f"read {name}", records.read([name])
        stored = [
            name for name in names if model._fields[name].store and model._fields[name].type in ("char", "many2one")
        ]
        for name in stored:
            with self.allowed_to_refuse():
                yield f"group by {name}", model.formatted_read_group([], [name], ["__count"], limit=400)
        with self.allowed_to_refuse():
            yield "name_search", model.name_search(MARKER, limit=50)
        with self.allowed_to_refuse():
            yield "name_search, all", model.name_search("", limit=200)
        if self.env.user.has_group("base.group_allow_export"):
            with self.allowed_to_refuse():
                yield "export", model.search([], limit=200).export_data(["display_name", *stored])["datas"]


@tagged("post_install", "-at_install")
class TestPlainUser(Readings, MarkedStory):
    """Issue 2: a plain internal user without a role reads no name, phone, inquiry or visit title of our people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsiders = {}
        for name, groups in OUTSIDERS.items():
            if all(cls.env.ref(group, raise_if_not_found=False) for group in groups.split(",")):
                cls.outsiders[name] = new_test_user(cls.env, f"outsider_{name}", groups=groups, name=f"Outsider {name}")

    def test_no_outsider_reads_a_marker(self):
        """P-01 (rights of all parties) and the data-protection law: without a role, nothing of a person is read."""
        filled = [name for name in sorted(self.env.registry) if self.holds_something(self.env[name])]
        for name, user in self.outsiders.items():
            env = self.env(user=user)
            found = []
            for model_name in filled:
                model = env[model_name]
                if not model.has_access("read"):
                    continue
                for way, answer in self.readings(model):
                    if leaks(answer):
                        found.append(f"{model_name}: {way}")
            with self.subTest(user=name):
                self.assertEqual(found, [])

    def test_search_is_no_oracle(self):
        """A name is not guessed by searching for it: what a search cannot show it does not count either."""
        for name, user in self.outsiders.items():
            env = self.env(user=user)
            for model_name, domain in (
                ("res.partner", [("name", "ilike", MARKER)]),
                ("res.partner", [("phone", "=", PHONE)]),
                ("res.partner", [("cpa_name_key", "ilike", MARKER)]),
                ("res.partner", [("cpa_person", "=", True)]),
                ("res.users", [("partner_id.name", "ilike", MARKER)]),
                ("crm.lead", [("partner_id.name", "ilike", MARKER)]),
                ("crm.lead", [("question_ids.name", "ilike", MARKER)]),
                ("calendar.event", [("res_model", "=", "cpa.visit")]),
                ("mail.message", [("body", "ilike", MARKER)]),
                ("ir.attachment", [("name", "ilike", MARKER)]),
            ):
                with self.subTest(user=name, model=model_name, domain=domain), self.allowed_to_refuse():
                    self.assertFalse(env[model_name].search_count(domain))

    def test_staff_with_a_role_reads(self):
        """The markers are there to be found: the officer finds them, so an empty answer above proves something."""
        env = self.env(user=self.officer)
        for model_name in (
            "res.partner",
            "cpa.beneficiary",
            "crm.lead",
            "cpa.request",
            "mail.message",
            "ir.attachment",
        ):
            model = env[model_name]
            with self.subTest(model=model_name):
                self.assertTrue(any(leaks(answer) for _way, answer in self.readings(model)))
