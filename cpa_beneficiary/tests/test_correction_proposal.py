import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import SIGNATURE, WebsiteCommon


@tagged("post_install", "-at_install")
class TestCorrectionProposal(WebsiteCommon):
    """P-08, P-32: people propose corrections; the file changes when staff accepts, by the file's own rules."""

    def propose(self, topic="phone", user=None, file=None, files=(), **params):
        user, file = user or self.applicant, file or self.file
        Proposal = self.env["cpa.correction.proposal"].with_user(user)
        return Proposal._propose(file.with_user(user), topic, Proposal._typed(topic, params), files)

    def settle(self, proposal, state, user=None, **vals):
        return proposal.with_user(user or self.officer).sudo(False).write({"state": state, **vals})

    def test_nothing_before_acceptance(self):
        before = self.file.phone, self.file.name
        phone = self.propose(phone="٠٥٠٩٩٩٩٩٩٩")
        name = self.propose("name", name="سعيد بن علي تجريبي")
        self.env.flush_all()
        self.assertEqual((self.file.phone, self.file.name), before)
        self.assertEqual(phone.proposed, {"phone": "+966509999999"})
        self.settle(phone, "accepted")
        self.assertEqual((self.file.phone, self.file.name), ("+966509999999", before[1]))
        self.settle(name, "refused", move_reason="As on the identity")
        self.assertEqual(self.file.name, before[1])
        self.assertEqual(name.reason, "As on the identity")
        self.assertFalse((phone | name).activity_ids)

    def test_refusal_has_a_reason(self):
        proposal = self.propose(phone="0509999999")
        with self.assertRaises(UserError):
            self.settle(proposal, "refused")

    def test_officer_is_asked(self):
        proposal = self.propose(phone="0509999999")
        self.assertEqual(proposal.activity_ids.user_id, self.officer)

    def test_rules_of_the_file(self):
        """What cannot be right is said at once, by the file's own rules."""
        for topic, params in (
            ("phone", {"phone": "12345"}),
            ("phone", {"phone": ""}),
            ("email", {"email": "nobody"}),
            ("address", {"zip": "12"}),
            ("address", {"governorate_id": "999999"}),
            ("address", {"governorate_id": "x"}),
            ("name", {"name": " "}),
            ("household", {"note": ""}),
            ("phone", {"phone": self.file.phone}),
            ("other", {"note": "x" * 3000}),
        ):
            with self.subTest(topic=topic, params=params), self.assertRaises(ValidationError):
                self.propose(topic, **params)
        with self.assertRaises(UserError):
            self.propose("iban", iban="SA8510000012345678901234")
        address = self.propose(
            "address", city="نجران", governorate_id=str(self.env.ref("cpa_beneficiary.cpa_governorate_sharurah").id)
        )
        self.settle(address, "accepted")
        self.assertEqual(self.file.governorate_id, self.env.ref("cpa_beneficiary.cpa_governorate_sharurah"))

    def test_acceptance_by_the_rules_of_then(self):
        """Between proposal and acceptance somebody else takes the value: the file's constraints hold at acceptance."""
        proposal = self.propose("email", email="one@example.com")
        self.env.cr.execute(
            'UPDATE cpa_correction_proposal SET proposed = \'{"phone": "12345"}\' WHERE id = %s', [proposal.id]
        )
        proposal.invalidate_recordset()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.settle(proposal, "accepted", is_compared=True)
        proposal.invalidate_recordset()
        self.assertEqual(proposal.state, "proposed")

    def test_changed_meanwhile(self):
        """What somebody else wrote since is shown, and not overwritten unseen."""
        proposal = self.propose(phone="0509999999")
        self.file.with_user(self.officer).phone = "0508888888"
        self.assertTrue(proposal.is_changed)
        self.assertIn("888\N{NO-BREAK SPACE}8888", proposal.comparison)
        with self.assertRaises(UserError):
            self.settle(proposal, "accepted")
        self.assertEqual(self.file.phone, "+966508888888")
        self.settle(proposal, "accepted", is_compared=True)
        self.assertEqual(self.file.phone, "+966509999999")

    def test_one_open_proposal(self):
        """Two taps make one proposal; another one about the same takes its place."""
        first = self.propose(phone="0509999999")
        self.assertEqual(self.propose(phone="0509999999"), first)
        second = self.propose(phone="0508888888")
        self.assertEqual((first.state, second.state), ("withdrawn", "proposed"))
        second.with_user(self.applicant).sudo().write({"state": "withdrawn"})
        self.assertEqual(second.state, "withdrawn")

    def test_limit_of_a_day(self):
        for number in range(20):
            self.assertTrue(self.propose("other", note=f"Note {number}"))
        self.assertFalse(self.propose("other", note="One more"))

    def test_only_who_acts(self):
        proposal = self.propose(phone="0509999999")
        child = self.make_login("cpa_child", self.child_file)
        public = self.env.ref("base.public_user")
        for user in (self.other_applicant, self.guardian, self.visitor_login, public, self.officer):
            with self.assertRaises(AccessError):
                self.propose(user=user, phone="0507777777")
            with self.assertRaises(UserError):
                proposal.with_user(user).sudo().write({"state": "withdrawn"})
        with self.assertRaises(AccessError):
            self.propose(user=child, file=self.child_file, phone="0507777777")
        self.assertTrue(self.propose(user=self.guardian, file=self.child_file, phone="0507777777"))
        self.file.with_user(self.manager).write({"state": "closed", "move_reason": "Moved away"})
        with self.assertRaises(AccessError):
            self.propose(phone="0506666666")

    def test_applicant_settles_nothing(self):
        """Neither the applicant, under whatever rights, nor a role that does not receive people accepts it."""
        proposal = self.propose(phone="0509999999")
        for user in (self.applicant, self.researcher, self.secretary, self.member):
            with self.assertRaises(UserError):
                proposal.with_user(user).sudo().write({"state": "accepted"})
        for user in (self.applicant, self.other_applicant, self.visitor_login, self.plain):
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(proposal.with_user(user).sudo(False).has_access(operation))
        self.assertFalse(self.env["cpa.correction.proposal"].with_user(self.delegate).search_count([]))
        with self.assertRaises(UserError):
            proposal.with_user(self.officer).sudo(False).proposed = {"phone": "+966501111111"}
        with self.assertRaises(UserError):
            proposal.unlink()

    def test_evidence(self):
        """A paper may come with it; what is no paper is refused, and the whole proposal with it."""
        proposal = self.propose(phone="0509999999", files=[("slip.png", base64.b64decode(SIGNATURE))])
        files = self.env["ir.attachment"].search([("res_model", "=", proposal._name), ("res_id", "=", proposal.id)])
        self.assertEqual(files.mapped("name"), ["slip.png"])
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.propose(phone="0508888888", files=[("slip.pdf", b"MZ\x90\x00 a program")])
        self.assertEqual(proposal.state, "proposed")
        with self.assertRaises(ValidationError):
            self.propose(phone="0508888888", files=[("a.png", b"x")] * 6)

    def test_preferences_at_once(self):
        """How he is reached and served the person says himself: at once, and logged."""
        self.file.with_user(self.applicant)._portal_prefer("phone", "", "طابق أرضي")
        self.assertEqual(self.file.preferred_channel_id.code, "phone")
        self.assertEqual(self.file.accessibility_needs, "طابق أرضي")
        self.assertEqual(self.file.message_ids[0].author_id, self.file.partner_id)
        for wrong in (("letters", "", ""), ("phone", "xx_XX", ""), ("phone", "", "x" * 501)):
            with self.assertRaises(ValidationError):
                self.file.with_user(self.applicant)._portal_prefer(*wrong)
        for user in (self.other_applicant, self.guardian, self.visitor_login):
            with self.assertRaises(AccessError):
                self.file.with_user(user)._portal_prefer("phone", "", "")

    def test_closing_the_login(self):
        """Who closes his login loses the login: the file stays, and staff is asked about his data."""
        user, partner = self.applicant, self.file.partner_id
        user.sudo()._deactivate_portal_user()
        self.assertFalse(user.active)
        self.assertNotEqual(user.login, "cpa_applicant")
        self.assertTrue(partner.active and self.file.active)
        self.assertFalse(self.env["res.users.deletion"].search([("user_id", "=", user.id)]))
        request = self.file.request_ids
        self.assertEqual((request.kind, request.privacy_right), ("privacy", "destruction"))
        self.assertEqual(request.activity_ids.user_id.filtered(lambda u: u == self.privacy), self.privacy)
        nobody = new_test_user(self.env, "cpa_nobody", groups="base.group_portal", name="Nobody")
        nobody.sudo()._deactivate_portal_user()
        self.assertTrue(self.env["res.users.deletion"].search([("user_id", "=", nobody.id)]))

    def test_my_file_is_masked(self):
        values = self.file.with_user(self.applicant).sudo()._portal_file()
        text = str(values)
        self.assertNotIn("1034567899", text)
        self.assertIn("7899", text)

    def test_flat_queries(self):
        """The pages of a person ask the same number of questions, however much there is in the file."""
        counts = []
        for more in range(2):
            for number in range(8 * more):
                self.file.household_member_ids.create(
                    {"beneficiary_id": self.file.id, "name": f"Child {number}", "relation": "child"}
                )
                self.propose("other", note=f"Note {number}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            file = self.env["cpa.beneficiary"].with_user(self.applicant)._portal_find()
            file._portal_file()
            file._portal_consents()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 4)
