from odoo import fields, models


class CpaSegment(models.Model):
    """A segment (شريحة) of beneficiaries; a person may belong to many (P-05)."""

    _name = "cpa.segment"
    _description = "Segment"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(copy=False, help="Stable name for imports and reports; not shown to beneficiaries.")
    group = fields.Selection(
        [("person", "Persons"), ("institution", "Institutions"), ("internal", "Internal")],
        required=True,
        default="person",
        index=True,
    )
    needs_consent = fields.Boolean(
        "Needs explicit consent",
        help="Sensitive by law (health, disability): kept of a person only with explicit consent.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "A segment with this code exists already.")
