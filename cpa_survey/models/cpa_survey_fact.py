from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import unordered
from .cpa_survey_rule import EVENTS
from .survey_question import MEASURES, NPS, SATISFACTION

COLUMNS = (
    "company_id",
    "event_code",
    "measure",
    "month",
    "score",
    "service_id",
    "channel_id",
    "branch_id",
    "department_id",
    "staff_id",
)


class CpaSurveyFact(models.Model):
    """One score and where it was given; whose it is was never stored (P-16).

    No role has a row, and the ORM reads nothing of it, not even for the superuser: only the monthly count looks at it,
    by groups. Its key is random and it has no log columns, so neither order nor time tells anything; scores of one
    answer hang together by nothing.
    """

    _name = "cpa.survey.fact"
    _description = "Score of satisfaction"
    _log_access = False
    _order = "id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    event_code = fields.Selection(EVENTS, "After", required=True, readonly=True)
    measure = fields.Selection(MEASURES, required=True, readonly=True)
    month = fields.Date(required=True, readonly=True, help="The first day of the month in which people were asked.")
    score = fields.Integer(required=True, readonly=True)
    service_id = fields.Many2one("cpa.service", readonly=True, ondelete="set null")
    channel_id = fields.Many2one("cpa.channel", readonly=True, ondelete="set null")
    branch_id = fields.Many2one("cpa.branch", readonly=True, ondelete="set null")
    department_id = fields.Many2one("cpa.department", readonly=True, ondelete="set null")
    staff_id = fields.Many2one("res.users", "Served by", readonly=True, ondelete="set null")

    _month_idx = models.Index("(company_id, month, event_code, measure)")

    # ------------------------------------------------------------------
    # Nobody reads
    # ------------------------------------------------------------------

    def _search(self, *args, **kwargs):
        raise AccessError(self._closed())

    def _fetch_query(self, query, fields):
        raise AccessError(self._closed())

    @api.model_create_multi
    def create(self, vals_list):
        raise AccessError(self._closed())

    def write(self, vals):
        raise AccessError(self._closed())

    def unlink(self):
        raise AccessError(self._closed())

    def _closed(self):
        return self.env._("Single scores are read by nobody: figures of closed months tell what they say together.")

    # ------------------------------------------------------------------
    # What is counted
    # ------------------------------------------------------------------

    @api.model
    def _count(self, place, scores):
        """Keep the scores of one answer, each by itself.

        :param dict place: values of ``COLUMNS`` but measure and score
        :param scores: list of ``(measure, score)``
        """
        for measure, score in scores:
            low, high = NPS if measure == "trust" else SATISFACTION
            values = place | {"measure": measure, "score": min(max(score, low), high)}
            unordered.insert(self.env, self._table, {name: values.get(name, False) for name in COLUMNS})

    @api.model
    def _cron_mix(self):
        """Job: write what was counted of open months anew, in a random order and at once.

        The database itself notes which rows were written together; after this it notes the same for all.
        """
        for company in self.env["res.company"].search(Domain.TRUE):
            # rows of months that are out have been mixed before
            since = company.cpa_survey_counted_until or date.min
            unordered.mix(self.env, self._table, COLUMNS, SQL("company_id = %s AND month > %s", company.id, since))
        self.env["cpa.survey.comment"]._mix()
