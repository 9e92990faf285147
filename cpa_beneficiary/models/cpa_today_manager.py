"""What waits for the manager: what nobody else can settle (P-04, P-32), and where the figures are."""

from odoo import api, models
from odoo.fields import Domain

from ..tools.riyadh import cpa_today
from .cpa_request import CLOSED_STATES


class CpaToday(models.AbstractModel):
    _inherit = "cpa.today"

    @api.model
    def _actions(self):
        actions = super()._actions()
        if not (self._has("manager") or self._has("auditor")):
            return actions
        return [
            *actions,
            {
                "key": "dashboard",
                "title": self.env._("Dashboard"),
                "icon": "fa-bar-chart",
                "action": "cpa_beneficiary.spreadsheet_dashboard_requests_action",
            },
            {
                "key": "scorecard",
                "title": self.env._("Scorecard"),
                "icon": "fa-table",
                "action": "cpa_beneficiary.cpa_scorecard_action",
            },
        ]

    def _sections(self):
        sections = super()._sections()
        if not self._has("manager"):
            return sections
        handled = Domain("state", "not in", ("draft", *CLOSED_STATES))
        unsighted = Domain("check_ids", "any", [("state", "=", "to_sight"), ("due_date", "<", cpa_today())])
        own = [
            self._requests(
                "unassigned",
                self.env._("Without an officer: assign one"),
                "fa-user-plus",
                domain=handled & Domain("officer_id", "=", False),
            ),
            # it is sighted after all, or the manager waives it; the decision waits for it (P-32)
            self._requests(
                "unsighted",
                self.env._("Not sighted by its day: remind or waive"),
                "fa-eye-slash",
                domain=handled & unsighted,
            ),
            {
                "key": "reviews",
                "title": self.env._("Policy to be reviewed"),
                "empty": self.env._("No review is overdue."),
                "icon": "fa-book",
                "model": "cpa.policy",
                "domain": Domain("is_review_overdue", "=", True),
                "order": "next_review_date",
            },
        ]
        # the calls and activities stay last, as for everybody
        return [*sections[:-1], *own, sections[-1]]

    def _row_cpa_policy(self, policy):
        return {"date": policy.next_review_date, "late": True}
