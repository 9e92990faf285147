from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import WebsiteCommon

PAGES = ("/my", "/my/file", "/my/consents")


@tagged("post_install", "-at_install")
class TestMyFile(HttpCase, WebsiteCommon):
    """P-09: the pages of a person show and change what is his, and nothing of anybody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        english = cls.env["res.lang"]._activate_lang("en_US")
        cls.env["website"].search([], limit=1).write({"language_ids": [(4, english.id)], "default_lang_id": english.id})

    def login(self, user):
        self.authenticate(user.login, user.login)
        self.opener.headers["Accept-Language"] = "en"

    def token(self):
        return self.url_open("/my/consents").text.split('name="csrf_token" value="')[1].split('"')[0]

    def post(self, path, **data):
        return self.url_open(path, data=data, allow_redirects=False)

    def test_own_pages(self):
        self.login(self.applicant)
        for page in PAGES:
            answer = self.url_open(page)
            self.assertEqual(answer.status_code, 200, page)
            self.assertIn("no-store", answer.headers["Cache-Control"], "a telephone is shared")
            self.assertEqual(answer.text.count("<h1"), 1, page)
            self.assertIn(self.file.name, answer.text)
            for secret in (self.other_file.name, "1034567899", "/my/addresses"):
                self.assertNotIn(secret, answer.text)
        file = f"/my/file/{self.file.id}"
        for topic in ("name", "phone", "email", "address", "identity", "household", "representation", "other"):
            self.assertEqual(self.url_open(f"{file}/correct/{topic}").status_code, 200, topic)
        token = self.token()
        answer = self.post(f"{file}/correct/phone", csrf_token=token, phone="0509999999")
        self.assertEqual((answer.status_code, self.file.phone), (303, "+966534567899"))
        self.assertEqual(self.file.correction_ids.proposed, {"phone": "+966509999999"})
        # what was typed outlives a mistake and an expired page
        answer = self.post(f"{file}/correct/phone", csrf_token=token, phone="12345")
        self.assertEqual(answer.status_code, 422)
        self.assertIn('value="12345"', answer.text)
        answer = self.post(f"{file}/correct/phone", csrf_token="old", phone="0508888888")
        self.assertEqual(answer.status_code, 422)
        self.assertIn('value="0508888888"', answer.text)
        self.assertEqual(len(self.file.correction_ids), 1)
        self.assertEqual(self.post(f"/my/consents/{self.file.id}", purpose="photos", event="given").status_code, 422)
        self.assertFalse(self.file.cpa_consent_ids)
        self.post(f"/my/consents/{self.file.id}", csrf_token=token, purpose="photos", event="given")
        self.assertEqual(self.file.cpa_consent_ids.purpose_id.code, "photos")
        self.post(f"{file}/preferences", csrf_token=token, channel="phone", lang="", needs="Ground floor")
        self.assertEqual(self.file.accessibility_needs, "Ground floor")
        mine = self.file.correction_ids.id
        self.post(f"{file}/corrections/{mine}/withdraw", csrf_token=token)
        self.assertEqual(self.file.correction_ids.state, "withdrawn")

    def test_charter(self):
        """P-01: the charter in force is read on the own page, once, and the one that stood there."""
        self.env.cr.execute("UPDATE cpa_policy_document SET state = 'superseded' WHERE kind = 'charter_beneficiary'")
        self.env.invalidate_all()
        self.login(self.applicant)
        page = f"/my/file/{self.file.id}"
        self.assertNotIn('id="charter"', self.url_open(page).text, "none is in force")
        draft = self.env.ref("cpa_beneficiary.charter_beneficiary_1").with_user(self.manager)
        charter = draft.copy({"approval_date": "2024-01-25", "version": "600"})
        charter.state = "in_force"
        token = self.token()
        rows = self.env["cpa.charter.acknowledgement"].with_user(self.manager)
        for sent in ("", str(draft.id), "x"):
            self.post(f"{page}/charter", csrf_token=token, charter=sent)
        self.post(f"{page}/charter", csrf_token="old", charter=str(charter.id))
        self.assertFalse(rows.search([("partner_id", "=", self.file.partner_id.id)]))
        for _twice in range(2):
            self.assertEqual(self.post(f"{page}/charter", csrf_token=token, charter=str(charter.id)).status_code, 303)
        row = rows.search([("partner_id", "=", self.file.partner_id.id)])
        self.assertEqual((row.document_id, row.user_id), (charter, self.applicant))
        self.assertNotIn("I have read it", self.url_open(page).text)

    def test_pages_of_others(self):
        """Another applicant, a guardian of somebody else, a login without a file: not found, nothing changed."""
        self.env["cpa.correction.proposal"].with_user(self.applicant)._propose(
            self.file.with_user(self.applicant), "phone", {"phone": "0509999999", "note": ""}
        )
        before = self.file.read(["phone", "accessibility_needs", "preferred_channel_id", "write_date"])
        for user in (self.other_applicant, self.guardian, self.visitor_login):
            self.login(user)
            token = self.url_open("/my/security").text.split('name="csrf_token" value="')[1].split('"')[0]
            for page in (f"/my/file/{self.file.id}", f"/my/consents/{self.file.id}", "/my/file/999999999"):
                answer = self.url_open(page)
                self.assertEqual(answer.status_code, 404, (user.login, page))
                self.assertNotIn(self.file.name, answer.text)
            for page, data in (
                (f"/my/file/{self.file.id}/correct/phone", {"phone": "0507777777"}),
                (f"/my/file/{self.file.id}/preferences", {"channel": "phone", "needs": "x"}),
                (f"/my/file/{self.file.id}/charter", {"charter": "1"}),
                (f"/my/file/{self.file.id}/corrections/{self.file.correction_ids.id}/withdraw", {}),
                (f"/my/consents/{self.file.id}", {"purpose": "photos", "event": "given"}),
            ):
                self.assertEqual(self.post(page, csrf_token=token, **data).status_code, 404, (user.login, page))
        self.login(self.visitor_login)
        for page in PAGES:
            self.assertIn('id="my_prove"', self.url_open(page).text)
        self.logout()
        for page in (*PAGES, f"/my/file/{self.file.id}", f"/my/consents/{self.file.id}"):
            self.assertIn("/web/login", self.url_open(page).url)
        self.env.invalidate_all()
        self.assertEqual(self.file.read(["phone", "accessibility_needs", "preferred_channel_id", "write_date"]), before)
        self.assertEqual(self.file.correction_ids.mapped("state"), ["proposed"])
        self.assertFalse(self.file.cpa_consent_ids)

    def test_guardian_reads_the_child(self):
        self.login(self.guardian)
        self.assertIn(self.child_file.name, self.url_open("/my/file").text)
        self.assertIn(self.child_file.name, self.url_open("/my").text)

    @mute_logger("odoo.http")
    def test_rpc_opens_nothing(self):
        """What the website's pages do is not reachable by remote calls."""
        self.login(self.applicant)
        for model, method, args in (
            ("cpa.beneficiary", "_portal_file", [[self.other_file.id]]),
            ("res.users", "cpa_acts_for", [[self.applicant.id]]),
            ("cpa.correction.proposal", "search_read", [[]]),
            ("cpa.consent", "search_read", [[]]),
            ("cpa.consent", "create", [[{"partner_id": self.file.partner_id.id}]]),
            ("res.users", "write", [[self.applicant.id], {"name": "Mine"}]),
            ("res.partner", "write", [[self.file.partner_id.id], {"name": "Mine"}]),
        ):
            params = {"model": model, "method": method, "args": args, "kwargs": {}}
            answer = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}", json={"jsonrpc": "2.0", "method": "call", "params": params}
            )
            self.assertIn("error", answer.json(), (model, method))
        self.assertEqual(self.file.name, "سعيد تجريبي")
