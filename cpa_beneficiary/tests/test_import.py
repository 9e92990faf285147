"""Issue 3, import: the registers that were kept in Excel come in by the same rules, nothing half-written."""

import base64
import hashlib
import io
import os
import zipfile
from datetime import date
from unittest.mock import patch

import xlsxwriter
from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from stdnum import luhn

from ..tools.day import DayError, read_day
from ..tools.sheet import SheetError, cell_text, read_sheets, safe_text, text_problem
from .common import CpaCommon

ROWS = 10_000 if os.environ.get("CPA_DRILLS") else 300
HEADER = ["Name", "Identity number", "Mobile", "Governorate", "Segments", "Birth date", "Number in the register"]


def identity(serial, prefix="1"):
    """Return a valid identity number: prefix, eight digits of ``serial``, check digit."""
    body = f"{prefix}{serial:08d}"
    return body + luhn.calc_check_digit(body)


def name_of(serial):
    """Return a name that is like no other's."""
    letters = hashlib.sha256(str(serial).encode()).hexdigest().translate(str.maketrans("0123456789", "ghijklmnop"))
    return " ".join(letters[at : at + 6].title() for at in (0, 6, 12))


def person(serial, **cells):
    """Return a good row of a register of people; ``cells`` by header replace what stands there."""
    row = {
        "Name": name_of(serial),
        "Identity number": identity(serial),
        "Mobile": f"05{serial:08d}",
        "Governorate": "Najran",
        "Segments": "Citizen",
        "Birth date": "1400/05/12",
        "Number in the register": f"R-{serial}",
    }
    return [(row | cells).get(name, "") for name in HEADER]


def workbook(rows, header=HEADER, above=(), **options):
    """Return an .xlsx (bytes) of ``rows``: text as text, all else as it is."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, options)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate([*above, header, *rows]):
        for at, value in enumerate(row):
            if isinstance(value, str) and not value.startswith("=F"):
                sheet.write_string(number, at, value)
            elif hasattr(value, "year"):
                sheet.write_datetime(number, at, value, day)
            else:
                sheet.write(number, at, value)
    book.close()
    return output.getvalue()


def text_file(rows, header=HEADER, encoding="utf-8", sign=","):
    return "\n".join(sign.join(row) for row in [header, *rows]).encode(encoding)


class ImportCommon(CpaCommon):
    undone_in_one = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.officer | cls.manager).lang = "en_US"  # in which the messages are compared

    def register(self, content, user=None, kind="people", **vals):
        """Return an import of the file ``content`` as ``user`` (the officer)."""
        return (
            self.env["cpa.import"]
            .with_user(user or self.officer)
            .create(
                {
                    "name": "Register 1440",
                    "kind": kind,
                    "file": base64.b64encode(content),
                    "file_name": "r.xlsx",
                    **vals,
                }
            )
        )

    def checked(self, rows, **vals):
        """Return an import of a workbook of ``rows``, checked."""
        register = self.register(workbook(rows), **vals)
        register.action_check()
        return register

    def row(self, register, line):
        return register.row_ids.filtered(lambda row: row.line == line)

    def made(self, register):
        rows = register.row_ids.filtered(lambda row: row.state == "imported")
        return self.env["cpa.beneficiary"].browse(rows.mapped("res_id"))


@tagged("post_install", "-at_install")
class TestImportPeople(ImportCommon):
    def test_good_rows_come_in_bad_rows_are_named(self):
        """The check writes nothing; the good rows come in, the bad ones go home with their line, column and fault."""
        before = self.env["cpa.beneficiary"].search_count([])
        wrong = identity(3)[:-1] + str((int(identity(3)[-1]) + 1) % 10)
        register = self.checked(
            [
                person(1),
                person(2, Mobile="12345", Governorate="Atlantis"),
                person(3, **{"Identity number": wrong}),
                person(4),
                person(5, Name=""),
            ]
        )
        self.assertEqual(register.state, "checked")
        self.assertEqual((register.ok_count, register.bad_count, register.duplicate_count), (2, 3, 0))
        self.assertEqual(self.env["cpa.beneficiary"].search_count([]), before, "a check leaves nothing behind")
        self.assertEqual(register.row_ids.mapped("line"), [2, 3, 4, 5, 6], "lines as the sheet counts them")
        message = self.row(register, 3).message
        self.assertIn("Mobile: “12345” is no phone number", message)
        self.assertIn("Governorate: “Atlantis” is none of the choices", message, "all that is wrong, in one message")
        self.assertIn("Identity number: One digit", self.row(register, 4).message)
        self.assertIn("Name: it is missing", self.row(register, 6).message)

        register.action_import()
        self.assertEqual(register.state, "done")
        self.assertEqual((register.imported_count, register.bad_count), (2, 3))
        self.assertEqual(self.env["cpa.beneficiary"].search_count([]), before + 2)
        first = self.made(register)[:1]
        self.assertEqual(first.name, name_of(1))
        self.assertEqual(first.phone, "+966500000001")
        self.assertEqual(first.identity_id.sudo().number_plain, identity(1))
        self.assertEqual(str(first.identity_id.birth_date), "1980-03-29", "Hijri as typed, Gregorian as stored")
        self.assertEqual(first.register_number, "R-1")
        self.assertEqual(first.create_uid, self.officer)
        self.assertEqual(first.state, "draft", "P-36: no original has been sighted, so nobody is registered")
        self.assertFalse(first.identity_sighted_at)

    def test_each_row_at_most_once(self):
        """A click that comes twice, or beside the cron, makes nothing is taken in twice."""
        register = self.checked([person(1), person(2)])
        register.action_import()
        count = self.env["cpa.beneficiary"].search_count([])
        register.action_go_on()
        self.assertEqual(register._work_batch(), 0)
        with self.assertRaises(UserError):
            register.action_import()
        self.assertEqual(self.env["cpa.beneficiary"].search_count([]), count)

    def test_never_half_a_row(self):
        """Where a part of a row fails (the identity, the guardian) nothing of it stays, and its neighbours come in."""
        register = self.checked([person(serial) for serial in range(1, 9)])
        self.assertEqual(register.ok_count, 8)
        # someone else takes the identity of one between check and import
        self.make_beneficiary(number=identity(5), name="Another Person Of The Same Number", registered=False)
        Identity = type(self.env["cpa.identity"])
        create = Identity.create

        def failing(records, vals_list):
            if any(vals.get("number") == identity(3) for vals in vals_list):
                message = "The database does not like it."
                raise UserError(message)
            return create(records, vals_list)

        with patch.object(Identity, "create", failing):
            register.action_import()
        self.assertEqual(register.imported_count, 6)
        self.assertEqual(self.row(register, 4).message, "The database does not like it.")
        self.assertEqual(self.row(register, 6).state, "skipped")
        for serial in (3, 5):
            self.assertFalse(self.env["res.partner"].search([("name", "=", name_of(serial))]))

    def test_who_exists_is_reported_never_merged(self):
        """Same identity: surely the same, skipped. Same phone or name: the user says whether it is someone else."""
        same = self.make_beneficiary(number=identity(1), name="Someone Of Old", phone="0555555551")
        phone = self.make_beneficiary(number=False, registered=False, name="A B C", phone="0500000002")
        name = self.make_beneficiary(number=False, registered=False, name=name_of(3), phone="0555555553")
        other = self.make_beneficiary(number=identity(90), registered=False, name="Brother", phone="0500000004")
        register = self.checked([person(1), person(2), person(3), person(4), person(5), person(5)])
        rows = {line: self.row(register, line) for line in range(2, 8)}
        self.assertIn(f"file {same.file_number} (the same identity)", rows[2].message)
        self.assertIn("the same phone number", rows[3].message)
        self.assertIn("a close name", rows[4].message)
        self.assertEqual([rows[line].state for line in rows], ["duplicate"] * 3 + ["ok", "ok", "duplicate"])
        self.assertIn("line 6", rows[7].message, "twice in the file")
        self.assertTrue(other, "a family shares a phone: where identities differ it is someone else")
        self.assertEqual((rows[3].res_id, rows[4].res_id), (phone.id, name.id))
        self.assertEqual(rows[3].action_open()["res_id"], phone.id)
        with self.assertRaisesRegex(UserError, "nothing is taken in twice"):
            rows[2].write({"is_new": True})
        rows[4].write({"is_new": True})
        register.action_import()
        self.assertEqual((register.imported_count, register.skipped_count), (3, 3))
        self.assertEqual(rows[4].state, "imported")
        self.assertNotEqual(rows[4].res_id, name.id)

    def test_same_file_twice(self):
        content = workbook([person(1)])
        first = self.register(content)
        first.action_check()
        first.action_import()
        again = self.register(content)
        again.action_check()
        self.assertEqual(again.earlier_id, first)
        self.assertEqual(again.duplicate_count, 1)
        with self.assertRaisesRegex(UserError, "At least one good row"):
            again.action_import()

    def test_minor_needs_a_guardian(self):
        """P-34, P-36: a minor's guardian comes in with the child; the same guardian of two children is one person."""
        header = [*HEADER, "Guardian", "Guardian's identity number", "Guardian's mobile"]
        born = {"Birth date": "1440/01/01"}
        rows = [
            [*person(1, **born), "", "", ""],
            [*person(2, **born), "Father Of Two Children", identity(70), "0501112223"],
            [*person(3, **born), "Father Of Two Children", identity(70), "0501112223"],
            [*person(4, **born), "Somebody Else Altogether", identity(70), ""],
        ]
        with freeze_time("2026-05-01 08:00:00"):
            register = self.register(workbook(rows, header))
            register.action_check()
            self.assertIn("minor's guardian", self.row(register, 2).message)
            register.action_import()
        made = self.made(register)
        guardian = made.representation_ids.representative_id
        self.assertEqual(len(guardian), 1)
        self.assertEqual(guardian.cpa_identity_ids.sudo().number_plain, identity(70))
        self.assertIn("someone of another name", self.row(register, 5).message)
        self.assertFalse(self.env["res.partner"].search([("name", "=", name_of(4))]))

    def test_consent_is_not_proven_by_a_register(self):
        """PDPL: a segment that needs explicit consent does not come in by a list."""
        segment = self.env["cpa.segment"].search([("needs_consent", "=", True)], limit=1)
        register = self.checked([person(1, Segments=f"Citizen، {segment.name}")])
        self.assertIn("explicit consent", self.row(register, 2).message)

    # ------------------------------------------------------------------
    # Who, evidence, privacy
    # ------------------------------------------------------------------

    def test_manager_prepares_the_officer_answers(self):
        """Rows are entered in the name and with the rights of the officer, by his own click."""
        register = self.register(workbook([person(1)]), user=self.manager, user_id=self.officer.id)
        register.action_check()
        self.assertEqual(register.state, "checked")
        with self.assertRaises(UserError):
            register.action_import()
        register.with_user(self.officer).action_import()
        self.assertEqual(self.made(register).create_uid, self.officer)
        nobody = self.register(workbook([person(2)]), user=self.manager, user_id=self.manager.id)
        with self.assertRaisesRegex(UserError, "A relations officer"):
            nobody.action_check()

    def test_who_sees_a_register(self):
        """An officer sees his own imports, a manager all, the auditor that they were; the values nobody."""
        register = self.checked([person(1)])
        row = register.row_ids
        colleague = self.chair
        colleague.sudo().group_ids += self.env.ref("cpa_beneficiary.group_officer")
        for user in (colleague, self.researcher, self.secretary, self.privacy, self.delegate, self.plain):
            for record in (register, row):
                with self.subTest(user=user.login, model=record._name), self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])
        self.assertEqual(row.with_user(self.manager).line, 2)
        self.assertEqual(register.with_user(self.auditor).ok_count, 1)
        for secret in (lambda: row.with_user(self.auditor).line, lambda: register.with_user(self.auditor).file):
            with self.assertRaises(AccessError):
                secret()
        for user in (self.officer, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["values"])
            self.assertNotIn(identity(1), str(row.with_user(user).read()))

    def test_done_is_evidence(self):
        """What was imported and what was not stays as it was found; no role changes or deletes it."""
        register = self.checked([person(1), person(2, Name="")])
        row = self.row(register, 2)
        for attempt in (
            lambda: row.write({"state": "imported"}),
            lambda: row.write({"message": "x"}),
            lambda: row.sudo().unlink(),
            lambda: row.sudo().create({"import_id": register.id, "line": 9}),
            lambda: register.write({"file": base64.b64encode(b"x")}),
            lambda: register.write({"file_digest": "x"}),
            lambda: register.write({"row_ids": [Command.delete(row.id)]}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()
        register.action_import()
        for attempt in (
            lambda: register.write({"name": "x"}),
            lambda: register.sudo().write({"name": "x"}),
            lambda: register.sudo().unlink(),
            lambda: register.action_cancel(),
            lambda: row.write({"is_new": True}),
            lambda: row.sudo().unlink(),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()

    def test_identities_go_once_they_are_imported(self):
        """Imported rows give their values up at once; the file and the bad rows 30 days later. The digest stays."""
        with freeze_time("2026-05-01 08:00:00"):
            register = self.checked([person(1), person(2, Name="")])
            self.assertTrue(self.row(register, 2).sudo().values)
            register.action_import()
            self.assertFalse(self.row(register, 2).sudo().values)
            self.assertTrue(self.row(register, 3).sudo().values, "to be mended")
        with freeze_time("2026-06-02 08:00:00"), self.enter_registry_test_mode():
            self.env.ref("cpa_beneficiary.cpa_import_cron").method_direct_trigger()
        self.assertFalse(self.row(register, 3).sudo().values)
        self.assertFalse(register.file)
        self.assertTrue(register.file_digest)
        self.assertTrue(register.purged_at)
        self.assertEqual(self.row(register, 2).reference, "R-1")

    def test_cancel_removes_what_did_not_come_in(self):
        register = self.checked([person(1)])
        register.action_cancel()
        self.assertFalse(register.file)
        self.assertFalse(register.row_ids.sudo().values)
        self.assertEqual(register.skipped_count, 1)

    def test_another_file_begins_anew(self):
        register = self.checked([person(1, Name="")])
        register.action_back()
        self.assertFalse(register.row_ids)
        register.write({"file": base64.b64encode(workbook([person(1)]))})
        register.action_check()
        self.assertEqual(register.ok_count, 1)

    # ------------------------------------------------------------------
    # Large registers
    # ------------------------------------------------------------------

    def work(self, rows):
        """Import ``rows`` in the background, as the cron does, and return the import."""
        register = self.register(workbook(rows))
        cron = self.env.ref("cpa_beneficiary.cpa_import_cron")
        for step in (register.action_check, register.action_import):
            step()
            while register.state in ("checking", "importing"):
                with self.enter_registry_test_mode():
                    cron.method_direct_trigger()
        return register

    def test_large_register_one_percent_bad(self):
        """The bad ones are named by their lines, none is half written, the rest comes in; a drill: 10,000 rows."""
        rows = [person(serial, Mobile="1" if serial % 100 == 0 else f"05{serial:08d}") for serial in range(1, ROWS + 1)]
        register = self.work(rows)
        self.assertEqual((register.imported_count, register.bad_count), (ROWS - ROWS // 100, ROWS // 100))
        # the header is line 1
        bad_lines = [serial + 1 for serial in range(100, ROWS + 1, 100)]
        self.assertEqual(register.row_ids.filtered(lambda r: r.state == "bad").mapped("line"), bad_lines)
        self.assertEqual(register.user_id, self.made(register).create_uid)

    def test_resumes_where_it_stopped(self):
        """A crash between batches loses nothing and doubles nothing."""
        register = self.register(workbook([person(serial) for serial in range(1, 251)]))
        register.action_check()
        while register._work_batch():
            pass
        register.action_import()
        self.assertEqual(register._work_batch(), 100)
        self.assertEqual((register.imported_count, register.state), (100, "importing"))
        cron = self.env.ref("cpa_beneficiary.cpa_import_cron")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual((register.imported_count, register.state), (250, "done"))
        self.assertEqual(len(set(register.row_ids.mapped("res_id"))), 250)
        self.assertTrue(register.activity_ids.filtered(lambda activity: activity.user_id == self.officer))

    def test_queries_stay_flat(self):
        """The work per row does not grow with the rows of a batch."""

        def queries(count, start):
            register = self.checked([person(start + serial) for serial in range(count)])
            before = self.env.cr.sql_log_count
            register.action_import()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(2, 0)  # warm
        few, many = queries(10, 1000), queries(40, 2000)
        self.assertLess(many - few, 30, "no query per row")

    # ------------------------------------------------------------------
    # Core's own import
    # ------------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_core_import_meets_the_same_rules(self):
        """Core's import (``load``) creates through the same doors: a bad row stops it, and nothing of it stays."""
        Beneficiary = self.env["cpa.beneficiary"].with_user(self.officer)
        before = Beneficiary.search_count([])
        names = ["name", "phone", "governorate_id"]
        rows = [["Good Row One", "0501112220", "Najran"], ["Bad Row Two", "12345", "Najran"]]
        result = Beneficiary.load(names, rows)
        self.assertFalse(result["ids"])
        self.assertIn("not a valid phone", str(result["messages"]))
        self.assertEqual(Beneficiary.search_count([]), before)
        for name, value in (("state", "registered"), ("file_number", "7")):
            result = Beneficiary.load(["name", name], [["Third Row Of Three", value]])
            self.assertFalse(result["ids"], name)
        self.assertEqual(Beneficiary.search_count([]), before)
        self.assertTrue(Beneficiary.load(names, rows[:1])["ids"])


@tagged("post_install", "-at_install")
class TestImportFile(ImportCommon):
    """Files as they come: every one is read or refused with a clear message, none is executed."""

    def refused(self, content, message):
        with self.subTest(message=message), self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            self.register(content).action_check()

    def test_files_that_are_none(self):
        good = workbook([person(1)])
        self.refused(b"%PDF-1.7 ...", "This is no register")
        self.refused(b"\x89PNG\r\n\x1a\n\x00\x00", "This is no register")
        self.refused(b"<html><table></table></html>", "This is no register")
        self.refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "no register|damaged")
        self.refused(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "password|damaged",
        )
        self.refused(good[:2000], "damaged")
        self.refused(workbook([]), "no rows")
        self.refused(workbook([], header=[]), "No header was found")
        self.refused(workbook([["a", "b"]], header=["Foo", "Bar"]), "No header was found")
        self.refused(workbook([["1"]], header=["Identity number"]), "columns are missing: “Name”")
        self.refused(workbook([["a", "b"]], header=["Name", "Full name"]), "Two columns mean the same: Name")
        with patch("odoo.addons.cpa_beneficiary.tools.sheet.MAX_FILE_BYTES", 100):
            self.refused(good, "too large")
        with patch("odoo.addons.cpa_beneficiary.tools.sheet.MAX_ROWS", 2):
            self.refused(workbook([person(1), person(2)]), "more than")

    def test_bombs_and_macros(self):
        """Nothing is unpacked before its size is known; no text unfolds; no macro comes near."""

        def packed(parts):
            output = io.BytesIO()
            with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in parts.items():
                    archive.writestr(name, content)
            return output.getvalue()

        self.refused(packed({"xl/workbook.xml": "<a/>", "xl/vbaProject.bin": "x"}), "macros")
        self.refused(packed({"word/document.xml": "<a/>"}), "This is no register")
        self.refused(packed({"xl/workbook.xml": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'}), "unfolds")
        with patch("odoo.addons.cpa_beneficiary.tools.sheet.MAX_UNPACKED_BYTES", 1_000_000):
            self.refused(packed({"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": " " * 2_000_000}), "unfolds")

    def test_texts_in_both_encodings(self):
        arabic = person(1, Name="أحمد بن سعيد اليامي")
        for encoding in ("utf-8", "utf-8-sig", "cp1256", "utf-16"):
            for sign in (",", ";", "\t"):
                with self.subTest(encoding=encoding, sign=sign):
                    register = self.register(text_file([arabic], encoding=encoding, sign=sign))
                    register.action_check()
                    self.assertEqual(register.row_ids.label, "أحمد بن سعيد اليامي")
                    self.assertEqual((register.row_ids.state, register.row_ids.line), ("ok", 2))

    def test_header_under_a_letterhead(self):
        """Titles and merged cells may stand above; headers are known in English, in Arabic, and by name."""
        above = [["Association"], ["", "Register of beneficiaries 1440"], []]
        register = self.register(workbook([person(1), [], HEADER, person(2)], above=above))
        register.action_check()
        self.assertEqual(register.row_ids.mapped("line"), [5, 8], "empty lines and repeated headers are none")
        self.assertEqual(register.ok_count, 2)
        content = workbook([["A B C D", "0501112223", "x"]], header=["name *", "PHONE", "Remarks"])
        register = self.register(content)
        register.action_check()
        self.assertEqual(register.ok_count, 1)
        self.assertEqual(register.unread_columns, "Remarks")

    def test_cells_as_excel_leaves_them(self):
        """Apostrophes, spaces, unseen marks, Arabic digits, numbers, dates of both epochs: read as what was meant."""
        for options in ({}, {"default_date_format": "yyyy-mm-dd"}, {"date_1904": True}):
            row = person(1, Mobile="'٠٥٠١١١٢٢٢٣ ", **{"Birth date": date(1980, 3, 28)})
            row[1] = int(identity(1))
            register = self.register(workbook([row], **options))
            register.action_check()
            self.assertEqual(register.row_ids.message, False, options)
            values = register.row_ids.sudo().values
            self.assertEqual(values["birth_date"], "1980-03-28")
            self.assertEqual(values["identity_number"], identity(1))
            self.assertEqual(values["phone"], "٠٥٠١١١٢٢٢٣")
        self.assertEqual(cell_text("\u200f '0501 \u00a0"), "0501")

    def test_what_excel_has_spoilt(self):
        cases = [
            (person(1, **{"Identity number": "1.12346E+09"}), "Identity number: Excel has cut the number"),
            (person(2, Name='=FOO("x")'), "Name: it is a formula"),
            (person(3, Mobile="#N/A"), "Mobile: Excel shows an error"),
            (person(4, **{"Birth date": 29221}), "is a bare number"),
            (person(5, **{"Birth date": "30/5/1400"}), "that Hijri month has 29 days"),
            (person(6, **{"Birth date": "5/13/1980"}), "no such month"),
            (person(7, **{"Birth date": "1/1/80"}), "four digits"),
            (person(8, **{"Birth date": "1550/1/1"}), "four digits"),
            (person(9, **{"Birth date": "spring"}), "is no date"),
        ]
        register = self.checked([row for row, _message in cases])
        self.assertEqual(register.bad_count, len(cases))
        for line, (_row, message) in enumerate(cases, 2):
            with self.subTest(message=message):
                self.assertIn(message, self.row(register, line).message)

    def test_template_and_rows_to_be_mended_come_back(self):
        """The template is understood as it is; what goes home to be mended comes back, and none of it is a formula."""
        register = self.register(workbook([person(1)]))
        [sheet, *_others] = [list(rows) for _name, rows in read_sheets(base64.b64decode(register.template))]
        self.assertEqual(len(sheet[0]), len(register._columns()))
        self.assertIn("Name *", sheet[0])

        bad = self.checked([person(1, Mobile="+12"), person(2, Name="@SUM(1+1)", Mobile="1")])
        content = base64.b64decode(bad.mend_sheet)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.assertNotIn(b"<f>", archive.read("xl/worksheets/sheet1.xml"))
        [rows] = [list(rows) for _name, rows in read_sheets(content)][:1]
        self.assertIn("is no phone number", rows[1][-1])
        again = self.register(content)
        again.action_check()
        self.assertEqual(again.bad_count, 2)
        self.assertEqual(again.row_ids[1].label, "@SUM(1+1)")
        for text in ("=1+1", "+1", "-1", "@x", "\tx"):
            self.assertTrue(safe_text(text).startswith("'"))

    def test_readers_of_cells(self):
        self.assertEqual(text_problem("1.5E+10"), "cut")
        self.assertIsNone(text_problem("E10"))
        self.assertEqual(str(read_day("٨/٤/١٤٤٤ هـ")), "2022-11-02")
        self.assertEqual(str(read_day("2022-11-02 00:00:00")), "2022-11-02")
        self.assertEqual(str(read_day("2/11/2022")), "2022-11-02")
        for text in ("", "44867", "2/11/22", "31/4/2022"):
            with self.assertRaises(DayError):
                read_day(text)
        with self.assertRaises(SheetError):
            list(read_sheets(b""))


REQUESTS = [
    "Person",
    "Service",
    "What is asked for",
    "Amount",
    "Received on",
    "Submitted on",
    "Channel",
    "Channel details",
    "State",
    "Number in the register",
]


@tagged("post_install", "-at_install")
class TestImportRequests(ImportCommon):
    """P-32, P-34, P-35: open requests come in on their original days, by the path's own moves and guards."""

    def request_row(self, **cells):
        row = {
            "Person": identity(1),
            "Service": "CONSULT",
            "What is asked for": "The applicant asks",
            "Received on": "1447/09/01",
            "Submitted on": "1447/09/02",
            "Channel": "phone",
            "Channel details": "0501112223",
            "Number in the register": "Q-1",
        }
        return [(row | cells).get(name, "") for name in REQUESTS]

    def requests(self, *rows):
        with freeze_time("2026-03-10 08:00:00"):
            register = self.register(workbook(rows, REQUESTS), kind="requests")
            register.action_check()
        return register

    def imported(self, *rows):
        register = self.requests(*rows)
        with freeze_time("2026-03-10 08:05:00"):
            register.action_import()
        return register, self.env["cpa.request"].browse(
            [row.res_id for row in register.row_ids.sorted("line") if row.state == "imported"]
        )

    def test_original_dates(self):
        """Number and clock begin on the original day; the journal has the line of the register as its proof."""
        person = self.make_beneficiary(number=identity(1))
        next_number = self.env.ref("cpa_beneficiary.sequence_request").number_next_actual
        register = self.requests(self.request_row())
        self.assertEqual(register.row_ids.state, "ok", register.row_ids.message)
        self.assertFalse(self.env["cpa.request"].search([("beneficiary_id", "=", person.id)]))
        self.env.invalidate_all()
        self.assertEqual(
            self.env.ref("cpa_beneficiary.sequence_request").number_next_actual, next_number, "a check gives no number"
        )
        _register, request = self.imported(self.request_row())
        self.assertEqual(
            (request.state, request.beneficiary_id, request.officer_id), ("submitted", person, self.officer)
        )
        self.assertTrue(request.number)
        self.assertEqual(str(request.first_contact_at), "2026-02-17 21:00:00", "1447/09/01 in Riyadh")
        self.assertEqual(str(request.submitted_at), "2026-02-18 21:00:00")
        self.assertEqual(str(request.reply_ceiling_date), "2026-03-21")
        moves = self.env["cpa.request.move"].search(
            [("request_id", "=", request.id), ("res_model", "=", "cpa.request")]
        )
        self.assertEqual(moves.mapped("to_state"), ["draft", "submitted"])
        for move in moves:
            self.assertIn("From the register “Register 1440”, line 2", move.reason)
            [(_name, rows)] = read_sheets(move.scan_id.raw)
            proof = str(list(rows))
            self.assertIn("2 (Sheet1)", proof)
            self.assertIn("The applicant asks", proof)
            self.assertNotIn(identity(1), proof, "the request's readers need no identity number")
        self.assertEqual(
            request.check_ids.filtered("is_obligatory").mapped("state"),
            ["to_sight"] * len(request.check_ids.filtered("is_obligatory")),
        )

    def test_what_a_register_cannot_prove_is_not_made_up(self):
        """P-34: without a signed declaration the request stays a draft, with a task that names what is missing."""
        self.make_beneficiary(number=identity(1))
        register, request = self.imported(self.request_row(Service="SUP-CASH", Amount="5,000 ر.س"))
        self.assertIn("Stays a draft", register.row_ids.message)
        self.assertEqual((request.state, request.number, request.amount_requested), ("draft", False, 5000.0))
        self.assertEqual(str(request.first_contact_at), "2026-02-17 21:00:00")
        [task] = request.activity_ids
        self.assertEqual(task.user_id, self.officer)
        self.assertIn("signed declaration", task.note)
        self.assertIn("2026-02-19", task.note)
        self.assertNotIn("Check:", task.note, "items to be sighted hold up nothing but the decision")

    def test_further_states_are_told_not_made(self):
        self.make_beneficiary(number=identity(1))
        register, request = self.imported(
            self.request_row(State="In progress"),
            self.request_row(State="Done", **{"Number in the register": "Q-2"}),
        )
        self.assertEqual(request.state, "submitted")
        self.assertIn("In progress", request.activity_ids.note)
        self.assertIn("only open requests", self.row(register, 3).message)

    def test_faults_are_named(self):
        """Unknown people, dates that cannot be, a channel without its details: each named, none half-written."""
        self.make_beneficiary(number=identity(1))
        cases = [
            ({"Person": identity(99)}, "no file has this identity"),
            ({"Person": ""}, "not given anonymously"),
            ({"Received on": "2027-01-01", "Submitted on": "2027-01-01"}, "in the future"),
            ({"Submitted on": "1447/08/01"}, "before it was received"),
            ({"Submitted on": "", "State": "Research"}, "it is missing, though"),
            ({"Channel": "letter", "Channel details": ""}, "also needs"),
            ({"Channel": "pigeon"}, "none of the choices"),
            ({"Service": ""}, "Service: it is missing"),
            ({"Amount": "much"}, "is no amount"),
        ]
        register = self.requests(
            *(
                self.request_row(**cells, **{"Number in the register": f"Q-{number}"})
                for number, (cells, _message) in enumerate(cases)
            )
        )
        for line, (cells, message) in enumerate(cases, 2):
            with self.subTest(**cells):
                self.assertEqual(self.row(register, line).state, "bad")
                self.assertIn(message, self.row(register, line).message)

    def test_found_by_file_and_old_number(self):
        """A request names its person by identity, file number or the number in the register of people."""
        people = self.checked([person(1)])
        people.action_import()
        of_register = self.made(people)
        of_file = self.make_beneficiary(number=identity(2), name="Of The File")
        _register, requests = self.imported(
            self.request_row(Person="R-1"),
            self.request_row(Person=of_file.file_number, **{"Number in the register": "Q-2"}),
        )
        self.assertEqual(requests.beneficiary_id, of_register | of_file)

    def test_same_request_is_not_imported_twice(self):
        self.make_beneficiary(number=identity(1))
        self.imported(self.request_row())
        register = self.requests(
            self.request_row(),
            self.request_row(**{"Number in the register": ""}),
            self.request_row(**{"Number in the register": "Q-7"}),
            self.request_row(**{"Number in the register": "Q-7"}),
        )
        self.assertEqual(
            [row.state for row in register.row_ids.sorted("line")], ["duplicate", "duplicate", "ok", "duplicate"]
        )
        self.assertFalse(self.row(register, 2).can_be_new)
        self.assertTrue(self.row(register, 3).can_be_new)
