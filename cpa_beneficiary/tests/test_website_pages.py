import base64
import threading

from freezegun import freeze_time
from lxml import html
from odoo.tests import HttpCase, tagged

from ..models.cpa_misconception_website import search_key
from .common import CpaCommon

PDF = base64.b64encode(b"%PDF-1.4\n%%EOF")


class PagesCommon(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([("company_id", "=", cls.env.company.id)], limit=1)
        # who reads the website, with his rights
        cls.public = cls.website.with_user(cls.env.ref("base.public_user")).with_context(lang="en_US")

    def service(self, code):
        return self.public.env["cpa.service"]._website_service(self.public.company_id, code)


@tagged("post_install", "-at_install")
class TestWebsitePages(PagesCommon):
    def test_catalogue_is_what_is_published(self):
        """P-10: only what is published, in any spelling of the code, and as values instead of records."""
        hidden = self.env.ref("cpa_beneficiary.service_suggest")
        hidden.is_published = False
        codes = {card["code"] for card in self.public._cpa_services()}
        self.assertIn("SUP-CASH", codes)
        self.assertNotIn("SUGGEST", codes)
        self.assertIsNone(self.service("SUGGEST"))
        self.assertEqual(self.service("sup-cash"), self.service("SUP-CASH"))
        for value in self.service("sup-cash").values():
            self.assertNotIn("recordset", type(value).__name__)
            self.assertFalse(hasattr(value, "_name"))

    def test_an_identity_is_shown_only(self):
        """P-32 and the law: nobody is asked for a copy of an identity document."""
        identity, *_others = self.service("sup-cash")["documents"]
        self.assertIn("Shown only: we look at the original and keep no copy", identity["notes"])
        proof = next(need for need in self.service("sup-cash")["documents"] if need["name"] == "Proof of income")
        self.assertIn("A photo of it by your phone is enough", proof["notes"])

    def test_what_the_file_answers_is_not_asked(self):
        """P-08: what is checked by itself is nothing to bring."""
        names = [need["name"] for need in self.service("sup-cash")["data"]]
        self.assertEqual(names, ["Bank account (IBAN)"])

    def test_how_long_by_the_clock(self):
        """P-35: both readings where the committee decides; one day to count where our staff do."""
        self.assertIn("not less than 14 days", dict(self.service("sup-cash")["facts"])["How long it takes"])
        consult = dict(self.service("consult")["facts"])
        self.assertIn("within 14 days", consult["How long it takes"])
        self.assertEqual(consult["Who decides"], "Our staff, without a committee")
        self.env.ref("cpa_beneficiary.service_consult").target_days = 5
        self.assertIn("within 5 days", dict(self.service("consult")["facts"])["How long it takes"])

    def test_a_service_without_words(self):
        """One that nobody has described yet still says something."""
        self.env.ref("cpa_beneficiary.service_suggest").public_text = False
        self.assertTrue(self.service("suggest")["summary"])
        self.assertEqual(self.service("suggest")["text"], "")

    def test_policy_in_both_calendars(self):
        """P-38: when the board approved it, in both calendars; every clause under its heading."""
        policy = self.public._cpa_policy()
        facts = dict(policy["facts"])
        self.assertEqual(facts["Approved by the board on"], "8 Rabi' al-Akhir 1444 AH, 2 November 2022")
        self.assertEqual(sum(len(clauses) for _heading, clauses in policy["headings"]), 38)
        self.assertIn("not less than two weeks", policy["reply"])

    def test_the_staffs_guides_stay_inside(self):
        """P-01, P-27: charters are published, the staff's tools are not, whatever address is typed."""
        charter, guide = (
            self.env["cpa.policy.document"].create(
                {"kind": kind, "name": kind, "version": 7, "body": "<p>Text</p>", "file": PDF, "file_name": "a.pdf"}
            )
            for kind in ("charter_beneficiary", "research_guide")
        )
        for document in charter + guide:
            document.with_user(self.manager).write({"approval_date": "2022-11-02", "state": "in_force"})
        names = [document["name"] for document in self.public._cpa_policy()["documents"]]
        self.assertEqual(names, ["charter_beneficiary"])
        Policy, company = self.public.env["cpa.policy"], self.public.company_id
        self.assertTrue(Policy._website_document_file(company, "charter_beneficiary"))
        self.assertIsNone(Policy._website_document_file(company, "research_guide"))

    @freeze_time("2026-03-10 09:00:00")
    def test_former_versions_are_named(self):
        """P-04: the version in force is shown, those before it are named with their validity in both calendars."""
        self.assertFalse(self.public._cpa_policy()["former"])
        policy = self.env["cpa.policy"]._in_force()
        second = policy.with_user(self.manager).copy()
        second.write({"approval_session": "6", "approval_date": "2026-03-09", "next_review_date": "2027-03-09"})
        second.state = "in_force"
        self.env.invalidate_all()
        shown = self.public._cpa_policy()
        self.assertEqual(shown["version"], second.version)
        [former] = shown["former"]
        self.assertEqual(former["name"], policy.display_name)
        for words in ("8 Rabi' al-Akhir 1444 AH, 2 November 2022", "21 Ramadan 1447 AH, 10 March 2026"):
            self.assertIn(words, former["validity"])

    def test_questions_are_found(self):
        """P-14: wrong ideas set right, found by any of their words, as people spell them."""
        found = self.public._cpa_questions("COST money")
        self.assertEqual([item["question"] for item in found], ["The association's services cost money"])
        self.assertTrue(found[0]["wrong"])
        self.assertEqual(search_key("الهُويّة أُ"), search_key("الهويه ا"))
        self.env.ref("cpa_beneficiary.misconception_penalty").answer = "هل تحتفظون بصورة من هويتي؟"
        self.assertEqual(len(self.public._cpa_questions("الهويه")), 1)
        self.env.ref("cpa_beneficiary.misconception_fees").active = False
        self.assertFalse(self.public._cpa_questions("cost money"))
        self.assertFalse(self.public._cpa_questions("xylophone"))

    def test_days_in_the_answers(self):
        """The answers name the days of the policy in force, not days of their own."""
        answer = self.public._cpa_questions("rejected appeal")[0]["answer"]
        self.assertIn("30 days", answer)


@tagged("post_install", "-at_install")
class TestWebsitePagesServed(PagesCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.website.default_lang_id = self.env["res.lang"]._activate_lang("en_US")
        self.env.company.phone = "+966171234567"

    def test_pages_are_read_only(self):
        """Reading routes are `readonly`: a page that is read writes nothing (P-09)."""
        threading.current_thread().dbname = self.env.cr.dbname  # the map asks whose it is
        router = self.env["ir.http"].routing_map()
        ours = [
            rule.endpoint
            for rule in router.iter_rules()
            if rule.endpoint.original_endpoint.__module__.endswith("cpa_beneficiary.controllers.pages")
        ]
        self.assertGreaterEqual(len(ours), 8)
        for endpoint in ours:
            self.assertEqual(endpoint.routing["methods"], ["GET"])
            self.assertTrue(endpoint.routing["readonly"])

    def test_served(self):
        service = html.fromstring(self.url_open("/services/sup-cash").text)
        self.assertEqual(service.xpath("//h1/text()"), ["Financial support"])
        self.assertTrue(service.xpath("//a[@href='/apply?service=SUP-CASH']"))
        self.assertFalse(service.xpath("//a[contains(@href, 'odoo.com')]"), "nothing of an outside server")
        form = self.url_open("/services/sup-cash/form")
        self.assertEqual((form.headers["Content-Type"], form.content[:5]), ("application/pdf", b"%PDF-"))
        self.assertIn("/services/sup-cash", self.url_open("/sitemap.xml").text)
        found = html.fromstring(self.url_open("/faq?q=cost+money").text)
        self.assertEqual(len(found.xpath("//main//details")), 1)
        self.assertNotIn("<script>alert", self.url_open("/faq?q=<script>alert(1)</script>").text)

    def test_lost(self):
        """Whoever is lost is told so in plain words, and whom to call."""
        for address in ("/services/none-such", "/policy/research_guide", "/no-such-page"):
            answer = self.url_open(address)
            self.assertEqual(answer.status_code, 404)
            page = html.fromstring(answer.text)
            self.assertEqual(page.xpath("//h1/text()"), ["We do not find this page"])
            self.assertTrue(page.xpath("//main//a[@href='tel:+966171234567']"))
