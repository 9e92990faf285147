"""What people said, and what was improved by it, in the evidence folder (P-12, P-16, P-18)."""

from odoo import models
from odoo.fields import Domain


class CpaEvidenceFolder(models.Model):
    _inherit = "cpa.evidence.folder"

    def _sections(self):
        sections = super()._sections()
        return [*sections[:-1], "satisfaction", "improvement", sections[-1]]

    def _section_satisfaction(self):
        """Return the figures of the closed periods that end in the folder's, as they were told to everybody."""
        scope = self._scope()
        told = Domain("company_id", "=", self.company_id.id) & scope.days("date_to")
        cells = Domain("table", "in", ("all", "service", "branch", "department"))
        if self.branch_id:
            cells = Domain("table", "=", "branch") & Domain("branch_id", "=", self.branch_id.id)
        figures = self.env["cpa.survey.figure"].search(told & cells, order="date_from, event_code, measure, table, id")
        return self._section(
            self.env._("Satisfaction"),
            [
                self._grid(
                    [
                        self.env._("Period"),
                        self.env._("After"),
                        self.env._("Measure"),
                        self.env._("Where"),
                        self.env._("Answers"),
                        self.env._("Score"),
                        self.env._("Answered (%)"),
                    ],
                    [
                        [
                            f"{figure.date_from:%Y/%m} – {figure.date_to:%Y/%m}",
                            self._label(figure, "event_code"),
                            self._label(figure, "measure"),
                            (figure.service_id.name or figure.branch_id.name or figure.department_id.name)
                            or self._label(figure, "table"),
                            figure.answers,
                            round(figure.score, 1),
                            figure.response_rate,
                        ]
                        for figure in figures
                    ],
                )
            ],
            self.env._(
                "Answers are anonymous; no figure speaks of fewer than five of them or of one person\u2019s work."
            ),
        )

    def _section_improvement(self):
        """Return the actions that were under way in the period; what people wrote in them stays there."""
        scope = self._scope()
        under_way = scope.where(service=None) & scope.by_the_end("create_date")
        under_way &= Domain("date_done", "=", False) | Domain("date_done", ">=", self.date_from)
        actions = self.env["cpa.improvement.action"].search(under_way, order="id")
        return self._section(
            self.env._("Improvement actions"),
            [
                self._grid(
                    [
                        self.env._("Kind"),
                        self.env._("Measured by"),
                        self.env._("Service"),
                        self.env._("State"),
                        self.env._("To be done by"),
                        self.env._("Done on"),
                        self.env._("Before"),
                        self.env._("Afterwards"),
                    ],
                    [
                        [
                            self._label(action, "kind"),
                            self._label(action, "basis"),
                            action.service_id.name or "",
                            self._label(action, "state"),
                            self._day_text(action.date_due),
                            self._day_text(action.date_done),
                            round(action.before_value, 1) if action.before_until else None,
                            round(action.after_value, 1) if action.after_until else None,
                        ]
                        for action in actions
                    ],
                )
            ],
        )
