"""What the clock showed at each reply is kept with it now: filled for the replies that went out before (P-35).

And the association's week and holidays, which a new database brings along.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    # in SQL: closed requests are evidence, which no write of today changes; days are those of Riyadh
    cr.execute(
        SQL(
            """
            WITH days AS (
                SELECT request.id,
                       (replied_at AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Riyadh')::date AS replied,
                       (submitted_at AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Riyadh')::date AS submitted,
                       (first_contact_at AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Riyadh')::date AS contacted,
                       service.needs_committee
                  FROM cpa_request AS request
                  JOIN cpa_service AS service ON service.id = request.service_id
                 WHERE replied_at IS NOT NULL AND reply_target_date IS NOT NULL AND reply_timing IS NULL
            ), timed AS (
                SELECT days.*,
                       CASE WHEN reply_floor_mode <> 'off' AND replied < reply_floor_date THEN 'early'
                            WHEN replied <= reply_target_date THEN 'on_time'
                            WHEN replied <= reply_ceiling_date THEN 'late'
                            ELSE 'past_ceiling'
                        END AS timing
                  FROM days JOIN cpa_request USING (id)
            )
            UPDATE cpa_request AS request
               SET reply_timing = timing,
                   reply_days = replied - submitted,
                   reply_days_contact = replied - contacted,
                   reply_off_days = CASE timing WHEN 'early' THEN reply_floor_date - replied
                                                WHEN 'on_time' THEN 0
                                                ELSE replied - reply_target_date END,
                   reply_two_weeks = CASE WHEN needs_committee IS NOT TRUE OR reply_floor_date IS NULL THEN NULL
                                          WHEN replied < reply_floor_date THEN 'before'
                                          WHEN replied = reply_floor_date THEN 'on'
                                          ELSE 'after' END,
                   reply_exception_reason = CASE timing WHEN 'early' THEN reply_early_reason END,
                   reply_explained = EXISTS (
                       SELECT FROM cpa_explanation WHERE request_id = request.id AND state = 'confirmed')
              FROM timed
             WHERE timed.id = request.id
            """
        )
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    companies = env["res.company"].search([])
    companies._cpa_prepare_week()
    companies._cron_holidays()
