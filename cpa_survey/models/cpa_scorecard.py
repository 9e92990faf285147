from odoo import api, models
from odoo.addons.cpa_beneficiary.models.cpa_scorecard import ALL
from odoo.fields import Domain

TABLE_OF = {"branch_id": "branch", "department_id": "department"}


class CpaScorecard(models.AbstractModel):
    """How satisfied people are, as far as it has been told: by figures of closed periods, never by answers (P-16)."""

    _inherit = "cpa.scorecard"

    @api.model
    def _columns(self):
        satisfaction = {
            "key": "satisfaction",
            "title": self.env._("Satisfied"),
            "help": self.env._(
                "Of those who answered, how many gave a good score: in the months that lie in the period and have "
                "been told, where enough answered that nobody can be recognised."
            ),
            "unit": "share",
            "better": "up",
        }
        return [*super()._columns(), satisfaction]

    @api.model
    def _figures(self, by, scope):
        figures = super()._figures(by, scope)
        for owner in (ALL, by):
            groupby = [] if owner == ALL else [by]
            told = self.env["cpa.survey.figure"]._read_group(
                self._told(scope, by, owner), groupby, ["score:avg", "answers:sum"]
            )
            for *group, score, answers in told:
                if answers:
                    figures.setdefault(group[0].id if group else ALL, {})["satisfaction"] = score
        return figures

    @api.model
    def _opened(self, key, scope, by, owner):
        if key != "satisfaction":
            return super()._opened(key, scope, by, owner)
        domain = self._told(scope, by, owner)
        return "cpa.survey.figure", domain if owner == ALL else domain & Domain(by, "=", owner)

    @api.model
    def _told(self, scope, by, owner):
        """Return the domain of the figures of each branch or department, or of all together, within the period."""
        return Domain(
            [
                ("company_id", "=", scope.company.id),
                ("measure", "=", "satisfaction"),
                ("table", "=", "all" if owner == ALL else TABLE_OF[by]),
                ("date_from", ">=", scope.date_from),
                ("date_to", "<=", scope.date_to),
            ]
        )
