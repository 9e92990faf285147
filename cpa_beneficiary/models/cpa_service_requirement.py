from odoo import fields, models


class CpaServiceRequirement(models.Model):
    """What an applicant has to give for a service: a document to be sighted or a datum (P-32)."""

    _name = "cpa.service.requirement"
    _description = "Requirement of a service"
    _order = "sequence, id"

    service_id = fields.Many2one("cpa.service", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection([("document", "Document"), ("datum", "Information")], default="document", required=True)
    is_obligatory = fields.Boolean("Obligatory", default=True)
    needs_validity = fields.Boolean("Has an expiry date")
    copy_allowed = fields.Boolean(help="Never for identity documents: the law allows sighting them, not copying.")
