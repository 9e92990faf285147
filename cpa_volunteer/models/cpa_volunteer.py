from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.models.cpa_beneficiary_identity import ADULT_AGE, age
from odoo.addons.cpa_beneficiary.models.cpa_lifecycle_mixin import Move
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today
from odoo.addons.cpa_beneficiary.tools.text import comma_list
from odoo.fields import Domain
from odoo.tools import SQL

from .cpa_participation import COMING
from .roles import COORDINATOR

# The texts that a volunteer signs (cpa.agreement.template): every one; a minor's guardian, besides.
AGREEMENT = "volunteer"
CHARTER = "volunteer_minor"
TASK_FORM = "volunteer_task"  # instead of the agreement, for an adult's single short task


class CpaVolunteer(models.Model):
    """The file of a volunteer (P-01, P-24), on a contact that may be shared with a beneficiary's file."""

    _name = "cpa.volunteer"
    _description = "Volunteer"
    _inherits = {"res.partner": "partner_id"}
    _inherit = ["cpa.person.mixin"]
    _order = "id desc"
    _mailing_enabled = True
    _charter_kind = "charter_volunteer"
    _charter_keepers = (COORDINATOR,)
    _lifecycle_initial = "applied"
    _lifecycle_deletable = frozenset({"applied"})

    state = fields.Selection(
        [
            ("applied", "Applied"),
            ("vetted", "Vetted"),
            ("active", "Active"),
            ("suspended", "Suspended"),
            ("left", "Left"),
        ],
        "Volunteer status",
        default="applied",
        required=True,
        index=True,
        tracking=True,
        copy=False,
        readonly=True,
    )
    volunteer_number = fields.Char(kept=True, readonly=True, copy=False)
    platform_reference = fields.Char(
        "National platform reference", help="The person's number on the national volunteering platform."
    )

    # what he offers
    skill_ids = fields.Many2many("cpa.volunteer.skill", string="Skills and languages")
    availability_ids = fields.One2many("cpa.volunteer.availability", "volunteer_id", "Has time")
    governorate_ids = fields.Many2many("cpa.governorate", string="Helps in")
    has_vehicle = fields.Boolean("Has a vehicle")
    about = fields.Text("About himself")

    # vetting and papers
    vetting_note = fields.Text(help="What was looked at: the talk, references, certificates.")
    vetted_by = fields.Many2one("res.users", kept=True, readonly=True, copy=False, ondelete="restrict")
    vetted_on = fields.Date(kept=True, readonly=True, copy=False)
    birth_date = fields.Date(related="partner_id.cpa_identity_ids.birth_date")
    is_minor = fields.Boolean("Minor", compute="_compute_is_minor", compute_sudo=True)
    papers_missing = fields.Text("Missing before a placement", compute="_compute_papers_missing")
    has_papers_missing = fields.Boolean(
        "Papers missing", compute="_compute_papers_missing", search="_search_has_papers_missing"
    )

    participation_ids = fields.One2many("cpa.participation", "volunteer_id", "Shifts")
    hours_total = fields.Float("Approved hours", compute="_compute_hours_total")

    _partner_uniq = models.Constraint("UNIQUE(partner_id)", "This person already has a volunteer file.")
    _number_uniq = models.Constraint("UNIQUE(volunteer_number)", "A volunteer number is never given twice.")

    # ------------------------------------------------------------------
    # Lifecycle
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        by_coordinator = Move((COORDINATOR,), reason=True)
        activate = Move((COORDINATOR,), ("_guard_papers",), ("_effect_number",))
        return {
            ("applied", "vetted"): Move((COORDINATOR,), ("_guard_reachable", "_guard_vetted"), ("_effect_vetted",)),
            ("applied", "left"): by_coordinator,
            ("vetted", "active"): activate,
            ("vetted", "left"): by_coordinator,
            ("active", "suspended"): by_coordinator,
            ("suspended", "active"): by_coordinator,
            ("active", "left"): Move((COORDINATOR,), ("_guard_custody",), ("_effect_leave",), reason=True),
            ("suspended", "left"): Move((COORDINATOR,), ("_guard_custody",), ("_effect_leave",), reason=True),
            ("left", "vetted"): by_coordinator,
        }

    def _guard_vetted(self, at):
        missing = []
        if not (self.vetting_note or "").strip():
            missing.append(self.env._("What was looked at in the vetting."))
        if not self.birth_date:
            missing.append(self.env._("The birth date: of a minor the guardian signs."))
        if self.env.user.partner_id == self.partner_id:
            missing.append(self.env._("Somebody else's look: nobody vets himself."))
        return missing

    def _guard_papers(self, at):
        return self._papers_problems()

    def _guard_custody(self, at):
        """The law asks for the return of what was entrusted."""
        lent = self.env["cpa.custody.item"].search([("volunteer_id", "=", self.id), ("state", "=", "lent")])
        if not lent:
            return []
        return [self.env._("Still with him: %(items)s.", items=comma_list(lent.mapped("name"), self.env.lang))]

    def _effect_vetted(self, at):
        self._lifecycle_set({"vetted_by": self.env.uid, "vetted_on": cpa_today()})

    def _effect_number(self, at):
        sequence = self.env["ir.sequence"].sudo()  # numbering is the system's, no role writes sequences
        for volunteer in self.filtered(lambda v: not v.volunteer_number):
            volunteer._lifecycle_set({"volunteer_number": sequence.next_by_code("cpa.volunteer")})

    def _effect_leave(self, at):
        """Who leaves gives back the places that he holds."""
        self._coming(at).write({"state": "cancelled", "move_reason": self.env._("Left volunteering.")})

    def _coming(self, at):
        """Return the participations of these volunteers that have not begun ``at`` that moment (naive UTC)."""
        return self.participation_ids.filtered(lambda line: line.state in COMING and line.start > at)

    def _one_at_a_time(self):
        """Let one of two who look at these volunteers' shifts at the same moment through: both write the same rows."""
        if self:
            self.env.cr.execute(SQL("UPDATE cpa_volunteer SET write_uid = write_uid WHERE id IN %s", self._ids))

    # ------------------------------------------------------------------
    # Age and papers
    # ------------------------------------------------------------------

    @api.depends("partner_id.cpa_identity_ids.birth_date")
    def _compute_is_minor(self):
        today = cpa_today()
        for volunteer in self:
            born = volunteer.birth_date
            volunteer.is_minor = bool(born) and age(born, today) < ADULT_AGE

    def _papers_problems(self, day=None):
        """Return what has to be signed before this volunteer is placed (P-02), in the user's language.

        :param day: the ``date`` of the placement; today by default
        """
        self.ensure_one()
        return self._papers_problems_of_all(day)[self]

    def _papers_problems_of_all(self, day=None):
        """Return ``{volunteer: what has to be signed}``, in three queries however many they are."""
        Agreement = self.env["cpa.agreement"].sudo()  # whether it is signed, nothing of what it says
        minors = self.filtered("is_minor")
        agreed = Agreement._in_force(AGREEMENT, self.partner_id, day)
        agreed |= Agreement._in_force(TASK_FORM, (self - minors).partner_id - agreed, day)
        consented = Agreement._in_force(CHARTER, minors.partner_id, day) if minors else agreed.browse()
        problems = {}
        for volunteer in self:
            problems[volunteer] = missing = []
            if volunteer.partner_id not in agreed:
                missing.append(
                    self.env._("The agreement with the undertaking of confidentiality, signed and in force.")
                )
            if volunteer in minors and volunteer.partner_id not in consented:
                missing.append(
                    self.env._("The guardian's consent and the charter of the volunteer opportunity, signed by him.")
                )
        return problems

    @api.depends("partner_id", "state", "cpa_agreement_ids.state", "is_minor")
    def _compute_papers_missing(self):
        bound = self.filtered(lambda volunteer: volunteer.state in ("vetted", "active"))
        problems = bound._papers_problems_of_all()
        for volunteer in self:
            volunteer.papers_missing = "\n".join(problems.get(volunteer, []))
            volunteer.has_papers_missing = bool(volunteer.papers_missing)

    @api.model
    def _search_has_papers_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        Agreement = self.env["cpa.agreement"].sudo()  # as in _papers_problems_of_all
        today = cpa_today()

        def signed(code):
            in_force = Agreement._in_force_domain(today) & Domain("code", "=", code)
            return Agreement._search(in_force).subselect("partner_id")

        minors = self.sudo()._search(  # whether they are of age
            [("partner_id.cpa_identity_ids.birth_date", ">", today - relativedelta(years=ADULT_AGE))]
        )
        minor = Domain("id", "in", minors)
        unsigned = Domain("partner_id", "not in", signed(AGREEMENT))
        unsigned &= minor | Domain("partner_id", "not in", signed(TASK_FORM))
        unsigned |= minor & Domain("partner_id", "not in", signed(CHARTER))
        return Domain("state", "in", ("vetted", "active")) & unsigned

    def _compute_hours_total(self):
        hours = dict(
            self.env["cpa.participation"]._read_group(
                [("volunteer_id", "in", self.ids), ("state", "=", "closed")], ["volunteer_id"], ["hours_approved:sum"]
            )
        )
        for volunteer in self:
            volunteer.hours_total = hours.get(volunteer, 0.0)

    @api.depends("name", "volunteer_number")
    def _compute_display_name(self):
        for volunteer in self:
            volunteer.display_name = " · ".join(filter(None, [volunteer.name, volunteer.volunteer_number]))

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_agreement(self):
        """Button: the agreement to be signed next; of a minor the guardian's consent and charter after it."""
        self.ensure_one()
        signed = self.env["cpa.agreement"].sudo()._in_force(AGREEMENT, self.partner_id)  # as in _papers_problems
        return self._agreement_to_sign(CHARTER if signed and self.is_minor else AGREEMENT)

    def _agreement_to_sign(self, code):
        """Return the action that opens the agreement ``code``: the one prepared already, or a new one."""
        Agreement = self.env["cpa.agreement"]
        draft = Agreement.search(
            [("partner_id", "=", self.partner_id.id), ("code", "=", code), ("state", "=", "draft")]
        )
        template = self.env["cpa.agreement.template"]._of(code, self.company_id)
        return (draft[:1] or Agreement)._get_records_action(
            name=self.env._("Agreement"),
            view_mode="form",
            context={
                "default_template_id": template.id,
                "default_partner_id": self.partner_id.id,
                "default_signer_name": self.name,
            },
        )

    def action_open_participations(self):
        """Button: this volunteer's shifts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_volunteer.cpa_participation_action")
        return action | {"domain": [("volunteer_id", "=", self.id)], "context": {"default_volunteer_id": self.id}}
