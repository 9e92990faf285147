from datetime import datetime

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import VolunteerCommon

MOST_MENUS = 5
# Who reads what of volunteering, besides the coordinator; everything else is closed to them.
READS = {
    "manager": {
        "cpa.custody.item",
        "cpa.opportunity",
        "cpa.participation",
        "cpa.shift",
        "cpa.volunteer",
        "cpa.volunteer.availability",
        "cpa.volunteer.certificate",
        "cpa.volunteer.expense",
        "cpa.volunteer.incident",
        "cpa.volunteer.register",
        "cpa.volunteer.retention",
        "cpa.volunteer.skill",
        "cpa.volunteer.training",
    },
    "officer": {"cpa.opportunity", "cpa.shift", "cpa.volunteer.skill"},
    "researcher": {"cpa.volunteer.skill"},
    "plain": set(),
    "volunteer": set(),
}
READS["auditor"] = READS["manager"]


@tagged("post_install", "-at_install")
@freeze_time("2031-03-01 08:00:00")
class TestAccess(VolunteerCommon):
    """Deny by default: the coordinator works, manager and auditor read, officers raise opportunities."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a volunteer on the website, who is in the association's file like the others
        with freeze_time("2031-02-01 08:00:00"):
            cls.active = cls.make_active()
        cls.volunteer = cls.make_login(cls.active)
        cls.shift = cls.make_shift(start=datetime(2031, 3, 2, 6))
        cls.line = cls.apply(cls.active, cls.shift)
        cls.line.action_take()

    def ours(self):
        """Return the names of the models of volunteering."""
        kept = ("cpa.volunteer", "cpa.opportunity", "cpa.shift", "cpa.participation", "cpa.custody")
        names = [name for name in self.env.registry if name.startswith(kept)]
        return {name for name in names if not self.env[name]._abstract}

    def test_who_reads_what(self):
        for role, reads in READS.items():
            user = getattr(self, role)
            with self.subTest(role):
                self.assertEqual({n for n in self.ours() if self.env[n].with_user(user).has_access("read")}, reads)

    def test_who_writes_what(self):
        """Manager and auditor change nothing of volunteering but what they decide on."""
        for role, writes in (
            ("manager", {"cpa.volunteer.expense", "cpa.volunteer.register"}),
            ("auditor", {"cpa.volunteer.register"}),
            ("officer", {"cpa.opportunity", "cpa.shift"}),
        ):
            user = getattr(self, role)
            with self.subTest(role):
                self.assertEqual({n for n in self.ours() if self.env[n].with_user(user).has_access("write")}, writes)

    def test_coordinator_sees_no_case(self):
        """The coordinator sees volunteers, and nothing of beneficiaries, requests or inquiries."""
        person = self.make_beneficiary(number="1099999011")
        for model in ("cpa.request", "cpa.beneficiary", "crm.lead", "cpa.study"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.coordinator).search([])
        seen = self.env["res.partner"].with_user(self.coordinator).search([("cpa_person", "=", True)])
        self.assertIn(self.active.partner_id, seen)
        self.assertNotIn(person.partner_id, seen)
        identities = self.env["cpa.identity"].with_user(self.coordinator).search([])
        self.assertEqual(identities.partner_id & person.partner_id, person.partner_id.browse())

    def test_menus(self):
        """At most five menus, and each of them opens: for the coordinator, and for what managers find under Reports."""
        root = self.env.ref("cpa_beneficiary.cpa_menu_root")
        every = ",".join(f"cpa_beneficiary.group_{role}" for role in ("officer", "manager", "member", "researcher"))
        many = new_test_user(self.env, "cpa_many", groups=f"{every},cpa_volunteer.group_coordinator")
        self.env.company.write({"cpa_custody_items": True, "cpa_hours_value": True, "cpa_hour_value": 20})
        for user in (self.coordinator, self.manager, self.auditor, many):
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id), ("id", "in", list(visible))])
            self.assertLessEqual(len(menus.filtered(lambda menu: menu.parent_id == root)), MOST_MENUS, user.login)
            for menu in menus:
                action = menu.action
                if action and action._name == "ir.actions.act_window" and action.res_model in self.ours():
                    with self.subTest(f"{user.login}: {menu.name}"):
                        model = self.env[action.res_model].with_user(user)
                        model.get_views([(False, kind) for kind in action.view_mode.split(",")])
                        model.web_search_read([], {"display_name": {}}, limit=5)
        visible = self.env["ir.ui.menu"].with_user(self.coordinator)._visible_menu_ids()
        self.assertIn(self.env.ref("cpa_volunteer.cpa_volunteer_menu").id, visible)
        self.assertNotIn(self.env.ref("cpa_beneficiary.cpa_beneficiary_menu").id, visible, "no beneficiary's file")

    def test_forms_open(self):
        """Each role that reads them opens the files; the officer an opportunity without whose places they are."""
        for user in (self.coordinator, self.manager, self.auditor):
            with self.subTest(user.login):
                self.assertTrue(Form(self.active.with_user(user)).name)
                self.assertEqual(Form(self.shift.with_user(user)).taken, 1)
                self.assertTrue(Form(self.line.with_user(user)).start)
        opportunity = self.shift.opportunity_id
        self.assertEqual(Form(opportunity.with_user(self.officer)).place, "Market")
        self.assertEqual(opportunity.with_user(self.officer).taken, 1)
        self.assertEqual(Form(self.shift.with_user(self.officer)).expected_count, 1)

    def test_tasks_are_done(self):
        """What reports and applications ask of a coordinator is off the list once it is done."""
        incident = self.env["cpa.volunteer.incident"].with_user(self.coordinator)
        incident = incident.create(
            {"volunteer_id": self.active.id, "summary": "A fall", "description": "On the stairs"}
        )
        self.assertTrue(incident.activity_ids)
        with self.assertRaisesRegex(UserError, "What was done"), self.env.cr.savepoint():
            incident.write({"state": "closed"})
        incident.write({"treatment": "Taken to the clinic", "state": "closed"})
        self.assertFalse(incident.activity_ids)
        applicant = self.make_volunteer(phone="0500000778", number="2098765437")
        applicant._ask_for_vetting()
        self.vet(applicant)
        self.assertFalse(applicant.activity_ids)
