from odoo import api, models
from odoo.exceptions import ValidationError

from ..tools.day import DayError, read_day
from ..tools.hijri import FIRST_HIJRI_YEAR, LAST_HIJRI_YEAR, short_hijri


class CpaHijriMixin(models.AbstractModel):
    """Dates that people know in the Hijri calendar: stored in the Gregorian one, typed and shown in both.

    A model names in ``_hijri`` the fields of text that stand beside its dates; it declares them with
    ``compute="_compute_hijri", readonly=False`` and passes their change on to ``_onchange_hijri``.
    """

    _name = "cpa.hijri.mixin"
    _description = "Dates in both calendars"

    _hijri = {}  # the field in which a date is typed as Hijri: the field that stores it

    @api.depends(lambda self: tuple(self._hijri.values()))
    def _compute_hijri(self):
        for record in self:
            for typed, day in self._hijri.items():
                record[typed] = short_hijri(record[day]) or False

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._hijri_to_days(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._hijri_to_days(vals))

    @api.model
    def _hijri_to_days(self, vals):
        """Return ``vals`` with the dates that were typed as Hijri in the fields that store them.

        :raise ValidationError: a date does not exist or lies outside the calendar; both calendars were given and name
            different days
        """
        typed = {name: vals[name] for name in self._hijri if name in vals}
        if not typed:
            return vals
        vals = {name: value for name, value in vals.items() if name not in typed}
        problems = []
        for name, text in typed.items():
            stored = self._hijri[name]
            day, problem = self._read_day(text)
            given = self._fields[stored].to_date(vals.get(stored))
            if not day and not problem:
                vals.setdefault(stored, False)
            elif day and given and given != day:
                problem = self.env._("“%(hijri)s” and %(day)s are not the same day.", hijri=text, day=given)
            else:
                vals[stored] = day
            if problem:
                problems.append(f"{self._fields[stored]._description_string(self.env)}: {problem}")
        if problems:
            raise ValidationError("\n".join(problems))
        return vals

    def _onchange_hijri(self):
        """Fill each date from what is being typed as Hijri; say in a notification what cannot be read.

        :return: what an onchange returns
        """
        problems = []
        for typed, stored in self._hijri.items():
            day, problem = self._read_day(self[typed])
            if problem:
                problems.append(problem)
            elif day != self[stored]:
                self[stored] = day
        if problems:
            return {"warning": {"title": self.env._("Date"), "message": "\n".join(problems), "type": "notification"}}
        return None

    @api.model
    def _read_day(self, text):
        """Return ``(date or False, what is wrong with it in the user's language or None)``."""
        if not (text or "").strip():
            return False, None
        try:
            return read_day(text), None
        except DayError as error:
            first, last = error.limits or (FIRST_HIJRI_YEAR, LAST_HIJRI_YEAR)
            problems = {
                "year": self.env._("the Hijri calendar is known from %(first)s to %(last)s.", first=first, last=last),
                "month": self.env._("a year has twelve months."),
                "day": self.env._("that month has %(days)s days.", days=last)
                if error.limits
                else self.env._("there is no such day."),
            }
            how = self.env._("write it as 1410/05/03 (Hijri) or 1989/12/01.")
            return False, f"“{text}”: {problems.get(error.code, how)}"
