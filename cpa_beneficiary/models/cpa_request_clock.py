"""Until when we reply (P-35): not before the floor, by the target, never past the ceiling. The clock only warns.

What belongs to it has files of its own: ``cpa_request_hold`` (a reply held until its day), ``cpa_request_timeliness``
(what the clock showed at the reply) and ``cpa_request_reminder`` (who is reminded, and when).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.riyadh import cpa_today, riyadh_date

# States in which the applicant still waits for the reply and nothing is awaited from him.
WAITING_STATES = ("submitted", "research", "committee", "in_progress", "decided")


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    policy_id = fields.Many2one(
        "cpa.policy", "Handled under", kept=True, readonly=True, copy=False, ondelete="restrict", help="P-04"
    )
    submitted_at = fields.Datetime(kept=True, readonly=True, copy=False)
    reply_floor_mode = fields.Selection(
        [("off", "Off"), ("warn", "Warn"), ("block", "Hold back")], "Floor", kept=True, readonly=True, copy=False
    )
    reply_floor_date = fields.Date("Not before", kept=True, readonly=True, copy=False)
    reply_target_date = fields.Date("Reply by", kept=True, readonly=True, copy=False)
    reply_ceiling_date = fields.Date("At the latest", kept=True, readonly=True, copy=False)
    paused_on = fields.Date("Waiting for the applicant since", kept=True, readonly=True, copy=False)
    paused_days = fields.Integer("Days paused", kept=True, readonly=True, copy=False)
    closed_at = fields.Datetime(kept=True, readonly=True, copy=False)
    is_overdue = fields.Boolean("Past the latest day", compute="_compute_is_overdue", search="_search_is_overdue")
    is_late = fields.Boolean("Past the target", compute="_compute_is_overdue", search="_search_is_late")

    _clock_idx = models.Index("(state, reply_target_date)")

    def _effect_clock(self, at):
        """Start the clock at the first submission; a later one moves target and ceiling by the pause, never the floor.

        Calendar days in Riyadh. The policy in force on that day stays the request's own (P-04).

        :param at: when the submission happened (naive UTC)
        """
        day = riyadh_date(at)
        for request in self:
            if request.submitted_at:
                request._resume_clock(day)
                continue
            policy = self.env["cpa.policy"]._in_force(request.company_id, day)
            start = riyadh_date(request.first_contact_at) if policy.clock_start == "first_contact" else day
            target = request.service_id.target_days or policy.target_days
            request._lifecycle_set(
                {
                    "policy_id": policy.id,
                    "submitted_at": at,
                    "reply_floor_mode": policy.floor_mode if request.service_id.needs_committee else "off",
                    "reply_floor_date": start + timedelta(days=policy.floor_days),
                    "reply_target_date": start + timedelta(days=target),
                    "reply_ceiling_date": start + timedelta(days=max(policy.ceiling_days, target)),
                }
            )

    def _effect_pause(self, at):
        self._lifecycle_set({"paused_on": riyadh_date(at)})

    def _resume_clock(self, day):
        if not self.paused_on:
            return
        # two days of a calendar: returned and completed on the same day, nothing moves
        days = max((day - self.paused_on).days, 0)
        self._lifecycle_set(
            {
                "paused_on": False,
                "paused_days": self.paused_days + days,
                "reply_target_date": self.reply_target_date + timedelta(days=days),
                "reply_ceiling_date": self.reply_ceiling_date + timedelta(days=days),
            }
        )

    def _effect_close(self, at):
        self._lifecycle_set({"closed_at": at})

    @api.depends("state", "reply_target_date", "reply_ceiling_date")
    def _compute_is_overdue(self):
        today = cpa_today()
        for request in self:
            waiting = request.state in WAITING_STATES
            request.is_late = waiting and bool(request.reply_target_date) and request.reply_target_date < today
            request.is_overdue = waiting and bool(request.reply_ceiling_date) and request.reply_ceiling_date < today

    def _search_is_overdue(self, operator, value):
        return self._search_past("reply_ceiling_date", operator, value)

    def _search_is_late(self, operator, value):
        return self._search_past("reply_target_date", operator, value)

    def _search_past(self, field_name, operator, value):
        if operator != "in":
            return NotImplemented
        past = Domain("state", "in", WAITING_STATES) & Domain(field_name, "<", cpa_today())
        return past if True in value else ~past

    def _floor_problem(self, at):
        """Return what the floor says against a reply at ``at`` (naive UTC): a message, or False.

        Mode "warn": an earlier reply needs its reason. Mode "block": it is held until the floor.
        """
        self.ensure_one()
        if self.reply_floor_mode == "off" or not self.reply_floor_date or riyadh_date(at) >= self.reply_floor_date:
            return False
        floor = fields.Date.to_string(self.reply_floor_date)
        if self.reply_floor_mode == "block":
            return self.env._("The policy replies not before %(date)s (P-35); it is sent on that day.", date=floor)
        if not (self.reply_early_reason or "").strip():
            return self.env._("Before %(date)s the reply needs a reason for being early (P-35).", date=floor)
        return False
