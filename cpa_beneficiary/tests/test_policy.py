import re
from datetime import date, datetime

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import get_public_method
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import file_open, mute_logger
from psycopg2 import IntegrityError

# The mends of the scan, word by word: source, reading. The last two decide meaning.
MENDS = {
    "P-05": {("ومقترناتهم", "ومقترحاتهم")},
    "P-13": {("وانتفاء", "وانتماء")},
    "P-16": {("والتتأكد", "والتأكيد")},
    "P-32": {("التأكيد", "التأكد")},
    "P-34": {("والتوجيه", "والتوقيع"), ("مسئولية", "مسؤولية")},
    "P-36": {("الطلبات", "المتطلبات")},
    "P-37": {("الازمة", "اللازمة")},
}
PAGE_HEADER = "جمعية حماية المستهلك بنجران Consumer Protection Association In Najran"
HEADINGS = (
    "تَمْهِيد",
    "الهدف العام",
    "الأهداف التفصيلية",
    "القنوات المستخدمة للتواصل مع المستفيدين",
    "الأدوات المتاحة لموظفي علاقات المستفيدين للتواصل مع المستفيدين",
    "ويتم التعامل مع المستفيد على مختلف المستويات لإنتهاء معاملاته بالشكل التالي",
)


def policy_source():
    """The scanned source with its lines joined: marks of headings and list items at the start of
    a line go, and every run of white space becomes one space."""
    with file_open("cpa_beneficiary/data/policy_source_ar.txt") as source:
        lines = [re.sub(r"^(?:#+ |- )+", "", line.strip()) for line in source]
    return " ".join(" ".join(lines).split())


def without_spelling(text):
    """Words without what a reading may mend unmarked: hamzas on alef, Farsi yeh, punctuation."""
    text = text.translate(str.maketrans("أإی", "ااي"))
    return re.sub(r"[.،:]", " ", text).split()


class PolicyCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env.ref("cpa_beneficiary.cpa_policy_2022")
        cls.manager = new_test_user(cls.env, "policy_manager", groups="cpa_beneficiary.group_manager")
        cls.staff = new_test_user(cls.env, "policy_staff", groups="cpa_beneficiary.group_staff")

    def draft(self, **values):
        """A next version with its approval recorded."""
        policy = self.policy.with_user(self.manager).copy()
        policy.write(
            {"approval_session": "5", "approval_date": "2026-01-05", "next_review_date": "2027-01-05", **values}
        )
        return policy


@tagged("post_install", "-at_install")
class TestPolicySource(PolicyCommon):
    """The register holds the board's words, all of them and unchanged."""

    def test_codes(self):
        codes = [f"P-{number:02}" for number in range(1, 39)]
        self.assertEqual(self.policy.clause_ids.mapped("code"), codes)

    def test_source_is_literal(self):
        source = policy_source()
        for clause in self.policy.clause_ids:
            with self.subTest(clause=clause.code):
                self.assertIn(clause.source_text, source)

    def test_nothing_of_the_source_is_missing(self):
        """Without clauses, headings and page headers, not one letter of the source is left."""
        rest = policy_source()
        rest = rest[rest.index("تَمْهِيد") :].replace(PAGE_HEADER, "")
        rest = " ".join(rest.split())
        left = []
        for clause in self.policy.clause_ids:
            before, found, rest = rest.partition(clause.source_text)
            self.assertTrue(found, f"{clause.code} is out of order")
            left.append(before)
        left = " ".join(" ".join([*left, rest]).split())
        for heading in HEADINGS:
            self.assertIn(heading, left)
            left = left.replace(heading, "")
        self.assertFalse(re.findall(r"\w*[^\W\d]\w*", left))

    def test_readings_mend_what_is_declared_and_nothing_else(self):
        for clause in self.policy.clause_ids:
            with self.subTest(clause=clause.code):
                source = without_spelling(clause.source_text)
                reading = without_spelling(clause.reading_ar)
                self.assertEqual(len(source), len(reading))
                mends = {pair for pair in zip(source, reading, strict=True) if pair[0] != pair[1]}
                expected = {tuple(without_spelling(word)[0] for word in pair) for pair in MENDS.get(clause.code, ())}
                self.assertEqual(mends, expected)

    def test_every_clause_is_told_in_both_languages(self):
        for clause in self.policy.clause_ids:
            with self.subTest(clause=clause.code):
                self.assertTrue(clause.reading_en)
                self.assertIn("Proof: ", clause.mechanism_en)
                self.assertIn("الإثبات: ", clause.mechanism_ar)
        self.env["res.lang"]._activate_lang("ar_001")
        clause = self.policy.clause_ids[0]
        self.assertEqual(clause.with_context(lang="ar_001").reading, clause.reading_ar)
        self.assertEqual(clause.with_context(lang="en_US").reading, clause.reading_en)

    def test_approval(self):
        """P-38: session and date in both calendars; no resolution number and no signatories."""
        self.assertEqual(self.policy.state, "in_force")
        self.assertEqual(self.policy.approval_session, "2")
        self.assertEqual(self.policy.approval_date, date(2022, 11, 2))
        self.assertEqual(self.policy.with_context(lang="en_US").approval_date_hijri, "8 Rabi' al-Akhir 1444 AH")
        self.assertFalse(self.policy.resolution_number)
        self.assertFalse(self.policy.approved_by)
        self.assertEqual(self.policy.in_force_from, date(2022, 11, 2))

    def test_reply_clock_defaults(self):
        """P-35 in both readings, as long as the board has not settled it."""
        self.assertRecordValues(
            self.policy,
            [
                {
                    "floor_days": 14,
                    "floor_mode": "warn",
                    "target_days": 14,
                    "ceiling_days": 30,
                    "appeal_days": 30,
                    "clock_start": "submission",
                }
            ],
        )


@tagged("post_install", "-at_install")
class TestPolicyVersions(PolicyCommon):
    """P-04: reviewed and amended version by version, what was in force stays as it was."""

    def test_journal_tells_that_the_approval_came_before_the_software(self):
        move = self.env["cpa.request.move"].search([("res_model", "=", "cpa.policy"), ("res_id", "=", self.policy.id)])
        self.assertEqual((move.from_state, move.to_state), ("draft", "in_force"))
        self.assertEqual(move.happened_at, datetime(2022, 11, 1, 21, 0))
        self.assertGreater(move.entered_at, move.happened_at)
        self.assertTrue(move.reason)

    def test_that_way_is_closed_to_the_outside(self):
        with self.assertRaises(AccessError):
            get_public_method(self.env["cpa.policy"], "_enter_into_force_as_approved")

    def test_that_way_is_open_once(self):
        with self.assertRaisesRegex(UserError, "Another version is in force"):
            self.draft().sudo()._enter_into_force_as_approved()

    @freeze_time("2026-02-01 09:00:00")
    def test_next_version_supersedes_the_former(self):
        draft = self.draft()
        versions = draft.search([]) - draft
        self.assertEqual(int(draft.version), max(int(v) for v in versions.mapped("version")) + 1)
        self.assertEqual(len(draft.clause_ids), 38)
        self.assertEqual(self.env["cpa.policy"]._in_force(), self.policy)
        draft.state = "in_force"
        self.assertEqual(self.env["cpa.policy"]._in_force(), draft)
        self.assertRecordValues(
            self.policy,
            [
                {
                    "state": "superseded",
                    "successor_id": draft.id,
                    "in_force_until": date(2026, 2, 1),
                }
            ],
        )
        self.assertEqual(draft.in_force_from, date(2026, 2, 1))
        self.env.flush_all()

    @freeze_time("2026-02-01 09:00:00")
    def test_what_is_missing_is_said_at_once(self):
        draft = self.policy.with_user(self.manager).copy()
        draft.clause_ids.unlink()
        with self.assertRaises(UserError) as caught:
            draft.state = "in_force"
        for part in ("date of approval", "session", "clauses"):
            self.assertIn(part, str(caught.exception))
        self.assertEqual(self.policy.state, "in_force", "a refused move leaves the former alone")
        self.assertFalse(self.policy.successor_id)

    @freeze_time("2026-02-01 09:00:00")
    def test_approval_to_come(self):
        with self.assertRaisesRegex(UserError, "has not come yet"):
            self.draft(approval_date="2026-02-02").state = "in_force"

    def test_no_version_is_superseded_by_hand(self):
        with self.assertRaisesRegex(UserError, "next version in force"):
            self.policy.with_user(self.manager).state = "superseded"
        with self.assertRaises(UserError):
            self.policy.with_user(self.manager).successor_id = self.draft()

    @freeze_time("2026-02-01 09:00:00")
    def test_one_version_in_force(self):
        drafts = self.draft() + self.draft()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            drafts.state = "in_force"
            self.env.flush_all()

    def test_another_company_has_its_own(self):
        company = self.env["res.company"].create({"name": "Another association"})
        self.assertFalse(self.env["cpa.policy"]._in_force(company))
        self.assertEqual(self.env["cpa.policy"]._in_force(), self.policy)

    def test_in_force_is_frozen_for_everybody(self):
        for policy in (self.policy.with_user(self.manager), self.policy.sudo()):
            for values in ({"floor_days": 0}, {"name": "x"}, {"approval_session": "3"}):
                with self.subTest(values=values), self.assertRaises(UserError):
                    policy.write(values)
            with self.assertRaises(UserError):
                policy.unlink()

    def test_clauses_in_force_are_frozen_for_everybody(self):
        for env in (self.env(user=self.manager), self.env(su=True)):
            clause = self.policy.clause_ids[0].with_env(env)
            with self.assertRaises(UserError):
                clause.reading_ar = "x"
            with self.assertRaises(UserError):
                clause.unlink()
            with self.assertRaises(UserError):
                clause.copy({"code": "P-39"})
        draft = self.draft()
        with self.assertRaises(UserError):
            draft.clause_ids[0].write({"policy_id": self.policy.id, "code": "P-39"})

    def test_review_date_stays_open_and_runs_out(self):
        policy = self.policy.with_user(self.manager)
        policy.next_review_date = "2026-03-01"
        overdue = [("is_review_overdue", "=", True)]
        with freeze_time("2026-03-01 20:59:59"):
            policy.invalidate_recordset()
            self.assertFalse(policy.is_review_overdue)
            self.assertNotIn(policy, policy.search(overdue))
        with freeze_time("2026-03-01 21:00:00"):
            policy.invalidate_recordset()
            self.assertTrue(policy.is_review_overdue)
            self.assertIn(policy, policy.search(overdue))
            self.assertNotIn(policy, policy.search([("is_review_overdue", "=", False)]))

    def test_clock_settings_are_checked(self):
        for values in (
            {"floor_days": -1},
            {"target_days": 0},
            {"ceiling_days": 13},
            {"floor_days": 31},
            {"appeal_days": -1},
        ):
            draft = self.draft()
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                draft.write(values)
                self.env.flush_all()
            draft.unlink()

    def test_staff_reads_only(self):
        policy = self.policy.with_user(self.staff)
        self.assertTrue(policy.name)
        self.assertFalse(policy.allowed_states)
        with self.assertRaises(AccessError):
            policy.copy()
        draft = self.draft()
        with self.assertRaises(UserError):
            draft.with_user(self.staff).state = "in_force"

    def test_clause_codes(self):
        draft = self.draft()
        for code in ("P35", "p-35", "P-3", "P-٣٥"):
            with self.subTest(code=code), self.assertRaises(ValidationError):
                draft.clause_ids[0].code = code
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            draft.clause_ids[0].code = "P-02"
            self.env.flush_all()

    def test_documents_are_versioned_by_kind(self):
        """P-27 to P-30: each of the staff's tools has its own version in force."""
        documents = self.env["cpa.policy.document"].with_user(self.manager)
        guide, bylaws = documents.create(
            [
                {
                    "kind": kind,
                    "name": kind,
                    "version": "100",
                    "body": "<p>Text</p>",
                    "approval_date": "2026-01-05",
                }
                for kind in ("support_guide", "bylaws")
            ]
        )
        (guide + bylaws).state = "in_force"
        newer = guide.copy({"approval_date": "2026-01-06"})
        self.assertEqual(newer.version, "101")
        newer.state = "in_force"
        self.assertEqual(guide.state, "superseded")
        self.assertEqual(bylaws.state, "in_force")
        with self.assertRaises(UserError):
            newer.body = "<p>Other</p>"
        empty = documents.create({"kind": "bylaws", "name": "x", "version": "102"})
        with self.assertRaisesRegex(UserError, "text or the file"):
            empty.state = "in_force"


@tagged("post_install", "-at_install")
class TestPolicyReadings(PolicyCommon):
    """What the policy leaves open is settled by the board, not by the software."""

    def test_both_mends_that_decide_meaning_wait_for_the_board(self):
        for code in ("P-34", "P-35", "P-36"):
            clause = self.policy.clause_ids.filtered(lambda clause, code=code: clause.code == code)
            self.assertEqual(clause.board_state, "open", code)
        asked = self.policy.clause_ids.filtered("board_state").mapped("code")
        self.assertEqual(asked, ["P-32", "P-34", "P-35", "P-36"], "P-32: whether a sighting by video counts")

    def test_settling(self):
        clause = self.policy.clause_ids.filtered(lambda clause: clause.code == "P-34")
        reading = clause.reading_ids.with_user(self.manager)
        with self.assertRaises(ValidationError):
            reading.settled_on = "2026-01-05"
        with freeze_time("2026-01-04 12:00:00"), self.assertRaises(ValidationError):
            reading.write({"settled_on": "2026-01-05", "resolution": "No. 7, session 5"})
        reading.write(
            {
                "settled_on": "2026-01-05",
                "resolution": "No. 7, session 5",
                "settled_by_id": self.staff.id,
            }
        )
        self.assertTrue(reading.is_settled)
        self.assertEqual(reading.settled_by_id, self.manager, "who entered it is not typed")
        clause.invalidate_recordset()
        self.assertEqual(clause.board_state, "settled")

    def test_nobody_deletes_readings(self):
        with self.assertRaises(AccessError):
            self.env["cpa.policy.reading"].with_user(self.manager).search([], limit=1).unlink()

    def test_lists_stay_flat(self):
        """Showing clauses costs the same number of queries, for few and for all."""

        def queries(ids):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            clauses = self.env["cpa.policy.clause"].browse(ids)
            clauses.read(["code", "reading", "board_state", "state"])
            return self.cr.sql_log_count - before

        ids = self.policy.clause_ids.ids
        queries(ids)
        self.assertEqual(queries(ids[33:35]), queries(ids))
