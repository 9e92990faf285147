from datetime import timedelta
from urllib.parse import quote

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_datetime

from ..tools.riyadh import cpa_today, utc_start_of
from ..tools.text import comma_list
from .cpa_lifecycle_mixin import Move
from .roles import DELEGATE, OFFICER, RESEARCHER

# When visits are proposed: the working hours of a day in Riyadh, Sunday to Thursday (weekday() of Monday is 0).
FIRST_HOUR, LAST_HOUR = 9, 14
WEEKEND = (4, 5)
# Who may read where a person lives and is called: who serves or studies the case.
ROAD_READERS = ",".join(f"cpa_beneficiary.group_{role}" for role in ("officer", "delegate", "researcher", "manager"))
# Who reads what was found on a visit: who may read the study, and the delegate his own.
FINDINGS_READERS = ROAD_READERS + ",cpa_beneficiary.group_member,cpa_beneficiary.group_secretary"


class CpaVisit(models.Model):
    """A visit at home, in the office, by telephone or video (P-11), in the calendar under its number, never a name."""

    _name = "cpa.visit"
    _description = "Visit"
    _inherit = ["cpa.lifecycle.mixin", "cpa.satisfaction.source", "mail.thread"]
    _order = "start desc, id desc"
    _rec_name = "number"
    _lifecycle_initial = "planned"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"missed", "cancelled"})

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
        [("planned", "Planned"), ("done", "Done"), ("missed", "Not at home"), ("cancelled", "Cancelled")],
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    start = fields.Datetime(required=True, index=True, default=lambda self: self._next_slot(self.env.user))
    stop = fields.Datetime(required=True, default=lambda self: self._next_slot(self.env.user) + timedelta(hours=1))
    duration = fields.Float("Hours", compute="_compute_duration", inverse="_inverse_duration")
    findings = fields.Text(groups=FINDINGS_READERS)
    video_url = fields.Char("Link of the video call", groups=ROAD_READERS)

    # for the road: where the person lives, and a call and a map in one tap
    address = fields.Char(compute="_compute_road", groups=ROAD_READERS)
    phone = fields.Char(compute="_compute_road", groups=ROAD_READERS)
    accessibility_needs = fields.Text(compute="_compute_road", groups=ROAD_READERS)
    road_html = fields.Html("On the road", compute="_compute_road", sanitize=False, groups=ROAD_READERS)
    # what still has to be sighted can be sighted here (P-32)
    to_sight_ids = fields.Many2many(
        "cpa.request.check", compute="_compute_to_sight_ids", string="To be sighted", groups=ROAD_READERS
    )
    event_id = fields.Many2one(
        "calendar.event", "In the calendar", kept=True, readonly=True, copy=False, ondelete="set null"
    )

    def _lifecycle_moves(self):
        visitors = (RESEARCHER, OFFICER, DELEGATE)
        return {
            ("planned", "done"): Move(visitors, ("_guard_done",), ("_effect_done",)),
            ("planned", "missed"): Move(visitors, ("_guard_begun",)),
            ("planned", "cancelled"): Move(visitors, effects=("_effect_cancelled",), reason=True),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_done(self, at):
        return [] if (self.findings or "").strip() else [self.env._("What was found.")]

    def _guard_begun(self, at):
        if at < self.start:
            return [self.env._("Its time has not come yet: move it or cancel it.")]
        return []

    def _effect_done(self, at):
        self._satisfaction_event("visit")

    def _effect_cancelled(self, at):
        # our own private event; its attendees' rights do not matter
        self.sudo().event_id.unlink()

    def _lifecycle_check_frozen(self, vals):
        super()._lifecycle_check_frozen(vals)
        if "findings" in vals:
            # what was found on a visit is presented with the study; whether it was must not depend on the reader
            self.filtered(lambda visit: visit.state == "done").sudo().study_id._lifecycle_check_frozen(vals)

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

    @api.depends("start", "stop")
    def _compute_duration(self):
        for visit in self:
            visit.duration = (visit.stop - visit.start).total_seconds() / 3600 if visit.start and visit.stop else 1

    @api.onchange("duration")
    def _inverse_duration(self):
        for visit in self.filtered("start"):
            visit.stop = visit.start + timedelta(hours=visit.duration or 1)

    @api.onchange("start")
    def _onchange_start(self):
        if self.start:
            former = self._origin
            length = former.stop - former.start if former.start and former.stop else timedelta(hours=1)
            self.stop = self.start + length

    @api.onchange("user_id")
    def _onchange_user_id(self):
        if self.user_id and not self._origin:
            self.start = self._next_slot(self.user_id)
            self.stop = self.start + timedelta(hours=1)

    @api.depends("request_id.beneficiary_id", "kind", "video_url")
    @api.depends_context("uid", "lang")
    def _compute_road(self):
        for visit in self:
            person = visit.request_id.beneficiary_id
            partner = person.partner_id if person.has_access("read") else self.env["res.partner"]
            parts = (
                partner.cpa_short_address,
                partner.cpa_building_number,
                partner.street,
                partner.street2,
                partner.city,
            )
            visit.address = comma_list((part for part in parts if part), self.env.lang)
            visit.phone = partner.phone
            visit.accessibility_needs = person.accessibility_needs if partner else False
            visit.road_html = visit._road_links()

    @api.depends("request_id.check_ids.state")
    def _compute_to_sight_ids(self):
        for visit in self:
            visit.to_sight_ids = visit.request_id.check_ids._latest().filtered(
                lambda check: check.state in ("pending", "to_sight")
            )

    def _road_links(self):
        """Return what can be tapped on the road. Built here: nothing is called before it is tapped."""
        links = []
        if self.address and self.kind == "home":
            links.append((f"geo:0,0?q={quote(self.address)}", "fa-map-marker", self.env._("Map")))
        if self.phone:
            links.append((f"tel:{self.phone}", "fa-phone", self.env._("Call")))
        if self.kind == "video" and (self.video_url or "").startswith("https://"):
            links.append((self.video_url, "fa-video-camera", self.env._("Video call")))
        link = Markup('<a class="btn btn-secondary" target="_blank" href="{}"><i class="fa {} me-2"></i>{}</a>')
        return Markup('<div class="o_cpa_road">{}</div>').format(Markup("").join(link.format(*each) for each in links))

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    @api.model
    def _next_slot(self, user):
        """Return the next full working hour in which ``user`` has no other visit planned (naive UTC)."""
        now = fields.Datetime.now()
        # when a colleague is out, not where
        planned = self.sudo().search([("user_id", "=", user.id), ("state", "=", "planned"), ("stop", ">", now)])
        taken = {visit.start.replace(minute=0, second=0, microsecond=0) for visit in planned}
        day = cpa_today()
        while True:
            if day.weekday() not in WEEKEND:
                for hour in range(FIRST_HOUR, LAST_HOUR):
                    slot = utc_start_of(day) + timedelta(hours=hour)
                    if slot > now and slot not in taken:
                        return slot
            day += timedelta(days=1)

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
            "alarm_ids": [fields.Command.set(self.env.ref("calendar.alarm_notif_3").ids)],
        }

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_missed(self):
        """Button: nobody was there; note it and plan another visit, of the same kind, at the next free hour."""
        self.ensure_one()
        self.write({"state": "missed"})
        again = self.create(
            {
                "request_id": self.request_id.id,
                "user_id": self.user_id.id,
                "kind": self.kind,
                "branch_id": self.branch_id.id,
                "start": self._next_slot(self.user_id),
                "stop": self._next_slot(self.user_id) + (self.stop - self.start),
            }
        )
        return again._get_records_action(name=self.env._("Try again"))

    def action_open_study(self):
        """Button: the study that the visit belongs to."""
        return self.study_id._get_records_action(name=self.study_id.display_name)

    def _as_text(self):
        """Return the visit as a paragraph: kind, time, by whom, what was found."""
        self.ensure_one()
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        when = format_datetime(self.env, self.start, tz="Asia/Riyadh")
        return f"{self.number} · {kind} · {when} · {self.user_id.name}\n{self.findings or ''}".strip()
