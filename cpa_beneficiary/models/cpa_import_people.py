"""People out of a register: each a new file, with identity and guardian; the original is sighted later (P-36)."""

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ..tools.riyadh import cpa_today
from ..tools.saudi import check_iban, check_identity, guess_identity_type, normalise_iban, normalise_identity
from ..tools.text import clean_number, name_key
from .cpa_beneficiary_identity import ADULT_AGE, age
from .cpa_identity import BY_COUNTRY
from .cpa_import import Column

_lt = LazyTranslate(__name__)

# The columns of the identity, by the file's fields.
IDENTITY = {
    "identity_type": "identity_type",
    "identity_number": "identity_number",
    "identity_country_id": "identity_country",
    "identity_expiry_date": "identity_expiry",
    "birth_date": "birth_date",
    "nationality_id": "nationality",
}
# The columns of the National Address, by the contact's fields.
ADDRESS = {
    "cpa_short_address": "short_address",
    "cpa_building_number": "building",
    "street": "street",
    "street2": "district",
    "city": "city",
    "zip": "zip",
    "cpa_additional_number": "additional",
    "cpa_unit_number": "unit",
}
DAY_NOTE = _lt("As it stands in the register, in either calendar: 1444/04/08 or 2022-11-02. The year with four digits.")
TYPE_NOTE = _lt("From the list. Left empty: ten digits beginning with 1 are a national ID, with 2 an Iqama.")

COLUMNS = (
    Column("name", _lt("Name|Full name|Beneficiary|Beneficiary name"), "text", _lt("The full name."), required=True),
    Column("identity_type", _lt("Identity type|Type of identity"), "choice", TYPE_NOTE, options="identity_type"),
    Column(
        "identity_number",
        _lt("Identity number|Identity|ID|ID number|National ID|National ID number|Iqama|Iqama number"),
        "number",
        _lt("All digits. The column is formatted as text, so that Excel does not cut it."),
    ),
    Column(
        "identity_country",
        _lt("Issuing country|Identity issued by"),
        "choice",
        _lt("For a GCC identity or a passport."),
        options="country",
    ),
    Column("identity_expiry", _lt("Identity valid until|Identity expiry|Expiry date"), "day", DAY_NOTE),
    Column("birth_date", _lt("Birth date|Date of birth|Born"), "day", DAY_NOTE),
    Column("nationality", _lt("Nationality"), "choice", _lt("The country."), options="country"),
    Column(
        "phone",
        _lt("Mobile|Phone|Telephone|Mobile number|Phone number"),
        "phone",
        _lt("05xxxxxxxx, or with the country: +9665xxxxxxxx."),
    ),
    Column("email", _lt("E-mail|Email|E-mail address"), "email", _lt("One address.")),
    Column("governorate", _lt("Governorate"), "choice", _lt("From the list."), options="governorate"),
    Column(
        "segments",
        _lt("Segments|Segment|Category"),
        "choices",
        _lt("One or more of the choices, with a comma between them."),
        options="segment",
    ),
    Column("branch", _lt("Branch|Branch office"), "choice", _lt("Left empty: the import's branch."), options="branch"),
    Column(
        "guardian_name",
        _lt("Guardian|Guardian's name|Guardian name"),
        "text",
        _lt("For a minor: who acts and signs for the child."),
    ),
    Column(
        "guardian_identity",
        _lt("Guardian's identity number|Guardian identity|Guardian ID"),
        "number",
        _lt("The guardian's national ID or Iqama. Known already: the same person."),
    ),
    Column("guardian_phone", _lt("Guardian's mobile|Guardian phone|Guardian mobile"), "phone", _lt("05xxxxxxxx.")),
    Column("iban", _lt("IBAN|Bank account|Account number"), "text", _lt("SA and 22 digits.")),
    Column("short_address", _lt("Short address|Short National Address"), "text", _lt("Four letters and four digits.")),
    Column("building", _lt("Building number|Building"), "number", _lt("Four digits.")),
    Column("street", _lt("Street"), "text", _lt("The name of the street.")),
    Column("district", _lt("District"), "text", _lt("The name of the district.")),
    Column("city", _lt("City|Town or village"), "text", _lt("City, town or village.")),
    Column("zip", _lt("Postal code"), "number", _lt("Five digits.")),
    Column("additional", _lt("Additional number"), "number", _lt("Four digits.")),
    Column("unit", _lt("Unit number|Unit"), "number", _lt("Flat or office.")),
    Column(
        "register_number",
        _lt("Number in the register|Old file number|Register number|File number"),
        "text",
        _lt("The number in your register, kept as a reference. The file gets a number of its own at registration."),
    ),
)


class CpaImport(models.Model):
    _inherit = "cpa.import"

    def _columns_people(self):
        return COLUMNS

    def _key_people(self, values):
        """Return by what two rows of one file are the same person (``None``: nothing telling)."""
        if number := normalise_identity(values.get("identity_number")):
            return number
        name, phone = name_key(values.get("name")), clean_number(values.get("phone"))
        return (name, phone) if name and phone else None

    # ------------------------------------------------------------------
    # Checked before it is tried
    # ------------------------------------------------------------------

    def _look_up_people(self, readings):
        """Add to each reading what its values say together, and who exists already."""
        sensitive = set(self.env["cpa.segment"].search([("needs_consent", "=", True)]).ids)
        for reading in readings:
            values = reading.values
            self._check_identity_of(reading, "identity_number", "identity_type")
            self._check_identity_of(reading, "guardian_identity", "guardian_type")
            self._check_birth(reading)
            self._check_account_and_address(reading)
            if sensitive & set(values.get("segments", [])):
                # by law kept only with explicit consent, and a register proves none
                reading.problems.append(
                    self.env._("A segment that needs explicit consent: take it out, and add it with the consent.")
                )
        self._find_existing(readings)

    def _check_identity_of(self, reading, number_name, type_name):
        values = reading.values
        number = normalise_identity(values.get(number_name))
        if not number:
            return
        values[number_name] = number
        kind = values.setdefault(type_name, guess_identity_type(number))
        column = next(column for column in COLUMNS if column.name == number_name)
        error = check_identity(kind, number) if kind else "unknown_type"
        if error:
            fault = self.env["cpa.identity"]._number_error(error)
            if error == "unknown_type":
                fault = self.env._("Say which type of identity it is.")
            reading.problems.append(self.env._("%(column)s: %(fault)s", column=self._labels(column)[0], fault=fault))

    def _check_account_and_address(self, reading):
        values = reading.values
        iban = normalise_iban(values.get("iban"))
        if iban:
            values["iban"] = iban
        if iban and check_iban(iban):
            reading.problems.append(self.env["cpa.beneficiary"]._iban_error(check_iban(iban)))
        address = {field: values[name] for field, name in ADDRESS.items() if values.get(name)}
        if address:
            Partner = self.env["res.partner"]
            # tried on paper, by the contact's own rule
            reading.problems += Partner.new(Partner._cpa_normalise(address))._cpa_address_problems().values()

    def _check_birth(self, reading):
        values, today = reading.values, cpa_today()
        born, expiry = values.get("birth_date"), values.get("identity_expiry")
        if born and born > today:
            reading.problems.append(self.env._("A birth date cannot be in the future."))
        elif born and age(born, today) < ADULT_AGE and not values.get("guardian_name"):
            reading.problems.append(self.env._("A minor's guardian."))
        if expiry and expiry < today:
            reading.notes.append(self.env._("The identity has expired: the registration will ask for a valid one."))
        if (born or expiry or values.get("nationality")) and not reading.texts.get("identity_number"):
            reading.notes.append(
                self.env._("Birth date, nationality and expiry are kept with an identity number only.")
            )

    def _find_existing(self, readings):
        """Find who exists already: surely by identity; likely by phone, account or name, if no identity differs."""
        numbers = [number for reading in readings if (number := reading.values.get("identity_number"))]
        # an identity is unique over all files, whoever may see them; the file is named only to who may see it
        identities = self.env["cpa.identity"].sudo().search([("number_plain", "in", numbers)])
        by_number = {self._document_key(i.number_plain, i.type, i.country_id.id): i for i in identities}
        holders = self._holders(identities)
        unknown = []
        for reading in readings:
            values = reading.values
            identity = by_number.get(
                self._document_key(
                    values.get("identity_number"), values.get("identity_type"), values.get("identity_country")
                )
            )
            if not identity:
                unknown.append(reading)
            elif identity.partner_id in holders or not self._is_contact_only(identity, values):
                reading.existing, reading.is_same = holders.get(identity.partner_id) or True, True
                self._note_existing(reading, self.env._("the same identity"))
            else:
                # a guardian, say, who came in with a child: the same identity and name is the same person
                reading.contact = self.env["res.partner"].browse(identity.partner_id.id)
        self._find_likely(unknown)

    @staticmethod
    def _document_key(number, kind, country_id):
        return number, kind, country_id if kind in BY_COUNTRY else False

    def _is_contact_only(self, identity, values):
        """Return whether an identity is that of a contact of this name without a file, whom the user sees."""
        contact = self.env["res.partner"].browse(identity.partner_id.id)
        files = contact.sudo().with_context(active_test=False).cpa_beneficiary_ids  # whether there is one
        return not files and contact.has_access("read") and name_key(contact.name) == name_key(values.get("name"))

    def _find_likely(self, readings):
        """Find files that may be the same person's. Those whose identity is known too are another's: it differs.

        A row without an identity is compared as closely as at the counter; one with an identity meets files without
        one only, and by equal data, which is asked for all rows at once.
        """
        told = [reading for reading in readings if reading.values.get("identity_number")]
        alike = self._files_alike(told)
        for reading in readings:
            values = reading.values
            if values.get("identity_number"):
                keys = [("phone", values.get("phone")), ("iban", values.get("iban"))]
                keys.append(("name", name_key(values.get("name"))))
                found = [(key[0], alike[key]) for key in keys if key in alike]
            else:
                names = ("name", "phone", "iban", "birth_date")
                rows = self.env["cpa.beneficiary"]._find_duplicates({name: values.get(name) for name in names})
                found = [(row["reason"], self.env["cpa.beneficiary"].browse(row["id"])) for row in rows if row["id"]]
            if found:
                reason, reading.existing = found[0]
                self._note_existing(reading, self._likeness(reason))

    def _files_alike(self, readings):
        """Return {(reason, phone, IBAN or name key): file} of the files without an identity that the user may see."""
        phones, ibans, names = (
            list(filter(None, {reading.values.get(name) for reading in readings})) for name in ("phone", "iban", "name")
        )
        # by whole numbers that the user has in his register; only files that he may see are returned
        paid = self.env["cpa.beneficiary"].sudo()._search([("iban_plain", "in", ibans)])
        domain = Domain("phone", "in", phones) | Domain("id", "in", paid)
        keys = [key for key in map(name_key, names) if " " in key]  # one word is no name yet
        domain |= Domain("partner_id.cpa_name_key", "in", keys)
        files = self.env["cpa.beneficiary"].search(domain & Domain("partner_id.cpa_identity_ids", "=", False))
        alike = {}
        for file in files:
            for key in (
                ("phone", file.phone),
                ("iban", file.sudo().iban_plain),  # compared with one that the user has in his register
                ("name", file.partner_id.sudo().cpa_name_key),
            ):
                alike.setdefault(key, file)
        return alike

    def _likeness(self, reason):
        return {
            "phone": self.env._("the same phone number"),
            "iban": self.env._("the same IBAN"),
            "name": self.env._("a close name"),
        }[reason]

    def _holders(self, identities):
        """Return {contact: file that stands for him now} of those identities whose file the user may see."""
        files = (
            self.env["cpa.beneficiary"]
            .with_context(active_test=False)
            .search([("partner_id", "in", identities.partner_id.ids)])
        )
        return {file.partner_id: file.merged_into_id or file for file in files}

    def _note_existing(self, reading, reason):
        file = reading.existing
        if file is True or not file:
            reading.notes.append(self.env._("Exists already (%(reason)s).", reason=reason))
        else:
            reading.notes.append(
                self.env._(
                    "Exists already: file %(file)s (%(reason)s).",
                    file=file.file_number or file.display_name,
                    reason=reason,
                )
            )

    # ------------------------------------------------------------------
    # Made
    # ------------------------------------------------------------------

    def _make_people(self, readings, checking):
        """Create the files of many rows with all that belongs to them; the caller's savepoint holds them together."""
        files = self.env["cpa.beneficiary"].create([self._beneficiary_vals(reading) for reading in readings])
        self._make_guardians(readings, files)
        return files

    def _beneficiary_vals(self, reading):
        values = reading.values
        vals = {
            "name": values["name"],
            "governorate_id": values.get("governorate", False),
            "segment_ids": [Command.set(values.get("segments", []))],
            "branch_id": values.get("branch") or self.branch_id.id,
            "company_id": self.company_id.id,
            "officer_id": False,
            "register_number": values.get("register_number", False),
        }
        vals |= {name: values[name] for name in ("phone", "email", "iban") if values.get(name)}
        vals |= {field: values[name] for field, name in ADDRESS.items() if values.get(name)}
        if values.get("identity_number"):
            vals |= {field: values[name] for field, name in IDENTITY.items() if values.get(name)}
        if reading.contact:
            vals["partner_id"] = reading.contact.id
        return vals

    def _make_guardians(self, readings, files):
        """Let guardians act for the minors: who is known by identity is the same person, all others are new contacts.

        :raise UserError: the guardian's identity belongs to someone of another name
        """
        wanted = [
            (reading.values, file)
            for reading, file in zip(readings, files, strict=True)
            if reading.values.get("guardian_name")
        ]
        numbers = [values["guardian_identity"] for values, _file in wanted if values.get("guardian_identity")]
        # found by the whole number; whose it is has to be known to whoever links them
        identities = self.env["cpa.identity"].sudo().search([("number_plain", "in", numbers)])
        guardians = {identity.number_plain: identity.partner_id for identity in identities}
        vals_list = []
        for values, file in wanted:
            number = values.get("guardian_identity")
            guardian = guardians.get(number) if number else None
            if not guardian:
                guardian = self._make_guardian(values)
                guardians[number] = guardian
            elif name_key(guardian.name) != name_key(values["guardian_name"]):
                raise UserError(self.env._("The guardian's identity number belongs to someone of another name."))
            vals_list.append({"beneficiary_id": file.id, "representative_id": guardian.id, "kind": "guardian"})
        self.env["cpa.representation"].create(vals_list)

    def _make_guardian(self, values):
        guardian = self.env["res.partner"].create(
            {"name": values["guardian_name"], "phone": values.get("guardian_phone", False)}
        )
        if values.get("guardian_identity"):
            self.env["cpa.identity"].create(
                {
                    "partner_id": guardian.id,
                    "type": values["guardian_type"],
                    "number": values["guardian_identity"],
                }
            )
        return guardian
