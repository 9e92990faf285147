from odoo import fields, models


class CpaRejectionReason(models.Model):
    """A reason for which a request may be rejected, with the words that the applicant reads (P-35).

    Managed by the association, so that reasons can be counted and are told in the same respectful
    words to all.
    """

    _name = "cpa.rejection.reason"
    _description = "Rejection reason"
    _order = "sequence, id"

    name = fields.Char("Reason", required=True, translate=True)
    code = fields.Char(copy=False, help="Stable name for imports and reports; not shown to beneficiaries.")
    letter_text = fields.Text(
        "Words to the applicant",
        required=True,
        translate=True,
        help="Proposed in the reply; the committee may be more precise there.",
    )
    needs_detail = fields.Boolean("Needs details", help="The decision has to say more than this reason does.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "A reason with this code exists already.")
