from odoo.tests import HttpCase, tagged

from ..models.cpa_agreement_template import SUBJECTS
from .common import SIGNATURE, WebsiteCommon

# as the page's field sends it
DRAWN = f"data:image/png;base64,{SIGNATURE if isinstance(SIGNATURE, str) else SIGNATURE.decode()}"


@tagged("post_install", "-at_install")
class TestAgreementWebsite(HttpCase, WebsiteCommon):
    """P-02, P-09: a party reads and signs its own agreements on My page, once, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        english = cls.env["res.lang"]._activate_lang("en_US")
        cls.env["website"].search([], limit=1).write({"language_ids": [(4, english.id)], "default_lang_id": english.id})
        values = {"name": "Agreement of a course", "code": "course", "party": "beneficiary", "months": 12}
        values |= {subject: f"<p>About {subject}</p>" for subject in SUBJECTS}
        cls.template = cls.env["cpa.agreement.template"].with_user(cls.manager)
        cls.template = cls.template.create({**values, "approval_date": "2024-01-01"})
        cls.template.write({"state": "in_force"})
        cls.own, cls.other = (cls.draw_up(file) for file in (cls.file, cls.other_file))

    @classmethod
    def draw_up(cls, file):
        values = {"template_id": cls.template.id, "partner_id": file.partner_id.id}
        return cls.env["cpa.agreement"].with_user(cls.officer).create(values)

    def setUp(self):
        super().setUp()
        self.authenticate(self.applicant.login, self.applicant.login)
        self.opener.headers["Accept-Language"] = "en"
        self.page = f"/my/agreements/{self.own.id}/sign"

    def send(self, page=None, **data):
        form = self.url_open(self.page).text
        data = {"csrf_token": form.split('name="csrf_token" value="')[1].split('"')[0], **data}
        return self.url_open(page or self.page, data=data, allow_redirects=False)

    def test_read_signed_and_kept(self):
        self.assertIn(self.page, self.url_open("/my").text, "awaited of him")
        self.assertIn("About liability", self.url_open(self.page).text)
        answer = self.send(signer="One", signature="")
        self.assertEqual((answer.status_code, self.own.state), (422, "draft"))
        self.assertIn('value="One"', answer.text)
        drawn = {"signer": "هادي تجريبي", "signature": DRAWN}
        answer = self.send(**{**drawn, "csrf_token": "old"})
        self.assertEqual((answer.status_code, self.own.state), (400, "draft"))
        self.assertEqual(self.send(**drawn).status_code, 303)
        self.assertEqual((self.own.state, self.own.method, self.own.signer_name), ("signed", "portal", "هادي تجريبي"))
        self.assertIn(self.own.number, self.url_open("/my/agreements").text)
        self.assertIn("About liability", self.url_open(f"/my/agreements/{self.own.id}").text)
        self.assertNotIn(self.page, self.url_open("/my").text)
        self.assertEqual(self.url_open(self.page).status_code, 404, "signed once")

    def test_nobody_elses(self):
        foreign = f"/my/agreements/{self.other.id}"
        for page in (foreign, f"{foreign}/sign", "/my/agreements/999999999", f"/my/agreements/{self.own.id}"):
            self.assertEqual(self.url_open(page).status_code, 404, page)
        answer = self.send(f"{foreign}/sign", signer="هادي تجريبي", signature=DRAWN)
        self.assertEqual((answer.status_code, self.other.state), (404, "draft"))
        self.assertNotIn(f"/{self.other.id}/", self.url_open("/my/agreements").text)

    def test_text_no_longer_in_force(self):
        """What the board has replaced meanwhile is not signed: staff draws up the present text."""
        newer = self.template.copy({"approval_date": "2024-02-01", "version": "2"})
        newer.write({"state": "in_force"})
        self.assertEqual(self.url_open(self.page).status_code, 404)
        self.assertNotIn(self.page, self.url_open("/my").text)
