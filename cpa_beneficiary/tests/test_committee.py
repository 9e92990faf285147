from odoo import SUPERUSER_ID, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import CpaCommon


@tagged("post_install", "-at_install")
class TestCommittee(CpaCommon):
    """P-35: the research committee studies a request and decides it; design "Committee" is cited by its rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.beneficiary = cls.make_beneficiary()
        cls.request = cls.waiting_request()

    def open_case(self, present=None, request=None):
        """Return the case of a session that is open."""
        session = self.convene(request or self.request, present)
        self.env.invalidate_all()
        return session.case_ids

    # ------------------------------------------------------------------
    # Who votes
    # ------------------------------------------------------------------

    def test_excluded_author_and_officer(self):
        """P-35, rule "excluded": the study's author and the request's officer do not vote."""
        self.deputy.group_ids += self.env.ref("cpa_beneficiary.group_officer")
        self.member.group_ids += self.env.ref("cpa_beneficiary.group_researcher")
        self.request.officer_id = self.deputy
        self.request.with_user(self.researcher).study_ids.sudo()._lifecycle_set({"researcher_id": self.member.id})
        case = self.open_case()
        self.assertEqual(case.excluded_ids.user_id, self.deputy | self.member)
        proposal = self.propose(case)
        for user in (self.deputy, self.member):
            with self.assertRaisesRegex(UserError, "do not vote"):
                self.vote(proposal, user)
            with self.assertRaisesRegex(UserError, "does not vote"):
                proposal.with_user(self.secretary)._cast(self.seat(user), "for")

    def test_recused_and_alternate(self):
        """P-35, rule "excluded": who steps aside says why and does not vote; the alternate takes the place."""
        everybody = self.chair | self.deputy | self.member | self.alternate
        case = self.open_case(everybody)
        self.assertNotIn(self.alternate, case.voter_ids.user_id, "an alternate votes only in somebody's place")
        case.with_user(self.member).env["cpa.committee.recusal"].create(
            {"case_id": case.id, "member_id": self.seat(self.member).id, "reason": "Kinship"}
        )
        self.env.invalidate_all()
        self.assertEqual(case.voter_ids.user_id, self.chair | self.deputy | self.alternate)
        proposal = self.propose(case)
        self.vote(proposal, self.alternate)
        with self.assertRaisesRegex(UserError, "do not vote"):
            self.vote(proposal, self.member)

    def test_alternate_of_an_absent_member(self):
        """P-35, rule "excluded": the alternate takes the place of an absent member too, who does not vote."""
        case = self.open_case(self.chair | self.deputy | self.alternate)
        proposal = self.propose(case)
        self.vote(proposal, self.alternate)
        with self.assertRaisesRegex(UserError, "do not vote"):
            self.vote(proposal, self.member)

    def test_recusal_is_the_members_own(self):
        """P-35: a member steps aside himself, before voting, and nobody but the secretary records it for him."""
        case = self.open_case()
        recusals = self.env["cpa.committee.recusal"].with_user(self.chair)
        with self.assertRaisesRegex(UserError, "steps aside himself"):
            recusals.create({"case_id": case.id, "member_id": self.seat(self.member).id, "reason": "Not my friend"})
        self.vote(self.propose(case), self.chair)
        with self.assertRaisesRegex(UserError, "before voting"):
            recusals.create({"case_id": case.id, "member_id": self.seat(self.chair).id, "reason": "Too late"})

    # ------------------------------------------------------------------
    # Voting
    # ------------------------------------------------------------------

    def test_vote_once_and_change_it(self):
        """P-35: one vote for each member; as long as the vote is open he may change it, not add another."""
        proposal = self.propose(self.open_case())
        self.vote(proposal, self.chair)
        self.vote(proposal, self.chair, "against")
        self.assertEqual(proposal.vote_ids.mapped("choice"), ["against"])
        self.assertEqual(proposal.with_user(self.chair).my_vote, "against")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["cpa.committee.vote"].with_user(self.chair).create(
                {"proposal_id": proposal.id, "member_id": self.seat(self.chair).id, "choice": "for"}
            )

    def test_member_votes_for_himself_only(self):
        """P-35: no member votes for another; the secretary records what was voted in the room, under her name."""
        proposal = self.propose(self.open_case())
        vals = {"proposal_id": proposal.id, "member_id": self.seat(self.member).id, "choice": "for"}
        with self.assertRaises(UserError):
            self.env["cpa.committee.vote"].with_user(self.chair).create(vals)
        vote = self.env["cpa.committee.vote"].with_user(self.secretary).create(vals)
        self.assertEqual(vote.recorded_by, self.secretary)
        with self.assertRaises(UserError):
            vote.with_user(self.chair).write({"choice": "against"})
        with self.assertRaises(UserError):
            vote.with_user(self.chair).sudo().write({"choice": "against"})

    def test_no_vote_after_the_end(self):
        """P-35: the end of the voting is the end, for members, secretary and superuser."""
        case = self.open_case()
        proposal = self.propose(case)
        self.vote(proposal, self.chair)
        case.session_id.write({"state": "counting"})
        with self.assertRaisesRegex(UserError, "has ended"):
            self.vote(proposal, self.deputy)
        with self.assertRaisesRegex(UserError, "has ended"):
            proposal.vote_ids.with_user(SUPERUSER_ID).write({"choice": "against"})
        with self.assertRaisesRegex(UserError, "while the session is open"):
            self.propose(case)

    def test_no_objection(self):
        """P-35: one tap records "for" of every present member who has not voted, and leaves cast votes alone."""
        case = self.open_case()
        proposal = self.propose(case)
        self.vote(proposal, self.member, "against")
        case.action_no_objection()
        self.assertEqual((proposal.votes_for, proposal.votes_against), (2, 1))
        self.assertEqual(proposal.vote_ids.filtered(lambda v: v.choice == "for").recorded_by, self.secretary)

    def test_what_is_voted_on_stays(self):
        """P-35: a proposal under vote does not change; another one replaces it and starts from no votes."""
        case = self.open_case()
        first = self.propose(case, amount=500)
        self.vote(first, self.chair)
        with self.assertRaisesRegex(UserError, "does not change"):
            first.write({"amount": 900})
        second = self.propose(case, amount=900)
        self.assertEqual((first.state, second.round, second.votes_for), ("superseded", 2, 0))
        with self.assertRaisesRegex(UserError, "has ended"):
            self.vote(first, self.deputy)

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def decided_with(self, *choices, present=None):
        """Return the request's state after a session in which chair, deputy and member vote ``choices``."""
        case = self.open_case(present)
        proposal = self.propose(case)
        for user, choice in zip((self.chair, self.deputy, self.member), choices, strict=False):
            self.vote(proposal, user, choice)
        self.count_votes(case.session_id)
        return proposal.state, case.state, self.request.state

    def test_carried(self):
        """P-35, rule "carried": more for than against."""
        self.assertEqual(self.decided_with("for", "for", "against"), ("carried", "decided", "decided"))

    def test_quorum_missed(self):
        """P-35, rule "quorum": more than half of three members is two; one vote decides nothing."""
        self.assertEqual(self.decided_with("for"), ("lost", "undecided", "committee"))

    def test_abstention_counts_for_the_quorum_only(self):
        """P-35, rule "carried": one for and one abstention make a quorum of two; one for is more than none against."""
        self.assertEqual(self.decided_with("for", "abstain"), ("carried", "decided", "decided"))

    def test_tie(self):
        """P-35, rule "tie": not carried; the request waits for the next session."""
        self.assertEqual(self.decided_with("for", "against"), ("lost", "undecided", "committee"))

    def test_tie_with_casting_vote(self):
        """P-35, rule "tie": the presiding member's vote decides where the board switched that on."""
        self.committee.has_casting_vote = True
        self.assertEqual(self.decided_with("for", "against"), ("carried", "decided", "decided"))

    def test_tie_against_by_casting_vote(self):
        """P-35, rule "tie": the casting vote works both ways."""
        self.committee.has_casting_vote = True
        self.assertEqual(self.decided_with("against", "for"), ("lost", "undecided", "committee"))

    def test_deferral_sends_back(self):
        """P-35: a deferral says what is missing and sends the request back to the researcher."""
        case = self.open_case()
        proposal = self.propose(case, "defer", missing="The lease")
        case.action_no_objection()
        self.count_votes(case.session_id)
        self.assertEqual((proposal.state, case.state, self.request.state), ("carried", "deferred", "research"))
        move = self.env["cpa.request.move"].search(
            [("request_id", "=", self.request.id), ("res_model", "=", "cpa.request")], order="id desc", limit=1
        )
        self.assertEqual(move.reason, "The lease")

    def test_withdrawn_during_the_session(self):
        """P-03: a request that its applicant withdraws before the count does not hold up the others' decisions."""
        other = self.waiting_request()
        session = self.convene(self.request | other)
        for case in session.case_ids:
            self.propose(case)
            case.action_no_objection()
        other.write({"state": "withdrawn", "move_reason": "Found help elsewhere"})
        self.count_votes(session)
        self.assertEqual((self.request.state, other.state), ("decided", "withdrawn"))
        self.assertEqual(session.case_ids.mapped("state"), ["decided", "undecided"])

    def test_said_before_the_vote(self):
        """P-32, P-33, P-36: what still stops a decision is said when it is put, not at the count; a deferral passes."""
        self.request.env["cpa.referral"].create(
            {"request_id": self.request.id, "question": "Who may apply?", "officer_id": self.researcher.id}
        )
        case = self.open_case()
        with self.assertRaisesRegex(UserError, "referral"):
            self.propose(case)
        self.assertTrue(self.propose(case, "defer", missing="The answer"))

    # ------------------------------------------------------------------
    # The secretary's screen
    # ------------------------------------------------------------------

    def test_agenda_and_all_recommendations(self):
        """P-35: the agenda fills itself, urgent ones first; one button puts what stands and names what it left."""
        urgent = self.waiting_request(is_urgent=True)
        rejected = self.waiting_request("reject")
        sessions = self.env["cpa.committee.session"].with_user(self.secretary)
        session = sessions.create({"committee_id": self.committee.id, "planned_at": fields.Datetime.now()})
        session.action_build_agenda()
        session.action_build_agenda()
        mine = session.case_ids.filtered(lambda c: c.request_id in self.request | urgent | rejected)
        self.assertEqual(mine.request_id.ids, (urgent | self.request | rejected).ids)
        session.write({"state": "convened"})
        session.action_all_present()
        session.write({"state": "open"})
        notice = session.action_put_recommendations()
        self.assertIn(rejected.number, notice["params"]["message"])
        self.assertEqual(mine.proposal_ids.mapped("kind"), ["accept"] * 2)

    def test_time_and_committee_stay(self):
        """P-35: the right to vote hangs on committee and day, so neither changes once the session is under way."""
        session = self.open_case().session_id
        for vals in ({"committee_id": self.committee.copy().id}, {"planned_at": "2030-01-01 09:00:00"}):
            with self.assertRaisesRegex(UserError, "does not change"):
                session.write(vals)

    # ------------------------------------------------------------------
    # Evidence
    # ------------------------------------------------------------------

    def closed_session(self):
        """Return a closed session with attendance, a recusal, two proposals, votes and signatures."""
        case = self.open_case()
        self.env["cpa.committee.recusal"].with_user(self.secretary).create(
            {"case_id": case.id, "member_id": self.seat(self.alternate).id, "reason": "Kinship"}
        )
        self.propose(case, "reject")
        self.propose(case)
        case.action_no_objection()
        session = case.session_id
        self.count_votes(session)
        with self.assertRaisesRegex(UserError, "not signed"):
            session.write({"state": "closed"})
        self.sign_minutes(session)
        self.assertIn("Test chair", session.minutes_html)
        session.write({"state": "closed"})
        return session

    def test_closed_is_frozen(self):
        """P-35, design "Committee": after "closed" nothing changes or goes through the ORM, superuser included."""
        session = self.closed_session()
        case = session.case_ids
        other_session = self.env["cpa.committee.session"].create({"committee_id": self.committee.id})
        other_request = self.waiting_request()
        late_seat = self.env["cpa.committee.member"].create(
            {"committee_id": self.committee.id, "user_id": self.auditor.id, "date_from": "2020-01-01"}
        )
        changes = [
            (session, {"minutes": "Something else"}),
            (session, {"place": "Elsewhere"}),
            (session, {"state": "minutes"}),
            (session, {"presiding_id": self.seat(self.member).id}),
            (session, {"case_ids": [fields.Command.create({"request_id": other_request.id})]}),
            (session.attendance_ids, {"is_present": False}),
            (session.signature_ids, {"signed_at": "2020-01-01 00:00:00"}),
            (session.attendance_ids[:1], {"session_id": other_session.id}),
            (case, {"request_id": other_request.id}),
            (case, {"session_id": other_session.id}),
            (case, {"sequence": 1}),
            (case.proposal_ids, {"amount": 9999}),
            (case.proposal_ids, {"conditions": "None"}),
            (case.proposal_ids.vote_ids, {"choice": "against"}),
            (case.proposal_ids.vote_ids[:1], {"member_id": self.seat(self.alternate).id}),
            (case.recusal_ids, {"reason": "Another"}),
        ]
        additions = [
            ("cpa.committee.case", {"session_id": session.id, "request_id": other_request.id}),
            ("cpa.committee.proposal", {"case_id": case.id, "kind": "accept"}),
            ("cpa.committee.recusal", {"case_id": case.id, "member_id": self.seat(self.member).id, "reason": "Late"}),
            ("cpa.committee.attendance", {"session_id": session.id, "member_id": late_seat.id}),
            (
                "cpa.committee.vote",
                {"proposal_id": case.proposal_ids[-1].id, "member_id": self.seat(self.alternate).id, "choice": "for"},
            ),
        ]
        rows = (session, session.attendance_ids, case, case.proposal_ids, case.proposal_ids.vote_ids, case.recusal_ids)
        for user in (self.secretary, self.manager, self.env.ref("base.user_root")):
            for records, vals in changes:
                with self.subTest(user=user.login, change=vals), self.assertRaises(UserError):
                    records.with_user(user).write(vals)
            for model, vals in additions:
                with self.subTest(user=user.login, add=model), self.assertRaises(UserError):
                    self.env[model].with_user(user).create(vals)
            for records in rows:
                self.assertTrue(records)
                with self.subTest(user=user.login, delete=records._name), self.assertRaises(UserError):
                    records.with_user(user).unlink()

    def test_nothing_moves_into_a_closed_session(self):
        """Design "Committee": rows of another session cannot be moved into a closed one."""
        session = self.closed_session()
        case = self.open_case(request=self.waiting_request())
        recusal = (
            self.env["cpa.committee.recusal"]
            .with_user(self.secretary)
            .create({"case_id": case.id, "member_id": self.seat(self.alternate).id, "reason": "Kinship"})
        )
        for records, vals in (
            (case, {"session_id": session.id}),
            (recusal, {"case_id": session.case_ids.id}),
            (case.session_id.attendance_ids[:1], {"session_id": session.id}),
        ):
            with self.subTest(records=records._name), self.assertRaises(UserError):
                records.sudo().write(vals)
