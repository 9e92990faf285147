"""An urgent decision is ratified in the next session: its agenda takes it up by itself, and the members vote on it."""

from odoo import api, fields, models

from ..tools.riyadh import cpa_today
from .cpa_lifecycle_mixin import Move
from .roles import MANAGER, SECRETARY

ACTIVITY = "cpa_beneficiary.activity_not_ratified"


class CpaCommitteeCase(models.Model):
    _inherit = "cpa.committee.case"

    ratifies_id = fields.Many2one("cpa.committee.case", fixed=True, ondelete="restrict", index="btree_not_null")
    ratification_ids = fields.One2many("cpa.committee.case", "ratifies_id", "Ratifications")
    ratification = fields.Selection(
        [("awaited", "To be ratified"), ("ratified", "Ratified"), ("refused", "Not ratified")],
        compute="_compute_ratification",
        compute_sudo=True,
    )

    @api.depends("state", "session_id.mode", "ratification_ids.state", "ratification_ids.proposal_ids.state")
    def _compute_ratification(self):
        for case in self:
            if case.session_id.mode != "urgent" or case.state != "decided":
                case.ratification = False
                continue
            carried = case.ratification_ids.proposal_ids.filtered(lambda p: p.state == "carried")
            case.ratification = {"ratify": "ratified", "not_ratify": "refused"}.get(carried[-1:].kind, "awaited")

    def _check_agenda_of(self):
        if not self.ratifies_id:
            return super()._check_agenda_of()
        urgent = self.ratifies_id
        if (
            urgent.ratification != "awaited"
            or urgent.request_id != self.request_id
            or urgent.session_id.committee_id != self.session_id.committee_id
        ):
            return [self.env._("“%(case)s” is no urgent decision that waits to be ratified.", case=urgent.display_name)]
        return []

    def _end_carried(self, kind):
        """Record what became of the urgent decisions; one that was not ratified goes back, or to the manager."""
        if kind not in ("ratify", "not_ratify"):
            return super()._end_carried(kind)
        self.write({"state": "decided"})
        if kind == "not_ratify":
            self.request_id._take_back()
        return None


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    def _effect_convene(self, at):
        self._take_up_ratifications()
        return super()._effect_convene(at)

    def _take_up_ratifications(self):
        """Put the urgent decisions of the committee that wait to be ratified on top of the agenda of a meeting."""
        for session in self.filtered(lambda s: s.mode == "meeting"):
            urgent = self.env["cpa.committee.case"].search(
                [
                    ("session_id.committee_id", "=", session.committee_id.id),
                    ("session_id.mode", "=", "urgent"),
                    ("state", "=", "decided"),
                    ("ratification_ids", "not any", [("state", "in", ("pending", "decided"))]),
                ],
                order="id",
            )
            session.case_ids = [
                fields.Command.create({"request_id": case.request_id.id, "ratifies_id": case.id, "sequence": 0})
                for case in urgent
            ]


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    def _lifecycle_moves(self):
        back = Move((SECRETARY,), ("_guard_not_ratified",), ("_effect_undecide",), reason=True)
        return super()._lifecycle_moves() | {("decided", "committee"): back}

    def _take_back(self):
        """Let requests whose urgent decision was not ratified go back; who was told is a person's task from here."""
        reason = self.env._("The committee did not ratify the urgent decision.")
        untold = self.filtered(lambda request: request.state == "decided")
        untold.write({"state": "committee", "move_reason": reason})
        for request in self - untold:
            for user in request.company_id._cpa_users(MANAGER):
                # the secretary has told it; she needs no right on a request that left the committee
                request.sudo().activity_schedule(ACTIVITY, date_deadline=cpa_today(), user_id=user.id, note=reason)

    def _guard_not_ratified(self, at):
        # the fact of the minutes, whatever of them the user may read
        cases = self.sudo().case_ids.filtered(lambda case: case.state == "decided" and not case.ratifies_id)
        return (
            []
            if cases.sorted("id")[-1:].ratification == "refused"
            else [self.env._("The committee's decision stands.")]
        )

    def _effect_undecide(self, at):
        self._lifecycle_set(
            {
                "decision": False,
                "decision_amount": 0,
                "decision_conditions": False,
                "rejection_reason_id": False,
                "decided_at": False,
                "granted_amount": 0,
            }
        )
