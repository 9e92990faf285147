from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today
from ..tools.saudi import (
    GCC_ID,
    NATIONAL_ID,
    PASSPORT,
    check_identity,
    guess_identity_type,
    normalise_identity,
    warn_identity,
)
from .masked import MASK, Masked, mask

# Documents whose number is unique only together with the country that issued them.
BY_COUNTRY = (GCC_ID, PASSPORT)
# Written by the sighting alone.
SIGHTING_FIELDS = ("sighted_at", "sighted_by", "sighting_entered_at", "sighting_reason", "sighting_scan_id")


class CpaIdentity(models.Model):
    """The official identity of a person: one for all roles of the same contact.

    The number is stored where no role can read it. What is read is its mask; who needs the number asks for it
    (``action_show``), which leaves a trace. No copy of the document is ever kept: the law allows sighting it only.
    """

    _name = "cpa.identity"
    _description = "Identity"
    _inherit = ["cpa.hijri.mixin", "cpa.happened.mixin"]
    _rec_name = "number"
    _order = "id desc"
    _hijri = {"birth_date_hijri": "birth_date", "expiry_date_hijri": "expiry_date"}

    partner_id = fields.Many2one("res.partner", "Person", required=True, ondelete="restrict", readonly=True)
    type = fields.Selection(
        [
            ("NAT", "National ID"),
            ("IQA", "Iqama"),
            ("GCC", "GCC ID"),
            ("PAS", "Passport"),
            ("CRN", "Commercial registration"),
            ("700", "Unified number (700)"),
        ],
        required=True,
        default="NAT",
    )
    country_id = fields.Many2one("res.country", "Issued by")
    number = Masked(
        plain="number_plain",
        normalise=normalise_identity,
        required=True,
        help="Only the last digits are shown; type a number to replace it.",
    )
    number_plain = fields.Char(groups=fields.NO_ACCESS, copy=False)
    expiry_date = fields.Date("Valid until")
    expiry_date_hijri = fields.Char("Valid until (Hijri)", compute="_compute_hijri", readonly=False)
    birth_date = fields.Date()
    birth_date_hijri = fields.Char("Birth date (Hijri)", compute="_compute_hijri", readonly=False)
    nationality_id = fields.Many2one("res.country")

    # P-32: the original was seen
    sighted_how = fields.Selection([("counter", "At the counter"), ("visit", "On a visit"), ("video", "By video")])
    sighted_at = fields.Datetime("Original sighted at", readonly=True)
    sighted_by = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    sighting_entered_at = fields.Datetime("Sighting entered at", readonly=True)
    sighting_reason = fields.Text("Why it was entered later", readonly=True)
    sighting_scan_id = fields.Many2one(
        "ir.attachment",
        "Paper on which the sighting was noted",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    # checked at the end of a statement: in a merge two identities change hands in one
    _partner_uniq = models.Constraint(
        "UNIQUE(partner_id) DEFERRABLE INITIALLY IMMEDIATE", "This person's identity is recorded already."
    )
    _number_uniq = models.UniqueIndex(
        "(number_plain, type, COALESCE(country_id, 0))", "This identity number belongs to a file that exists already."
    )

    @api.constrains("number_plain", "type", "country_id")
    def _check_number(self):
        """:raise ValidationError: the number cannot be one of its type (saudi-data: prefix, length, check digit)"""
        for identity in self:
            plain = identity.sudo().number_plain  # checked, not shown
            # at creation the type is stored before the number: create() sees to it that one follows
            error = plain and check_identity(identity.type, plain)
            if error:
                raise ValidationError(self._number_error(error))
            if identity.type == "GCC" and not identity.country_id:
                raise ValidationError(self.env._("A GCC identity needs the country that issued it."))

    @api.constrains("birth_date")
    def _check_birth_date(self):
        for identity in self:
            if identity.birth_date and identity.birth_date > cpa_today():
                raise ValidationError(self.env._("A birth date cannot be in the future."))
        self.partner_id.sudo().cpa_representation_ids._check_power()  # whether who acts for others is of age

    def _number_error(self, code):
        return {
            "prefix": self.env._("The number does not fit its type: a national ID begins with 1, an Iqama with 2."),
            "length": self.env._("The identity number has too few or too many digits."),
            "check_digit": self.env._("One digit of the identity number is wrong; read it again from the card."),
        }.get(code, self.env._("This is not a valid identity number."))

    @api.onchange("birth_date_hijri", "expiry_date_hijri")
    def _onchange_typed_hijri(self):
        return self._onchange_hijri()

    @api.onchange("number")
    def _onchange_number(self):
        self.type = guess_identity_type(normalise_identity(self.number)) or self.type

    # ------------------------------------------------------------------
    # One number, one person (P-32)
    # ------------------------------------------------------------------

    def _check_nobody_elses(self, vals_list):
        """Refuse numbers that are somebody else's, before the database does and with the way to the existing file.

        :param vals_list: values about to be created, or one to be written on ``self``
        :raise ValidationError: names the existing file where the user may see it
        """
        numbers = {normalise_identity(vals.get("number")) for vals in vals_list} - {""}
        # whoever asks: a number is found whole, by someone who has it; what is told about it depends on the user
        taken = self.sudo().search([("number_plain", "in", list(numbers)), ("id", "not in", self.ids)])
        if not taken:
            return
        known = {
            (
                identity.number_plain,
                identity.type,
                identity.country_id.id if identity.type in BY_COUNTRY else False,
            ): identity
            for identity in taken
        }
        for vals in vals_list:
            kind = vals.get("type") or self[:1].type or NATIONAL_ID
            country = vals.get("country_id", self[:1].country_id.id) if kind in BY_COUNTRY else False
            same = known.get((normalise_identity(vals.get("number")), kind, country))
            if same:
                raise ValidationError(self._number_taken(same))

    def _number_taken(self, identity):
        """Return what to tell a user who types the number of ``identity`` (read as superuser) for another person."""
        masked = mask(identity.number_plain)
        partner = self.env["res.partner"].browse(identity.partner_id.id)
        if not partner.has_access("read"):
            return self.env._(
                "The identity number %(number)s belongs to a person whose file is not among yours. "
                "A relations officer can open it or hand it over.",
                number=masked,
            )
        file = self.env["cpa.beneficiary"]
        if file.has_access("read"):
            file = partner.with_context(active_test=False).cpa_beneficiary_ids[:1]
        if file:
            return self.env._(
                "The identity number %(number)s belongs to the file “%(file)s”, which exists already: "
                "search the number under People and open that file.",
                number=masked,
                file=file.display_name,
            )
        return self.env._(
            "The identity number %(number)s belongs to “%(name)s”, who is known already as a contact: "
            "choose this contact instead of a new one.",
            number=masked,
            name=partner.name,
        )

    @api.model
    def _warnings(self, kind, number, country_code, expiry_date):
        """Return what is unusual, though not refused, about an identity that may still be being typed.

        :param number: ``str``, normalised and whole, or an empty value
        :return: list of ``str`` in the user's language
        """
        lines = []
        if number and not check_identity(kind, number) and warn_identity(kind, number, country_code):
            lines.append(self.env._("The identity number has an unusual length: read it again from the card."))
        if expiry_date and expiry_date < cpa_today():
            lines.append(self.env._("The identity expired on %(day)s.", day=format_both(expiry_date, self.env.lang)))
        return lines

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_typed(vals)
        # given, so that no default of a context or of a user stands in for the sighting
        vals_list = [self._with_type(vals) | dict.fromkeys(SIGHTING_FIELDS, False) for vals in vals_list]
        self._check_nobody_elses(vals_list)
        identities = super().create(vals_list)
        if not all(identity.number for identity in identities):
            raise ValidationError(self._number_error("empty"))
        return identities

    def write(self, vals):
        self._check_not_typed(vals)
        if MASK not in (vals.get("number") or ""):
            self._check_nobody_elses([vals])
        before = [(identity, identity._document()) for identity in self]
        super().write(vals)
        for identity, document in before:
            if identity._document() != document:
                identity._record_sighting(False)  # another number or another person is another document
            if not identity.number:
                raise ValidationError(self._number_error("empty"))
        return True

    @api.model
    def _with_type(self, vals):
        """Return ``vals`` with the type that the number tells, where none is given."""
        guessed = None if vals.get("type") else guess_identity_type(normalise_identity(vals.get("number")))
        return {**vals, "type": guessed} if guessed else vals

    def _document(self):
        """Return what makes the document that was sighted; the mask would hide a change of the first digits."""
        self.ensure_one()
        return self.partner_id, self.type, self.country_id, self.sudo().number_plain  # compared, not shown

    def _check_not_typed(self, vals):
        how = vals.get("sighted_how")
        if vals.keys() & set(SIGHTING_FIELDS) or (
            "sighted_how" in vals and any(identity.sighted_at and identity.sighted_how != how for identity in self)
        ):
            raise UserError(self.env._("Who sighted the original, and when, is recorded by sighting it."))

    def _record_sighting(self, how, happened=None):
        """Record that the original was seen, or with ``how`` False that it has to be seen again.

        :param happened: ``Happened``; None for just now
        """
        now = fields.Datetime.now()
        return super().write(
            dict.fromkeys((*SIGHTING_FIELDS, "sighted_how"), False)
            if not how
            else {
                "sighted_how": how,
                "sighted_at": happened.time(now) if happened else now,
                "sighted_by": self.env.uid,
                "sighting_entered_at": now,
                "sighting_reason": happened.reason if happened else False,
                "sighting_scan_id": self._happened_keep_scan(happened).id if happened else False,
            }
        )

    def action_sighted(self, how=None, about=None):
        """Button: the original lies before me. Records who, when and how (P-32).

        :param how: a key of ``sighted_how``; by default what the identity says, else at the counter
        :param about: where it was seen earlier than now, the values of ``cpa.happened.mixin`` (time, reason, scan)
        :raise UserError: what a sighting that is set back still lacks, all of it
        """
        self.check_access("write")
        for identity in self:
            happened = self._happened_pop(dict(about or {}))
            missing = self._happened_missing(happened, fields.Datetime.now())
            if missing:
                raise UserError("\n".join(missing))
            identity._record_sighting(how or identity.sighted_how or "counter", happened)
        return True

    def action_sighted_earlier(self):
        """Button: it was seen before now; ask when, how, and for the paper on which it was noted."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sighted earlier"),
            "res_model": "cpa.sighting.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_identity_id": self.id},
        }

    def action_show(self):
        """Button: show the whole number for a moment; leaves a trace of who saw whose.

        :raise AccessError: the user may not read this identity
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["cpa.access.trace"]._show(self, "number_plain", self.env._("Identity number"))
