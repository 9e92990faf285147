import os

from odoo.tests import tagged

from .test_committee_rules import RulesCase

SIZES = (20, 200) if os.environ.get("CPA_DRILLS") else (5, 20)
# what the screens show of the cases of a session
SHOWN = ("voter_ids", "quorum_problem", "votes_for", "quorum", "my_vote", "can_vote", "proposal_id", "can_recuse")


@tagged("post_install", "-at_install")
class TestCommitteeScale(RulesCase):
    """Design "Size and speed": 200 cases (20 without --drills) and seven members; only the count asks for more."""

    def steps(self, number):
        """Hold a session on ``number`` requests; return the queries of each step."""
        requests = self.request.browse().concat(*(self.waiting_request() for _number in range(number)))
        session = self.new_session()
        queries = {}

        def measured(step, function):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            function()
            self.env.flush_all()
            queries[step] = self.env.cr.sql_log_count - before

        measured("agenda", session.action_build_agenda)
        session.case_ids.filtered(lambda case: case.request_id not in requests).unlink()
        session.write({"state": "convened"})
        session.attendance_ids.is_present = True
        session.write({"state": "open"})
        measured("recommendations", session.action_put_recommendations)
        measured("shown", lambda: session.case_ids.read(SHOWN))
        measured("shown to a member", lambda: session.case_ids.with_user(self.chair).read(SHOWN))
        measured("no objection", session.action_no_objection_all)
        session.write({"state": "counting"})
        measured("count", lambda: session.write({"state": "minutes"}))
        self.assertEqual(set(requests.mapped("state")), {"decided"})
        self.assertEqual({len(proposal.vote_ids) for proposal in session.case_ids.proposal_ids}, {5})
        return queries

    def test_queries(self):
        self.steps(2)  # caches
        small, large = (self.steps(number) for number in SIZES)
        # each decided request is followed up by other parts (clock, delivery): the same for every case
        growth = (large.pop("count") - small.pop("count")) / (SIZES[1] - SIZES[0])
        self.assertLessEqual(growth, 8)
        for step, queries in large.items():
            with self.subTest(step):
                # a thousand votes are stored a hundred at a time
                self.assertLessEqual(queries - small[step], (SIZES[1] - SIZES[0]) * 5 // 100)
