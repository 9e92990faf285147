"""What is closed on the screens is closed in the database: attacks of a role that were tried, and no longer work."""

from pathlib import Path
from tempfile import TemporaryDirectory

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from werkzeug.exceptions import Forbidden

from ..tools import papers
from .common import CpaCommon
from .test_outreach import MORNING, OutreachCommon

PAPER = '<!DOCTYPE html><html><body><article><a rel="attachment" href="{}">x</a></article></body></html>'


@tagged("post_install", "-at_install")
class TestNamed(CpaCommon):
    """P-07: core shows the name of what a record refers to; so nobody refers to a person whom he may not read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hidden = cls.make_beneficiary(name="سرية", phone="0501112223")
        cls.partner = cls.hidden.partner_id

    def named(self, user, model, vals, name):
        """Return how ``user`` would be told of whom he names, as the web client saves and reads back."""
        spec = {"specification": {name: {"fields": {"display_name": {}}}}}
        return call_kw(self.env[model].with_user(user), "web_save", [[], vals], spec)[0][name]

    def test_nobody_is_named_by_guessing(self):
        sales = new_test_user(self.env, "cpa_sales", groups="sales_team.group_sale_manager")
        volunteering = self.env.ref("cpa_beneficiary.channel_volunteering").id
        partner, request = self.partner.id, self.make_request(beneficiary_id=self.hidden.id)
        asked = {"subject": "x", "service_id": self.consultation.id, "channel_id": volunteering}
        asked |= {"branch_id": self.branch.id}
        letter = {"addressee": "x", "subject": "x", "text": "x", "request_id": request.id}
        for user, model, name, vals in (
            (self.delegate, "res.partner", "parent_id", {"name": "x", "parent_id": partner}),
            (self.delegate, "cpa.request", "channel_volunteer_id", {**asked, "channel_volunteer_id": partner}),
            (self.delegate, "cpa.visitor", "beneficiary_id", {"name": "x", "beneficiary_id": self.hidden.id}),
            (self.secretary, "cpa.letter", "request_id", letter),
            (sales, "crm.lead", "partner_id", {"name": "x", "partner_id": partner}),
            (self.plain, "calendar.filters", "partner_id", {"user_id": self.plain.id, "partner_id": partner}),
            (self.plain, "rating.rating", "partner_id", {"partner_id": partner, "rating": 1}),
            (self.plain, "res.users.settings.volumes", "partner_id", {"partner_id": partner}),
        ):
            with self.subTest(user=user.name, model=model), self.assertRaises(AccessError), self.cr.savepoint():
                self.named(user, model, vals, name)

    def test_afterwards_neither(self):
        request = self.make_request(user=self.delegate, branch_id=self.branch.id)
        with self.assertRaises(AccessError):
            request.write({"channel_volunteer_id": self.partner.id})
        request.with_user(self.officer).channel_volunteer_id = self.partner
        request.write({"channel_volunteer_id": self.partner.id})  # who stands there already is named by somebody else

    def test_form_of_an_inquiry(self):
        """The form of a lead fills in name and telephone of its contact."""
        spec = {"partner_id": {}, "phone": {}, "contact_name": {}}
        leads = self.env["crm.lead"].with_user(self.delegate)
        with self.assertRaises(AccessError):
            call_kw(leads, "onchange", [[], {"partner_id": self.partner.id}, ["partner_id"], spec], {})
        leads = leads.with_user(self.officer)
        told = call_kw(leads, "onchange", [[], {"partner_id": self.partner.id}, ["partner_id"], spec], {})["value"]
        self.assertEqual(told["contact_name"], "سرية")

    def test_many_cost_no_more(self):
        """Who may be named is asked once for all that are created together."""
        people = self.partner | self.make_beneficiary(number="1034567899").partner_id
        people |= self.make_beneficiary(number="1045678909").partner_id
        tags = self.env["res.partner"].with_user(self.officer)

        def cost(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            tags._cpa_check_named([{"parent_id": partner.id} for partner in partners], everything=False)
            return self.cr.sql_log_count - before

        cost(people)
        self.assertEqual(cost(people), cost(people[:1]))


@tagged("post_install", "-at_install")
class TestDashboardsStayInside(CpaCommon):
    """P-03: core's public page of a dashboard shows nobody the association's figures."""

    def test_not_shared(self):
        dashboard = self.env.ref("cpa_beneficiary.spreadsheet_dashboard_requests")
        foreign = self.env["spreadsheet.dashboard"].create(
            {"name": "Other", "dashboard_group_id": dashboard.dashboard_group_id.id}
        )
        copy = dashboard.copy()
        for user, shared in (
            (self.manager, dashboard),
            (self.plain, dashboard),
            (self.plain, copy),
            (self.manager, foreign),
        ):
            shares = self.env["spreadsheet.dashboard.share"].with_user(user)
            vals = {"dashboard_id": shared.id, "spreadsheet_data": "{}"}
            with self.subTest(user=user.name, dashboard=shared.name), self.assertRaisesRegex(UserError, "public page"):
                call_kw(shares, "action_get_share_url", [vals], {})
        share = self.env["spreadsheet.dashboard.share"].with_user(self.plain).create({"dashboard_id": foreign.id})
        with self.assertRaisesRegex(UserError, "public page"):
            share.write({"dashboard_id": dashboard.id})

    def test_shared_before(self):
        dashboard = self.env.ref("cpa_beneficiary.spreadsheet_dashboard_requests")
        foreign = self.env["spreadsheet.dashboard"].create(
            {"name": "Other", "dashboard_group_id": dashboard.dashboard_group_id.id, "group_ids": False}
        )
        share = self.env["spreadsheet.dashboard.share"].create({"dashboard_id": foreign.id})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE spreadsheet_dashboard_share SET dashboard_id = %s, create_uid = %s WHERE id = %s",
            (dashboard.id, self.manager.id, share.id),
        )
        share.invalidate_recordset()
        with self.assertRaises(Forbidden):
            share._check_dashboard_access(share.access_token)


@tagged("post_install", "-at_install")
@freeze_time(MORNING)
class TestOutreachKeepsItsWay(OutreachCommon):
    """P-07: a consent to calls is none to messages, and no list of calls becomes one of messages."""

    def test_way_is_of_its_beginning(self):
        outreach = self.start()
        for vals in ({"way": "sms"}, {"company_id": self.env["res.company"].create({"name": "Other"}).id}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                outreach.with_user(self.officer).write(vals)
        with self.assertRaises(UserError):
            outreach.contact_ids.with_user(self.officer).write({"way": "sms"})
        outreach.with_user(self.officer).text = "We still offer"


@tagged("post_install", "-at_install")
class TestWizardsAreOnesOwn(CpaCommon):
    """What is typed, uploaded or handed out in a wizard is not read by whoever may open the same wizard."""

    def test_wizards(self):
        file = self.make_beneficiary()
        purpose = self.env["cpa.consent.purpose"].search([], limit=1)
        consent = {"beneficiary_id": file.id, "purpose_id": purpose.id, "event": "given", "method": "counter"}
        for owner, model, vals in (
            (self.officer, "base_import.import", {"res_model": "res.partner", "file": b"names and numbers"}),
            (self.officer, "cpa.consent.wizard", consent),
            (self.officer, "sms.composer", {"composition_mode": "numbers", "numbers": "+966501234567", "body": "x"}),
        ):
            wizard = self.env[model].with_user(owner).create(vals)
            self.assertEqual(wizard.search([("id", "=", wizard.id)]), wizard)
            self.assertTrue(wizard.read([*vals]))
            for user in (self.plain, self.manager):
                with self.subTest(model=model, user=user.name):
                    foreign = wizard.with_user(user)
                    self.assertFalse(any(foreign.has_access(operation) for operation in ("read", "write", "unlink")))
                    with self.assertRaises(AccessError):
                        foreign.read([*vals])


@tagged("post_install", "-at_install")
class TestPapersFetchNothing(CpaCommon):
    """What somebody typed into a text that is printed takes no file of the server into the paper."""

    def test_no_file_of_the_server(self):
        here = papers.STATIC.as_uri()
        with TemporaryDirectory(dir=papers.STATIC.parent) as folder:
            Path(folder, "secret.txt").write_text("Not for papers")
            inside = f"{Path(folder).name}/secret.txt"
            pdf = papers.to_pdf([PAPER.format(f"{here}/paper/paper.css")])
            self.assertIn(b"EmbeddedFile", pdf, "what would be seen of a file that is taken in")
            for address in (
                f"%2e%2e/{inside}",
                f"%2E%2E/{inside}",
                f"..%2f{inside}",
                f"../{inside}",
                f"{here}/%2e%2e/{inside}",
                f"{here}/paper/%2e%2e/%2e%2e/{inside}",
                f"file://{folder}/secret.txt",
                f"FILE://{folder}/secret.txt",
                f"file:{folder}/secret.txt",
                f"file://localhost{folder}/secret.txt",
                "http://127.0.0.1:1/secret.txt",
            ):
                with self.subTest(address=address), mute_logger("weasyprint"):
                    pdf = papers.to_pdf([PAPER.format(address)])
                    self.assertNotIn(b"EmbeddedFile", pdf)
