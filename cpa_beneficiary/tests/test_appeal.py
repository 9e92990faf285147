"""P-35, and "Readings for the board": a decision is contested once, in time, and heard by people without a conflict."""

from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import CpaCommon


class AppealCommon(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = new_test_user(
            cls.env, "cpa_researcher2", groups="cpa_beneficiary.group_researcher", name="Second researcher"
        )
        with freeze_time("2030-03-01 08:00:00"):
            cls.beneficiary = cls.make_beneficiary()
            cls.contested = cls.make_decided("reject")

    @classmethod
    def make_decided(cls, kind, beneficiary=None, **vals):
        """Return a request of the officer that was decided and answered."""
        request = cls.make_request(cls.support, beneficiary_id=(beneficiary or cls.beneficiary).id)
        cls.submit(request)
        cls.study(request)
        cls.decide(request, kind, **vals)
        return cls.reply(request, "rejected" if kind == "reject" else "approved")

    @classmethod
    def appeal(cls, contested=None, grounds="New facts", user=None, **vals):
        contested = contested or cls.contested
        action = contested.with_user(user or cls.officer).action_appeal()
        appeal = (
            cls.env["cpa.request"]
            .with_user(user or cls.officer)
            .with_context(**action["context"])
            .create({"channel_id": cls.channel.id, "appeal_grounds": grounds, **vals})
        )
        return cls.env["cpa.request"].with_user(user or cls.officer).browse(appeal.id)

    @classmethod
    def bring(cls, appeal):
        """Take the appeal through to the committee, studied by another researcher."""
        cls.submit(appeal)
        appeal.write({"researcher_id": cls.second.id, "state": "research"})
        study = appeal.with_user(cls.second).study_ids
        study.write(
            {"findings": "F", "need_level": "high", "need_assessment": "N", "recommendation": "accept"}
            | {"recommended_amount": 500}
        )
        study.action_present()
        return appeal


@tagged("post_install", "-at_install")
@freeze_time("2030-03-20 08:00:00")
class TestAppeal(AppealCommon):
    def test_shortest_way(self):
        """P-08: what is known is not asked again; only the grounds are."""
        action = self.contested.action_appeal()
        form = Form(self.env["cpa.request"].with_user(self.officer).with_context(**action["context"]))
        form.channel_id = self.channel
        form.appeal_grounds = "My rent has gone up since"
        appeal = form.save()
        self.assertEqual(appeal.appeal_of_id, self.contested)
        self.assertEqual(appeal.beneficiary_id, self.beneficiary)
        self.assertIn(self.contested.number, appeal.subject)
        self.assertEqual(appeal.description, self.contested.description)
        self.submit(appeal)
        self.assertEqual(self.contested.appeal_id, appeal)
        self.assertFalse(self.contested.can_appeal)
        self.assertEqual(self.contested.action_appeal()["res_id"], appeal.id)

    def test_grounds_are_obligatory(self):
        appeal = self.complete(self.appeal(grounds=False))
        with self.assertRaisesRegex(UserError, "grounds of the appeal"):
            appeal.write({"state": "submitted"})

    def test_grounds_are_declared(self):
        """P-34: the signature covers the grounds as well."""
        appeal = self.complete(self.appeal())
        self.assertEqual(appeal.declaration_state, "signed")
        appeal.appeal_grounds = "Something else altogether"
        self.assertEqual(appeal.declaration_state, "changed")

    def test_what_can_be_contested(self):
        """Only a decision that was told, of the same person and service; not the decision on an appeal."""
        fresh = self.make_request(self.support, beneficiary_id=self.beneficiary.id)
        with self.assertRaisesRegex(UserError, "has been told"):
            fresh.action_appeal()
        other = self.make_beneficiary(number="1234586780")
        with self.assertRaisesRegex(ValidationError, "same beneficiary"), self.env.cr.savepoint():
            self.make_request(self.support, beneficiary_id=other.id, appeal_of_id=self.contested.id)
        with self.assertRaisesRegex(ValidationError, "same service"), self.env.cr.savepoint():
            self.make_request(self.consultation, beneficiary_id=self.beneficiary.id, appeal_of_id=self.contested.id)
        with self.assertRaisesRegex(ValidationError, "has been told"), self.env.cr.savepoint():
            self.make_request(self.support, beneficiary_id=self.beneficiary.id, appeal_of_id=fresh.id)
        appeal = self.bring(self.appeal())
        self.decide(appeal, "reject")
        self.reply(appeal, "rejected")
        self.assertFalse(appeal.can_appeal)
        with self.assertRaisesRegex(UserError, "final"):
            appeal.action_appeal()
        with self.assertRaisesRegex(UserError, "does not change"):
            fresh.appeal_of_id = self.contested

    def test_accepted_but_not_enough(self):
        """An acceptance is contested too, although its request is still open."""
        contested = self.make_decided("partial", self.make_beneficiary(number="1234586780"), amount=300)
        appeal = self.submit(self.appeal(contested))
        self.assertEqual(appeal.state, "submitted")

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    def test_last_day(self):
        """Thirty calendar days from the reply of 1 March; the last day belongs to it, until midnight in Riyadh."""
        self.assertEqual(self.contested.appeal_last_date, date(2030, 3, 31))
        with freeze_time("2030-03-31 20:59:00"):
            self.assertEqual(self.submit(self.appeal()).state, "submitted")

    def test_one_day_late(self):
        """Midnight in Riyadh is nine in the evening of the day before, in UTC."""
        with freeze_time("2030-03-31 21:01:00"):
            appeal = self.complete(self.appeal())
            self.assertTrue(appeal.is_appeal_late)
            with self.assertRaisesRegex(UserError, "only the manager admits"):
                appeal.write({"state": "submitted"})
            with self.assertRaisesRegex(UserError, "admitted by"):
                appeal.appeal_late_reason = "He was in hospital"
            appeal.with_user(self.manager).appeal_late_reason = "He was in hospital"
            self.assertEqual(appeal.appeal_admitted_by, self.manager)
            appeal.write({"state": "submitted"})

    def test_who_came_in_time_is_in_time(self):
        """What is missing may be completed later: the day counts on which the appeal was brought."""
        with freeze_time("2030-03-31 12:00:00"):
            appeal = self.appeal()
        with freeze_time("2030-04-05 08:00:00"):
            self.assertFalse(appeal.is_appeal_late)
            self.assertEqual(self.submit(appeal).state, "submitted")

    def test_the_policys_days(self):
        """The period is the policy's under which the request was handled (P-04)."""
        self.contested.policy_id.sudo()._lifecycle_set({"appeal_days": 10})
        self.contested.invalidate_recordset()
        self.assertEqual(self.contested.appeal_last_date, date(2030, 3, 11))

    def test_own_clock(self):
        """No earliest day twice; target and ceiling of its own, from the policy."""
        self.contested.policy_id.sudo()._lifecycle_set({"appeal_target_days": 7, "appeal_ceiling_days": 20})
        appeal = self.submit(self.appeal())
        self.assertEqual((appeal.reply_floor_mode, appeal.reply_floor_date), ("off", False))
        self.assertEqual(appeal.reply_target_date, date(2030, 3, 27))
        self.assertEqual(appeal.reply_ceiling_date, date(2030, 4, 9))
        appeal.write({"state": "incomplete", "move_reason": "A paper"})
        with freeze_time("2030-03-22 08:00:00"):
            self.submit(appeal)
        self.assertEqual(appeal.reply_target_date, date(2030, 3, 29))

    # ------------------------------------------------------------------
    # Once
    # ------------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_once(self):
        """The database keeps it to one, whoever asks at the same moment; a cancelled mistake does not count."""
        first = self.appeal()
        values = {"beneficiary_id": self.beneficiary.id, "appeal_grounds": "Again"}
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.make_request(self.support, **values, appeal_of_id=self.contested.id)
            self.env.flush_all()
        self.submit(first)
        first.with_user(self.manager).write({"state": "cancelled", "move_reason": "Of another person"})
        self.assertTrue(self.contested.can_appeal)
        second = self.appeal()
        self.submit(second)
        second.write({"state": "withdrawn", "move_reason": "He wishes so"})
        self.assertFalse(self.contested.can_appeal)

    # ------------------------------------------------------------------
    # Who studies and hears it
    # ------------------------------------------------------------------

    def test_another_researcher(self):
        appeal = self.submit(self.appeal())
        self.assertNotEqual(appeal.proposed_researcher_id, self.researcher)
        with self.assertRaisesRegex(UserError, "wrote the study of the contested decision"):
            appeal.researcher_id = self.researcher

    def give_seat(self, user, role="member", committee=None):
        (committee or self.committee).member_ids = [
            Command.create({"user_id": user.id, "role": role, "date_from": "2020-01-01"})
        ]

    def test_heard_without_conflict(self):
        """Excluded and recused of the contested case, its study's author and its officer do not hear it."""
        contested = self.make_request(self.support, beneficiary_id=self.make_beneficiary(number="1234586780").id)
        self.submit(contested)
        self.study(contested)
        session = self.convene(contested)
        case = session.case_ids
        self.env["cpa.committee.recusal"].with_user(self.member).create(
            {
                "case_id": case.id,
                "member_id": self.committee.member_ids.filtered(lambda m: m.user_id == self.member).id,
                "reason": "A cousin",
            }
        )
        proposal = self.propose(case, "reject")
        for user in (self.chair, self.deputy):
            self.vote(proposal, user)
        self.count_votes(session)
        self.reply(contested, "rejected")
        for user in (self.researcher, self.officer):
            self.give_seat(user)
        more = [
            new_test_user(self.env, f"cpa_more{number}", groups="cpa_beneficiary.group_member") for number in range(2)
        ]
        for user in more:
            self.give_seat(user)
        appeal = self.bring(self.appeal(contested))
        self.assertEqual(appeal.committee_id, self.committee)
        session = self.convene(appeal.sudo(), self.chair | self.deputy | self.member | self.researcher | more[0])
        reasons = {member.user_id: reason for member, reason in session.case_ids._exclusions().items()}
        self.assertLessEqual({self.member, self.researcher, self.officer}, set(reasons))
        self.assertIn("A cousin", reasons[self.member])
        self.assertEqual(session.case_ids._voters().user_id, self.chair | self.deputy | more[0])

    def test_not_by_those_who_voted(self):
        """The stricter setting leaves nobody here: the higher body hears it, or one has to be named."""
        self.committee.with_user(self.manager).appeal_heard_by = "not_voters"
        appeal = self.submit(self.appeal())
        appeal.write({"researcher_id": self.second.id, "state": "research"})
        study = appeal.with_user(self.second).study_ids
        study.write({"findings": "F", "need_level": "low", "need_assessment": "N", "recommendation": "accept"})
        with self.assertRaisesRegex(UserError, "name the higher body of “Test committee”"):
            study.action_present()
        self.name_board()
        study.action_present()
        self.assertEqual(appeal.committee_id, self.board)
        with self.assertRaisesRegex(UserError, "heard by"):
            self.convene(appeal.sudo())

    def name_board(self):
        self.directors = [
            new_test_user(self.env, f"cpa_board{number}", groups="cpa_beneficiary.group_member") for number in range(3)
        ]
        self.board = self.env["cpa.committee"].create({"name": "Test board"})
        for user, role in zip(self.directors, ("chair", "member", "member"), strict=True):
            self.give_seat(user, role, self.board)
        self.committee.higher_body_id = self.board

    def test_higher_body_hears_and_reads(self):
        """The board decides at once where it is set so; its members read what is contested, and change nothing."""
        self.committee.appeal_heard_by = "higher_body"
        self.name_board()
        director = self.directors[1]
        with self.assertRaises(AccessError):
            self.contested.with_user(director).read(["subject"])
        appeal = self.bring(self.appeal())
        self.assertEqual(appeal.committee_id, self.board)
        session = (
            self.env["cpa.committee.session"]
            .with_user(self.secretary)
            .create({"committee_id": self.board.id, "planned_at": "2030-03-20 08:00:00"})
        )
        session.action_build_agenda()
        self.assertEqual(session.case_ids.request_id.ids, appeal.ids)
        session.write({"state": "convened"})
        for records in (
            self.contested,
            self.contested.sudo().study_ids,
            self.contested.sudo().study_ids.finding_ids,
            self.contested.sudo().study_ids.presentation_ids,
            self.contested.sudo().check_ids,
        ):
            self.assertTrue(records.with_user(director).read(["display_name"]))
        self.assertEqual(appeal.with_user(director).contested_decision, "reject")
        for user in (director, self.second):
            with self.assertRaises(UserError):
                self.contested.with_user(user).write({"description": "Other"})

    # ------------------------------------------------------------------
    # What comes of it
    # ------------------------------------------------------------------

    def outcome(self, contested, kind, **vals):
        before = contested.read(["decision", "decision_amount", "rejection_reason_id", "decided_at", "state"])
        appeal = self.bring(self.appeal(contested))
        self.decide(appeal.sudo(), kind, **vals)
        self.assertEqual(
            before, contested.read(["decision", "decision_amount", "rejection_reason_id", "decided_at", "state"])
        )
        self.assertEqual(contested.contested_result, appeal.appeal_result)
        return appeal

    def test_reversed(self):
        """The former decision stays as it was; delivery follows the new one."""
        appeal = self.outcome(self.contested, "accept", amount=800)
        self.assertEqual(appeal.appeal_result, "reversed")
        self.reply(appeal, "approved")
        self.assertEqual(appeal.delivery_ids.amount, 800)
        appeal.write({"state": "delivery"})
        self.assertEqual((appeal.state, self.contested.state), ("delivery", "rejected"))

    def test_upheld(self):
        self.assertEqual(self.outcome(self.contested, "reject").appeal_result, "upheld")

    def test_changed(self):
        """What was given under the former decision is known where the new amount is delivered."""
        contested = self.make_decided("partial", self.make_beneficiary(number="1234586780"), amount=300)
        appeal = self.outcome(contested, "partial", amount=700)
        self.assertEqual((appeal.appeal_result, appeal.contested_granted), ("changed", 300))
        self.reply(appeal, "approved")
        self.assertEqual((contested.delivery_ids.amount, appeal.delivery_ids.amount), (300, 400))

    def test_explained_in_its_own_words(self):
        """P-35: an appellant is not told once more of not less than two weeks."""
        text = self.appeal().explanation_text
        self.assertNotIn("14", text)
        self.assertIn("final", text)

    def test_other_branches_delegate(self):
        with self.assertRaises(AccessError):
            self.contested.with_user(self.delegate).action_appeal()

    def test_flat(self):
        """Who lists requests asks for their appeals once."""
        requests = self.contested | self.make_decided("reject", self.make_beneficiary(number="1234586780"))
        counts = []
        for some in (requests[:1], requests[:1], requests):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("can_appeal")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])
