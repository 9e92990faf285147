from unittest.mock import patch

from lxml import html
from odoo.tests import HttpCase, tagged

from .test_apply import PNG, ApplyCommon


@tagged("post_install", "-at_install")
class TestApplyPages(ApplyCommon, HttpCase):
    """P-09, P-30: the pages of an application, as a browser without JavaScript sends them."""

    def setUp(self):
        super().setUp()
        self.come()

    def come(self):
        """Begin anew as somebody who was never here, in the language of the website."""
        self.authenticate(None, None)
        self.opener.cookies["frontend_lang"] = self.env["website"].get_current_website().default_lang_id.code

    def page(self, path):
        return html.fromstring(self.url_open(path).content)

    def fields(self, page, action):
        """Return the hidden fields of a page's form."""
        [form] = page.xpath(f"//form[@action='{action}'][.//input[@name='csrf_token']]")[:1]
        return {field.get("name"): field.get("value") or "" for field in form.xpath(".//input[@type='hidden']")}

    def post(self, path, values, files=None):
        return self.url_open(path, data=values, files=files)

    def start(self, service="SUP-CASH"):
        self.post("/apply", {**self.fields(self.page("/apply"), "/apply"), "service": service})
        self.post("/apply/whom", {**self.fields(self.page("/apply/whom"), "/apply/whom"), "whom": "self"})
        return self.env["cpa.application"].search([], limit=1)

    def fill(self):
        application = self.start()
        self.post("/apply/data", {**self.fields(self.page("/apply/data"), "/apply/data"), **self.typed})
        return application

    def sign_page(self):
        return {
            **self.fields(self.page("/apply/sign"), "/apply/sign"),
            "agree": "1",
            "explained": "1",
            "signature": PNG,
        }

    def test_whole_way(self):
        application = self.fill()
        self.post("/apply/documents", self.fields(self.page("/apply/documents"), "/apply/documents"))
        answer = self.post("/apply/sign", self.sign_page())
        self.assertTrue(answer.url.endswith("/apply/proof"), answer.url)
        self.assertEqual(answer.headers["Cache-Control"], "no-store, private")
        with patch.object(self.env.registry["cpa.proof.code"], "_deliver", autospec=True) as deliver:
            answer = self.post("/apply/proof", {**self.proof_page(), "action": "send-phone"})
        [(_codes, contact, code)] = [call.args for call in deliver.call_args_list]
        self.assertEqual(contact, "+966501234567")
        answer = self.post("/apply/proof", {**self.proof_page(), "action": "code", "code": "0"})
        self.assertEqual((answer.status_code, application.state), (422, "submitted"))
        answer = self.post("/apply/proof", {**self.proof_page(), "action": "code", "code": code})
        self.assertTrue(answer.url.endswith("/apply/receipt"), answer.url)
        self.assertEqual((application.state, application.proof), ("accepted", "code"))
        self.assertIn(application.number, answer.text)
        self.assertIn(application._pin(), answer.text)
        self.assertNotIn(self.typed["identity_number"], answer.text)
        pdf = self.url_open("/apply/receipt/pdf")
        self.assertEqual(pdf.headers["Content-Type"], "application/pdf")

    def proof_page(self):
        return self.fields(self.page("/apply/proof"), "/apply/proof")

    def test_expired_page_loses_nothing(self):
        """The session ended: what was typed is kept and shown again, and goes on with one more press."""
        application = self.start()
        old = {**self.fields(self.page("/apply/data"), "/apply/data"), **self.typed}
        self.come()
        answer = self.post("/apply/data", {**old, "csrf_token": "expired"})
        self.assertEqual(answer.status_code, 400)
        page = html.fromstring(answer.content)
        self.assertEqual(page.xpath("//input[@name='name']/@value"), [self.typed["name"]])
        self.assertEqual(page.xpath("//textarea[@name='description']")[0].text, self.typed["description"])
        again = {**self.fields(page, "/apply/data"), **self.typed}
        self.assertTrue(self.post("/apply/data", again).url.endswith("/apply/documents"))
        self.assertEqual(application._typed_of("data", self.public)["name"], self.typed["name"])

    def test_stale_signature_sends_nothing(self):
        application = self.fill()
        answer = self.post("/apply/sign", {**self.sign_page(), "csrf_token": "expired"})
        self.assertEqual((answer.status_code, application.state), (400, "draft"))
        self.assertIn(PNG, answer.text, "The signature is kept, too")

    def test_other_site_cannot_send(self):
        """Without this page's own token nothing is written, whatever the session says."""
        application = self.fill()
        values = self.sign_page()
        values.pop("application")
        self.assertEqual(self.post("/apply/sign", values).status_code, 410)
        self.assertEqual(application.state, "draft")

    def test_two_tabs_and_twice(self):
        """Two tabs, a double press and the Back button make one application and one request."""
        application = self.fill()
        first, second = self.sign_page(), self.sign_page()
        number = None
        for values in (first, first, second):
            self.post("/apply/sign", values)
            self.assertEqual(number or application.number, application.number)
            number = application.number
        later = {**self.proof_page(), "action": "later"}
        for _press in range(2):
            self.assertTrue(self.post("/apply/proof", later).url.endswith("/apply/receipt"))
        self.assertEqual(self.env["cpa.application"].search_count([]), 1)
        self.assertFalse(self.env["cpa.request"].search_count([("application_id", "=", application.id)]))
        application.with_user(self.officer).action_accept()
        self.post("/apply/proof", {**later, "action": "pin", "number": application.number, "pin": application._pin()})
        self.assertEqual(self.env["cpa.request"].search_count([("application_id", "=", application.id)]), 1)

    def test_errors_beside_their_fields(self):
        self.start()
        values = {**self.fields(self.page("/apply/data"), "/apply/data"), **self.typed, "phone": "<b>12</b>"}
        answer = self.post("/apply/data", values)
        self.assertEqual(answer.status_code, 422)
        page = html.fromstring(answer.content)
        [field] = page.xpath("//input[@name='phone']")
        self.assertEqual((field.get("value"), field.get("aria-invalid")), ("<b>12</b>", "true"))
        self.assertTrue(page.xpath(f"//*[@id='{field.get('aria-describedby').split()[-1]}']"))
        self.assertEqual(len(page.xpath("//h1")), 1)

    def test_identity_takes_no_file(self):
        """PDPL: the page asks for no picture of an identity, and the server keeps none that is sent all the same."""
        application = self.fill()
        page = self.page("/apply/documents")
        identity = self.env.ref("cpa_beneficiary.service_sup_cash_requirement_1")
        self.assertFalse(page.xpath(f"//input[@name='document_{identity.id}']"))
        values = self.fields(page, "/apply/documents")
        files = {f"document_{identity.id}": ("id.pdf", b"%PDF-1.4 test", "application/pdf")}
        self.post("/apply/documents", values, files=files)
        self.assertFalse(application.document_ids)

    def test_forgotten_on_a_shared_phone(self):
        application = self.fill()
        old = self.fields(self.page("/apply/data"), "/apply/data")
        self.post("/apply/forget", self.fields(self.page("/apply/data"), "/apply/forget"))
        self.assertTrue(self.url_open("/apply/data").url.endswith("/apply"))
        answer = self.post("/apply/data", {**old, **self.typed})
        self.assertEqual(answer.status_code, 410)
        self.assertNotIn(self.typed["name"], answer.text)
        values = {**self.fields(self.page("/apply/resume"), "/apply/resume"), "number": application.draft_number}
        self.assertEqual(self.post("/apply/resume", {**values, "pin": "1"}).status_code, 422)
        answer = self.post("/apply/resume", {**values, "pin": application._pin()})
        self.assertTrue(answer.url.endswith("/apply/sign"), answer.url)
        self.assertIn(self.typed["name"], answer.text)

    def test_resumed_by_code_on_another_device(self):
        """Without the PIN: the number and a code; the answer tells neither number nor contact from unknown ones."""
        application = self.fill()
        self.come()
        paths = ("/apply/resume/code", "/apply/resume/code/enter")
        self.assertTrue(self.url_open(paths[1]).url.endswith(paths[0]), "no code is on its way")
        with patch.object(self.env.registry["cpa.proof.code"], "_deliver", autospec=True) as deliver:
            for lang in ("", "/ar"):
                answers = []
                for contact, number in (
                    ("0509999999", application.draft_number),
                    ("0501234567", "D-2026-999999"),
                    ("0501234567", application.draft_number),
                ):
                    values = {**self.fields(self.page(lang + paths[0]), paths[0]), "contact": contact}
                    self.assertTrue(self.post(lang + paths[0], values).url.endswith(paths[1]))
                    code = deliver.call_args.args[2]
                    values = {**self.fields(self.page(lang + paths[1]), paths[1]), "number": number, "code": code}
                    answers.append(self.post(lang + paths[1], values))
                self.assertEqual([answer.status_code for answer in answers], [422, 422, 200])
                wrong = [html.fromstring(answer.content).xpath("string(//*[@id='errors'])") for answer in answers]
                self.assertEqual(wrong[0], wrong[1])
                self.assertTrue(answers[2].url.endswith("/apply/sign"), answers[2].url)
                self.assertIn(self.typed["name"], answers[2].text)
                self.come()

    def test_signing_out_forgets(self):
        self.authenticate("cpa_applicant", "cpa_applicant")
        self.post("/apply", {**self.fields(self.page("/apply"), "/apply"), "service": "SUP-CASH"})
        self.assertTrue(self.url_open("/apply/whom").url.endswith("/apply/whom"))
        self.url_open("/web/session/logout")
        self.assertTrue(self.url_open("/apply/whom").url.endswith("/apply"))

    def test_nothing_is_told_before_the_proof(self):
        """Whether an identity or a telephone is known: the same pages, word for word."""
        self.make_beneficiary(name="ناصر تجريبي", phone="0501234567")
        texts = []
        for number, phone in (("1123456780", "0501234567"), ("1034567881", "0502222222")):
            self.come()
            self.start()
            values = {**self.typed, "identity_number": number, "phone": phone}
            self.post("/apply/data", {**self.fields(self.page("/apply/data"), "/apply/data"), **values})
            answer = self.post("/apply/sign", self.sign_page())
            text = " ".join(html.fromstring(answer.content).xpath("//*[@id='wrap']")[0].text_content().split())
            application = self.env["cpa.application"].search([], limit=1)
            for own in (application.number, phone[1:], "50 123 4567", "50 222 2222"):
                text = text.replace(own, "")
            texts.append(text)
        self.assertEqual(*texts)
