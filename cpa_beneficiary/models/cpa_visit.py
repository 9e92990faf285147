from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .cpa_lifecycle_mixin import Move
from .roles import DELEGATE, OFFICER, RESEARCHER


class CpaVisit(models.Model):
    """A visit at home, in the office, by telephone or video (P-11), in the calendar under its number, never a name."""

    _name = "cpa.visit"
    _description = "Visit"
    _inherit = ["cpa.lifecycle.mixin", "cpa.satisfaction.source", "mail.thread"]
    _order = "start desc, id desc"
    _rec_name = "number"
    _lifecycle_initial = "planned"
    _lifecycle_deletable = frozenset()

    number = fields.Char(kept=True, readonly=True, copy=False)
    request_id = fields.Many2one("cpa.request", required=True, fixed=True, ondelete="restrict", index=True)
    beneficiary_id = fields.Many2one(related="request_id.beneficiary_id")
    study_id = fields.Many2one("cpa.study", compute="_compute_study_id", store=True, index="btree_not_null")
    branch_id = fields.Many2one("cpa.branch", ondelete="restrict", index="btree_not_null")
    user_id = fields.Many2one(
        "res.users", "Visited by", required=True, default=lambda self: self.env.user, ondelete="restrict", index=True
    )
    kind = fields.Selection(
        [("home", "At home"), ("office", "In the office"), ("phone", "By telephone"), ("video", "By video")],
        required=True,
        default="home",
    )
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done"), ("cancelled", "Cancelled")],
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    start = fields.Datetime(required=True, index=True)
    stop = fields.Datetime(required=True)
    findings = fields.Text()
    event_id = fields.Many2one(
        "calendar.event", "In the calendar", kept=True, readonly=True, copy=False, ondelete="set null"
    )

    def _lifecycle_moves(self):
        visitors = (RESEARCHER, OFFICER, DELEGATE)
        return {
            ("planned", "done"): Move(visitors, ("_guard_done",), ("_effect_done",)),
            ("planned", "cancelled"): Move(visitors, effects=("_effect_cancelled",), reason=True),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_done(self, at):
        return [] if (self.findings or "").strip() else [self.env._("What was found.")]

    def _effect_done(self, at):
        self._satisfaction_event("visit")

    def _effect_cancelled(self, at):
        # our own private event; its attendees' rights do not matter
        self.sudo().event_id.unlink()

    @api.depends("request_id.study_ids")
    def _compute_study_id(self):
        for visit in self:
            visit.study_id = visit.request_id.study_ids[:1]

    @api.constrains("start", "stop")
    def _check_times(self):
        for visit in self:
            if visit.stop <= visit.start:
                raise ValidationError(self.env._("A visit ends after it begins."))

    @api.constrains("branch_id")
    def _check_branch(self):
        self.env["cpa.branch"]._check_handed(self)

    @api.onchange("start")
    def _onchange_start(self):
        if self.start and (not self.stop or self.stop <= self.start):
            self.stop = fields.Datetime.add(self.start, hours=1)

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        sequence = self.env["ir.sequence"].sudo().with_context(tz="Asia/Riyadh")  # numbering is the system's
        for visit in visits:
            visit._lifecycle_set(
                {
                    "number": sequence.next_by_code("cpa.visit"),
                    "branch_id": (visit.branch_id or visit.request_id.branch_id).id,
                }
            )
            # in the visitor's calendar, private, with a number for a title: our own event
            event = (
                self.env["calendar.event"].sudo().with_context(no_mail_to_attendees=True).create(visit._event_values())
            )
            visit._lifecycle_set({"event_id": event.id})
        return visits

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"start", "stop", "user_id"}:
            for visit in self.sudo():  # as above
                visit.event_id.with_context(no_mail_to_attendees=True).write(visit._event_values())
        return result

    def _event_values(self):
        return {
            "name": self.number,
            "start": self.start,
            "stop": self.stop,
            "user_id": self.user_id.id,
            "partner_ids": [fields.Command.set(self.user_id.partner_id.ids)],
            "privacy": "private",
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
        }
