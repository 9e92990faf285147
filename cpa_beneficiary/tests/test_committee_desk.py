from lxml import etree
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import CpaCommon


@tagged("post_install", "-at_install")
class TestCommitteeDesk(CpaCommon):
    """P-35: the screens of a session: the agenda, what the secretary records in the room, what a member reads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        waiting = cls.env["cpa.request"].search([("state", "=", "committee")])
        waiting.with_user(cls.manager).write({"state": "cancelled", "move_reason": "-"})
        cls.beneficiary = cls.make_beneficiary()
        cls.everybody = cls.chair | cls.deputy | cls.member | cls.secretary

    @classmethod
    def waiting(cls, count=1, recommendation="accept", **vals):
        """Return requests of different people that wait for the committee."""
        requests = cls.env["cpa.request"]
        for _n in range(count):
            request = cls.submit(cls.make_request(cls.support, beneficiary_id=cls.beneficiary.id, **vals))
            cls.study(request, recommendation)
            requests |= request
        return requests

    def new_draft(self):
        return (
            self.env["cpa.committee.session"]
            .with_user(self.secretary)
            .create({"committee_id": self.committee.id, "planned_at": fields.Datetime.now()})
        )

    def new_session(self):
        session = self.new_draft()
        session.action_build_agenda()
        return session

    # ------------------------------------------------------------------
    # Agenda
    # ------------------------------------------------------------------

    def test_agenda_is_ordered_and_reordered(self):
        """P-35: urgent ones first, then the oldest; the secretary moves and takes off what she likes."""
        old, new = self.waiting(2)
        urgent = self.waiting(is_urgent=True)
        session = self.new_session()
        self.assertEqual(session.case_ids.request_id, urgent | old | new)
        self.assertEqual(session.case_ids.mapped("sequence"), [1, 2, 3])
        session.case_ids[2].sequence = 0
        session.invalidate_recordset()
        self.assertEqual(session.case_ids[0].request_id, new)
        session.case_ids[0].action_take_off()
        self.assertEqual(session.case_ids.request_id, urgent | old)
        session.action_build_agenda()
        self.assertEqual(session.case_ids[-1].request_id, new, "what was taken off waits and comes last")

    def test_withdrawn_meanwhile(self):
        """P-03: a request that is withdrawn before the session shows so, and nothing is put to the vote on it."""
        stays, goes = self.waiting(2)
        session = self.new_session()
        goes.with_user(self.officer).write({"state": "withdrawn", "move_reason": "Found help elsewhere"})
        case = session.case_ids.filtered(lambda c: c.request_id == goes)
        self.assertTrue(case.is_gone)
        self.assertEqual(case.request_state, "withdrawn")
        session.write({"state": "convened"})
        session.action_all_present()
        session.write({"state": "open"})
        session.action_put_recommendations()
        self.assertEqual(session.case_ids.proposal_ids.request_id, stays)
        self.assertFalse(session.has_unput_cases)

    def test_cancelled_agenda_waits_again(self):
        """P-35: what was on the agenda of a session that is cancelled waits for the next one, also from a draft."""
        request = self.waiting()
        for convened in (False, True):
            session = self.new_session()
            self.assertEqual(session.case_ids.request_id, request)
            if convened:
                session.write({"state": "convened"})
            session.write({"state": "cancelled", "move_reason": "Rain"})
            self.assertFalse(session.case_ids)
        draft = self.new_session()
        draft.case_ids.unlink()
        draft.action_build_agenda()
        self.assertEqual(draft.case_ids.request_id, request)

    # ------------------------------------------------------------------
    # The room
    # ------------------------------------------------------------------

    def open_session(self, *requests):
        session = self.convene(self.env["cpa.request"].union(*requests))
        self.env.invalidate_all()
        return session

    def test_vote_in_the_room(self):
        """P-35: the secretary records what a member said by one tap, under her name; a member does not."""
        session = self.open_session(self.waiting())
        case = session.case_ids
        case.action_put_recommendation()
        self.assertEqual(len(case.ballots["members"]), 3)
        self.assertTrue(case.ballots["votes"])
        case.action_record_vote(self.seat(self.member).id, "against")
        [vote] = case.proposal_id.vote_ids
        self.assertEqual(
            (vote.member_id.user_id, vote.choice, vote.recorded_by), (self.member, "against", self.secretary)
        )
        case.action_record_vote(self.seat(self.member).id, "abstain")
        self.assertEqual(case.votes_abstain, 1)
        self.assertFalse(case.with_user(self.chair).ballots["votes"])
        with self.assertRaises(UserError):
            case.with_user(self.chair).action_record_vote(self.seat(self.deputy).id, "for")

    def test_board(self):
        """P-35: the header says who presides, who is there, how many cases are done and left."""
        session = self.open_session(*self.waiting(3))
        self.assertEqual(session.presides_id.user_id, self.chair)
        self.assertEqual((session.present_count, session.needed_count), (3, 2))
        self.assertEqual((session.done_count, session.left_count, session.has_unput_cases), (0, 3, True))
        session.action_put_recommendations()
        self.assertTrue(session.has_missing_votes)
        session.case_ids[0].action_no_objection()
        self.assertEqual((session.done_count, session.left_count), (1, 2))
        for case in session.case_ids[1:]:
            case.action_no_objection()
        self.assertFalse(session.has_missing_votes)
        self.assertEqual((session.done_count, session.left_count), (3, 0))

    def test_case_without_a_quorum(self):
        """P-35, rule "quorum": a case that cannot be decided by those who are left is marked before the vote."""
        session = self.open_session(*self.waiting(2))
        case = session.case_ids[0]
        for user in (self.chair, self.deputy):
            self.env["cpa.committee.recusal"].with_user(user).create(
                {"case_id": case.id, "member_id": self.seat(user).id, "reason": "Kinship"}
            )
        self.env.invalidate_all()
        self.assertTrue(case.quorum_problem)
        self.assertEqual(session.problem_count, 1)
        self.assertEqual(
            {line["id"] for line in case.ballots["excluded"]}, set((self.seat(self.chair) | self.seat(self.deputy)).ids)
        )

    def test_end_and_count_are_two_steps(self):
        """Design "Racing": one button, but the count is a transaction of its own, which the client asks for."""
        session = self.open_session(self.waiting())
        session.action_put_recommendations()
        session.case_ids.action_no_objection()
        action = session.action_end_voting()
        self.assertEqual((session.state, action["tag"]), ("counting", "cpa_count_votes"))
        session.with_context(to_state="minutes").action_move()
        self.assertEqual(session.case_ids.state, "decided")

    def test_pulse(self):
        """P-35: a screen that follows the session sees each vote, each change of a vote and each step."""
        session = self.open_session(self.waiting())
        beats = [session.get_pulse()]
        session.action_put_recommendations()
        self.env.flush_all()
        beats.append(session.get_pulse())
        for user in (self.chair, self.deputy):
            self.vote(session.case_ids.proposal_id, user)
            self.env.flush_all()
            beats.append(session.with_user(self.member).get_pulse())
        session.write({"state": "counting"})
        beats.append(session.get_pulse())
        self.assertEqual(len(set(beats)), 5)

    # ------------------------------------------------------------------
    # The member
    # ------------------------------------------------------------------

    def test_member_prepares(self):
        """P-35: from the invitation on a member reads the files of his session, and of no other."""
        foreign, own = self.waiting(2)
        self.beneficiary.with_user(self.officer).write(
            {
                "household_member_ids": [
                    fields.Command.create({"name": "هند", "relation": "child", "birth_date": "2015-01-01"})
                ]
            }
        )
        self.env["ir.attachment"].with_user(self.officer).create(
            {"name": "lease.pdf", "raw": b"%PDF-1.4 test", "res_model": "cpa.request", "res_id": own.id}
        )
        session = self.new_draft()
        session.case_ids = [fields.Command.create({"request_id": own.id})]
        cases = self.env["cpa.committee.case"].with_user(self.member)
        mine = [("session_id", "=", session.id)]
        self.assertFalse(cases.search(mine), "a draft is nobody's yet")
        session.write({"state": "convened"})
        case = cases.search(mine)
        form = Form(case)
        self.assertEqual(form.description, own.description)
        self.assertEqual(form.findings, "What was found")
        self.assertIn("Son or daughter", form.household_brief)
        self.assertNotIn("هند", form.household_brief)
        self.assertEqual(case.document_ids.mapped("name"), ["lease.pdf"])
        self.assertTrue(case.document_ids.raw)
        self.assertFalse(foreign.with_user(self.member).has_access("read"))

    def test_next_case(self):
        """P-35: after a vote the member goes on to the next case that waits for him; after the last to the list."""
        session = self.open_session(*self.waiting(3))
        session.action_put_recommendations()
        first, second, third = session.case_ids.with_user(self.chair)
        self.vote(second.proposal_id, self.chair)
        self.vote(first.proposal_id, self.chair)
        self.assertEqual(first.action_next()["params"]["case_id"], third.id)
        self.vote(third.proposal_id, self.chair)
        self.assertEqual(third.action_next()["res_model"], "cpa.committee.case")

    # ------------------------------------------------------------------
    # Size
    # ------------------------------------------------------------------

    def test_flat_queries(self):
        """Issue 4: the session's screen takes as many queries for nine cases as for three; so does the member's."""
        self.waiting(3)
        session = self.new_session()
        session.write({"state": "convened"})
        session.action_all_present()
        session.write({"state": "open"})
        session.action_put_recommendations()
        self.queries(session)  # what the registry keeps is read once
        few = self.queries(session)
        self.waiting(9)
        other = self.new_session()
        self.assertEqual(len(other.case_ids), 9)
        other.case_ids.unlink()
        more = self.new_draft()
        more.action_build_agenda()
        self.assertEqual(len(more.case_ids), 9)
        more.write({"state": "convened"})
        more.action_all_present()
        more.write({"state": "open"})
        more.action_put_recommendations()
        self.assertEqual(self.queries(more), few)

    def queries(self, session):
        """Return the queries of opening the session, as secretary and as member, and of the member's list."""
        counts = []
        for user in (self.secretary, self.member):
            record = session.with_user(user)
            card = self.fields_of(record.case_ids, "cpa_committee_case_view_kanban_session")
            spec = self.fields_of(record, "cpa_committee_session_view_form")
            spec |= {
                "case_ids": {"fields": card},
                "attendance_ids": {"fields": {"is_present": {}, "invitation_state": {}}},
            }
            counts.append(self.count(lambda record=record, spec=spec: record.web_read(spec)))
        card = self.fields_of(session.with_user(self.member).case_ids, "cpa_committee_case_view_kanban")
        counts.append(self.count(lambda: session.case_ids.with_user(self.member).web_read(card)))
        return counts

    def fields_of(self, records, view):
        """Return the specification by which the client reads the fields of a view."""
        arch = records.get_view(self.env.ref(f"cpa_beneficiary.{view}").id)["arch"]
        names = etree.fromstring(arch).xpath("//field[not(ancestor::field)]/@name")
        many2one = {name for name in names if records._fields[name].type == "many2one"}
        return {name: {"fields": {"display_name": {}}} if name in many2one else {} for name in names}

    def count(self, read):
        read()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        read()
        return self.env.cr.sql_log_count - before
