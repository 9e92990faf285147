from freezegun import freeze_time
from odoo.tests import tagged

from .common import CpaCommon


@tagged("post_install", "-at_install")
class TestToday(CpaCommon):
    """The first screen of the day shows each role what waits for it, in few queries whatever waits."""

    def keys(self, user):
        today = self.env["cpa.today"].with_user(user).get_today()
        # other add-ons append theirs, named after themselves
        sections = {section["key"] for section in today["sections"] if not section["key"].startswith("volunteer")}
        return sections, [action["key"] for action in today["actions"]]

    def test_sections_of_each_role(self):
        """Each role sees its own work and nothing of others'; only who receives people has the quick actions."""
        counter = {"waiting", "inquiries", "reply", "deliver", "incomplete", "calls"}
        expected = {
            self.officer: counter | {"pay"},
            self.delegate: counter,
            self.researcher: {"research", "referrals", "visits", "calls"},
            self.member: {"votes", "sign", "sessions", "calls"},
            self.chair: {"votes", "sign", "sessions", "calls"},
            self.secretary: {"agenda", "sign", "sessions", "calls"},
            self.manager: {"orders", "overdue", "late", "unassigned", "unsighted", "reviews", "calls"},
            self.auditor: {"overdue", "late", "calls"},
            self.privacy: {"calls"},
        }
        actions = {
            self.officer: ["reception", "request", "inquiry"],
            self.delegate: ["reception", "request", "inquiry"],
            self.secretary: ["session"],
            self.manager: ["dashboard", "scorecard"],
            self.auditor: ["dashboard", "scorecard"],
        }
        for user, sections in expected.items():
            with self.subTest(user=user.login):
                self.assertEqual(self.keys(user), (sections, actions.get(user, [])))

    def test_what_waits_of_a_session(self):
        """P-35: a member's votes wait only where he may vote, his signature only when he was there."""
        request = self.submit(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
        self.study(request)
        session = self.convene(request)
        proposal = self.propose(session.case_ids)

        def rows(user, key):
            today = self.env["cpa.today"].with_user(user).get_today()
            return [row["id"] for section in today["sections"] if section["key"] == key for row in section["rows"]]

        self.assertEqual(rows(self.member, "votes"), session.case_ids.ids)
        self.assertFalse(rows(self.alternate, "votes"), "no place is empty")
        self.env["cpa.committee.recusal"].with_user(self.deputy).create(
            {
                "case_id": session.case_ids.id,
                "member_id": self.committee.member_ids.filtered(lambda m: m.user_id == self.deputy).id,
                "reason": "Kinship",
            }
        )
        self.env.invalidate_all()
        self.assertFalse(rows(self.deputy, "votes"), "who stepped aside does not vote")
        self.vote(proposal, self.member)
        self.env.invalidate_all()
        self.assertFalse(rows(self.member, "votes"))
        self.vote(proposal, self.chair)
        session.action_end_voting()
        session.with_context(to_state="minutes").action_move()
        self.assertEqual(rows(self.member, "sign"), session.ids)
        self.assertFalse(rows(self.alternate, "sign"))

    def test_what_waits_for_the_manager(self):
        """P-04, P-32: what has no officer, was not sighted by its day, or is to be reviewed; each once it is so."""

        def waiting(at):
            self.env.invalidate_all()
            with freeze_time(at):
                today = self.env["cpa.today"].with_user(self.manager).get_today()
            return {section["key"]: [row["id"] for row in section["rows"]] for section in today["sections"]}

        with freeze_time("2026-03-01 09:00:00"):
            request = self.make_request(self.support, beneficiary_id=self.make_beneficiary().id)
            request.check_ids[0].write({"due_date": "2026-03-05", "state": "to_sight"})
            self.submit(request)
        before = waiting("2026-03-05 20:30:00")  # its last half hour in Riyadh
        self.assertNotIn(request.id, before["unsighted"])
        self.assertNotIn(request.id, before["unassigned"])
        self.assertIn(request.id, waiting("2026-03-05 21:30:00")["unsighted"])
        request.check_ids[0].with_user(self.manager).write({"state": "waived", "move_reason": "Known to us"})
        request.with_user(self.manager).officer_id = False
        after = waiting("2026-03-05 21:30:00")
        self.assertNotIn(request.id, after["unsighted"])
        self.assertIn(request.id, after["unassigned"])
        policy = self.env["cpa.policy"]._in_force(self.env.company)
        policy.next_review_date = "2026-03-05"
        self.assertNotIn(policy.id, waiting("2026-03-05 20:30:00")["reviews"])
        self.assertIn(policy.id, waiting("2026-03-05 21:30:00")["reviews"])

    def test_several_roles(self):
        """In a small association one person holds several roles: the sections add up."""
        self.officer.group_ids += self.env.ref("cpa_beneficiary.group_secretary")
        self.assertLessEqual({"waiting", "agenda", "sessions"}, self.keys(self.officer)[0])

    def test_day_in_both_calendars(self):
        """P-38 dates in both calendars; the day is Riyadh's, three hours before UTC's."""
        with freeze_time("2022-11-01 22:00:00"):
            today = self.env["cpa.today"].with_user(self.officer).get_today()
        self.assertIn("1444", today["date_text"])
        self.assertIn("2 November 2022", today["date_text"])
        self.assertIn(self.officer.name, today["greeting"])

    def test_late_comes_marked(self):
        """P-35: a request past its target is marked late."""
        with freeze_time("2026-03-01 09:00:00"):
            request = self.submit(self.make_request(beneficiary_id=self.make_beneficiary().id))
        with freeze_time("2026-06-01 09:00:00"):
            today = self.env["cpa.today"].with_user(self.officer).get_today()
        self.assertEqual(today["sections"][0]["key"], "waiting", "what waits comes first")
        row = next(row for row in today["sections"][0]["rows"] if row["id"] == request.id)
        self.assertTrue(row["late"])
        self.assertEqual(row["model"], "cpa.request")

    def test_flat_queries(self):
        """As many queries for seven waiting requests as for two: none for each row."""
        beneficiaries = [self.make_beneficiary(number=None, registered=False, phone=f"050123450{i}") for i in range(7)]
        for beneficiary in beneficiaries[:2]:
            self.make_request(beneficiary_id=beneficiary.id)
        few = self._queries()
        for beneficiary in beneficiaries[2:]:
            self.make_request(beneficiary_id=beneficiary.id)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(few):
            self._load()

    def _load(self):
        return self.env["cpa.today"].with_user(self.officer).get_today()

    def _queries(self):
        self._load()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._load()
        return self.env.cr.sql_log_count - before
