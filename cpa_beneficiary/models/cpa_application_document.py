from odoo import api, fields, models
from odoo.exceptions import ValidationError

FILES_OF_EACH = 5


class CpaApplicationDocument(models.Model):
    """What an applicant photographed of one required document. Never of an identity: that is sighted (PDPL)."""

    _name = "cpa.application.document"
    _description = "Document of an application"
    _order = "id"
    _rec_name = "requirement_id"

    application_id = fields.Many2one("cpa.application", required=True, readonly=True, ondelete="cascade", index=True)
    requirement_id = fields.Many2one("cpa.service.requirement", required=True, readonly=True, ondelete="cascade")
    attachment_ids = fields.Many2many("ir.attachment", string="Files", copy=False)

    _requirement_uniq = models.Constraint(
        "UNIQUE(application_id, requirement_id)", "This document has been given already."
    )

    @api.constrains("attachment_ids", "requirement_id")
    def _check_copy_allowed(self):
        """:raise ValidationError: a file of what is sighted and never copied, or too many of them"""
        for document in self:
            requirement = document.requirement_id
            if document.attachment_ids and not requirement._takes_file():
                raise ValidationError(
                    self.env._("“%(item)s” is sighted, not copied: no file of it is kept.", item=requirement.name)
                )
            if len(document.attachment_ids) > FILES_OF_EACH:
                raise ValidationError(
                    self.env._(
                        "“%(item)s”: at most %(most)s files. Remove one first.",
                        item=requirement.name,
                        most=FILES_OF_EACH,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_files(self):
        self.attachment_ids.filtered(lambda file: file.res_model == self._name).unlink()


class CpaServiceRequirement(models.Model):
    _inherit = "cpa.service.requirement"

    def _takes_file(self):
        """Return whether the applicant may send a picture of it: a document that the law lets us copy."""
        self.ensure_one()
        return self.kind == "document" and self.copy_allowed and self.automatic != "identity"
