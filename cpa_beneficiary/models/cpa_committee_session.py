from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.riyadh import cpa_today, riyadh_date, utc_start_of
from .cpa_lifecycle_mixin import Move
from .roles import SECRETARY


class CpaCommitteeSession(models.Model):
    """A session of a committee: agenda, attendance, votes, counting, minutes (P-35)."""

    _name = "cpa.committee.session"
    _description = "Committee session"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "planned_at desc, id desc"
    _rec_name = "number"
    _lifecycle_frozen = frozenset({"closed"})

    number = fields.Char(kept=True, readonly=True, copy=False)
    committee_id = fields.Many2one(
        "cpa.committee",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env["cpa.committee"].search([], limit=1),
    )
    company_id = fields.Many2one(related="committee_id.company_id", store=True)
    planned_at = fields.Datetime(
        "Date and time",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: utc_start_of(cpa_today()) + timedelta(days=1, hours=10),
    )
    place = fields.Char()
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("convened", "Convened"),
            ("open", "In session"),
            ("counting", "Counting"),
            ("minutes", "Minutes"),
            ("closed", "Concluded"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    attendance_ids = fields.One2many("cpa.committee.attendance", "session_id")
    case_ids = fields.One2many("cpa.committee.case", "session_id", "Agenda")
    case_count = fields.Integer(compute="_compute_case_count")
    presiding_id = fields.Many2one(
        "cpa.committee.member",
        ondelete="restrict",
        help="Chosen by those present when neither the chair nor the deputy is there.",
    )
    minutes = fields.Text("Remarks for the minutes", copy=False)
    minutes_html = fields.Html("Minutes", compute="_compute_minutes_html", sanitize=False)

    # for the screen: which button comes next
    can_sign = fields.Boolean(compute="_compute_can_sign", compute_sudo=True)
    needs_presiding = fields.Boolean(compute="_compute_needs_presiding")
    has_unput_cases = fields.Boolean(compute="_compute_has_unput_cases", compute_sudo=True)
    event_id = fields.Many2one("calendar.event", kept=True, readonly=True, copy=False, ondelete="set null")

    def _lifecycle_moves(self):
        return {
            ("draft", "convened"): Move((SECRETARY,), ("_guard_agenda",), ("_effect_convene",)),
            ("convened", "open"): Move((SECRETARY,), ("_guard_present",)),
            ("open", "counting"): Move((SECRETARY,)),
            ("counting", "minutes"): Move((SECRETARY,), effects=("_effect_count",)),
            ("minutes", "closed"): Move((SECRETARY,), ("_guard_signed",)),
            ("draft", "cancelled"): Move((SECRETARY,), reason=True),
            ("convened", "cancelled"): Move((SECRETARY,), effects=("_effect_cancel",), reason=True),
        }

    # ------------------------------------------------------------------
    # Guards and effects
    # ------------------------------------------------------------------

    def _guard_agenda(self, at):
        return [] if self.case_ids else [self.env._("At least one request on the agenda.")]

    def _guard_present(self, at):
        missing = []
        voting = self.attendance_ids.filtered(lambda line: line.is_present and line.member_id.has_vote)
        if len(voting) < self.committee_id.minimum_votes:
            missing.append(
                self.env._("At least %(number)s voting members present.", number=self.committee_id.minimum_votes)
            )
        if not self._presiding():
            missing.append(self.env._("Who presides: neither the chair nor the deputy is present."))
        return missing

    def _guard_signed(self, at):
        unsigned = self.attendance_ids.filtered(lambda line: line.is_present and not line.signed_at)
        return [
            self.env._("The minutes are not signed by %(member)s.", member=line.member_id.user_id.name)
            for line in unsigned
        ]

    def _effect_convene(self, at):
        sequence = self.env["ir.sequence"].sudo().with_context(tz="Asia/Riyadh")  # numbering is the system's
        for session in self:
            members = session.committee_id.member_ids._in_term(riyadh_date(session.planned_at))
            session.attendance_ids = [
                fields.Command.create({"member_id": member.id}) for member in members - session.attendance_ids.member_id
            ]
            session._lifecycle_set({"number": session.number or sequence.next_by_code("cpa.committee.session")})
            # our own event, private, under the session's number
            event = (
                self.env["calendar.event"]
                .sudo()
                .with_context(no_mail_to_attendees=True)
                .create(
                    {
                        "name": session.number,
                        "start": session.planned_at,
                        "stop": fields.Datetime.add(session.planned_at, hours=2),
                        "location": session.place,
                        "user_id": self.env.uid,
                        "partner_ids": [fields.Command.set(members.user_id.partner_id.ids)],
                        "privacy": "private",
                        "res_model_id": self.env["ir.model"]._get_id(session._name),
                        "res_id": session.id,
                    }
                )
            )
            session._lifecycle_set({"event_id": event.id})

    def _effect_cancel(self, at):
        self.sudo().event_id.unlink()  # our own event
        self.case_ids.unlink()

    def _effect_count(self, at):
        self.case_ids._count()
        # the meeting has been held: the calendar's reminders of every member are done
        self.sudo().activity_ids.filtered("calendar_event_id").unlink()

    def write(self, vals):
        # the term of the members and so the right to vote hang on these
        fixed = {"committee_id": ("draft",), "planned_at": ("draft", "convened")}
        for name in fixed.keys() & vals.keys():
            if any(session.state not in fixed[name] for session in self):
                raise UserError(
                    self.env._(
                        "“%(field)s” does not change once the session is past it.",
                        field=self._fields[name]._description_string(self.env),
                    )
                )
        return super().write(vals)

    # ------------------------------------------------------------------
    # Computes and helpers
    # ------------------------------------------------------------------

    @api.depends("number", "planned_at")
    def _compute_display_name(self):
        for session in self:
            day = fields.Date.to_string(riyadh_date(session.planned_at)) if session.planned_at else ""
            session.display_name = " · ".join(filter(None, [session.number or self.env._("New session"), day]))

    @api.depends("case_ids")
    def _compute_case_count(self):
        counts = dict(
            self.env["cpa.committee.case"]._read_group([("session_id", "in", self.ids)], ["session_id"], ["__count"])
        )
        for session in self:
            session.case_count = counts.get(session._origin, 0)

    @api.depends("state", "attendance_ids.is_present", "attendance_ids.signed_at")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        for session in self:
            session.can_sign = session.state == "minutes" and any(
                line.is_present and not line.signed_at and line.member_id.user_id == self.env.user
                for line in session.attendance_ids
            )

    @api.depends("state", "attendance_ids.is_present")
    def _compute_needs_presiding(self):
        for session in self:
            leaders = session._present_members().filtered(lambda m: m.role in ("chair", "deputy"))
            session.needs_presiding = (
                session.state in ("convened", "open") and bool(session._present_members()) and not leaders
            )

    @api.depends("case_ids.proposal_ids.state")
    def _compute_has_unput_cases(self):
        for session in self:
            session.has_unput_cases = any(not case.proposal_id for case in session.case_ids)

    @api.depends_context("lang", "tz")
    @api.depends("state", "minutes", "attendance_ids.signed_at")
    def _compute_minutes_html(self):
        for session in self:
            minutes = session.sudo()  # who reads the session reads its minutes, with the applicants' names
            session.minutes_html = session.state in ("minutes", "closed") and self.env["ir.qweb"]._render(
                "cpa_beneficiary.cpa_committee_minutes", {"session": minutes, "presiding": minutes._presiding()}
            )

    def _present_members(self):
        return self.attendance_ids.filtered("is_present").member_id

    def _presiding(self):
        """Return the member who presides: the chair, else the deputy, else whom those present chose."""
        self.ensure_one()
        present = self._present_members()
        for role in ("chair", "deputy"):
            member = present.filtered(lambda m: m.role == role)[:1]
            if member:
                return member
        return self.presiding_id & present

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_build_agenda(self):
        """Button: put every request that waits on the agenda, urgent ones first, then oldest first."""
        self.ensure_one()
        waiting = self.env["cpa.request"].search(
            [("state", "=", "committee"), ("company_id", "=", self.company_id.id)],
            order="is_urgent desc, submitted_at, id",
        )
        taken = (
            self.env["cpa.committee.case"]
            .search([("request_id", "in", waiting.ids), ("state", "=", "pending")])
            .request_id
        )
        self.case_ids = [
            fields.Command.create({"request_id": request.id, "sequence": number})
            for number, request in enumerate(waiting - taken, start=len(self.case_ids) + 1)
        ]
        return True

    def action_all_present(self):
        """Button: everybody is here; untick who is not."""
        self.attendance_ids.write({"is_present": True})
        return True

    def action_put_recommendations(self):
        """Button: put every recommendation that stands by itself to the vote; say which cases it left, and why."""
        self.ensure_one()
        left = []
        for case in self.case_ids.filtered(lambda c: not c.proposal_id):
            study = case.request_id.study_ids[:1]
            missing = case.request_id._guard_decision(fields.Datetime.now())
            if study.recommendation not in ("accept", "partial"):
                missing = [
                    self.env._("The rejection needs its reason.")
                    if study.recommendation
                    else self.env._("No recommendation.")
                ]
            if missing:
                left.append(f"{case.request_id.number}: {' '.join(missing)}")
            else:
                case.action_put_recommendation()
        if not left:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Left for you"),
                "message": " · ".join(left),
                "type": "warning",
                "sticky": True,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_sign(self):
        """Button: the member who is logged in signs the minutes."""
        for session in self:
            line = session.attendance_ids.filtered(lambda a: a.member_id.user_id == self.env.user and a.is_present)
            if not line:
                raise UserError(self.env._("Only a member who was present signs the minutes."))
            line._sign()
        return True
