import base64
import io

import xlsxwriter
from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools.hijri import format_both, short_hijri
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today, utc_start_of
from odoo.addons.cpa_beneficiary.tools.saudi import national_phone
from odoo.addons.cpa_beneficiary.tools.sheet import safe_text
from odoo.addons.cpa_beneficiary.tools.text import comma_list
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.cpa_volunteer import AGREEMENT, TASK_FORM

MANAGER = "cpa_beneficiary.group_manager"


class CpaVolunteerRegister(models.TransientModel):
    """The official register of volunteers as a spreadsheet: who they are, what they signed, what they gave."""

    _name = "cpa.volunteer.register"
    _description = "Register of volunteers"

    date_from = fields.Date("From", required=True, default=lambda self: cpa_today().replace(month=1, day=1))
    date_to = fields.Date("Until", required=True, default=lambda self: cpa_today())
    with_left = fields.Boolean("With those who left", default=True)
    with_numbers = fields.Boolean(
        "With whole identity numbers", help="For the authority: the manager only, and each number leaves a trace."
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    _dates_check = models.Constraint("CHECK(date_to >= date_from)", "A period ends after it begins.")

    # ------------------------------------------------------------------
    # What stands in it
    # ------------------------------------------------------------------

    def _volunteers(self):
        """Return whom the register lists, with the rights of the user: who was accepted, the oldest number first."""
        states = ["active", "suspended", *(["left"] if self.with_left else [])]
        domain = Domain("volunteer_number", "!=", False) & Domain("state", "in", states)
        domain &= Domain("company_id", "=", self.company_id.id)
        return self.env["cpa.volunteer"].search(domain, order="volunteer_number")

    def _columns(self):
        """Return ``[(heading, width)]``, in the order of the cells of ``_rows``."""
        Volunteer = self.env["cpa.volunteer"]._fields

        def label(name):
            return Volunteer[name]._description_string(self.env)

        return [
            (label("volunteer_number"), 12),
            (self.env._("Name"), 30),
            (self.env._("Identity type"), 14),
            (self.env._("Identity number"), 16),
            (self.env._("Nationality"), 14),
            (self.env._("Phone"), 16),
            (label("governorate_id"), 14),
            (label("skill_ids"), 34),
            (label("state"), 12),
            (label("platform_reference"), 16),
            (label("vetted_on"), 14),
            (self.env._("Vetted on (Hijri)"), 14),
            (self.env._("Agreement"), 16),
            (self.env._("Agreement until"), 14),
            (self.env._("Shifts in the period"), 10),
            (self.env._("Hours in the period"), 10),
            (self.env._("Hours in all"), 10),
            (self.env._("Certificates"), 26),
        ]

    def _rows(self):
        """Return the cells of each line: texts, numbers and dates, in a flat number of queries."""
        volunteers = self._volunteers()
        identities = self._identities(volunteers)
        shifts = self._worked(volunteers)
        agreements = self._agreements(volunteers)
        types = dict(self.env["cpa.identity"]._fields["type"]._description_selection(self.env))
        rows = []
        for volunteer in volunteers:
            identity = identities.get(volunteer.partner_id.id, {})
            count, hours = shifts.get(volunteer, (0, 0.0))
            agreement = agreements.get(volunteer.partner_id.id)
            valid = volunteer.certificate_ids.filtered(lambda certificate: certificate.state == "issued")
            rows.append(
                [
                    volunteer.volunteer_number,
                    volunteer.name,
                    types.get(identity.get("type"), ""),
                    identity.get("number") or "",
                    identity.get("nationality") or "",
                    national_phone(volunteer.phone),
                    volunteer.governorate_id.name or "",
                    comma_list(volunteer.skill_ids.mapped("name"), self.env.lang),
                    volunteer._lifecycle_label(volunteer.state),
                    volunteer.platform_reference or "",
                    volunteer.vetted_on or "",
                    short_hijri(volunteer.vetted_on),
                    agreement.number if agreement else "",
                    (agreement and agreement.date_to) or "",
                    count,
                    hours,
                    volunteer.hours_total,
                    comma_list(valid.mapped("number"), self.env.lang),
                ]
            )
        return rows

    def _identities(self, volunteers):
        """Return ``{contact: {type, number, nationality}}``; the number whole where the manager asked for it.

        :raise UserError: whole numbers are asked for by somebody else
        """
        if self.with_numbers and not self.env.user.has_group(MANAGER):
            raise UserError(self.env._("Whole identity numbers are given out by the manager only."))
        # of volunteers whom the user reads; the last digits, or all of them with a trace of who saw whose
        identities = self.env["cpa.identity"].sudo().search([("partner_id", "in", volunteers.partner_id.ids)])
        if self.with_numbers:
            self.env["cpa.access.trace"]._append(identities.partner_id, "number_plain")
        return {
            identity.partner_id.id: {
                "type": identity.type,
                "number": identity.number_plain if self.with_numbers else identity.number,
                "nationality": identity.nationality_id.name,
            }
            for identity in identities
        }

    def _worked(self, volunteers):
        """Return ``{volunteer: (shifts, approved hours)}`` of the period."""
        rows = self.env["cpa.participation"]._read_group(
            [
                ("volunteer_id", "in", volunteers.ids),
                ("state", "=", "closed"),
                ("start", ">=", utc_start_of(self.date_from)),
                ("start", "<", utc_start_of(fields.Date.add(self.date_to, days=1))),
            ],
            ["volunteer_id"],
            ["__count", "hours_approved:sum"],
        )
        return {volunteer: (count, hours) for volunteer, count, hours in rows}

    def _agreements(self, volunteers):
        """Return ``{contact: the agreement that he signed last}``."""
        # number and day of agreements of volunteers whom the user reads
        signed = self.env["cpa.agreement"].sudo()
        domain = Domain("partner_id", "in", volunteers.partner_id.ids) & Domain("state", "!=", "draft")
        domain &= Domain("code", "in", (AGREEMENT, TASK_FORM))
        return {agreement.partner_id.id: agreement for agreement in signed.search(domain, order="id")}

    # ------------------------------------------------------------------
    # The sheet
    # ------------------------------------------------------------------

    def action_make(self):
        """Button: make the spreadsheet and hand it out.

        :return: action that downloads it
        """
        self.ensure_one()
        self.env["cpa.volunteer"].check_access("read")
        self.write({"file": base64.b64encode(self._sheet()), "file_name": self._file_name()})
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/web/content/{self._name}/{self.id}/file/{self.file_name}?download=true",
        }

    def _file_name(self):
        return f"{self.env._('Volunteers')}-{self.date_from}-{self.date_to}.xlsx"

    def _sheet(self):
        """Return the spreadsheet (bytes), from right to left in Arabic."""
        lang = self.env.lang or "en_US"
        output = io.BytesIO()
        book = xlsxwriter.Workbook(output, {"in_memory": True})
        sheet = book.add_worksheet(self.env._("Volunteers")[:31])
        if lang.startswith("ar"):
            sheet.right_to_left()
        formats = self._formats(book)
        sheet.write_string(0, 0, safe_text(self.company_id.name), formats["title"])
        sheet.write_string(1, 0, self.env._("Register of volunteers"), formats["title"])
        period = self.env._(
            "From %(first)s until %(last)s",
            first=format_both(self.date_from, lang),
            last=format_both(self.date_to, lang),
        )
        sheet.write_string(2, 0, period)
        sheet.write_string(3, 0, self.env._("Drawn up on %(day)s", day=format_both(cpa_today(), lang)))
        columns = self._columns()
        for at, (heading, width) in enumerate(columns):
            sheet.set_column(at, at, width)
            sheet.write_string(5, at, heading, formats["head"])
        rows = self._rows()
        for line, row in enumerate(rows, 6):
            for at, value in enumerate(row):
                self._write(sheet, line, at, value, formats)
        sheet.freeze_panes(6, 2)
        sheet.autofilter(5, 0, 5 + max(len(rows), 1), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(5)
        book.close()
        return output.getvalue()

    @api.model
    def _formats(self, book):
        return {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format({"bold": True, "text_wrap": True, "bg_color": "#F3F6F7", "border": 1}),
            "text": book.add_format({"border": 1, "text_wrap": True, "valign": "top"}),
            "number": book.add_format({"border": 1, "num_format": "0.##", "valign": "top"}),
            "date": book.add_format({"border": 1, "num_format": "yyyy-mm-dd", "valign": "top"}),
        }

    @api.model
    def _write(self, sheet, line, at, value, formats):
        if isinstance(value, str):
            sheet.write_string(line, at, safe_text(value), formats["text"])
        elif hasattr(value, "isoformat"):
            sheet.write_datetime(line, at, value, formats["date"])
        else:
            sheet.write_number(line, at, value, formats["number"])
