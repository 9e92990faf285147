from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.riyadh import cpa_today, riyadh_date, utc_start_of
from .cpa_lifecycle_mixin import Move
from .roles import SECRETARY


class CpaCommitteeSession(models.Model):
    """A session of a committee (P-35).

    Its parts have files of their own: ``cpa_committee_agenda`` (what it deals with, who is invited) and
    ``cpa_committee_minutes`` (what is written, signed and sealed).
    """

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

    # for the screen: which button comes next
    needs_presiding = fields.Boolean(compute="_compute_needs_presiding")

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

    @api.depends("state", "attendance_ids.is_present")
    def _compute_needs_presiding(self):
        for session in self:
            leaders = session._present_members().filtered(lambda m: m.role in ("chair", "deputy"))
            session.needs_presiding = (
                session.state in ("convened", "open") and bool(session._present_members()) and not leaders
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
