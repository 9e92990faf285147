"""An attacker inside: officer, manager, survey manager and superuser look for who answered what (P-16)."""

import json
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import SurveyCommon

SECRET = "A remark that only one person can have made"


@tagged("post_install", "-at_install")
class TestNobodyKnows(SurveyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey_manager = new_test_user(
            cls.env,
            "cpa_survey_manager",
            groups="cpa_beneficiary.group_officer,cpa_beneficiary.group_manager,survey.group_survey_manager,"
            "base.group_allow_export",
        )
        cls.root = cls.env.ref("base.user_root")
        cls.attackers = cls.officer | cls.manager | cls.auditor | cls.survey_manager
        cls.asked = cls.ask(cls.officer, cls.second, cls.third, cls.officer, cls.second, cls.third)
        cls.env.flush_all()
        cls.before = cls.sizes()
        for invitation, score in zip(cls.asked, (1, 5, 4, 2, 3, 5), strict=True):
            cls.answer(invitation, score, SECRET if score == 1 else "")
        cls.env.flush_all()

    @classmethod
    def sizes(cls):
        """Return how many rows each table has in which an answer could leave a trace."""
        tables = (
            "survey_user_input",
            "survey_user_input_line",
            "mail_message",
            "mail_mail",
            "mail_followers",
            "mail_tracking_value",
            "mail_notification",
            "mail_activity",
            "ir_attachment",
            "cpa_access_trace",
            "cpa_request_move",
            "bus_bus",
        )
        found = {}
        for table in tables:
            cls.env.cr.execute(SQL("SELECT COUNT(*) FROM %s", SQL.identifier(table)))
            found[table] = cls.env.cr.fetchone()[0]
        return found

    # ------------------------------------------------------------------
    # Through the ORM
    # ------------------------------------------------------------------

    def test_facts_are_read_by_nobody(self):
        """By no way of the ORM, not even by the superuser: search, group, read, export, browse, display name."""
        [key] = {fact["id"] for fact in self.facts()[:1]}
        for user in self.attackers | self.root:
            Fact = self.env["cpa.survey.fact"].with_user(user)
            Fact = Fact.sudo() if user == self.root else Fact
            ways = (
                lambda: Fact.search(Domain.TRUE),
                lambda: Fact.search_count([("score", "<", 3)]),
                lambda: Fact.search_read([], ["score"]),
                lambda: Fact.web_search_read([], {"score": {}}),
                lambda: Fact._read_group([], ["score"], ["__count"]),
                lambda: Fact.formatted_read_group([], ["month:month"], ["score:avg"]),
                lambda: Fact.formatted_read_grouping_sets([], [["score"]], ["__count"]),
                lambda: Fact.web_read_group([], ["score"], ["__count"]),
                lambda: Fact.name_search(""),
                lambda: Fact.browse(key).read(["score"]),
                lambda: Fact.browse(key).score,
                lambda: Fact.browse(key).display_name and Fact.browse(key).month,
                lambda: Fact.browse(key).export_data(["score"]),
                lambda: Fact.browse(key).web_read({"score": {}}),
                lambda: Fact.browse(key).copy(),
                lambda: Fact.create({"score": 1}),
                lambda: Fact.browse(key).write({"score": 1}),
                lambda: Fact.browse(key).unlink(),
                lambda: self.env["res.users"].with_user(user).sudo().search([("id", "in", Fact._search([]))]),
            )
            for number, way in enumerate(ways):
                with self.subTest(user=user.login, way=number), self.assertRaises(UserError):
                    way()

    def test_answers_are_gone(self):
        """The answer, its lines and whatever was logged of it are deleted with the transaction that brought it."""
        self.assertEqual(self.sizes(), self.before)

    def test_answers_of_a_running_test(self):
        """Even an answer of our kind that stands in the database is read by no role, survey managers included."""
        answer = self.survey._create_answer(user=self.survey_manager, test_entry=True)
        self.assertFalse(answer.partner_id or answer.email or answer.nickname)
        for user in self.attackers:
            for model in ("survey.user_input", "survey.user_input.line"):
                Model = self.env[model].with_user(user)
                if Model.has_access("read"):
                    self.assertFalse(Model.search([("survey_id", "=", self.survey.id)]))
        facts = len(self.facts())
        answer._cpa_fill(self.values(self.survey, 1))
        answer._mark_done()
        self.assertFalse(answer.exists())
        self.assertEqual(len(self.facts()), facts, "a test counts for nothing")

    def test_who_answered(self):
        """No role reads, filters, sorts or groups by who answered or who was reminded."""
        for user in self.attackers:
            Invitation = self.env["cpa.survey.invitation"].with_user(user)
            for name in ("is_answered", "is_reminded", "staff_id", "mail_id"):
                for way in (
                    lambda: Invitation.search([(name, "!=", False)]),
                    lambda: Invitation.search([], order=name),
                    lambda: Invitation._read_group([], [name], ["__count"]),
                    lambda: Invitation.browse(self.asked.ids).read([name]),
                    lambda: Invitation.browse(self.asked.ids).export_data([name]),
                ):
                    with self.subTest(user=user.login, name=name), self.assertRaises(UserError):
                        way()
        fields = self.env["cpa.survey.invitation"].with_user(self.manager).fields_get()
        self.assertFalse(fields.keys() & {"is_answered", "is_reminded", "create_date", "write_date", "write_uid"})

    def test_nobody_writes_invitations_or_figures(self):
        """Neither does anybody make himself an invitation, or a figure."""
        for user in self.attackers:
            for model in ("cpa.survey.invitation", "cpa.survey.figure", "cpa.survey.own.figure"):
                for operation in ("create", "write", "unlink"):
                    with self.subTest(user=user.login, model=model, operation=operation):
                        self.assertFalse(self.env[model].with_user(user).has_access(operation))

    # ------------------------------------------------------------------
    # In the database itself
    # ------------------------------------------------------------------

    def test_nothing_ties(self):
        """No column of what was answered leads to who was asked: no person, event, time, order or common row."""
        columns = self.facts()[0].keys()
        self.assertEqual(
            columns,
            {
                "id",
                "company_id",
                "event_code",
                "measure",
                "month",
                "score",
                "service_id",
                "channel_id",
                "branch_id",
                "department_id",
                "staff_id",
            },
        )
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'cpa_survey_comment'"
        )
        columns = {name for (name,) in self.env.cr.fetchall()}
        self.assertEqual(columns, {"id", "company_id", "event_code", "text", "released_text", "state"})
        self.env.cr.execute(
            """SELECT column_name FROM information_schema.columns
                WHERE table_name = 'cpa_survey_invitation' AND data_type LIKE 'timestamp%'"""
        )
        self.assertEqual(self.env.cr.fetchall(), [("due_at",)])
        self.assertTrue(all(row.due_at.minute == row.due_at.second == 0 for row in self.asked), "the full hour")

    def test_order_tells_nothing(self):
        """Keys are random, so the first who answered is not the first row; a night later not even on the disk."""
        keys = [fact["id"] for fact in self.facts()]
        self.assertNotEqual(keys, sorted(keys))
        self.assertGreater(max(keys) - min(keys), 1000)
        self.env["cpa.survey.fact"]._cron_mix()
        self.env.cr.execute("SELECT id, xmin::text FROM cpa_survey_fact")
        rows = self.env.cr.fetchall()
        self.assertEqual({key for key, _written in rows}, set(keys))
        self.assertEqual(len({written for _key, written in rows}), 1, "written together, all of them")

    def test_text_is_nowhere_else(self):
        """A remark is kept once, in the queue of who screens it."""
        self.env.cr.execute(
            """SELECT table_name, column_name FROM information_schema.columns
                WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'jsonb')
                  AND table_name IN (SELECT relname FROM pg_class WHERE relkind = 'r')
                  AND (table_name LIKE 'mail%' OR table_name LIKE 'survey%' OR table_name LIKE 'cpa%'
                       OR table_name LIKE 'sms%' OR table_name IN ('ir_logging', 'bus_bus', 'ir_attachment'))"""
        )
        found = []
        for table, column in self.env.cr.fetchall():
            names = SQL.identifier(table), SQL.identifier(column)
            self.env.cr.execute(SQL("SELECT COUNT(*) FROM %s WHERE %s::text LIKE %s", *names, f"%{SECRET}%"))
            if self.env.cr.fetchone()[0]:
                found.append((table, column))
        self.assertEqual(sorted(found), [("cpa_survey_comment", "released_text"), ("cpa_survey_comment", "text")])

    # ------------------------------------------------------------------
    # From the figures
    # ------------------------------------------------------------------

    def test_differences_between_periods(self):
        """No figure of a longer period counts what was told for a shorter one: nothing is left to subtract."""
        self.answers([5] * 6, at="2026-01-12 09:00:00", branch_id=self.branch.id)
        self.answers([1] * 2, at="2026-02-12 09:00:00", branch_id=self.branch.id)
        figures = self.count()
        for table in set(figures.mapped("table")):
            months = [month for figure in figures.filtered(lambda f, t=table: f.table == t) for month in figure.months]
            self.assertEqual(len(months), len(set(months)))

    def test_no_score_of_a_person(self):
        """Of a provider below the minimum nobody learns a score: neither he, nor others, by whatever difference."""
        self.answers([1] * 4, staff=self.third, branch_id=self.branch.id)
        figures = self.count()
        self.assertEqual(figures.mapped("table"), ["all"])
        own = self.env["cpa.survey.own.figure"].search([("user_id", "=", self.third.id)])
        self.assertFalse(own.filtered(lambda figure: figure.answers < 5))

    def test_comment(self):
        """Only who screens reads what was written; others what was released, in the words that he let stand."""
        comment = self.env["cpa.survey.comment"].with_user(self.manager).search([])
        self.assertEqual(comment.text, SECRET)
        for user in (self.officer, self.auditor):
            self.assertFalse(comment.with_user(user).search([]))
            with self.assertRaises(AccessError):
                comment.with_user(user).read(["text"])
        for vals in ({"state": "released"}, {"text": "Other"}):
            with self.assertRaises(UserError):
                comment.write(vals)
        comment.released_text = "A remark"
        comment.action_release()
        self.assertEqual(comment.with_user(self.officer).search([]).text, "A remark")
        with self.assertRaises(UserError):
            comment.released_text = SECRET

    def test_held_comment_is_gone(self):
        comment = self.env["cpa.survey.comment"].with_user(self.manager).search([])
        comment.action_hold()
        self.assertFalse(comment.text or comment.released_text)
        self.assertFalse(comment.with_user(self.officer).search([]))

    def test_json(self):
        """What the screens of a manager hold of figures says no more than the figures."""
        self.count()
        rows = self.env["cpa.survey.figure"].with_user(self.manager).search_read([])
        self.assertNotIn("Person", json.dumps(rows, default=str))
        self.assertEqual({row["date_from"] for row in rows}, {date(2026, 3, 1)})
