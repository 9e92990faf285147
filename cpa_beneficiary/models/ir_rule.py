from odoo import api, models
from odoo.fields import Domain


class IrRule(models.Model):
    """What somebody types into a wizard, or a wizard hands out to him, is his own.

    Core says so of all transient models and does not see to it: registers with whole identity numbers, files that are
    being imported and texts that are being written would be read by everybody who may open the same wizard.
    """

    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        if self.env.su or not self.env[model_name]._transient:
            return domain
        return domain & Domain("create_uid", "=", self.env.uid)
