from freezegun import freeze_time
from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import WebsiteCommon

OUTREACH = "outreach_message"


@tagged("post_install", "-at_install")
class TestConsent(WebsiteCommon):
    """P-07, data-protection law: one consent per purpose, with wording, method and time, withdrawn at any time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = cls.env.ref("cpa_beneficiary.consent_purpose_message")
        cls.disability = cls.env.ref("cpa_beneficiary.cpa_segment_disability")

    def say(self, user, file, event="given", code=OUTREACH):
        file.with_user(user)._portal_consent(code, event)

    def in_force(self, files, code=OUTREACH):
        return self.env["cpa.consent"]._in_force(code, files.partner_id)

    def record(self, user, file, event="given", method="counter", **vals):
        wizard = self.env["cpa.consent.wizard"].with_user(user)
        vals = {"beneficiary_id": file.id, "purpose_id": self.purpose.id, "event": event, "method": method} | vals
        return wizard.create(vals).action_record()

    def test_nothing_without_a_word(self):
        """Nothing is given beforehand, and each purpose stands by itself."""
        purposes = self.env["cpa.consent.purpose"].search([("code", "!=", False)])
        self.assertEqual(len(purposes), 6)
        for purpose in purposes:
            self.assertFalse(self.in_force(self.file | self.other_file, purpose.code))
        self.say(self.applicant, self.file)
        for purpose in purposes:
            found = self.in_force(self.file | self.other_file, purpose.code)
            self.assertEqual(found, self.file.partner_id if purpose == self.purpose else found.browse())

    def test_given_and_withdrawn(self):
        """What holds is the latest event; a tap twice says nothing new; the history stays."""
        with freeze_time("2030-01-01 08:00:00"):
            self.say(self.applicant, self.file)
            self.say(self.applicant, self.file)
        with freeze_time("2030-02-01 08:00:00"):
            self.say(self.applicant, self.file, "withdrawn")
        self.assertFalse(self.in_force(self.file))
        events = self.file.cpa_consent_ids
        self.assertEqual(events.mapped("event"), ["withdrawn", "given"])
        self.assertEqual(events.user_id, self.applicant)
        self.assertEqual((events[0].method, events[0].wording_id), ("website", self.purpose.wording_id))
        rows = {row["code"]: row for row in self.file._portal_consents()}
        self.assertFalse(rows[OUTREACH]["is_given"])
        self.assertEqual(len(rows[OUTREACH]["history"]), 2)

    def test_counter(self):
        """Staff records what was said at the counter, on paper or by telephone, also of an earlier day."""
        for user in (self.researcher, self.auditor, self.privacy, self.applicant, self.plain):
            with self.assertRaises(AccessError):
                self.record(user, self.file)
        with freeze_time("2030-01-05 08:00:00"):
            self.record(self.officer, self.file, method="paper", happened_at="2030-01-02 08:00:00")
            with self.assertRaises(ValidationError):
                self.record(self.officer, self.file, happened_at="2030-01-06 08:00:00")
        self.assertTrue(self.in_force(self.file))
        # what is entered later than it happened does not undo what was said after it
        with freeze_time("2030-01-05 09:00:00"):
            self.record(self.officer, self.file, "withdrawn", "phone", happened_at="2030-01-01 08:00:00")
        self.assertTrue(self.in_force(self.file))

    def test_minor(self):
        """Under eighteen the guardian consents; who is no guardian of the child does not."""
        with self.assertRaises(ValidationError):
            self.record(self.officer, self.child_file)
        self.say(self.guardian, self.child_file)
        event = self.child_file.cpa_consent_ids
        self.assertEqual(event.representation_id, self.child_file.representation_ids)
        self.assertIn("Test guardian", event.representative)
        with self.assertRaises(ValidationError):
            self.record(self.officer, self.file, representation_id=self.child_file.representation_ids.id)

    def test_only_who_acts(self):
        """Neither another applicant, a guardian of somebody else, a login without a file nor staff says it for him."""
        for user in (self.other_applicant, self.guardian, self.visitor_login, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.say(user, self.file)
        self.file.with_user(self.manager).write({"state": "suspended", "move_reason": "Checked again"})
        with self.assertRaises(AccessError):
            self.say(self.applicant, self.file)
        self.record(self.officer, self.file)
        self.say(self.applicant, self.file, "withdrawn")
        self.assertFalse(self.in_force(self.file))

    def test_nobody_reads_or_writes_past_it(self):
        self.say(self.applicant, self.file)
        for user in (self.applicant, self.other_applicant, self.guardian, self.visitor_login, self.plain):
            for model in ("cpa.consent", "cpa.consent.purpose", "cpa.consent.wording"):
                for operation in ("read", "write", "create", "unlink"):
                    self.assertFalse(self.env[model].with_user(user).has_access(operation), (user.login, model))
        self.assertTrue(self.env["cpa.consent"].with_user(self.privacy).search_count([]))
        self.assertFalse(self.env["cpa.consent"].with_user(self.delegate).search_count([]), "of another branch")
        with self.assertRaises(UserError):
            self.file.cpa_consent_ids.with_user(SUPERUSER_ID).write({"event": "withdrawn"})

    def test_wording_stays(self):
        """What somebody consented to is not reworded: a new wording is a new version, and he is not asked again."""
        wording = self.purpose.wording_id
        wording.with_user(self.privacy).body = "Asked before anybody answered"
        self.say(self.applicant, self.file)
        with self.assertRaises(UserError):
            wording.with_user(self.privacy).body = "Asked differently"
        self.purpose.with_user(self.privacy).wording_ids = [Command.create({"version": 2, "body": "Asked anew"})]
        self.assertEqual(self.purpose.wording_id.version, 2)
        self.assertTrue(self.in_force(self.file))
        self.assertEqual(self.file.cpa_consent_ids.wording_id.version, 1)

    def test_merged_file(self):
        """A withdrawal in a file that was merged into this one counts for the person."""
        with freeze_time("2030-01-01 08:00:00"):
            self.say(self.applicant, self.file)
        double = self.make_beneficiary(number=None, registered=False, phone="0509998887")
        with freeze_time("2030-01-02 08:00:00"):
            self.record(self.officer, double)
            self.record(self.officer, double, "withdrawn", happened_at="2030-01-02 08:00:00")
        double.with_user(self.manager)._merge_into(self.file.with_user(self.manager), "The same man")
        self.assertFalse(self.in_force(self.file))

    def test_one_query_for_many(self):
        for files in (self.file, self.file | self.other_file | self.child_file):
            partners = files.partner_id
            self.env.flush_all()
            with self.assertQueryCount(1):
                self.env["cpa.consent"]._in_force(OUTREACH, partners)

    def test_a_file_that_is_being_filled_in(self):
        """A new file opens, and that of a person who consented shows it while it is edited."""
        self.assertFalse(Form(self.env["cpa.beneficiary"].with_user(self.officer)).consent_note)
        self.record(self.officer, self.file)
        form = Form(self.file.with_user(self.officer))
        form.accessibility_needs = "Large print"
        self.assertIn(self.purpose.name, form.consent_note)

    def test_sensitive_segment(self):
        """What tells of health or a disability is kept with explicit consent only, whoever writes it."""
        file = self.file.with_user(self.officer)
        with self.assertRaises(ValidationError):
            file.segment_ids = [Command.link(self.disability.id)]
        with self.assertRaises(ValidationError):
            self.make_beneficiary(
                number=None, registered=False, phone="0501112223", segment_ids=[Command.link(self.disability.id)]
            )
        self.say(self.applicant, self.file, code="sensitive")
        file.segment_ids = [Command.link(self.disability.id)]
        self.say(self.applicant, self.file, "withdrawn", code="sensitive")
        # what is there is not touched by another change; it goes, and does not come back
        file.segment_ids = [Command.link(self.env.ref("cpa_beneficiary.cpa_segment_citizen").id)]
        file.segment_ids = [Command.unlink(self.disability.id)]
        with self.assertRaises(ValidationError):
            file.segment_ids = [Command.link(self.disability.id)]
