from odoo import fields, models


class CpaDeclarationText(models.Model):
    """A version of the text that applicants sign (P-34)."""

    _name = "cpa.declaration.text"
    _description = "Text of the declaration"
    _order = "version desc"
    _rec_name = "version"

    version = fields.Integer(required=True)
    body = fields.Text(required=True, translate=True)
    active = fields.Boolean(default=True)

    _version_uniq = models.Constraint("UNIQUE(version)", "This version of the declaration exists already.")
