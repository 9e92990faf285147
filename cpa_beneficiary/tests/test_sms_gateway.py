"""Text messages leave by the association's gateway only: once, encoded, and with nothing of its key shown."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..models.sms_gateway import HttpGateway
from .common import CpaCommon

# quotes, separators, line ends, a placeholder: what breaks a text that is pasted instead of encoded
HOSTILE = 'وصلنا طلبك رقم ١٢٣\r\nX-Evil: 1 & to=0 "}, {digits} + %41 = ✓'


class _Provider(BaseHTTPRequestHandler):
    """A provider of text messages on this machine: keeps what it is sent, answers what the test told it to."""

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.calls.append((self.command, self.path, dict(self.headers), body))
        status, text = self.server.answers.pop(0) if self.server.answers else (200, '{"status": "ok"}')
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = _answer

    def log_message(self, *args):
        pass


@tagged("post_install", "-at_install")
class TestSmsGateway(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = ThreadingHTTPServer(("127.0.0.1", 0), _Provider)
        cls.provider.daemon_threads = True
        Thread(target=cls.provider.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        cls.addClassCleanup(cls.provider.server_close)
        cls.addClassCleanup(cls.provider.shutdown)
        cls.administrator = new_test_user(cls.env, "cpa_administrator", groups="base.group_system")
        cls.company = cls.env.company.with_user(cls.administrator)
        cls.company.write(
            {
                "cpa_sms_on": True,
                "cpa_sms_test_number": False,
                "cpa_sms_url": f"http://127.0.0.1:{cls.provider.server_port}/send?v=1",
                "cpa_sms_body": '{"to": ["{digits}"], "from": "CPA", "message": "{text}", "unicode": true}',
                "cpa_sms_headers": "Authorization: Bearer secret-key\n\nX-Sender: CPA",
            }
        )

    def setUp(self):
        super().setUp()
        self.provider.calls, self.provider.answers = [], []
        self.patch(self.env.cr, "commit", lambda: None)  # of the queue, which keeps each answer by itself

    def queue(self, count=1, text="Your request has been received"):
        return self.env["sms.sms"].create([{"number": f"+96650000000{i}", "body": text} for i in range(count)])

    def run_queue(self):
        self.env["sms.sms"]._process_queue()

    def test_good_answer(self):
        """A message with a good answer has left, and never leaves again."""
        messages = self.queue(2)
        self.assertTrue(self.env.company.with_user(self.officer)._cpa_has_sms_gateway())
        self.run_queue()
        self.run_queue()
        messages.send()
        messages.resend_failed()
        self.assertEqual(messages.mapped("state"), ["pending", "pending"])
        numbers = [json.loads(body)["to"] for _method, _path, _headers, body in self.provider.calls]
        self.assertEqual(numbers, [["966500000000"], ["966500000001"]])

    def test_each_answer_is_kept_at_once(self):
        """A job that is stopped leaves nothing behind that was sent and would be sent again."""
        kept = []
        messages = self.queue(3)
        self.patch(self.env.cr, "commit", lambda: kept.append(messages.mapped("state").count("pending")))
        self.run_queue()
        self.assertEqual(kept, [1, 2, 3])

    def test_notices_wait_for_the_queue(self):
        """What is undone was not sent: a notice leaves after what it tells of is kept."""
        partner = self.make_beneficiary().partner_id
        partner.with_user(self.officer)._message_sms("Your request has been received", partner_ids=partner.ids)
        self.assertFalse(self.provider.calls)
        self.run_queue()
        self.assertEqual(len(self.provider.calls), 1)

    def test_error_then_again(self):
        """An error is shown on the message alone it happened to; tried again, it leaves."""
        messages = self.queue(2)
        self.provider.answers = [(500, "down")]
        self.run_queue()
        self.assertEqual(messages.mapped("state"), ["error", "pending"])
        self.assertEqual(messages[0].failure_type, "sms_server")
        messages.resend_failed()
        self.assertEqual(messages.mapped("state"), ["pending", "pending"])
        self.assertFalse(messages[0].failure_type)
        self.assertEqual(len(self.provider.calls), 3)

    def test_errors_in_words_of_core(self):
        for answer, failure in (((401, ""), "sms_acc"), ((402, ""), "sms_credit"), ((302, ""), "sms_server")):
            with self.subTest(answer=answer):
                self.provider.calls.clear()
                self.provider.answers = [answer]
                message = self.queue()
                self.run_queue()
                self.assertEqual((message.state, message.failure_type), ("error", failure))
                self.assertEqual(len(self.provider.calls), 1)  # a redirect is not followed

    def test_no_answer(self):
        """Nobody listens: an error without the address, which may hold the key."""
        self.company.cpa_sms_url = "http://127.0.0.1:1/send?key=secret-key"
        result = HttpGateway(self.env)._send_one("+966500000000", "Hello")
        self.assertEqual(result, {"state": "server_error", "failure_reason": "The gateway cannot be reached."})

    def test_success_pattern(self):
        """Providers that answer 200 to everything: only the pattern's answer is good."""
        self.company.cpa_sms_success = r'"status":\s*"ok"'
        message = self.queue()
        self.provider.answers = [(200, '{"status": "no balance"}')]
        self.run_queue()
        self.assertEqual((message.state, message.failure_type), ("error", "sms_server"))
        message.resend_failed()
        self.assertEqual(message.state, "pending")

    def test_text_arrives_intact(self):
        """Arabic and hostile text arrives as written, whatever the way of sending, and adds no header and no field."""
        form = "user=CPA&to={number}&text={text}"
        for method, way, body in (
            ("post", "json", self.company.cpa_sms_body),
            ("post", "form", form),
            ("get", "json", form),
        ):
            with self.subTest(method=method, format=way):
                self.provider.calls.clear()
                self.company.write({"cpa_sms_method": method, "cpa_sms_format": way, "cpa_sms_body": body})
                self.queue(text=HOSTILE)
                self.run_queue()
                [(called, path, headers, sent)] = self.provider.calls
                self.assertEqual(called, method.upper())
                self.assertEqual(headers["Authorization"], "Bearer secret-key")
                self.assertNotIn("X-Evil", headers)
                if body != form:
                    self.assertEqual(
                        json.loads(sent),
                        {"to": ["966500000000"], "from": "CPA", "message": HOSTILE, "unicode": True},
                    )
                    continue
                fields = {"user": ["CPA"], "to": ["+966500000000"], "text": [HOSTILE]}
                if method == "get":
                    self.assertEqual(parse_qs(urlsplit(path).query), {"v": ["1"], **fields})
                else:
                    self.assertEqual(parse_qs(sent), fields)

    def test_https(self):
        """Messages are not read on their way: https, or a gateway on this server."""
        for url in ("https://sms.example.com/send", "http://localhost:8000/", "http://[::1]/", "https://10.0.0.1/"):
            self.company.cpa_sms_url = url
        for url in (
            "http://sms.example.com/send",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/",
            "ftp://127.0.0.1/",
            "sms.example.com",
            "https://",
            "https://sms.example.com/a\nb",
            False,
        ):
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.company.cpa_sms_url = url

    def test_settings_that_cannot_work(self):
        for vals in (
            {"cpa_sms_body": '{"to": "{number}", "message": {text}}'},
            {"cpa_sms_body": '{"to": "{number}"}'},
            {"cpa_sms_body": False},
            {"cpa_sms_format": "form"},
            {"cpa_sms_headers": "Authorization"},
            {"cpa_sms_headers": "X-A: 1\rX-B: 2"},
            {"cpa_sms_headers": "Host: example.com"},
            {"cpa_sms_headers": "X-Name: جمعية"},
            {"cpa_sms_success": "("},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.company.write(vals)

    def test_only_administrators(self):
        """The key opens the provider's account: nobody else reads it, writes it or sends a test."""
        names = [name for name in self.company._fields if name.startswith("cpa_sms_")]
        self.assertEqual(len(names), 9)
        for user in (self.manager, self.officer):
            company = self.company.with_user(user)
            self.assertFalse(set(names) & set(company.fields_get()))
            for name in names:
                with self.subTest(user=user.login, field=name), self.assertRaises(AccessError):
                    company.read([name])
                with self.subTest(user=user.login, field=name), self.assertRaises(AccessError):
                    company.write({name: False})
            with self.assertRaises(AccessError):
                company.action_cpa_sms_test()
        self.assertEqual(self.company.read(["cpa_sms_headers"])[0]["cpa_sms_headers"].count("secret-key"), 1)

    def test_company_of_somebody_without_the_settings(self):
        """Who may create a company without being an administrator still can."""
        creator = new_test_user(self.env, "cpa_users", groups="base.group_erp_manager,base.group_partner_manager")
        company = self.env["res.company"].with_user(creator).create({"name": "Another"})
        self.assertFalse(company._cpa_has_sms_gateway())

    def test_send_a_test(self):
        with self.assertRaises(UserError):
            self.company.action_cpa_sms_test()
        self.company.cpa_sms_test_number = "0500000009"
        self.assertEqual(self.company.action_cpa_sms_test()["params"]["type"], "success")
        self.assertEqual(json.loads(self.provider.calls[0][3])["to"], ["966500000009"])
        self.provider.answers = [(503, "")]
        failed = self.company.action_cpa_sms_test()["params"]
        self.assertEqual(failed["type"], "danger")
        self.assertIn("HTTP 503", failed["message"])
        action = self.env["res.company"].with_user(self.administrator).action_cpa_sms_gateway()
        self.assertEqual(action["res_id"], self.company.id)
