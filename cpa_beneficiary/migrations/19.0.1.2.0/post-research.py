"""A study's findings were one text; now they are rows by section. What was written goes to the general section."""

from odoo.api import SUPERUSER_ID, Environment
from odoo.tools import SQL
from odoo.tools.sql import column_exists


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {})
    section = env.ref("cpa_beneficiary.study_section_general")
    if column_exists(cr, "cpa_study", "findings"):
        # in SQL: a presented study is evidence, which nobody changes through the ORM
        cr.execute(
            SQL(
                """INSERT INTO cpa_study_finding (study_id, section_id, text_plain, create_uid, create_date)
                        SELECT study.id, %s, study.findings, study.create_uid, study.create_date
                          FROM cpa_study AS study
                         WHERE NOT EXISTS (SELECT FROM cpa_study_finding WHERE study_id = study.id)""",
                section.id,
            )
        )
        cr.execute(SQL("ALTER TABLE cpa_study DROP COLUMN findings"))
    cr.execute(
        SQL(
            """INSERT INTO cpa_study_assignment
                           (study_id, request_id, researcher_id, assigned_by, assigned_at, create_uid, create_date)
                    SELECT study.id, study.request_id, study.researcher_id, study.create_uid, study.create_date, 1,
                           study.create_date
                      FROM cpa_study AS study
                     WHERE NOT EXISTS (SELECT FROM cpa_study_assignment WHERE study_id = study.id)"""
        )
    )
    env.invalidate_all()
    env["cpa.study"].search([("state", "!=", "presented")])._fill_sections()
    for study in env["cpa.study"].search([("state", "=", "presented")]):
        moves = env["cpa.request.move"].search(
            [("res_model", "=", study._name), ("res_id", "=", study.id), ("to_state", "=", "presented")]
        )
        last = moves.sorted("id")[-1:]
        presentations = env["cpa.study.presentation"].with_user(last.user_id or study.researcher_id)
        presentations._append(study, last.happened_at or study.write_date)
