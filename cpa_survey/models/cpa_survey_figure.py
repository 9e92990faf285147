from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.date_utils import get_month, get_quarter, start_of

from ..tools.answers import Answers
from .cpa_satisfaction_source import DIMENSIONS

# The tables, and in which order they are told: what comes first is not given up for what comes later.
TABLES = {
    "all": (),
    "service": ("service_id",),
    "branch": ("branch_id",),
    "channel": ("channel_id",),
    "department": ("department_id",),
    "service_branch": ("service_id", "branch_id"),
    "service_channel": ("service_id", "channel_id"),
}
# After these events an answer speaks of the work of somebody.
STAFF_EVENTS = frozenset({"reply", "delivery", "visit", "reception", "counter"})
# A share of answers is told in steps of ten, and never that all answered.
RATE_STEP, HIGHEST_RATE = 10, 90


class CpaSurveyFigure(models.Model):
    """What people said in a closed period, in one cell of a fixed table (P-12, P-13, P-16, P-17).

    Counted once, when the last survey of the month has closed, and never again. A cell is told where at least five
    answered, about the work of at least two, and where nothing smaller can be worked out with what was told before;
    else its month waits and is counted together with others in the quarter, else in the year. No figure says that all
    or nobody was satisfied: what all say is what each one says.
    """

    _name = "cpa.survey.figure"
    _description = "Figure of satisfaction"
    _inherit = ["cpa.survey.figure.mixin"]
    _order = "date_from desc, event_code, measure, table, id"
    _log_access = False

    table = fields.Selection(
        [
            ("all", "All together"),
            ("service", "By service"),
            ("branch", "By branch"),
            ("channel", "By channel"),
            ("department", "By department"),
            ("service_branch", "By service and branch"),
            ("service_channel", "By service and channel"),
        ],
        required=True,
        readonly=True,
    )
    service_id = fields.Many2one("cpa.service", readonly=True, ondelete="restrict")
    branch_id = fields.Many2one("cpa.branch", readonly=True, ondelete="restrict")
    channel_id = fields.Many2one("cpa.channel", readonly=True, ondelete="restrict")
    department_id = fields.Many2one("cpa.department", readonly=True, ondelete="restrict")
    response_rate = fields.Integer(
        "Answered (%)", readonly=True, aggregator="avg", help="Of those asked; in steps of ten, at most 90."
    )

    _cell_uniq = models.UniqueIndex(
        """(company_id, event_code, measure, "table", COALESCE(service_id, 0), COALESCE(branch_id, 0),
            COALESCE(channel_id, 0), COALESCE(department_id, 0), period, date_from)""",
        "A closed period is counted once.",
    )

    @api.depends_context("lang")
    @api.depends("event_code", "measure", "table", "date_from")
    def _compute_display_name(self):
        measures = dict(self._fields["measure"]._description_selection(self.env))
        events = dict(self._fields["event_code"]._description_selection(self.env))
        for figure in self:
            cell = [figure[name].display_name for name in TABLES[figure.table]]
            month = format_date(self.env, figure.date_from, date_format="MMMM y")
            parts = [measures[figure.measure], events[figure.event_code], *cell, month]
            figure.display_name = " · ".join(parts)

    # ------------------------------------------------------------------
    # The count
    # ------------------------------------------------------------------

    @api.model
    def _cron_count(self):
        """Job: count the months whose last survey has closed, each once and in their order."""
        for company in self.env["res.company"].search(Domain.TRUE):
            while month := self._next_month(company):
                self._count(company, month)
                company.cpa_survey_counted_until = get_month(month)[1]
                if not self.env["ir.cron"]._commit_progress(1):
                    return

    @api.model
    def _next_month(self, company):
        """Return the first day of the next month that can be counted; None while none is closed."""
        Invitation = self.env["cpa.survey.invitation"]
        asked = [("company_id", "=", company.id), ("month", "!=", False)]
        if company.cpa_survey_counted_until:
            month = company.cpa_survey_counted_until + timedelta(days=1)
        else:
            month = self._first_month(company, Invitation.search(asked, order="month", limit=1).month)
        if not month or get_month(month)[1] >= cpa_today():
            return None
        still_open = [*asked, ("month", "=", month), ("state", "=", "sent"), ("open_until", ">=", cpa_today())]
        return None if Invitation.search_count(still_open, limit=1) else month

    @api.model
    def _first_month(self, company, asked):
        """Return the first month with an answer or, earlier, with somebody ``asked``: at a counter nobody is."""
        self.env.cr.execute(SQL("SELECT MIN(month) FROM cpa_survey_fact WHERE company_id = %s", company.id))
        return min(filter(None, (asked, *self.env.cr.fetchone())), default=None)

    @api.model
    def _count(self, company, month):
        """Count one closed month: its own cells, and at the end of a quarter and of a year what waited until then."""
        told = self._told(company, month)
        own = self.env["cpa.survey.own.figure"]._told(company, month)
        asked = self._asked(company, month)
        figures = self.browse()
        for key, answers in self._answers(company, month).items():
            count = _Count(self, company, key, answers, asked[key[0]], told[key], own[key])
            for period, (first, last) in self._periods(month):
                figures |= count.tell(period, first, last)
        # what is proposed keeps its name as written: in the language in which the association works
        lang = self.env["cpa.reply.text"]._lang_of(None)
        Action = self.env["cpa.improvement.action"].with_context(lang=lang)
        Action._measure_all(company)
        Action._propose_by_figures(figures.with_context(lang=lang))
        Action._propose_by_counts(company, month)

    def _periods(self, month):
        """Return the periods that end with this month, the shortest first."""
        periods = [("month", get_month(month))]
        if month.month % 3 == 0:
            periods.append(("quarter", get_quarter(month)))
        if month.month == 12:
            periods.append(("year", (start_of(month, "year"), get_month(month)[1])))
        return periods

    def _answers(self, company, month):
        """Return the answers of the year until ``month``, ``{(event, measure): Answers}``, in one grouped query."""
        good = SQL("CASE WHEN measure = 'trust' THEN score >= 9 ELSE score >= 4 END")
        bad = SQL("CASE WHEN measure = 'trust' THEN score <= 6 ELSE score <= 2 END")
        places = SQL(", ").join(map(SQL.identifier, DIMENSIONS))
        self.env.cr.execute(
            SQL(
                """SELECT event_code, measure, month, staff_id, COUNT(*),
                          COUNT(*) FILTER (WHERE %(good)s), COUNT(*) FILTER (WHERE %(bad)s), %(places)s
                     FROM cpa_survey_fact
                    WHERE company_id = %(company)s AND month BETWEEN %(first)s AND %(last)s
                 GROUP BY event_code, measure, month, staff_id, %(places)s""",
                good=good,
                bad=bad,
                places=places,
                company=company.id,
                first=start_of(month, "year"),
                last=month,
            )
        )
        found = {}
        for event, measure, day, staff, n, many, few, *place in self.env.cr.fetchall():
            answers = found.setdefault((event, measure), Answers(event in STAFF_EVENTS))
            answers.add(day, tuple(place), staff, n, many, few)
            if event == "counter":
                # it speaks of whoever works in the office, and of nobody in particular: one alone gets no figure
                branch = self.env["cpa.branch"].browse(place[DIMENSIONS.index("branch_id")] or ())
                for delegate in branch.delegate_ids:
                    answers.add(day, tuple(place), delegate.id, 0, 0, 0)
        return found

    def _asked(self, company, month):
        """Return how many were asked this year by event, month and place: ``{event: {(month, place): n}}``."""
        groups = self.env["cpa.survey.invitation"]._read_group(
            [("company_id", "=", company.id), ("month", ">=", start_of(month, "year")), ("month", "<=", month)],
            ["rule_id", "month:month", *DIMENSIONS],
            ["__count"],
        )
        asked = defaultdict(lambda: defaultdict(int))
        for rule, day, *place, n in groups:
            asked[rule.event_code][(day, *(record.id or None for record in place))] += n
        return asked

    def _cell(self):
        self.ensure_one()
        return tuple(self[name].id or None for name in DIMENSIONS)

    def _is_low(self):
        """Return whether this figure asks for an improvement: trust, which runs from -100, in its own half."""
        self.ensure_one()
        low = self.company_id.cpa_survey_low
        return self.score < (2 * low - 100 if self.measure == "trust" else low)

    @api.model
    def _score(self, measure, counts):
        """Return the score of a group: never that all or nobody said the same.

        :param counts: ``(n, good, bad)``
        """
        n, good, bad = counts
        good, bad = (min(max(number, 1), n - 1) for number in (good, bad))
        return 100.0 * (good - bad if measure == "trust" else good) / n


class _Count:
    """The count of one question after one kind of event: what was told, and what may be told beside it."""

    def __init__(self, figures, company, key, answers, asked, told, own):
        self.figures, self.company, self.key = figures, company, key
        self.answers, self.asked = answers, asked
        self.ledger = answers.ledger()
        self.groups = []
        self.done = defaultdict(set)  # the months that have a figure, by table and cell
        for figure in told:
            cell, months = figure._cell(), figure._months()
            self._note(figure.table, cell, months, answers.group(cell, months), force=True)
        self.own_done = defaultdict(set)
        for figure in own:
            months = figure._months()
            self.own_done[figure.user_id.id] |= months
            answers.tell_own(figure.user_id.id, answers.own(figure.user_id.id, months), [])

    def tell(self, period, first, last):
        """Tell each cell of each table for what of its months has no figure yet, and each provider his own.

        :return: the figures told to all
        """
        wide = period != "month"
        span = [first + relativedelta(months=number) for number in range((last.month - first.month) + 1)]
        rows = []
        for table, names in TABLES.items():
            axes = [DIMENSIONS.index(name) for name in names]
            for cell in self.answers.cells(axes, set(span)):
                months = frozenset(span) - self.done[table, cell]
                group = self.answers.group(cell, months)
                # one month alone was looked at when it closed
                if not group or (wide and len({atom[0] for atom in group}) < 2) or not self.answers.shelters(group):
                    continue
                if self._note(table, cell, months, group):
                    rows.append(self._values(table, cell, months, group, period, first, last))
        told = self.figures.create(rows)
        self._tell_own(period, first, last, span)
        return told

    def _tell_own(self, period, first, last, span):
        rows = []
        for staff in self.answers.staff(set(span)) if self.answers.has_staff else ():
            months = frozenset(span) - self.own_done[staff]
            atoms = self.answers.own(staff, months)
            if self.answers.tell_own(staff, atoms, self.groups):
                self.own_done[staff] |= months
                counts = self.answers.counts(atoms, staff)
                rows.append(self._common(months, counts, period, first, last) | {"user_id": staff})
        self.figures.env["cpa.survey.own.figure"].create(rows)

    def _note(self, table, cell, months, group, force=False):
        told = self.ledger.tell(group, force=force)
        if told or force:
            self.done[table, cell] |= months
            self.groups.append(group)
        return told

    def _values(self, table, cell, months, group, period, first, last):
        counts = self.answers.counts(group)
        asked = sum(
            n
            for (month, *place), n in self.asked.items()
            if month in months and all(own is None or own == value for own, value in zip(cell, place, strict=True))
        )
        rate = 100 * counts[0] // asked // RATE_STEP * RATE_STEP if asked else 0
        return self._common(months, counts, period, first, last) | {
            "table": table,
            "response_rate": min(rate, HIGHEST_RATE),
            **dict(zip(DIMENSIONS, cell, strict=True)),
        }

    def _common(self, months, counts, period, first, last):
        event, measure = self.key
        return {
            "company_id": self.company.id,
            "event_code": event,
            "measure": measure,
            "period": period,
            "date_from": first,
            "date_to": last,
            "months": sorted(map(str, months)),
            "answers": counts[0],
            "score": self.figures._score(measure, counts),
        }
