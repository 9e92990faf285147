"""Every model x role x operation stands in one table, ``access_matrix.csv``, and is held against the database.

A cell names what the role may do with the model: r(ead), w(rite), c(reate), u(nlink); empty is nothing. A new model
without its line fails. After a change that is meant: ``CPA_WRITE_MATRIX=1`` writes the table anew; read the difference.
"""

import csv
import os
from pathlib import Path

from odoo.tests import TransactionCase, new_test_user, tagged

TABLE = Path(__file__).with_name("access_matrix.csv")
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
# Roles of the three add-ons; a role of an add-on that is not installed is left out of the comparison.
ROLES = {
    "auditor": "cpa_beneficiary.group_auditor",
    "delegate": "cpa_beneficiary.group_delegate",
    "officer": "cpa_beneficiary.group_officer",
    "researcher": "cpa_beneficiary.group_researcher",
    "member": "cpa_beneficiary.group_member",
    "secretary": "cpa_beneficiary.group_secretary",
    "manager": "cpa_beneficiary.group_manager",
    "privacy": "cpa_beneficiary.group_privacy",
    "volunteer_coordinator": "cpa_volunteer.group_coordinator",
    "plain": "base.group_user",
    "portal": "base.group_portal",
    "applicant": "cpa_beneficiary.group_applicant",
    "website": "cpa_beneficiary.group_website",
    "public": "base.group_public",
}
# Models of core that hold what is ours.
CORE_MODELS = (
    "calendar.attendee",
    "calendar.event",
    "crm.activity.report",
    "crm.lead",
    "ir.attachment",
    "mail.activity",
    "mail.blacklist",
    "mail.message",
    "mail.notification",
    "phone.blacklist",
    "privacy.log",
    "res.partner",
    "res.partner.bank",
    "sms.sms",
)


@tagged("post_install", "-at_install")
class TestAccessMatrix(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(cls.env, f"matrix_{role}", groups=group)
            for role, group in ROLES.items()
            if cls.env.ref(group, raise_if_not_found=False)
        }

    def models(self):
        """Return the names of the models that the table has to have: all of ours, and core's that hold what is ours."""
        ours = [name for name in self.env.registry if name.startswith("cpa.") and not self.env[name]._abstract]
        return sorted(ours) + [name for name in CORE_MODELS if name in self.env]

    def granted(self, model, user):
        """Return what ``user`` may do with ``model``, as the database answers."""
        return "".join(key for key, name in OPERATIONS.items() if self.env[model].with_user(user).has_access(name))

    def test_table_is_what_the_database_grants(self):
        """Deny by default: nobody may do what the table does not say, and everybody what it does."""
        actual = {
            model: {role: self.granted(model, user) for role, user in self.users.items()} for model in self.models()
        }
        if os.environ.get("CPA_WRITE_MATRIX"):
            with TABLE.open("w", newline="") as handle:
                writer = csv.DictWriter(handle, ["model", *ROLES], lineterminator="\n", restval="")
                writer.writeheader()
                writer.writerows({"model": model, **cells} for model, cells in actual.items())
        with TABLE.open() as handle:
            table = {row.pop("model"): row for row in csv.DictReader(handle)}
        for model, cells in actual.items():
            with self.subTest(model=model):
                self.assertIn(model, table, "every model has its line")
                self.assertEqual({role: table[model].get(role, "") for role in cells}, cells)

    def test_table_has_no_dead_lines(self):
        """A line of a model that is gone says nothing; add-ons that are not installed keep theirs."""
        with TABLE.open() as handle:
            lines = [row["model"] for row in csv.DictReader(handle)]
        self.assertEqual(len(lines), len(set(lines)))
        if {"cpa_volunteer", "cpa_survey"} <= self.env.registry._init_modules:
            self.assertFalse(set(lines) - set(self.models()))

    def test_nobody_deletes_evidence(self):
        """Whatever the table says: journal, traces, sealed rounds, checks and votes are deleted by no role."""
        for model in (
            "cpa.request.move",
            "cpa.access.trace",
            "cpa.request.submission",
            "cpa.request.check",
            "cpa.committee.vote",
            "cpa.committee.proposal",
            "cpa.identity",
            "cpa.study",
            "cpa.visit",
            "cpa.referral",
        ):
            for role, user in self.users.items():
                with self.subTest(model=model, role=role):
                    self.assertFalse(self.env[model].with_user(user).has_access("unlink"))

    def test_outsiders_reach_nothing_of_ours(self):
        """Plain employees, portal users and visitors have no row on any of our models."""
        for role in ("plain", "portal", "applicant", "website", "public"):
            for model in self.models():
                if model.startswith("cpa."):
                    with self.subTest(model=model, role=role):
                        self.assertEqual(self.granted(model, self.users[role]), "")
