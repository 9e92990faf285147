from odoo import fields, models

# P-19 to P-26, in the policy's order: the code and the details without which a contact is not recorded.
CHANNEL_DETAILS = {
    "interview": ("interview_at", "interview_place", "interviewer_id"),
    "phone": ("phone_number", "phone_direction"),
    "social": ("social_platform", "social_account"),
    "letter": ("letter_direction", "letter_reference", "letter_date"),
    "help": ("help_service",),
    "volunteering": ("channel_volunteer_id",),
    "website": (),
    "delegate": ("channel_branch_id", "channel_delegate_id"),
}
CHANNEL_FIELDS = tuple(name for details in CHANNEL_DETAILS.values() for name in details)


class CpaChannel(models.Model):
    """The policy's eight channels (P-19 to P-26). Their codes are fixed; a board renames or orders them."""

    _name = "cpa.channel"
    _description = "Contact channel"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(required=True, help="The policy's own numbering, 1 to 8.")
    code = fields.Selection(
        [
            ("interview", "Interview"),
            ("phone", "Telephone call"),
            ("social", "Social media"),
            ("letter", "Letter"),
            ("help", "Help-request service"),
            ("volunteering", "Volunteering service"),
            ("website", "Website"),
            ("delegate", "Branch delegate"),
        ],
        required=True,
        readonly=True,
    )
    clause_code = fields.Char("Clause", required=True, readonly=True)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Each of the policy's channels exists once.")
