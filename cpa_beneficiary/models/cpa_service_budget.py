from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools.riyadh import cpa_today, utc_start_of

# From the decision on, what was granted is no more free; closed requests count with what of it was given.
GRANTED_STATES = ("decided", "approved", "delivery", "done")


class CpaServiceBudget(models.Model):
    """What may be granted by a service in a period: it warns while the committee decides, and stops no decision."""

    _name = "cpa.service.budget"
    _description = "Budget of a service"
    _inherit = ["mail.thread"]
    _order = "date_from desc, service_id, id"

    service_id = fields.Many2one("cpa.service", required=True, ondelete="restrict", index=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "From", required=True, tracking=True, default=lambda self: cpa_today().replace(month=1, day=1)
    )
    date_to = fields.Date(
        "To", required=True, tracking=True, default=lambda self: cpa_today().replace(month=12, day=31)
    )
    amount = fields.Monetary(required=True, tracking=True)
    granted = fields.Monetary(compute="_compute_granted")
    left = fields.Monetary("Left in the budget", compute="_compute_granted")
    share = fields.Float("Granted (share)", compute="_compute_granted")

    _amount_positive = models.Constraint("CHECK(amount >= 0)", "A budget cannot be negative.")
    _dates_check = models.Constraint("CHECK(date_to >= date_from)", "A budget ends after it begins.")

    @api.depends("service_id", "date_from", "date_to", "amount")
    def _compute_granted(self):
        granted = self._granted()
        for budget in self:
            budget.granted = granted.get(budget._origin.id, 0.0)
            budget.left = budget.amount - budget.granted
            budget.share = budget.granted / budget.amount if budget.amount else 0.0

    @api.depends("service_id", "date_from", "date_to")
    def _compute_display_name(self):
        for budget in self:
            budget.display_name = f"{budget.service_id.name} · {budget.date_from} – {budget.date_to}"

    def _granted(self):
        """Return ``{budget id: what was granted in its period}``, in one query, whoever asks."""
        if not self:
            return {}
        self.flush_model()
        self.env["cpa.request"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT budget.id, SUM(request.granted_amount)
                  FROM cpa_service_budget budget
                  JOIN cpa_request request ON %s
                 WHERE budget.id IN %s
              GROUP BY budget.id
                """,
                self._sql_counts(),
                tuple(self._origin.ids) or (0,),
            )
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _sql_counts(self):
        """Return the SQL condition on which a budget (``budget``) counts a request (``request``).

        A grant belongs to the day on which it was decided, in Riyadh.
        """
        return SQL(
            """
                request.service_id = budget.service_id
            AND request.company_id = budget.company_id
            AND request.granted_amount > 0
            AND request.decided_at >= (budget.date_from::timestamp AT TIME ZONE 'Asia/Riyadh') AT TIME ZONE 'UTC'
            AND request.decided_at < ((budget.date_to + 1)::timestamp AT TIME ZONE 'Asia/Riyadh') AT TIME ZONE 'UTC'
            AND request.state IN %s
            """,
            GRANTED_STATES,
        )

    @api.model
    def _of(self, requests):
        """Return ``{request: its service's budget on the day on which it is decided}``, in one query, whoever asks.

        :param requests: ``{request: date}``
        """
        # whose requests one decides, their budget one sees as a figure
        budgets = self.sudo()
        if requests:
            budgets = budgets.search(
                [
                    ("service_id", "in", list({request.service_id.id for request in requests})),
                    ("date_from", "<=", max(requests.values())),
                    ("date_to", ">=", min(requests.values())),
                ]
            )
        of_service = budgets.grouped(lambda budget: (budget.service_id, budget.company_id))
        return {
            request: of_service.get((request.service_id, request.company_id), self.sudo()).filtered(
                lambda budget, day=day: budget.date_from <= day <= budget.date_to
            )
            for request, day in requests.items()
        }

    @api.constrains("service_id", "company_id", "date_from", "date_to")
    def _check_overlap(self):
        # two at the same moment write the same row of the service: the database lets one of them through
        self.env.cr.execute(
            SQL("UPDATE cpa_service SET write_uid = write_uid WHERE id IN %s", tuple(self.service_id.ids))
        )
        for budget in self:
            other = self.search(
                [
                    ("id", "!=", budget.id),
                    ("service_id", "=", budget.service_id.id),
                    ("company_id", "=", budget.company_id.id),
                    ("date_from", "<=", budget.date_to),
                    ("date_to", ">=", budget.date_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "“%(service)s” has a budget for these days already: %(budget)s.",
                        service=budget.service_id.name,
                        budget=other.display_name,
                    )
                )

    def action_open_grants(self):
        """Button: the requests whose grants it counts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_request_action")
        return action | {
            "name": self.display_name,
            "domain": [
                ("service_id", "=", self.service_id.id),
                ("state", "in", GRANTED_STATES),
                ("granted_amount", ">", 0),
                ("decided_at", ">=", fields.Datetime.to_string(utc_start_of(self.date_from))),
                ("decided_at", "<", fields.Datetime.to_string(utc_start_of(self.date_to + timedelta(days=1)))),
            ],
            "context": {},
        }
