"""Inquiries get their numbers and the facts of their answers; the team gets its address for mails."""

from odoo.addons.cpa_beneficiary.tools.riyadh import riyadh_date
from odoo.addons.cpa_beneficiary.tools.saudi import normalise_phone
from odoo.api import SUPERUSER_ID, Environment
from odoo.tools import SQL


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {"active_test": False})
    number_inquiries(env)
    keep_answer_times(env)
    team = env.ref("cpa_beneficiary.crm_team_relations", raise_if_not_found=False)
    if team and not team.alias_name:
        team.alias_name = "inquiries"


def number_inquiries(env):
    """Number what has no number yet, in the order in which it came, and store the phones as they are from now on."""
    sequence = env["ir.sequence"]
    for inquiry in env["crm.lead"].search([("is_inquiry", "=", True), ("inquiry_number", "=", False)], order="id"):
        day = riyadh_date(inquiry.create_date)
        # in SQL: a fact is written by nobody through the ORM
        env.cr.execute(
            SQL(
                "UPDATE crm_lead SET inquiry_number = %s, phone = %s WHERE id = %s",
                sequence.with_context(ir_sequence_date=day).next_by_code("cpa.inquiry"),
                normalise_phone(inquiry.phone) or inquiry.phone or None,
                inquiry.id,
            )
        )
    env.invalidate_all()


def keep_answer_times(env):
    """Take the times of answers from the questions as they stand."""
    env.cr.execute(
        SQL(
            """UPDATE cpa_inquiry_question
                  SET entered_at = answered_at, answer_hours = EXTRACT(EPOCH FROM answered_at - asked_at) / 3600
                WHERE answered_at IS NOT NULL AND entered_at IS NULL"""
        )
    )
    env.cr.execute(
        SQL(
            """UPDATE crm_lead
                  SET first_answered_at = first.answered_at,
                      answer_hours = EXTRACT(EPOCH FROM first.answered_at - first.asked_at) / 3600
                 FROM (SELECT lead_id, MIN(asked_at) AS asked_at, MIN(answered_at) AS answered_at
                         FROM cpa_inquiry_question
                     GROUP BY lead_id) AS first
                WHERE crm_lead.id = first.lead_id
                  AND first.answered_at IS NOT NULL
                  AND first_answered_at IS NULL"""
        )
    )
    env.invalidate_all()
