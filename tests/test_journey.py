import base64

from odoo import fields
from odoo.addons.cpa_beneficiary.tests.common import SIGNATURE
from odoo.tests import tagged

from .browser import BrowserCase, expect

COMMITTEE = {"chair": "chair", "deputy": "deputy", "member": "member", "secretary": "secretary"}


@tagged("post_install", "-at_install")
class TestJourney(BrowserCase):
    """Issue "it must show" no. 1: one new request from the counter to the delivered service, in Arabic, by clicks."""

    def setUp(self):
        super().setUp()
        self.user("officer", "officer")
        self.user("researcher", "researcher")
        for login in ("chair", "deputy", "member"):
            self.user(login, "member")
        self.user("secretary", "secretary")
        self.user("manager", "manager")
        self.env["cpa.committee"].search([]).active = False
        # the session of this journey is held as soon as it is convened
        self.env["ir.default"].set(
            "cpa.committee.session", "planned_at", fields.Datetime.to_string(fields.Datetime.now())
        )
        users = {user.login: user.id for user in self.env["res.users"].search([("login", "in", list(COMMITTEE))])}
        self.env["cpa.committee"].create(
            {
                "name": "لجنة البحث",
                "member_ids": [
                    fields.Command.create({"user_id": users[login], "role": role, "date_from": "2020-01-01"})
                    for login, role in COMMITTEE.items()
                ],
            }
        )

    # ------------------------------------------------------------------
    # Hands
    # ------------------------------------------------------------------

    def fill(self, page, name, value):
        """Type into a field of the form or dialog that is on top."""
        field = page.locator(f".o_field_widget[name={name}]").locator("visible=true").last
        field.locator("input, textarea").first.fill(value)

    def choose(self, page, name, value):
        """Type into a many2one and take the first suggestion."""
        field = page.locator(f".o_field_widget[name={name}]").locator("visible=true").last
        field.locator("input").first.click()
        field.locator("input").first.fill(value)
        page.locator(".o-autocomplete--dropdown-item", has_text=value).first.click()

    def select(self, page, name, term):
        """Choose in a selection, shown as a list, as radio buttons or as badges."""
        field = page.locator(f".o_field_widget[name={name}]").locator("visible=true").last
        field.wait_for()
        if field.locator("input.o_radio_input").count():
            field.get_by_label(self.label(term), exact=True).check()
            return
        if field.locator(".o_selection_badge").count():
            field.locator(".o_selection_badge", has_text=self.label(term)).first.click()
            return
        field.locator("input").first.click()
        page.locator(".o_select_menu_item", has_text=self.label(term)).first.click()

    def tab(self, page, name):
        page.locator(f".o_notebook .nav-link[name={name}]").click()

    def saved(self, page):
        if page.locator(".o_form_button_save").locator("visible=true").count():
            page.locator(".o_form_button_save").locator("visible=true").first.click()
        expect(page.locator(".o_form_status_indicator_buttons.invisible, .o_form_saved")).not_to_have_count(0)

    def state(self, page, term):
        expect(page.locator(".o_statusbar_status button.o_arrow_button_current").first).to_have_text(self.label(term))

    # ------------------------------------------------------------------
    # The journey
    # ------------------------------------------------------------------

    def test_from_the_counter_to_the_delivered_service(self):
        with self.browser():
            officer = self.log_in("officer")
            self.register(officer)
            self.take_in(officer)
            request = self.env["cpa.request"].search([], limit=1)
            researcher = self.log_in("researcher")
            self.study(researcher, request)
            secretary = self.log_in("secretary")
            session = self.convene(secretary)
            for login in ("chair", "deputy", "member"):
                self.vote(self.log_in(login), session)
            self.count(secretary)
            self.reply_and_deliver(officer, request)
            for page in (officer, researcher, secretary):
                self.assertFalse(page.errors)
        self.env.invalidate_all()
        self.assertEqual(request.state, "done")
        self.assertEqual(
            request.move_ids.mapped("to_state"),
            ["submitted", "research", "committee", "decided", "approved", "delivery", "done"],
        )

    def register(self, page):
        """P-36: a new person at the counter, identity sighted, registered."""
        self.open(page, "cpa_beneficiary_action", "new")
        self.fill(page, "name", "محمد بن أحمد التجريبي")
        self.fill(page, "identity_number", "١١٢٣٤٥٦٧٨٠")
        self.fill(page, "birth_date_hijri", "١٤١٠/٠٥/٠٣")
        self.fill(page, "phone", "٠٥٠١٢٣٤٥٦٧")
        self.choose(page, "governorate_id", self.label("Najran"))
        self.choose(page, "segment_ids", self.label("Citizen"))
        self.tab(page, "address")
        self.fill(page, "iban", "SA85 1000 0012 3456 7890 1234")
        self.saved(page)
        page.locator("button[name=action_sight_identity]").click()
        expect(page.locator("button[name=action_sight_identity]")).to_have_count(0)
        self.press(page, "Register")
        self.state(page, "Registered")
        self.shot(page, "journey-1-beneficiary")

    def take_in(self, page):
        """P-31 to P-35: the request through a channel, checks, declaration, explanation, number and clock."""
        page.locator("button[name=action_new_request]").locator("visible=true").first.click()
        page.wait_for_selector(".o_cpa_request")
        self.choose(page, "service_id", self.label("Financial support"))
        self.choose(page, "channel_id", self.label("Interview"))
        self.tab(page, "request")
        self.fill(page, "description", "سداد إيجار متأخر")
        self.saved(page)
        self.tab(page, "checks")
        rows = page.locator(".o_field_widget[name=check_ids] .o_data_row")
        row = rows.filter(has_text=self.label("National ID or Iqama"))
        row.locator("td[name=valid_until]").click()
        row.locator("td[name=valid_until] input").fill("2099-01-01")
        row.locator("td[name=valid_until] input").press("Tab")
        for item in ("National ID or Iqama", "Family register", "Proof of income"):
            button = rows.filter(has_text=self.label(item)).locator("button[name=action_pass]")
            button.click()
            expect(button).to_have_count(0)
        # what the file knows fills itself (P-08)
        for item in ("Bank account (IBAN)", "Mobile number", "One file only", "No open request for this service"):
            expect(rows.filter(has_text=self.label(item)).locator("td[name=shown_state]")).to_have_text(
                self.label("In order")
            )
        page.locator("button[name=action_declare]").click()
        self.sign(page)
        page.locator(".modal button[name=action_sign]").click()
        expect(page.locator(".modal")).to_have_count(0)
        page.locator("button[name=action_explain]").first.click()
        expect(page.locator("button[name=action_explain]:visible")).to_have_count(0)
        self.shot(page, "journey-2-checks")
        self.press(page, "Submit")
        self.state(page, "Submitted")
        self.choose(page, "researcher_id", "اختبار researcher")
        self.press(page, "Send to research")
        self.state(page, "Research")
        self.shot(page, "journey-3-submitted")

    def study(self, page, request):
        """P-33, P-08: findings, need assessed, recommendation; presented to the committee."""
        self.open(page, "cpa_request_action", request.id)
        self.press(page, "Open the study")
        page.wait_for_selector(".o_field_widget[name=finding_ids]")
        rows = page.locator(".o_field_widget[name=finding_ids] .o_data_row")
        rows.first.locator("td[name=text]").click()
        self.fill(page, "text", "زيارة ميدانية ومطابقة البيانات")
        self.select(page, "need_level", "High")
        self.fill(page, "need_assessment", "احتياج أساسي قائم")
        self.select(page, "recommendation", "Accept")
        self.fill(page, "recommended_amount", "6000")
        self.shot(page, "journey-4-study")
        page.locator("button[name=action_present]").click()
        self.state(page, "Presented")

    def convene(self, page):
        """P-35: agenda from the waiting requests, session opened, the recommendation put to the vote."""
        self.open(page, "cpa_committee_session_action", "new")
        page.locator("button[name=action_build_agenda]").locator("visible=true").first.click()
        expect(page.locator(".o_field_widget[name=case_ids] .o_kanban_record:not(.o_kanban_ghost)")).to_have_count(1)
        self.press(page, "Convene")
        self.state(page, "Convened")
        page.locator("button[name=action_all_present]").locator("visible=true").first.click()
        self.press(page, "Open the session")
        self.state(page, "In session")
        page.locator("button[name=action_put_recommendations]").click()
        expect(page.locator("button[name=action_put_recommendations]")).to_have_count(0)
        self.shot(page, "journey-5-session")
        return self.env["cpa.committee.session"].search([], limit=1)

    def vote(self, page, session):
        self.open(page, "cpa_committee_session_action", session.id)
        page.locator(".o_cpa_vote .btn-outline-success").locator("visible=true").first.click()
        expect(page.locator(".o_cpa_vote .btn-success")).to_have_count(1)
        page.context.close()

    def count(self, page):
        page.reload()
        page.locator("button[name=action_end_voting]").locator("visible=true").first.click()
        page.locator(".modal-footer .btn-primary").click()
        self.state(page, "Minutes")
        self.shot(page, "journey-6-minutes")

    def reply_and_deliver(self, page, request):
        """P-35, P-37: the reply with its reason for being early, the delivery and its receipt."""
        self.open(page, "cpa_request_action", request.id)
        self.tab(page, "reply")
        self.choose(page, "reply_channel_id", self.label("Telephone calls"))
        self.fill(page, "reply_text", "تمت الموافقة على طلبكم")
        self.fill(page, "reply_early_reason", "حالة عاجلة")
        self.press(page, "Send the reply: approval")
        self.state(page, "Approved")
        self.press(page, "Prepare payment order")
        page.wait_for_selector(".o_field_widget[name=payee]")
        self.shot(page, "journey-7-payment-order")
        order = self.env["cpa.payment.order"].search([], limit=1)
        manager = self.log_in("manager")
        self.open(manager, "cpa_payment_order_action", order.id)
        self.press(manager, "Approve")
        self.state(manager, "Approved for payment")
        manager.context.close()
        page.reload()
        page.locator(".o_field_widget[name=proof] input[type=file]").set_input_files(
            {"name": "transfer.png", "mimeType": "image/png", "buffer": base64.b64decode(SIGNATURE)}
        )
        page.locator(".o_field_widget[name=proof] .o_clear_file_button").wait_for()
        self.press(page, "Paid")
        self.state(page, "Paid")
        self.press(page, "Hand over")
        self.open(page, "cpa_request_action", request.id)
        self.state(page, "Delivery")
        self.tab(page, "delivery")
        self.press(page, "Receipt")
        self.select(page, "acknowledged_by", "Signature")
        self.sign(page)
        self.press(page, "Acknowledged by the beneficiary")
        expect(page.locator(".modal")).to_have_count(0)
        self.shot(page, "journey-8-delivery")
        self.press(page, "Close")
        self.state(page, "Done")
        self.tab(page, "history")
        self.shot(page, "journey-9-history")
