"""The register of volunteers in the evidence folder (P-24): how many, what kinds of work, how many hours. No name."""

from odoo import models
from odoo.fields import Domain


class CpaEvidenceFolder(models.Model):
    _inherit = "cpa.evidence.folder"

    def _sections(self):
        sections = super()._sections()
        return [*sections[:-1], "volunteers", sections[-1]]

    def _section_volunteers(self):
        scope = self._scope()
        return self._section(
            self.env._("Volunteers"),
            [
                self._grid(
                    [self.env._("State"), self.env._("Volunteers")],
                    self._volunteers(),
                    self.env._("The register today"),
                ),
                self._grid(
                    [
                        self.env._("Kind of work"),
                        self.env._("Volunteers"),
                        self.env._("Shifts taken"),
                        self.env._("Hours approved"),
                        self.env._("Waiting for approval"),
                        self.env._("Did not come"),
                    ],
                    self._volunteer_work(scope),
                    self.env._("Work of the period"),
                ),
            ],
            self.env._("The register itself, with names, is kept by the coordinator of volunteers."),
        )

    def _volunteers(self):
        own = Domain("company_id", "=", self.company_id.id)
        volunteers = self.env["cpa.volunteer"]
        labels = dict(volunteers._fields["state"]._description_selection(self.env))
        counts = dict(volunteers._read_group(own, ["state"], ["__count"]))
        return [[labels[state], counts[state]] for state in labels if state in counts]

    def _volunteer_work(self, scope):
        """Return ``[kind, volunteers, shifts taken, approved hours, waiting, absent]`` of the shifts of the period."""
        lines = self.env["cpa.participation"]
        of_period = scope.moments("start") & Domain("company_id", "=", self.company_id.id)
        if self.branch_id:
            of_period &= Domain("opportunity_id.branch_id", "=", self.branch_id.id)
        came = of_period & Domain("state", "in", ("attended", "closed"))
        people = dict(lines._read_group(came, ["kind"], ["volunteer_id:count_distinct"]))
        work = {}
        for kind, state, count, hours in lines._read_group(
            of_period, ["kind", "state"], ["__count", "hours_approved:sum"]
        ):
            work.setdefault(kind, {})[state] = (count, hours or 0)
        labels = dict(lines._fields["kind"]._description_selection(self.env))
        rows = []
        for kind, states in work.items():
            count = {state: number for state, (number, _hours) in states.items()}
            hours = states.get("closed", (0, 0))[1]
            taken = count.get("attended", 0) + count.get("closed", 0)
            absent = count.get("absent", 0)
            rows.append(
                [labels.get(kind, kind), people.get(kind, 0), taken, round(hours, 1), count.get("attended", 0), absent]
            )
        return rows
