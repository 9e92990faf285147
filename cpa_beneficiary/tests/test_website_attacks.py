"""P-09, attacked: what other websites, headers and addresses that nobody types try to do to the pages."""

import re

from odoo.tests import HttpCase, new_test_user, tagged

from .common import CpaCommon

EVIL = ("https://evil.example", "//evil.example", "/\\evil.example", "https:evil.example", "\thttps://evil.example")


@tagged("post_install", "-at_install")
class TestWebsiteAttacks(CpaCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        english = cls.env["res.lang"]._activate_lang("en_US")
        cls.env["website"].search([], limit=1).write({"language_ids": [(4, english.id)], "default_lang_id": english.id})

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def token(self, path):
        return re.search(r'name="csrf_token" value="([^"]+)"', self.url_open(path).text)[1]

    def post(self, path, headers=None, allow_redirects=True, **typed):
        return self.url_open(path, typed, headers=headers, allow_redirects=allow_redirects)

    # ------------------------------------------------------------------
    # Another website
    # ------------------------------------------------------------------

    def begin(self):
        """Return the token of an application of somebody else's, begun elsewhere."""
        services = self.env["cpa.service"]
        return self.env["cpa.application"]._begin(services.search([("code", "=", "SUP-CASH")]), "en_US").token

    def test_posted_application_is_not_adopted(self):
        """An application that came without this session's own token is not the session's: its form is only shown."""
        for path, typed in (
            ("/apply/whom", {"whom": "self"}),
            ("/apply/data", {"name": "Typed before"}),
            ("/apply/documents", {}),
            ("/apply/sign", {"explained": "1"}),
        ):
            with self.subTest(path=path):
                token = self.begin()
                answer = self.post(path, application=token, csrf_token="old", **typed)
                self.assertEqual(answer.status_code, 400)
                self.assertTrue(self.url_open("/apply/data").url.endswith("/apply"), "the session has no application")
                # sent by another website, it is not even shown
                answer = self.post(path, {"Sec-Fetch-Site": "cross-site"}, application=token, csrf_token="old", **typed)
                self.assertEqual(answer.status_code, 410)

    def test_what_was_typed_survives_an_old_page(self):
        """Pressed once more, the page of an ended session goes on where it was, with all that was typed."""
        token = self.begin()
        answer = self.post("/apply/whom", application=token, csrf_token="old", whom="self")
        fresh = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)[1]
        answer = self.post("/apply/whom", application=token, csrf_token=fresh, whom="self")
        self.assertTrue(answer.url.endswith("/apply/data"))

    # ------------------------------------------------------------------
    # Addresses and headers
    # ------------------------------------------------------------------

    def test_addresses_that_nobody_types(self):
        """A character that no address has is an unknown page, never a failure."""
        for path in (
            "/%00",
            "/no-such%00page",
            "/en/no-such%00page",
            "/services/%00",
            "/policy/a%00b",
            "/my/requests/%00",
            "/letter/%00",
            "/faq?q=%00",
            "/track?number=%00",
            "/web/image/%00",
            "/blog/%00/%0d%0aX:y",
        ):
            with self.subTest(path=path):
                self.assertLess(self.url_open(path).status_code, 500)

    def test_forged_addresses_lift_no_limit(self):
        """Without a proxy of ours (proxy mode off), the address that somebody claims for himself counts for nothing."""
        self.env["cpa.rate.rule"].search([("scope", "=", "track/address")]).times = 2
        token = self.token("/track")
        statuses = [
            self.post(
                "/track",
                {
                    "X-Forwarded-For": f"203.0.113.{number}",
                    "X-Forwarded-Host": "elsewhere.example",
                    "X-Real-IP": f"203.0.113.{number}",
                    "Forwarded": f"for=203.0.113.{number}",
                },
                csrf_token=token,
                number=f"2026-00000{number}",
                pin="000000",
            ).status_code
            for number in range(4)
        ]
        self.assertEqual(statuses, [422, 422, 429, 429])

    def location(self, path, **typed):
        """Return where the answer leads; nothing of what was sent became a header."""
        typed = {name: value for name, value in typed.items() if value is not None}
        answer = (
            self.post(path, allow_redirects=False, **typed) if typed else self.url_open(path, allow_redirects=False)
        )
        self.assertLess(answer.status_code, 500)
        self.assertNotIn("X-Injected", answer.headers)
        return answer.headers.get("Location", "")

    def test_no_redirect_to_elsewhere(self):
        """Logging in and out, by code and by password, leads to no other website."""
        new_test_user(self.env, "cpa_redirected", groups="base.group_portal", password="cpa_redirected")
        injected = "/my\r\nX-Injected: 1"
        for target in (*EVIL, injected):
            with self.subTest(target=target):
                self.authenticate(None, None)
                token = self.token("/web/login")
                credentials = {"login": "cpa_redirected", "password": "cpa_redirected"}
                places = [
                    self.location("/web/login", csrf_token=token, redirect=target, **credentials),
                    self.location(f"/web/session/logout?redirect={target}"),
                    self.location(f"/login?redirect={target}"),
                    self.location("/login", csrf_token=self.token("/login"), redirect=target, contact="x@example.com"),
                    self.location(f"/apply/receipt?redirect={target}"),
                ]
                for place in places:
                    self.assertNotRegex(place, r"^(\w+:)?[/\\]{2}(?!127\.0\.0\.1|localhost)|^\s*https:evil")

    def test_no_header_of_a_mail(self):
        """A line break in an address opens no further header of the mail that is sent there."""
        mails = self.env["mail.mail"].search([])
        for contact in (
            "a@example.com\nBcc: b@example.com",
            "a@example.com, b@example.com",
            "a@example.com%0aBcc:b@c.d",
        ):
            self.post("/login", csrf_token=self.token("/login"), contact=contact)
        for mail in self.env["mail.mail"].search([]) - mails:
            self.assertRegex(mail.email_to, r"^[^\s,]+@[^\s,]+$")
            self.assertFalse(mail.email_cc)
