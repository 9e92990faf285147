from lxml import etree
from odoo.tests import Form, new_test_user, tagged

from .common import ROLES, CpaCommon

MOST_MENUS = 5


@tagged("post_install", "-at_install")
class TestScreens(CpaCommon):
    """What each role sees: few menus, each of which opens, and the request's file without a refusal."""

    def menus(self, user):
        """Return the menus of our application that the user sees."""
        visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        root = self.env.ref("cpa_beneficiary.cpa_menu_root")
        return self.env["ir.ui.menu"].search([("id", "child_of", root.id), ("id", "in", list(visible))])

    def test_at_most_five_menus(self):
        """Design "Roles": at most five menus per role, and for one person with all of them."""
        root = self.env.ref("cpa_beneficiary.cpa_menu_root")
        for role in ROLES:
            count = len(self.menus(getattr(self, role)).filtered(lambda menu: menu.parent_id == root))
            self.assertLessEqual(count, MOST_MENUS, role)
            self.assertGreater(count, 1, role)
        self.assertNotIn(root, self.menus(self.plain), "without a role there is no way in")

    def test_people_come_first(self):
        """Who reads the people's files reaches them, below People."""
        people = self.env.ref("cpa_beneficiary.cpa_beneficiary_menu")
        for role in ("officer", "delegate", "researcher", "manager", "auditor", "privacy"):
            self.assertIn(people.id, self.reached(getattr(self, role)), role)

    def reached(self, user):
        """Return the ids of the menus that hang together, from the application down, as the web client loads them."""
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        found, below = set(), [self.env.ref("cpa_beneficiary.cpa_menu_root").id]
        while below:
            menu = menus.get(below.pop())
            if menu:
                found.add(menu["id"])
                below += menu["children"]
        return found

    def test_every_menu_opens(self):
        """Each role opens each of its menus: the views load and the list is read."""
        for role in ROLES:
            user = getattr(self, role)
            for menu in self.menus(user):
                action = menu.action
                if not action or action._name != "ir.actions.act_window":
                    continue
                with self.subTest(f"{role}: {menu.name}"):
                    model = self.env[action.res_model].with_user(user)
                    kinds = [kind for kind in action.view_mode.split(",") if kind != "activity"]
                    model.get_views([(False, kind) for kind in kinds])
                    model.web_search_read([], {"display_name": {}}, limit=5)

    def test_list_stands_alone(self):
        """A list that a menu opens has no record around it: what asks for its `parent` fails in the browser only."""
        lists = self.env["ir.ui.view"].search(
            [("model", "=like", "cpa.%"), ("type", "=", "list"), ("mode", "=", "primary")]
        )
        self.assertGreater(len(lists), 30)
        self.assertFalse(lists.filtered(lambda view: "parent." in view.arch_db).mapped("xml_id"))

    def test_every_role_reads_the_file(self):
        """A request with all that hangs on it opens for every role that may read it."""
        request = self.submit(self.make_request(self.support, beneficiary_id=self.make_beneficiary().id))
        self.study(request)
        self.decide(request, amount=1000)
        self.reply(request, "approved")
        self.delegate.cpa_branch_ids |= request.branch_id
        self.branch.delegate_ids |= self.delegate
        request.branch_id = self.branch
        for role in ROLES:
            with self.subTest(role):
                form = Form(request.with_user(getattr(self, role)))
                self.assertEqual(form.number, request.number)

    def test_every_setting_has_its_place(self):
        """Design "Off until switched on": what an administrator may set stands in a form of the company."""
        admin = new_test_user(self.env, login="settings", groups="base.group_system")
        company = self.env["res.company"].with_user(admin)
        forms = [("model", "=", "res.company"), ("type", "=", "form"), ("mode", "=", "primary")]
        shown = set()
        for view in self.env["ir.ui.view"].search(forms):
            shown.update(etree.fromstring(company.get_view(view.id, "form")["arch"]).xpath("//field/@name"))
        settings = {name for name, field in company._fields.items() if name.startswith("cpa_") and not field.readonly}
        self.assertTrue(settings)
        self.assertFalse(settings - shown)
