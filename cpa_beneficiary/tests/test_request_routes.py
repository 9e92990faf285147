"""My requests over HTTP: every page and form as whose it is, and refused for everybody else (P-09)."""

from unittest.mock import patch

from lxml import html
from odoo.tests import HttpCase, tagged

from ..controllers import portal_request
from ..tools import papers
from .test_request_answer import DRAWN, PHOTO, AnswerCommon

PAGE = "/my/requests"
PNG = ("photo.png", PHOTO, "image/png")


@tagged("post_install", "-at_install")
class TestRequestRoutes(AnswerCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.applicant, cls.other_applicant, cls.guardian, cls.visitor_login):
            user.write({"password": f"{user.login}-secret", "lang": "en_US"})
        # the other applicant's request has been granted, paid and handed over: everything hangs on it
        cls.given = cls.approve(beneficiary_id=cls.other_file.id)
        cls.pay(cls.order(cls.given))
        cls.given.delivery_ids.with_user(cls.officer).write({"state": "delivered"})
        cls.line = cls.given.delivery_ids
        cls.letter = cls.given._portal_letter_records()
        cls.rejected = cls.submit(cls.make_request(cls.support, beneficiary_id=cls.other_file.id))
        cls.study(cls.rejected, "reject")
        cls.decide(cls.rejected, "reject")
        cls.reply(cls.rejected, "rejected")

    def log_in(self, user):
        if user:
            self.authenticate(user.login, f"{user.login}-secret")
        else:
            self.authenticate(None, None)

    def page(self, path):
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200, path)
        return html.fromstring(answer.text)

    def send(self, page, path, files=None, **typed):
        """Open ``page`` as a person does, and send its form ``path`` filled in; return the answer."""
        [form] = self.page(page).xpath("//form[contains(@action, $path)]", path=path)
        hidden = {field.get("name"): field.get("value") or "" for field in form.xpath(".//input[@type='hidden']")}
        return self.url_open(path, data=hidden | typed, files=files)

    def url(self, request, page=""):
        return f"{PAGE}/{request.number}{page and '/'}{page}"

    # ------------------------------------------------------------------
    # As the right person
    # ------------------------------------------------------------------

    def test_answered(self):
        """P-32: by the phone: a photo, and the request is with us again; what was typed outlives a mistake."""
        self.log_in(self.applicant)
        path = self.url(self.incomplete, "answer")
        item = f"item_{self.income(self.incomplete).id}"
        wrong = self.send(path, path, data_description="Something else")
        self.assertEqual(wrong.status_code, 422)
        page = html.fromstring(wrong.text)
        self.assertTrue(page.xpath("//*[@role='alert']//a[@href=$link]", link=f"#field_{item}"))
        self.assertIn("Something else", page.xpath("//textarea[@name='data_description']/text()")[0])
        unsigned = self.send(path, path, files={item: PNG})
        self.assertEqual(unsigned.status_code, 422, "what he changed is signed anew")
        answer = self.send(path, path, signature=DRAWN)
        self.assertIn("done=answered", answer.url)
        self.assertEqual(self.incomplete.state, "submitted")
        self.assertEqual(self.income(self.incomplete).attachment_ids.name, "photo.png")

    def test_written(self):
        self.log_in(self.applicant)
        page, path = self.url(self.incomplete), self.url(self.incomplete, "message")
        self.assertIn("done=written", self.send(page, path, files={"files": PNG}, text="When?").url)
        [link] = self.page(page).xpath("//section[@aria-labelledby='messages']//a/@href")
        file = self.url_open(link)
        self.assertEqual((file.status_code, file.content), (200, PHOTO))
        self.assertIn("attachment", file.headers["Content-Disposition"])
        refused = self.send(page, path, files={"files": ("x.svg", b"<svg/>", "image/svg+xml")}, text="Look")
        self.assertEqual(refused.status_code, 422)
        self.assertIn("Look", html.fromstring(refused.text).xpath("//textarea[@name='text']/text()")[0])

    def test_withdrawn(self):
        self.log_in(self.applicant)
        path = self.url(self.incomplete, "withdraw")
        self.assertEqual(self.send(path, path, reason="").status_code, 422)
        self.assertEqual(self.incomplete.state, "incomplete", "a page that was opened withdraws nothing")
        self.assertIn("done=withdrawn", self.send(path, path, reason="solved").url)
        self.assertEqual(self.incomplete.state, "withdrawn")
        self.assertNotIn("withdraw", self.url_open(path).url.rpartition("/")[2])

    def test_appealed(self):
        self.log_in(self.other_applicant)
        path = self.url(self.rejected, "appeal")
        self.assertEqual(self.send(path, path, grounds="Because").status_code, 422)
        answer = self.send(path, path, files={"files": PNG}, grounds="Because", signature=DRAWN)
        appeal = self.rejected.appeal_ids
        self.assertIn(f"{appeal.number}?done=appealed", answer.url)
        self.assertEqual(appeal.state, "submitted")

    def test_confirmed(self):
        """P-37: what was given, and the letter, are confirmed by who received them."""
        self.log_in(self.other_applicant)
        path = self.url(self.given, f"receipts/{self.line.id}")
        self.assertIn("done=received", self.send(path, path, signature=DRAWN).url)
        self.assertEqual(self.line.acknowledged_by, "portal")
        path = self.url(self.given, f"letters/{self.letter.id}")
        self.page(path)
        self.assertEqual((self.letter.state, self.letter.opened_at), ("sent", False), "reading writes nothing")
        self.send(path, path)
        self.assertEqual((self.letter.state, self.letter.acknowledged_how), ("acknowledged", "page"))

    def test_papers(self):
        self.log_in(self.other_applicant)
        paths = [paper["url"] for paper in self.given._portal_papers()]
        self.assertEqual(len(paths), 5, "slip, form, declaration, letter, receipt")
        with patch.object(papers, "to_pdf", return_value=b"%PDF-1.4"):
            for path in paths:
                answer = self.url_open(path)
                self.assertEqual((answer.status_code, answer.headers["Content-Type"]), (200, "application/pdf"), path)
            with patch.object(portal_request, "PDFS", 0):
                self.assertEqual(self.url_open(paths[0]).status_code, 429)
        self.assertEqual(self.url_open(self.url(self.given, "papers/minutes")).status_code, 404)

    def test_expired_page(self):
        """What was typed outlives an expired page, in every form."""
        self.log_in(self.applicant)
        for page, typed in (
            ("message", {"text": "TYPED"}),
            ("answer", {"data_description": "TYPED"}),
            ("withdraw", {"words": "TYPED"}),
        ):
            answer = self.url_open(self.url(self.incomplete, page), data={"csrf_token": "old", **typed})
            self.assertEqual(answer.status_code, 422, page)
            self.assertIn("TYPED", answer.text)
            self.assertTrue(html.fromstring(answer.text).xpath("//*[@role='alert']/p"), page)
        self.assertEqual(self.incomplete.state, "incomplete")

    def test_nonsense(self):
        """What no browser sends is no error of ours: files for texts, texts for files, control characters."""
        self.log_in(self.applicant)
        self.assertEqual(self.url_open(f"{PAGE}/%0A%7Fx").status_code, 404)
        self.assertEqual(self.url_open(f"{PAGE}/page/99999999999999999999?show=%00").status_code, 200)
        item = f"item_{self.income(self.incomplete).id}"
        for page, files, typed in (
            ("message", {"text": PNG}, {}),
            ("message", {"files": ("\x00.png", PHOTO, "image/png")}, {"text": "a\x00b"}),
            ("answer", {"data_description": PNG, "signature": PNG}, {item: "text"}),
            ("answer", None, {"remove": "x", "signature": "data:image/png;base64,////", "data_description": "\x00new"}),
            ("withdraw", {"reason": PNG, "words": PNG}, {}),
        ):
            send, form = self.url(self.incomplete, page), "" if page == "message" else page
            answer = self.send(self.url(self.incomplete, form), send, files=files, **typed)
            self.assertIn(answer.status_code, (200, 422), (page, typed))
        self.assertEqual(self.incomplete.state, "incomplete")

    # ------------------------------------------------------------------
    # As anybody else
    # ------------------------------------------------------------------

    def test_nobody_else(self):
        """Another applicant, somebody's guardian, a bare login and the public: the same answer as for no number."""
        reading = ["", "answer", "withdraw", "appeal", f"receipts/{self.line.id}", f"receipts/{self.line.id}/pdf"]
        reading += [f"letters/{self.letter.id}", f"letters/{self.letter.id}/pdf", "papers/slip", "papers/form"]
        sending = ["message", "answer", "withdraw", "appeal", f"receipts/{self.line.id}", f"letters/{self.letter.id}"]

        def main(answer):
            return html.fromstring(answer.text).xpath("//main")[0].text_content()

        before = self.given.state, self.line.state, self.letter.state, self.given.message_ids
        self.log_in(self.other_applicant)
        self.page(self.url(self.given))
        for user in (self.applicant, self.guardian, self.visitor_login):
            self.log_in(user)
            unknown = self.url_open(f"{PAGE}/2099-999999")
            token = html.fromstring(self.url_open("/my/account").text).xpath("//input[@name='csrf_token']/@value")[0]
            typed = {"csrf_token": token, "text": "x", "reason": "solved", "grounds": "x", "signature": DRAWN}
            for page in reading:
                answer = self.url_open(self.url(self.given, page))
                self.assertEqual((answer.status_code, main(answer)), (404, main(unknown)), page)
            for page in sending:
                self.assertEqual(self.url_open(self.url(self.given, page), data=typed).status_code, 404, page)
        self.log_in(None)
        for page in reading:
            self.assertIn("/web/login", self.url_open(self.url(self.given, page)).url)
        for page in sending:
            self.url_open(self.url(self.given, page), data={"text": "x", "reason": "solved"})
        self.env.invalidate_all()
        self.assertEqual((self.given.state, self.line.state, self.letter.state, self.given.message_ids), before)

    def test_only_of_this_very_request(self):
        """A letter, a line, a file of another request is not reached through one's own number."""
        self.log_in(self.applicant)
        inside = self.env["ir.attachment"].create(
            {"name": "x.png", "raw": PHOTO, "res_model": "cpa.request", "res_id": self.incomplete.id}
        )
        for page in (f"letters/{self.letter.id}", f"receipts/{self.line.id}", f"files/{inside.id}"):
            self.assertEqual(self.url_open(self.url(self.incomplete, page)).status_code, 404, page)

    def test_guardian_reads_for_the_child(self):
        child = self.make_submitted(
            self.child_file, self.consultation, representation_id=self.child_file.representation_ids.id
        )
        self.log_in(self.guardian)
        listed = self.page(PAGE).xpath("//*[contains(@class, 'o_cpa_request_row')]")
        self.assertEqual(len(listed), 1)
        self.assertIn(self.child_file.name, listed[0].text_content())
        self.assertIn(self.child_file.name, self.url_open(self.url(child)).text)

    def test_read_only_files(self):
        """A suspended file is read and nothing is written in it; nor by whose guardianship ended a moment ago."""
        self.log_in(self.applicant)
        path = self.url(self.incomplete)
        token = self.page(path).xpath("//form[contains(@action, 'message')]//input[@name='csrf_token']/@value")[0]
        self.file.with_user(self.manager).write({"state": "suspended", "move_reason": "Looked at again"})
        self.assertFalse(self.page(path).xpath("//form[contains(@action, 'message')]"))
        before = self.incomplete.message_ids
        answer = self.url_open(f"{path}/message", {"csrf_token": token, "text": "Written nevertheless"})
        self.assertIn("cannot write to us here", answer.text)
        self.assertEqual(self.incomplete.message_ids, before)
        line = self.child_file.representation_ids
        child = self.make_submitted(self.child_file, self.consultation, representation_id=line.id)
        found = child.with_user(self.guardian).sudo()
        self.assertFalse(found._portal_write("While it holds", []))
        line.valid_until = "2020-01-01"
        before = child.message_ids
        self.assertIn("cannot write to us here", found.with_context(lang="en_US")._portal_write("Afterwards", []))
        self.assertEqual(child.message_ids, before)

    # ------------------------------------------------------------------
    # Reading writes nothing, and costs the same whatever is stored
    # ------------------------------------------------------------------

    def test_flat(self):
        """The list and the page of one request ask the database no more at 200 requests than at 10."""
        self.log_in(self.applicant)
        Request = self.env["cpa.request"].with_user(self.applicant).with_context(lang="en_US")

        def count(call):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call()
            return self.env.cr.sql_log_count - before

        def make(many):
            vals = {"subject": "x", "service_id": self.consultation.id, "channel_id": self.channel.id}
            made = Request.with_user(self.officer).create([{**vals, "beneficiary_id": self.file.id}] * many)
            for request in made:
                request._lifecycle_set({"number": f"2098-{request.id}", "submitted_at": request.create_date})
            self.env.flush_all()
            self.env.cr.execute("UPDATE cpa_request SET state = 'submitted' WHERE id IN %s", [made._ids])
            self.env.invalidate_all()

        def both():
            return (
                count(lambda: Request._portal_list("all", 1, 10)),
                count(lambda: Request._portal_find(self.incomplete.number)._portal_values()),
            )

        make(10)
        both()
        few = both()
        make(190)
        self.assertEqual(both(), few)
        self.assertLess(few[0], 25)

    def test_list_pages(self):
        """Filters and pages; past the end is the last page, and nonsense is the default."""
        listed = self.env["cpa.request"].with_user(self.other_applicant)._portal_list
        self.assertEqual(listed("open", 1, 1)["total"], 1)
        self.assertEqual([row["number"] for row in listed("closed", 9, 1)["rows"]], [self.rejected.number])
        self.assertEqual(listed("nonsense", -3, 10)["show"], "open")
        self.assertEqual(len(listed("all", 1, 10)["rows"]), 2)
