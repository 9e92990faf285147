from odoo import api, fields, models

from ..tools.saudi import normalise_phone
from .cpa_lifecycle_mixin import Move
from .roles import DELEGATE, MANAGER, OFFICER

OPEN_STATES = ("waiting", "served", "parked")
# which of the policy's channels is a visit to the counter, a call or a chat; the others leave nobody waiting
VISITOR_CHANNELS = ("interview", "phone", "social", "delegate")
TIMES = {"waiting": "waited_hours", "served": "served_hours", "parked": "parked_hours"}


class CpaVisitor(models.Model):
    """A visitor of the reception (P-31): at the counter, on the telephone or in a chat.

    Arrival, beginning, pauses and end are those of the moves: nobody types them, and no visit is cut off. A visitor may
    leave with a question still open; the question stays open, and how many there were is kept with the visit.
    """

    _name = "cpa.visitor"
    _description = "Visitor"
    _inherit = ["cpa.lifecycle.mixin", "cpa.satisfaction.source"]
    _order = "arrived_at desc, id desc"
    _rec_names_search = ["name", "phone", "beneficiary_id.name"]
    _lifecycle_initial = "waiting"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"left"})
    _lifecycle_birth = "arrived_at"

    # who came
    beneficiary_id = fields.Many2one("cpa.beneficiary", ondelete="restrict", index="btree_not_null")
    partner_id = fields.Many2one(related="beneficiary_id.partner_id")
    name = fields.Char("Name as given", help="Of a visitor without a file.")
    phone = fields.Char("Phone as given")
    channel_id = fields.Many2one(
        "cpa.channel",
        required=True,
        ondelete="restrict",
        domain=[("code", "in", VISITOR_CHANNELS)],
        default=lambda self: self._default_channel_id(),
    )
    channel_code = fields.Selection(related="channel_id.code")

    # who serves
    state = fields.Selection(
        [("waiting", "Waiting"), ("served", "Being served"), ("parked", "Parked"), ("left", "Left")],
        default="waiting",
        required=True,
        readonly=True,
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users", "Served by", kept=True, readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    branch_id = fields.Many2one(
        "cpa.branch", ondelete="restrict", index="btree_not_null", default=lambda self: self.env.user.cpa_branch_ids[:1]
    )

    # when: kept by the moves themselves
    arrived_at = fields.Datetime(
        "Arrived", default=fields.Datetime.now, kept=True, readonly=True, copy=False, index=True
    )
    started_at = fields.Datetime("Served from", kept=True, readonly=True, copy=False)
    moved_at = fields.Datetime("In this state since", kept=True, readonly=True, copy=False)
    ended_at = fields.Datetime("Left at", kept=True, readonly=True, copy=False)
    waited_hours = fields.Float("Waiting time", kept=True, readonly=True, copy=False, aggregator="avg")
    served_hours = fields.Float("Time served", kept=True, readonly=True, copy=False, aggregator="avg")
    parked_hours = fields.Float("Time parked", kept=True, readonly=True, copy=False, aggregator="avg")

    # what was asked
    inquiry_ids = fields.One2many("crm.lead", "visitor_id", "Inquiries")
    request_ids = fields.One2many("cpa.request", "visitor_id", "Requests")
    open_question_count = fields.Integer("Questions open", compute="_compute_open_question_count")
    left_open_count = fields.Integer(
        "Questions left open",
        kept=True,
        readonly=True,
        copy=False,
        help="Questions without an answer when the visitor left (P-31); each stays open until it is answered.",
    )

    _open_idx = models.Index("(company_id, arrived_at) WHERE state != 'left'")

    # ------------------------------------------------------------------
    # The visit
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        clerks = (OFFICER, DELEGATE)
        serve = Move(clerks, effects=("_effect_serve", "_effect_times"))
        leave = Move((*clerks, MANAGER), ("_guard_own",), ("_effect_times", "_effect_leave"))
        return {
            ("waiting", "served"): serve,
            ("parked", "served"): serve,
            ("served", "parked"): Move(clerks, ("_guard_own",), ("_effect_times",)),
            ("waiting", "left"): leave,
            ("served", "left"): leave,
            ("parked", "left"): leave,
        }

    def _guard_own(self, at):
        """Two clerks never handle one visitor: who serves him parks him or lets him go; a manager clears the desk."""
        if not self.user_id or self.user_id == self.env.user or self.env.user._has_group(MANAGER):
            return []
        return [self.env._("%(clerk)s serves this visitor.", clerk=self.user_id.name)]

    def _effect_serve(self, at):
        for visitor in self:
            visitor._lifecycle_set({"user_id": self.env.uid, "started_at": visitor.started_at or at})

    def _effect_times(self, at):
        """Take the times from the journal of moves, so that the two never differ."""
        # whatever the role may read of the journal: only times of visitors whom the user moves
        spent = (
            self.env["cpa.request.move"]
            .sudo()
            ._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids), ("from_state", "in", list(TIMES))],
                ["res_id", "from_state"],
                ["hours_in_from:sum"],
            )
        )
        hours = {(res_id, state): value for res_id, state, value in spent}
        for visitor in self:
            visitor._lifecycle_set(
                {"moved_at": at} | {name: hours.get((visitor.id, state), 0.0) for state, name in TIMES.items()}
            )

    def _effect_leave(self, at):
        for visitor in self:
            visitor._lifecycle_set({"ended_at": at, "left_open_count": visitor.open_question_count})
        self.filtered("started_at")._satisfaction_event("reception")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.model
    def _default_channel_id(self):
        """A delegate of a branch is the channel himself (P-26); at the association's own counter it is an interview."""
        own = self.env.user._has_group(DELEGATE) and not self.env.user._has_group(OFFICER)
        return self.env["cpa.channel"].search([("code", "=", "delegate" if own else "interview")], limit=1)

    @api.depends("beneficiary_id", "name", "phone")
    @api.depends_context("uid")
    def _compute_display_name(self):
        # a file may have gone to another branch meanwhile: the desk stands all the same
        seen = self.beneficiary_id._filtered_access("read")
        for visitor in self:
            person = visitor.beneficiary_id & seen
            visitor.display_name = person.name or visitor.name or visitor.phone or self.env._("Visitor")

    @api.depends("inquiry_ids.question_ids.state")
    def _compute_open_question_count(self):
        # a count only: a question referred or assigned elsewhere still counts for the visit that it was asked in
        groups = (
            self.env["cpa.inquiry.question"]
            .sudo()
            ._read_group([("lead_id.visitor_id", "in", self.ids), ("state", "=", "open")], ["lead_id"], ["__count"])
        )
        counts = dict.fromkeys(self.ids, 0)
        for lead, count in groups:
            counts[lead.visitor_id.id] += count
        for visitor in self:
            visitor.open_question_count = counts.get(visitor._origin.id, 0)

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_person_seen({vals["beneficiary_id"] for vals in vals_list if vals.get("beneficiary_id")})
        return super().create([self._with_phone(vals) for vals in vals_list])

    def write(self, vals):
        self._check_person_seen({vals["beneficiary_id"]} if vals.get("beneficiary_id") else set())
        return super().write(self._with_phone(vals))

    @api.model
    def _check_person_seen(self, ids):
        """:raise AccessError: a visitor is said to be somebody whose file the user does not see"""
        self.env["cpa.beneficiary"].browse(ids).check_access("read")

    @api.model
    def _with_phone(self, vals):
        """Return ``vals`` with the phone in E.164 where it can be read as one; an account's name stays as typed."""
        phone = vals.get("phone")
        return {**vals, "phone": normalise_phone(phone) or phone} if phone else vals

    def _channel_values(self):
        """Return the channel with its details as this visitor came by it, for an inquiry or a request (P-08)."""
        self.ensure_one()
        user = self.env.user
        number = self.beneficiary_id.phone or self.phone
        details = {
            "interview": {
                "interview_at": self.started_at or self.arrived_at,
                "interview_place": (self.branch_id or self.company_id).sudo().name,  # the name of the place only
                "interviewer_id": user.id,
            },
            "phone": {"phone_number": self.phone or number, "phone_direction": "in"},
            "social": {"social_platform": "whatsapp", "social_account": self.phone or self.name or number},
            "delegate": {"channel_branch_id": self.branch_id.id, "channel_delegate_id": user.id},
        }
        return {"channel_id": self.channel_id.id} | details[self.channel_code]

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_beneficiary(self):
        """Button: the visitor's file."""
        self.ensure_one()
        return self.beneficiary_id.get_formview_action()
