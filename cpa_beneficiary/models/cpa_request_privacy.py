"""Privacy request: which right over one's personal data is used (Personal Data Protection Law)."""

from odoo import api, fields, models


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    privacy_right = fields.Selection(
        [
            ("informed", "To be informed"),
            ("access", "To see my data"),
            ("copy", "A readable copy"),
            ("correction", "Correction"),
            ("destruction", "Destruction"),
            ("withdrawal", "Withdrawal of a consent"),
        ],
        "Which right",
        index="btree_not_null",
    )

    @api.model
    def _kind_fields(self):
        return super()._kind_fields() | {"privacy": {"privacy_right": True}}
