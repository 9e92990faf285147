from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.models.cpa_lifecycle_mixin import Move

COORDINATOR = "cpa_volunteer.group_coordinator"


class CpaVolunteer(models.Model):
    """The file of a volunteer (P-01, P-24), on a contact that may be shared with a beneficiary's file."""

    _name = "cpa.volunteer"
    _description = "Volunteer"
    _inherits = {"res.partner": "partner_id"}
    _inherit = ["cpa.person.mixin"]
    _order = "id desc"
    _lifecycle_initial = "applied"
    _lifecycle_deletable = frozenset({"applied"})

    state = fields.Selection(
        [("applied", "Applied"), ("active", "Active"), ("suspended", "Suspended"), ("left", "Left")],
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

    _partner_uniq = models.Constraint("UNIQUE(partner_id)", "This person already has a volunteer file.")
    _number_uniq = models.Constraint("UNIQUE(volunteer_number)", "A volunteer number is never given twice.")

    def _lifecycle_moves(self):
        by_coordinator = Move((COORDINATOR,), reason=True)
        return {
            ("applied", "active"): Move((COORDINATOR,), ("_guard_reachable",), ("_effect_number",)),
            ("applied", "left"): by_coordinator,
            ("active", "suspended"): by_coordinator,
            ("suspended", "active"): by_coordinator,
            ("active", "left"): by_coordinator,
            ("suspended", "left"): by_coordinator,
            ("left", "active"): by_coordinator,
        }

    def _effect_number(self, at):
        sequence = self.env["ir.sequence"].sudo()  # numbering is the system's, no role writes sequences
        for volunteer in self.filtered(lambda v: not v.volunteer_number):
            volunteer._lifecycle_set({"volunteer_number": sequence.next_by_code("cpa.volunteer")})

    @api.depends("name", "volunteer_number")
    def _compute_display_name(self):
        for volunteer in self:
            volunteer.display_name = " · ".join(filter(None, [volunteer.name, volunteer.volunteer_number]))
