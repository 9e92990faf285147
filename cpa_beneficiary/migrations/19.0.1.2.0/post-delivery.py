"""What was granted by decided requests, what services give, and the branch of deliveries."""

from odoo.api import SUPERUSER_ID, Environment
from odoo.tools import SQL

GIVES = {"service_sup_goods": "goods", "service_aware": "service"}


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {})
    for name, kind in GIVES.items():
        service = env.ref(f"cpa_beneficiary.{name}", raise_if_not_found=False)
        if service and service.delivery_kind == "money":
            service.delivery_kind = kind
    # What was granted; of a closed request, what of it was given. In SQL: closed requests are evidence.
    cr.execute(
        SQL(
            """
            UPDATE cpa_request request
               SET granted_amount = CASE WHEN request.state = 'done' AND given.lines > 0
                                         THEN LEAST(granted.amount, given.amount)
                                         ELSE granted.amount END
              FROM (SELECT id, CASE WHEN decision = 'accept' THEN COALESCE(NULLIF(decision_amount, 0), amount_requested)
                                    ELSE decision_amount END AS amount
                      FROM cpa_request WHERE decision IN ('accept', 'partial')) granted,
                   LATERAL (SELECT COUNT(*) AS lines,
                                   COALESCE(SUM(amount) FILTER (WHERE state != 'cancelled'), 0) AS amount
                              FROM cpa_delivery WHERE request_id = granted.id) given
             WHERE granted.id = request.id AND request.state NOT IN ('withdrawn', 'cancelled')
            """
        )
    )
    cr.execute(
        SQL(
            "UPDATE cpa_delivery line SET branch_id = request.branch_id FROM cpa_request request"
            " WHERE request.id = line.request_id AND line.branch_id IS NULL AND request.branch_id IS NOT NULL"
        )
    )
