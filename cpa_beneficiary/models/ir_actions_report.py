import io

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import papers
from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_date
from ..tools.saudi import national_phone


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
            "both": lambda day: format_both(day, lang),
            "date_of": riyadh_date,
            "phone": national_phone,
        }

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
        html, _type = self._render_qweb_html(report_ref, res_ids, data={**(data or {}), "report_type": "pdf"})
        pdf = self._run_wkhtmltopdf(papers.split(html), report_ref=report_ref)
        one = res_ids[0] if res_ids and len(res_ids) == 1 else False
        return {one: {"stream": io.BytesIO(pdf), "attachment": None}}

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
