"""Identity, age, account and guardian of a beneficiary (P-32, P-36): typed in the file, kept where they belong."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today
from ..tools.saudi import check_iban, guess_identity_type, normalise_iban, normalise_identity
from .masked import MASK, Masked

ADULT_AGE = 18
# Who reads more of an identity than its type and its last digits.
IDENTITY_READERS = ",".join(
    f"cpa_beneficiary.group_{role}" for role in ("officer", "delegate", "researcher", "manager", "privacy")
)
# Who pays, answers for it, or hands a person his own data.
IBAN_READERS = ",".join(f"cpa_beneficiary.group_{role}" for role in ("officer", "delegate", "manager", "privacy"))
# Fields of the file that are the identity's: typed in one place with the person (P-08).
IDENTITY_FIELDS = {
    "identity_type": "type",
    "identity_number": "number",
    "identity_country_id": "country_id",
    "identity_expiry_date": "expiry_date",
    "identity_expiry_hijri": "expiry_date_hijri",
    "birth_date": "birth_date",
    "birth_date_hijri": "birth_date_hijri",
    "nationality_id": "nationality_id",
}


def age(born, day):
    """Return the full years (Gregorian) between two dates."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def of_age_on(born):
    """Return the date of the eighteenth birthday; of a 29 February, the first of March."""
    try:
        return born.replace(year=born.year + ADULT_AGE)
    except ValueError:
        return born.replace(year=born.year + ADULT_AGE, month=3, day=1)


class CpaBeneficiary(models.Model):
    _name = "cpa.beneficiary"
    _inherit = ["cpa.beneficiary", "cpa.hijri.mixin"]
    _hijri = {"birth_date_hijri": "birth_date", "identity_expiry_hijri": "identity_expiry_date"}

    identity_id = fields.Many2one(
        "cpa.identity", compute="_compute_identity", compute_sudo=True, string="Identity record"
    )
    identity_type = fields.Selection(related="partner_id.cpa_identity_ids.type", string="Identity type", readonly=False)
    identity_number = fields.Char(
        related="partner_id.cpa_identity_ids.number",
        string="Identity number",
        readonly=False,
        help="Only the last digits are shown; type a number to replace it.",
    )
    identity_sighted_at = fields.Datetime(related="partner_id.cpa_identity_ids.sighted_at", string="Original sighted")
    identity_country_id = fields.Many2one(
        related="partner_id.cpa_identity_ids.country_id", string="Issued by", readonly=False, groups=IDENTITY_READERS
    )
    identity_expiry_date = fields.Date(
        related="partner_id.cpa_identity_ids.expiry_date",
        string="Identity valid until",
        readonly=False,
        groups=IDENTITY_READERS,
    )
    identity_expiry_hijri = fields.Char(
        "Identity valid until (Hijri)",
        compute="_compute_hijri",
        readonly=False,
        groups=IDENTITY_READERS,
        help="Hijri, 1410/05/03, or Gregorian, 1989/12/01: the year tells which.",
    )
    birth_date = fields.Date(related="partner_id.cpa_identity_ids.birth_date", readonly=False, groups=IDENTITY_READERS)
    birth_date_hijri = fields.Char(
        "Birth date (Hijri)",
        compute="_compute_hijri",
        readonly=False,
        groups=IDENTITY_READERS,
        help="Hijri, 1410/05/03, or Gregorian, 1989/12/01: the year tells which.",
    )
    nationality_id = fields.Many2one(
        related="partner_id.cpa_identity_ids.nationality_id", readonly=False, groups=IDENTITY_READERS
    )
    can_write_identity = fields.Boolean(compute="_compute_can_write_identity")
    is_minor = fields.Boolean("Minor", compute="_compute_is_minor", compute_sudo=True)
    # Not core's bank account: that is read unmasked by all who see the contact, and unchecked without accounting.
    iban = Masked(
        "IBAN", plain="iban_plain", normalise=normalise_iban, help="For payments; only the last digits are shown."
    )
    iban_plain = fields.Char(groups=fields.NO_ACCESS, copy=False, index="btree_not_null")
    warnings = fields.Text(compute="_compute_warnings", groups=IDENTITY_READERS)

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("partner_id.cpa_identity_ids")
    def _compute_identity(self):
        for beneficiary in self:
            beneficiary.identity_id = beneficiary.partner_id.cpa_identity_ids[:1]

    @api.depends_context("uid")
    def _compute_can_write_identity(self):
        self.can_write_identity = self.env["cpa.identity"].has_access("write")

    @api.depends("birth_date")
    def _compute_is_minor(self):
        today = cpa_today()
        for beneficiary in self:
            beneficiary.is_minor = bool(beneficiary.birth_date) and age(beneficiary.birth_date, today) < ADULT_AGE

    @api.depends_context("lang")
    @api.depends(
        "identity_type",
        "identity_number",
        "identity_country_id",
        "identity_expiry_date",
        "cpa_short_address",
        "cpa_building_number",
        "representation_ids.valid_until",
        "representation_ids.kind",
        "birth_date",
    )
    def _compute_warnings(self):
        for beneficiary in self:
            lines = self.env["cpa.identity"]._warnings(
                beneficiary.identity_type,
                beneficiary._identity_number_plain(),
                beneficiary.identity_country_id.code,
                beneficiary.identity_expiry_date,
            )
            lines += beneficiary.partner_id._cpa_address_warnings(
                beneficiary.cpa_short_address, beneficiary.cpa_building_number
            )
            for representation in beneficiary.representation_ids:
                lines += representation._problems()
            beneficiary.warnings = "\n".join(lines)

    def _identity_number_plain(self):
        """Return the number as it is being typed, else as it is stored: to be measured and compared, never shown."""
        self.ensure_one()
        number = normalise_identity(self.identity_number)
        # measured and compared by the server, returned to no user
        return number if MASK not in number else self.sudo().identity_id.number_plain

    def _iban_plain(self):
        """Return the IBAN as it is being typed, else as it is stored: to be compared, never shown."""
        self.ensure_one()
        number = normalise_iban(self.iban)
        # as above
        return number if MASK not in number else self.sudo()._origin.iban_plain

    @api.onchange("birth_date_hijri", "identity_expiry_hijri")
    def _onchange_typed_hijri(self):
        return self._onchange_hijri()

    @api.onchange("identity_number")
    def _onchange_identity_number(self):
        self.identity_type = guess_identity_type(normalise_identity(self.identity_number)) or self.identity_type

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    @api.constrains("iban_plain")
    def _check_iban(self):
        for beneficiary in self.sudo():  # checked, not shown
            error = beneficiary.iban_plain and check_iban(beneficiary.iban_plain)
            if error:
                raise ValidationError(self._iban_error(error))

    @api.model
    def _iban_error(self, code):
        return {
            "country": self.env._("A Saudi IBAN begins with SA."),
            "length": self.env._("A Saudi IBAN has SA and 22 digits: one is missing or too many."),
            "check_digit": self.env._("One digit of the IBAN is wrong; read it again."),
        }.get(code, self.env._("This is not a valid IBAN."))

    def _identity_missing(self):
        """P-36: what is missing of the identity for a registration, in the user's language."""
        identity = self.sudo().identity_id  # whether it is there and sighted, not what it says
        if not identity:
            return [self.env._("The identity: type and number.")]
        if not identity.sighted_at:
            return [self.env._("The original of the identity has not been sighted.")]
        missing = []
        if identity.expiry_date and identity.expiry_date < cpa_today():
            missing.append(
                self.env._("The identity has expired on %(day)s.", day=format_both(identity.expiry_date, self.env.lang))
            )
        policy = self.env["cpa.policy"]._in_force(self.company_id)
        if identity.sighted_how == "video" and policy and not policy.video_sighting_counts:
            missing.append(self.env._("The identity was seen by video only, which the board does not accept."))
        return missing

    def _guardian_missing(self):
        """P-34, P-36: a minor has a guardian, who is somebody: of age, with an identity of his own."""
        if not self.is_minor:
            return []
        guardians = self.representation_ids.filtered(lambda r: r.kind == "guardian" and not r._problems())
        if not guardians:
            return [self.env._("A minor's guardian.")]
        if not guardians.representative_id.sudo().cpa_identity_ids:  # whether there is one, not what it says
            return [self.env._("The identity of the guardian.")]
        return []

    # ------------------------------------------------------------------
    # The identity, typed in the file
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        split = [self._split_identity(vals) for vals in vals_list]
        beneficiaries = super().create([vals for vals, _identity in split])
        beneficiaries._write_identities([identity for _vals, identity in split])
        return beneficiaries

    def write(self, vals):
        vals, identity = self._split_identity(vals)
        super().write(vals)
        self._write_identities([identity] * len(self))
        return True

    @api.model
    def _split_identity(self, vals):
        """Return the values of the file and those of the identity, by the identity's names."""
        identity = {IDENTITY_FIELDS[name]: value for name, value in vals.items() if name in IDENTITY_FIELDS}
        return {name: value for name, value in vals.items() if name not in IDENTITY_FIELDS}, identity

    def _write_identities(self, vals_list):
        """Write or create the identity of each person, with the rights of the user.

        :param vals_list: values of ``cpa.identity``, one dictionary per record of ``self``
        :raise ValidationError: what belongs to an identity was typed without its number
        """
        new = []
        for beneficiary, vals in zip(self, vals_list, strict=True):
            if not vals:
                continue
            # which identity, not what it says; it is written with the rights of the user
            identity = self.env["cpa.identity"].browse(beneficiary.sudo().identity_id.id)
            if identity:
                identity.write(vals)
            elif vals.get("number"):
                new.append(vals | {"partner_id": beneficiary.partner_id.id})
            elif any(value for name, value in vals.items() if name != "type"):
                raise ValidationError(
                    self.env._("Type the identity number too: birth date, expiry and nationality are written with it.")
                )
        if new:
            self.env["cpa.identity"].create(new)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_sight_identity(self):
        """Button: the original lies before me, at the counter (P-32)."""
        self.ensure_one()
        # its own env: the user has to be allowed to write the identity
        # which identity, not what it says; the step asks for the rights of the user
        return self.env["cpa.identity"].browse(self.sudo().identity_id.id).action_sighted()

    def action_show_iban(self):
        """Button: show the whole IBAN for a moment; leaves a trace of who saw whose.

        :raise UserError: the user is none of those who pay or answer for it
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_groups(IBAN_READERS):
            raise UserError(self.env._("The IBAN is shown to those who pay or answer for it only."))
        return self.env["cpa.access.trace"]._show(self, "iban_plain", self.env._("IBAN"))
