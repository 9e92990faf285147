"""300,000 people (3,000 without --drills): who is looked for at the counter is found by an index, by every role."""

import os
from unittest.mock import patch

from odoo.addons.cpa_beneficiary.tools.saudi import check_identity, normalise_phone
from odoo.addons.cpa_beneficiary.tools.text import name_key
from odoo.sql_db import Cursor
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL

from . import scale

PEOPLE = 300_000 if os.environ.get("CPA_DRILLS") else 3_000
BIG = ("res_partner", "cpa_beneficiary", "cpa_identity")
LIST = {
    "file_number": {},
    "name": {},
    "phone": {},
    "identity_number": {},
    "state": {},
    "governorate_id": {"fields": {"display_name": {}}},
    "segment_ids": {"fields": {"display_name": {}}},
    "branch_id": {"fields": {"display_name": {}}},
    "officer_id": {"fields": {"display_name": {}}},
}
ROLES = ("officer", "delegate", "researcher", "manager")


@tagged("post_install", "-at_install")
class TestScalePeople(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "no_reset_password": True})
        governorate = env["cpa.governorate"].search([], limit=1)
        branches = env["cpa.branch"].create(
            [{"name": name, "governorate_id": governorate.id} for name in ("Main branch", "Small branch")]
        )
        cls.users = {role: new_test_user(env, f"cpa_{role}", groups=f"cpa_beneficiary.group_{role}") for role in ROLES}
        branches[1].delegate_ids = cls.users["delegate"]
        cls.numbers = scale.make_people(env, PEOPLE, branches, cls.users["researcher"])
        env.cr.execute("SET LOCAL random_page_cost = 1.1")  # as our own servers have it

    def files(self, role="officer"):
        return self.env["cpa.beneficiary"].with_user(self.users[role]).with_context(lang="ar_001")

    def mine(self, role):
        """Return the number of one of the people whom the role sees."""
        partner = self.files(role).search([("file_number", "like", "7%")], order="id", limit=1).sudo().partner_id
        self.assertTrue(partner, role)
        return partner.id

    def plans(self, look):
        """Return what ``look()`` returns and the plans of its queries, as flat lists of plan nodes."""
        queries = []
        execute = Cursor.execute

        def listen(cursor, query, *args, **kwargs):
            result = execute(cursor, query, *args, **kwargs)
            queries.append(cursor._obj.query.decode())
            return result

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(Cursor, "execute", listen):
            found = look()
        plans = []
        for query in queries:
            if query.lstrip().startswith("SELECT") and any(table in query for table in BIG):
                raw = self.env.cr._obj  # as it was sent: its percent signs are no placeholders
                raw.execute("EXPLAIN (FORMAT JSON) " + query)
                plans.append(list(self.nodes(raw.fetchone()[0][0]["Plan"])))
        return found, plans

    def nodes(self, plan):
        yield plan
        for child in plan.get("Plans", ()):
            yield from self.nodes(child)

    def assertByIndex(self, plans, index):
        """Assert that one of the plans uses ``index`` and none reads a big table from end to end."""
        nodes = [node for plan in plans for node in plan]
        self.assertIn(index, {node.get("Index Name") for node in nodes})
        scanned = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
        self.assertFalse(scanned & set(BIG), "read from end to end")

    # ------------------------------------------------------------------
    # The synthetic people are as the ORM would have written them
    # ------------------------------------------------------------------

    def test_people_are_real(self):
        step = max(PEOPLE // 50, 1)
        for number in self.numbers[::step]:
            partner = self.env["res.partner"].browse(number)
            file = partner.cpa_beneficiary_ids
            plain = partner.cpa_identity_ids.sudo().number_plain
            self.assertEqual(partner.cpa_name_key, name_key(partner.name))
            self.assertEqual((partner.phone, normalise_phone(partner.phone)), (scale.phone(number),) * 2)
            self.assertEqual(plain, scale.identity(number))
            self.assertFalse(check_identity("NAT", plain))
            self.assertEqual(file.file_number, scale.file_number(number))
            self.assertEqual((partner.cpa_person, file.state), (True, "registered"))

    # ------------------------------------------------------------------
    # Look-ups
    # ------------------------------------------------------------------

    def test_numbers_are_looked_up_by_their_indexes(self):
        """Identity, phone and file number: whoever types them, in the search box or in a picker."""
        for role in ROLES:
            number = self.mine(role)
            for typed, index in (
                (scale.identity(number), "cpa_identity_number_uniq"),
                (scale.phone(number), "res_partner_cpa_phone_idx"),
                (scale.file_number(number), "cpa_beneficiary_file_number_uniq"),
            ):
                with self.subTest(role=role, index=index):
                    found, plans = self.plans(lambda typed=typed, role=role: self.files(role).name_search(typed))
                    self.assertEqual(
                        [row[0] for row in found], self.env["res.partner"].browse(number).cpa_beneficiary_ids.ids
                    )
                    self.assertByIndex(plans, index)
        found, plans = self.plans(
            lambda: self.files().search([("identity_number", "=", scale.identity(self.numbers[7]))])
        )
        self.assertEqual(found.partner_id.id, self.numbers[7])
        self.assertByIndex(plans, "cpa_identity_number_uniq")

    def test_names_are_looked_up_by_trigrams(self):
        """Part of a name, in any order and spelling, finds whoever has it; with contrib, by the index."""
        for role in ROLES:
            name = self.env["res.partner"].browse(self.mine(role)).name
            first, _bin, father, grandfather, family = name.split()
            for typed in (name, f"{first} {family} {grandfather} {father}", f"{first} {father} {family}"):
                with self.subTest(role=role, typed=typed):
                    found, plans = self.plans(
                        lambda typed=typed, role=role: self.files(role).search([("display_name", "ilike", typed)])
                    )
                    words = name_key(typed).split()
                    self.assertTrue(found)
                    self.assertTrue(
                        all(all(word in file.sudo().partner_id.cpa_name_key for word in words) for file in found)
                    )
                    if self.registry.has_trigram and role in ("officer", "manager"):
                        self.assertByIndex(plans, "res_partner__cpa_name_key_index")
        for typed in ("ظافرة الهاجري", "نوره تركى", "فا", "لا أحد"):
            conditions = SQL(" AND ").join(
                SQL("strpos(cpa_name_key, %s) > 0", word) for word in name_key(typed).split()
            )
            self.env.cr.execute(SQL("SELECT id FROM res_partner WHERE cpa_person AND %s", conditions))
            expected = {row[0] for row in self.env.cr.fetchall()}
            found = self.files().search([("display_name", "ilike", typed)])
            self.assertEqual(set(found.partner_id.ids), expected, typed)

    def test_duplicates_are_looked_up_by_indexes(self):
        """P-08: asked at each key: identity, phone and close name, each by its index."""
        number = self.numbers[11]
        partner = self.env["res.partner"].browse(number)
        for vals, index in (
            ({"identity_number": scale.identity(number)}, "cpa_identity_number_uniq"),
            ({"phone": scale.phone(number)}, "res_partner_cpa_phone_idx"),
            ({"name": partner.name.replace("بن ", "")}, "res_partner__cpa_name_key_index"),
        ):
            with self.subTest(vals=vals):
                found, plans = self.plans(lambda vals=vals: self.files()._find_duplicates(vals))
                self.assertTrue(found)
                if self.registry.has_trigram or "name" not in vals:
                    self.assertByIndex(plans, index)

    def test_who_sees_no_people_does_not_read_them_all(self):
        """A plain employee's contacts, in a list and in a picker, past 300,000 people who are not his to see."""
        plain = new_test_user(self.env, "cpa_plain_scale", groups="base.group_user")
        contacts = self.env["res.partner"].with_user(plain)
        found, plans = self.plans(lambda: contacts.search([]))
        self.assertFalse(found.sudo().filtered("cpa_person"))
        self.assertByIndex(plans, "res_partner_cpa_others_idx")
        _found, plans = self.plans(lambda: contacts.name_search("محمد"))
        self.assertByIndex(plans, "res_partner_cpa_others_idx")

    # ------------------------------------------------------------------
    # Lists
    # ------------------------------------------------------------------

    def test_lists_take_the_same_queries_for_few_and_many(self):
        """P-08: list, search and board of people: as many queries for 120 people as for 60, for every role."""
        for role in ROLES:
            for domain in ([], [("display_name", "ilike", "محمد")]):
                counts = []
                for limit in (60, 60, 120):
                    self.env.invalidate_all()
                    before = self.cr.sql_log_count
                    found = self.files(role).web_search_read(domain, LIST, limit=limit, count_limit=10_001)
                    counts.append(self.cr.sql_log_count - before)
                with self.subTest(role=role, domain=domain):
                    self.assertGreaterEqual(found["length"], 3)
                    self.assertLessEqual(counts[2], counts[1])
                    self.assertLess(counts[2], 25)

    def test_first_page_reads_no_more_than_it_shows(self):
        """The first page of the officer's list walks an index; a delegate's and a researcher's begin with their own."""
        for role, index in (
            ("officer", "cpa_beneficiary_pkey"),
            ("delegate", "cpa_beneficiary__branch_id_index"),
            ("researcher", "cpa_request__researcher_id_index"),
        ):
            with self.subTest(role=role):
                _found, plans = self.plans(lambda role=role: self.files(role).search([], limit=80))
                if PEOPLE > 100_000:  # a small table is read at once, whatever the index
                    self.assertByIndex(plans, index)
