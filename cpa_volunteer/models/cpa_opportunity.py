from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.models.cpa_beneficiary_identity import ADULT_AGE
from odoo.addons.cpa_beneficiary.models.cpa_lifecycle_mixin import Move
from odoo.addons.cpa_beneficiary.tools.text import comma_list
from odoo.exceptions import ValidationError

from .cpa_participation import COMING
from .roles import COORDINATOR, REQUEST_READERS

KINDS = [
    ("company", "Company on visits"),
    ("translation", "Translation"),
    ("legal", "Legal advice"),
    ("awareness", "Awareness"),
    ("survey", "Market survey"),
    ("office", "Office work"),
]


class CpaOpportunity(models.Model):
    """A volunteer opportunity: what is to be done, where, by whom it is led, in which shifts."""

    _name = "cpa.opportunity"
    _description = "Volunteer opportunity"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _lifecycle_initial = "planning"
    _lifecycle_deletable = frozenset({"planning"})
    _lifecycle_frozen = frozenset({"closed", "cancelled"})
    _lifecycle_unfrozen = frozenset({"activity_ids", "message_ids", "message_follower_ids"})

    name = fields.Char(required=True, translate=True, tracking=True)
    state = fields.Selection(
        [
            ("planning", "Planning"),
            ("published", "Published"),
            ("running", "Running"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        default="planning",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    kind = fields.Selection(KINDS, required=True, index=True)
    description = fields.Html("What is to be done", translate=True)
    experience = fields.Char(
        "Experience gained", translate=True, help="As the certificate names it: what the volunteer learns by it."
    )
    safety_notes = fields.Text("Safety notes", translate=True)
    training = fields.Text("Training before it", translate=True)
    skill_ids = fields.Many2many("cpa.volunteer.skill", string="Asks for")
    min_age = fields.Integer("From the age of", default=ADULT_AGE, help="Under 18 the guardian signs beforehand.")
    is_self_service = fields.Boolean(
        "Places are taken at once", default=True, help="Off: the coordinator accepts each volunteer."
    )
    platform_reference = fields.Char(
        "National platform reference", help="The opportunity's number on the national volunteering platform."
    )

    # where, when, by whom
    governorate_id = fields.Many2one("cpa.governorate", ondelete="restrict", index="btree_not_null")
    place = fields.Char(translate=True)
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("Until", required=True)
    coordinator_id = fields.Many2one(
        "res.users", default=lambda self: self._default_coordinator(), required=True, ondelete="restrict", index=True
    )
    branch_id = fields.Many2one("cpa.branch", ondelete="restrict", index="btree_not_null")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)

    # what it serves
    # volunteers' coordinators know its number, not what it is about
    request_id = fields.Many2one(
        "cpa.request", ondelete="restrict", index="btree_not_null", fixed=True, copy=False, groups=REQUEST_READERS
    )
    request_number = fields.Char("For the request", related="request_id.number")
    visit_id = fields.Many2one("cpa.visit", ondelete="restrict", index="btree_not_null", fixed=True, copy=False)

    shift_ids = fields.One2many("cpa.shift", "opportunity_id", "Shifts")
    # sums, without whose they are: also for who raised it and reads no volunteers
    capacity = fields.Integer("Places", compute="_compute_figures", compute_sudo=True)
    taken = fields.Integer(compute="_compute_figures", compute_sudo=True)
    hours_approved = fields.Float("Approved hours", compute="_compute_figures", compute_sudo=True)

    _dates_check = models.Constraint("CHECK(date_to >= date_from)", "An opportunity ends after it begins.")
    _age_check = models.Constraint("CHECK(min_age BETWEEN 0 AND 99)", "An age is between 0 and 99 years.")
    _open_idx = models.Index("(date_to) WHERE state IN ('published', 'running')")

    @api.model
    def _default_coordinator(self):
        """Return who leads a new opportunity: a coordinator himself, else the first coordinator of the company."""
        if self.env.user.has_group(COORDINATOR):
            return self.env.user
        return self.env.company._cpa_users(COORDINATOR)[:1]

    # ------------------------------------------------------------------
    # The path
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        return {
            ("planning", "published"): Move((COORDINATOR,), ("_guard_published",)),
            ("published", "running"): Move((COORDINATOR,)),
            ("published", "planning"): Move((COORDINATOR,), ("_guard_nobody_placed",)),
            ("running", "closed"): Move((COORDINATOR,), ("_guard_settled",)),
            ("planning", "cancelled"): Move((COORDINATOR,), reason=True),
            ("published", "cancelled"): Move((COORDINATOR,), effects=("_effect_cancel",), reason=True),
            ("running", "cancelled"): Move((COORDINATOR,), effects=("_effect_cancel",), reason=True),
        }

    def _lifecycle_request(self):
        return self.sudo().request_id  # whose story it belongs to, for the journal

    def _guard_published(self, at):
        missing = []
        if not self.description:
            missing.append(self.env._("What is to be done."))
        if not self.experience:
            missing.append(self.env._("The experience gained, as the certificate names it."))
        if not self.place:
            missing.append(self.env._("The place."))
        if not self.shift_ids:
            missing.append(self.env._("At least one shift."))
        return missing

    def _guard_nobody_placed(self, at):
        if self.shift_ids.participation_ids.filtered(lambda line: line.state in ("accepted", "attended")):
            return [self.env._("Volunteers have places in it already: cancel it, so that they are told.")]
        return []

    def _guard_settled(self, at):
        open_lines = self.shift_ids.participation_ids.filtered(lambda line: line.state in (*COMING, "attended"))
        if not open_lines:
            return []
        return [
            self.env._(
                "Attendance and hours of: %(names)s.",
                names=comma_list(open_lines.volunteer_id.mapped("name"), self.env.lang),
            )
        ]

    def _effect_cancel(self, at):
        lines = self.shift_ids.participation_ids.filtered(lambda line: line.state in COMING)
        lines.write({"state": "cancelled", "move_reason": self.env._("The opportunity was cancelled.")})

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _compute_figures(self):
        places = {
            opportunity: (capacity, taken)
            for opportunity, capacity, taken in self.env["cpa.shift"]._read_group(
                [("opportunity_id", "in", self.ids)], ["opportunity_id"], ["capacity:sum", "taken:sum"]
            )
        }
        hours = dict(
            self.env["cpa.participation"]._read_group(
                [("opportunity_id", "in", self.ids), ("state", "=", "closed")],
                ["opportunity_id"],
                ["hours_approved:sum"],
            )
        )
        for opportunity in self:
            opportunity.capacity, opportunity.taken = places.get(opportunity, (0, 0))
            opportunity.hours_approved = hours.get(opportunity, 0.0)

    @api.constrains("date_from", "date_to")
    def _check_shifts(self):
        self.shift_ids._check_within()

    @api.constrains("min_age")
    def _check_age(self):
        for opportunity in self:
            if opportunity.min_age < opportunity.company_id.cpa_volunteer_min_age:
                raise ValidationError(
                    self.env._(
                        "Volunteers are at least %(age)s years old (a setting of the company).",
                        age=opportunity.company_id.cpa_volunteer_min_age,
                    )
                )
