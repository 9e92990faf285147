from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today
from ..tools.text import clean_number
from .cpa_beneficiary_identity import ADULT_AGE, age, of_age_on


class CpaRepresentation(models.Model):
    """Who acts for whom: guardian of a minor, agent with a power of attorney (وكالة), carer (P-34)."""

    _name = "cpa.representation"
    _description = "Representation"
    _inherit = ["cpa.hijri.mixin"]
    _hijri = {"valid_until_hijri": "valid_until"}

    beneficiary_id = fields.Many2one("cpa.beneficiary", required=True, ondelete="cascade", index=True)
    representative_id = fields.Many2one("res.partner", required=True, ondelete="restrict", index=True)
    representative_phone = fields.Char(related="representative_id.phone", string="Phone", readonly=False)
    representative_identity = fields.Char(
        related="representative_id.cpa_identity_ids.number", string="Identity number", help="Only the last digits."
    )
    kind = fields.Selection(
        [("guardian", "Guardian"), ("agent", "Agent with a power of attorney"), ("carer", "Carer")],
        required=True,
        default="guardian",
    )
    power_number = fields.Char("Power of attorney no.")
    valid_until = fields.Date()
    valid_until_hijri = fields.Char("Valid until (Hijri)", compute="_compute_hijri", readonly=False)
    is_valid = fields.Boolean(compute="_compute_is_valid")

    @api.depends("representative_id.name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for representation in self:
            representation.display_name = f"{representation.representative_id.name} ({kinds[representation.kind]})"

    @api.depends("kind", "valid_until", "beneficiary_id.partner_id.cpa_identity_ids.birth_date")
    def _compute_is_valid(self):
        for representation in self:
            representation.is_valid = not representation._problems()

    def _problems(self, day=None):
        """Return why this person (or nobody) does not act for the beneficiary any more, in the user's language.

        :param day: the ``date`` on which he acts; today by default
        """
        if not self:
            return []
        today = day or cpa_today()
        representative = self.sudo().representative_id.name  # the name, as the line itself shows it
        if self.valid_until and self.valid_until < today:
            day = format_both(self.valid_until, self.env.lang)
            if self.kind == "agent":
                return [
                    self.env._(
                        "The power of attorney no. %(number)s of %(name)s expired on %(day)s.",
                        number=self.power_number,
                        name=representative,
                        day=day,
                    )
                ]
            return [self.env._("The representation by %(name)s ended on %(day)s.", name=representative, day=day)]
        born = self.beneficiary_id.sudo().birth_date  # the day of coming of age only
        if self.kind == "guardian" and born and age(born, today) >= ADULT_AGE:
            return [
                self.env._(
                    "%(person)s came of age on %(day)s and acts without the guardian %(name)s.",
                    person=self.beneficiary_id.name,
                    day=format_both(of_age_on(born), self.env.lang),
                    name=representative,
                )
            ]
        return []

    @api.constrains("kind", "power_number", "valid_until", "representative_id")
    def _check_power(self):
        for representation in self:
            if representation.kind == "agent" and not (representation.power_number and representation.valid_until):
                raise ValidationError(self.env._("An agent needs the number and the expiry of the power of attorney."))
            if representation.representative_id == representation.beneficiary_id.partner_id:
                raise ValidationError(self.env._("Nobody represents himself."))
            born = representation.representative_id.sudo().cpa_identity_ids.birth_date  # whether he is of age
            if born and age(born, cpa_today()) < ADULT_AGE:
                raise ValidationError(self.env._("Who acts for another is of age."))

    @api.constrains("representative_id")
    def _check_person(self):
        self.representative_id._check_cpa_person()

    @api.onchange("valid_until_hijri")
    def _onchange_typed_hijri(self):
        return self._onchange_hijri()

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        return super().write(self._prepare(vals))

    @api.model
    def _prepare(self, vals):
        """Return ``vals`` as they are stored; the person has to be one whom the acting user sees."""
        if vals.get("representative_id"):
            self.env["res.partner"].browse(vals["representative_id"])._cpa_take_in()
        return {**vals, "power_number": clean_number(vals["power_number"])} if vals.get("power_number") else vals

    def action_open_identity(self):
        """Button: enter or complete the representative's own identity."""
        return self.representative_id._cpa_open_identity()
