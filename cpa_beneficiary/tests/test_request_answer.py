"""My requests: the applicant answers, writes, withdraws, appeals and confirms, as himself and nobody else."""

import base64
from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SIGNATURE, WebsiteCommon

PHOTO = base64.b64decode(SIGNATURE)
DRAWN = f"data:image/png;base64,{SIGNATURE.decode()}"


class AnswerCommon(WebsiteCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        (cls.officer.partner_id | cls.file.partner_id).sudo().lang = "en_US"
        cls.incomplete = cls.make_incomplete(cls.file)

    @classmethod
    def make_submitted(cls, file, service=None, **vals):
        return cls.submit(cls.make_request(service or cls.support, beneficiary_id=file.id, **vals))

    @classmethod
    def make_incomplete(cls, file, **vals):
        """Return a request that waits for its applicant: a proof of income is missing."""
        request = cls.make_request(cls.support, beneficiary_id=file.id, **vals)
        file.iban = cls.make_iban(file.id)
        cls.income(request).action_to_sight()
        for check in request.check_ids.filtered(lambda c: c.state == "pending" and c.is_obligatory and not c.is_met):
            if check.automatic != "identity":
                check.action_pass()
            else:
                check.action_to_sight()
        cls.sign(request, representation_id=file.representation_ids[:1].id)
        request.write({"is_explained": True, "state": "submitted"})
        request.write({"state": "incomplete", "move_reason": "Proof of income"})
        return request

    @classmethod
    def income(cls, request):
        income = cls.env.ref("cpa_beneficiary.service_sup_cash_requirement_3")
        return request.check_ids.filtered(lambda check: check.requirement_id == income)._latest()

    def mine(self, request, user=None, lang="en_US"):
        """Return ``request`` as its page finds it for ``user`` (the applicant)."""
        env = self.env(user=user or self.applicant, context={"lang": lang})
        return env["cpa.request"]._portal_find(request.number)


@tagged("post_install", "-at_install")
class TestAnswer(AnswerCommon):
    """P-32, P-34: missing items are given from home; who gives them passes nothing himself."""

    def test_only_his_own(self):
        """An applicant, a guardian and an agent find what is theirs; drafts of staff are nobody's yet."""
        child = self.make_submitted(
            self.child_file, self.consultation, representation_id=self.child_file.representation_ids.id
        )
        draft = self.make_request(self.consultation, beneficiary_id=self.file.id)
        self.assertEqual(self.mine(self.incomplete), self.incomplete)
        self.assertEqual(self.mine(child, self.guardian), child)
        for user in (self.other_applicant, self.guardian, self.visitor_login, self.officer):
            self.assertFalse(self.mine(self.incomplete, user))
        self.assertFalse(self.mine(child))
        self.assertFalse(draft.number)
        self.assertNotIn(
            draft, draft.with_user(self.applicant).sudo().search(draft.with_user(self.applicant)._portal_domain())
        )
        self.assertEqual(self.mine(child, self.guardian)._portal_row()["acting_for"], self.child_file.name)
        self.assertEqual(self.mine(self.incomplete)._portal_row()["acting_for"], "")

    def test_the_database_shows_him_nothing(self):
        """By remote calls he reads neither requests nor what hangs on them, nor moves them."""
        request = self.incomplete.with_user(self.applicant)
        for model in ("cpa.request", "cpa.request.check", "cpa.declaration", "cpa.study", "cpa.letter", "cpa.delivery"):
            self.assertFalse(self.env[model].with_user(self.applicant).has_access("read"), model)
        for number, call in enumerate(
            (
                lambda: request.read(["state"]),
                lambda: request.write({"state": "withdrawn", "move_reason": "x"}),
                lambda: request.message_post(body="x"),
                lambda: request.search([]),
            )
        ):
            with self.subTest(call=number), self.assertRaises(AccessError):
                call()

    def test_notices_are_no_way_in(self):
        """Core lets a recipient change and answer what was sent to him; what he was told is evidence."""
        notice = self.incomplete._notices()[0].with_user(self.applicant)
        self.assertIn(self.file.partner_id, notice.sudo().partner_ids)
        for call in (
            lambda: notice.write({"body": "x"}),
            lambda: notice.read(["body"]),
            lambda: self.incomplete.with_user(self.applicant).message_post(body="x", parent_id=notice.id),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_given_and_sent_again(self):
        """He gives a copy and sends the request again: it is taken in, and its original is sighted later."""
        request = self.mine(self.incomplete)
        form = request._portal_answer_form()
        check = self.income(request)
        self.assertIn(check.id, [item["id"] for item in form["items"]])
        self.assertFalse(form["must_sign"])
        errors = request._portal_answer({}, {f"item_{check.id}": [("income.png", PHOTO)]})
        self.assertFalse(errors)
        self.assertEqual(request.state, "submitted")
        check = self.income(self.incomplete)
        self.assertEqual((check.state, check.provided, check.attachment_ids.name), ("to_sight", True, "income.png"))
        self.assertFalse(check.original_sighted)
        move = self.incomplete.move_ids.sorted("id")[-1]
        self.assertEqual((move.to_state, move.user_id), ("submitted", self.applicant))
        self.assertIn("The applicant has completed the request", self.incomplete.activity_ids.mapped("summary"))
        self.assertEqual(self.incomplete.activity_ids.user_id, self.officer)
        self.assertEqual(check.attachment_ids.with_user(self.officer).raw, PHOTO, "the officer opens it")

    def test_nobody_passes_what_he_brings(self):
        """P-32: also where his own hand reached the check, it is staff who sights."""
        check = self.income(self.mine(self.incomplete))
        with self.assertRaisesRegex(UserError, "sighted by our staff"):
            check.action_pass()
        with self.assertRaises(UserError):
            check.write({"state": "waived", "move_reason": "x"})

    def test_identity_is_never_a_file(self):
        """The law: of an identity document no copy is kept, whoever sends one."""
        request = self.mine(self.incomplete)
        identity = self.incomplete.check_ids.filtered(lambda check: check.automatic == "identity")._latest()
        self.assertEqual(identity._online_kind(), "original")
        request._portal_answer({}, {f"item_{identity.id}": [("id.png", PHOTO)]})
        self.assertFalse(identity.attachment_ids)
        with self.assertRaises(UserError):
            identity.write({"attachment_ids": [fields.Command.create({"name": "id.png", "raw": PHOTO})]})

    def test_changed_data_is_signed_anew(self):
        """P-34: what was changed is signed again before it is sent; what was typed is kept meanwhile."""
        request = self.mine(self.incomplete)
        files = {f"item_{self.income(request).id}": [("income.png", PHOTO)]}
        typed = {"data_description": "Something else"}
        self.assertIn("signature", request._portal_answer(typed, files))
        self.assertEqual((request.state, request.description), ("incomplete", "Something else"))
        self.assertTrue(self.income(request).attachment_ids, "nobody takes a photo twice")
        self.assertTrue(request._portal_answer_form()["must_sign"])
        self.assertIn("signature", request._portal_answer({**typed, "signature": "data:text/html;base64,eA=="}, {}))
        self.assertFalse(request._portal_answer({**typed, "signature": DRAWN}, {}))
        declaration = self.incomplete.declaration_ids.filtered(lambda d: d.state == "signed")
        self.assertEqual((request.state, declaration.method), ("submitted", "portal"))
        self.assertEqual(declaration.signer_name, self.file.name)

    def test_guardian_signs_for_the_child(self):
        """Who acts signs as who he is, for whom he acts."""
        request = self.make_incomplete(self.child_file, representation_id=self.child_file.representation_ids.id)
        mine = self.mine(request, self.guardian)
        typed = {"data_description": "For my child", "signature": DRAWN}
        self.assertFalse(mine._portal_answer(typed, {f"item_{self.income(mine).id}": [("a.png", PHOTO)]}))
        declaration = request.declaration_ids.filtered(lambda d: d.state == "signed")
        self.assertEqual(declaration.signer_name, self.guardian_partner.name)
        self.assertEqual(declaration.representation_id, self.child_file.representation_ids)

    def test_wrong_things(self):
        request = self.mine(self.incomplete)
        name = f"item_{self.income(request).id}"
        self.assertIn(name, request._portal_answer({}, {}))
        for file in (("a.exe", b"MZ\x90\x00"), ("a.png", b"<svg/>"), ("a.pdf", PHOTO), ("big.png", PHOTO * 200_000)):
            with self.subTest(file=file[0]):
                self.assertIn(name, request._portal_answer({}, {name: [file]}))
        self.assertIn(name, request._portal_answer({}, {name: [("a.png", PHOTO)] * 6}))
        self.assertFalse(self.income(request).attachment_ids)
        for typed in ({"data_amount_requested": "many"}, {"data_amount_requested": "-1"}, {"data_description": " "}):
            self.assertTrue(set(typed) <= set(request._portal_answer(typed, {})))
        self.assertEqual(request.state, "incomplete")

    def test_file_taken_back(self):
        request = self.mine(self.incomplete)
        name = f"item_{self.income(request).id}"
        request._portal_answer({"data_description": " "}, {name: [("wrong.png", PHOTO)]})
        file = self.income(request).attachment_ids
        self.assertEqual(file.name, "wrong.png")
        request._portal_answer({"data_description": " ", "remove": [str(file.id)]}, {})
        self.assertFalse(file.exists())
        self.assertFalse(self.income(request).provided)

    def test_numbers_of_the_file(self):
        """What the file lacks is given with the request: a bank account, a mobile number."""
        self.file.iban = False
        request = self.mine(self.incomplete)
        iban = self.incomplete.check_ids.filtered(lambda check: check.automatic == "iban")._latest()
        if iban.state == "passed":  # it passed with the first submission
            return
        name = f"item_{iban.id}"
        self.assertIn(name, request._portal_answer({name: "SA0380000000608010167518"}, {}))
        request._portal_answer({name: "SA85 1000 0012 3456 7890 1234"}, {})
        self.assertEqual(self.file.iban_plain, "SA8510000012345678901234")

    def test_suspended_file_is_read_only(self):
        self.file.with_user(self.manager).write({"state": "suspended", "move_reason": "x"})
        request = self.mine(self.incomplete)
        self.assertEqual(request._portal_actions(), [])
        self.assertIn("form", request._portal_answer({}, {}))
        self.assertIn("form", request._portal_withdraw("solved", ""))


@tagged("post_install", "-at_install")
class TestConversation(AnswerCommon):
    """The applicant and his officer write to each other; staff's own notes stay inside."""

    def texts(self, request):
        return [message["text"] for message in request._portal_messages()]

    def test_written_and_answered(self):
        request = self.mine(self.incomplete)
        self.assertFalse(request._portal_write("When do you open?\n<b>x</b>", [("a.png", PHOTO)]))
        message = self.incomplete.message_ids[0]
        self.assertEqual(message.author_id, self.file.partner_id)
        self.assertNotIn("<b>", message.body)
        self.assertNotIn(self.file.partner_id, self.incomplete.message_partner_ids, "he follows nothing by it")
        self.assertIn("The applicant has written", self.incomplete.activity_ids.mapped("summary"))
        request._portal_write("Once more", [])
        self.assertEqual(self.incomplete.activity_ids.mapped("summary").count("The applicant has written"), 1)
        self.incomplete.message_post(body="SECRET-NOTE")
        self.incomplete._message_log(body="SECRET-LOG")
        wizard = (
            self.env["cpa.request.message.wizard"]
            .with_user(self.officer)
            .create({"request_id": self.incomplete.id, "text": "At eight."})
        )
        wizard.action_send()
        texts = "\n".join(self.texts(request))
        for shown in ("When do you open?", "<b>x</b>", "Once more", "At eight.", "there is a message for you"):
            self.assertIn(shown, texts)
        self.assertNotIn("SECRET", texts)
        self.assertEqual([m["is_mine"] for m in request._portal_messages()][-3:-1], [True, False])

    def test_files_of_the_conversation(self):
        """He opens what he sent and what was sent to him; of the rest of the chatter nothing."""
        request = self.mine(self.incomplete)
        request._portal_write("", [("a.png", PHOTO)])
        sent = self.incomplete.message_ids[0].attachment_ids
        inside = self.env["ir.attachment"].create(
            {"name": "b.png", "raw": PHOTO, "res_model": "cpa.request", "res_id": self.incomplete.id}
        )
        self.incomplete.message_post(body="x", attachment_ids=inside.ids)
        self.assertEqual(request._portal_file(sent.id), sent)
        self.assertFalse(request._portal_file(inside.id))

    def test_limits(self):
        request = self.mine(self.incomplete)
        self.assertTrue(request._portal_write("  ", []))
        self.assertTrue(request._portal_write("x" * 4001, []))
        self.assertTrue(request._portal_write("x", [("a.png", PHOTO)] * 6))
        with self.assertRaises(UserError):
            request._portal_write("x", [("a.html", b"<script>")])


@tagged("post_install", "-at_install")
class TestWithdrawAndAppeal(AnswerCommon):
    def test_withdrawn(self):
        request = self.mine(self.incomplete)
        self.assertIn("withdraw", [action["code"] for action in request._portal_actions()])
        self.assertIn("reason", request._portal_withdraw("", ""))
        self.assertFalse(request._portal_withdraw("other", "I moved away"))
        move = self.incomplete.move_ids.sorted("id")[-1]
        self.assertEqual((move.to_state, move.user_id), ("withdrawn", self.applicant))
        self.assertIn("I moved away", move.reason)
        self.assertEqual(request._portal_actions(), [])
        self.assertIn("form", request._portal_withdraw("solved", ""), "a second window says so")

    def test_withdrawn_while_decided(self):
        """Nothing tells that the committee has decided: the button is there, and it works."""
        request = self.make_submitted(self.other_file)
        self.study(request)
        before = self.mine(request, self.other_applicant)._portal_actions()
        self.decide(request)
        mine = self.mine(request, self.other_applicant)
        self.assertEqual(mine._portal_actions(), before)
        self.assertFalse(mine._portal_withdraw("solved", ""))
        self.assertEqual(request.state, "withdrawn")

    def test_not_after_something_was_given(self):
        request = self.approve(beneficiary_id=self.other_file.id)
        self.assertTrue(self.mine(request, self.other_applicant)._portal_can_withdraw())
        self.pay(self.order(request))
        self.assertFalse(self.mine(request, self.other_applicant)._portal_can_withdraw())

    def make_rejected(self):
        request = self.make_submitted(self.other_file)
        self.study(request, "reject")
        self.decide(request, "reject")
        return self.reply(request, "rejected")

    def test_appeal(self):
        """Once, by the last day, with grounds and signature; it has its own number and its own way."""
        request = self.make_rejected()
        mine = self.mine(request, self.other_applicant)
        self.assertIn("appeal", [action["code"] for action in mine._portal_actions()])
        form = mine._portal_appeal_form()
        self.assertIn("final", form["explanation"])
        for grounds, signature, missing in (("", DRAWN, "grounds"), ("Because", "", "signature")):
            appeal, errors = mine._portal_appeal(grounds, [], signature)
            self.assertFalse(appeal)
            self.assertIn(missing, errors)
        appeal, errors = mine._portal_appeal("The income was read wrongly", [("slip.png", PHOTO)], DRAWN)
        self.assertFalse(errors)
        self.assertEqual((appeal.state, appeal.appeal_of_id), ("submitted", request))
        self.assertNotEqual(appeal.number, request.number)
        self.assertFalse(appeal.officer_id, "a manager says who handles it")
        self.assertEqual(appeal.explanation_ids.how, "website")
        self.assertEqual(appeal.declaration_ids.signer_name, self.other_file.name)
        files = self.env["ir.attachment"].search([("res_model", "=", "cpa.request"), ("res_id", "=", appeal.id)])
        self.assertIn("slip.png", files.mapped("name"))
        self.assertEqual(self.mine(appeal, self.other_applicant), appeal)
        self.assertNotIn("appeal", [action["code"] for action in mine._portal_actions()])
        self.assertIn("form", mine._portal_appeal("Again", [], DRAWN)[1], "once for each decision")

    def test_appeal_until_its_last_day(self):
        request = self.make_rejected()
        mine = self.mine(request, self.other_applicant)
        last_day = mine._portal_appeal_day()
        with freeze_time(f"{last_day} 12:00:00"):
            self.assertTrue(mine._portal_can_appeal())
        with freeze_time(f"{last_day + timedelta(days=1)} 12:00:00"):
            self.assertFalse(mine._portal_can_appeal())
            self.assertIn("form", mine._portal_appeal("Because", [], DRAWN)[1])

    def test_nobody_appeals_before_the_reply(self):
        request = self.make_submitted(self.other_file)
        self.study(request, "reject")
        self.decide(request, "reject")
        mine = self.mine(request, self.other_applicant)
        self.assertFalse(mine._portal_can_appeal())
        self.assertIn("form", mine._portal_appeal("Because", [], DRAWN)[1])


@tagged("post_install", "-at_install")
class TestReceipt(AnswerCommon):
    """P-37: what was given is confirmed by who received it; the letter is read where it was sent."""

    def make_given(self, file):
        request = self.approve(beneficiary_id=file.id)
        self.pay(self.order(request))
        line = request.delivery_ids.with_user(self.officer)
        line.write({"state": "delivered"})
        return request, line

    def test_confirmed(self):
        request, line = self.make_given(self.other_file)
        mine = self.mine(request, self.other_applicant)
        [told] = mine._portal_deliveries()
        self.assertTrue(told["url"])
        self.assertIn("Confirm", [item["button"] for item in mine._portal_todo()])
        self.assertIn("signature", mine.delivery_ids._portal_acknowledge(""))
        self.assertFalse(mine.delivery_ids._portal_acknowledge(DRAWN))
        self.assertEqual((line.state, line.acknowledged_by), ("acknowledged", "portal"))
        self.assertEqual(line.receiver_name, self.other_file.name)
        self.assertIn("form", mine.delivery_ids._portal_acknowledge(DRAWN), "once")

    def test_letters_of_others_stay_inside(self):
        """A letter to an outside body is not the applicant's, though it hangs on his request and went first."""
        request = self.make_submitted(self.other_file)
        outside = (
            self.env["cpa.letter"]
            .with_user(self.officer)
            .create(
                {
                    "kind": "outside",
                    "request_id": request.id,
                    "addressee": "A ministry",
                    "subject": "Referral",
                    "text": "x",
                    "channel_id": self.channel.id,
                }
            )
        )
        outside.write({"state": "sent"})
        self.assertFalse(request._reply_letter())
        mine = self.mine(request, self.other_applicant)
        self.assertEqual(mine._portal_letters(), [])
        self.study(request)
        self.decide(request, amount=500)
        self.reply(request, "approved")
        self.assertEqual(request._reply_letter().kind, "decision")
        self.assertEqual(len(mine._portal_letters()), 1)
        for message in mine._portal_messages():
            self.assertTrue(message["text"], "the notice of the reply says something without its link, too")
            self.assertNotIn("/r/", message["text"])
