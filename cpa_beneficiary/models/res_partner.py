from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.saudi import normalise_phone
from ..tools.text import name_key


class ResPartner(models.Model):
    """Our people are ordinary contacts, with rules that hold whoever writes the contact."""

    _inherit = "res.partner"

    cpa_beneficiary_ids = fields.One2many("cpa.beneficiary", "partner_id", "Beneficiary files")
    cpa_representation_ids = fields.One2many("cpa.representation", "representative_id", "Represents")
    cpa_identity_ids = fields.One2many("cpa.identity", "partner_id", "Identity")
    cpa_person = fields.Boolean(
        "Person of the association",
        compute="_compute_cpa_person",
        store=True,
        index=True,
        help="Has a file here: hidden from users without a role in the association.",
    )
    cpa_name_key = fields.Char("Name for comparison", compute="_compute_cpa_name_key", store=True, index="trigram")

    _cpa_phone_idx = models.Index("(phone) WHERE phone IS NOT NULL")

    @api.depends("cpa_beneficiary_ids", "cpa_representation_ids")
    def _compute_cpa_person(self):
        for partner in self.with_context(active_test=False):
            partner.cpa_person = bool(partner._cpa_files())

    @api.depends("name", "cpa_person")
    def _compute_cpa_name_key(self):
        for partner in self:
            partner.cpa_name_key = name_key(partner.name) if partner.cpa_person and partner.name else False

    @api.constrains("name", "phone")
    def _check_cpa_person(self):
        """P-32: what is written of a person is valid wherever it is written, in our file or on the bare contact.

        :raise ValidationError: the name is missing or the phone cannot be one
        """
        for partner in self:
            if not partner.cpa_person:
                continue
            if not (partner.name or "").strip():
                raise ValidationError(self.env._("A person's file needs a name."))
            if partner.phone and normalise_phone(partner.phone) != partner.phone:
                raise ValidationError(
                    self.env._(
                        "“%(phone)s” is not a valid phone number. A mobile is written 05xxxxxxxx or +9665xxxxxxxx.",
                        phone=partner.phone,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._cpa_normalise(vals) for vals in vals_list])

    def write(self, vals):
        if "cpa_person" in vals:
            raise UserError(self.env._("Whether a contact is a person of the association follows from the files."))
        # a contact that gets its file after this write is checked by the file's own constraint
        if "phone" in vals and any(partner.cpa_person for partner in self.sudo()):
            vals = self._cpa_normalise(vals)
        return super().write(vals)

    @api.model
    def _cpa_normalise(self, vals):
        """Return ``vals`` with the phone in E.164 where it can be read as one."""
        phone = vals.get("phone")
        return {**vals, "phone": normalise_phone(phone) or phone} if phone else vals

    def _cpa_files(self):
        """Return the records by which these contacts are people of ours; add-ons add theirs."""
        return [*self.cpa_beneficiary_ids, *self.cpa_representation_ids]
