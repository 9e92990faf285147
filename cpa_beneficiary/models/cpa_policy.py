from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.riyadh import cpa_today, utc_start_of
from .cpa_happened_mixin import Happened


class CpaPolicy(models.Model):
    """The policy for relations with beneficiaries, as the board approved it (P-01 to P-38).

    Its version in force is the rule by which requests are handled: a request copies the reply
    clock (P-35) and keeps the version under which it was submitted (P-04).
    """

    _name = "cpa.policy"
    _description = "Policy version"
    _inherit = ["cpa.version.mixin", "mail.activity.mixin"]
    _order = "approval_date desc, id desc"
    # When it is reviewed next is said of the version in force, so it stays open.
    _lifecycle_unfrozen = frozenset({"next_review_date", "activity_ids"})

    name = fields.Char(required=True, translate=True, tracking=True)
    successor_id = fields.Many2one(
        "cpa.policy", "Superseded by", kept=True, readonly=True, copy=False, ondelete="restrict"
    )

    # Approval (P-38)
    approval_session = fields.Char(
        "Board session", copy=False, tracking=True, help="Number of the session of the board."
    )
    resolution_number = fields.Char("Resolution no.", copy=False, tracking=True)
    approved_by = fields.Char("Signed by", copy=False, tracking=True)

    # Review (P-04)
    next_review_date = fields.Date("Next review", copy=False, tracking=True)
    is_review_overdue = fields.Boolean(
        "Review overdue",
        compute="_compute_is_review_overdue",
        search="_search_is_review_overdue",
    )

    # Text
    clause_ids = fields.One2many("cpa.policy.clause", "policy_id", "Clauses", copy=True)
    clause_count = fields.Integer(compute="_compute_clause_count")

    # Reply clock (P-35), in calendar days
    floor_days = fields.Integer(
        "No reply before (days)",
        default=14,
        required=True,
        help="P-35: “not less than two weeks”. Counted in calendar days.",
    )
    floor_mode = fields.Selection(
        [
            ("off", "No limit"),
            ("warn", "Allowed with a reason"),
            ("block", "Held until the day"),
        ],
        "An earlier reply is",
        default="warn",
        required=True,
        help="With a reason: the reply goes out and is listed as an exception. "
        "Held: the reply is refused before the day.",
    )
    target_days = fields.Integer(
        "Reply due within (days)",
        default=14,
        required=True,
        help="P-35: “within two weeks”. Counted in calendar days; a pause moves it.",
    )
    ceiling_days = fields.Integer(
        "Escalated after (days)",
        default=30,
        required=True,
        help="Counted in calendar days; a pause moves it. The policy names no ceiling.",
    )
    appeal_days = fields.Integer(
        "Appeal within (days)",
        default=30,
        required=True,
        help="Calendar days from the reply. The policy names no appeal.",
    )
    appeal_target_days = fields.Integer(
        "Appeal answered within (days)", default=14, required=True, help="Calendar days from its submission."
    )
    appeal_ceiling_days = fields.Integer("Appeal escalated after (days)", default=30, required=True)
    clock_start = fields.Selection(
        [("submission", "The submission of the request"), ("first_contact", "The first contact")],
        "Days count from",
        default="submission",
        required=True,
    )

    # Registration (P-32, P-36)
    video_sighting_counts = fields.Boolean(
        "Sighting by video counts", default=True, help="Whether an identity that was seen by video only is enough."
    )

    _version_uniq = models.Constraint(
        "UNIQUE(company_id, version)", "A policy version with this number exists already."
    )
    _in_force_uniq = models.UniqueIndex(
        "(company_id) WHERE state = 'in_force'", "Only one version of the policy can be in force."
    )
    _floor_days_positive = models.Constraint("CHECK(floor_days >= 0)", "The days before a reply cannot be negative.")
    _target_days_positive = models.Constraint(
        "CHECK(target_days > 0)", "The days within which a reply is due must be one or more."
    )
    _ceiling_days_above = models.Constraint(
        "CHECK(ceiling_days >= target_days AND ceiling_days >= floor_days)",
        "The escalation cannot come before the day on which the reply is allowed and due.",
    )
    _appeal_clock_sensible = models.Constraint(
        "CHECK(appeal_target_days > 0 AND appeal_ceiling_days >= appeal_target_days)",
        "The answer to an appeal is due after a day or more, and escalated no earlier.",
    )
    _appeal_days_positive = models.Constraint("CHECK(appeal_days >= 0)", "The days for an appeal cannot be negative.")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("name", "version")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = (
                self.env._("%(name)s, version %(version)s", name=policy.name, version=policy.version)
                if policy.name
                else False
            )

    @api.depends("next_review_date", "state")
    def _compute_is_review_overdue(self):
        today = cpa_today()
        for policy in self:
            policy.is_review_overdue = bool(
                policy.state == "in_force" and policy.next_review_date and policy.next_review_date < today
            )

    def _search_is_review_overdue(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return [("state", "=", "in_force"), ("next_review_date", "<", cpa_today())]

    @api.depends("clause_ids")
    def _compute_clause_count(self):
        counts = dict(
            self.env["cpa.policy.clause"]._read_group([("policy_id", "in", self.ids)], ["policy_id"], ["__count"])
        )
        for policy in self:
            policy.clause_count = counts.get(policy, 0)

    # ------------------------------------------------------------------
    # Lifecycle
    # ------------------------------------------------------------------

    def _guard_approved(self, at):
        missing = super()._guard_approved(at)
        if not (self.approval_session or self.resolution_number):
            missing.append(self.env._("The board's session or the number of its resolution."))
        if not self.clause_ids:
            missing.append(self.env._("The clauses."))
        return missing

    def _enter_into_force_as_approved(self):
        """Enter the version that the board had in force before this software existed (P-38).

        Called once, by the add-on's own data, when no role is there to make the move. Private, so
        not reachable from outside the server; it passes the same guards, and the journal shows the
        move as what it is: happened on the day of the approval, entered today.

        :raise UserError: something of the approval is missing, or another version is in force
        """
        for policy in self.filtered(lambda policy: policy.state == "draft"):
            missing = policy._guard_approved(fields.Datetime.now())
            if policy._version_in_force():
                missing.append(self.env._("Another version is in force."))
            if missing:
                raise UserError("\n".join(missing))
            at = utc_start_of(policy.approval_date)
            reason = self.env._("Approved by the board before this software was in use.")
            journal = policy._lifecycle_journal("in_force", at, Happened(at, reason))
            policy._lifecycle_enter("in_force", journal)
            policy._effect_in_force(at)

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    @api.model
    def _in_force(self, company=None, day=None):
        """The policy version by which requests are handled now, or were on a day (P-04).

        :param company: ``res.company``, by default the current one
        :param day: ``date`` in Riyadh; on the day of a change it is the later version, before the first the first
        :return: ``cpa.policy``, one record or none
        """
        ours = [("company_id", "=", (company or self.env.company).id)]
        present = self.search([*ours, ("state", "=", "in_force")], limit=1)
        if not day or not present or present.in_force_from <= day:
            return present
        former = [*ours, ("state", "=", "superseded")]
        then = self.search([*former, ("in_force_from", "<=", day)], order="in_force_from desc, id desc", limit=1)
        return then or self.search(former, order="in_force_from, id", limit=1) or present
