from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.addons.cpa_beneficiary.tests.common import CpaCommon
from odoo.tests import tagged

from .browser import PHONE, BrowserCase, expect

MOST_CLICKS = 25
NAMES = {
    "cpa_chair": "أحمد الرئيس",
    "cpa_deputy": "سعد النائب",
    "cpa_member": "منى العضو",
    "cpa_alternate": "خالد الاحتياطي",
    "cpa_secretary": "نورة المقررة",
}
CASES = 10
REJECTED, RECUSED, ABSTAINED, CONTESTED = 3, 4, 5, 6


@tagged("post_install", "-at_install")
class TestSessionJourney(CpaCommon, BrowserCase):
    """Issue 4 "it must show": a session of ten cases from agenda to sealed minutes and letters, in Arabic, by clicks.

    The clicks of the secretary are counted and kept low; three members vote from their phones on what they contest.
    """

    def setUp(self):
        super().setUp()
        self.env["cpa.committee"].search([("id", "!=", self.committee.id)]).active = False
        waiting = self.env["cpa.request"].search([("state", "=", "committee")])
        waiting.with_user(self.manager).write({"state": "cancelled", "move_reason": "-"})
        for login, name in NAMES.items():
            user = self.env["res.users"].search([("login", "=", login)])
            user.write({"name": name, "password": f"{login}-secret", "lang": self.lang, "tz": "Asia/Riyadh"})
        self.committee.name = "لجنة البحث"
        # the session of this journey is held as soon as it is convened
        self.env["ir.default"].set(
            "cpa.committee.session", "planned_at", fields.Datetime.to_string(fields.Datetime.now())
        )
        self.clicks = 0
        # asked for long enough ago, so that no reply comes too early (P-35)
        with freeze_time(fields.Datetime.now() - timedelta(days=16)):
            for number in range(CASES):
                beneficiary = self.make_beneficiary(
                    name=f"مستفيد تجريبي {number}", number=None, registered=False, phone=f"05044400{number:02}"
                )
                identity = self.env["cpa.identity"].create(
                    {
                        "partner_id": beneficiary.partner_id.id,
                        "type": "NAT",
                        "number": self.national_id(700000000 + number),
                        "birth_date": "1980-01-01",
                    }
                )
                identity.action_sighted()
                beneficiary.write({"state": "registered"})
                request = self.submit(
                    self.make_request(
                        self.support,
                        beneficiary_id=beneficiary.id,
                        subject="سداد إيجار متأخر",
                        description="متأخرات إيجار ثلاثة أشهر",
                        amount_requested=6000,
                    )
                )
                self.study(request, "reject" if number == REJECTED else "accept", amount=4000)

    @staticmethod
    def national_id(digits):
        """Return a valid national number that begins with 1 and the nine ``digits`` cut to eight."""
        body = f"1{digits % 10**8:08}"
        total = sum(sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(body))
        return f"{body}{-total % 10}"

    # ------------------------------------------------------------------
    # The secretary's hand
    # ------------------------------------------------------------------

    def tap(self, locator):
        """Click, and count it."""
        locator.locator("visible=true").first.click()
        self.clicks += 1

    def button(self, page, name):
        return page.locator(f"button[name={name}]")

    def case(self, page, number):
        """Return the card of a case; they stand in the order of the requests."""
        return page.locator(".o_field_widget[name=case_ids] .o_kanban_record:not(.o_kanban_ghost)").nth(number)

    def state(self, page, term):
        expect(page.locator(".o_statusbar_status button.o_arrow_button_current").first).to_have_text(self.label(term))

    # ------------------------------------------------------------------
    # The journey
    # ------------------------------------------------------------------

    def test_ten_cases(self):
        with self.browser():
            secretary = self.log_in("cpa_secretary")
            session = self.prepare(secretary)
            self.open_session(secretary)
            self.decide_in_the_room(secretary)
            for login, votes in (
                ("cpa_chair", {CONTESTED: "success"}),
                ("cpa_deputy", {CONTESTED: "danger", 7: "success"}),
                ("cpa_member", {CONTESTED: "danger"}),
            ):
                self.vote_from_the_phone(login, votes)
            self.close_the_voting(secretary)
            for login in ("cpa_chair", "cpa_deputy", "cpa_member", "cpa_alternate"):
                page = self.log_in(login, PHONE)
                self.open(page, "cpa_committee_session_action", session.id)
                self.sign_minutes(page)
                page.context.close()
            self.finish(secretary)
            self.assertFalse(secretary.errors)
        self.env.invalidate_all()
        self.assertEqual(session.state, "closed")
        self.assertTrue(session.seal_digest)
        cases = session.case_ids
        self.assertEqual(cases.mapped("state").count("decided"), CASES - 1)
        self.assertEqual(cases[CONTESTED].state, "undecided", "two against one")
        self.assertEqual(cases[RECUSED].proposal_ids.mapped("votes_for"), [3], "the alternate votes")
        self.assertEqual(cases[ABSTAINED].proposal_ids.mapped("votes_abstain"), [1])
        self.assertEqual(cases[REJECTED].proposal_ids.kind, "reject")
        told = (cases - cases[CONTESTED]).request_id
        self.assertEqual(set(told.mapped("state")), {"approved", "rejected"})
        self.assertEqual(len(told.letter_ids), CASES - 1)
        self.assertLessEqual(self.clicks, MOST_CLICKS)

    def prepare(self, page):
        """The agenda fills itself, everybody is invited."""
        self.open(page, "cpa_committee_session_action")
        self.tap(page.locator(".o_list_button_add, .o-kanban-button-new"))
        self.shot(page, "session-1-new")
        self.tap(self.button(page, "action_build_agenda"))
        expect(page.locator(".o_field_widget[name=case_ids] .o_kanban_record:not(.o_kanban_ghost)")).to_have_count(
            CASES
        )
        self.tap(self.button(page, "action_move"))
        self.state(page, "Convened")
        self.shot(page, "session-2-convened")
        return self.env["cpa.committee.session"].search([], limit=1)

    def open_session(self, page):
        self.tap(self.button(page, "action_all_present"))
        expect(page.locator(".o_cpa_board")).to_contain_text(NAMES["cpa_chair"])
        self.tap(self.button(page, "action_move"))
        self.state(page, "In session")
        self.tap(self.button(page, "action_put_recommendations"))
        expect(page.locator(".o_cpa_ballots")).to_have_count(CASES - 1)
        self.shot(page, "session-3-open")

    def decide_in_the_room(self, page):
        """A rejection gets its reason; one member steps aside; one abstains, by one tap of the secretary."""
        self.tap(self.case(page, REJECTED).locator("button[name=action_put_recommendation]"))
        self.tap(page.locator(".modal .o_field_widget[name=rejection_reason_id] input[type=radio]"))
        self.shot(page, "session-4-reason")
        self.tap(page.locator(".modal-footer .btn-primary"))
        expect(page.locator(".modal")).to_have_count(0)
        chip = self.case(page, RECUSED).locator(".o_cpa_ballot", has_text=NAMES["cpa_member"])
        self.tap(chip.locator(".o_cpa_ballot_recuse"))
        page.locator(".modal .o_field_widget[name=reason] textarea").wait_for()
        page.keyboard.type("صلة قرابة")
        self.shot(page, "session-5-recusal")
        self.tap(page.locator(".modal-footer .btn-primary"))
        expect(page.locator(".modal")).to_have_count(0)
        expect(self.case(page, RECUSED).locator(".o_cpa_ballot_out")).to_contain_text(NAMES["cpa_member"])
        chip = self.case(page, ABSTAINED).locator(".o_cpa_ballot", has_text=NAMES["cpa_member"])
        self.tap(chip.locator(".o_cpa_ballot_abstain"))
        expect(self.case(page, ABSTAINED).locator(".o_cpa_ballot_is_abstain")).to_have_count(1)

    def vote_from_the_phone(self, login, votes):
        """A member reads the file and votes with one tap, which is shown as recorded."""
        page = self.log_in(login, PHONE)
        for number, colour in votes.items():
            self.open(page, "cpa_committee_case_action_my_votes")
            cards = page.locator(".o_kanban_record:not(.o_kanban_ghost)")
            expect(cards).to_have_count(CASES)
            cards.nth(number).locator(".fw-bold").first.click()
            page.locator(f".o_cpa_vote_bar .btn-outline-{colour}").locator("visible=true").click()
            expect(page.locator(".o_cpa_vote_bar [role=status]")).to_be_visible()
            self.shot(page, f"session-6-{login}")
        self.assertFalse(page.errors)
        page.context.close()

    def close_the_voting(self, page):
        """The votes from the phones are there without a reload; nobody objects to the rest; voting ends, is counted."""
        expect(self.case(page, CONTESTED).locator(".o_cpa_ballot_is_against")).to_have_count(2, timeout=20_000)
        expect(self.case(page, CONTESTED).locator(".o_cpa_ballot_is_for")).to_have_count(1)
        self.tap(self.button(page, "action_no_objection_all"))
        expect(self.button(page, "action_no_objection_all")).to_have_count(0)
        self.case(page, RECUSED).scroll_into_view_if_needed()
        self.shot(page, "session-7-voted")
        self.tap(self.button(page, "action_end_voting"))
        self.tap(page.locator(".modal-footer .btn-primary"))
        self.state(page, "Minutes")

    def sign_minutes(self, page, tap=None):
        tap = tap or (lambda locator: locator.locator("visible=true").first.click())
        if page.viewport_size["width"] < 500 and not self.button(page, "action_sign").locator("visible=true").count():
            page.locator(".o_statusbar_buttons .dropdown-toggle, .o_cp_action_menus .dropdown-toggle").first.click()
        tap(self.button(page, "action_sign"))
        tap(page.locator(".modal .o_field_widget[name=signature] .o_signature"))
        page.wait_for_selector(".modal .o_web_sign_signature")
        tap(page.locator(".modal", has=page.locator(".o_web_sign_signature")).locator(".modal-footer .btn-primary"))
        expect(page.locator(".o_web_sign_signature")).to_have_count(0)
        tap(page.locator(".modal button[name=action_confirm]"))
        expect(page.locator(".modal")).to_have_count(0)

    def finish(self, page):
        """The secretary signs too and seals: the session is evidence; all letters go in one."""
        self.sign_minutes(page, self.tap)
        self.shot(page, "session-8-minutes")
        self.tap(self.button(page, "action_move"))
        self.tap(page.locator(".modal-footer .btn-primary"))
        self.state(page, "Concluded")
        self.shot(page, "session-9-sealed")
        self.tap(self.button(page, "action_reply_all"))
        page.wait_for_selector(".modal button[name=action_send]")
        self.shot(page, "session-10-letters")
        self.tap(page.locator(".modal button[name=action_send]"))
        expect(page.locator(".o_list_view .o_data_row")).to_have_count(CASES - 1, timeout=20_000)
        self.shot(page, "session-11-told")
