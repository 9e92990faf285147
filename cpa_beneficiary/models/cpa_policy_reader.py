from odoo import fields, models
from odoo.tools import SQL

from ..tools.riyadh import cpa_today


class CpaPolicyReader(models.Model):
    """Who has to read which document in force, and whether he has (P-27 to P-30); one row for each of his roles.

    Counted per role, everybody stands under each role that he holds. As a list of people, one of his rows is enough
    (``is_main``).
    """

    _name = "cpa.policy.reader"
    _description = "Reader of a document"
    _auto = False
    _order = "document_id, user_id, id"
    _rec_name = "user_id"
    _depends = {
        "cpa.policy.acknowledgement": ["document_id", "user_id", "acknowledged_at"],
        "cpa.policy.document": ["company_id", "kind", "state", "in_force_from", "reader_group_ids"],
        "res.company": ["cpa_acknowledge_days"],
        "res.groups": ["implied_ids", "privilege_id"],
        "res.users": ["active", "share", "group_ids", "company_ids", "create_date"],
    }

    document_id = fields.Many2one("cpa.policy.document", readonly=True)
    kind = fields.Selection(related="document_id.kind")
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "Who reads it", readonly=True)
    role_id = fields.Many2one("res.groups", readonly=True)
    is_main = fields.Boolean("Once for each person", readonly=True)
    acknowledged_at = fields.Datetime("Read on", readonly=True)
    is_read = fields.Boolean("Has read it", readonly=True)
    read_share = fields.Float("Share that has read it", readonly=True, aggregator="avg")
    due_on = fields.Date("To be read by", readonly=True)
    is_late = fields.Boolean("Not read in time", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            WITH RECURSIVE implied(group_id, implied_id) AS (
                SELECT id, id FROM res_groups
                 UNION
                SELECT implied.group_id, more.hid
                  FROM implied JOIN res_groups_implied_rel more ON more.gid = implied.implied_id
            ),
            held AS (
                SELECT DISTINCT own.uid AS user_id, implied.implied_id AS group_id
                  FROM res_groups_users_rel own JOIN implied ON implied.group_id = own.gid
            ),
            role AS (
                SELECT data.res_id AS id
                  FROM ir_model_data data JOIN res_groups grp ON grp.id = data.res_id
                 WHERE data.model = 'res.groups' AND data.module LIKE 'cpa\\_%%' AND grp.privilege_id IS NOT NULL
            ),
            duty AS (
                SELECT DISTINCT doc.id AS document_id, doc.company_id, usr.id AS user_id, ack.acknowledged_at,
                       GREATEST(doc.in_force_from,
                                ((usr.create_date AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Riyadh')::date)
                       + company.cpa_acknowledge_days AS due_on
                  FROM cpa_policy_document doc
                  JOIN res_company company ON company.id = doc.company_id
                  JOIN cpa_policy_document_reader_rel reader ON reader.document_id = doc.id
                  JOIN held ON held.group_id = reader.group_id
                  JOIN res_users usr ON usr.id = held.user_id AND usr.active AND NOT usr.share
                  JOIN res_company_users_rel works ON works.user_id = usr.id AND works.cid = doc.company_id
                  LEFT JOIN cpa_policy_acknowledgement ack ON ack.document_id = doc.id AND ack.user_id = usr.id
                 WHERE doc.state = 'in_force'
            )
            SELECT ROW_NUMBER() OVER (ORDER BY duty.document_id, duty.user_id, roles.role_id) AS id,
                   duty.*, roles.role_id,
                   ROW_NUMBER() OVER (PARTITION BY duty.document_id, duty.user_id ORDER BY roles.role_id) = 1
                       AS is_main,
                   duty.acknowledged_at IS NOT NULL AS is_read,
                   (duty.acknowledged_at IS NOT NULL)::int AS read_share,
                   duty.acknowledged_at IS NULL AND duty.due_on < %(today)s AS is_late
              FROM duty
              LEFT JOIN (SELECT held.user_id, role.id AS role_id FROM held JOIN role ON role.id = held.group_id) roles
                ON roles.user_id = duty.user_id
            """,
            today=cpa_today(),
        )
