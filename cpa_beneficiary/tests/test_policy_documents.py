"""P-27 to P-30: the four tools, one click from every request, acknowledged by the staff version by version."""

from datetime import date, datetime

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..models.cpa_policy_document import TOOLS
from .common import ROLES, CpaCommon

DAY = "2026-02-01 09:00:00"


class DocumentsCommon(CpaCommon):
    def setUp(self):
        super().setUp()
        self.patch(self.env.cr, "commit", lambda: None)  # of the jobs, which do it by themselves

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what an installation may hold already has no part in what is counted here
        cls.env.cr.execute("UPDATE cpa_policy_document SET state = 'superseded' WHERE state = 'in_force'")
        cls.env.invalidate_all()

    @classmethod
    def put_in_force(cls, kind="bylaws", **values):
        """Return a version that the manager puts in force."""
        document = cls.env["cpa.policy.document"].with_user(cls.manager)
        version = str(document.search_count([("kind", "=", kind)]) + 500)
        values = {"body": "<p>Text</p>", "approval_date": "2026-01-05", "version": version, **values}
        document = document.create({"kind": kind, "name": kind, **values})
        document.state = "in_force"
        return document

    def readers(self, document, role="manager"):
        rows = self.env["cpa.policy.reader"].with_user(getattr(self, role))
        return rows.search([("document_id", "=", document.id), ("is_main", "=", True)])

    def activities(self, document):
        return self.env["mail.activity"].search(
            [("res_model", "=", "cpa.policy.document"), ("res_id", "=", document.id)]
        )


@tagged("post_install", "-at_install")
@freeze_time(DAY)
class TestToolsOfTheStaff(DocumentsCommon):
    def test_one_click_from_a_request(self):
        """P-27 to P-30: whoever sees the request opens the version in force; of a missing one it is said."""
        bylaws = self.put_in_force()
        request = self.make_request()
        for role in ("officer", "manager", "auditor"):
            seen = request.with_user(getattr(self, role))
            action = seen.with_context(kind="bylaws").action_open_tool()
            self.assertEqual((action["res_model"], action["res_id"]), ("cpa.policy.document", bylaws.id))
            self.assertEqual(self.env[action["res_model"]].with_user(seen.env.user).browse(bylaws.id).body, bylaws.body)
            notice = seen.with_context(kind="research_guide").action_open_tool()
            self.assertIn("No version", notice["params"]["message"])
        newer = self.put_in_force(approval_date="2026-01-06")
        self.assertEqual(request.with_context(kind="bylaws").action_open_tool()["res_id"], newer.id)

    def test_the_form_prints_blank(self):
        """P-30: the support request form prints from each request."""
        request = self.make_request(self.support)
        action = request.action_print_blank_form()
        self.assertEqual(action["report_name"], "cpa_beneficiary.cpa_service_form_blank")

    def test_whoever_is_staff_reads_and_acknowledges(self):
        """Each role finds what is his to read, acknowledges it once; the time is the system's."""
        document = self.put_in_force()
        for role in ROLES:
            with self.subTest(role=role):
                user = getattr(self, role)
                own = document.with_user(user)
                self.assertIn(own, own.search([("is_to_read", "=", True)]))
                self.assertTrue(own.is_to_read)
                own.action_acknowledge()
                own.action_acknowledge()
                row = self.env["cpa.policy.acknowledgement"].with_user(user).search([("document_id", "=", document.id)])
                if role not in ("manager", "auditor"):
                    self.assertEqual(row.user_id, user, "of others one sees nothing")
                mine = row.filtered(lambda row, user=user: row.user_id == user)
                self.assertEqual(mine.acknowledged_at, datetime(2026, 2, 1, 9, 0))
                self.assertFalse(own.is_to_read)
                self.assertNotIn(own, own.search([("is_to_read", "=", True)]))
                self.assertIn(own, own.search([("is_to_read", "=", False)]))

    def test_nobody_else_acknowledges(self):
        document = self.put_in_force()
        with self.assertRaises(AccessError):
            document.with_user(self.plain).action_acknowledge()

    def test_what_is_not_in_force_is_not_acknowledged(self):
        former = self.put_in_force()
        self.put_in_force(approval_date="2026-01-06")
        with self.assertRaisesRegex(UserError, "in force"):
            former.with_user(self.officer).action_acknowledge()

    def test_an_acknowledgement_never_changes(self):
        """Nobody writes one for another, changes or deletes one, the superuser included."""
        document = self.put_in_force()
        document.with_user(self.officer).action_acknowledge()
        rows = self.env["cpa.policy.acknowledgement"].search([("document_id", "=", document.id)])
        values = {"user_id": self.delegate.id, "document_id": document.id, "acknowledged_at": DAY}
        for tried in (rows, rows.with_user(self.manager), rows.with_user(self.officer)):
            with self.assertRaises(UserError):
                tried.create(values)
            with self.assertRaises(UserError):
                tried.write({"acknowledged_at": "2026-01-01"})
            with self.assertRaises(UserError):
                tried.unlink()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            rows._append_rows([values | {"user_id": self.officer.id}])

    def test_a_new_version_is_read_anew(self):
        """P-27: an acknowledgement is of a version."""
        former = self.put_in_force()
        former.with_user(self.officer).action_acknowledge()
        newer = self.put_in_force(approval_date="2026-01-06")
        self.assertTrue(newer.with_user(self.officer).is_to_read)
        self.assertTrue(former.with_user(self.officer).read_on, "what was read stays read")

    def test_charters_are_read_by_the_parties(self):
        """P-01: a charter is acknowledged by its party, not by the staff, unless the manager says so."""
        charter = self.put_in_force("charter_volunteer")
        self.assertFalse(charter.reader_group_ids)
        self.assertFalse(charter.with_user(self.officer).is_to_read)
        charter.reader_group_ids = self.env.ref("cpa_beneficiary.group_officer")
        charter.invalidate_recordset()
        self.assertTrue(charter.with_user(self.officer).is_to_read, "who reads it is no part of the frozen text")
        self.assertFalse(charter.with_user(self.delegate).is_to_read)

    def test_today_shows_it_with_its_button(self):
        document = self.put_in_force()
        sections = {part["key"]: part for part in self.env["cpa.today"].with_user(self.officer).get_today()["sections"]}
        [row] = [row for row in sections["to_read"]["rows"] if row["id"] == document.id]
        getattr(document.with_user(self.officer), row["button"]["method"])()
        sections = {part["key"] for part in self.env["cpa.today"].with_user(self.officer).get_today()["sections"]}
        self.assertNotIn("to_read", sections)


@tagged("post_install", "-at_install")
class TestCoverage(DocumentsCommon):
    """P-27 to P-30: who has not acknowledged is known, reminded, and shown to the manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.cpa_acknowledge_days = 14
        cls.env.cr.execute("UPDATE res_users SET create_date = '2020-01-01'")
        with freeze_time("2026-02-01 09:00:00"):
            cls.document = cls.put_in_force()

    def chase(self, day):
        with freeze_time(f"{day} 05:14:00"):
            self.env["cpa.policy.document"]._cron_chase()

    def test_coverage_per_document_and_role(self):
        with freeze_time("2026-02-02 09:00:00"):
            self.document.with_user(self.officer).action_acknowledge()
            rows = self.readers(self.document)
            self.assertTrue({self.officer, self.delegate, self.chair} <= set(rows.user_id))
            self.assertNotIn(self.plain, rows.user_id)
            self.assertEqual(rows.filtered("is_read").user_id, self.officer)
            self.assertEqual(rows.mapped("due_on")[0], date(2026, 2, 15))
            by_role = dict(
                self.env["cpa.policy.reader"]
                .with_user(self.manager)
                ._read_group([("document_id", "=", self.document.id)], ["role_id"], ["read_share:avg"])
            )
            officers = self.env["res.users"].search(
                [("all_group_ids", "in", self.env.ref("cpa_beneficiary.group_officer").ids)]
            )
            self.assertEqual(by_role[self.env.ref("cpa_beneficiary.group_officer")], 1 / len(officers))
            self.assertEqual(by_role[self.env.ref("cpa_beneficiary.group_delegate")], 0)
            self.document.invalidate_recordset()
            self.assertEqual(self.document.with_user(self.manager).read_text, f"1 of {len(rows)}")

    def test_who_holds_several_roles_counts_once_as_a_person(self):
        self.officer.group_ids += self.env.ref("cpa_beneficiary.group_researcher")
        self.assertEqual(len(self.readers(self.document).filtered(lambda row: row.user_id == self.officer)), 1)

    def test_late_ones_are_reminded_and_listed(self):
        """Sunday 15 February is the last day; on Monday who has not read it gets an activity, once."""
        with freeze_time("2026-02-02 09:00:00"):
            self.document.with_user(self.officer).action_acknowledge()
        self.chase("2026-02-15")
        self.assertFalse(self.activities(self.document))
        self.chase("2026-02-16")
        reminded = self.activities(self.document).user_id
        self.assertIn(self.delegate, reminded)
        self.assertNotIn(self.officer, reminded)
        self.chase("2026-02-17")
        self.assertEqual(len(self.activities(self.document)), len(reminded), "one reminder is enough")
        with freeze_time("2026-02-17 09:00:00"):
            late = (
                self.env["cpa.policy.reader"]
                .with_user(self.manager)
                .search([("document_id", "=", self.document.id), ("is_late", "=", True), ("is_main", "=", True)])
            )
            self.assertEqual(late.user_id, reminded)
            self.document.with_user(self.delegate).action_acknowledge()
        self.assertNotIn(self.delegate, self.activities(self.document).user_id)

    def test_no_reminder_on_a_day_off(self):
        self.chase("2026-02-20")  # a Friday
        self.assertFalse(self.activities(self.document))

    def test_a_superseded_version_reminds_of_nothing(self):
        self.chase("2026-02-16")
        self.assertTrue(self.activities(self.document))
        with freeze_time("2026-02-16 09:00:00"):
            self.put_in_force(approval_date="2026-02-10")
        self.assertFalse(self.activities(self.document))

    def test_only_manager_and_auditor_see_who_has_read_what(self):
        for role in ROLES:
            with self.subTest(role=role):
                if role in ("manager", "auditor"):
                    self.assertTrue(self.readers(self.document, role))
                else:
                    with self.assertRaises(AccessError):
                        self.readers(self.document, role)

    def test_lists_stay_flat(self):
        documents = self.document
        with freeze_time("2026-02-01 09:00:00"):
            for kind in TOOLS[1:]:
                documents += self.put_in_force(kind)

        def queries(records):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.with_user(self.officer).read(["name", "is_to_read", "read_text", "state"])
            return self.cr.sql_log_count - before

        queries(documents)
        self.assertEqual(queries(documents[:1]), queries(documents))
