"""The three files of a folder, written from its content: spreadsheet, paper, and the archive of everything."""

import base64
import hashlib
import io
import json
import re
import zipfile

from odoo import models
from odoo.exceptions import UserError

from .cpa_evidence_folder import FILES

REPORT = "cpa_beneficiary.cpa_evidence_folder_report"
CONTENT = "content.json"
DIGESTS = "SHA256SUMS"
# What the name of a sheet may not hold, and how long it may be.
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
SHEET_NAME = 31


class CpaEvidenceFolder(models.Model):
    _inherit = "cpa.evidence.folder"

    def _keep_file(self, name, raw):
        """Keep a file (``bytes``) with its digest."""
        self._lifecycle_set({name: base64.b64encode(raw), f"{name}_digest": hashlib.sha256(raw).hexdigest()})

    def _raw(self, name):
        # with the size of the file asked for, a binary field would give that instead
        return base64.b64decode(self.with_context(bin_size=False, **{f"bin_size_{name}": False})[name] or b"")

    # ------------------------------------------------------------------
    # Paper and archive
    # ------------------------------------------------------------------

    def _file_paper(self):
        pdf, _kind = self.env["ir.actions.report"]._render_qweb_pdf(REPORT, self.ids)
        return pdf

    def _file_archive(self):
        """Return a zip: paper, spreadsheet, the content as it was gathered, the signed scans, and all their digests."""
        files = [
            (self.paper_name, self._raw("paper")),
            (self.sheet_name, self._raw("sheet")),
            (CONTENT, self._content_bytes()),
            *self._signed_scans(),
        ]
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, raw in files:
                archive.writestr(name, raw)
            archive.writestr(DIGESTS, "".join(f"{hashlib.sha256(raw).hexdigest()}  {name}\n" for name, raw in files))
        return target.getvalue()

    def _content_bytes(self):
        """Return the content as the digest on the cover is taken of it."""
        return json.dumps(self.content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    # ------------------------------------------------------------------
    # Spreadsheet
    # ------------------------------------------------------------------

    def _file_sheet(self):
        import xlsxwriter  # slow to load, and only a folder needs it

        target = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(target, options) as book:
            self._write_sheet(book, self.env._("Folder"), self._cover_facts(), widths=(34, 90))
            self._write_sheet(book, self.env._("Clauses"), *self._clause_rows(), widths=(8, 26, 60, 60, 60))
            self._write_sheet(book, self.env._("Figures"), *self._figure_rows(), widths=(8, 22, 52, 14, 12, 12, 12, 12))
            for name in self._sections():
                self._write_section(book, self.content[name])
        return target.getvalue()

    def _write_sheet(self, book, title, rows, header=(), widths=()):
        """Write a sheet of rows; those of the header stay in sight."""
        sheet = book.add_worksheet(self._sheet_name(book, title))
        bold = book.add_format({"bold": True, "bg_color": "#F3F6F7", "border": 1, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "General"})
        if (self.env.lang or "").startswith("ar"):
            sheet.right_to_left()
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        line = 0
        if header:
            sheet.write_row(0, 0, header, bold)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(rows), len(header) - 1)
            line = 1
        for row in rows:
            for column, value in enumerate(row):
                if value not in (None, ""):
                    write = sheet.write_number if isinstance(value, (int, float)) else sheet.write_string
                    write(line, column, value, bold if not header and not column else plain)
            line += 1

    def _write_section(self, book, section):
        """Write the tables of a section below one another."""
        sheet = book.add_worksheet(self._sheet_name(book, section["title"]))
        strong = book.add_format({"bold": True, "font_size": 12})
        bold = book.add_format({"bold": True, "bg_color": "#F3F6F7", "border": 1, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        if (self.env.lang or "").startswith("ar"):
            sheet.right_to_left()
        sheet.set_column(0, 12, 24)
        sheet.write_string(0, 0, section["title"], strong)
        line = 2
        for table in section["tables"]:
            if table["title"]:
                sheet.write_string(line, 0, table["title"], strong)
                line += 1
            for fact in table["facts"]:
                for column, value in enumerate(fact[:2]):
                    self._write_cell(sheet, line, column, value, plain if column else bold)
                line += 1
            for column, name in enumerate(table["columns"]):
                sheet.write_string(line, column, name, bold)
            line += 1
            for row in table["rows"] or [[self.env._("No evidence in this period")]]:
                for column, value in enumerate(row):
                    self._write_cell(sheet, line, column, value, plain)
                line += 1
            line += 1
        if section["note"]:
            sheet.write_string(line, 0, section["note"])

    def _write_cell(self, sheet, line, column, value, style):
        if isinstance(value, (int, float)):
            sheet.write_number(line, column, value, style)
        else:
            sheet.write_string(line, column, value or "", style)

    def _sheet_name(self, book, title):
        name = _NO_SHEET_NAME.sub(" ", title)[:SHEET_NAME].strip()
        taken = {sheet.get_name().lower() for sheet in book.worksheets()}
        return name if name.lower() not in taken else f"{name[: SHEET_NAME - 3]} {len(taken) + 1}"

    def _cover_facts(self):
        """Return ``[(label, text)]`` of the cover."""
        policy = self.policy_id
        facts = [
            (self.env._("Association"), self.company_id.name),
            (self.env._("Period"), self.with_context(lang=self.lang).period_text),
            (self.env._("Compared with"), self._previous_text()),
            (self.env._("Branch"), self.branch_id.name or self.env._("The whole association")),
            (self.env._("Policy"), policy.display_name or ""),
            (self.env._("Approved on"), policy.approval_text or ""),
            (self.env._("Board session"), policy.approval_session or ""),
            (self.env._("Resolution no."), policy.resolution_number or ""),
            (self.env._("Made on"), self._moment_text(self.ordered_at)),
            (self.env._("Seed of the draw"), self.seed),
            (self.env._("Digest of the content"), self.content_digest or ""),
        ]
        return [(label, text) for label, text in facts if text]

    def _clause_rows(self):
        header = [
            self.env._("Clause"),
            self.env._("Heading"),
            self.env._("Source, letter for letter"),
            self.env._("Reading"),
            self.env._("What is done and its proof"),
        ]
        names = ("code", "heading", "source", "reading", "mechanism")
        return [[clause[name] for name in names] for clause in self.content["clauses"]], header

    def _figure_rows(self):
        header = [
            self.env._("Clause"),
            self.env._("Code"),
            self.env._("Figure"),
            self.env._("Unit"),
            self.env._("Value"),
            self.env._("Counted"),
            self.env._("Of"),
            self.env._("The period before"),
            self.env._("Change"),
            self.env._("How it is counted"),
        ]
        units = dict(self.env["cpa.policy.indicator"]._fields["unit"]._description_selection(self.env))
        rows = []
        for clause in self.content["clauses"]:
            for figure in clause["figures"]:
                value = self.env._("No evidence in this period") if figure["value"] is None else figure["value"]
                rows.append(
                    [
                        clause["code"],
                        figure["code"],
                        figure["name"],
                        units[figure["unit"]],
                        value,
                        figure["counted"],
                        figure["of"],
                        figure["before"],
                        self._change(figure),
                        figure["note"],
                    ]
                )
        return rows, header

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_download(self):
        """Button: download the file that its context names (``cpa_file``)."""
        self.ensure_one()
        name = self.env.context.get("cpa_file", "archive")
        if name not in FILES or self.state != "done":
            raise UserError(self.env._("The folder is not done yet."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/cpa.evidence.folder/{self.id}/{name}?filename_field={name}_name&download=true",
            "target": "self",
        }

    def action_verify(self):
        """Button: compare the files with the digests that were kept when they were made."""
        self.ensure_one()
        kept = {name: (self[f"{name}_digest"], hashlib.sha256(self._raw(name)).hexdigest()) for name in FILES}
        kept["content"] = (self.content_digest, hashlib.sha256(self._content_bytes()).hexdigest())
        whole = all(then == now for then, now in kept.values())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if whole else "danger",
                "sticky": not whole,
                "message": self.env._("All files are as they were made.")
                if whole
                else self.env._("A file is not the one that was made: its digest is another one."),
            },
        }
