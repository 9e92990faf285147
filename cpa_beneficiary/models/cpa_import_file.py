"""The sheets of an import: the register that is read, the ready template, the rows to be mended."""

import base64
import hashlib
import io
import re
from itertools import chain, islice

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.sheet import SheetError, read_sheets, safe_text
from ..tools.text import comma_list, name_key

HEADER_WITHIN = 30  # titles, letterheads and merged cells may stand above the header
INSERT_ROWS = 1000
LIST_ROWS = 5000  # for how many rows the template offers its choices


class CpaImport(models.Model):
    _inherit = "cpa.import"

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _read_file(self):
        """Read the rows of the file into ``cpa.import.row``.

        :return: what is to be kept of the file (values for ``_lifecycle_set``)
        :raise UserError: the file is no register; says why
        """
        self.ensure_one()
        content = base64.b64decode(self.sudo().file or b"")  # the user may start the check, so it may be read for him
        unread, seen = [], {}
        try:
            rows = self._register_rows(content, unread)
            while chunk := list(islice(rows, INSERT_ROWS)):
                self.env["cpa.import.row"]._insert([self._row_vals(*row, seen) for row in chunk])
        except SheetError as error:
            raise UserError(self._sheet_message(error.code)) from error
        if not self.row_count:
            raise UserError(self._sheet_message("empty"))
        return {
            "file_digest": hashlib.sha256(content).hexdigest(),
            "unread_columns": comma_list(dict.fromkeys(unread), self.env.lang) or False,
        }

    def _register_rows(self, content, unread):
        """Yield (sheet, line, {column name: text}) of all rows below a header that is understood, in all sheets.

        :param unread: list to which the headers are added that are not understood
        """
        headers = self._known_headers()
        nearest = None
        found = False
        for sheet, rows in read_sheets(content):
            numbered = enumerate(rows, 1)
            top = list(islice(numbered, HEADER_WITHIN))
            positions, header_line = self._find_header(top, headers)
            missing = [c for c in self._columns() if c.required and c.name not in positions.values()]
            if missing:
                if positions and (nearest is None or len(missing) < len(nearest)):
                    nearest = missing
                continue
            found = True
            header = dict(top)[header_line]
            unread += [text for position, text in enumerate(header) if text and position not in positions]
            for line, cells in chain(top, numbered):
                if line <= header_line:
                    continue
                values = {name: cells[at] for at, name in positions.items() if at < len(cells) and cells[at]}
                if values and any(cells[at] != header[at] for at in positions if at < len(cells)):
                    yield sheet, line, values
        if not found:
            self._raise_no_header(nearest)

    def _known_headers(self):
        """Return {header as compared: column name}, in the languages of the database, English and technical names."""
        known = {}
        langs = dict.fromkeys(["en_US", *(code for code, _name in self.env["res.lang"].get_installed())])
        for lang in langs:
            for column in self._columns():
                for label in (*self.with_context(lang=lang)._labels(column), column.name):
                    known.setdefault(self._header_key(label), column.name)
        return known

    @api.model
    def _header_key(self, text):
        return name_key(re.sub(r"[(（\[*:].*", "", text, flags=re.DOTALL))

    def _find_header(self, rows, headers):
        """Return ({position: column name}, line) of the row that names the most columns.

        :raise UserError: it names a column twice
        """
        best, best_line = {}, 0
        for line, cells in rows:
            positions = {
                at: headers[key] for at, text in enumerate(cells) if (key := self._header_key(text)) in headers
            }
            if len(positions) > len(best):
                best, best_line = positions, line
        names = list(best.values())
        twice = [column for column in self._columns() if names.count(column.name) > 1]
        if twice:
            raise UserError(
                self.env._(
                    "Two columns mean the same: %(columns)s. Keep one of them.",
                    columns=comma_list((self._labels(column)[0] for column in twice), self.env.lang),
                )
            )
        return best, best_line

    def _raise_no_header(self, nearest):
        required = nearest or [column for column in self._columns() if column.required]
        names = comma_list((f"“{self._labels(column)[0]}”" for column in required), self.env.lang)
        if nearest:
            raise UserError(self.env._("These columns are missing: %(columns)s. The template has them.", columns=names))
        raise UserError(
            self.env._(
                "No header was found in the first %(count)s lines. It needs at least: %(columns)s. Use the template.",
                count=HEADER_WITHIN,
                columns=names,
            )
        )

    def _row_vals(self, sheet, line, values, seen):
        """Return the values of a row as read, marked if an earlier one is the same person or request.

        :param seen: {digest of the row's key: line of the first row that has it}, filled here
        """
        key = getattr(self, f"_key_{self.kind}")(values)
        digest = key and hashlib.sha256(repr(key).encode()).digest()
        twin = seen.get(digest, 0)
        if digest and not twin:
            seen[digest] = line
        return {
            "import_id": self.id,
            "sheet": sheet,
            "line": line,
            "label": values.get("name") or values.get("subject") or values.get("person"),
            "reference": values.get("register_number"),
            "values": values,
            "twin_line": twin,
        }

    @api.model
    def _sheet_message(self, code):
        return {
            "empty": self.env._("The file has no rows."),
            "size": self.env._("The file is too large: at most 20 MB. Split the register."),
            "type": self.env._("This is no register: save it in Excel as .xlsx, or as CSV (UTF-8 or Windows-1256)."),
            "macro": self.env._("The file holds macros: save it in Excel as .xlsx (without macros)."),
            "password": self.env._("The file is protected by a password: save it without one."),
            "damaged": self.env._("The file is damaged: open it in Excel and save it again as .xlsx."),
            "bomb": self.env._("The file unfolds to more than it may: copy the rows into the template."),
            "rows": self.env._("The file has more than 50,000 rows: split the register."),
        }[code]

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.depends_context("lang")
    def _compute_template(self):
        for register in self:
            register.template = base64.b64encode(register._make_sheet([]))
            register.template_name = register._sheet_name(self.env._("Template"))

    @api.depends_context("lang")
    def _compute_mend_sheet(self):
        for register in self:
            register.mend_sheet = base64.b64encode(register._make_sheet(register._rows("bad")))

    @api.depends_context("lang")
    def _compute_mend_sheet_name(self):
        for register in self:
            register.mend_sheet_name = register._sheet_name(self.env._("To be mended"))

    def _sheet_name(self, what):
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        return f"{what} - {kind}.xlsx"

    def _make_sheet(self, rows):
        """Return a workbook (bytes) with the kind's header, choices and notes; with ``rows``, their values and faults.

        Every value is written as text, so that a spreadsheet takes none for a formula and cuts no number.
        """
        import xlsxwriter  # slow to load

        output = io.BytesIO()
        book = xlsxwriter.Workbook(
            output,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        text = book.add_format({"num_format": "@"})
        head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "top"})
        must = book.add_format({"bold": True, "bg_color": "#F9E2C7", "border": 1, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        sheet = book.add_worksheet(kind[:31])
        notes = book.add_worksheet(self.env._("Notes")[:31])
        lists = book.add_worksheet(self.env._("Choices")[:31])
        columns = self._columns()
        for at, column in enumerate(columns):
            label = self._labels(column)[0] + (" *" if column.required else "")
            sheet.write_string(0, at, label, must if column.required else head)
            sheet.set_column(at, at, max(14, min(30, len(label) + 4)), text)
            notes.write_string(at + 1, 0, label, wrap)
            notes.write_string(at + 1, 1, self.env._(column.note), wrap)
            self._write_choices(sheet, lists, at, column)
        faults = len(columns)
        if rows:
            sheet.write_string(0, faults, self.env._("Line in the sheet"), head)
            sheet.write_string(0, faults + 1, self.env._("What to know"), head)
            sheet.set_column(faults + 1, faults + 1, 60, wrap)
        for number, row in enumerate(rows, 1):
            values = row.values or {}
            for at, column in enumerate(columns):
                if values.get(column.name):
                    sheet.write_string(number, at, safe_text(values[column.name]), text)
            sheet.write_number(number, faults, row.line)
            sheet.write_string(number, faults + 1, safe_text(row.message or ""), wrap)
        notes.write_row(0, 0, [self.env._("Column"), self.env._("What to write")], head)
        notes.set_column(0, 0, 30)
        notes.set_column(1, 1, 90)
        sheet.freeze_panes(1, 1)
        if self.env["res.lang"]._get_data(code=self.env.lang or "en_US").direction == "rtl":
            for page in (sheet, notes, lists):
                page.right_to_left()
        book.close()
        return output.getvalue()

    def _write_choices(self, sheet, lists, at, column):
        """Offer a column's choices as a list in the cells; their labels stand on a sheet of their own."""
        if not column.options:
            return
        labels = self._option_labels(column)
        lists.write_string(0, at, self._labels(column)[0])
        lists.write_column(1, at, labels)
        if not labels or column.kind == "choices":  # a cell's list gives one value only
            return
        from xlsxwriter.utility import xl_col_to_name

        letter = xl_col_to_name(at)
        sheet.data_validation(
            1,
            at,
            LIST_ROWS,
            at,
            {
                "validate": "list",
                "source": f"='{lists.get_name()}'!${letter}$2:${letter}${len(labels) + 1}",
                "error_type": "warning",
            },
        )
