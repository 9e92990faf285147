from odoo import fields, models
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today
from odoo.tools import SQL


class CpaVolunteerRetention(models.Model):
    """Who worked in a quarter, and whether he worked in the next one too: the share of them is the retention.

    Of a quarter whose next one is not over yet nothing is said: it would count as gone who has not come back yet.
    """

    _name = "cpa.volunteer.retention"
    _description = "Retention of volunteers"
    _auto = False
    _order = "quarter desc, volunteer_id"
    _rec_name = "volunteer_id"
    _depends = {
        "cpa.participation": ["state", "volunteer_id", "company_id", "start", "hours_approved"],
        "cpa.volunteer": ["governorate_id", "state"],
    }

    volunteer_id = fields.Many2one("cpa.volunteer", readonly=True)
    governorate_id = fields.Many2one("cpa.governorate", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    quarter = fields.Date(readonly=True, help="Its first day.")
    volunteers = fields.Integer(readonly=True)
    hours = fields.Float("Approved hours", readonly=True)
    is_known = fields.Boolean("The next quarter is over", readonly=True)
    stayed = fields.Float("Active in the next quarter", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            WITH active AS (
                SELECT volunteer_id, company_id, SUM(hours_approved) FILTER (WHERE state = 'closed') AS hours,
                       date_trunc('quarter', start AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Riyadh')::date AS quarter
                  FROM cpa_participation
                 WHERE state IN ('attended', 'closed')
              GROUP BY volunteer_id, company_id, quarter
            )
            SELECT volunteer.id::bigint * 100000 + EXTRACT(YEAR FROM active.quarter)::bigint * 10
                   + EXTRACT(QUARTER FROM active.quarter)::bigint AS id,
                   active.volunteer_id, volunteer.governorate_id, active.company_id, active.quarter, 1 AS volunteers,
                   active.hours, active.quarter + interval '6 months' <= %(today)s AS is_known,
                   CASE WHEN active.quarter + interval '6 months' <= %(today)s
                        THEN CASE WHEN again.volunteer_id IS NULL THEN 0.0 ELSE 1.0 END
                   END AS stayed
              FROM active
              JOIN cpa_volunteer volunteer ON volunteer.id = active.volunteer_id
         LEFT JOIN active again ON again.volunteer_id = active.volunteer_id
               AND again.company_id = active.company_id AND again.quarter = active.quarter + interval '3 months'
            """,
            today=cpa_today(),
        )
