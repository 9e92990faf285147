from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.riyadh import cpa_today, riyadh_date
from .cpa_lifecycle_mixin import Move
from .roles import APPLICANT, DELEGATE, MANAGER, OFFICER, RESEARCHER, WEBSITE


class CpaRequestCheck(models.Model):
    """One check of a required item (P-32): provided, original sighted, matches, valid at the submission.

    What cannot be sighted now is "to be sighted" by a due date: the applicant has number and clock at once, and it has
    to pass, or be waived by a manager with a reason, before the decision. A passed or waived row never changes.
    """

    _name = "cpa.request.check"
    _description = "Check"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "submission_id desc, id"
    _lifecycle_initial = "pending"
    _lifecycle_deletable = frozenset({"pending"})
    _lifecycle_frozen = frozenset({"passed", "waived"})

    submission_id = fields.Many2one(
        "cpa.request.submission", required=True, readonly=True, fixed=True, ondelete="cascade", index=True
    )
    request_id = fields.Many2one(related="submission_id.request_id", store=True, index=True)
    requirement_id = fields.Many2one(
        "cpa.service.requirement", required=True, readonly=True, fixed=True, ondelete="restrict"
    )
    name = fields.Char("Item", required=True, readonly=True, fixed=True, help="As it was called at the time.")
    is_obligatory = fields.Boolean(related="requirement_id.is_obligatory")
    needs_validity = fields.Boolean(related="requirement_id.needs_validity")
    is_document = fields.Boolean(compute="_compute_is_document")
    state = fields.Selection(
        [("pending", "Not checked"), ("to_sight", "To be sighted"), ("passed", "Passed"), ("waived", "Waived")],
        default="pending",
        required=True,
        readonly=True,
        copy=False,
    )
    provided = fields.Boolean()
    attachment_ids = fields.Many2many("ir.attachment", string="Copies", copy=False)
    copy_allowed = fields.Boolean(related="requirement_id.copy_allowed")
    original_sighted = fields.Boolean("Original sighted")
    sighted_how = fields.Selection(
        [
            ("counter", "At the counter"),
            ("visit", "On a visit"),
            ("video", "By video"),
            ("delivery", "At delivery"),
        ],
        "Sighted where",
        default="counter",
        required=True,
    )
    matches = fields.Boolean("Data matches")
    valid_until = fields.Date()
    due_date = fields.Date("To be sighted by")
    checked_by = fields.Many2one("res.users", kept=True, readonly=True, copy=False, ondelete="restrict")
    checked_at = fields.Datetime("Happened at", kept=True, readonly=True, copy=False)
    entered_at = fields.Datetime("Entered at", kept=True, readonly=True, copy=False)

    @api.depends("requirement_id.kind")
    def _compute_is_document(self):
        for check in self:
            check.is_document = check.requirement_id.kind == "document"

    def _lifecycle_moves(self):
        sighters = (OFFICER, DELEGATE, RESEARCHER)
        # on the website an applicant says what he shows later; what is checked by itself passes with his submission
        online = (APPLICANT, WEBSITE)
        passing = Move((*sighters, *online), ("_guard_sighter", "_guard_passed"), ("_effect_checked",))
        waiving = Move((MANAGER,), effects=("_effect_checked",), reason=True)
        return {
            ("pending", "passed"): passing,
            ("pending", "to_sight"): Move((*sighters, *online), ("_guard_due",)),
            ("pending", "waived"): waiving,
            ("to_sight", "passed"): passing,
            ("to_sight", "waived"): waiving,
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_sighter(self, at):
        """Nobody passes what he brings himself (P-32); the model of the automatic checks knows which need nobody."""
        return [self.env._("It is sighted by our staff.")] if self.env.user.share else []

    def _guard_passed(self, at):
        missing = []
        if not self.provided:
            missing.append(self.env._("It has not been provided."))
        if self.is_document and not self.original_sighted:
            missing.append(self.env._("The original has not been sighted."))
        if not self.matches:
            missing.append(self.env._("The data has not been matched."))
        if self.needs_validity:
            if not self.valid_until:
                missing.append(self.env._("Until when it is valid."))
            elif self.valid_until < self._valid_on(at):
                missing.append(self.env._("It had expired on the day of the submission."))
        return missing

    @api.constrains("attachment_ids")
    def _check_copy_allowed(self):
        """:raise ValidationError: a file on an item that is sighted, never copied (identity documents: the law)"""
        for check in self:
            if check.attachment_ids and not check.copy_allowed:
                raise ValidationError(
                    self.env._("“%(item)s” is sighted, not copied: no file of it is kept.", item=check.name)
                )

    def _valid_on(self, at):
        """Return the day (in Riyadh) on which the item has to be valid: of the submission (P-32), else of ``at``."""
        return riyadh_date(self.submission_id.submitted_at or at)

    def _guard_due(self, at):
        if not self.due_date or self.due_date < cpa_today():
            return [self.env._("Say until when it will be sighted.")]
        return []

    def _effect_checked(self, at):
        self._lifecycle_set({"checked_by": self.env.uid, "checked_at": at, "entered_at": fields.Datetime.now()})

    def _is_settled(self, day):
        """Return whether a new round of submission on ``day`` (a date in Riyadh) need not ask for this item again.

        A pass settles it as long as it is valid; a due date or a waiver does; so does an optional item once offered.
        """
        self.ensure_one()
        if self.state == "passed":
            return not self.valid_until or self.valid_until >= day
        return self.state in ("to_sight", "waived") or not self.is_obligatory

    def _latest(self):
        """Return, of each requirement, the check of the latest round."""
        latest = {}
        for check in self.sorted(lambda c: c.submission_id.round):
            latest[check.requirement_id] = check.id
        return self.browse(latest.values())

    def action_pass(self):
        """Button: it was provided, I sighted the original, it matches."""
        for check in self:
            check._take_as_sighted()
            check.state = "passed"
        return True

    def action_pass_earlier(self):
        """Button: I sighted it before now, on the road or in a power cut; ask when, why and for the note's scan."""
        self.ensure_one()
        self._take_as_sighted()
        return self._lifecycle_ask("passed")

    def _take_as_sighted(self):
        self.ensure_one()
        # a button on another screen than the counter's says where it was sighted
        if self.env.context.get("sighted_how"):
            self.sighted_how = self.env.context["sighted_how"]
        if self.automatic == "identity":
            self._sight_identity()
        self.write({"provided": True, "original_sighted": self.is_document, "matches": True})
