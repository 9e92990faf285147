from odoo import api, fields, models
from odoo.exceptions import ValidationError


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
    automatic = fields.Selection(
        [
            ("identity", "Identity: valid, original sighted"),
            ("mobile", "Mobile number"),
            ("iban", "Bank account (IBAN)"),
            ("duplicate", "No second file of the same person"),
            ("open_request", "No open request for the same service"),
        ],
        "Checked by itself",
        help="From what the file knows already: nobody is asked for it again (P-08).",
    )

    @api.constrains("automatic", "copy_allowed")
    def _check_no_copy_of_identity(self):
        if any(requirement.automatic == "identity" and requirement.copy_allowed for requirement in self):
            raise ValidationError(
                self.env._("An identity document is sighted, never copied: the law prohibits copies of it.")
            )

    def _website_values(self):
        """Return what an applicant is told of a requirement: ``{"name", "notes"}``."""
        self.ensure_one()
        notes = []
        if self.kind == "document":
            notes.append(
                self.env._("A photo of it by your phone is enough")
                if self.copy_allowed
                else self.env._("Shown only: we look at the original and keep no copy")
            )
            if self.needs_validity:
                notes.append(self.env._("Valid on the day you apply"))
        if not self.is_obligatory:
            notes.append(self.env._("If you have it"))
        return {"name": self.name, "notes": notes}
