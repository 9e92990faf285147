"""By what it is shown that a clause is kept: the catalogue of figures, and how they are counted.

What is counted for which clause stands in the files ``cpa_policy_indicator_*``; other add-ons bring theirs by
inheriting the model: a record of the catalogue each, and the method that its code names.
"""

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, OrderedSet, formatLang

from ..tools.riyadh import cpa_today, utc_start_of
from .cpa_policy_clause import CLAUSE_CODE

# Hours are stored; what they are multiplied by to be shown.
IN_MINUTES = 60
IN_DAYS = 1 / 24
# Up to so much a time is told in minutes, up to so much in hours.
MINUTES_AS_SUCH = 120
HOURS_AS_SUCH = 48


class Scope(NamedTuple):
    """Over what it is measured.

    :param company: ``res.company``, one
    :param date_from: ``date`` in Riyadh, inclusive
    :param date_to: ``date`` in Riyadh, inclusive
    :param branch: ``cpa.branch``, one or none (all)
    :param service: ``cpa.service``, one or none (all)
    """

    company: models.BaseModel
    date_from: date
    date_to: date
    branch: models.BaseModel
    service: models.BaseModel

    @property
    def begin(self):
        """The moment at which the period begins, as Odoo stores it (naive UTC)."""
        return fields.Datetime.to_string(utc_start_of(self.date_from))

    @property
    def end(self):
        """The moment at which the period is over, as Odoo stores it (naive UTC); not part of it."""
        return fields.Datetime.to_string(utc_start_of(self.date_to + timedelta(days=1)))

    @property
    def until(self):
        """The day at whose end it is looked at what was still open: the last of the period, today at the latest."""
        return min(self.date_to, cpa_today())

    def moments(self, name):
        """Return the domain of what happened in the period, by the Datetime field ``name``."""
        return Domain(name, ">=", self.begin) & Domain(name, "<", self.end)

    def days(self, name):
        """Return the domain of what happened in the period, by the Date field ``name``."""
        return Domain(name, ">=", self.date_from) & Domain(name, "<=", self.date_to)

    def by_the_end(self, name):
        """Return the domain of what had happened when the period was over, by the Datetime field ``name``."""
        return Domain(name, "<", self.end)

    def not_by_the_end(self, name):
        """Return the domain of what had not happened when the period was over, by the Datetime field ``name``."""
        return Domain(name, "=", False) | Domain(name, ">=", self.end)

    def in_hand(self, begun, *ended):
        """Return the domain of what was to be done in the period: begun by its end, not ended before it began.

        :param begun: a Datetime field
        :param ended: Datetime fields, any of which ends it
        """
        domain = self.by_the_end(begun)
        for name in ended:
            domain &= Domain(name, "=", False) | Domain(name, ">=", self.begin)
        return domain

    def where(self, path="", company="company_id", branch="branch_id", service="service_id"):
        """Return the domain of whose it is.

        :param path: path to the record that says it ("request_id."), by default the record itself
        :param company: the field that says it there; None where nothing does
        """
        domain = Domain.TRUE
        for name, owner in ((company, self.company), (branch, self.branch), (service, self.service)):
            if name and owner:
                domain &= Domain(f"{path}{name}", "=", owner.id)
        return domain

    def previous(self):
        """Return the scope of the period before: as many whole months, else as many days."""
        after = self.date_to + timedelta(days=1)
        if self.date_from.day == after.day == 1:
            months = relativedelta(after, self.date_from)
            begin = self.date_from - months
        else:
            begin = self.date_from - (after - self.date_from)
        return self._replace(date_from=begin, date_to=self.date_from - timedelta(days=1))


class Measure(NamedTuple):
    """What was measured.

    :param value: ``float``: percent, days, minutes, a score or how many, by the indicator's unit; None: there is no
        evidence in this period
    :param counted: ``int``, how many records were counted
    :param of: ``int``, of how many
    :param domain: ``Domain`` of exactly the counted records
    :param model: ``str``, their model
    """

    value: float | None
    counted: int
    of: int
    domain: Domain
    model: str


class Asked(NamedTuple):
    """What is to be counted. All that is asked about the same records is answered by one query.

    :param model: ``str``
    :param of: ``Domain`` of the records that it is about
    :param counted: ``Domain`` of those of them that are counted
    :param mean: name of a stored number of the counted records whose mean is the value; empty: their number is
    :param weight: name of a stored number by which each counts in the mean (how many answered)
    :param times: what the mean is multiplied by (hours are stored, minutes are shown)
    :param due: how many there should be, where that is not the number of records that it is about
    """

    model: str
    of: Domain
    counted: Domain = Domain.TRUE
    mean: str = ""
    weight: str = ""
    times: float = 1
    due: int = 0


class CpaPolicyIndicator(models.Model):
    """One figure by which it is seen whether a clause of the policy is kept.

    Its method ``_measure_<code>`` (``P-35.late`` → ``_measure_p_35_late``) is called on its record with a ``Scope`` and
    returns what is to be counted (``Asked``), or a ``Measure`` where that is not enough. Figures are the association's:
    counted with all rights, whoever looks; the records behind them open with the rights of who opens them.
    """

    _name = "cpa.policy.indicator"
    _description = "Policy indicator"
    _order = "clause_code, sequence, code"

    code = fields.Char(required=True, readonly=True, help="Stable: the clause and a word, as in P-35.late.")
    clause_code = fields.Char("Clause", required=True, readonly=True, index=True)
    name = fields.Char(required=True, translate=True, readonly=True)
    note = fields.Char("How it is counted", translate=True, readonly=True)
    sequence = fields.Integer(default=10, readonly=True)
    unit = fields.Selection(
        [
            ("count", "Number"),
            ("share", "Percent"),
            ("days", "Days"),
            ("minutes", "Minutes"),
            ("score", "Score"),
        ],
        required=True,
        readonly=True,
        default="count",
    )
    better = fields.Selection(
        [("up", "More is better"), ("down", "Less is better"), ("none", "Neither")],
        required=True,
        readonly=True,
        default="none",
    )
    is_exception = fields.Boolean(
        "Exception", readonly=True, help="It counts what should not be: late, missing, waived."
    )
    by_branch = fields.Boolean("By branch", default=True, readonly=True)
    by_service = fields.Boolean("By service", default=True, readonly=True)
    method = fields.Char(readonly=True, help="Where several indicators are counted alike; by default its own code.")

    _code_uniq = models.Constraint("UNIQUE(code)", "An indicator with this code exists already.")

    @api.constrains("code", "clause_code")
    def _check_code(self):
        for indicator in self:
            clause, _dot, word = indicator.code.partition(".")
            if clause != indicator.clause_code or not word or not CLAUSE_CODE.fullmatch(clause):
                raise ValidationError(
                    self.env._(
                        "“%s” is not a code of an indicator: write the clause and a word, as in P-35.late.",
                        indicator.code,
                    )
                )

    @api.depends("clause_code", "name")
    def _compute_display_name(self):
        for indicator in self:
            indicator.display_name = " · ".join(filter(None, [indicator.clause_code, indicator.name]))

    # ------------------------------------------------------------------
    # Measuring
    # ------------------------------------------------------------------

    @api.model
    def _measured(self, scope, codes=None):
        """Measure the indicators over ``scope``, in a number of queries that does not depend on the records.

        :param scope: ``Scope``; a branch or service by which an indicator cannot be split is left out for it
        :param codes: codes of the indicators to measure, by default all
        :return: ``{code: Measure}``, in the order of the clauses
        :raise AccessError: the user has no right to see the figures
        """
        domain = Domain.TRUE if codes is None else Domain("code", "in", list(codes))
        answers = {}
        for indicator in self.search(domain):
            answers[indicator] = getattr(indicator, indicator._method())(indicator._own_scope(scope))
        tallies = self._tally([answer for answer in answers.values() if isinstance(answer, Asked)])
        return {
            indicator.code: indicator._measure(answer, *tallies[answer]) if isinstance(answer, Asked) else answer
            for indicator, answer in answers.items()
        }

    def _method(self):
        return "_measure_" + re.sub(r"[^0-9a-z]", "_", (self.method or self.code).lower())

    def _own_scope(self, scope):
        """Return ``scope`` without what the indicator cannot be split by."""
        if scope.branch and not self.by_branch:
            scope = scope._replace(branch=scope.branch.browse())
        if scope.service and not self.by_service:
            scope = scope._replace(service=scope.service.browse())
        return scope

    # ------------------------------------------------------------------
    # What several clauses ask about
    # ------------------------------------------------------------------

    def _requests(self, scope, moment, counted, of=Domain.TRUE, **mean):
        """Ask about the requests of which something happened in the period, by the Datetime field ``moment``."""
        return Asked("cpa.request", scope.where() & scope.moments(moment) & of, counted, **mean)

    def _moves(self, scope, model, of, counted=Domain.TRUE, **mean):
        """Ask about the moves of ``model`` in the period: what happened to what belongs to a request."""
        of = Domain("res_model", "=", model) & of & scope.moments("happened_at") & scope.where("request_id.")
        return Asked("cpa.request.move", of, counted, **mean)

    def _own_branch(self, scope):
        """Return the domain of whose it is, of what belongs to a request and has a branch of its own."""
        return scope.where("request_id.", branch=None) & scope.where(company=None, service=None)

    def _measure(self, asked, of, counted, mean):
        """Return the ``Measure`` of what was asked, of how many there were, were counted, and their mean."""
        of = asked.due or of
        value = None
        if asked.mean:
            value = None if mean is None else float(mean) * asked.times
        elif of:
            value = 100 * counted / of if self.unit == "share" else counted
        return Measure(value, counted, of, asked.of & asked.counted, asked.model)

    @api.model
    def _tally(self, asked):
        """Return ``{Asked: (of, counted, mean)}``: one query for all that is asked about the same records."""
        tallies = {}
        about = {}
        for each in asked:
            about.setdefault((each.model, each.of), OrderedSet()).add(each)
        for (model_name, of), together in about.items():
            # the figures are the association's, not those of who looks: he may read the catalogue (_measured), and
            # gets numbers only
            model = self.env[model_name].sudo().with_context(active_test=False)
            query = model._search(of)
            terms = [SQL("COUNT(*)")]
            for each in together:
                where = each.counted.optimize_full(model)._to_sql(model, model._table, query)
                terms.append(SQL("COUNT(*) FILTER (WHERE %s)", where))
                if each.mean:
                    mean = model._field_to_sql(model._table, each.mean, query)
                    weight = model._field_to_sql(model._table, each.weight, query) if each.weight else SQL("1")
                    terms.append(
                        SQL(
                            "SUM(%(mean)s * %(weight)s) FILTER (WHERE %(where)s)"
                            " / NULLIF(SUM(%(weight)s) FILTER (WHERE %(where)s AND %(mean)s IS NOT NULL), 0)::float",
                            mean=mean,
                            weight=weight,
                            where=where,
                        )
                    )
            row = iter([0] * len(terms) if query.is_empty() else self.env.execute_query(query.select(*terms))[0])
            number = next(row)
            for each in together:
                counted, mean = next(row), next(row) if each.mean else None
                tallies[each] = (number, counted, mean if counted else None)
        return tallies

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    def _opened(self, scope):
        """Return the action that opens exactly the records that the indicator counts over ``scope``.

        :raise UserError: this user may not read such records
        """
        self.ensure_one()
        measure = self._measured(scope, [self.code])[self.code]
        if not self._can_open(measure.model):
            raise UserError(self.env._("You see this figure; the records behind it are not yours to read."))
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": measure.model,
            "views": [(False, "list"), (False, "form")],
            "domain": self._plain(measure.domain),
            "context": {"active_test": False, "create": False},
        }

    def _can_open(self, model):
        return self.env[model].has_access("read")

    @api.model
    def _plain(self, domain):
        """Return ``domain`` as a list that the browser understands: no day, moment or domain inside it is an object."""

        def plain(value):
            if isinstance(value, datetime):
                return fields.Datetime.to_string(value)
            if isinstance(value, date):
                return fields.Date.to_string(value)
            if isinstance(value, Domain):
                return self._plain(value)
            return list(value) if isinstance(value, (set, OrderedSet, tuple)) else value

        return [leaf if isinstance(leaf, str) else (*leaf[:2], plain(leaf[2])) for leaf in domain]

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _value_text(self, value):
        """Return a figure as people read it, in the user's language.

        :param value: ``float`` in the indicator's unit, or None
        """
        if value is None:
            return self.env._("No evidence in this period")
        return self._amount_text(value, abs(value))

    def _change_text(self, measure, before):
        """Return by how much the figure of ``measure`` differs from that of ``before``; empty where one is missing."""
        if measure.value is None or before.value is None:
            return ""
        change = measure.value - before.value
        if not round(change, 1):
            return self.env._("As before")
        sign = "+" if change > 0 else "\N{MINUS SIGN}"
        if self.unit == "share":
            return self.env._("%(change)s points", change=sign + self._number_text(abs(change)))
        return sign + self._amount_text(abs(change), max(abs(measure.value), abs(before.value)))

    def _change_is(self, measure, before):
        """Return whether the change is to the better: ``better``, ``worse`` or ``none``."""
        if self.better == "none" or measure.value is None or before.value is None:
            return "none"
        change = round(measure.value - before.value, 1)
        if not change:
            return "none"
        return "better" if (change > 0) == (self.better == "up") else "worse"

    def _amount_text(self, value, scale):
        """Return ``value`` with its unit; minutes become hours or days where ``scale`` is that large."""
        number = self._number_text
        if self.unit == "share":
            return self.env._("%(number)s%%", number=number(value))
        if self.unit == "minutes" and scale < MINUTES_AS_SUCH:
            return self.env._("%(number)s min.", number=number(value))
        if self.unit == "minutes" and scale < HOURS_AS_SUCH * 60:
            return self.env._("%(number)s hours", number=number(value / 60))
        if self.unit == "minutes":
            return self.env._("%(number)s days", number=number(value / 60 / 24))
        if self.unit == "days":
            return self.env._("%(number)s days", number=number(value))
        return number(value)

    def _number_text(self, value):
        """Return a number with one decimal where it has any, in the digits and signs of the user's language."""
        value = round(value, 1)
        return formatLang(self.env, value, digits=0 if value == int(value) else 1)
