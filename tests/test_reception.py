import hashlib

from odoo.tests import tagged

from .browser import PHONE, BrowserCase, expect

# one pixel each stands for any photo
IDENTITY = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
INVOICE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
MOST_CLICKS_OF_INQUIRY = 6
MOST_FIELDS_OF_INQUIRY = 4
MOST_FIELDS_OF_INTAKE = 12
COUNT_CLICKS = """
    window.cpaClicks = Number(sessionStorage.cpaClicks || 0);
    document.addEventListener("pointerdown", (ev) => {
        if (ev.isTrusted) {
            window.cpaClicks += 1;
            sessionStorage.cpaClicks = window.cpaClicks;
        }
    }, true);
"""
SMALL_BUTTONS = (
    "nodes => nodes.filter((node) => node.getBoundingClientRect().height < 40).map((node) => node.innerText)"
)
COPY_PICTURE = """
    async (data) => {
        const blob = await (await fetch(`data:image/png;base64,${data}`)).blob();
        await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
    }
"""


@tagged("post_install", "-at_install")
class TestReception(BrowserCase):
    """Issue "it must show": reception's limits counted by real clicks, in Arabic; two visitors without a mix-up."""

    def setUp(self):
        super().setUp()
        self.clerk = self.user("officer", "officer")

    # ------------------------------------------------------------------
    # Hands
    # ------------------------------------------------------------------

    def reception(self, login="officer", viewport=None):
        page = self.log_in(login, viewport)
        page.context.add_init_script(COUNT_CLICKS)
        page.goto(f"{self.base_url()}/odoo/reception")
        page.wait_for_selector(".o_cpa_reception")
        return page

    def clicks(self, page):
        return page.evaluate("window.cpaClicks")

    def fields(self, page, which=""):
        """Return the names of the fields of the open form, or of those that it obliges the clerk to fill."""
        fields = page.locator(f".o_cpa_form :is(.form-control, .form-select){which}").locator("visible=true")
        names = fields.evaluate_all("nodes => nodes.map(node => node.name)")
        return names + ["segment_ids"] * page.locator(".o_cpa_form fieldset").count()

    def search(self, page, text):
        """Type into the box, which has the focus from the start, and press Enter as a scanner does."""
        page.locator(".o_cpa_reception_search input").fill(text)
        page.keyboard.press("Enter")
        page.wait_for_selector(".o_cpa_reception_results")

    def fill(self, page, **values):
        for name, value in values.items():
            page.locator(f".o_cpa_form [name={name}]").locator("visible=true").fill(value)

    def pick(self, page, name, term):
        page.locator(f".o_cpa_form select[name={name}]").select_option(label=self.label(term))

    def visitor_of(self, page):
        """Return the visitor whose form is open, as the clerk sees it."""
        return self.env["cpa.visitor"].browse(int(page.locator(".o_cpa_visitor").get_attribute("data-visitor")))

    def switch(self, page, visitor):
        page.locator(f".o_cpa_tab[data-visitor='{visitor.id}']").click()
        page.wait_for_selector(f".o_cpa_visitor[data-visitor='{visitor.id}']")

    def saved(self, page, count):
        expect(page.locator(".o_cpa_work .o_cpa_question")).to_have_count(count)

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    def test_walk_in_inquiry(self):
        """P-31: asked, answered on the spot, ended: at most six clicks and four required fields."""
        with self.browser():
            page = self.reception()
            self.search(page, "٠٥٠٩٨٧٦٥٤٣")
            self.press(page, "Receive without a file")
            page.wait_for_selector(".o_cpa_form [name=question]")
            required = self.fields(page, "[required]")
            # the focus is on the question already
            page.keyboard.type("هل يحق لي استبدال جهاز معيب؟")
            self.fill(page, answer="نعم، خلال مدة الضمان")
            self.shot(page, "reception-1-inquiry")
            self.press(page, "Save the inquiry")
            self.saved(page, 1)
            self.press(page, "End the visit")
            expect(page.locator(".o_cpa_visitor")).to_have_count(0)
            clicks = self.clicks(page)
            self.assertFalse(page.errors)
        self.assertLessEqual(clicks, MOST_CLICKS_OF_INQUIRY)
        self.assertLessEqual(len(required), MOST_FIELDS_OF_INQUIRY, required)
        inquiry = self.env["crm.lead"].search([("is_inquiry", "=", True)], limit=1)
        self.assertEqual(inquiry.question_ids.state, "answered")
        self.assertEqual(inquiry.phone, "+966509876543", "typed once, in the search box")
        self.assertEqual(inquiry.channel_code, "interview")
        self.assertEqual((inquiry.visitor_id.state, inquiry.visitor_id.user_id), ("left", self.clerk))

    def test_intake(self):
        """P-08, P-32 to P-35: from an unknown identity to the submitted request: at most twelve required fields."""
        with self.browser():
            page = self.reception()
            self.search(page, "١١٢٣٤٥٦٧٨٠")
            self.press(page, "New file and request")
            page.wait_for_selector(".o_cpa_form [name=description]")
            required = self.fields(page)  # all that is asked, obligatory or not
            self.assertEqual(page.locator(".o_cpa_form [name=identity_number]").input_value(), "1123456780")
            self.fill(page, name="سعد بن محمد التجريبي", phone="٠٥٠٩٨٧٦٥٤٣", description="سداد إيجار متأخر")
            self.pick(page, "governorate_id", "Najran")
            self.pick(page, "service_id", "Financial support")
            required += [name for name in self.fields(page) if name not in required]
            self.fill(page, iban="SA8510000012345678901234", identity_expiry_date="2099-01-01")
            page.locator(".o_cpa_form [name=is_sighted]").check()
            page.locator(".o_cpa_chip").first.click()
            self.shot(page, "reception-2-intake")
            self.press(page, "Save and go on to the checks")
            page.wait_for_selector(".o_cpa_request")
            required += self.submit(page)
            self.assertFalse(page.errors)
        self.assertLessEqual(len(required), MOST_FIELDS_OF_INTAKE, required)
        request = self.env["cpa.request"].search([], limit=1)
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.visitor_id.beneficiary_id, request.beneficiary_id)
        self.assertEqual(request.beneficiary_id.identity_sighted_at.date(), request.create_date.date())

    def submit(self, page):
        """Do on the request's own form what its submission still asks for; return the fields that had to be filled."""
        page.locator(".o_notebook .nav-link[name=checks]").click()
        rows = page.locator(".o_field_widget[name=check_ids] .o_data_row")
        for item in ("National ID or Iqama", "Family register", "Proof of income", "Bank account (IBAN)"):
            row = rows.filter(has_text=self.label(item))
            button = row.locator("button[name=action_pass]")
            if not button.count():
                continue  # it has filled itself from the file
            button.click()
            expect(button).to_have_count(0)
        page.locator("button[name=action_declare]").click()
        self.sign(page)
        page.locator(".modal button[name=action_sign]").click()
        expect(page.locator(".modal")).to_have_count(0)
        page.locator("button[name=action_explain]").first.click()
        expect(page.locator("button[name=action_explain]:visible")).to_have_count(0)
        self.press(page, "Submit")
        expect(page.locator(".o_statusbar_status button.o_arrow_button_current").first).to_have_text(
            self.label("Submitted")
        )
        return ["signature"]

    def test_known_person_by_keyboard(self):
        """P-08: of a known person nothing is asked again; Enter finds, Enter receives."""
        person = self.env["cpa.beneficiary"].create(
            {
                "name": "أحمد بن عبدالله التجريبي",
                "phone": "0501234567",
                "governorate_id": self.env.ref("cpa_beneficiary.cpa_governorate_najran").id,
                "segment_ids": self.env["cpa.segment"].search([], limit=1).ids,
            }
        )
        self.env["cpa.identity"].create({"partner_id": person.partner_id.id, "number": "1123456780"})
        with self.browser():
            page = self.reception()
            page.keyboard.type("احمد عبد الله")  # the focus is in the box, and the spelling is the clerk's own
            page.keyboard.press("Enter")
            page.wait_for_selector(".o_cpa_reception_results .o_cpa_person")
            self.shot(page, "reception-3-found")
            page.keyboard.press("Enter")
            page.wait_for_selector(".o_cpa_form [name=question]")
            self.assertNotIn("1123456780", page.content(), "the identity is masked")
            page.locator(".o_cpa_modes [role=tab]").nth(1).click()
            page.wait_for_selector(".o_cpa_form [name=description]")
            self.assertEqual(self.fields(page, "[required]"), ["service_id", "description"])
            self.assertNotIn("phone", self.fields(page))
            self.press(page, "I see the original identity")
            expect(page.get_by_text(self.label("I see the original identity"))).to_have_count(0)
            self.assertFalse(page.errors)
        self.env.invalidate_all()
        self.assertEqual(person.identity_id.sighted_by, self.clerk)

    # ------------------------------------------------------------------
    # Two visitors
    # ------------------------------------------------------------------

    def test_two_visitors_of_one_clerk(self):
        """P-31: the clerk goes to and fro between two visitors; what is half typed stays with whom it was typed for."""
        with self.browser():
            page = self.reception()
            self.search(page, "الزائر الأول")
            self.press(page, "Receive without a file")
            page.wait_for_selector(".o_cpa_form [name=question]")
            first = self.visitor_of(page)
            self.fill(page, question="سؤال الأول لم يكتمل")
            self.search(page, "الزائرة الثانية")
            self.press(page, "Receive without a file")
            expect(page.locator(f".o_cpa_visitor[data-visitor='{first.id}']")).to_have_count(0)
            page.wait_for_selector(".o_cpa_form [name=question]")
            second = self.visitor_of(page)
            self.assertEqual(page.locator("[name=question]").input_value(), "")
            self.fill(page, question="سؤال الثانية")
            self.shot(page, "reception-4-two-visitors")
            self.switch(page, first)
            self.assertEqual(page.locator("[name=question]").input_value(), "سؤال الأول لم يكتمل")
            self.fill(page, question="سؤال الأول", answer="جواب الأول")
            self.press(page, "Save the inquiry")
            self.saved(page, 1)
            self.switch(page, second)
            self.assertEqual(page.locator("[name=question]").input_value(), "سؤال الثانية")
            self.press(page, "Save the inquiry")
            self.saved(page, 1)
            self.press(page, "End the visit")
            expect(page.locator(".o_cpa_visitor")).to_have_count(0)
            self.assertFalse(page.errors)
        self.env.invalidate_all()
        self.assertEqual(first.inquiry_ids.question_ids.mapped("name"), ["سؤال الأول"])
        self.assertEqual(second.inquiry_ids.question_ids.mapped("name"), ["سؤال الثانية"])
        self.assertEqual((first.state, second.state), ("parked", "left"))
        self.assertEqual(second.left_open_count, 1, "she left with her question open")

    def test_two_clerks(self):
        """P-31: two clerks take two visitors from the queue at once; neither gets into the other's."""
        other = self.user("officer2", "officer")
        visitors = self.env["cpa.visitor"].with_user(self.clerk).create([{"name": "الأول"}, {"name": "الثاني"}])
        with self.browser():
            pages = [self.reception(), self.reception("officer2")]
            for page, visitor in zip(pages, visitors, strict=True):
                self.switch(page, visitor)
            for page, visitor in zip(pages, visitors, strict=True):
                self.fill(page, question=f"سؤال {visitor.name}")
            for page in reversed(pages):
                self.press(page, "Save the inquiry")
                self.saved(page, 1)
            # the first clerk's screen still shows the second as waiting: he is told who serves him
            pages[0].locator(f".o_cpa_tab[data-visitor='{visitors[1].id}']").click(force=True)
            for page in pages:
                self.assertFalse(page.errors)
        self.env.invalidate_all()
        for visitor, clerk in zip(visitors, self.clerk | other, strict=True):
            self.assertEqual(visitor.user_id, clerk)
            self.assertEqual(visitor.inquiry_ids.question_ids.mapped("name"), [f"سؤال {visitor.name}"])
            self.assertEqual(visitor.inquiry_ids.user_id, clerk)

    # ------------------------------------------------------------------
    # WhatsApp
    # ------------------------------------------------------------------

    def test_paste_from_whatsapp(self):
        """P-21: a message and two pictures pasted with Ctrl+V; the document is kept, the identity only looked at."""
        with self.browser():
            page = self.reception()
            page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.base_url())
            message = "[١٠:١٥ ص، ٢٢/١١/٢٠٢٦] ‏+966 50 987 6543: السلام عليكم، لم يصلني المنتج"
            page.evaluate("text => navigator.clipboard.writeText(text)", message)
            page.keyboard.press("Control+V")
            page.wait_for_selector(".o_cpa_chat")
            for count, picture in enumerate((IDENTITY, INVOICE), 1):
                page.evaluate(COPY_PICTURE, picture)
                page.keyboard.press("Control+V")
                expect(page.locator(".o_cpa_chat figure")).to_have_count(count)
            self.shot(page, "reception-5-paste")
            self.press(page, "Receive as a new chat")
            page.wait_for_selector(".o_cpa_visitor")
            visitor = self.visitor_of(page)
            self.assertEqual(page.locator("[name=question]").input_value(), "السلام عليكم، لم يصلني المنتج")
            page.locator(".o_cpa_files select").first.select_option("identity")
            self.press(page, "Look and delete")
            page.wait_for_selector(".o_cpa_reading img")
            self.shot(page, "reception-6-identity")
            self.press(page, "I have read it: delete it")
            expect(page.locator(".o_cpa_files figure")).to_have_count(1)
            self.press(page, "Save the inquiry")
            self.saved(page, 1)
            self.assertFalse(page.errors)
        self.env.invalidate_all()
        self.assertEqual((visitor.channel_code, visitor.phone), ("social", "+966509876543"))
        self.assertEqual(visitor.inquiry_ids.social_account, "+966509876543")
        mine = [("res_model", "=", "crm.lead"), ("res_id", "=", visitor.inquiry_ids.id)]
        stored = self.env["ir.attachment"].search(mine)
        self.assertEqual(len(stored), 1, "the document; the identity was never stored")
        trace = self.env["cpa.access.trace"].search([("visitor_id", "=", visitor.id)])
        self.assertEqual((trace.user_id, trace.datum), (self.clerk, "identity_picture"))
        self.assertTrue(trace.digest)
        self.assertNotEqual(hashlib.sha256(stored.raw).hexdigest(), trace.digest)

    # ------------------------------------------------------------------
    # Sizes and directions
    # ------------------------------------------------------------------

    def test_on_a_phone(self):
        """A delegate on the road: the same screen on a phone, nothing wider than the screen."""
        branch = self.env["cpa.branch"].create(
            {"name": "مكتب تجريبي", "governorate_id": self.env["cpa.governorate"].search([], limit=1).id}
        )
        branch.delegate_ids = self.user("delegate", "delegate")
        with self.browser():
            page = self.reception("delegate", PHONE)
            self.search(page, "٠٥٠٩٨٧٦٥٤٣")
            self.shot(page, "reception-7-phone-search")
            self.press(page, "New file and request")
            page.wait_for_selector(".o_cpa_form [name=description]")
            self.shot(page, "reception-8-phone-intake")
            width = page.evaluate("document.querySelector('.o_cpa_reception').scrollWidth")
            self.assertLessEqual(width, PHONE["width"])
            buttons = page.locator(".o_cpa_reception button").locator("visible=true")
            small = buttons.evaluate_all(SMALL_BUTTONS)
            self.assertFalse(small, "large enough for a thumb")
            self.assertFalse(page.errors)
        self.assertEqual(self.env["cpa.visitor"].search([], limit=1).branch_id, branch)


@tagged("post_install", "-at_install")
class TestReceptionEnglish(TestReception):
    """The same in English, left to right: one journey is enough."""

    lang = "en_US"

    test_intake = test_known_person_by_keyboard = test_two_visitors_of_one_clerk = None
    test_two_clerks = test_paste_from_whatsapp = test_on_a_phone = None
