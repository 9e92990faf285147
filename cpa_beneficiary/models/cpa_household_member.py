from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.riyadh import cpa_today
from ..tools.saudi import check_identity, guess_identity_type, normalise_identity
from .masked import Masked


class CpaHouseholdMember(models.Model):
    """A line of the family register (سجل الأسرة)."""

    _name = "cpa.household.member"
    _description = "Household member"
    _inherit = ["cpa.hijri.mixin"]
    _hijri = {"birth_date_hijri": "birth_date"}

    beneficiary_id = fields.Many2one("cpa.beneficiary", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True)
    relation = fields.Selection(
        [
            ("spouse", "Spouse"),
            ("child", "Son or daughter"),
            ("parent", "Parent"),
            ("sibling", "Brother or sister"),
            ("other", "Other"),
        ],
        required=True,
    )
    identity_number = Masked(
        "National ID or Iqama",
        plain="identity_plain",
        normalise=normalise_identity,
        help="Where known; only the last digits are shown.",
    )
    identity_plain = fields.Char(groups=fields.NO_ACCESS, copy=False, index="btree_not_null")
    birth_date = fields.Date()
    birth_date_hijri = fields.Char("Birth date (Hijri)", compute="_compute_hijri", readonly=False)
    is_dependent = fields.Boolean("Dependent", default=True)

    @api.constrains("identity_plain")
    def _check_identity(self):
        for member in self.sudo():  # checked, not shown
            number = member.identity_plain
            kind = guess_identity_type(number)
            if number and (kind not in ("NAT", "IQA") or check_identity(kind, number)):
                raise ValidationError(
                    self.env._("The identity number of %(name)s is not valid; read it again.", name=member.name)
                )

    @api.constrains("birth_date")
    def _check_birth_date(self):
        for member in self:
            if member.birth_date and member.birth_date > cpa_today():
                raise ValidationError(self.env._("A birth date cannot be in the future."))

    @api.onchange("birth_date_hijri")
    def _onchange_typed_hijri(self):
        return self._onchange_hijri()
