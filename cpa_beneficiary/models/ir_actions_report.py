import io
import operator
from itertools import groupby

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import formatLang

from ..tools import papers
from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_date
from ..tools.saudi import national_phone
from ..tools.text import comma_list, direction_of


class IrActionsReport(models.Model):
    """Our papers are set by WeasyPrint; the reports of other add-ons keep their engine.

    wkhtmltopdf loses words of Arabic lines that mix letters, digits and brackets.
    """

    _inherit = "ir.actions.report"

    cpa_engine = fields.Selection(
        [("weasyprint", "WeasyPrint")], "Engine", help="What sets the paper; empty: the engine of other reports."
    )

    def _get_readable_fields(self):
        return super()._get_readable_fields() | {"cpa_engine"}

    def report_action(self, docids, data=None, config=True):
        """Our papers have a layout of their own: none is chosen before the first one is printed."""
        action = super().report_action(docids, data=data, config=config and not self.cpa_engine)
        return {**action, "cpa_engine": self.cpa_engine} if self.cpa_engine else action

    def _get_rendering_context(self, report, docids, data):
        """Whatever the way to a paper (button, menu, address): it is printed with the user's own rights.

        :raise AccessError: the paper is not for the user's roles, or one of the records is not
        """
        if not report.cpa_engine:
            return super()._get_rendering_context(report, docids, data)
        self._check_paper_access(report, docids)
        return super()._get_rendering_context(report, docids, {**(data or {}), **self._paper_tools()})

    @api.model
    def _paper_tools(self):
        """Return what the templates of papers write with."""
        lang = self.env.lang or "en_US"
        arabic = lang.startswith("ar")
        return {
            "paper_lang": "ar" if arabic else "en",
            "paper_direction": "rtl" if arabic else "ltr",
            "direction_of": direction_of,
            "both": lambda day: format_both(day, lang),
            "date_of": riyadh_date,
            "rows": self._paper_rows,
            "policy": self.env["cpa.policy"]._in_force(),
            "declaration_text": self.env["cpa.declaration.text"].search([], limit=1),
            "phone": national_phone,
        }

    @api.model
    def _paper_rows(self, record, names):
        """Return ``[(label, text)]`` of those fields of ``record`` that are filled and that the user may read."""
        if not record:
            return []
        rows = []
        for name in names:
            field = record._fields.get(name)
            if field is None or not record._has_field_access(field, "read") or not record[name]:
                continue
            rows.append((field._description_string(self.env), self._paper_value(record, field)))
        return rows

    @api.model
    def _paper_value(self, record, field):
        value = record[field.name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "boolean":
            return self.env._("Yes")
        if field.type == "date":
            return format_both(value, self.env.lang)
        if field.type == "datetime":
            return format_both(riyadh_date(value), self.env.lang)
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            digits = 0 if float(value).is_integer() else currency.decimal_places
            return f"{formatLang(self.env, value, digits=digits)} {currency.currency_unit_label or currency.name}"
        if field.relational:
            return comma_list(value.mapped("display_name"), self.env.lang)
        return national_phone(value) if field.name == "phone" else str(value)

    @api.model
    def _check_paper_access(self, report, docids):
        if self.env.su:
            return  # the system prints for a user whose rights it has checked
        # compared only: which roles a paper is for is no secret
        if report.group_ids and not report.group_ids & self.env.user.sudo().all_group_ids:
            raise AccessError(self.env._("“%(paper)s” is not printed by your role.", paper=report.name))
        self.env[report.model].browse(docids).check_access("read")

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        if self._get_report(report_ref).cpa_engine:
            # tests set our papers too: no outside program is called
            self = self.with_context(force_report_rendering=True)
        return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        if not self._get_report(report_ref).cpa_engine:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        bodies = []
        for lang, ids in self._paper_batches(self._get_report(report_ref), res_ids):
            html, _type = self.with_context(lang=lang)._render_qweb_html(
                report_ref, ids, data={**(data or {}), "report_type": "pdf"}
            )
            bodies += papers.split(html)
        pdf = self._run_wkhtmltopdf(bodies, report_ref=report_ref)
        one = res_ids[0] if res_ids and len(res_ids) == 1 else False
        return {one: {"stream": io.BytesIO(pdf), "attachment": None}}

    @api.model
    def _paper_batches(self, report, res_ids):
        """Return ``[(lang, ids)]``, in the order of ``res_ids``: a letter is printed in its own language.

        A model says so by ``_paper_lang``; the papers of others are in the language of who prints them.
        """
        records = self.env[report.model].browse(res_ids)
        if report.report_name == "cpa_beneficiary.cpa_request_letter":
            lang_of = operator.methodcaller("_letter_lang")
        elif hasattr(records, "_paper_lang"):
            lang_of = operator.methodcaller("_paper_lang")
        else:
            return [(self.env.lang, res_ids)]
        self._check_paper_access(report, res_ids)
        # consecutive ones only: the pages stay in the order that was asked for
        batches = groupby(records, key=lang_of)  # pylint: disable=bad-builtin-groupby
        return [(lang, [record.id for record in same]) for lang, same in batches]

    @api.model
    def _run_wkhtmltopdf(self, bodies, report_ref=False, **kwargs):
        """The one place where the engine is chosen, report by report."""
        if not report_ref or not self._get_report(report_ref).cpa_engine:
            return super()._run_wkhtmltopdf(bodies, report_ref=report_ref, **kwargs)
        try:
            return papers.to_pdf(bodies)
        except papers.PapersUnavailable as error:
            raise UserError(
                self.env._(
                    "Papers cannot be printed: the libraries that set them are missing on the server (%(error)s). "
                    "Ask the administrator to install WeasyPrint and Pango.",
                    error=error,
                )
            ) from error
