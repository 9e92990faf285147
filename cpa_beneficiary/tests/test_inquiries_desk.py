from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import SIGNATURE
from .test_inquiries import NOW, InquiryCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestInquiryDesk(InquiryCommon):
    """P-08, P-10: an inquiry is taken in by one call, and nobody types again what is known."""

    def quick(self, user=None, **vals):
        return self.env["crm.lead"].with_user(user or self.officer)._cpa_quick_inquiry(vals)

    def test_taken_in_by_one_call(self):
        inquiry = self.quick(
            channel="phone",
            contact_name="Test inquirer",
            phone="٠٥٠١٢٣٤٥٦٧",
            phone_number="0501234567",
            questions=[
                {"name": "When do you open?", "answer": "At eight"},
                {"name": "Who helps me?", "referred_to_id": self.researcher.id},
                {"name": "Where are you?"},
            ],
        )
        self.assertEqual(inquiry.question_ids.mapped("state"), ["answered", "referred", "open"])
        self.assertEqual((inquiry.name, inquiry.phone), ("When do you open?", "+966501234567"))
        self.assertEqual((inquiry.phone_direction, inquiry.user_id), ("in", self.officer))
        self.assertTrue(inquiry.inquiry_number)

    def test_details_are_filled(self):
        """P-08: who stands at the counter of a branch types no details of the channel."""
        interview = self.quick(channel="interview", questions=[{"name": "When?"}])
        self.assertEqual(interview.interviewer_id, self.officer)
        delegate = self.quick(self.delegate, channel="delegate", questions=[{"name": "When?"}])
        self.assertEqual((delegate.channel_branch_id, delegate.cpa_branch_id), (self.branch, self.branch))
        with self.assertRaises(ValidationError):
            self.quick(channel="letter", questions=[{"name": "When?"}])
        with self.assertRaises(UserError):
            self.quick(channel="website", questions=[])

    def test_person_is_proposed_and_linked_by_the_clerk(self):
        person = self.make_beneficiary()
        inquiry = self.make_inquiry("When?", phone="050 123 4567")
        self.assertEqual(inquiry.likely_beneficiary_id, person)
        self.assertFalse(inquiry.partner_id, "nobody is linked by himself")
        self.assertFalse(self.make_inquiry("When?", phone="0509999999").likely_beneficiary_id)
        inquiry.action_link_person()
        self.assertEqual(inquiry.partner_id, person.partner_id)
        self.assertFalse(inquiry.likely_beneficiary_id)
        # a delegate is not told of people of other branches
        mine = self.make_inquiry("When?", phone="0501234567", cpa_branch_id=self.branch.id)
        self.assertFalse(mine.with_user(self.delegate).likely_beneficiary_id)

    def test_file_carries_what_is_known(self):
        sharurah = self.env.ref("cpa_beneficiary.cpa_governorate_sharurah")
        inquiry = self.make_inquiry(
            "When?",
            user=self.delegate,
            phone="0551112223",
            email_from="someone@example.com",
            cpa_branch_id=self.branch.id,
            cpa_governorate_id=sharurah.id,
        )
        action = inquiry.action_open_file()
        person = self.env["cpa.beneficiary"].browse(action["res_id"])
        self.assertEqual(
            (person.name, person.phone, person.email, person.branch_id, person.governorate_id, person.state),
            ("Test inquirer", "+966551112223", "someone@example.com", self.branch, sharurah, "draft"),
        )
        self.assertEqual(inquiry.partner_id, person.partner_id)
        self.assertEqual(inquiry.action_open_file()["res_id"], person.id, "no second file")
        with self.assertRaises(UserError):
            self.make_inquiry("When?", contact_name=False).action_open_file()

    def test_request_without_retyping(self):
        """P-08: channel with details, person, what was asked and the documents go into the request."""
        person = self.make_beneficiary()
        inquiry = self.make_inquiry(
            {"name": "May I exchange it?", "answer": "Within seven days"},
            "Who helps me?",
            partner_id=person.partner_id.id,
            channel_id=self.env.ref("cpa_beneficiary.channel_letter").id,
            letter_direction="in",
            letter_reference="12/4",
            letter_date="2026-03-01",
            letter_scan=SIGNATURE,
            letter_scan_name="letter.png",
        )
        files = self.env["ir.attachment"]
        place = {"res_model": "crm.lead", "res_id": inquiry.id}
        files.with_user(self.officer).create({"name": "invoice.png", "datas": SIGNATURE, **place})
        # what a mail brought is kept on the inquiry as it came; a request takes documents only
        by_mail = files.sudo().with_context(cpa_automatic_mail=True)
        by_mail.create({"name": "a program.exe", "datas": b"TVqQAAMAAAA=", **place})
        context = inquiry.action_open_request()["context"]
        with Form(self.env["cpa.request"].with_user(self.officer).with_context(**context)) as form:
            form.service_id = self.consultation
        request = form.record
        self.assertEqual((request.lead_id, request.beneficiary_id), (inquiry, person))
        self.assertEqual((request.letter_reference, request.subject), ("12/4", inquiry.name))
        for text in ("May I exchange it?", "Within seven days", "Who helps me?"):
            self.assertIn(text, request.description)
        documents = self.env["ir.attachment"].search([("res_model", "=", "cpa.request"), ("res_id", "=", request.id)])
        self.assertEqual((documents.name, documents.datas), ("invoice.png", SIGNATURE))
        self.assertEqual((request.letter_scan, request.letter_scan_name), (SIGNATURE, "letter.png"))
        self.assertEqual(request.first_contact_at, inquiry.create_date)
        self.assertEqual(inquiry.cpa_request_ids, request)

    def test_list_at_flat_cost(self):
        """The list of inquiries costs the same number of queries for two and for twenty."""
        names = ("name", "contact_name", "channel_id", "open_question_count", "waiting_since", "stage_id", "user_id")
        spec = {name: {"fields": {"display_name": {}}} if name.endswith("_id") else {} for name in names}
        spec["likely_beneficiary_id"] = {"fields": {"display_name": {}}}
        self.make_beneficiary()

        def cost(count):
            leads = [self.make_inquiry("When?", phone="0501234567") for _number in range(count)]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["crm.lead"].with_user(self.officer).union(*leads).web_read(spec)
            return self.cr.sql_log_count - before

        cost(1)
        self.assertEqual(cost(2), cost(20))

    def test_every_channel_is_shown(self):
        """P-19 to P-26: zeros are shown: the board has a column for each of the eight channels."""
        self.make_inquiry("When?")
        groups = (
            self.env["crm.lead"]
            .with_user(self.officer)
            .with_context(default_is_inquiry=True, read_group_expand=True)  # as the board asks
            .web_read_group([("is_inquiry", "=", True)], ["channel_id"], ["__count", "answer_hours:avg"])["groups"]
        )
        self.assertEqual(len(groups), 8)
        self.assertIn(0, [group["__count"] for group in groups])

    def test_volume_and_answer_time(self):
        """P-10: how many came by each channel and how soon they were answered, zeros too, of any last days."""
        channels = self.env["cpa.channel"].with_user(self.manager).search([])
        self.assertEqual(len(channels), 8)
        others = self.env["crm.lead"].search([("is_inquiry", "=", True)])
        others.write({"channel_id": self.env.ref("cpa_beneficiary.channel_help").id, "help_service": "The hotline"})
        website = self.channel.with_user(self.manager)
        inquiry, other = self.make_inquiry("When?"), self.make_inquiry("Where?")
        with freeze_time("2026-03-02 10:00:00"):
            inquiry.question_ids.answer = "At eight"
        self.env.flush_all()
        figures = {channel: channel.inquiry_count for channel in channels}
        self.assertEqual(figures[website], 2)
        self.assertIn(0, figures.values())
        self.assertEqual((website.answered_count, website.waiting_count, website.answer_hours), (1, 1, 2))
        # the database's own clock is not ours to stop
        self.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", ["2026-01-05 08:00:00", inquiry.id])
        self.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [NOW, other.id])
        self.env.invalidate_all()
        self.assertEqual(website.with_context(figures_days=30).inquiry_count, 1)
        self.env.invalidate_all()
        with freeze_time("2026-05-01 10:00:00"):
            self.assertEqual(website.with_context(figures_days=30).inquiry_count, 0)
        [average] = self.env["crm.lead"]._read_group([("id", "in", (inquiry | other).ids)], [], ["answer_hours:avg"])
        self.assertEqual(average, (2,), "one without an answer is no answer within no time")
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            channels.mapped("answer_hours")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMisconceptions(InquiryCommon):
    """P-14: a wrong idea is tagged, its published answer used again, and both are counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wrong = cls.env["cpa.misconception"].create({"name": "It is closed", "answer": "It is open"})

    def test_published_answer_in_one_click(self):
        inquiry = self.make_inquiry("Are you closed?", "Why?")
        screen = "cpa_beneficiary.crm_lead_inquiry_view_form"
        with Form(inquiry, screen) as form, form.question_ids.edit(0) as line:
            line.misconception_id = self.wrong
            self.assertEqual(line.answer, "It is open")
        self.assertEqual(inquiry.question_ids[0].state, "answered")
        self.assertTrue(inquiry.is_misconception)
        with Form(inquiry, screen) as form, form.question_ids.edit(1) as line:
            line.answer = "Because of Friday"
            line.misconception_id = self.wrong
        self.assertEqual(inquiry.question_ids[1].answer, "Because of Friday")

    def test_tag_after_the_answer(self):
        inquiry = self.make_inquiry({"name": "Are you closed?", "answer": "No"})
        inquiry.question_ids.misconception_id = self.wrong
        self.make_inquiry({"name": "Closed?", "misconception_id": self.wrong.id})
        wrong = self.wrong.with_user(self.auditor)
        self.assertEqual((wrong.question_count, wrong.answered_count), (2, 1))
        with self.assertRaises(AccessError):
            self.wrong.with_user(self.delegate).name = "x"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestReplyTexts(InquiryCommon):
    """Ready texts in the person's language, neutral on a shared phone, copied or opened in WhatsApp, and logged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.person = cls.make_beneficiary(lang="en_US")
        cls.case = cls.make_request(beneficiary_id=cls.person.id, branch_id=cls.branch.id)
        cls.texts = cls.env["cpa.reply.text"].with_user(cls.officer)

    def offered(self, record):
        return {text["name"]: text for text in self.texts.get_texts(record._name, record.id)}

    def test_placeholders_and_link(self):
        self.submit(self.case)
        offered = self.offered(self.case)
        self.assertIn("Receipt of the request", offered)
        receipt = offered["Receipt of the request"]
        self.assertIn(self.case.number, receipt["text"])
        self.assertIn("16 March 2026", receipt["text"])
        self.assertIn("AH", receipt["text"])
        link = urlsplit(receipt["wa_url"])
        self.assertEqual((link.netloc, link.path), ("wa.me", "/966501234567"))
        self.assertEqual(parse_qs(link.query)["text"], [receipt["text"]])
        self.assertNotIn("Come to us for the reply", offered)
        self.assertNotIn("Appointment", offered, "there is none")

    def test_neutral(self):
        """A shared telephone learns neither the need nor an amount, nor a decision."""
        request = self.make_request(
            self.support, beneficiary_id=self.person.id, subject="Debt", description="Debt", amount_requested=4321
        )
        self.submit(request)
        self.study(request)
        before = self.offered(request)
        self.decide(request, amount=4321)
        after = self.offered(request)
        self.assertIn("Come to us for the reply", after)
        for text in (before | after).values():
            for secret in ("Debt", "4321", self.support.name, "accept", "approved"):
                self.assertNotIn(secret, text["text"])

    def test_missing_items_and_place(self):
        request = self.make_request(self.support, beneficiary_id=self.person.id, branch_id=self.branch.id)
        for check in request.check_ids:
            if check.is_obligatory:
                check.action_to_sight()
        self.sign(request)
        request.write({"is_explained": True, "state": "submitted"})
        text = self.offered(request)["Missing items"]["text"]
        self.assertIn(request.check_ids.filtered("is_obligatory")[0].name, text)
        self.assertIn("Test branch", text)

    def test_of_an_inquiry(self):
        inquiry = self.make_inquiry({"name": "When?", "answer": "At eight"}, phone="0551112223", lang_id=False)
        offered = self.offered(inquiry)
        self.assertIn("The answer", offered)
        inquiry.partner_id = self.person.partner_id
        answer = self.offered(inquiry)["The answer"]
        self.assertIn("At eight", answer["text"])
        self.assertIn(inquiry.inquiry_number, answer["text"])
        nobody = self.make_inquiry("When?")
        self.assertEqual({text["wa_url"] for text in self.offered(nobody).values()}, {False})

    def test_in_the_persons_language(self):
        self.env["res.lang"]._activate_lang("ar_001")
        text = self.env.ref("cpa_beneficiary.reply_text_thanks")
        text.with_context(lang="ar_001").body = "شكرًا من {association}"
        self.assertNotIn("شكرًا", self.offered(self.submit(self.case))[text.name]["text"])
        self.person.lang = "ar_001"
        self.assertIn("شكرًا", self.offered(self.case)[text.name]["text"])
        self.assertIn("شكرًا", self.offered(self.make_inquiry("When?"))[text.name]["text"], "unknown: Arabic")

    def test_only_what_one_may_read(self):
        inquiry = self.make_inquiry("When?")
        for user in (self.plain, self.delegate, self.member):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.texts.with_user(user).get_texts("crm.lead", inquiry.id)
        with self.assertRaises(UserError):
            self.texts.get_texts("res.users", self.officer.id)
        with self.assertRaises(ValidationError):
            self.texts.with_user(self.manager).create({"name": "x", "body": "Dear {name}"})

    def test_what_was_sent_is_kept(self):
        self.submit(self.case)
        wizard = self.env["cpa.reply.wizard"].with_user(self.officer).browse(self.case.action_reply_texts()["res_id"])
        self.assertEqual((wizard.text_id.name, wizard.phone), ("Receipt of the request", "+966501234567"))
        wizard.text = f"{wizard.text}\nSee you <soon>"
        action = wizard.action_whatsapp()
        self.assertTrue(action["url"].startswith("https://wa.me/966501234567?text="))
        self.assertIn("See you &lt;soon&gt;", self.case.message_ids[0].body)
        self.assertEqual(self.case.message_ids[0].author_id, self.officer.partner_id)
        wizard.text = " "
        with self.assertRaises(UserError):
            wizard.action_log()
        with self.assertRaises(AccessError):
            self.texts.with_user(self.auditor).log_text("cpa.request", self.case.id, "x", "copy")
