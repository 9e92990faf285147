"""What becomes of a case that was not decided: the next session, a circulation, or the higher body.

No quorum blocks a request for good, and nobody but the secretary says which way it goes.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.riyadh import cpa_today
from .roles import SECRETARY


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    committee_id = fields.Many2one(
        "cpa.committee",
        "Heard by",
        kept=True,
        readonly=True,
        copy=False,
        tracking=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    def _effect_hear(self, at):
        """Let a request know which committee hears it, where there is only one that can."""
        for company in self.company_id:
            committees = self.env["cpa.committee"].search(
                [("company_id", "=", company.id), ("lower_committee_ids", "=", False)], limit=2
            )
            if len(committees) == 1:
                waiting = self.filtered(lambda request: request.company_id == company and not request.committee_id)
                waiting._assign_committee(committees)

    def _assign_committee(self, committee):
        """Let ``committee`` hear these requests: its next agenda takes them."""
        self._lifecycle_set({"committee_id": committee.id})


class CpaCommitteeCase(models.Model):
    _inherit = "cpa.committee.case"

    can_continue = fields.Boolean(compute="_compute_can_continue", compute_sudo=True)
    higher_body_id = fields.Many2one(related="session_id.committee_id.higher_body_id")

    @api.depends("state", "request_id.state", "request_id.case_ids.state", "request_id.committee_id")
    def _compute_can_continue(self):
        for case in self:
            case.can_continue = (
                case.state == "undecided"
                and not case.ratifies_id
                and case.request_id.state == "committee"
                and case.request_id.committee_id in (case.session_id.committee_id, self.env["cpa.committee"])
                and not case.request_id.case_ids.filtered(
                    lambda other: other.state == "pending" and other.session_id.state != "cancelled"
                )
            )

    def _check_continues(self):
        if not self.env.user._has_group(SECRETARY):
            raise UserError(self.env._("The secretary says how an undecided case goes on."))
        stuck = self.filtered(lambda case: not case.can_continue)
        if stuck:
            raise UserError(
                "\n".join(
                    self.env._("“%(case)s” is not undecided, or is on its way already.", case=case.display_name)
                    for case in stuck
                )
            )

    def action_next_session(self):
        """Button: the next session that is planned takes it up; else the next one's agenda does so by itself."""
        self._check_continues()
        for committee, cases in self.grouped(lambda case: case.session_id.committee_id).items():
            session = self.env["cpa.committee.session"].search(
                [
                    ("committee_id", "=", committee.id),
                    ("mode", "=", "meeting"),
                    ("state", "in", ("draft", "convened")),
                ],
                order="planned_at, id",
                limit=1,
            )
            if session:
                session._take_up(cases.request_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_circulate(self):
        """Button: let the members answer by circulation; opens the new session for the last day of the answers."""
        self._check_continues()
        committee = self.session_id.committee_id
        committee.ensure_one()
        session = self.env["cpa.committee.session"].create(
            {
                "committee_id": committee.id,
                "mode": "circulation",
                "planned_at": fields.Datetime.now(),
                "answer_until": fields.Date.add(cpa_today(), days=committee.answer_days),
            }
        )
        session._take_up(self.request_id)
        return session.get_formview_action()

    def action_hand_over(self):
        """Button: the higher body hears it; its next agenda takes it."""
        self._check_continues()
        for case in self:
            if not case.higher_body_id:
                raise UserError(
                    self.env._(
                        "“%(committee)s” has no higher body yet.", committee=case.session_id.committee_id.display_name
                    )
                )
            case.request_id._assign_committee(case.higher_body_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    def _take_up(self, requests):
        """Put ``requests`` at the end of the agenda, in their order."""
        self.ensure_one()
        first = max(self.case_ids.mapped("sequence"), default=0) + 1
        self.case_ids = [
            fields.Command.create({"request_id": request.id, "sequence": number})
            for number, request in enumerate(requests, start=first)
        ]

    def _waiting_requests(self):
        """Return the requests that this session's agenda takes: urgent ones first, then oldest first."""
        self.ensure_one()
        waiting = self.env["cpa.request"].search(
            self.committee_id._waiting_domain() + ([("is_urgent", "=", True)] if self.mode == "urgent" else []),
            order="is_urgent desc, submitted_at, id",
        )
        pending = self.env["cpa.committee.case"].search(
            [("request_id", "in", waiting.ids), ("state", "=", "pending"), ("session_id.state", "!=", "cancelled")]
        )
        return waiting - pending.request_id
