from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.riyadh import cpa_today


class CpaRepresentation(models.Model):
    """Who acts for whom: guardian of a minor, agent with a power of attorney (وكالة), carer (P-34)."""

    _name = "cpa.representation"
    _description = "Representation"

    beneficiary_id = fields.Many2one("cpa.beneficiary", required=True, ondelete="cascade", index=True)
    representative_id = fields.Many2one("res.partner", required=True, ondelete="restrict", index=True)
    kind = fields.Selection(
        [("guardian", "Guardian"), ("agent", "Agent with a power of attorney"), ("carer", "Carer")],
        required=True,
        default="guardian",
    )
    power_number = fields.Char("Power of attorney no.")
    valid_until = fields.Date()
    is_valid = fields.Boolean(compute="_compute_is_valid")

    @api.depends("representative_id.name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for representation in self:
            representation.display_name = f"{representation.representative_id.name} ({kinds[representation.kind]})"

    @api.depends("valid_until")
    def _compute_is_valid(self):
        today = cpa_today()
        for representation in self:
            representation.is_valid = not representation.valid_until or representation.valid_until >= today

    @api.constrains("kind", "power_number", "valid_until", "representative_id")
    def _check_power(self):
        for representation in self:
            if representation.kind == "agent" and not (representation.power_number and representation.valid_until):
                raise ValidationError(self.env._("An agent needs the number and the expiry of the power of attorney."))
            if representation.representative_id == representation.beneficiary_id.partner_id:
                raise ValidationError(self.env._("Nobody represents himself."))
