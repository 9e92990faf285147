import base64
import hashlib

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..tools.whatsapp import parse_chat, read_chat
from .common import CpaCommon

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

ASKED = ("name", "phone", "identity_number", "identity_expiry_date", "governorate_id", "segment_ids", "iban")


class ReceptionCase(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, "cpa_clerk", groups="cpa_beneficiary.group_officer", name="Second clerk")
        cls.najran = cls.env.ref("cpa_beneficiary.cpa_governorate_najran")
        cls.segment = cls.env["cpa.segment"].search([("group", "=", "person"), ("needs_consent", "=", False)], limit=1)

    def desk(self, user=None):
        return self.env["cpa.reception"].with_user(user or self.officer)

    def visitor(self, user=None, **vals):
        return self.env["cpa.visitor"].with_user(user or self.officer).browse(self.desk(user).receive(vals))

    def intake(self, **vals):
        return {
            "name": "سعد التجريبي",
            "phone": "٠٥٠٩٨٧٦٥٤٣",
            "identity_number": "١١٢٣٤٥٦٧٨٠",
            "governorate_id": self.najran.id,
            "segment_ids": self.segment.ids,
            "service_id": self.support.id,
            "description": "سداد إيجار",
            **vals,
        }


@tagged("post_install", "-at_install")
class TestReception(ReceptionCase):
    """P-31: one screen for whoever comes, by the models' own rules and the clerk's own rights."""

    def test_only_who_receives_people(self):
        visitor = self.visitor()
        for user in (
            self.auditor,
            self.researcher,
            self.member,
            self.secretary,
            self.manager,
            self.privacy,
            self.plain,
        ):
            desk = self.desk(user)
            for call in (
                desk.get_setup,
                desk.get_desk,
                lambda desk=desk: desk.get_visitor(visitor.id),
                lambda desk=desk: desk.search_people("محمد"),
                lambda desk=desk: desk.receive({}),
                lambda desk=desk: desk.serve(visitor.id),
                lambda desk=desk: desk.save_inquiry(visitor.id, {"question": "?"}),
                lambda desk=desk: desk.save_request(visitor.id, self.intake()),
                lambda desk=desk: desk.read_chat("text"),
                lambda desk=desk: desk.delete_identity_picture(visitor.id, base64.b64encode(PICTURE).decode()),
            ):
                with self.assertRaises(AccessError, msg=user.login):
                    call()

    def test_delegate_works_in_the_own_branch(self):
        """P-26: a delegate receives at his branch; the visitors and files of others are closed to him."""
        person = self.make_beneficiary(branch_id=False)
        theirs = self.visitor(beneficiary_id=person.id)
        desk = self.desk(self.delegate)
        mine = self.visitor(user=self.delegate, name="هادي")
        self.assertEqual([visitor["id"] for visitor in desk.get_desk()["visitors"]], mine.ids)
        self.assertFalse(desk.search_people("1123456780")["people"])
        for call in (
            lambda: desk.get_visitor(theirs.id),
            lambda: desk.serve(theirs.id),
            lambda: desk.save_inquiry(theirs.id, {"question": "?"}),
            lambda: desk.identify(mine.id, person.id),
        ):
            with self.assertRaises(AccessError):
                call()
        inquiry = self.env["crm.lead"].browse(desk.save_inquiry(mine.id, {"question": "أين المكتب؟"}))
        self.assertEqual(inquiry.cpa_branch_id, self.branch)
        self.assertEqual((inquiry.channel_branch_id, inquiry.channel_delegate_id), (self.branch, self.delegate))

    def test_desk_stands_when_a_file_goes_to_another_branch(self):
        """P-26: whom the delegate may not see is neither received by him nor stops his desk."""
        person = self.make_beneficiary(branch_id=False)
        desk, mine = self.desk(self.delegate), self.visitor(user=self.delegate, name="هادي")
        with self.assertRaises(AccessError):
            desk.receive({"beneficiary_id": person.id}, True)
        mine.with_user(self.officer).beneficiary_id = person
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual([visitor["title"] for visitor in desk.get_desk()["visitors"]], ["هادي"])

    def test_two_clerks_two_visitors(self):
        """P-31: two clerks serve two visitors in turns; what is entered for one never lands with the other."""
        first, second = self.visitor(name="الأول", phone="0501111111"), self.visitor(user=self.clerk, name="الثاني")
        desk, other = self.desk(), self.desk(self.clerk)
        desk.save_inquiry(first.id, {"question": "سؤال الأول"})
        other.save_inquiry(second.id, {"question": "سؤال الثاني", "phone": "0502222222"})
        desk.save_inquiry(first.id, {"question": "سؤال آخر للأول"})
        other.save_request(second.id, self.intake(name="الثاني", phone="0502222222"))
        with self.assertRaisesRegex(UserError, "serves"):
            desk.save_inquiry(second.id, {"question": "لغيره"})
        with self.assertRaisesRegex(UserError, "serves"):
            desk.serve(second.id)
        self.assertEqual(first.inquiry_ids.question_ids.mapped("name"), ["سؤال الأول", "سؤال آخر للأول"])
        self.assertEqual(second.inquiry_ids.question_ids.mapped("name"), ["سؤال الثاني"])
        self.assertFalse(first.beneficiary_id)
        self.assertEqual(second.beneficiary_id.name, "الثاني")
        self.assertEqual(second.inquiry_ids.partner_id, second.partner_id, "his question is in his file")
        self.assertEqual((first.user_id, second.user_id), (self.officer, self.clerk))

    def test_one_click_switches(self):
        """P-31: taking up the next visitor parks the one before; any number stays open."""
        visitors = [self.visitor(name=f"زائر {number}") for number in range(5)]
        self.assertEqual([visitor.state for visitor in visitors], ["parked"] * 4 + ["served"])
        self.desk().serve(visitors[1].id)
        self.assertEqual([visitor.state for visitor in visitors], ["parked", "served", "parked", "parked", "parked"])
        waiting = self.env["cpa.visitor"].browse(self.desk().receive({"name": "ينتظر"}, wait=True))
        self.assertEqual((waiting.state, visitors[1].state), ("waiting", "served"))
        self.assertEqual(len(self.desk().get_desk()["visitors"]), 6)

    def test_nobody_is_received_twice(self):
        person = self.make_beneficiary()
        self.assertEqual(self.visitor(beneficiary_id=person.id), self.visitor(beneficiary_id=person.id))

    def test_a_visit_of_one_is_not_another(self):
        """Once something was taken in on a visit, it stays that person's."""
        one = self.make_beneficiary()
        other = self.make_beneficiary(number=None, registered=False, phone="0507777777")
        visitor = self.visitor(beneficiary_id=other.id)
        self.desk().identify(visitor.id, one.id)
        self.desk().save_inquiry(visitor.id, {"question": "؟"})
        with self.assertRaisesRegex(UserError, "his own"):
            self.desk().identify(visitor.id, other.id)

    # ------------------------------------------------------------------
    # The search box
    # ------------------------------------------------------------------

    def found(self, text, user=None):
        return [person["id"] for person in self.desk(user).search_people(text)["people"]]

    def test_finds_by_anything(self):
        """Identity, phone, file and request number in any digits, a name in any spelling."""
        person = self.make_beneficiary(name="أحمد بن عبدالله الغامدي", phone="0501234567")
        request = self.submit(self.make_request(beneficiary_id=person.id))
        for text in (
            "1123456780",
            "١١٢٣٤٥٦٧٨٠",
            "112 345 6780",
            "0501234567",
            "٠٥٠١٢٣٤٥٦٧",
            "+966501234567",
            "احمد عبد الله الغامدى",
            "غامدي",
            person.file_number,
            str(int(person.file_number)),
            request.number,
            request.number.replace("-", ""),
            request.number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        ):
            with self.subTest(text=text):
                self.assertEqual(self.found(text), person.ids)
        self.assertFalse(self.found("0509999999"))
        self.assertFalse(self.found(""))

    def test_own_name_comes_before_the_fathers(self):
        """Who is called as was typed is meant rather than his son, whose file is the newer one."""
        father = self.make_beneficiary(name="وائل التجريبي", number=None, registered=False)
        son = self.make_beneficiary(name="زيد بن وائل التجريبي", number=None, registered=False, phone="0507777777")
        self.assertEqual(self.found("وائل"), [father.id, son.id])

    def test_shows_what_is_open(self):
        """P-31: with the person come open requests and inquiries; the identity is masked."""
        person = self.make_beneficiary()
        request = self.submit(self.make_request(beneficiary_id=person.id))
        visitor = self.visitor(beneficiary_id=person.id)
        self.desk().save_inquiry(visitor.id, {"question": "متى الرد؟"})
        shown = self.desk().search_people("1123456780")["people"][0]
        self.assertEqual([row["number"] for row in shown["requests"]], [request.number])
        self.assertEqual([row["questions"][0]["name"] for row in shown["inquiries"]], ["متى الرد؟"])
        self.assertEqual(shown["identity"], "••••••6780")

    def test_what_was_typed_is_in_place(self):
        """Nothing is typed twice: a phone lands in the phone, an identity in the identity, a name in the name."""
        typed = {
            "٠٥٠٩٩٩٩٩٩٩": {"phone": "+966509999999"},
            "1123456780": {"identity_number": "1123456780"},
            "2234567895": {"identity_number": "2234567895"},
            "A1234567": {"identity_number": "A1234567"},
            "مريم التجريبية": {"name": "مريم التجريبية"},
            "12": {},
        }
        for text, expected in typed.items():
            with self.subTest(text=text):
                self.assertEqual(self.desk().search_people(text)["typed"], expected)

    def test_finds_whom_one_acts_for(self):
        """A guardian or agent who gives his own phone finds the file of the person for whom he acts."""
        person = self.make_beneficiary()
        guardian = self.env["res.partner"].create({"name": "الولي", "phone": "+966503334444"})
        self.env["cpa.representation"].create(
            {"beneficiary_id": person.id, "representative_id": guardian.id, "kind": "carer"}
        )
        self.assertEqual(self.found("0503334444"), person.ids)

    def test_finds_who_is_here_already(self):
        """P-08: a slip in the name, or a file of another branch, does not become a second file unnoticed."""
        person = self.make_beneficiary(name="محمد بن سالم العتيبي", phone="0501234567", branch_id=False)
        self.assertEqual(self.found("محمد سالم العتيبى"), person.ids)
        found = self.desk().find_duplicates({"phone": "٠٥٠١٢٣٤٥٦٧", "identity_number": "1123456780"})
        self.assertEqual([(row["id"], row["reason"]) for row in found], [(person.id, "identity")])
        elsewhere = self.desk(self.delegate).search_people("1123456780")
        self.assertFalse(elsewhere["people"])
        self.assertEqual(elsewhere["elsewhere"], ["A file that is not among yours"])

    def test_finds_earlier_questions_of_a_phone(self):
        visitor = self.visitor(phone="0508888888")
        self.desk().save_inquiry(visitor.id, {"question": "سؤال قديم"})
        inquiries = self.desk().search_people("٠٥٠٨٨٨٨٨٨٨")["inquiries"]
        self.assertEqual([inquiry["questions"][0]["name"] for inquiry in inquiries], ["سؤال قديم"])

    def test_flat_queries(self):
        """As many queries for eight people with requests and inquiries as for two."""
        people = [
            self.make_beneficiary(name=f"فلان الموحد {i}", number=None, registered=False, phone=f"050123450{i}")
            for i in range(8)
        ]
        self.fill(people[:2])
        few = self.queries()
        self.fill(people[2:])
        self.assertLessEqual(self.queries(), few)

    def fill(self, people):
        for person in people:
            self.make_request(beneficiary_id=person.id)
            visitor = self.visitor(beneficiary_id=person.id)
            self.desk().save_inquiry(visitor.id, {"question": f"سؤال {person.name}"})
            person.name += " المطلوب"

    def queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.desk().search_people("المطلوب")
        self.desk().get_desk()
        return self.env.cr.sql_log_count - before

    # ------------------------------------------------------------------
    # Inquiries and requests
    # ------------------------------------------------------------------

    def test_walk_in_inquiry(self):
        """P-10, P-19, P-31: one question is enough; channel, place, clerk and visit are known."""
        visitor = self.visitor()
        desk = self.desk()
        with self.assertRaisesRegex(UserError, "What was asked"):
            desk.save_inquiry(visitor.id, {"question": "  "})
        inquiry = self.env["crm.lead"].browse(
            desk.save_inquiry(visitor.id, {"question": "هل يحق لي الاستبدال؟", "answer": "نعم، خلال سبعة أيام"})
        )
        self.assertTrue(inquiry.is_inquiry)
        self.assertEqual(inquiry.visitor_id, visitor)
        self.assertEqual((inquiry.channel_code, inquiry.interviewer_id), ("interview", self.officer))
        self.assertEqual(inquiry.question_ids.state, "answered")
        self.assertFalse(inquiry.stage_id.is_won)
        desk.leave(visitor.id)
        self.assertTrue(inquiry.stage_id.is_won, "what was answered on the spot is closed with the visit")

    def test_caller(self):
        """P-20: a caller's number is the channel's; without one the call is not recorded."""
        channel = self.env.ref("cpa_beneficiary.channel_phone")
        caller = self.visitor(channel_id=channel.id)
        inquiry = self.env["crm.lead"].browse(
            self.desk().save_inquiry(caller.id, {"question": "؟", "phone": "٠٥٠١١١٢٢٢٢"})
        )
        self.assertEqual((inquiry.phone_number, inquiry.phone_direction), ("+966501112222", "in"))
        unknown = self.visitor(channel_id=channel.id)
        with self.assertRaisesRegex(UserError, "Caller"):
            self.desk().save_inquiry(unknown.id, {"question": "؟"})

    def test_intake(self):
        """P-08, P-32, P-36: file, identity and request of a new person in one step, by the models' own rules."""
        visitor = self.visitor(name="سعد التجريبي")
        request = self.env["cpa.request"].browse(
            self.desk().save_request(visitor.id, self.intake(is_sighted=True, amount_requested=5000))
        )
        person = request.beneficiary_id.with_user(self.officer)
        self.assertEqual(visitor.beneficiary_id, person)
        self.assertEqual(visitor.request_ids, request)
        self.assertEqual((request.state, request.officer_id), ("draft", self.officer))
        self.assertEqual(person.phone, "+966509876543")
        self.assertEqual(person.identity_id.type, "NAT")
        self.assertEqual(person.identity_id.sighted_by, self.officer)
        self.desk().register(visitor.id)
        self.assertEqual(person.state, "registered")

    def test_intake_asks_only_what_is_unknown(self):
        """P-08: of a known person only the service and the need are asked; what is known is not written over."""
        person = self.make_beneficiary(phone="0501234567")
        visitor = self.visitor(beneficiary_id=person.id)
        self.assertEqual(self.desk().get_visitor(visitor.id)["ask"], ["identity_expiry_date", "iban"])
        self.desk().save_request(
            visitor.id, self.intake(name="Another", phone="0500000000", identity_number="2234567895")
        )
        self.assertEqual((person.name, person.phone), ("محمد تجريبي", "+966501234567"))
        new = self.visitor(phone="0509999999")
        self.assertEqual(self.desk().get_visitor(new.id)["ask"], list(ASKED))

    def test_intake_says_all_that_is_missing(self):
        visitor = self.visitor()
        with self.assertRaises(UserError) as raised:
            self.desk().save_request(visitor.id, {})
        for word in ("name", "phone", "service", "asks for"):
            self.assertIn(word, str(raised.exception))
        self.assertFalse(visitor.beneficiary_id)

    def test_intake_without_an_identity(self):
        """P-32: who has not got his identity with him is taken in all the same; it stays to be given."""
        visitor = self.visitor()
        vals = self.intake(identity_number="", governorate_id=False, segment_ids=[])
        request = self.env["cpa.request"].browse(self.desk().save_request(visitor.id, vals))
        self.assertEqual(request.state, "draft")
        shown = self.desk().get_visitor(visitor.id)
        self.assertEqual(shown["ask"], list(ASKED[2:]))
        self.assertEqual(len(shown["missing"]), 3)

    # ------------------------------------------------------------------
    # Chats and pictures
    # ------------------------------------------------------------------

    def files(self, name="photo.png"):
        return [{"name": name, "data": base64.b64encode(PICTURE).decode()}]

    def test_chat_becomes_an_inquiry(self):
        """P-21: a copied message becomes an inquiry by social media, with its pictures, under the sender's number."""
        person = self.make_beneficiary(phone="0501234567")
        chat = self.desk().read_chat("[10:15 ص، ٢٢/١١/٢٠٢٦] ‏+966 50 123 4567: السلام عليكم")
        self.assertEqual((chat["phone"], chat["text"]), ("+966501234567", "السلام عليكم"))
        self.assertEqual([found["id"] for found in chat["people"]], person.ids)
        visitor = self.visitor(
            beneficiary_id=person.id,
            phone=chat["phone"],
            channel_id=self.env.ref("cpa_beneficiary.channel_social").id,
        )
        inquiry = self.env["crm.lead"].browse(self.desk().save_inquiry(visitor.id, {"question": chat["text"]}))
        self.assertEqual(
            (inquiry.channel_code, inquiry.social_platform, inquiry.social_account),
            ("social", "whatsapp", "+966501234567"),
        )
        attachments = self.desk().attach(visitor.id, "crm.lead", inquiry.id, self.files())
        self.assertEqual(self.env["ir.attachment"].browse(attachments).res_id, inquiry.id)

    def test_documents_go_to_the_own_request_only(self):
        person, other = (
            self.make_beneficiary(),
            self.make_beneficiary(number=None, registered=False, phone="0507777777"),
        )
        mine, theirs = (self.make_request(beneficiary_id=one.id) for one in (person, other))
        visitor = self.visitor(beneficiary_id=person.id, phone="0501234567")
        self.desk().attach(visitor.id, "cpa.request", mine.id, self.files(), "فاتورة الإيجار")
        self.assertIn("فاتورة الإيجار", mine.message_ids[0].body)
        self.assertIn("+966501234567", mine.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "is not"):
            self.desk().attach(visitor.id, "cpa.request", theirs.id, self.files())
        with self.assertRaisesRegex(UserError, "inquiry or a request"):
            self.desk().attach(visitor.id, "res.partner", person.partner_id.id, self.files())

    def test_picture_of_an_identity_is_never_kept(self):
        """Saudi data: a photo of an identity is deleted once it was read; a line says who, when, of whom and which."""
        person = self.make_beneficiary()
        visitor = self.visitor(beneficiary_id=person.id)
        request = self.make_request(beneficiary_id=person.id)
        before = self.env["ir.attachment"].search_count([])
        arrived = self.desk().attach(visitor.id, "cpa.request", request.id, self.files())
        digest = self.desk().delete_identity_picture(visitor.id, base64.b64encode(PICTURE).decode())
        self.assertEqual(digest, hashlib.sha256(PICTURE).hexdigest())
        self.assertFalse(self.env["ir.attachment"].browse(arrived).exists(), "nor a copy that came before")
        self.assertEqual(self.env["ir.attachment"].search_count([]), before)
        trace = self.env["cpa.access.trace"].search([], limit=1)
        self.assertEqual(
            (trace.user_id, trace.partner_id, trace.visitor_id, trace.digest, trace.datum),
            (self.officer, person.partner_id, visitor, digest, "identity_picture"),
        )
        self.assertTrue(trace.shown_at)
        with self.assertRaisesRegex(UserError, "never changes"):
            trace.sudo().digest = "0"

    def test_stored_picture_of_an_identity(self):
        """One that arrived by mail is deleted by its attachment; a stranger's is out of reach."""
        person = self.make_beneficiary()
        visitor = self.visitor(beneficiary_id=person.id)
        request = self.make_request(beneficiary_id=person.id)
        [arrived] = self.desk().attach(visitor.id, "cpa.request", request.id, self.files())
        self.assertEqual([row["id"] for row in self.desk().get_pictures(visitor.id)], [arrived])
        stranger = self.visitor(name="آخر")
        with self.assertRaisesRegex(UserError, "not among"):
            self.desk().delete_identity_picture(stranger.id, None, arrived)
        self.desk().delete_identity_picture(visitor.id, None, arrived)
        self.assertFalse(self.env["ir.attachment"].browse(arrived).exists())

    def test_picture_of_an_identity_is_no_original(self):
        """P-32: a picture that was read does not count as the original sighted."""
        visitor = self.visitor()
        self.desk().save_person(visitor.id, self.intake())
        self.desk().delete_identity_picture(visitor.id, base64.b64encode(PICTURE).decode())
        self.assertFalse(visitor.beneficiary_id.identity_sighted_at)
        self.desk().sight(visitor.id)
        self.assertTrue(visitor.beneficiary_id.identity_sighted_at)


@tagged("post_install", "-at_install")
class TestWhatsapp(CpaCommon):
    """Messages as WhatsApp copies and exports them, in English and Arabic."""

    def test_forms(self):
        for head in (
            "[10:15, 22/11/2026] ",
            "[10:15 AM, 11/22/2026] ",
            "[22/11/2026, 10:15:03 PM] ",
            "[22/11/2026, 10:15:03\u202fPM] ",
            "\u200e[2026-11-22, 10:15:03] ",
            "[١٠:١٥ ص، ٢٢/١١/٢٠٢٦] ",
            "[٢٢/١١/٢٠٢٦، ١٠:١٥:٠٣ م] ",
            "22/11/2026, 10:15 - ",
            "٢٢/١١/٢٠٢٦، ١٠:١٥ م - ",
        ):
            with self.subTest(head=head):
                messages = parse_chat(f"{head}أبو محمد: لدي سؤال: متى؟\nوسطر ثانٍ\n{head}الجمعية: أهلاً")
                self.assertEqual(
                    [tuple(message) for message in messages],
                    [("أبو محمد", "لدي سؤال: متى؟\nوسطر ثانٍ"), ("الجمعية", "أهلاً")],
                )

    def test_sender(self):
        """The number becomes the phone, a saved name the name; others keep their names; no picture's stand-in."""
        text = "[10:15, 22/11/2026] \u200e+966\u00a050\u00a0123\u00a04567: مرحبا\n[10:16, 22/11/2026] الجمعية: أهلاً"
        self.assertEqual(read_chat(text), {"name": "", "phone": "+966501234567", "text": "مرحبا\nالجمعية: أهلاً"})
        self.assertEqual(read_chat("[10:15, 22/11/2026] ~ سعد: مرحبا")["name"], "سعد")
        self.assertFalse(parse_chat("[10:15, 22/11/2026] سعد: <Media omitted>"))

    def test_other_text(self):
        for text in ("سؤال عادي", "الوقت: 10:15", "", None):
            self.assertFalse(parse_chat(text))
            self.assertEqual(read_chat(text), {"name": "", "phone": "", "text": text or ""})
