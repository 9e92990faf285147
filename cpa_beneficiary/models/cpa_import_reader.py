"""How the cells of a register are read and tried: every fault is named with its column, in the user's words."""

import re

import psycopg2
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..tools.day import DayError, read_day
from ..tools.saudi import normalise_phone
from ..tools.sheet import text_problem
from ..tools.text import ascii_digits, clean_number, name_key
from .cpa_import import Reading

# What a row can fail with when it is tried; all else is a fault of ours and stops the import.
ROW_ERRORS = (UserError, psycopg2.IntegrityError, psycopg2.DataError, ValueError)
AMBIGUOUS = object()
# The column by which two rows are surely the same one.
SURE_COLUMN = {"people": "identity_number", "requests": "register_number"}


class CpaImport(models.Model):
    _inherit = "cpa.import"

    # ------------------------------------------------------------------
    # A batch of rows
    # ------------------------------------------------------------------

    def _process(self, rows):
        """Check rows (everything is tried, nothing stays) or import them; each row gets its state and message."""
        checking = self.state == "checking"
        options = {column.name: self._option_keys(column) for column in self._columns() if column.options}
        readings = [self._read_row(row, options) for row in rows]
        getattr(self, f"_look_up_{self.kind}")(readings)
        good = [reading for reading in readings if not reading.problems and not self._is_duplicate(reading)]
        made, failed = self._try(good, checking)
        for reading in readings:
            if reading.row in failed:
                reading.problems.append(failed[reading.row])
            reading.row._set(self._outcome(reading, made.get(reading.row), checking))

    @api.model
    def _is_duplicate(self, reading):
        return bool(reading.existing) and (reading.is_same or not reading.row.is_new)

    def _outcome(self, reading, record, checking):
        """Return what is kept of a row: its state, what to know, and which record it became or meets."""
        lines = [*reading.problems, *reading.notes, *filter(None, [reading.outlook])]
        vals = {"message": "\n".join(lines) or False, "can_be_new": not reading.is_same}
        if reading.problems:
            return vals | {"state": "bad"}
        if self._is_duplicate(reading):
            found = reading.existing if reading.existing is not True else None
            return vals | {
                "state": "duplicate" if checking else "skipped",
                "res_model": found and found._name,
                "res_id": found and found.id,
            }
        if checking:
            return vals | {"state": "ok"}
        # what it became stands in its own record now
        return vals | {"state": "imported", "res_model": record._name, "res_id": record.id, "values": False}

    def _try(self, readings, checking):
        """Make the records of many rows at once; where that fails, of each half, down to the row that is at fault.

        All that a row makes is made in one savepoint, so no row is ever half-written.

        :return: ({row: record}, {row: message})
        """
        if not readings:
            return {}, {}
        try:
            with self.env.cr.savepoint() as savepoint:
                records = getattr(self, f"_make_{self.kind}")(readings, checking)
                self.env.flush_all()
                if checking:
                    savepoint.rollback()
            return dict(zip((reading.row for reading in readings), records, strict=True)), {}
        except ROW_ERRORS as error:
            if len(readings) == 1:
                return {}, {readings[0].row: self._error_text(error)}
        middle = len(readings) // 2
        made, failed = self._try(readings[:middle], checking)
        more_made, more_failed = self._try(readings[middle:], checking)
        return made | more_made, failed | more_failed

    def _error_text(self, error):
        if isinstance(error, psycopg2.Error):
            table = error.diag.table_name
            model = next((name for name, cls in self.env.registry.items() if cls._table == table), "base")
            return self.env[model]._sql_error_to_message(error)
        return str(error)

    # ------------------------------------------------------------------
    # A row
    # ------------------------------------------------------------------

    def _read_row(self, row, options):
        """Return the ``Reading`` of a row: values as they are written, and all that is wrong with them."""
        reading = Reading(row)
        for column in self._columns():
            text = reading.texts.get(column.name, "")
            try:
                if text:
                    self._check_text(text)
                    reading.values[column.name] = getattr(self, f"_read_{column.kind}")(text, options.get(column.name))
                elif column.required:
                    raise ValueError(self.env._("it is missing."))
            except ValueError as error:
                label = self._labels(column)[0]
                reading.problems.append(self.env._("%(column)s: %(fault)s", column=label, fault=error))
        if row.twin_line:
            reading.existing = True
            reading.is_same = bool(reading.texts.get(SURE_COLUMN[self.kind]))
            reading.notes.append(self.env._("The same stands in line %(line)s already.", line=row.twin_line))
        return reading

    def _check_text(self, text):
        """:raise ValueError: a spreadsheet has spoilt the value; says what to do"""
        problem = text_problem(text)
        if problem == "formula":
            raise ValueError(self.env._("it is a formula; copy the column and paste it as values."))
        if problem == "error":
            raise ValueError(self.env._("Excel shows an error there (%(value)s).", value=text))
        if problem == "cut":
            raise ValueError(
                self.env._(
                    "Excel has cut the number (%(value)s): format the column as text and type it again.", value=text
                )
            )

    # ------------------------------------------------------------------
    # Kinds of cells: (text, options) -> value, or ValueError with what is wrong
    # ------------------------------------------------------------------

    def _read_text(self, text, _options):
        return text

    def _read_number(self, text, _options):
        return clean_number(text)

    def _read_phone(self, text, _options):
        phone = normalise_phone(text)
        if not phone:
            raise ValueError(self.env._("“%(text)s” is no phone number; a mobile is written 05xxxxxxxx.", text=text))
        return phone

    def _read_email(self, text, _options):
        if not email_normalize(text):
            raise ValueError(self.env._("“%(text)s” is no e-mail address.", text=text))
        return text

    def _read_day(self, text, _options):
        try:
            return read_day(text)
        except DayError as error:
            raise ValueError(self._day_message(error, text)) from error

    def _day_message(self, error, text):
        if error.code == "day" and error.limits:
            return self.env._("“%(text)s”: that Hijri month has %(days)s days.", text=text, days=error.limits[1])
        return {
            "number": self.env._(
                "“%(text)s” is a bare number: format the column as a date, or type 1444/04/08.", text=text
            ),
            "year": self.env._("“%(text)s”: write the year with four digits, 1343 to 1500 or Gregorian.", text=text),
            "month": self.env._("“%(text)s”: there is no such month.", text=text),
            "day": self.env._("“%(text)s”: that month has no such day.", text=text),
        }.get(error.code, self.env._("“%(text)s” is no date: write 1444/04/08 or 2022-11-02.", text=text))

    def _read_amount(self, text, _options):
        typed = ascii_digits(text).replace("٬", "").replace(",", "").replace("٫", ".")
        number = "".join(char for char in typed if char in "0123456789.")
        try:
            return float(number)
        except ValueError:
            raise ValueError(self.env._("“%(text)s” is no amount.", text=text)) from None

    def _read_choice(self, text, options):
        found = options.get(name_key(text))
        if found is AMBIGUOUS:
            raise ValueError(self.env._("“%(text)s” may mean more than one; write its code.", text=text))
        if not found:
            raise ValueError(self.env._("“%(text)s” is none of the choices; the template lists them.", text=text))
        return found

    def _read_choices(self, text, options):
        parts = re.split(r"[,،;؛/|\n]", text)
        return [self._read_choice(part.strip(), options) for part in parts if part.strip()]

    # ------------------------------------------------------------------
    # Choices
    # ------------------------------------------------------------------

    def _options(self, column):
        """Return the choices of a column as a list of (value, [labels and codes]), in the user's language first."""
        return getattr(self, f"_options_{column.options}")()

    def _option_labels(self, column):
        """Return the labels of the choices, in the user's language."""
        return [labels[0] for _value, labels in self._options(column)]

    def _option_keys(self, column):
        """Return {label as compared: value} in all languages of the database; ``AMBIGUOUS`` where two meet."""
        keys = {}
        for lang in dict.fromkeys([self.env.lang or "en_US", "en_US", *self._installed_langs()]):
            for value, labels in self.with_context(lang=lang)._options(column):
                for label in filter(None, labels):
                    if keys.setdefault(name_key(label), value) != value:
                        keys[name_key(label)] = AMBIGUOUS
        return keys

    @api.model
    def _installed_langs(self):
        return [code for code, _name in self.env["res.lang"].get_installed()]

    def _record_options(self, model, domain=(), code=None):
        records = self.env[model].search(list(domain))
        return [(record.id, [record.name, record[code] if code else False]) for record in records]

    def _selection_options(self, model, field_name):
        selection = self.env[model]._fields[field_name]._description_selection(self.env)
        return [(value, [label, value]) for value, label in selection]

    def _options_identity_type(self):
        return self._selection_options("cpa.identity", "type")

    def _options_governorate(self):
        return self._record_options("cpa.governorate", code="code")

    def _options_segment(self):
        return self._record_options("cpa.segment", code="code")

    def _options_branch(self):
        return self._record_options("cpa.branch")

    def _options_country(self):
        return [(value, [name, code, *_adjectives(name)]) for value, (name, code) in self._countries()]

    def _countries(self):
        return [(country.id, (country.name, country.code)) for country in self.env["res.country"].search([])]


def _adjectives(name):
    """Return the Arabic adjectives of a country's name, as registers write a nationality: يمني, يمنية."""
    stem = name_key(name).split(" ")[-1] if name else ""
    stem = stem.removesuffix("يه").removesuffix("يا").removesuffix("ا")
    return [f"{stem}ي", f"{stem}يه"] if stem and stem[-1] >= "ء" else []
