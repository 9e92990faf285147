from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.date_utils import start_of

from .cpa_survey_rule import EVENTS
from .survey_question import MEASURES

PERIODS = [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")]


class CpaSurveyFigureMixin(models.AbstractModel):
    """What every figure of satisfaction says (P-12, P-16): of which closed period, from how many answers, how good."""

    _name = "cpa.survey.figure.mixin"
    _description = "Figure of a closed period"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade", index=True)
    event_code = fields.Selection(EVENTS, "After", required=True, readonly=True)
    measure = fields.Selection(MEASURES, required=True, readonly=True)
    period = fields.Selection(PERIODS, required=True, readonly=True)
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("Until", required=True, readonly=True)
    months = fields.Json(readonly=True, help="The months that are counted in it: those without a figure of their own.")
    answers = fields.Integer(readonly=True)
    score = fields.Float(
        readonly=True,
        digits=(5, 1),
        aggregator="avg",
        help="How many of a hundred gave a good score (4 or 5). For trust: promoters less detractors, -100 to 100.",
    )

    @api.model
    def _told(self, company, month):
        """Return the figures of this year that have been told: ``{(event, measure): recordset}``."""
        figures = self.search([("company_id", "=", company.id), ("date_from", ">=", start_of(month, "year"))])
        told = defaultdict(self.browse)
        return told | figures.grouped(lambda figure: (figure.event_code, figure.measure))

    def _months(self):
        """Return the first days of the months that are counted in it (``frozenset``)."""
        self.ensure_one()
        return frozenset(map(fields.Date.to_date, self.months))

    def _read_group_select(self, aggregate_spec, query):
        """Figures of few and of many put together: each answer counts the same, in lists, pivots and dashboards."""
        if aggregate_spec != "score:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%(score)s * %(answers)s) / NULLIF(SUM(%(answers)s), 0)",
            score=self._field_to_sql(self._table, "score", query),
            answers=self._field_to_sql(self._table, "answers", query),
        )
