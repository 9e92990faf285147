"""Clause by clause: the source's text, how it is read, what is done, the figures; then the exceptions of them all."""

from odoo import models
from odoo.fields import Domain

# From when on a step counts as entered late.
LATE_HOURS = 24


class CpaEvidenceFolder(models.Model):
    _inherit = "cpa.evidence.folder"

    # ------------------------------------------------------------------
    # Gathering
    # ------------------------------------------------------------------

    def _clauses(self):
        """Return the clauses in the source's order, each with its figures in this period and the one before."""
        indicators = self.env["cpa.policy.indicator"]
        scope = self._scope()
        now, before = indicators._measured(scope), indicators._measured(scope.previous())
        by_clause = indicators.search(Domain.TRUE).grouped("clause_code")
        return [
            {
                "code": clause.code,
                "heading": self._label(clause, "heading"),
                "source": clause.source_text,
                "reading": clause.reading,
                "mechanism": clause.mechanism or "",
                "figures": [
                    self._figure(indicator, now[indicator.code], before[indicator.code])
                    for indicator in by_clause.get(clause.code, ())
                ],
            }
            for clause in self.policy_id.clause_ids
        ]

    def _figure(self, indicator, measure, before):
        return {
            "code": indicator.code,
            "name": indicator.name,
            "note": indicator.note or "",
            "unit": indicator.unit,
            "better": indicator.better,
            "exception": indicator.is_exception,
            "value": _rounded(measure.value),
            "counted": measure.counted,
            "of": measure.of,
            "before": _rounded(before.value),
        }

    def _section_exceptions(self):
        """Return what should not be and was, in numbers; reasons are chosen from lists or said to be on record."""
        counted = [
            [clause["code"], figure["name"], figure["counted"], figure["of"], self._value_text(figure, "before")]
            for clause in self.content["clauses"]
            for figure in clause["figures"]
            if figure["exception"] and figure["counted"]
        ]
        return self._section(
            self.env._("Exceptions by clause"),
            [
                self._grid(
                    [
                        self.env._("Clause"),
                        self.env._("Exception"),
                        self.env._("Counted"),
                        self.env._("Of"),
                        self.env._("The period before"),
                    ],
                    counted,
                    codes=[0],
                ),
                self._grid(
                    [
                        self.env._("What was done"),
                        self.env._("Times"),
                        self.env._("With a reason on record"),
                        self.env._("With a scan on record"),
                    ],
                    self._reasoned(),
                    self.env._("Reasons on record"),
                ),
                self._grid(
                    [self.env._("Code"), self.env._("Reason"), self.env._("Requests rejected")],
                    self._rejected(),
                    self.env._("Rejections by reason"),
                    codes=[0],
                ),
            ],
            self.env._("The texts of reasons stand in the records themselves: they may name people."),
        )

    def _reasoned(self):
        """Return ``[what, times, with a reason, with a scan]`` of the moves that need the one or the other."""
        scope = self._scope()
        moves = self.env["cpa.request.move"]
        requests = Domain("res_model", "=", "cpa.request")
        kinds = [
            (self.env._("Requests cancelled by the manager"), requests & Domain("to_state", "=", "cancelled")),
            (self.env._("Requests withdrawn by the applicant"), requests & Domain("to_state", "=", "withdrawn")),
            (self.env._("Requests returned to be completed"), requests & Domain("to_state", "=", "incomplete")),
            (
                self.env._("Items waived by the manager"),
                Domain("res_model", "=", "cpa.request.check") & Domain("to_state", "=", "waived"),
            ),
            (
                self.env._("Deliveries cancelled by the manager"),
                Domain("res_model", "=", "cpa.delivery") & Domain("to_state", "=", "cancelled"),
            ),
            (
                self.env._("Steps entered a day or more after they happened"),
                Domain("lag_hours", ">=", LATE_HOURS) & Domain("request_id", "!=", False),
            ),
        ]
        rows = []
        for words, kind in kinds:
            domain = kind & scope.moments("happened_at") & scope.where("request_id.")
            [[times, scans]] = moves._read_group(domain, [], ["__count", "scan_id:count"])
            reasons = moves.search_count(domain & Domain("reason", "!=", False)) if times else 0
            if times:
                rows.append([words, times, reasons, scans])
        replies = scope.where() & scope.moments("replied_at")
        timings = {
            "early": self.env._("Replies earlier than the policy allows"),
            "late": self.env._("Replies after the target"),
            "past_ceiling": self.env._("Replies after the latest day"),
        }
        for timing, words in timings.items():
            domain = replies & Domain("reply_timing", "=", timing)
            if times := self.env["cpa.request"].search_count(domain):
                reasons = self.env["cpa.request"].search_count(domain & Domain("reply_exception_reason", "!=", False))
                rows.append([words, times, reasons, None])
        return rows

    def _rejected(self):
        scope = self._scope()
        rejected = scope.where() & scope.moments("replied_at") & Domain("decision", "=", "reject")
        groups = self.env["cpa.request"]._read_group(rejected, ["rejection_reason_id"], ["__count"])
        return [
            [reason.code or "", reason.name or self.env._("Without a reason from the list"), count]
            for reason, count in groups
        ]

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _number_text(self, number, unit="count"):
        """Return a figure as people read it, in the folder's language (digits are the paper's matter)."""
        if number is None:
            return "—"
        text = f"{number:,.1f}".removesuffix(".0")
        arabic = (self.env.lang or "").startswith("ar")
        if arabic:
            text = text.replace(",", "٬").replace(".", "٫")
        if unit == "share":
            return text + ("٪" if arabic else "%")
        if unit == "days":
            return self.env._("%s days", text)
        if unit == "minutes":
            return self.env._("%s minutes", text)
        return text

    def _value_text(self, figure, key="value"):
        return self._number_text(figure[key], figure["unit"])

    def _change(self, figure):
        """Return by how much a figure changed since the period before, or None where one of both is missing."""
        if figure["value"] is None or figure["before"] is None:
            return None
        return _rounded(figure["value"] - figure["before"])

    def _change_text(self, figure):
        change = self._change(figure)
        if change is None:
            return "—"
        if not change:
            return self.env._("unchanged")
        sign = "+" if change > 0 else "−"
        return f"{sign}{self._number_text(abs(change))}"

    def _verdict(self, figure):
        """Return "better" or "worse", "" where it is neither."""
        change = self._change(figure)
        if not change or figure["better"] == "none":
            return ""
        return "better" if (change > 0) == (figure["better"] == "up") else "worse"

    def _summary(self):
        """Return the folder on one page: what has evidence, what has none, what got worse, what is exceptional."""
        clauses = self.content["clauses"]
        figures = [figure for clause in clauses for figure in clause["figures"]]
        silent = [c["code"] for c in clauses if all(figure["value"] is None for figure in c["figures"])]
        return {
            "clauses": len(clauses),
            "shown": len(clauses) - len(silent),
            "silent": silent,
            "exceptions": sum(1 for figure in figures if figure["exception"] and figure["counted"]),
            "better": [figure for figure in figures if self._verdict(figure) == "better"],
            "worse": [figure for figure in figures if self._verdict(figure) == "worse"],
        }


def _rounded(number):
    return None if number is None else round(float(number), 4)
