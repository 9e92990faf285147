"""People out of a register: each a new file, with identity and guardian; the original is sighted later (P-36)."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ..tools.riyadh import cpa_today
from ..tools.saudi import IQAMA, NATIONAL_ID, check_identity, normalise_identity
from ..tools.text import clean_number, name_key
from .cpa_beneficiary_identity import ADULT_AGE, age
from .cpa_import import Column

_lt = LazyTranslate(__name__)

# A name in three parts or more says something; "Mohammed Ali" does not.
TELLING_NAME_WORDS = 3

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
    Column("governorate", _lt("Governorate|City"), "choice", _lt("From the list."), options="governorate"),
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
    Column(
        "register_number",
        _lt("Number in the register|Old file number|Register number|File number|No."),
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
        kind = values.setdefault(type_name, {"1": NATIONAL_ID, "2": IQAMA}.get(number[0]))
        column = next(column for column in COLUMNS if column.name == number_name)
        error = check_identity(kind, number) if kind else "unknown_type"
        if error:
            fault = self.env["cpa.identity"]._number_error(error)
            if error == "unknown_type":
                fault = self.env._("Say which type of identity it is.")
            reading.problems.append(self.env._("%(column)s: %(fault)s", column=self._labels(column)[0], fault=fault))

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
        """Find who exists already: by identity surely; by phone or by a telling name likely, if no identity differs."""
        numbers = [number for reading in readings if (number := reading.values.get("identity_number"))]
        phones = [phone for reading in readings if (phone := reading.values.get("phone"))]
        keys = {key for reading in readings if (key := self._telling_name(reading.values.get("name")))}
        # an identity is unique over all files, whoever may see them; the file is named only to who may see it
        identities = self.env["cpa.identity"].sudo().search([("number_plain", "in", numbers)])
        by_number = {(identity.number_plain, identity.type): identity for identity in identities}
        holders = self._holders(identities)
        files = self.env["cpa.beneficiary"].search(
            ["|", ("phone", "in", phones), ("partner_id.cpa_name_key", "in", list(keys))]
        )
        known = {identity.partner_id: identity for identity in files.partner_id.sudo().cpa_identity_ids}
        by_phone, by_name = files.grouped("phone"), files.grouped(lambda file: file.partner_id.cpa_name_key)
        for reading in readings:
            values = reading.values
            identity = by_number.get((values.get("identity_number"), values.get("identity_type")))
            if identity:
                reading.existing = holders.get(identity.partner_id) or True
                reading.is_same = True
                self._note_existing(reading, self.env._("the same identity"))
                continue
            for found, reason in (
                (by_phone.get(values.get("phone")), self.env._("the same phone number")),
                (by_name.get(self._telling_name(values.get("name"))), self.env._("the same name")),
            ):
                likely = found and found.filtered(
                    lambda file: not (values.get("identity_number") and file.partner_id in known)
                )
                if likely:
                    reading.existing = likely[:1]
                    self._note_existing(reading, reason)
                    break

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

    @staticmethod
    def _telling_name(name):
        key = name_key(name)
        return key if len(key.split()) >= TELLING_NAME_WORDS else None

    # ------------------------------------------------------------------
    # Made
    # ------------------------------------------------------------------

    def _make_people(self, readings, checking):
        """Create the files of many rows with all that belongs to them; the caller's savepoint holds them together."""
        files = self.env["cpa.beneficiary"].create([self._beneficiary_vals(reading) for reading in readings])
        self.env["cpa.identity"].create(
            [
                self._identity_vals(reading, file)
                for reading, file in zip(readings, files, strict=True)
                if reading.values.get("identity_number")
            ]
        )
        self._make_guardians(readings, files)
        return files

    def _beneficiary_vals(self, reading):
        values = reading.values
        return {
            "name": values["name"],
            "phone": values.get("phone", False),
            "email": values.get("email", False),
            "governorate_id": values.get("governorate", False),
            "segment_ids": [(6, 0, values.get("segments", []))],
            "branch_id": values.get("branch") or self.branch_id.id,
            "company_id": self.company_id.id,
            "officer_id": False,
            "register_number": values.get("register_number", False),
        }

    def _identity_vals(self, reading, file):
        values = reading.values
        return {
            "partner_id": file.partner_id.id,
            "type": values["identity_type"],
            "number": values["identity_number"],
            "country_id": values.get("identity_country", False),
            "expiry_date": values.get("identity_expiry", False),
            "birth_date": values.get("birth_date", False),
            "nationality_id": values.get("nationality", False),
        }

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
