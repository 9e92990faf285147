from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.date_utils import end_of, start_of

from ..models.cpa_policy_indicator import Scope
from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today

MONTHS = {"month": 1, "quarter": 3, "year": 12}
# What the table is made of; a change of any measures anew.
MEASURED_BY = frozenset({"period", "date_from", "date_to", "branch_id", "service_id", "part", "only_exceptions"})


class CpaPolicyEvidence(models.TransientModel):
    """Whether the policy is kept, clause by clause: what is done, how often, and what was not as it should be."""

    _name = "cpa.policy.evidence"
    _description = "Evidence"

    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year"), ("free", "From day to day")],
        required=True,
        default="quarter",
    )
    date_from = fields.Date("From", required=True, default=lambda self: self._last_whole("quarter")[0])
    date_to = fields.Date("Until", required=True, default=lambda self: self._last_whole("quarter")[1])
    period_text = fields.Char("Days", compute="_compute_texts")
    previous_text = fields.Char("Compared with", compute="_compute_texts")
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    branch_id = fields.Many2one("cpa.branch", domain="[('company_id', '=', company_id)]")
    service_id = fields.Many2one("cpa.service", domain="[('company_id', 'in', (company_id, False))]")
    part = fields.Selection(
        lambda self: self.env["cpa.policy.clause"]._fields["heading"]._description_selection(self.env),
        "Part of the policy",
    )
    only_exceptions = fields.Boolean("Exceptions only", help="What was late, missing, waived or not as it should be.")
    exception_count = fields.Integer("Kinds of exceptions", readonly=True)
    silent_count = fields.Integer("Figures without evidence", readonly=True)
    line_ids = fields.One2many("cpa.policy.evidence.line", "evidence_id", "Clause by clause", readonly=True)

    # ------------------------------------------------------------------
    # The period
    # ------------------------------------------------------------------

    @api.model
    def _last_whole(self, period, day=None):
        """Return first and last day of the last month, quarter or year that was over before ``day`` (today)."""
        begin = start_of(day or cpa_today(), period) - relativedelta(months=MONTHS[period])
        return begin, end_of(begin, period)

    @api.onchange("period")
    def _onchange_period(self):
        if self.period in MONTHS:
            self.date_from, self.date_to = self._last_whole(self.period)

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_texts(self):
        lang = self.env.lang or "en_US"
        for evidence in self:
            evidence.period_text = evidence.previous_text = False
            if evidence.date_from and evidence.date_to and evidence.date_from <= evidence.date_to:
                before = evidence._scope().previous()
                evidence.period_text = (
                    f"{format_both(evidence.date_from, lang)} – {format_both(evidence.date_to, lang)}"
                )
                evidence.previous_text = f"{format_both(before.date_from, lang)} – {format_both(before.date_to, lang)}"

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Evidence")

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for evidence in self:
            if evidence.date_to < evidence.date_from:
                raise ValidationError(self.env._("A period ends after it begins."))

    def _scope(self):
        return Scope(self.company_id, self.date_from, self.date_to, self.branch_id, self.service_id)

    # ------------------------------------------------------------------
    # The table
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        evidence = super().create([{name: vals[name] for name in vals.keys() - {"line_ids"}} for vals in vals_list])
        evidence._fill()
        return evidence

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & MEASURED_BY:
            self._fill()
        return result

    def _fill(self):
        """Measure the period and the one before, and write the table anew."""
        Indicator = self.env["cpa.policy.indicator"]
        for evidence in self:
            scope = evidence._scope()
            measured, before = Indicator._measured(scope), Indicator._measured(scope.previous())
            clauses = {clause.code: clause for clause in evidence._clauses()}
            rows, clause_code = [], False
            exceptions = silent = 0
            for indicator in Indicator.search(Domain("code", "in", list(measured))):
                measure, former = measured[indicator.code], before[indicator.code]
                is_exception = indicator.is_exception and bool(measure.counted)
                clause = clauses.get(indicator.clause_code)
                if (evidence.part and clause and clause.heading != evidence.part) or (
                    evidence.only_exceptions and not is_exception
                ):
                    continue
                exceptions += is_exception
                silent += measure.value is None
                if indicator.clause_code != clause_code:
                    clause_code = indicator.clause_code
                    rows.append({"clause_code": clause_code, "name": clause and clause.reading, "is_clause": True})
                rows.append(evidence._row(indicator, measure, former) | {"is_exception": is_exception})
            evidence.line_ids.unlink()
            evidence.write(
                {
                    "exception_count": exceptions,
                    "silent_count": silent,
                    "line_ids": [fields.Command.create(row | {"sequence": number}) for number, row in enumerate(rows)],
                }
            )

    def _clauses(self):
        """Return the clauses of the version in force, else of the newest one."""
        policy = self.env["cpa.policy"]._in_force(self.company_id)
        policy = policy or self.env["cpa.policy"].search([("company_id", "=", self.company_id.id)], limit=1)
        return policy.clause_ids

    def _row(self, indicator, measure, before):
        whole = (self.branch_id and not indicator.by_branch) or (self.service_id and not indicator.by_service)
        of = (
            indicator._number_text(measure.of)
            if measure.of and not (indicator.unit == "count" and measure.of == measure.counted)
            else ""
        )
        return {
            "indicator_id": indicator.id,
            "clause_code": indicator.clause_code,
            "name": indicator.name,
            "note": indicator.note,
            "value_text": indicator._value_text(measure.value),
            "has_evidence": measure.value is not None,
            "counted": measure.counted,
            "of_text": of,
            "change_text": indicator._change_text(measure, before),
            "change": indicator._change_is(measure, before),
            "split_text": self.env._("The whole association: it is not told apart here.") if whole else False,
            "can_open": bool(measure.counted) and indicator._can_open(measure.model),
        }

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    @api.model
    def action_evidence(self):
        """Menu: the evidence of the last quarter."""
        return self.create({})._show()

    def action_show(self):
        """Button: what was chosen is saved, and with it measured."""
        return self._show()

    def action_earlier(self):
        """Button: the period before."""
        return self._shift(-1)

    def action_later(self):
        """Button: the period after."""
        return self._shift(1)

    def _shift(self, step):
        self.ensure_one()
        if self.period in MONTHS:
            begin = self.date_from + relativedelta(months=step * MONTHS[self.period])
            end = end_of(begin, self.period)
        else:
            days = (self.date_to - self.date_from).days + 1
            begin = self.date_from + relativedelta(days=step * days)
            end = begin + relativedelta(days=days - 1)
        self.write({"date_from": begin, "date_to": end})
        return self._show()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Evidence"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }


class CpaPolicyEvidenceLine(models.TransientModel):
    _name = "cpa.policy.evidence.line"
    _description = "Figure of the evidence"
    _order = "evidence_id, sequence, id"

    evidence_id = fields.Many2one("cpa.policy.evidence", required=True, readonly=True, ondelete="cascade", index=True)
    sequence = fields.Integer(readonly=True)
    indicator_id = fields.Many2one("cpa.policy.indicator", readonly=True, ondelete="cascade")
    is_clause = fields.Boolean(readonly=True, help="A heading: the clause itself.")
    clause_code = fields.Char("Clause", readonly=True)
    name = fields.Char("What is done", readonly=True)
    note = fields.Char("How it is counted", readonly=True)
    value_text = fields.Char("Figure", readonly=True)
    has_evidence = fields.Boolean(readonly=True)
    is_exception = fields.Boolean("Exception", readonly=True)
    counted = fields.Integer(readonly=True)
    of_text = fields.Char("Of", readonly=True)
    change_text = fields.Char("Change", readonly=True, help="Since the period before.")
    change = fields.Selection(
        [("better", "Better"), ("worse", "Worse"), ("none", "Neither")], "Direction", readonly=True
    )
    split_text = fields.Char("Not told apart", readonly=True)
    can_open = fields.Boolean(readonly=True)

    def action_open(self):
        """Button: exactly the records that were counted."""
        self.ensure_one()
        return self.indicator_id._opened(self.evidence_id._scope())
