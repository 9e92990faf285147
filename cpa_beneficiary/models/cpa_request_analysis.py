from odoo import fields, models
from odoo.tools import SQL

from ..tools.riyadh import cpa_today
from .cpa_request import CLOSED_STATES, STATES
from .cpa_request_clock import WAITING_STATES
from .cpa_request_decision import DECISIONS
from .cpa_service import KINDS

# Stored moments are naive UTC, a day begins in Riyadh; the same expression stands in the indexes of ``cpa.request``.
RIYADH_DAY = "((%s AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Riyadh')::date"


class CpaRequestAnalysis(models.Model):
    """Every request that was submitted, to be counted and compared: what came, how it went, how long it took (P-03).

    Nothing here says whose request it is. A column costs nothing until somebody asks for it: what comes from other
    tables is joined by their keys, and PostgreSQL leaves out the joins that a question does not need.
    """

    _name = "cpa.request.analysis"
    _description = "Analysis of requests"
    _auto = False
    _order = "id desc"
    _rec_name = "number"
    _depends = {
        "cpa.request": [
            *("number", "company_id", "service_id", "kind", "branch_id", "channel_id", "officer_id", "department_id"),
            *("policy_id", "state", "decision", "beneficiary_id", "application_id", "appeal_of_id", "submitted_at"),
            *("decided_at", "replied_at", "reply_days", "reply_timing", "reply_target_date", "granted_amount"),
        ],
        "cpa.beneficiary": ["governorate_id", "segment_ids"],
        "cpa.delivery": ["request_id", "state", "delivered_at"],
        "cpa.request.submission": ["request_id", "round"],
        "res.users": ["share"],
    }

    request_id = fields.Many2one("cpa.request", readonly=True)
    number = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    # what, from where, by whom
    service_id = fields.Many2one("cpa.service", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    branch_id = fields.Many2one("cpa.branch", readonly=True)
    governorate_id = fields.Many2one("cpa.governorate", readonly=True)
    segment_ids = fields.Many2many(
        related="request_id.beneficiary_id.segment_ids",
        string="Segment",
        help="Who belongs to several is counted in each (P-05).",
    )
    channel_id = fields.Many2one("cpa.channel", readonly=True)
    origin = fields.Selection(
        [("online", "Online"), ("office", "At the office")], "Applied", readonly=True, help="P-09"
    )
    officer_id = fields.Many2one("res.users", "Relations officer", readonly=True)
    department_id = fields.Many2one("cpa.department", readonly=True)
    policy_id = fields.Many2one("cpa.policy", "Handled under", readonly=True, help="P-04")

    # how it went
    state = fields.Selection(STATES, readonly=True)
    decision = fields.Selection(DECISIONS, readonly=True)
    clock = fields.Selection(
        [
            ("early", "Too early"),
            ("on_time", "On time"),
            ("late", "After the target"),
            ("past_ceiling", "After the latest day"),
            ("waiting", "Open, in time"),
            ("overdue", "Open, late"),
            ("none", "Closed without a reply"),
        ],
        "Reply period",
        readonly=True,
        help="P-35",
    )
    submitted_on = fields.Date("Submission date", readonly=True)
    replied_on = fields.Date("Date of the reply", readonly=True)
    age = fields.Selection(
        [
            ("0", "In the same month"),
            ("1", "One month later"),
            ("2", "Two months later"),
            ("3", "Three months later or more"),
            ("open", "Not answered yet"),
            ("unanswered", "Closed without a reply"),
        ],
        "Answered",
        readonly=True,
        help="In which month the reply went out, counted from the month of the submission.",
    )

    # measures: days of the calendar in Riyadh
    decision_days = fields.Integer("Days to the decision", readonly=True, aggregator="avg")
    reply_days = fields.Integer("Days to the reply", readonly=True, aggregator="avg")
    delivery_days = fields.Integer(
        "Days to the delivery",
        readonly=True,
        aggregator="avg",
        help="From the submission to the day on which the last of it was handed over (P-37).",
    )
    late_share = fields.Float(
        "Share of late replies", readonly=True, aggregator="avg", help="Of the requests that were answered (P-35)."
    )
    returned = fields.Integer(
        "Returned to the applicant", readonly=True, help="Requests of which something was missing (P-32)."
    )
    appealed = fields.Integer("Contested", readonly=True, help="Requests whose decision was appealed against.")
    granted_amount = fields.Monetary("Granted", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")

    @property
    def _table_query(self):
        submitted, decided, replied, delivered = (
            SQL(RIYADH_DAY, SQL.identifier(table, column))
            for table, column in (
                ("request", "submitted_at"),
                ("request", "decided_at"),
                ("request", "replied_at"),
                ("delivery", "delivered_at"),
            )
        )
        return SQL(
            """
            SELECT request.id, request.id AS request_id, request.number, request.company_id,
                   request.service_id, request.kind, request.branch_id, request.channel_id, request.officer_id,
                   request.department_id, request.policy_id, request.state, request.decision, request.granted_amount,
                   request.reply_days, person.governorate_id,
                   CASE WHEN request.application_id IS NOT NULL OR author.share THEN 'online' ELSE 'office' END
                       AS origin,
                   CASE WHEN request.reply_timing IS NOT NULL THEN request.reply_timing
                        WHEN request.state IN %(closed)s THEN 'none'
                        WHEN request.state IN %(waiting)s AND request.reply_target_date < %(today)s THEN 'overdue'
                        ELSE 'waiting' END AS clock,
                   CASE WHEN request.replied_at IS NOT NULL
                        THEN LEAST((EXTRACT(YEAR FROM %(replied)s) - EXTRACT(YEAR FROM %(submitted)s)) * 12
                                   + EXTRACT(MONTH FROM %(replied)s) - EXTRACT(MONTH FROM %(submitted)s), 3)::int::text
                        WHEN request.state IN %(closed)s THEN 'unanswered'
                        ELSE 'open' END AS age,
                   CASE WHEN request.reply_timing IS NOT NULL
                        THEN (request.reply_timing IN ('late', 'past_ceiling'))::int END AS late_share,
                   %(submitted)s AS submitted_on,
                   %(replied)s AS replied_on,
                   %(decided)s - %(submitted)s AS decision_days,
                   %(delivered)s - %(submitted)s AS delivery_days,
                   EXISTS (SELECT FROM cpa_request_submission again
                            WHERE again.request_id = request.id AND again.round > 1)::int AS returned,
                   EXISTS (SELECT FROM cpa_request appeal
                            WHERE appeal.appeal_of_id = request.id AND appeal.state <> 'cancelled')::int AS appealed
              FROM cpa_request request
         LEFT JOIN cpa_beneficiary person ON person.id = request.beneficiary_id
         LEFT JOIN res_users author ON author.id = request.create_uid
         LEFT JOIN (SELECT request_id, MAX(delivered_at) AS delivered_at
                      FROM cpa_delivery
                     WHERE state IN ('delivered', 'acknowledged')
                  GROUP BY request_id) delivery ON delivery.request_id = request.id
             WHERE request.submitted_at IS NOT NULL
            """,
            closed=CLOSED_STATES,
            waiting=WAITING_STATES,
            today=cpa_today(),
            submitted=submitted,
            decided=decided,
            replied=replied,
            delivered=delivered,
        )

    def action_open_request(self):
        """Button: the request itself."""
        self.ensure_one()
        return self.request_id._get_records_action()


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    analysis_ids = fields.One2many(
        "cpa.request.analysis",
        "request_id",
        groups="cpa_beneficiary.group_manager,cpa_beneficiary.group_auditor,cpa_beneficiary.group_delegate",
        help="By it a figure of the analysis opens the requests that it counts.",
    )

    _submitted_on_idx = models.Index(f"(({RIYADH_DAY % 'submitted_at'}))")
    _replied_on_idx = models.Index(f"(({RIYADH_DAY % 'replied_at'})) WHERE replied_at IS NOT NULL")


class CpaRequestSubmission(models.Model):
    _inherit = "cpa.request.submission"

    _again_idx = models.Index("(request_id) WHERE round > 1")


class CpaRequestCheck(models.Model):
    _inherit = "cpa.request.check"

    _waived_idx = models.Index("(checked_at) WHERE state = 'waived'")
