from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.riyadh import cpa_today
from ..tools.saudi import check_identity, normalise_identity

SHOWN_DIGITS = 4
MASK = "•"


class CpaIdentity(models.Model):
    """The official identity of a person: one for all roles of the same contact.

    The number is stored where no role can read it. What is read is its mask; who needs the number asks for it
    (``action_show``), which leaves a trace. No copy of the document is ever kept: the law allows sighting it only.
    """

    _name = "cpa.identity"
    _description = "Identity"
    _rec_name = "number"
    _order = "id desc"

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
    number = fields.Char(
        compute="_compute_number",
        inverse="_inverse_number",
        search="_search_number",
        required=True,
        help="Only the last digits are shown; type a number to replace it.",
    )
    number_plain = fields.Char(groups=fields.NO_ACCESS, copy=False)
    expiry_date = fields.Date("Valid until")
    birth_date = fields.Date()
    nationality_id = fields.Many2one("res.country")

    # P-32: the original was seen
    sighted_at = fields.Datetime("Original sighted at", readonly=True)
    sighted_by = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    sighted_how = fields.Selection([("counter", "At the counter"), ("visit", "On a visit"), ("video", "By video")])

    # checked at the end of a statement: in a merge two identities change hands in one
    _partner_uniq = models.Constraint(
        "UNIQUE(partner_id) DEFERRABLE INITIALLY IMMEDIATE", "This person's identity is recorded already."
    )
    _number_uniq = models.UniqueIndex(
        "(number_plain, type, COALESCE(country_id, 0))", "This identity number belongs to a file that exists already."
    )

    @api.depends("number_plain")
    def _compute_number(self):
        for identity in self:
            plain = identity.sudo().number_plain or ""  # read to be masked
            identity.number = MASK * max(len(plain) - SHOWN_DIGITS, 0) + plain[-SHOWN_DIGITS:] if plain else False

    def _inverse_number(self):
        for identity in self:
            number = normalise_identity(identity.number)
            if MASK not in number:
                # the one way in: what was typed becomes the stored number, checked by the constraint below
                identity.sudo().number_plain = number
        # from now on it is read as its mask, in this transaction too
        self.invalidate_recordset(["number"], flush=False)

    def _search_number(self, operator, value):
        if operator not in ("=", "in"):
            raise UserError(self.env._("An identity number is searched whole, never by a part."))
        values = [value] if operator == "=" else value
        numbers = [normalise_identity(number) for number in values if isinstance(number, str)]
        # exact matches only: it finds a file for someone who already has the number
        return [("id", "in", self.sudo()._search([("number_plain", "in", numbers)]))]

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

    def _number_error(self, code):
        return {
            "prefix": self.env._("The number does not fit its type: a national ID begins with 1, an Iqama with 2."),
            "length": self.env._("The identity number has too few or too many digits."),
            "check_digit": self.env._("One digit of the identity number is wrong; read it again from the card."),
        }.get(code, self.env._("This is not a valid identity number."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_typed(vals)
        # given, so that no default of a context or of a user stands in for the sighting
        identities = super().create([vals | {"sighted_at": False, "sighted_by": False} for vals in vals_list])
        if not all(identity.number for identity in identities):
            raise ValidationError(self._number_error("empty"))
        return identities

    def write(self, vals):
        self._check_not_typed(vals)
        before = [(identity, identity._document()) for identity in self]
        super().write(vals)
        for identity, document in before:
            if identity._document() != document:
                identity._record_sighting(False)  # another number or another person is another document
            if not identity.number:
                raise ValidationError(self._number_error("empty"))
        return True

    def _document(self):
        """Return what makes the document that was sighted; the mask would hide a change of the first digits."""
        self.ensure_one()
        return self.partner_id, self.type, self.country_id, self.sudo().number_plain  # compared, not shown

    def _check_not_typed(self, vals):
        if vals.keys() & {"sighted_at", "sighted_by"}:
            raise UserError(self.env._("Who sighted the original, and when, is recorded by sighting it."))

    def _record_sighting(self, how):
        return super().write(
            {
                "sighted_at": fields.Datetime.now() if how else False,
                "sighted_by": self.env.uid if how else False,
                "sighted_how": how,
            }
        )

    def action_sighted(self):
        """Button: the original lies before me. Records who, when and how (P-32)."""
        self.check_access("write")
        for identity in self:
            identity._record_sighting(identity.sighted_how or "counter")
        return True

    def action_show(self):
        """Button: show the whole number for a moment; leaves a trace of who saw whose.

        :raise AccessError: the user may not read this identity
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["cpa.access.trace"]._show(self, "number_plain", self.env._("Identity number"))
