from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.riyadh import riyadh_date, utc_start_of
from .cpa_service_budget import GRANTED_STATES


class CpaBudgetFigures(models.AbstractModel):
    """What is known of money where a request is decided: the service's budget, and what the person was granted before.

    Sums only, whatever their reader may read of the requests behind them. They warn; they never decide.
    """

    _name = "cpa.budget.figures"
    _description = "Money while deciding"

    currency_id = fields.Many2one("res.currency")
    budget_amount = fields.Monetary("Budget", compute="_compute_budget", compute_sudo=True)
    budget_granted = fields.Monetary("Granted of the budget", compute="_compute_budget", compute_sudo=True)
    budget_left = fields.Monetary("Left in the budget", compute="_compute_budget", compute_sudo=True)
    has_budget = fields.Boolean(compute="_compute_budget", compute_sudo=True)
    granted_before = fields.Monetary(
        "Granted in the last 12 months",
        compute="_compute_granted_before",
        compute_sudo=True,
        help="To this beneficiary, by all services.",
    )
    granted_household = fields.Monetary(
        "To the household in the last 12 months",
        compute="_compute_granted_before",
        compute_sudo=True,
        help="To the people of the family register who have files of their own.",
    )

    def _budget_requests(self):
        """Return ``{record: (request, the day on which it is decided)}``."""
        raise NotImplementedError

    def _compute_budget(self):
        about = self._budget_requests()
        Budget = self.env["cpa.service.budget"]
        budgets = Budget._of(dict(about.values()))
        granted = Budget.union(*budgets.values())._granted()
        for record in self:
            budget = budgets[about[record][0]]
            record.has_budget = bool(budget)
            record.budget_amount = budget.amount
            record.budget_granted = granted.get(budget.id, 0.0)
            record.budget_left = record.budget_amount - record.budget_granted

    def _compute_granted_before(self):
        about = self._budget_requests()
        people = self.env["cpa.beneficiary"].union(*(request.beneficiary_id for request, _day in about.values()))
        households = people._households()
        everybody = people.union(*households.values())
        grants = self._grants(everybody, {day for _request, day in about.values()})
        for record in self:
            request, day = about[record]
            since = fields.Date.subtract(day, months=12)

            def total(who, since=since, until=day, this=request):
                return sum(
                    amount
                    for person, request_id, decided_on, amount in grants
                    if person in who and request_id != this.id and since <= decided_on <= until
                )

            record.granted_before = total(request.beneficiary_id.ids)
            record.granted_household = total(households.get(request.beneficiary_id, people.browse()).ids)

    @api.model
    def _grants(self, people, days):
        """Return ``[(beneficiary id, request id, decided on, amount)]`` of the year before the earliest of ``days``."""
        if not people or not days:
            return []
        first = utc_start_of(fields.Date.subtract(min(days), months=12))
        domain = Domain(
            [
                ("beneficiary_id", "in", people.ids),
                ("granted_amount", ">", 0),
                ("decided_at", ">=", first),
                ("state", "in", GRANTED_STATES),
            ]
        )
        # what counts towards the limit of a person are all grants of the year, those of other branches too
        rows = self.env["cpa.request"].sudo().search_fetch(domain, ["beneficiary_id", "decided_at", "granted_amount"])
        return [(row.beneficiary_id.id, row.id, riyadh_date(row.decided_at), row.granted_amount) for row in rows]
