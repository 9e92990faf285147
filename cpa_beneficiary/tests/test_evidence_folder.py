"""Issue 8: the evidence folder: clause by clause from real records, repeatable, sealed by digests, without names."""

import hashlib
import io
import json
import re
import zipfile
from contextlib import nullcontext
from unittest.mock import patch

import openpyxl
from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, mute_logger
from psycopg2 import IntegrityError

from ..models.cpa_committee_minutes import digest_of
from ..tools.riyadh import cpa_today
from .common import ROLES, SIGNATURE, CpaCommon
from .paper_reader import missing_words, pages_of, plain, text_of
from .story import MARKER, MarkedStory

READERS = ("manager", "auditor")
FOLDER = "odoo.addons.cpa_beneficiary.models.cpa_evidence_folder"
REPORT = "cpa_beneficiary.cpa_evidence_folder_report"
# Columns in which a person is named or reached, beside what the story marks.
PERSONAL = (
    ("res_partner", ("name", "email", "phone")),
    ("res_users", ("login",)),
    ("cpa_beneficiary", ("file_number",)),
    ("cpa_identity", ("number_plain",)),
    ("cpa_household_member", ("name",)),
    ("cpa_declaration", ("signer_name", "witness_name")),
    ("cpa_letter", ("addressee", "signatory", "acknowledged_name")),
    ("cpa_committee_signature", ("signer_name",)),
    ("crm_lead", ("contact_name", "email_from", "phone")),
)


class FolderCommon(CpaCommon):
    @classmethod
    def make_folder(cls, user=None, **vals):
        today = cpa_today()
        vals = {"lang": "en_US", "seed": "5eed", "date_from": today.replace(day=1), "date_to": today, **vals}
        return cls.env["cpa.evidence.folder"].with_user(user or cls.manager).create(vals)

    @classmethod
    def gather(cls, folder, *sections):
        """Return sections of the folder as its steps would gather them."""
        folder = folder._as_ordered()
        folder._lifecycle_set({"policy_id": folder._policy_of_period().id})
        folder._step("clauses")
        return [getattr(folder, f"_section_{name}")() for name in sections]

    @classmethod
    def generate(cls, folder, paper=b"%PDF-"):
        """Order the folder and do all of its steps, as the job does.

        :param paper: stands for the paper, which takes seconds to be set; None: the paper itself
        """
        folder.action_generate()
        setting = patch.object(type(folder), "_file_paper", lambda self: paper) if paper else nullcontext()
        with setting:
            while folder.sudo()._work_step():
                pass
        return folder


@tagged("post_install", "-at_install")
class TestFolderWork(FolderCommon):
    """Ordered by the manager, gathered step by step in the background, never changed once it is done."""

    undone_in_one = False  # the job's own commits are looked at

    def test_ordered_generated_and_sealed(self):
        """One click: paper, spreadsheet and archive, each with its digest, by the job that the click woke."""
        folder = self.make_folder(sample_count=2)
        cron = self.env.ref("cpa_beneficiary.cpa_evidence_folder_cron")
        woken = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        folder.action_generate()
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), woken + 1)
        self.assertEqual((folder.state, folder.progress, folder.ordered_by), ("generating", 0, self.manager))
        with patch.object(type(folder), "_file_paper", lambda self: b"%PDF-"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual((folder.state, folder.progress, folder.error), ("done", 100, False))
        self.assertTrue(folder.done_at)
        folder = folder.with_user(self.auditor)
        raw = {name: folder._raw(name) for name in ("paper", "sheet", "archive")}
        for name, content in raw.items():
            self.assertEqual(hashlib.sha256(content).hexdigest(), folder[f"{name}_digest"], name)
        self.assertTrue(raw["paper"].startswith(b"%PDF"))
        self.assertEqual(folder.action_verify()["params"]["type"], "success")
        with zipfile.ZipFile(io.BytesIO(raw["archive"])) as archive:
            self.assertEqual(archive.read(folder.paper_name), raw["paper"])
            self.assertEqual(archive.read(folder.sheet_name), raw["sheet"])
            content = archive.read("content.json")
            sums = dict(reversed(line.split("  ")) for line in archive.read("SHA256SUMS").decode().splitlines())
            self.assertEqual(sums.keys(), set(archive.namelist()) - {"SHA256SUMS"})
            for name, digest in sums.items():
                self.assertEqual(hashlib.sha256(archive.read(name)).hexdigest(), digest, name)
        # the digest on the cover is of the content in the archive
        self.assertEqual(hashlib.sha256(content).hexdigest(), folder.content_digest)
        self.assertEqual(digest_of(json.loads(content)), folder.content_digest)
        self.assertEqual(json.loads(content)["folder"]["seed"], "5eed")

    def test_append_only_once_done(self):
        """What is done neither changes nor goes, not for the superuser, nor do its files; nothing is added to it."""
        folder = self.generate(self.make_folder(sample_count=0))
        files = self.env["ir.attachment"].sudo()
        files = files.search([("res_model", "=", folder._name), ("res_id", "=", folder.id), ("res_field", "!=", False)])
        self.assertEqual(len(files), 3)
        self.assertFalse(any(files.mapped("public")))
        for record in (folder, folder.sudo()):
            for vals in ({"seed": "other"}, {"sample_count": 1}, {"content": {}}, {"paper": SIGNATURE}, {"lang": "ar"}):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    record.write(vals)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.unlink()
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.write({"state": "draft"})
        for action in (lambda: files[0].write({"raw": b"other"}), files.unlink):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                action()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            files.with_user(self.manager).create(
                {"name": "x", "raw": b"x", "res_model": folder._name, "res_id": folder.id, "res_field": "paper"}
            )
        # what is changed in the store is seen
        self.env.cr.execute(SQL("UPDATE cpa_evidence_folder SET paper_digest = 'x' WHERE id = %s", folder.id))
        self.env.invalidate_all()
        self.assertEqual(folder.action_verify()["params"]["type"], "danger")

    def test_goes_on_after_a_restart(self):
        """What a restart cuts off is taken up at the step that was not committed; no step is done twice."""
        folder = self.make_folder(sample_count=0)
        folder.action_generate()
        folder.sudo()._work_step()
        folder.sudo()._work_step()
        kept = folder.content["clauses"]
        self.env.invalidate_all()
        done = []
        step = type(folder)._step
        listen = patch.object(type(folder), "_step", lambda self, name: done.append(name) or step(self, name))
        paper = patch.object(type(folder), "_file_paper", lambda self: b"%PDF-")
        with listen, paper, self.enter_registry_test_mode():
            self.env.ref("cpa_beneficiary.cpa_evidence_folder_cron").method_direct_trigger()
        self.assertEqual(folder.state, "done")
        self.assertEqual(done, folder._steps()[2:])
        self.assertEqual(folder.content["clauses"], kept)

    def test_error_is_told_and_tried_again(self):
        """A step that fails is told on the record without anybody's data, and the folder goes on from there."""
        folder = self.make_folder(sample_count=0)
        folder.action_generate()
        with (
            patch.object(type(folder), "_section_versions", side_effect=ValueError("محمد تجريبي 0501234567")),
            self.assertLogs(FOLDER, "ERROR"),
        ):
            while folder.sudo()._work_step():
                pass
        self.assertEqual(folder.state, "failed")
        self.assertIn("versions", folder.error)
        self.assertNotIn("0501234567", folder.error)
        self.assertEqual(folder.steps_done, folder._steps().index("versions"))
        with self.assertRaises(UserError):
            folder.with_user(self.auditor).action_generate()
        self.generate(folder)
        self.assertEqual((folder.state, folder.error), ("done", False))

    def test_never_two_at_once(self):
        """Who works on a folder holds its lock: another one does nothing. An ordered folder is not ordered again."""
        folder = self.make_folder()
        folder.action_generate()
        with freeze_time(fields.Datetime.add(folder.ordered_at, hours=1)):
            folder.action_generate()
            self.assertLess(folder.ordered_at, fields.Datetime.now())
        with patch.object(type(folder), "try_lock_for_update", lambda self, **kwargs: self.browse()):
            self.assertEqual(folder.sudo()._work_step(), 0)
        self.assertEqual((folder.steps_done, folder.content), (0, False))

    def test_wanted(self):
        """A period that has begun and ends by today, a seed, a bearable number of samples."""
        tomorrow = fields.Date.add(cpa_today(), days=1)
        with self.assertRaises(ValidationError):
            self.make_folder(date_to=tomorrow)
        with self.assertRaises(ValidationError):
            self.make_folder(seed="  ")
        for vals in ({"sample_count": 51}, {"sample_count": -1}, {"date_to": "2020-01-01"}):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.make_folder(**vals).flush_recordset()
        self.assertNotEqual(
            *(self.env["cpa.evidence.folder"].with_user(self.manager).create({}).seed for _time in range(2))
        )

    def test_roles(self):
        """The manager orders, the auditor reads; it is nobody else's."""
        folder = self.make_folder()
        self.assertEqual(folder.with_user(self.auditor).seed, "5eed")
        for role in ROLES:
            folders = self.env["cpa.evidence.folder"].with_user(getattr(self, role))
            if role not in READERS:
                with self.assertRaises(AccessError, msg=role):
                    folders.browse(folder.id).read(["seed"])
            if role != "manager":
                with self.assertRaises(AccessError, msg=role):
                    folders.create({})
                with self.assertRaises(UserError, msg=role):
                    folders.browse(folder.id).action_generate()


@tagged("post_install", "-at_install")
class TestFolderContent(FolderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.beneficiary = cls.make_beneficiary()

    def answered(self, count=1, **vals):
        """Return requests that were answered now."""
        requests = self.env["cpa.request"]
        for _number in range(count):
            request = self.submit(self.make_request(beneficiary_id=self.beneficiary.id, **vals))
            request.write({"state": "in_progress"})
            request.write({"reply_text": "Answer", "reply_channel_id": self.channel.id, "state": "done"})
            requests |= request
        return requests

    # ------------------------------------------------------------------
    # The draw
    # ------------------------------------------------------------------

    def drawn(self, folder):
        return [request.number for _digest, request in folder._as_ordered()._draw()]

    def test_draw_is_repeated_by_hand(self):
        """Of each request's number behind the seed the SHA-256 is taken; the lowest are drawn, in that order."""
        self.answered(6)
        folder = self.make_folder(sample_count=4)
        numbers = self.env["cpa.request"].search(folder._population()).mapped("number")
        self.assertGreaterEqual(len(numbers), 6)
        by_hand = sorted(numbers, key=lambda number: hashlib.sha256(f"5eed{number}".encode()).hexdigest())
        self.assertEqual(self.drawn(folder), by_hand[:4])
        self.assertEqual(self.drawn(self.make_folder(sample_count=4)), by_hand[:4])
        self.assertNotEqual(self.drawn(self.make_folder(sample_count=6, seed="other")), by_hand[:6])
        self.assertFalse(self.drawn(self.make_folder(sample_count=0)))
        [samples] = self.gather(folder, "samples")
        self.assertEqual(
            samples["tables"][0]["rows"],
            [[place, n, hashlib.sha256(f"5eed{n}".encode()).hexdigest()] for place, n in enumerate(by_hand[:4], 1)],
        )
        action = folder.action_population()
        found = self.env["cpa.request"].with_user(self.auditor).search(action["domain"])
        self.assertEqual(set(found.mapped("number")), set(numbers))

    def test_draw_keeps_to_period_and_branch(self):
        mine = self.answered(branch_id=self.branch.id)
        other = self.answered()
        self.assertEqual(self.drawn(self.make_folder(branch_id=self.branch.id)), mine.mapped("number"))
        self.assertIn(other.number, self.drawn(self.make_folder(sample_count=50)))
        yesterday = fields.Date.subtract(cpa_today(), days=1)
        self.assertFalse(self.drawn(self.make_folder(date_from=yesterday, date_to=yesterday)))

    def test_sample_tells_the_path(self):
        """P-32 to P-37: checks, explanation, declaration, decision, letter and delivery of a drawn request."""
        request = self.approve(number="1034567899", amount=500)
        line = request.delivery_ids
        self.pay(self.order(request)).action_hand_over()
        self.acknowledge(line)
        folder = self.make_folder(sample_count=50)
        [samples] = self.gather(folder, "samples")
        [sample] = [t for t in samples["tables"][1:] if request.number in [fact[1] for fact in t["facts"]]]
        facts = {label: text for label, text, _code in sample["facts"]}
        self.assertEqual((facts["Declaration signed"], facts["Decision"]), ("Yes", "Accepted"))
        said = " | ".join(f"{what}: {details}" for _when, what, details in sample["rows"])
        for words in (
            "State: Submitted",
            "The path and the reply period explained: Said at the counter",
            "Check: ",
            "Passed · original sighted: at the counter",
            "Declaration signed: On screen",
            "State: Before the committee",
            f"Letter sent: Decision: {request.letter_ids.number}",
            "Service delivered: Money",
            "Delivery acknowledged by the beneficiary: Signature",
        ):
            self.assertIn(words, said)

    # ------------------------------------------------------------------
    # Clauses, exceptions, versions, minutes
    # ------------------------------------------------------------------

    def test_clause_by_clause(self):
        """P-01 to P-38 in the source's order, each with the figures that the register measures, now and before."""
        self.answered(2)
        folder = self.make_folder()
        self.gather(folder)
        clauses = folder.content["clauses"]
        self.assertEqual([clause["code"] for clause in clauses], [f"P-{number:02}" for number in range(1, 39)])
        scope = folder._scope()
        measured = [self.env["cpa.policy.indicator"]._measured(s) for s in (scope, scope.previous())]
        figures = {figure["code"]: figure for clause in clauses for figure in clause["figures"]}
        self.assertEqual(figures.keys(), measured[0].keys())
        for code, figure in figures.items():
            for key, measure in zip(("value", "before"), (m[code] for m in measured), strict=True):
                if measure.value is None:
                    self.assertIsNone(figure[key], code)
                else:
                    self.assertAlmostEqual(figure[key], float(measure.value), 3, code)
            self.assertEqual((figure["counted"], figure["of"]), (measured[0][code].counted, measured[0][code].of))

    def test_exceptions_by_managed_reasons_only(self):
        """What was done by way of exception is counted; reasons that people typed are said to be on record."""
        kept = self.answered()
        request = self.submit(self.make_request(beneficiary_id=self.beneficiary.id))
        request.with_user(self.manager).write({"state": "cancelled", "move_reason": "محمد تجريبي asked for it"})
        rejected = self.submit(
            self.make_request(self.support, beneficiary_id=self.make_beneficiary(number="1034567899").id)
        )
        self.study(rejected, "reject")
        self.decide(rejected, "reject")
        self.reply(rejected, "rejected")
        [exceptions] = self.gather(self.make_folder(), "exceptions")
        by_clause, reasons, rejections = (table["rows"] for table in exceptions["tables"])
        self.assertIn(["P-03", "Requests cancelled, with the manager's reason", 1], [row[:3] for row in by_clause])
        rows = {row[0]: row[1:] for row in reasons}
        self.assertEqual(rows["Requests cancelled by the manager"], [1, 1, 0])
        self.assertEqual(rows["Replies earlier than the policy allows"], [1, 1, None])
        reason = rejected.rejection_reason_id
        self.assertIn([reason.code or "", reason.name, 1], rejections)
        self.assertNotIn("تجريبي", json.dumps(exceptions, ensure_ascii=False))
        self.assertTrue(kept)

    def test_versions_apart(self):
        """P-04: old requests keep the old version, new ones the new; the folder separates them."""
        old = self.env["cpa.policy"]._in_force()
        self.answered(2)
        new = old.with_user(self.manager).copy({"floor_days": 10, "target_days": 20, "ceiling_days": 20})
        new.write({"approval_date": cpa_today(), "approval_session": "9", "resolution_number": "44"})
        new.next_review_date = fields.Date.add(cpa_today(), years=1)
        new.write({"state": "in_force"})
        self.answered(3)
        [versions] = self.gather(self.make_folder(), "versions")
        approved, handled = (table["rows"] for table in versions["tables"])
        by_version = {row[0]: row[1:3] for row in handled}
        self.assertEqual(by_version[new.version], [3, 3])
        self.assertGreaterEqual(by_version[old.version][0], 2)
        said = {row[0]: row for row in approved}
        self.assertEqual(said[new.version][2:4], ["9", "44"])
        self.assertEqual(said[new.version][-2:], ["20 days", "20 days"])
        self.assertEqual(said[old.version][-2:], ["14 days", "30 days"])
        self.assertIn("10 days", said[new.version][5])

    def test_minutes_and_their_scans(self):
        """P-35: sessions of the period with their fingerprint and who signed; signed paper lies in the archive."""
        request = self.waiting_request_of_own()
        session = self.decide(request)
        signers = session.attendance_ids.filtered("is_present")
        session._sign(signers[1:], "paper", scan=SIGNATURE, scan_name=f"{MARKER}.png")
        line = signers[0]
        session.with_user(line.member_id.user_id)._sign(
            line.with_user(line.member_id.user_id), "screen", image=SIGNATURE
        )
        session.write({"state": "closed"})
        folder = self.make_folder(sample_count=0)
        [minutes] = self.gather(folder, "minutes")
        [row] = [row for row in minutes["tables"][0]["rows"] if row[0] == session.number]
        self.assertEqual(row[3:5], [1, 1])
        self.assertEqual(row[5], f"{len(signers)} of {len(signers)}")
        self.assertEqual(row[6], session.minutes_digest)
        scans = dict(folder._as_ordered()._signed_scans())
        self.assertEqual(list(scans), [f"minutes/{session.number}-1.png"])  # once, however many signed it; no name
        self.generate(folder)
        with zipfile.ZipFile(io.BytesIO(folder._raw("archive"))) as archive:
            self.assertEqual(archive.read(f"minutes/{session.number}-1.png"), next(iter(scans.values())))

    def waiting_request_of_own(self):
        request = self.submit(self.make_request(self.support, beneficiary_id=self.beneficiary.id))
        self.study(request)
        return request

    def test_queries_do_not_grow(self):
        """As many queries for many requests as for few: all is counted in groups, and samples are read together."""

        def queries(folder):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.gather(folder, *folder._sections())
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.answered(3)
        queries(self.make_folder(sample_count=3))
        few = queries(self.make_folder(sample_count=3))
        self.answered(9)
        self.assertLessEqual(queries(self.make_folder(sample_count=12)), few + 3)

    # ------------------------------------------------------------------
    # Paper and spreadsheet
    # ------------------------------------------------------------------

    def test_paper_in_arabic(self):
        """Cover, contents with pages, the clauses in their order: from right to left, digits Arabic save in codes."""
        self.env["res.lang"]._activate_lang("ar_001")
        self.answered()
        folder = self.generate(self.make_folder(lang="ar_001", sample_count=1), paper=None)
        self.assertEqual((folder.state, folder.error), ("done", False))
        pages = pages_of(folder._raw("paper"))
        self.assertGreater(len(pages), 10)
        self.assertIn("5eed", pages[0])
        text = text_of(folder._raw("paper"))
        self.assertIn(folder.content_digest, text)
        codes = [f"P-{number:02}" for number in range(1, 39)]
        self.assertFalse([code for code in codes if code not in text])
        last = [max(number for number, page in enumerate(pages) if code in page) for code in codes[:20:6]]
        self.assertEqual(last, sorted(last))
        self.assertIn("١٤٤", plain(text))

    def test_spreadsheet(self):
        """Numbers are numbers, texts are no formulas; each section has its sheet, from right to left in Arabic."""
        self.env["res.lang"]._activate_lang("ar_001")
        self.answered(2)
        folder = self.generate(self.make_folder(lang="ar_001", sample_count=1))
        book = openpyxl.load_workbook(io.BytesIO(folder._raw("sheet")))
        self.assertEqual(len(book.worksheets), 3 + len(folder._sections()))
        self.assertTrue(all(sheet.sheet_view.rightToLeft for sheet in book))
        figures = book.worksheets[2]
        cells = {row[1]: row[4] for row in figures.iter_rows(min_row=2, values_only=True)}
        self.assertIsInstance(cells["P-03.path"], (int, float))
        self.assertIsInstance(cells["P-02.in_force"], str)
        self.assertFalse([cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"])


@tagged("post_install", "-at_install")
class TestFolderNamesNobody(MarkedStory, FolderCommon):
    """No personal datum is in the folder: all text of its files is searched for whatever the database holds."""

    def personal(self):
        """Return every name, number and address of a person in the database, each as it would be read."""
        # the association itself, and the accounts of the system: these are nobody
        nobody = self.env.company.partner_id
        for account in ("base.user_root", "base.public_user", "cpa_beneficiary.user_website"):
            nobody |= self.env.ref(account).partner_id
        found = {MARKER}
        for table, columns in PERSONAL:
            for column in columns:
                self.env.cr.execute(
                    SQL(
                        "SELECT DISTINCT %s FROM %s WHERE %s IS NOT NULL AND (%s OR id NOT IN %s)",
                        SQL.identifier(column),
                        SQL.identifier(table),
                        SQL.identifier(column),
                        table != "res_partner",
                        tuple(nobody.ids),
                    )
                )
                found |= {str(row[0]) for row in self.env.cr.fetchall()}
        return {value.strip() for value in found if len(value.strip()) > 3}

    def texts(self, folder):
        """Return all text of the folder's files, by file."""
        texts = {"content": json.dumps(folder.content, ensure_ascii=False), "paper": ""}
        if len(folder._raw("paper")) > 1000:
            texts["paper"] = text_of(folder._raw("paper"))
        book = openpyxl.load_workbook(io.BytesIO(folder._raw("sheet")))
        texts["sheet"] = " ".join(
            str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None
        )
        texts["sheet"] += " ".join([str(book.properties.creator), *book.sheetnames])
        with zipfile.ZipFile(io.BytesIO(folder._raw("archive"))) as archive:
            names = archive.namelist()
            texts["archive"] = " ".join([*names, archive.read("content.json").decode()])
        texts["html"] = self.page(folder).decode()
        return {name: plain(text) for name, text in texts.items()}

    def page(self, folder):
        """Return the page that is set on paper."""
        report = self.env["ir.actions.report"].sudo().with_context(lang=folder.lang)
        return report._render_qweb_html(REPORT, folder.ids, data={"report_type": "pdf"})[0]

    def test_names_nobody(self):
        request = self.request
        cancelled = self.submit(self.make_request(beneficiary_id=self.victim.id, subject=f"{MARKER} other"))
        cancelled.with_user(self.manager).write({"state": "cancelled", "move_reason": f"{MARKER} said so"})
        self.env["cpa.policy.reading"].with_user(self.manager).search([], limit=1).write(
            {"settled_on": cpa_today(), "resolution": f"{MARKER} resolved"}
        )
        signers = self.committee_session.attendance_ids.filtered("is_present")
        self.committee_session._sign(signers, "paper", scan=SIGNATURE, scan_name=f"{MARKER}.png")
        self.env["res.lang"]._activate_lang("ar_001")
        for lang in ("en_US", "ar_001"):
            # set once: what is printed is the page, which is searched in both languages
            paper = None if lang == "en_US" else b"%PDF-"
            folder = self.generate(self.make_folder(lang=lang, sample_count=50), paper)
            self.assertEqual((folder.state, folder.error), ("done", False))
            texts = self.texts(folder)
            self.assertIn(request.number, texts["content"])
            self.assertGreater(min(len(texts[name]) for name in ("sheet", "html", "archive")), 10_000)
            if paper is None:
                # all that was sent is on the paper; what has no evidence says so; pages are numbered
                self.assertFalse(missing_words(self.page(folder), folder._raw("paper")))
                self.assertIn("No evidence in this period", texts["paper"])
                self.assertIn(f"Page 2 of {len(pages_of(folder._raw('paper')))}", texts["paper"])
            for value in self.personal():
                for name, text in texts.items():
                    with self.subTest(lang=lang, file=name, value=value):
                        self.assertFalse(self.says(text, plain(value)))

    @staticmethod
    def says(text, value):
        """Return whether a text holds a value as a word of its own: a file number is no part of a request's."""
        for form in {value, value[::-1]}:
            if re.search(rf"(?<![\w-]){re.escape(form)}(?![\w-])", text, re.IGNORECASE):
                return True
        return MARKER.lower() in text.lower()


@tagged("post_install", "-at_install")
class TestFolderDownload(FolderCommon, HttpCase):
    """The files are downloaded by manager and auditor; nobody else gets a byte of them, by whatever address."""

    def test_download(self):
        folder = self.generate(self.make_folder(sample_count=0))
        files = self.env["ir.attachment"].sudo()
        files = files.search([("res_model", "=", folder._name), ("res_id", "=", folder.id), ("res_field", "!=", False)])
        addresses = [f"/web/content/{folder._name}/{folder.id}/{name}" for name in ("paper", "sheet", "archive")]
        addresses += [f"/web/content/{file.id}" for file in files]
        addresses.append(f"/report/pdf/cpa_beneficiary.cpa_evidence_folder_paper/{folder.id}")
        for role in ROLES:
            self.authenticate(f"cpa_{role}", f"cpa_{role}")
            for address in addresses[:-1]:
                with self.subTest(role=role, address=address), mute_logger("odoo.http"):
                    response = self.url_open(address)
                    self.assertEqual(response.status_code == 200, role in READERS)
        for login in ("cpa_officer", None):
            self.authenticate(login, login)
            for address in addresses:
                with self.subTest(login=login, address=address), mute_logger("odoo.http"):
                    response = self.url_open(address, allow_redirects=False)
                    self.assertNotEqual(response.status_code, 200)
                    self.assertNotIn(b"%PDF", response.content)
