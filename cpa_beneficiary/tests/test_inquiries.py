from datetime import datetime

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import SIGNATURE, CpaCommon

NOW = "2026-03-02 08:00:00"


class InquiryCommon(CpaCommon):
    @classmethod
    def make_inquiry(cls, *questions, user=None, **vals):
        """Create an inquiry with ``questions`` (texts or values) as ``user`` (the officer), by the website."""
        return (
            cls.env["crm.lead"]
            .with_user(user or cls.officer)
            .create(
                {
                    "name": "Test inquiry",
                    "is_inquiry": True,
                    "channel_id": cls.channel.id,
                    "contact_name": "Test inquirer",
                    "question_ids": [
                        Command.create(question if isinstance(question, dict) else {"name": question})
                        for question in questions
                    ],
                    **vals,
                }
            )
        )

    @classmethod
    def stage(cls, name):
        return cls.env.ref(f"cpa_beneficiary.crm_stage_{name}")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestInquiryQuestions(InquiryCommon):
    """P-31, P-33: each question is open, referred or answered, and what was answered stays."""

    def test_writing_the_answer_answers(self):
        inquiry = self.make_inquiry("When do you open?")
        question = inquiry.question_ids
        self.assertEqual((question.state, question.asked_at), ("open", datetime(2026, 3, 2, 8)))
        screen = "cpa_beneficiary.crm_lead_inquiry_view_form"
        with freeze_time("2026-03-02 11:00:00"), Form(inquiry, screen) as form, form.question_ids.edit(0) as line:
            line.answer = "At eight"
        self.assertEqual(
            (question.state, question.answered_by_id, question.answered_at, question.answer_hours),
            ("answered", self.officer, datetime(2026, 3, 2, 11), 3),
        )
        move = self.env["cpa.request.move"].search([("res_model", "=", question._name), ("res_id", "=", question.id)])
        self.assertEqual((move.from_state, move.to_state, move.user_id), ("open", "answered", self.officer))

    def test_an_answer_is_evidence(self):
        """P-31: nobody rewrites, empties, refers or deletes an answered question, or answers for it again."""
        question = self.make_inquiry({"name": "When?", "answer": "At eight"}).question_ids
        self.assertEqual(question.state, "answered")
        for user in (self.officer, self.env.ref("base.user_root")):
            for vals in (
                {"answer": "At nine"},
                {"answer": False},
                {"name": "Who?"},
                {"referred_to_id": self.researcher.id},
                {"state": "open"},
                {"asked_at": "2020-01-01"},
                {"answered_at": "2020-01-01"},
                {"answered_by_id": self.manager.id},
            ):
                with self.subTest(user=user.name, vals=vals), self.assertRaises(UserError):
                    question.with_user(user).write(vals)
            with self.assertRaises(UserError):
                question.with_user(user).unlink()

    def test_correction_is_a_new_question(self):
        """A wrong answer is put right in sight: it stays, the question is asked again and the inquiry is open."""
        inquiry = self.make_inquiry({"name": "When?", "answer": "At nine"})
        inquiry.stage_id = self.stage("answered")
        inquiry.question_ids.action_correct()
        first, second = inquiry.question_ids
        self.assertEqual((first.answer, second.name, second.corrects_id), ("At nine", "When?", first))
        self.assertEqual((second.state, inquiry.won_status), ("open", "pending"))
        other = self.make_inquiry("Where?")
        with self.assertRaises(ValidationError):
            other.question_ids.create({"lead_id": other.id, "name": "x", "corrects_id": first.id})

    def test_referral_gives_the_officer_an_activity(self):
        """P-33: referring names the officer, who is reminded once and answers himself; then the reminder goes."""
        inquiry = self.make_inquiry("Who?", "Where?")
        self.assertFalse(inquiry.activity_ids)
        inquiry.question_ids.write({"referred_to_id": self.researcher.id})
        self.assertEqual(set(inquiry.question_ids.mapped("state")), {"referred"})
        self.assertEqual(inquiry.activity_ids.user_id, self.researcher)
        self.assertEqual(len(inquiry.activity_ids), 1)
        who, where = inquiry.question_ids.with_user(self.researcher)
        who.answer = "You"
        self.assertEqual((who.state, who.answered_by_id), ("answered", self.researcher))
        self.assertTrue(inquiry.activity_ids, "the other question still waits")
        where.with_user(self.officer).referred_to_id = self.delegate
        self.assertEqual(inquiry.activity_ids.user_id, self.delegate)
        where.with_user(self.delegate).answer = "Here"
        self.assertFalse(inquiry.activity_ids)

    def test_referred_to_somebody_who_answers(self):
        question = self.make_inquiry("Who?").question_ids
        for vals in (
            {"referred_to_id": self.member.id},
            {"referred_to_id": self.plain.id},
            {"state": "referred"},
            {"state": "answered"},
            {"state": "answered", "answer": " \n"},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                question.write(vals)
        question.referred_to_id = self.researcher
        for officer in (self.member, self.env["res.users"]):
            with self.assertRaises(ValidationError):
                question.referred_to_id = officer
        self.assertEqual(question.referred_to_id, self.researcher)

    def test_who_may_answer(self):
        question = self.make_inquiry("Who?").question_ids
        for user in (self.auditor, self.manager, self.privacy, self.plain, self.member, self.researcher):
            with self.subTest(user.name), self.assertRaises(UserError):
                question.with_user(user).write({"answer": "Me"})
        # under sudo the role of who acts still counts
        with self.assertRaises(UserError):
            question.with_user(self.manager).sudo().write({"answer": "Me"})

    def test_set_back_with_reason_and_scan(self):
        """Happened and entered: a question out of the letter tray, with its answer, at their own time."""
        earlier = {"move_happened_at": "2026-03-01 07:00:00", "move_reason": "Power cut", "move_scan": SIGNATURE}
        for missing in ("move_reason", "move_scan"):
            with self.assertRaises(UserError):
                self.make_inquiry({"name": "When?"} | {**earlier, missing: False})
        inquiry = self.make_inquiry({"name": "When?", "answer": "At eight"} | earlier, {"name": "Who?"} | earlier)
        told, waiting = inquiry.question_ids
        at = datetime(2026, 3, 1, 7)
        self.assertEqual((told.asked_at, told.answered_at, told.answer_hours), (at, at, 0))
        self.assertEqual((told.entered_at, waiting.asked_at), (datetime(2026, 3, 2, 8), at))
        self.assertEqual(inquiry.waiting_since, at)
        with self.assertRaises(UserError):
            waiting.write({"answer": "x"} | earlier | {"move_happened_at": "2026-03-01 06:00:00"})
        waiting.write({"answer": "You"} | earlier | {"move_happened_at": "2026-03-01 09:00:00"})
        self.assertEqual(waiting.answer_hours, 2)
        moves = self.env["cpa.request.move"].search(
            [("res_model", "=", told._name), ("res_id", "in", (told | waiting).ids)]
        )
        self.assertEqual(len(moves.scan_id), 3, "a paper for each question asked, and one for the later answer")

    def test_wording_is_logged(self):
        inquiry = self.make_inquiry("Wehn?")
        inquiry.question_ids.name = "When?"
        self.assertIn("Wehn?", inquiry.message_ids[:1].body)

    def test_first_answer_is_a_fact(self):
        """P-10: the answer time per channel is a fact, which nobody types, not by a default either."""
        inquiry = self.make_inquiry("When?", "Where?")
        with freeze_time("2026-03-02 12:00:00"):
            inquiry.question_ids[1].answer = "Here"
        with freeze_time("2026-03-03 12:00:00"):
            inquiry.question_ids[0].answer = "At eight"
        self.assertEqual((inquiry.answer_hours, inquiry.first_answered_at), (4, datetime(2026, 3, 2, 12)))
        self.assertFalse(inquiry.waiting_since)
        with self.assertRaises(UserError):
            inquiry.answer_hours = 0
        with self.assertRaises(UserError):
            inquiry.sudo().inquiry_number = "X"
        vals = {"name": "When?", "is_inquiry": True, "channel_id": self.channel.id}
        typed = self.env["crm.lead"].with_user(self.officer).with_context(default_answer_hours=9).create(vals)
        self.assertFalse(typed.answer_hours)

    def test_many_questions_at_flat_cost(self):
        def answered(count):
            inquiry = self.make_inquiry(*(f"Question {number}" for number in range(count)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            inquiry.question_ids.write({"answer": "So"})
            self.env.flush_all()
            return self.cr.sql_log_count - before

        answered(2)
        self.assertEqual(answered(3), answered(12))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestInquiryClosing(InquiryCommon):
    """P-31: an inquiry with an open question is closed through no door, by nobody."""

    def setUp(self):
        super().setUp()
        self.inquiry = self.make_inquiry({"name": "When?", "answer": "At eight"}, "Where?")
        self.won = self.stage("answered")

    def doors(self, inquiry):
        env = inquiry.env
        both = inquiry | self.make_inquiry("And?").with_env(env)
        return {
            "the board": lambda: inquiry.web_save({"stage_id": self.won.id}, {"id": {}}),
            "write": lambda: inquiry.write({"stage_id": self.won.id}),
            "write of many": lambda: both.write({"stage_id": self.won.id}),
            "won": inquiry.action_set_won,
            "won with a rainbow": inquiry.action_set_won_rainbowman,
            "probability": lambda: inquiry.write({"probability": 100}),
            "lost": lambda: inquiry.action_set_lost(),
            "archive": inquiry.action_archive,
            "inactive": lambda: inquiry.write({"active": False}),
            "the lost wizard": lambda: (
                env["crm.lead.lost"]
                .with_context(active_ids=inquiry.ids, active_model="crm.lead")
                .create({"lead_ids": [Command.set(inquiry.ids)]})
                .action_lost_reason_apply()
            ),
            "merge": both.merge_opportunity,
            "merge, private": lambda: both._merge_opportunity(max_length=0),
            "the merge wizard": lambda: (
                env["crm.merge.opportunity"].create({"opportunity_ids": [Command.set(both.ids)]}).action_merge()
            ),
            "convert": lambda: inquiry.convert_opportunity(env["res.partner"]),
            "the convert wizard": lambda: (
                env["crm.lead2opportunity.partner"]
                .with_context(active_id=inquiry.id, active_model="crm.lead", active_ids=inquiry.ids)
                .create({"name": "convert", "lead_id": inquiry.id, "action": "create"})
                .action_apply()
            ),
            "the wizard that merges": lambda: (
                env["crm.lead2opportunity.partner"]
                .with_context(active_id=inquiry.id, active_model="crm.lead", active_ids=inquiry.ids)
                .create({"name": "merge", "lead_id": inquiry.id, "duplicated_lead_ids": [Command.set(both.ids)]})
                .action_apply()
            ),
            "import": lambda: self.load(env, [inquiry.id], "stage_id/.id", [self.won.id]),
            "import as archived": lambda: self.load(env, [inquiry.id], "active", ["0"]),
            "delete": inquiry.unlink,
            "delete the question": inquiry.question_ids.unlink,
            "drop the question": lambda: inquiry.write({"question_ids": [Command.delete(inquiry.question_ids[1].id)]}),
            "loose the question": lambda: inquiry.write({"question_ids": [Command.clear()]}),
            "move the question": lambda: inquiry.question_ids.write({"lead_id": both[1].id}),
            "no inquiry": lambda: inquiry.write({"is_inquiry": False}),
            "no inquiry, and closed": lambda: inquiry.write({"is_inquiry": False, "stage_id": self.won.id}),
            "the state": lambda: inquiry.question_ids[1].write({"state": "answered"}),
            "the stage closes": lambda: inquiry.stage_id.write({"is_won": True}),
        }

    def load(self, env, ids, column, values):
        rows = [[str(record_id), str(value)] for record_id, value in zip(ids, values, strict=True)]
        result = env["crm.lead"].load([".id", column], rows)
        if any(message["type"] == "error" for message in result["messages"]):
            raise UserError(result["messages"][0]["message"])

    def test_no_door(self):
        for user in (self.officer, self.env.ref("base.user_admin"), self.env.ref("base.user_root")):
            inquiry = self.inquiry.with_user(user)
            for name in self.doors(inquiry):
                with self.subTest(user=user.name, door=name):
                    with self.assertRaises(UserError):
                        self.doors(inquiry)[name]()
                        self.env.flush_all()
                    self.env.invalidate_all()
        self.inquiry.invalidate_recordset()
        self.assertTrue(self.inquiry.exists() and self.inquiry.active and self.inquiry.won_status == "pending")
        self.assertEqual(self.inquiry.question_ids.mapped("state"), ["answered", "open"])

    def test_a_reader_of_one_question_does_not_close(self):
        """Who sees only his own question still closes nothing past another's."""
        self.inquiry.question_ids[1].referred_to_id = self.delegate
        self.inquiry.question_ids.create({"lead_id": self.inquiry.id, "name": "A third one"})
        with self.assertRaises(ValidationError):
            self.inquiry.with_user(self.delegate).write({"stage_id": self.won.id})

    def test_the_stage_of_who_sees_no_inquiry(self):
        """Who administers the stages, and sees no inquiry, closes none by a stage that becomes a closing one."""
        sales = new_test_user(self.env, "sales", groups="sales_team.group_sale_manager,base.group_user")
        self.assertFalse(self.env["crm.lead"].with_user(sales).search([("id", "=", self.inquiry.id)]))
        with self.assertRaises(ValidationError):
            self.inquiry.stage_id.with_user(sales).is_won = True

    def test_closes_when_answered_or_referred(self):
        """P-31: answered or referred is enough; the referred one keeps its officer's activity."""
        self.inquiry.question_ids[1].referred_to_id = self.researcher
        self.inquiry.action_set_won()
        self.assertEqual((self.inquiry.stage_id, self.inquiry.won_status), (self.won, "won"))
        self.assertEqual(self.inquiry.activity_ids.user_id, self.researcher)
        self.inquiry.question_ids[1].with_user(self.researcher).answer = "There"
        self.assertFalse(self.inquiry.activity_ids)

    def test_answer_and_close_in_one_write(self):
        self.inquiry.write(
            {
                "stage_id": self.won.id,
                "question_ids": [Command.update(self.inquiry.question_ids[1].id, {"answer": "There"})],
            }
        )
        self.assertEqual(self.inquiry.won_status, "won")

    def test_a_new_question_opens_again(self):
        """P-31: who asks again finds no closed door; a closed or archived inquiry is open again."""
        self.inquiry.question_ids[1].answer = "There"
        for close in (self.inquiry.action_set_won, self.inquiry.action_archive, self.inquiry.action_set_lost):
            close()
            question = self.inquiry.question_ids.create({"lead_id": self.inquiry.id, "name": "And now?"})
            self.assertTrue(self.inquiry.active)
            self.assertEqual((self.inquiry.won_status, self.inquiry.stage_id), ("pending", self.stage("follow_up")))
            question.answer = "So"

    def test_born_closed(self):
        """An inquiry is not created as closed with an open question."""
        for vals in ({"stage_id": self.won.id}, {"active": False}):
            with self.assertRaises(ValidationError):
                self.make_inquiry("When?", **vals)

    def test_is_inquiry_is_given_once(self):
        lead = self.env["crm.lead"].create({"name": "A sale"})
        for record in (lead, self.inquiry.sudo()):
            with self.assertRaises(UserError):
                record.is_inquiry = not record.is_inquiry
        with self.assertRaises(ValidationError):
            self.env["cpa.inquiry.question"].create({"lead_id": lead.id, "name": "When?"})
        lead.action_set_lost()
        self.assertFalse(lead.active, "sales leads are none of our business")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestInquiryChannels(InquiryCommon):
    """P-19 to P-26: eight channels, each with its own details, obligatory on every way in."""

    def details(self):
        return {
            "interview": {
                "interview_at": "2026-03-02 07:00:00",
                "interview_place": "Counter",
                "interviewer_id": self.officer.id,
            },
            "phone": {"phone_number": "0501234567", "phone_direction": "in"},
            "social": {"social_platform": "x", "social_account": "@someone"},
            "letter": {"letter_direction": "in", "letter_reference": "12/4", "letter_date": "2026-03-01"},
            "help": {"help_service": "The hotline"},
            "volunteering": {"channel_volunteer_id": self.member.partner_id.id},
            "website": {},
            "delegate": {"channel_branch_id": self.branch.id, "channel_delegate_id": self.delegate.id},
        }

    def test_every_channel_asks_for_its_details(self):
        channels = {channel.code: channel for channel in self.env["cpa.channel"].search([])}
        self.assertEqual(set(channels), set(self.details()))
        for code, details in self.details().items():
            vals = {"channel_id": channels[code].id, **details}
            for name in details:
                with self.subTest(channel=code, missing=name), self.assertRaises(ValidationError):
                    self.make_inquiry("When?", **{**vals, name: False})
            inquiry = self.make_inquiry("When?", **vals)
            for name in details:
                with self.subTest(channel=code, emptied=name), self.assertRaises(ValidationError):
                    inquiry[name] = False
        with self.assertRaises(ValidationError):
            self.make_inquiry("When?", channel_id=False)

    def test_a_change_leaves_a_trace(self):
        inquiry = self.make_inquiry("When?").with_context(tracking_disable=False)
        self.cr.flush()
        phone = self.env.ref("cpa_beneficiary.channel_phone")
        inquiry.write({"channel_id": phone.id, **self.details()["phone"]})
        self.cr.flush()
        self.env.invalidate_all()
        changes = inquiry.message_ids.sudo().tracking_value_ids
        changed = {change.field_id.name: (change.old_value_char, change.new_value_char) for change in changes}
        self.assertEqual(changed["channel_id"], (self.channel.name, phone.name))
        self.assertEqual(changed["phone_number"][1], "0501234567")

    def test_phone_as_it_is_stored(self):
        """P-32: a number is valid wherever it is typed, in Arabic digits too."""
        inquiry = self.make_inquiry("When?", phone="٠٥٠ ١٢٣ ٤٥٦٧")
        self.assertEqual(inquiry.phone, "+966501234567")
        for door in (lambda: self.make_inquiry("When?", phone="12"), lambda: inquiry.write({"phone": "call me"})):
            with self.assertRaises(ValidationError):
                door()

    def test_number_and_title(self):
        first, second = self.make_inquiry("When?", name=False), self.make_inquiry("Where?")
        self.assertEqual(first.name, "When?")
        self.assertRegex(first.inquiry_number, r"^Q-2026-[0-9]{6}$")
        self.assertNotEqual(first.inquiry_number, second.inquiry_number)
        with self.assertRaises(UserError):
            self.make_inquiry(name=False)
