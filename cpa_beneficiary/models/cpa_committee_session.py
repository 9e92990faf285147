from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.riyadh import cpa_today, riyadh_date, utc_start_of
from .cpa_committee_rules import RULES
from .cpa_lifecycle_mixin import Move
from .roles import SECRETARY

NOT_HELD = ("draft", "convened", "cancelled")


class CpaCommitteeSession(models.Model):
    """A session of a committee (P-35).

    Its parts have files of their own: ``cpa_committee_mode`` (a meeting, a circulation, an urgent decision),
    ``cpa_committee_agenda`` (what it deals with), ``cpa_committee_invitation`` (who is asked to come, the calendar),
    ``cpa_committee_session_desk`` (the secretary's screen) and ``cpa_committee_minutes`` (what is written, signed and
    sealed).
    """

    _name = "cpa.committee.session"
    _description = "Committee session"
    _inherit = ["cpa.lifecycle.mixin", "cpa.committee.rules", "mail.thread", "mail.activity.mixin"]
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
    company_id = fields.Many2one("res.company", fixed=True, readonly=True, ondelete="restrict", index=True)
    planned_at = fields.Datetime(
        "Date and time",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: utc_start_of(cpa_today()) + timedelta(days=1, hours=10),
    )
    opened_at = fields.Datetime(kept=True, readonly=True, copy=False)
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
    mode = fields.Selection(
        [("meeting", "Meeting"), ("circulation", "By circulation"), ("urgent", "Urgent decision")],
        "Way of deciding",
        default="meeting",
        required=True,
        tracking=True,
    )
    presiding_id = fields.Many2one(
        "cpa.committee.member",
        ondelete="restrict",
        copy=False,
        tracking=True,
        help="The chair, else the deputy, else whom those present choose; on record from the opening on.",
    )

    # for the screen: which button comes next
    needs_presiding = fields.Boolean(compute="_compute_needs_presiding")

    @api.model
    def _lifecycle_kept(self):
        return super()._lifecycle_kept() | set(RULES)  # copied from the committee, never typed

    def _lifecycle_moves(self):
        return {
            ("draft", "convened"): Move(
                (SECRETARY,), ("_guard_mode", "_guard_agenda"), ("_effect_keep_rules", "_effect_convene")
            ),
            ("convened", "open"): Move(
                (SECRETARY,), ("_guard_day", "_guard_present"), ("_effect_keep_rules", "_effect_open")
            ),
            ("open", "counting"): Move((SECRETARY,), ("_guard_answered",)),
            ("counting", "minutes"): Move((SECRETARY,), effects=("_effect_count",)),
            ("minutes", "closed"): Move((SECRETARY,), ("_guard_signed",), ("_effect_seal",)),
            ("draft", "cancelled"): Move((SECRETARY,), effects=("_effect_cancel",), reason=True),
            ("convened", "cancelled"): Move((SECRETARY,), effects=("_effect_cancel",), reason=True),
        }

    # ------------------------------------------------------------------
    # Guards and effects
    # ------------------------------------------------------------------

    def _guard_day(self, at):
        if riyadh_date(at) >= riyadh_date(self.planned_at):
            return []
        return [self.env._("Its day, %(day)s: a session is not held before.", day=riyadh_date(self.planned_at))]

    def _guard_present(self, at):
        missing = []
        present = self._present_members()._in_term(riyadh_date(at)).filtered("has_vote")
        if len(present) < self.committee_id.minimum_votes:
            missing.append(
                self.env._("At least %(number)s voting members present.", number=self.committee_id.minimum_votes)
            )
        presiding = self._who_presides(present)
        if not presiding:
            missing.append(self.env._("Who presides: neither the chair nor the deputy is present."))
        elif not self.committee_id.lets_present_choose and presiding.role not in ("chair", "deputy"):
            missing.append(self.env._("The chair or the deputy: this committee does not choose who presides."))
        return missing

    def _effect_keep_rules(self, at):
        for session in self:
            session._lifecycle_set({name: session.committee_id[name] for name in RULES})

    def _effect_open(self, at):
        """Put on record with whom the session is held: the members in term that day, and who presides."""
        for session in self:
            members = session.committee_id.member_ids._in_term(riyadh_date(at))
            # who was invited for a day on which his term is over was invited by mistake
            session.attendance_ids.filtered(lambda line: line.member_id not in members).sudo().unlink()
            session.attendance_ids = [
                fields.Command.create({"member_id": member.id}) for member in members - session.attendance_ids.member_id
            ]
            presiding = session._who_presides(session._participants())
            session._lifecycle_set({"opened_at": at, "presiding_id": presiding.id})

    def _effect_count(self, at):
        self.case_ids._count()
        # the meeting has been held: the calendar's reminders of every member are done
        self.sudo().activity_ids.filtered("calendar_event_id").unlink()

    @api.model_create_multi
    def create(self, vals_list):
        committees = self.env["cpa.committee"]
        default = self.default_get(["committee_id"]).get("committee_id")
        return super().create(
            [
                # a column of its own: no change of the committee reaches a session that is frozen
                {**vals, "company_id": committees.browse(vals.get("committee_id", default)).sudo().company_id.id}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        # the term of the members and so the right to vote hang on these
        fixed = {
            "committee_id": ("draft",),
            "mode": ("draft",),
            "planned_at": ("draft", "convened"),
            "answer_until": ("draft", "convened"),
            "presiding_id": ("draft", "convened", "open"),
        }
        for name in fixed.keys() & vals.keys():
            if any(session.state not in fixed[name] for session in self):
                raise UserError(
                    self.env._(
                        "“%(field)s” does not change once the session is past it.",
                        field=self._fields[name]._description_string(self.env),
                    )
                )
        if "presiding_id" in vals:
            for session in self.filtered(lambda s: s.state == "open"):
                if vals["presiding_id"] not in session._participants().filtered("has_vote").ids:
                    raise UserError(self.env._("A member who is present presides."))
        result = super().write(vals)
        if "committee_id" in vals:
            for session in self:
                session._lifecycle_set({"company_id": session.committee_id.company_id.id})
        return result

    def _hold(self, *states):
        """Keep the sessions in one of ``states`` until this transaction ends.

        A shared lock: votes do not wait for each other, and the move that ends the voting waits for them. Who comes
        after that move meets a changed row, is tried again by the server and is then refused.

        :return: whether all of them are in one of the states
        """
        self.flush_recordset(["state"])
        rows = self.env.execute_query(
            SQL("SELECT state FROM cpa_committee_session WHERE id IN %s FOR SHARE", tuple(self.ids) or (0,))
        )
        self.invalidate_recordset(["state"], flush=False)
        return {state for (state,) in rows} <= set(states)

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

    @api.depends("state", "mode", "attendance_ids.is_present", "attendance_ids.is_by_video", "committee_id.has_video")
    def _compute_needs_presiding(self):
        for session in self:
            there = session._participants()
            session.needs_presiding = (
                session.state in ("convened", "open")
                and bool(there)
                and not there.filtered(lambda m: m.role in ("chair", "deputy"))
            )

    def _rules(self):
        """Return the rules of this session (``cpa.committee.rules``): its own, or the committee's until it convenes."""
        self.ensure_one()
        return self.committee_id if self.state == "draft" else self

    def _day(self):
        """Return the day whose members decide (a date in Riyadh): of the opening, else of the plan."""
        self.ensure_one()
        return riyadh_date(self.opened_at or self.planned_at)

    def _members(self):
        """Return the members in term: those on record from the opening on, until then those of the committee."""
        self.ensure_one()
        if self.state in NOT_HELD:
            return self.committee_id.member_ids._in_term(self._day())
        return (self.committee_id.member_ids & self.attendance_ids.member_id)._in_term(self._day())

    def _present_members(self):
        """Return who is there; who takes part by video is, where the committee has it so."""
        counts_video = self._rules().has_video
        lines = self.attendance_ids.filtered(lambda line: line.is_present and (counts_video or not line.is_by_video))
        return lines.member_id

    def _participants(self):
        """Return the members in term who take part: those present, or all of them in a circulation."""
        members = self._members()
        return members if self.mode == "circulation" else members & self._present_members()

    def _who_presides(self, participants):
        """Return who presides over ``participants``: chair, else deputy, else whom they chose (may be empty)."""
        for role in ("chair", "deputy"):
            member = participants.filtered(lambda m: m.role == role)[:1]
            if member:
                return member
        return self.presiding_id & participants.filtered("has_vote")

    def _presiding(self):
        """Return the member who presides; from the opening on the one on record."""
        self.ensure_one()
        return self._who_presides(self._participants()) if self.state in NOT_HELD else self.presiding_id

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_no_objection_all(self):
        """Button of the secretary: nobody objects to anything that is on the table, in one go."""
        self.case_ids.proposal_ids.filtered(lambda proposal: proposal.state == "open").action_no_objection()
        return True
