"""P-26: a delegate enters and sees the people of his own branch, and hands nobody to another one."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CpaCommon


@tagged("post_install", "-at_install")
class TestPeopleBranch(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_branch = cls.branch.copy({"name": "Other branch", "delegate_ids": False})
        cls.mine = cls.make_beneficiary(cls.delegate, number=False, registered=False)
        cls.theirs = cls.make_beneficiary(branch_id=cls.other_branch.id, registered=False)

    def test_what_a_delegate_enters_is_of_his_branch(self):
        self.assertEqual(self.mine.branch_id, self.branch)
        request = self.make_request(user=self.delegate, beneficiary_id=self.mine.id)
        self.assertEqual(request.branch_id, self.branch)

    def test_delegate_hands_nothing_to_another_branch(self):
        request = self.make_request(user=self.delegate, beneficiary_id=self.mine.id)
        lead = (
            self.env["crm.lead"]
            .with_user(self.delegate)
            .create(
                {
                    "name": "Inquiry",
                    "is_inquiry": True,
                    "channel_id": self.channel.id,
                    "cpa_branch_id": self.branch.id,
                    "question_ids": [Command.create({"name": "What?"})],
                }
            )
        )
        result = self.mine.load([".id", "branch_id/.id"], [[str(self.mine.id), str(self.other_branch.id)]])
        self.assertRegex(result["messages"][0]["message"], "own branch")
        for record, name in ((self.mine, "branch_id"), (request, "branch_id"), (lead, "cpa_branch_id")):
            for branch in (self.other_branch, self.env["cpa.branch"]):
                for way in (record, record.sudo()):
                    with (
                        self.subTest(model=record._name, branch=branch.name, sudo=way.env.su),
                        self.assertRaisesRegex(AccessError, "own branch"),
                        self.cr.savepoint(),
                    ):
                        way.write({name: branch.id})
            record.with_user(self.officer).write({name: self.other_branch.id})
        for model, vals in (
            ("cpa.beneficiary", {"name": "X", "branch_id": self.other_branch.id}),
            ("cpa.beneficiary", {"name": "X", "branch_id": False}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.env[model].with_user(self.delegate).create(vals)

    def test_delegate_hands_no_visit_to_another_branch(self):
        request = self.make_request(user=self.delegate, beneficiary_id=self.mine.id)
        vals = {"request_id": request.id, "start": "2030-01-01 09:00:00", "stop": "2030-01-01 10:00:00"}
        visit = self.env["cpa.visit"].with_user(self.delegate).create(vals)
        self.assertEqual(visit.branch_id, self.branch)
        with self.assertRaisesRegex(AccessError, "own branch"), self.cr.savepoint():
            visit.branch_id = self.other_branch

    def test_delegate_takes_no_request_of_another_branchs_person(self):
        for attempt in (
            lambda: self.make_request(user=self.delegate, beneficiary_id=self.theirs.id),
            lambda: self.make_request(user=self.delegate).write({"beneficiary_id": self.theirs.id}),
        ):
            with self.assertRaisesRegex(AccessError, "another branch"), self.cr.savepoint():
                attempt()

    def test_officer_and_delegate_in_one_person_works_for_all(self):
        both = new_test_user(
            self.env, "cpa_both", groups="cpa_beneficiary.group_delegate,cpa_beneficiary.group_officer"
        )
        self.branch.delegate_ids |= both
        self.mine.with_user(both).write({"branch_id": self.other_branch.id})
        self.assertEqual(self.mine.branch_id, self.other_branch)
