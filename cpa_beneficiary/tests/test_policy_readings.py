"""What the policy leaves open: each default with its reason, the setting in use beside it, a paper for the board."""

from freezegun import freeze_time
from odoo.tests import tagged

from ..models.cpa_policy_reading_settings import MENDS, SETTINGS
from .common import ROLES, SIGNATURE, CpaCommon
from .paper_reader import text_of


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 09:00:00")
class TestReadings(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["cpa.policy"]._in_force()
        # the committees of this installation, if any, have no part in it
        cls.env["cpa.committee"].search([("id", "!=", cls.committee.id)]).active = False

    def reading(self, code, role="manager"):
        return self.env.ref(f"cpa_beneficiary.cpa_policy_reading_{code}").with_user(getattr(self, role))

    def next_version(self, **values):
        version = self.policy.with_user(self.manager).copy()
        version.write(
            {
                "approval_session": "5",
                "approval_date": "2026-03-09",
                "next_review_date": "2027-03-09",
                **values,
            }
        )
        return version

    def test_every_setting_is_told_as_it_is(self):
        """Of a fresh installation each reading tells what is done: no setting differs."""
        for code in (*SETTINGS, *MENDS):
            with self.subTest(code=code):
                reading = self.reading(code)
                self.assertEqual(reading.code, code)
                self.assertEqual(reading.setting_state, "as_told", reading.setting_html)
        self.assertEqual(self.reading("appeal_once").setting_state, "none")

    def test_readings_tell_the_days(self):
        """P-35: the words of the readings and the values beside them are the same numbers."""
        for code, days in (("reply_target_ceiling", ("14", "30")), ("appeal", ("30",)), ("appeal_clock", ("14", "30"))):
            reading = self.reading(code).with_context(lang="en_US")
            for row, number in zip(reading._settings_now(), days, strict=True):
                self.assertEqual(row["told"], number)
                self.assertIn(number, reading.default_text)

    def test_a_setting_that_differs_is_warned_of(self):
        """A second version with floor 10 and ceiling 20, and a committee with a casting vote."""
        version = self.next_version(floor_days=10, ceiling_days=20, floor_mode="block")
        version.state = "in_force"
        self.committee.has_casting_vote = True
        self.env.invalidate_all()
        for code in ("reply_period", "reply_floor", "reply_target_ceiling", "quorum_majority"):
            with self.subTest(code=code):
                self.assertEqual(self.reading(code).setting_state, "differs")
        self.assertEqual(self.reading("reply_clock_start").setting_state, "as_told")
        [row] = [row for row in self.reading("quorum_majority")._settings_now() if not row["as_told"]]
        self.assertEqual((row["whose"], row["now"], row["told"]), (self.committee.name, "Yes", "No"))
        self.assertIn("fa-exclamation-triangle", self.reading("reply_floor").setting_html)

    def test_what_the_board_settled_otherwise_is_no_warning(self):
        self.committee.has_casting_vote = True
        reading = self.reading("quorum_majority")
        reading.write(
            {
                "resolution": "No. 4, session 7: the chair's vote decides a tie",
                "settled_on": "2026-03-01",
                "resolution_scan": SIGNATURE,
                "resolution_scan_name": "resolution.png",
            }
        )
        self.assertEqual(reading.setting_state, "resolved")
        self.assertEqual(self.reading("quorum_majority", "auditor").resolution_scan, SIGNATURE)
        self.assertNotIn("fa-exclamation-triangle", reading.setting_html)

    def test_a_mend_that_is_taken_back(self):
        """P-34: a version that reads the clause without the mend differs from what the reading tells."""
        version = self.next_version()
        clause = version.clause_ids.filtered(lambda clause: clause.code == "P-34")
        clause.reading_ar = clause.reading_ar.replace("التوقيع", "التوجيه")
        version.state = "in_force"
        self.env.invalidate_all()
        self.assertEqual(self.reading("mend_signature").setting_state, "differs")
        self.assertEqual(self.reading("mend_requirements").setting_state, "as_told")

    def test_all_of_the_staff_read_them_the_manager_settles(self):
        for role in ROLES:
            with self.subTest(role=role):
                reading = self.reading("reply_floor", role)
                self.assertTrue(reading.setting_html)
                self.assertEqual(reading.has_access("write"), role == "manager")

    def test_the_list_stays_flat(self):
        readings = self.env["cpa.policy.reading"].with_user(self.auditor).search([("code", "!=", False)])

        def queries(records):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.read(["name", "setting_state", "setting_html"])
            return self.cr.sql_log_count - before

        queries(readings)
        few = readings.filtered(lambda reading: reading.code in ("quorum_majority", "mend_signature", "retention"))
        self.assertEqual(queries(few), queries(readings))

    def test_paper_for_the_board(self):
        """Each reading with question, default, reason, setting and a place for the answer; both calendars."""
        self.committee.has_casting_vote = True
        action = self.env["cpa.policy.reading"].with_user(self.manager).action_print_paper()
        self.assertEqual(action["report_name"], "cpa_beneficiary.cpa_policy_reading_paper")
        readings = self.env["cpa.policy.reading"].with_user(self.manager).search([("is_settled", "=", False)])
        text = " ".join(self.paper(readings).split())
        for reading in readings:
            self.assertIn(" ".join(reading.name.split()), text)
        for words in ("(differs from what is told here: No)", "1447", "10 March 2026", "Otherwise:", "2 November 2022"):
            self.assertIn(words, text)

    def paper(self, readings):
        report = self.env["ir.actions.report"].with_user(self.manager)
        pdf, _type = report._render_qweb_pdf("cpa_beneficiary.cpa_policy_reading_report", readings.ids)
        return text_of(pdf)
