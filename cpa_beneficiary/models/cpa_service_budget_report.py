from odoo import fields, models
from odoo.tools import SQL


class CpaServiceBudgetReport(models.Model):
    """Budgets and what was granted of them, to be summed and compared."""

    _name = "cpa.service.budget.report"
    _description = "Budgets and grants"
    _auto = False
    _order = "date_from desc, service_id"
    _rec_name = "service_id"

    service_id = fields.Many2one("cpa.service", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("To", readonly=True)
    amount = fields.Monetary("Budget", readonly=True)
    granted = fields.Monetary(readonly=True)
    left = fields.Monetary("Left in the budget", readonly=True)
    request_count = fields.Integer("Requests granted", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT budget.id, budget.service_id, budget.company_id, budget.date_from, budget.date_to, budget.amount,
                   COALESCE(SUM(request.granted_amount), 0) AS granted,
                   budget.amount - COALESCE(SUM(request.granted_amount), 0) AS left,
                   COUNT(request.id) AS request_count
              FROM cpa_service_budget budget
         LEFT JOIN cpa_request request ON %s
          GROUP BY budget.id
            """,
            self.env["cpa.service.budget"]._sql_counts(),
        )
