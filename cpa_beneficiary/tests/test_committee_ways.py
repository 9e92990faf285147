"""P-35 and design "Committee": what is on record, the ways on for what was not decided, what is decided unmet."""

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_committee_rules import RulesCase


@tagged("post_install", "-at_install")
class TestCommitteeWays(RulesCase):
    def undecided(self, there="CD"):
        """Return the case of a session whose quorum was out of reach."""
        session = self.open(self.new_session(self.request), there)
        self.propose(session.case_ids)
        self.count_votes(session)
        return session.case_ids

    # ------------------------------------------------------------------
    # On record
    # ------------------------------------------------------------------

    def test_not_before_its_day(self):
        """P-35: a session is not opened before its day, as Riyadh counts days."""
        session = self.new_session(self.request, planned_at="2026-03-02 06:00:00")
        with self.assertRaisesRegex(UserError, "2026-03-02: a session is not held before"):
            self.open(session)
        with freeze_time("2026-03-01 20:59:00"), self.assertRaisesRegex(UserError, "not held before"):
            session.write({"state": "open"})
        with freeze_time("2026-03-01 21:01:00"):
            session.write({"state": "open"})
        self.assertEqual(session.state, "open")

    def test_who_presided_stays_on_record(self):
        """Rule "chair absent": who presided is a fact of the opening, whatever members and terms become later."""
        session = self.open(self.new_session(self.request), "DMNO")
        self.assertEqual(session.presiding_id, self.seats["D"])
        session.attendance_ids.filtered(lambda line: line.member_id == self.seats["C"]).is_present = True
        self.assertEqual(session._presiding(), self.seats["D"], "the chair comes late")
        session.presiding_id = self.seats["C"]
        self.assertEqual(session._presiding(), self.seats["C"], "and takes the chair, which is recorded")
        with self.assertRaisesRegex(UserError, "who is present presides"):
            session.presiding_id = self.seats["X"]
        self.count_votes(session)
        with self.assertRaisesRegex(UserError, "does not change"):
            session.presiding_id = self.seats["D"]
        self.seats["C"].date_to = "2026-02-01"
        self.assertEqual(session._presiding(), self.seats["C"])

    def test_what_was_counted_stays(self):
        """Rules "quorum", "excluded": a later change of rules, members or officer changes nothing that was counted."""
        session = self.open(self.new_session(self.request), "CDMNO")
        proposal = self.propose(session.case_ids)
        self.cast(proposal, "C+ D+ M-")
        self.committee.write({"quorum_rule": "all", "majority_rule": "absolute"})
        self.count_votes(session)
        self.assertEqual((proposal.state, proposal.quorum), ("carried", 3))
        self.people["M"].group_ids += self.env.ref("cpa_beneficiary.group_officer")
        self.request.sudo().officer_id = self.people["M"]
        self.env.invalidate_all()
        self.assertFalse(session.case_ids.excluded_ids)
        self.assertEqual(proposal.quorum, 3)
        with self.assertRaisesRegex(UserError, "new line"):
            self.seats["M"].with_user(self.manager).role = "alternate"

    def test_rules_are_the_committees(self):
        """P-35: nobody types the rules into a session; the manager sets them for the committee."""
        session = self.new_session(self.request)
        with self.assertRaisesRegex(UserError, "not typed"):
            session.quorum_rule = "all"
        with self.assertRaises(AccessError):
            self.committee.with_user(self.secretary).quorum_rule = "all"
        self.committee.with_user(self.manager).quorum_rule = "all"
        self.assertEqual(self.open(session).quorum_rule, "all")

    def test_a_place_is_voted_from_once(self):
        """Rule "excluded": a member who comes after his alternate has voted finds his place taken there."""
        session = self.open(self.new_session(self.request | self.waiting_request()), "CDNOX")
        first, second = (self.propose(case) for case in session.case_ids)
        self.cast(first, "X+")
        self.assertEqual(first.vote_ids.place_id, self.seats["M"])
        session.attendance_ids.filtered(lambda line: line.member_id == self.seats["M"]).is_present = True
        self.assertEqual(self.letters(first.case_id.voter_ids), "CDNOX")
        self.assertEqual(self.letters(second.case_id.voter_ids), "CDMNO")
        with self.assertRaisesRegex(UserError, "do not vote"):
            self.cast(first, "M+")
        self.cast(second, "M+")
        session.attendance_ids.filtered(lambda line: line.member_id == self.seats["M"]).is_present = False
        self.assertEqual(self.letters(second.case_id.voter_ids), "CDMNO", "who left has voted")

    def test_all_members_of_the_day(self):
        """Rule "expired term": on record are the members of the day of the session, not those of the invitation."""
        self.seats["N"].date_to = "2026-03-05"
        session = self.new_session(self.request, planned_at="2026-03-04 09:00:00")
        session.write({"state": "convened"})
        self.assertIn(self.seats["N"], session.attendance_ids.member_id)
        session.planned_at = "2026-03-06 09:00:00"
        with freeze_time("2026-03-06 09:00:00"):
            session.action_all_present()
            session.write({"state": "open"})
            self.assertNotIn(self.seats["N"], session.attendance_ids.member_id)
            self.assertEqual(self.letters(session.case_ids.voter_ids), "CDMO")

    # ------------------------------------------------------------------
    # Quorum out of reach
    # ------------------------------------------------------------------

    def test_shown_before_the_vote(self):
        """Rule "quorum out of reach": said on the case before anybody votes, with who is missing and why."""
        self.people["D"].group_ids += self.env.ref("cpa_beneficiary.group_officer")
        self.request.officer_id = self.people["D"]
        session = self.new_session(self.request)
        case = session.case_ids
        self.assertTrue(case.quorum_reachable, "everybody may come")
        self.open(session, "CX")
        self.assertTrue(case.quorum_reachable is False)
        self.assertEqual(
            case.quorum_problem.splitlines(),
            [
                "Quorum out of reach: 3 votes needed, 2 possible.",
                "Excluded: Test deputy.",
                "Absent: Test member, Test N, Test O.",
            ],
        )
        self.assertEqual(case.with_user(self.chair).quorum_problem, case.quorum_problem)
        session.attendance_ids.filtered(lambda line: line.member_id == self.seats["M"]).is_present = True
        self.assertTrue(case.quorum_reachable)
        self.assertFalse(case.quorum_problem)

    def test_next_session(self):
        """Rule "quorum out of reach", way 1: the session that is planned next takes it, else the next agenda."""
        case = self.undecided()
        self.assertEqual((case.state, self.request.state), ("undecided", "committee"))
        case.action_next_session()
        session = self.new_session(planned_at="2026-03-08 09:00:00")
        case.action_next_session()
        self.assertEqual(session.case_ids.request_id, self.request)
        with self.assertRaisesRegex(UserError, "on its way already"):
            case.action_next_session()
        session.case_ids.unlink()
        session.action_build_agenda()
        self.assertEqual(session.case_ids.request_id, self.request)

    def test_circulation(self):
        """Rule "quorum out of reach", way 2: by circulation: members are asked, all must answer."""
        action = self.undecided().action_circulate()
        session = self.env["cpa.committee.session"].with_user(self.secretary).browse(action["res_id"])
        self.assertEqual((session.mode, session.answer_until), ("circulation", fields.Date.to_date("2026-03-08")))
        self.open(session, "")
        asked = session.activity_ids.filtered(
            lambda a: a.activity_type_id == self.env.ref("cpa_beneficiary.activity_circulation")
        )
        self.assertEqual(asked.user_id, self.env["res.users"].concat(*self.people.values()))
        self.assertEqual(set(asked.mapped("date_deadline")), {session.answer_until})
        proposal = self.propose(session.case_ids)
        with self.assertRaisesRegex(UserError, "silence is no answer"):
            proposal.action_no_objection()
        self.cast(proposal, "C+ D+ M+ N+")
        present = session.attendance_ids.filtered("is_present").member_id
        self.assertEqual(self.letters(present), "CDMN", "who answers takes part")
        self.assertNotIn(self.people["C"], session.activity_ids.user_id, "who has answered is not asked any more")
        with self.assertRaisesRegex(UserError, "still to answer: Test O"):
            session.write({"state": "counting"})
        with freeze_time("2026-03-09 09:00:00"):
            with self.assertRaisesRegex(UserError, "last day for the answers was"):
                self.cast(proposal, "O+")
            self.count_votes(session)
        self.assertEqual((proposal.state, session.case_ids.state), ("lost", "undecided"))
        self.assertFalse(session.activity_ids)
        self.assertEqual(session.case_ids.can_continue, True)

    def test_circulation_ends_with_the_last_answer(self):
        """Rule "circulation": once all have answered nobody waits for the last day; the minutes name who answered."""
        session = self.new_session(self.request, mode="circulation", answer_until="2026-03-08")
        self.open(session, "")
        self.assertIn(session.case_ids, self.env["cpa.committee.case"].with_user(self.people["O"]).search([]))
        self.cast(self.propose(session.case_ids), "C+ D+ M+ N+ O-")
        self.count_votes(session)
        self.assertEqual(self.request.state, "decided")
        self.close(session)

    def test_circulation_has_a_last_day(self):
        """Rule "circulation": the last day is given with the invitation, and is still to come."""
        session = self.new_session(self.request, mode="circulation")
        for day in (False, "2026-02-28"):
            session.answer_until = day
            with self.assertRaisesRegex(UserError, "last day for the answers"):
                session.write({"state": "convened"})

    def test_higher_body(self):
        """Rule "quorum out of reach", way 3: the named higher body hears it, and nobody else's agenda takes it."""
        case = self.undecided()
        with self.assertRaisesRegex(UserError, "no higher body"):
            case.action_hand_over()
        board = self.committee.create(
            {
                "name": "Board",
                "member_ids": [
                    fields.Command.create({"user_id": user.id, "role": role, "date_from": "2020-01-01"})
                    for user, role in ((self.manager, "chair"), (self.chair, "member"), (self.member, "member"))
                ],
            }
        )
        self.committee.higher_body_id = board
        with self.assertRaisesRegex(UserError, "secretary says"):
            case.with_user(self.officer).action_hand_over()
        case.action_hand_over()
        self.assertEqual(self.request.committee_id, board)
        ours, boards = self.new_session(), self.new_session(committee_id=board.id)
        for session in (ours, boards):
            session.action_build_agenda()
        self.assertFalse(ours.case_ids)
        self.assertEqual(boards.case_ids.request_id, self.request)
        with self.assertRaisesRegex(UserError, "is heard by"):
            ours.case_ids = [fields.Command.create({"request_id": self.request.id})]

    def test_which_committee_hears_it(self):
        """P-35: a request knows the committee that hears it; the higher body takes only what was handed over."""
        self.assertEqual(self.request.committee_id, self.committee)
        board = self.committee.create({"name": "Board"})
        self.committee.higher_body_id = board
        waiting = self.waiting_request()
        self.assertEqual(waiting.committee_id, self.committee, "a higher body hears nothing by itself")
        with self.assertRaisesRegex(ValidationError, "higher body of itself"):
            board.higher_body_id = self.committee
        with self.assertRaisesRegex(UserError, "not typed"):
            waiting.committee_id = board

    # ------------------------------------------------------------------
    # Urgent decisions
    # ------------------------------------------------------------------

    def urgent(self):
        """Return the case that chair and one member decided urgently."""
        session = self.open(self.new_session(self.request, mode="urgent"), "CM")
        self.cast(self.propose(session.case_ids), "C+ M+")
        self.count_votes(session)
        self.assertEqual(self.request.state, "decided")
        return session.case_ids

    def ratify(self, kind, votes="C+ D+ M+"):
        """Hold the next session, which decides on the ratification."""
        session = self.open(self.new_session(self.waiting_request(is_urgent=True)))
        case = session.case_ids.filtered("ratifies_id")
        if kind == "ratify":
            case.action_put_recommendation()
        else:
            self.propose(case, kind)
        self.cast(case.proposal_ids, votes)
        self.count_votes(session)
        return case

    def test_urgent_takes_what_is_urgent(self):
        """Rule "urgent": the agenda of an urgent session takes urgent requests only."""
        urgent = self.waiting_request(is_urgent=True)
        session = self.new_session(mode="urgent")
        session.action_build_agenda()
        self.assertEqual(session.case_ids.request_id, urgent)

    def test_ratified(self):
        """Rule "urgent": the next session's agenda takes the ratification by itself, first, once; the members vote."""
        case = self.urgent()
        self.assertEqual(case.ratification, "awaited")
        draft = self.new_session()
        draft.action_build_agenda()
        draft.action_build_agenda()
        self.assertEqual(draft.case_ids.ratifies_id, case)
        self.assertFalse(self.new_session(mode="circulation").case_ids)
        draft.case_ids.unlink()
        ratification = self.ratify("ratify")
        self.assertEqual((ratification.ratifies_id, ratification.state), (case, "decided"))
        self.assertEqual((case.ratification, self.request.state), ("ratified", "decided"))
        later = self.new_session()
        later.action_build_agenda()
        self.assertFalse(later.case_ids.ratifies_id)

    def test_ratification_is_nothing_else(self):
        """Rule "urgent": what was decided urgently is ratified or not; nothing else is ratified."""
        self.urgent()
        session = self.open(self.new_session(self.waiting_request()))
        ratification = session.case_ids.filtered("ratifies_id")
        with self.assertRaisesRegex(UserError, "ratified or not"):
            self.propose(ratification)
        with self.assertRaisesRegex(UserError, "ratified or not"):
            self.propose(session.case_ids - ratification, "ratify")
        with self.assertRaisesRegex(UserError, "does not wait"):
            self.new_session(self.request)

    def test_not_ratified_goes_back(self):
        """Rule "urgent": not ratified and not told yet, the request is before the committee again; the record stays."""
        case = self.urgent()
        self.ratify("not_ratify")
        self.assertEqual((case.state, case.ratification), ("decided", "refused"))
        self.assertEqual((self.request.state, self.request.decision), ("committee", False))
        with self.assertRaisesRegex(UserError, "not carried a proposal"):
            self.request.with_user(self.secretary).write({"state": "decided"})
        session = self.open(self.new_session(self.request))
        self.cast(self.propose(session.case_ids, "reject"), "C+ D+ M+")
        self.count_votes(session)
        self.assertEqual((self.request.state, self.request.decision), ("decided", "reject"))

    def test_not_ratified_but_told(self):
        """Rule "urgent": told already, nothing happens by itself: the manager is asked to see to it."""
        self.urgent()
        self.reply(self.request, "approved")
        self.ratify("not_ratify")
        self.assertEqual((self.request.state, self.request.decision), ("approved", "accept"))
        activity = self.request.sudo().activity_ids.filtered(
            lambda a: a.activity_type_id == self.env.ref("cpa_beneficiary.activity_not_ratified")
        )
        self.assertIn(self.manager, activity.user_id)

    def test_lost_ratification_comes_again(self):
        """Rule "urgent": without a decision on the ratification the next agenda takes it up again."""
        case = self.urgent()
        self.ratify("ratify", "C+ D-")
        self.assertEqual(case.ratification, "awaited")
        session = self.new_session()
        session.action_build_agenda()
        self.assertEqual(session.case_ids.ratifies_id, case)

    def test_nobody_takes_a_decision_back(self):
        """P-35: the way back from a decision is open for what was not ratified only."""
        self.urgent()
        with self.assertRaisesRegex(UserError, "decision stands"):
            self.request.with_user(self.secretary).write({"state": "committee", "move_reason": "A second thought"})

    # ------------------------------------------------------------------
    # Never blocked
    # ------------------------------------------------------------------

    def test_what_stops_a_decision_after_the_vote(self):
        """P-33: a referral opened between vote and count holds up its own request, not the count of the others."""
        other = self.waiting_request()
        session = self.open(self.new_session(self.request | other))
        for case in session.case_ids:
            self.propose(case)
        session.action_no_objection_all()
        self.request.env["cpa.referral"].create(
            {"request_id": self.request.id, "question": "Who may apply?", "officer_id": self.researcher.id}
        )
        self.count_votes(session)
        self.assertEqual((self.request.state, other.state), ("committee", "decided"))
        self.assertEqual(session.case_ids.proposal_ids.mapped("state"), ["carried"] * 2)
        self.assertEqual(session.case_ids.mapped("state"), ["undecided", "decided"])

    # ------------------------------------------------------------------
    # Off until switched on
    # ------------------------------------------------------------------

    def test_vote_before_the_session(self):
        """Design "Off until switched on": a vote before the session counts for who cannot come."""
        session = self.new_session(self.request)
        session.write({"state": "convened"})
        with self.assertRaisesRegex(UserError, "while the session is open"):
            self.propose(session.case_ids)
        session.write({"state": "cancelled", "move_reason": "Other rules"})
        self.committee.has_early_vote = True
        session = self.new_session(self.request)
        session.write({"state": "convened"})
        proposal = self.propose(session.case_ids)
        self.cast(proposal, "O+")
        with self.assertRaisesRegex(UserError, "do not vote"):
            self.cast(proposal, "X+")
        session.attendance_ids.filtered(lambda a: a.member_id in (self.seats["C"], self.seats["D"])).is_present = True
        session.write({"state": "open"})
        self.assertEqual(self.letters(session.case_ids.voter_ids), "CDO")
        self.cast(proposal, "C+ D-")
        self.count_votes(session)
        self.assertEqual((proposal.votes_for, proposal.state), (2, "carried"))

    def test_present_by_video(self):
        """Design "Off until switched on": who takes part by video counts where the board has it so."""
        for counts, voters in ((False, "CDM"), (True, "CDMN")):
            self.committee.has_video = counts
            with self.subTest(counts=counts), self.env.cr.savepoint() as savepoint:
                session = self.new_session(self.request)
                session.write({"state": "convened"})
                session.attendance_ids.filtered(lambda a: a.member_id == self.seats["N"]).is_by_video = True
                session.attendance_ids.filtered(
                    lambda a: a.member_id in [self.seats[letter] for letter in "CDMN"]
                ).is_present = True
                session.write({"state": "open"})
                self.assertEqual(self.letters(session.case_ids.voter_ids), voters)
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_secret_vote(self):
        """Design "Off until switched on": of a secret vote is shown who voted and the count, never how one voted."""
        self.committee.has_secret_vote = True
        session = self.open(self.new_session(self.request))
        proposal = self.propose(session.case_ids)
        self.cast(proposal, "C+ D+ M-")
        votes = self.env["cpa.committee.vote"]
        for user in (self.secretary, self.manager, self.auditor, self.people["N"]):
            self.env.invalidate_all()
            self.assertFalse(votes.with_user(user).search([("proposal_id", "=", proposal.id)]))
            self.assertFalse(proposal.with_user(user).vote_ids)
        self.env.invalidate_all()
        self.assertEqual(votes.with_user(self.chair).search([]).member_id, self.seats["C"])
        self.assertEqual((proposal.votes_for, proposal.votes_against), (2, 1))
        self.assertEqual(self.letters(proposal.voted_ids), "CDM")
        with self.assertRaisesRegex(UserError, "votes for himself"):
            proposal.action_no_objection()
        self.cast(proposal, "M+")
        self.count_votes(session)
        self.assertEqual((proposal.votes_for, proposal.state), (3, "carried"))
