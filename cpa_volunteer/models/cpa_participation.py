from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.models.cpa_beneficiary_identity import age
from odoo.addons.cpa_beneficiary.models.cpa_lifecycle_mixin import Move
from odoo.addons.cpa_beneficiary.tools.riyadh import riyadh_date
from odoo.exceptions import UserError, ValidationError

from .roles import COORDINATOR, REQUEST_READERS, VOLUNTEER

# States before the shift, those that hold a place, and those that hold the volunteer's time.
COMING = ("applied", "waiting", "accepted")
PLACED = ("accepted", "attended", "closed", "absent")
BOOKED = ("accepted", "attended", "closed")


class CpaParticipation(models.Model):
    """A volunteer in a shift: applied, placed, attended, hours approved. Never two at the same time."""

    _name = "cpa.participation"
    _description = "Participation"
    _inherit = ["cpa.lifecycle.mixin", "cpa.satisfaction.source", "mail.thread"]
    _order = "start desc, id desc"
    _lifecycle_initial = "applied"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"closed", "absent", "cancelled"})
    _lifecycle_unfrozen = frozenset({"message_ids", "message_follower_ids"})

    volunteer_id = fields.Many2one("cpa.volunteer", required=True, fixed=True, ondelete="restrict", index=True)
    shift_id = fields.Many2one("cpa.shift", required=True, fixed=True, ondelete="restrict", index=True)
    opportunity_id = fields.Many2one(related="shift_id.opportunity_id", store=True, index=True)
    kind = fields.Selection(related="opportunity_id.kind", store=True)
    request_id = fields.Many2one(
        related="opportunity_id.request_id", store=True, index="btree_not_null", groups=REQUEST_READERS
    )
    governorate_id = fields.Many2one(related="opportunity_id.governorate_id", store=True)
    company_id = fields.Many2one(related="shift_id.company_id", store=True, index=True)
    start = fields.Datetime(related="shift_id.start", store=True)
    stop = fields.Datetime(related="shift_id.stop", string="End", store=True)
    state = fields.Selection(
        [
            ("applied", "Applied"),
            ("waiting", "On the waiting list"),
            ("accepted", "Has a place"),
            ("attended", "Attended"),
            ("absent", "Did not come"),
            ("closed", "Hours approved"),
            ("cancelled", "Cancelled"),
        ],
        default="applied",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    is_late_cancel = fields.Boolean("Cancelled late", kept=True, readonly=True, copy=False)

    # attendance
    checked_in_at = fields.Datetime("Checked in at", kept=True, readonly=True, copy=False)
    checked_in_by = fields.Selection(
        [("qr", "By the code at the place"), ("coordinator", "By the coordinator")],
        kept=True,
        readonly=True,
        copy=False,
    )

    # hours
    hours_logged = fields.Float("Hours as logged", copy=False, tracking=True)
    hours_note = fields.Text("What was done", copy=False)
    hours_reason = fields.Text("Why more than the shift", copy=False)
    hours_approved = fields.Float("Approved hours", copy=False, tracking=True, aggregator="sum")
    approval_reason = fields.Text("Why other hours than logged", copy=False)
    approved_by = fields.Many2one("res.users", kept=True, readonly=True, copy=False, ondelete="restrict")
    approved_at = fields.Datetime(kept=True, readonly=True, copy=False)

    certificate_ids = fields.Many2many(
        "cpa.volunteer.certificate", string="Certificates", kept=True, readonly=True, copy=False
    )

    _once_uniq = models.UniqueIndex(
        "(volunteer_id, shift_id) WHERE state <> 'cancelled'", "This volunteer is in this shift already."
    )
    _hours_check = models.Constraint(
        "CHECK(hours_logged >= 0 AND hours_logged <= 24 AND hours_approved >= 0 AND hours_approved <= 24)",
        "The hours of a shift lie between 0 and 24.",
    )
    _booked_idx = models.Index("(volunteer_id, start, stop) WHERE state IN ('accepted', 'attended', 'closed')")

    # ------------------------------------------------------------------
    # The path
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        both = (COORDINATOR, VOLUNTEER)
        return {
            ("applied", "accepted"): Move(both, ("_guard_accepted",), ("_effect_place",)),
            ("waiting", "accepted"): Move((COORDINATOR,), ("_guard_accepted",), ("_effect_place",)),
            ("applied", "waiting"): Move(both, ("_guard_waiting",)),
            ("applied", "cancelled"): Move(both),
            ("waiting", "cancelled"): Move(both),
            ("accepted", "cancelled"): Move(both, ("_guard_not_begun",), ("_effect_cancelled",)),
            ("accepted", "attended"): Move(both, ("_guard_attending",), ("_effect_checked_in",)),
            ("accepted", "absent"): Move((COORDINATOR,), ("_guard_begun",)),
            ("attended", "absent"): Move((COORDINATOR,), reason=True),
            ("attended", "closed"): Move((COORDINATOR,), ("_guard_hours",), ("_effect_approved",)),
            # approved hours are corrected with a reason; what stands on a certificate is not
            ("closed", "attended"): Move((COORDINATOR,), ("_guard_not_certified",), reason=True),
        }

    def _lifecycle_has_role(self, role):
        """A volunteer moves his own participation only."""
        if role != VOLUNTEER:
            return super()._lifecycle_has_role(role)
        # whose it is, no more
        return self.env.user._is_portal() and self.env.user.partner_id == self.sudo().volunteer_id.partner_id

    def _guard_accepted(self, at):
        volunteer, opportunity = self.volunteer_id, self.opportunity_id
        missing = []
        if opportunity.state not in ("published", "running"):
            missing.append(self.env._("The opportunity: it is not published."))
        if volunteer.state != "active":
            missing.append(self.env._("The volunteer: not one of the active volunteers."))
        if not self.env.user.has_group(COORDINATOR) and not opportunity.is_self_service:
            missing.append(self.env._("The coordinator, who accepts each volunteer for this opportunity."))
        if self.shift_id.start <= at:
            missing.append(self.env._("The time: this shift has begun already."))
        missing += volunteer._papers_problems(riyadh_date(self.start))
        return missing + self._age_problems() + self._task_problems() + self._overlap_problems()

    def _age_problems(self):
        # his age on that day only
        born = self.volunteer_id.sudo().birth_date
        if born and age(born, riyadh_date(self.start)) < self.opportunity_id.min_age:
            return [
                self.env._(
                    "The age: this opportunity is open from the age of %(age)s.", age=self.opportunity_id.min_age
                )
            ]
        return []

    def _overlap_problems(self):
        """Return which other shift of this volunteer lies at the same time."""
        self.volunteer_id._one_at_a_time()
        other = self.sudo().search(  # his own, whoever places him
            [
                ("volunteer_id", "=", self.volunteer_id.id),
                ("id", "!=", self.id),
                ("state", "in", BOOKED),
                ("start", "<", self.stop),
                ("stop", ">", self.start),
            ],
            limit=1,
        )
        if not other:
            return []
        return [self.env._("The time: “%(shift)s” is at the same hours.", shift=other.shift_id.display_name)]

    def _guard_waiting(self, at):
        missing = []
        if not self.company_id.cpa_shift_waiting:
            missing.append(self.env._("Waiting lists are switched off."))
        if self.shift_id.free:
            missing.append(self.env._("There is a free place: take it."))
        return missing

    def _guard_not_begun(self, at):
        return [] if at < self.start else [self.env._("The shift has begun: the coordinator notes who came.")]

    def _guard_begun(self, at):
        return [] if at >= self.start else [self.env._("The shift has not begun yet.")]

    def _guard_attending(self, at):
        early = self.start - self.company_id._cpa_check_in_before()
        if at < early:
            return [self.env._("Checking in opens shortly before the shift begins.")]
        if at > self.stop and not self.env.user.has_group(COORDINATOR):
            return [self.env._("The shift is over: the coordinator notes who came.")]
        return []

    def _guard_hours(self, at):
        missing = []
        if not self.hours_approved:
            missing.append(self.env._("The approved hours."))
        if self.hours_approved != self.hours_logged and not (self.approval_reason or "").strip():
            missing.append(self.env._("Why other hours are approved than were logged."))
        # who approves hours does not approve his own
        if self.env.user.partner_id == self.volunteer_id.partner_id:
            missing.append(self.env._("Somebody else's approval: nobody approves his own hours."))
        return missing

    def _guard_not_certified(self, at):
        self.volunteer_id._one_at_a_time()
        certified = self.certificate_ids.filtered(lambda certificate: certificate.state == "issued")
        if not certified:
            return []
        return [
            self.env._("Its hours stand on the certificate %(number)s: withdraw it first.", number=certified[:1].number)
        ]

    def _effect_place(self, at):
        for line in self:
            if not line.shift_id.sudo()._take_place():  # a counter, decided by the database
                raise UserError(
                    self.env._("The last place of “%(shift)s” has just been taken.", shift=line.shift_id.display_name)
                )

    def _effect_cancelled(self, at):
        for line in self:
            shift = line.shift_id.sudo()  # a counter, as above
            shift._give_place_back()
            late = line.start - at < line.company_id._cpa_late_cancel()
            line._lifecycle_set({"is_late_cancel": late})
            line._call_next()

    def _call_next(self):
        """Let the coordinator know who waits longest for the place that came free."""
        self.ensure_one()
        # told to the coordinator only: who gives his place back does not learn who waits for it
        waiting = self.sudo().search(
            [("shift_id", "=", self.shift_id.id), ("state", "=", "waiting")], order="id", limit=1
        )
        if waiting:
            opportunity = self.opportunity_id.sudo()
            opportunity.activity_schedule(
                "mail.mail_activity_data_call",
                summary=self.env._("A place came free: %(name)s waits for it", name=waiting.volunteer_id.name),
                user_id=opportunity.coordinator_id.id,
            )

    def _effect_checked_in(self, at):
        by = "coordinator" if self.env.user.has_group(COORDINATOR) else "qr"
        self._lifecycle_set({"checked_in_at": at, "checked_in_by": by})

    def _effect_approved(self, at):
        self._lifecycle_set({"approved_by": self.env.uid, "approved_at": at})
        self._satisfaction_event("volunteering")

    # ------------------------------------------------------------------
    # Hours
    # ------------------------------------------------------------------

    @api.constrains("hours_logged", "hours_reason")
    def _check_hours(self):
        for line in self:
            if line.hours_logged > line.shift_id.hours and not (line.hours_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "%(logged)s hours are more than the shift has (%(hours)s): say why.",
                        logged=f"{line.hours_logged:g}",
                        hours=f"{line.shift_id.hours:g}",
                    )
                )

    def _log_hours(self, hours, note="", reason=""):
        """The volunteer logs his hours of a shift that he attended.

        :param float hours: as worked
        :raise UserError: he did not attend, or they are approved already
        """
        self.ensure_one()
        if self.state != "attended":
            raise UserError(self.env._("Hours are logged for a shift that you attended, until they are approved."))
        self.write({"hours_logged": hours, "hours_note": note, "hours_reason": reason, "hours_approved": hours})

    def action_approve(self):
        """Button: approve the hours as they were logged."""
        for line in self.filtered(lambda line: line.state == "attended" and not line.hours_approved):
            line.hours_approved = line.hours_logged
        self.write({"state": "closed"})

    def action_take(self):
        """Button: take a place; where there is none, and waiting is switched on, join the waiting list."""
        for line in self:
            if line.shift_id.free or not line.company_id.cpa_shift_waiting:
                line.write({"state": "accepted"})
            else:
                line.write({"state": "waiting"})

    @api.depends("volunteer_id.name", "shift_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.volunteer_id.name} · {line.shift_id.display_name}"
