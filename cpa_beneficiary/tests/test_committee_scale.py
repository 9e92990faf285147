from odoo.tests import tagged

from .test_committee_rules import RulesCase

SIZES = (5, 10, 20)


@tagged("post_install", "-at_install")
class TestCommitteeScale(RulesCase):
    """Design "Size and speed": what a session costs follows its cases evenly, and what is shown of it not at all."""

    def steps(self, number):
        """Hold a session on ``number`` requests; return the queries of each step."""
        requests = self.request.browse().concat(*(self.waiting_request() for _number in range(number)))
        self.env.flush_all()
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
        # the list as the screens read it
        shown = (
            "voter_ids",
            "quorum_problem",
            "votes_for",
            "quorum",
            "my_vote",
            "can_vote",
            "proposal_id",
            "can_recuse",
        )
        measured("shown", lambda: session.case_ids.read(shown))
        measured("shown to a member", lambda: session.case_ids.with_user(self.chair).read(shown))
        measured("no objection", session.action_no_objection_all)
        session.write({"state": "counting"})
        measured("count", lambda: session.write({"state": "minutes"}))
        self.assertEqual(set(requests.mapped("state")), {"decided"})
        self.assertEqual({len(proposal.vote_ids) for proposal in session.case_ids.proposal_ids}, {5})
        return queries

    def test_queries(self):
        """The lists and the votes are flat; agenda and count grow evenly with their cases."""
        self.steps(2)  # caches
        small, middle, large = (self.steps(number) for number in SIZES)
        for step in ("agenda", "shown", "shown to a member", "no objection"):
            with self.subTest(step):
                self.assertEqual(small[step], large[step])
        for step in ("recommendations", "count"):
            with self.subTest(step):
                per_case = [(middle[step] - small[step]) / 5, (large[step] - middle[step]) / 10]
                self.assertLessEqual(per_case[1], per_case[0] + 0.5, per_case)
