from odoo import api, fields, models

from .cpa_channel import CHANNEL_FIELDS
from .cpa_lifecycle_mixin import Move
from .roles import APPLICANT, DELEGATE, MANAGER, OFFICER, RESEARCHER, SECRETARY, WEBSITE

STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("incomplete", "Incomplete"),
    ("research", "Research"),
    ("committee", "Before the committee"),
    ("in_progress", "In progress"),
    ("decided", "Decided, not told yet"),
    ("approved", "Approved"),
    ("delivery", "Delivery"),
    ("done", "Done"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn"),
    ("cancelled", "Cancelled"),
]
CLOSED_STATES = ("done", "rejected", "withdrawn", "cancelled")
OPEN_STATES = tuple(state for state, _label in STATES if state not in CLOSED_STATES)


class CpaRequest(models.Model):
    """A request on the policy's path (P-03, P-31 to P-37): from the counter to the delivered service.

    The concerns of the path have files of their own: ``cpa_request_submission`` (what is checked and declared),
    ``cpa_request_clock`` (until when we reply), ``cpa_request_decision`` (study, committee, delivery),
    ``cpa_request_reply`` (what is told, when and how) and ``cpa_request_story`` (its history in sentences).
    """

    _name = "cpa.request"
    _description = "Request"
    _inherit = [
        "cpa.lifecycle.mixin",
        "cpa.channel.mixin",
        "cpa.satisfaction.source",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "is_urgent desc, id desc"
    _rec_names_search = ["number", "subject"]
    _lifecycle_deletable = frozenset({"draft"})
    _lifecycle_frozen = frozenset(CLOSED_STATES)
    _lifecycle_unfrozen = frozenset({"activity_ids", "message_ids", "message_follower_ids"})
    _lifecycle_birth = "first_contact_at"

    # ------------------------------------------------------------------
    # What is asked, for whom, by which channel
    # ------------------------------------------------------------------
    number = fields.Char(copy=False, kept=True, readonly=True, index=True, help="Given with the submission.")
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand="_group_expand_open",
    )
    subject = fields.Char(required=True, tracking=True, index="trigram")
    description = fields.Text()
    service_id = fields.Many2one("cpa.service", required=True, ondelete="restrict", index=True, tracking=True)
    kind = fields.Selection(related="service_id.kind", store=True, index=True)
    beneficiary_id = fields.Many2one("cpa.beneficiary", ondelete="restrict", index="btree_not_null", tracking=True)
    partner_id = fields.Many2one("res.partner", related="beneficiary_id.partner_id")
    beneficiary_phone = fields.Char(related="beneficiary_id.phone", string="Phone")
    is_anonymous = fields.Boolean("Anonymous")
    representation_id = fields.Many2one(
        "cpa.representation",
        "Acting for the beneficiary",
        ondelete="restrict",
        domain="[('beneficiary_id', '=', beneficiary_id)]",
    )
    lead_id = fields.Many2one(
        "crm.lead", "From the inquiry", ondelete="restrict", index="btree_not_null", readonly=True
    )
    visitor_id = fields.Many2one(
        "cpa.visitor", "Taken in on the visit", ondelete="restrict", index="btree_not_null", readonly=True, copy=False
    )
    channel_id = fields.Many2one(required=True)
    first_contact_at = fields.Datetime(kept=True, readonly=True, copy=False, default=fields.Datetime.now)
    is_urgent = fields.Boolean("Urgent", tracking=True)
    amount_requested = fields.Monetary()
    currency_id = fields.Many2one(related="company_id.currency_id")

    # ------------------------------------------------------------------
    # Who serves
    # ------------------------------------------------------------------
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    branch_id = fields.Many2one(
        "cpa.branch", ondelete="restrict", index="btree_not_null", default=lambda self: self.env.user.cpa_branch_ids[:1]
    )
    officer_id = fields.Many2one(
        "res.users", "Relations officer", default=lambda self: self.env.user, index="btree_not_null", tracking=True
    )
    researcher_id = fields.Many2one("res.users", index="btree_not_null", tracking=True)
    department_id = fields.Many2one(related="service_id.department_id", store=True)

    move_ids = fields.One2many("cpa.request.move", "request_id", "Moves", domain=[("res_model", "=", "cpa.request")])
    referral_ids = fields.One2many("cpa.referral", "request_id", "Referrals")
    open_referral_count = fields.Integer(compute="_compute_open_referral_count")

    # which steps this request's service has: for the screens
    needs_study = fields.Boolean(related="service_id.needs_study")
    needs_committee = fields.Boolean(related="service_id.needs_committee")
    needs_delivery = fields.Boolean(related="service_id.needs_delivery")
    needs_declaration = fields.Boolean(related="service_id.needs_declaration")
    allows_anonymous = fields.Boolean(related="service_id.allows_anonymous")

    _number_uniq = models.Constraint("UNIQUE(number)", "A request number is never given twice.")
    _state_idx = models.Index("(company_id, state, id DESC)")

    # ------------------------------------------------------------------
    # The path
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        """The policy's path. A kind skips what its service does not need; the guards say which way is open."""
        submit = Move((OFFICER, DELEGATE, APPLICANT, WEBSITE), ("_guard_submission",), ("_effect_submit",))
        send_back = Move((OFFICER, RESEARCHER, SECRETARY), reason=True, effects=("_effect_pause", "_effect_new_round"))
        moves = {
            ("draft", "submitted"): submit,
            ("incomplete", "submitted"): submit,
            ("submitted", "incomplete"): send_back,
            ("research", "incomplete"): send_back,
            ("committee", "incomplete"): send_back,
            ("in_progress", "incomplete"): send_back,
            ("submitted", "research"): Move(
                (OFFICER, RESEARCHER, MANAGER), ("_guard_research",), ("_effect_open_study",)
            ),
            ("submitted", "committee"): Move((OFFICER, MANAGER), ("_guard_committee",), ("_effect_hear",)),
            ("research", "committee"): Move((RESEARCHER,), ("_guard_committee",), ("_effect_hear",)),
            ("committee", "research"): Move((SECRETARY,), ("_guard_research",), ("_effect_reopen_study",), reason=True),
            ("submitted", "in_progress"): Move((OFFICER, MANAGER), ("_guard_no_committee",)),
            ("research", "in_progress"): Move((RESEARCHER, OFFICER), ("_guard_no_committee",)),
            ("committee", "decided"): Move((SECRETARY,), ("_guard_decision", "_guard_carried"), ("_effect_decide",)),
            ("decided", "approved"): Move(
                (OFFICER, SECRETARY), ("_guard_accepted", "_guard_reply"), ("_effect_reply",)
            ),
            ("decided", "rejected"): Move(
                (OFFICER, SECRETARY), ("_guard_refused", "_guard_reply"), ("_effect_reply", "_effect_close")
            ),
            ("approved", "delivery"): Move((OFFICER,), ("_guard_planned",)),
            ("approved", "done"): Move((OFFICER, MANAGER), ("_guard_undelivered",), ("_effect_close",), reason=True),
            ("delivery", "done"): Move((OFFICER, MANAGER), ("_guard_delivered",), ("_effect_close",)),
            ("in_progress", "delivery"): Move((OFFICER,), ("_guard_decision", "_guard_planned")),
            ("in_progress", "done"): Move(
                (OFFICER,),
                ("_guard_decision", "_guard_no_delivery", "_guard_answer"),
                ("_effect_reply", "_effect_close"),
            ),
        }
        for state in OPEN_STATES:
            moves[state, "withdrawn"] = Move((OFFICER, DELEGATE, APPLICANT), effects=("_effect_close",), reason=True)
            if state != "draft":
                moves[state, "cancelled"] = Move((MANAGER,), effects=("_effect_close",), reason=True)
        return moves

    def _lifecycle_request(self):
        return self

    def _guard_decision(self, at):
        """What has to be settled before a decision (P-32, P-33, P-36)."""
        missing = [
            self.env._("Not sighted yet: %(item)s.", item=check.name)
            for check in self.check_ids._latest()
            if check.is_obligatory and check.state not in ("passed", "waived")
        ]
        if self.declaration_state == "changed":
            missing.append(self.env._("The data changed after the declaration was signed: it needs a new signature."))
        if self.open_referral_count:
            missing.append(self.env._("A referral is still without an answer."))
        # the state only: the secretary, who decides, does not read people's files
        if self.service_id.needs_registration and self.beneficiary_id.sudo().state != "registered":
            missing.append(self.env._("The beneficiary is not registered."))
        return missing

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("number", "subject")
    def _compute_display_name(self):
        for request in self:
            request.display_name = " · ".join(filter(None, [request.number or self.env._("Draft"), request.subject]))

    @api.depends("referral_ids.state")
    def _compute_open_referral_count(self):
        counts = dict(
            self.env["cpa.referral"]._read_group(
                [("request_id", "in", self.ids), ("state", "=", "open")], ["request_id"], ["__count"]
            )
        )
        for request in self:
            request.open_referral_count = counts.get(request._origin, 0)

    @api.constrains("channel_id", *CHANNEL_FIELDS)
    def _check_request_channel(self):
        self._check_channel()

    @api.onchange("service_id")
    def _onchange_service_id(self):
        if self.service_id and not self.subject:
            self.subject = self.service_id.name

    @api.model
    def _group_expand_open(self, states, domain):
        """A board shows a column for each open state; closed ones only where there are cards."""
        return [state for state, _label in STATES if state in OPEN_STATES or state in states]

    def _channel_partner(self):
        return self.beneficiary_id.partner_id

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_refer(self):
        """Button: refer the applicant to the social-research officer (P-33)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refer to the social-research officer"),
            "res_model": "cpa.referral",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }
