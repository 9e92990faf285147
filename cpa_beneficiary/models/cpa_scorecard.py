"""How the work of each branch and department went in a period, beside the period before (P-17)."""

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import float_compare
from odoo.tools.date_utils import end_of, start_of
from odoo.tools.misc import formatLang

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today
from .cpa_policy_indicator import Scope
from .cpa_request_timeliness import LATE
from .roles import MANAGER

ALL = "all"


class CpaScorecard(models.AbstractModel):
    """The scorecard: a row for each branch and each department, in the order of their names.

    It compares each with itself before. It says nothing of people, and ranks nobody (P-16). Counted are the requests
    that the user may read; each figure opens those that it counts.
    """

    _name = "cpa.scorecard"
    _description = "Scorecard"

    # ------------------------------------------------------------------
    # What the screen asks for
    # ------------------------------------------------------------------

    @api.model
    def get_periods(self):
        """Return the periods offered: list of dicts ``key``, ``name``, ``date_from``, ``date_to`` (ISO days).

        One that is not over ends today, and is compared with as many days before.
        """
        today = cpa_today()
        month, quarter, year = (start_of(today, granularity) for granularity in ("month", "quarter", "year"))
        spans = [
            ("month", self.env._("This month"), month, today),
            ("quarter", self.env._("This quarter"), quarter, today),
            ("year", self.env._("This year"), year, today),
            ("last_month", self.env._("Last month"), *self._whole(month - relativedelta(months=1), "month")),
            ("last_quarter", self.env._("Last quarter"), *self._whole(quarter - relativedelta(months=3), "quarter")),
            ("last_year", self.env._("Last year"), *self._whole(year - relativedelta(years=1), "year")),
        ]
        return [
            {"key": key, "name": name, "date_from": str(date_from), "date_to": str(date_to)}
            for key, name, date_from, date_to in spans
        ]

    @api.model
    def get_scorecard(self, date_from, date_to):
        """Return the scorecard of a period, in the user's language.

        :param str date_from: the first day (ISO, in Riyadh)
        :param str date_to: the last day
        :return: dict ``period`` and ``before`` (texts), ``columns`` (dicts ``key``, ``title``, ``help``) and
            ``sections`` (dicts ``by``, ``title``, ``rows``); a row is a dict ``owner`` (id, False: without one, "all"),
            ``name`` and ``cells``: dicts ``key``, ``value`` (None: no evidence), ``text``, ``before`` (text), ``trend``
            ("up", "down", "same", "") and ``tone`` ("good", "bad", "")
        :raise AccessError: neither manager nor auditor
        """
        scope = self._scope(date_from, date_to)
        before = scope.previous()
        columns = self._columns()
        return {
            "period": self._period_text(scope),
            "before": self._period_text(before),
            "columns": [{name: column[name] for name in ("key", "title", "help")} for column in columns],
            "sections": [
                {"by": by, "title": title, "rows": self._rows(by, columns, scope, before)}
                for by, title in {
                    "branch_id": self.env._("Branches"),
                    "department_id": self.env._("Departments"),
                }.items()
            ],
        }

    @api.model
    def open_figure(self, key, date_from, date_to, by, owner):
        """Return the action that opens exactly what a figure counts; parameters as in ``get_scorecard``."""
        scope = self._scope(date_from, date_to)
        column = next(column for column in self._columns() if column["key"] == key)
        model, domain = self._opened(key, scope, by, owner)
        plain = self.env["cpa.policy.indicator"]._plain(domain)
        return {
            "type": "ir.actions.act_window",
            "name": column["title"],
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": plain,
            "context": {"create": False},
        }

    # ------------------------------------------------------------------
    # Figures; add-ons extend them
    # ------------------------------------------------------------------

    @api.model
    def _columns(self):
        """Return the figures of a row: dicts ``key``, ``title``, ``help``, ``unit`` and ``better`` (up, down, none)."""
        return [
            {
                "key": "received",
                "title": self.env._("Requests received"),
                "help": self.env._("Requests submitted in the period."),
                "unit": "count",
                "better": "none",
            },
            {
                "key": "answered",
                "title": self.env._("Replies"),
                "help": self.env._("Requests that were answered in the period."),
                "unit": "count",
                "better": "none",
            },
            {
                "key": "turnaround",
                "title": self.env._("Days to the reply"),
                "help": self.env._("Calendar days from the submission to the reply, on average."),
                "unit": "days",
                "better": "down",
            },
            {
                "key": "late",
                "title": self.env._("Late replies"),
                "help": self.env._("Of the replies: those after the day by which the applicant was told to have one."),
                "unit": "share",
                "better": "down",
            },
            {
                "key": "exceptions",
                "title": self.env._("Exceptions made"),
                "help": self.env._("Requests answered too early, or with an item that the manager waived."),
                "unit": "count",
                "better": "down",
            },
            {
                "key": "returned",
                "title": self.env._("Returned"),
                "help": self.env._("Requests that went back to the applicant because something was missing."),
                "unit": "count",
                "better": "down",
            },
        ]

    @api.model
    def _opened(self, key, scope, by, owner):
        """Return what a figure opens: ``(model, Domain)`` of exactly what it counts."""
        domain = self._counted(key, scope)
        if owner != ALL:
            domain &= Domain(by, "=", owner)
        return "cpa.request", Domain("analysis_ids", "any", domain)

    @api.model
    def _counted(self, key, scope):
        """Return the domain of the requests, as rows of their analysis, that a figure counts over all owners."""
        company = Domain("company_id", "=", scope.company.id)
        answered = company & scope.days("replied_on")
        waived = [("state", "=", "waived"), *scope.moments("checked_at")]
        returned = [("to_state", "=", "incomplete"), *scope.moments("happened_at")]
        early = answered & Domain("clock", "=", "early")
        waived = company & Domain("request_id", "any", [("check_ids", "any", waived)])
        return {
            "received": company & scope.days("submitted_on"),
            "answered": answered,
            "turnaround": answered,
            "late": answered & Domain("clock", "in", LATE),
            "waived": waived & ~early,
            "exceptions": early | waived,
            "returned": company & Domain("request_id", "any", [("move_ids", "any", returned)]),
        }[key]

    @api.model
    def _figures(self, by, scope):
        """Return the figures of each owner and of all: ``{owner id, False or "all": {key: value}}``.

        A bounded number of grouped queries, however many owners or requests there are.
        """
        Analysis = self.env["cpa.request.analysis"]
        figures = {ALL: {}}

        def add(key, groups):
            for owner, value in groups:
                for row in (figures.setdefault(owner.id, {}), figures[ALL]):
                    row[key] = row.get(key, 0) + value

        def domain(key):
            return self._counted(key, scope)

        add("received", Analysis._read_group(domain("received"), [by], ["__count"]))
        add("returned", Analysis._read_group(domain("returned"), [by], ["__count"]))
        add("exceptions", Analysis._read_group(domain("waived"), [by], ["__count"]))  # early ones come with the replies
        replies = Analysis._read_group(domain("answered"), [by, "clock"], ["__count", "reply_days:sum"])
        add("answered", [(owner, count) for owner, _clock, count, _days in replies])
        add("days", [(owner, days or 0) for owner, _clock, _count, days in replies])
        add("late", [(owner, count) for owner, clock, count, _days in replies if clock in LATE])
        add("exceptions", [(owner, count) for owner, clock, count, _days in replies if clock == "early"])
        for row in figures.values():
            answered = row.get("answered")
            row["turnaround"] = row.pop("days", 0) / answered if answered else None
            row["late"] = 100 * row.get("late", 0) / answered if answered else None
        return figures

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _scope(self, date_from, date_to):
        """:raise AccessError: neither manager nor auditor"""
        if not (self.env.user._has_group(MANAGER) or self.env.user._has_group("cpa_beneficiary.group_auditor")):
            raise AccessError(self.env._("The scorecard is for the manager and the internal auditor."))
        first, last = sorted(map(fields.Date.to_date, (date_from, date_to)))
        return Scope(self.env.company, first, last, self.env["cpa.branch"], self.env["cpa.service"])

    @api.model
    def _whole(self, day, granularity):
        return start_of(day, granularity), end_of(day, granularity)

    def _period_text(self, scope):
        return self.env._(
            "%(first)s to %(last)s",
            first=format_both(scope.date_from, self.env.lang),
            last=format_both(scope.date_to, self.env.lang),
        )

    def _rows(self, by, columns, scope, before):
        now, then = self._figures(by, scope), self._figures(by, before)
        Owner = self.env[self.env["cpa.request.analysis"]._fields[by].comodel_name]
        # an archived one is shown as long as something is counted for it
        counted = [owner for owner in (now | then) if owner and owner != ALL]
        owners = Owner.search([("company_id", "=", scope.company.id)]) | Owner.browse(counted)
        names = [(owner.id, owner.display_name) for owner in owners.sorted("display_name")]
        if now.keys() & {False} or then.keys() & {False}:
            names.append((False, self.env._("Without one")))
        names.append((ALL, self.env._("All together")))
        return [
            {
                "owner": owner,
                "name": name,
                "cells": [self._cell(column, now.get(owner, {}), then.get(owner, {})) for column in columns],
            }
            for owner, name in names
        ]

    def _cell(self, column, now, then):
        nothing = 0 if column["unit"] == "count" else None
        value, before = (figures.get(column["key"], nothing) for figures in (now, then))
        trend = self._trend(value, before)
        return {
            "key": column["key"],
            "value": value,
            "text": self._text(column["unit"], value),
            "before": self._text(column["unit"], before),
            "trend": trend,
            "tone": self._tone(column["better"], trend),
        }

    @api.model
    def _trend(self, value, before):
        if value is None or before is None:
            return ""
        return {1: "up", 0: "same", -1: "down"}[float_compare(value, before, precision_digits=1)]

    @api.model
    def _tone(self, better, trend):
        if better == "none" or trend in ("same", ""):
            return ""
        return "good" if trend == better else "bad"

    def _text(self, unit, value):
        if value is None:
            return "—"
        number = formatLang(self.env, value, digits=1 if unit == "days" else 0)
        return f"{number}%" if unit == "share" else number
