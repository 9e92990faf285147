"""That the path was explained (P-35) was a tick; now it is an event. What was ticked stays confirmed."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists


def migrate(cr, version):
    if not column_exists(cr, "cpa_request", "is_explained"):
        return
    # in SQL: by whom, when and in which words it was said is not known, and is not invented by a move of today
    cr.execute(
        SQL(
            """INSERT INTO cpa_explanation (request_id, state, how, policy_id, create_uid, create_date)
                    SELECT request.id, 'confirmed', 'counter', request.policy_id, 1, now() AT TIME ZONE 'UTC'
                      FROM cpa_request AS request
                     WHERE request.is_explained
                       AND NOT EXISTS (SELECT FROM cpa_explanation WHERE request_id = request.id)"""
        )
    )
    cr.execute(SQL("ALTER TABLE cpa_request DROP COLUMN is_explained"))
