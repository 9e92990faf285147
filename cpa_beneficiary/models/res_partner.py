import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..tools.saudi import check_short_address, normalise_phone, normalise_short_address, warn_short_address
from ..tools.text import clean_number, name_key

_INVISIBLE = re.compile("[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def _one_line(text):
    """Text as people paste it from a chat: without unseen marks, one space between words."""
    return " ".join(_INVISIBLE.sub("", text).split())


# How each datum of a person is stored, whoever writes it; what cannot be read stays as typed, for the check to refuse.
NORMALISE = {
    "name": _one_line,
    "phone": lambda phone: normalise_phone(phone) or phone,
    "email": lambda email: email_normalize(_one_line(email)) or _one_line(email),
    "zip": clean_number,
    "cpa_short_address": normalise_short_address,
    "cpa_building_number": clean_number,
    "cpa_additional_number": clean_number,
    "cpa_unit_number": clean_number,
}
# Who may know whether somebody asks for support, or acts for one who does: by a search, too.
FILE_READERS = ",".join(
    f"cpa_beneficiary.group_{role}" for role in ("auditor", "delegate", "officer", "researcher", "manager", "privacy")
)
_FOUR_DIGITS = re.compile("[0-9]{4}")
_FIVE_DIGITS = re.compile("[0-9]{5}")


class ResPartner(models.Model):
    """Our people are ordinary contacts, with rules that hold whoever writes the contact."""

    _inherit = "res.partner"

    cpa_beneficiary_ids = fields.One2many("cpa.beneficiary", "partner_id", "Beneficiary files", groups=FILE_READERS)
    cpa_representation_ids = fields.One2many(
        "cpa.representation", "representative_id", "Represents", groups=FILE_READERS
    )
    cpa_supporter_ids = fields.One2many("cpa.supporter", "partner_id", "Supporter files")
    cpa_identity_ids = fields.One2many("cpa.identity", "partner_id", "Identity")
    cpa_person = fields.Boolean(
        "Person of the association",
        compute="_compute_cpa_person",
        store=True,
        help="Has a file here: hidden from users without a role in the association.",
    )
    cpa_name_key = fields.Char("Name for comparison", compute="_compute_cpa_name_key", store=True, index="trigram")

    # National Address, beside core's street, street2 (the district), city and zip (the postal code)
    cpa_short_address = fields.Char("Short address", help="Four letters and four digits, as RRRD2929.")
    cpa_building_number = fields.Char("Building number")
    cpa_additional_number = fields.Char("Additional number")
    cpa_unit_number = fields.Char("Unit number")

    # who sees no people sees the few contacts that are none
    _cpa_others_idx = models.Index("(id) WHERE cpa_person IS NOT TRUE")
    _cpa_phone_idx = models.Index("(phone) WHERE phone IS NOT NULL")
    # equal names and beginnings of names, also where the database has no trigrams
    _cpa_name_key_idx = models.Index("(cpa_name_key text_pattern_ops) WHERE cpa_name_key IS NOT NULL")

    @api.depends("cpa_beneficiary_ids", "cpa_representation_ids", "cpa_supporter_ids")
    def _compute_cpa_person(self):
        for partner in self.with_context(active_test=False):
            partner.cpa_person = bool(partner._cpa_files())

    @api.depends("name", "cpa_person")
    def _compute_cpa_name_key(self):
        for partner in self:
            partner.cpa_name_key = name_key(partner.name) if partner.cpa_person and partner.name else False

    @api.constrains("country_id", *NORMALISE)
    def _check_cpa_person(self):
        """P-32: what is written of a person is valid wherever it is written, in our file or on the bare contact.

        :raise ValidationError: all that cannot be right, in one message
        """
        for partner in self:
            problems = partner._cpa_problems() if partner.cpa_person else {}
            if problems:
                raise ValidationError("\n".join(problems.values()))

    def _cpa_problems(self):
        """Return ``{field: what is wrong with it}`` of this person's data, in the user's language."""
        self.ensure_one()
        problems = {}
        if not (self.name or "").strip():
            problems["name"] = self.env._("A person's file needs a name.")
        if self.phone and normalise_phone(self.phone) != self.phone:
            problems["phone"] = self.env._(
                "“%(phone)s” is not a valid phone number. A mobile is written 05xxxxxxxx or +9665xxxxxxxx.",
                phone=self.phone,
            )
        if self.email and not email_normalize(self.email):
            problems["email"] = self.env._("“%(email)s” is not an e-mail address.", email=self.email)
        if not self.country_id or self.country_id.code == "SA":
            problems |= self._cpa_address_problems()
        return problems

    def _cpa_address_problems(self):
        problems = {}
        if self.cpa_short_address and check_short_address(normalise_short_address(self.cpa_short_address)):
            problems["cpa_short_address"] = self.env._(
                "“%(code)s” is not a short address: it has four letters and four digits, as RRRD2929.",
                code=self.cpa_short_address,
            )
        if self.zip and not _FIVE_DIGITS.fullmatch(clean_number(self.zip)):
            problems["zip"] = self.env._("“%(code)s” is not a postal code: it has five digits.", code=self.zip)
        for name in ("cpa_building_number", "cpa_additional_number"):
            if self[name] and not _FOUR_DIGITS.fullmatch(self[name]):
                problems[name] = self.env._(
                    "“%(number)s” cannot be right: %(field)s has four digits.",
                    number=self[name],
                    field=self._fields[name]._description_string(self.env),
                )
        return problems

    @api.model
    def _cpa_address_warnings(self, short_address, building_number):
        """Return what is unusual, though not refused, about an address that may still be being typed."""
        code = normalise_short_address(short_address)
        if not check_short_address(code) and warn_short_address(code, building_number):
            return [self.env._("The digits of the short address are not the building number.")]
        return []

    @api.model
    def _cpa_called(self, text):
        """Return the ``Domain`` of the contacts meant by ``text``: name in any spelling, phone, identity."""
        words = name_key(text).split()
        called = Domain.AND([("cpa_name_key", "ilike", word)] for word in words) if words else Domain.FALSE
        number = clean_number(text)
        if any(char in "0123456789" for char in number):
            # exact numbers, which the user has: looked up by an index each; the search around it keeps to what he sees
            everybody = self.sudo()
            found = everybody.search([("phone", "=", normalise_phone(number) or number), ("cpa_person", "=", True)])
            found |= everybody.cpa_identity_ids.search([("number", "=", number)]).partner_id
            called |= Domain("id", "in", found.ids)
        return called

    @api.model
    def _search_display_name(self, operator, value):
        # where a person is chosen for a file: ours first, by an index; else, and elsewhere, as everywhere in Odoo
        if self.env.context.get("cpa_people") and operator == "ilike" and isinstance(value, str) and value.strip():
            called = self._cpa_called(value)
            if self.search_count(called, limit=1):
                return called
        return super()._search_display_name(operator, value)

    def write(self, vals):
        if "cpa_person" in vals:
            raise UserError(self.env._("Whether a contact is a person of the association follows from the files."))
        # a contact that gets its file after this write is checked by the file's own constraint
        if vals.keys() & NORMALISE.keys() and any(partner.cpa_person for partner in self.sudo()):
            vals = self._cpa_normalise(vals)
        if "active" in vals:
            # before core, which tells anybody who tries it the names of those who have a login
            self.check_access("write")
        return super().write(vals)

    @api.model
    def _cpa_normalise(self, vals):
        """Return ``vals`` with each datum of a person as it is stored: ASCII digits, the phone in E.164."""
        return vals | {name: rule(vals[name]) for name, rule in NORMALISE.items() if isinstance(vals.get(name), str)}

    def _cpa_take_in(self):
        """Prepare contacts that are about to get a file of ours or to represent somebody.

        :raise AccessError: the acting user does not see them: a file would open what is closed to him
        """
        partners = self.exists()
        if not self.env.su:
            partners.check_access("read")
        # of a contact whom he sees, and whose file he is about to write
        for partner in partners.sudo():
            stored = {name: partner[name] for name in NORMALISE if partner[name]}
            changed = {name: value for name, value in self._cpa_normalise(stored).items() if value != stored[name]}
            if changed:
                partner.write(changed)

    def _cpa_open_identity(self):
        """Return the window in which this person's identity is entered or completed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Identity"),
            "res_model": "cpa.identity",
            "res_id": self.sudo().cpa_identity_ids[:1].id,  # opened with the user's own rights
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }

    def _cpa_files(self):
        """Return the records by which these contacts are people of ours; add-ons add theirs."""
        return [*self.cpa_beneficiary_ids, *self.cpa_representation_ids, *self.cpa_supporter_ids]
