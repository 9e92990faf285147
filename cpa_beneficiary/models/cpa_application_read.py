"""What was typed into an application, read when it is sent, by the rules that the counter has, too (P-32)."""

import re

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ..tools.riyadh import cpa_today, riyadh_datetime
from ..tools.saudi import (
    GCC_ID,
    IQAMA,
    NATIONAL_ID,
    PASSPORT,
    check_iban,
    check_identity,
    guess_identity_type,
    is_saudi_mobile,
    normalise_iban,
    normalise_identity,
    normalise_phone,
)
from ..tools.text import ascii_digits, clean_number
from .cpa_application_steps import MOST_OTHERWISE
from .cpa_beneficiary_identity import ADULT_AGE, age

# The most that a page takes of each field.
MOST = {"description": 4000, "merchant_contact": 2000}


class CpaApplication(models.Model):
    _inherit = "cpa.application"

    # ------------------------------------------------------------------
    # What is wrong
    # ------------------------------------------------------------------

    def _errors(self, step, user):
        """Return what is missing or wrong in a step: ``{field: message}`` in the language of the page."""
        self.ensure_one()
        if step == "whom":
            return {} if self.whom else {"whom": self.env._("Choose for whom you apply.")}
        if step != "data":
            return {}
        _values, errors = self._read(user)
        return errors

    def _read(self, user):
        """Read the data as it was typed: ``(values, errors)``, values by the names of the columns.

        :param user: ``res.users`` who applies
        """
        self.ensure_one()
        asked = self._fields_of("data", user)
        typed = self._typed_of("data", user)
        errors = {}
        for field in asked:
            name, text = field["name"], typed[field["name"]]
            most = MOST.get(name, MOST_OTHERWISE)
            if field.get("required") and not text:
                errors[name] = self._missing(field)
            elif len(text) > most:
                errors[name] = self.env._("Write at most %(most)s characters.", most=most)
        values = {name: text for name, text in typed.items() if name in ("name", "acting_name", "description")}
        for read in (self._read_identity, self._read_acting, self._read_contact, self._read_need, self._read_kind):
            found, wrong = read(typed)
            values |= found
            errors = wrong | errors
        # in the order of the page
        return values, {field["name"]: errors[field["name"]] for field in asked if field["name"] in errors}

    def _missing(self, field):
        if field.get("type") in ("select", "radio"):
            return self.env._("Choose: %(field)s", field=field["label"])
        return self.env._("Write: %(field)s", field=field["label"])

    def _read_identity(self, typed):
        if "identity_number" not in typed:
            return {}, {}
        errors = {}
        number = normalise_identity(typed["identity_number"])
        chosen, _dash, country = (typed.get("identity_kind") or "").partition("-")
        guessed = guess_identity_type(number)
        kind = chosen if chosen in (PASSPORT, GCC_ID) else guessed if guessed in (NATIONAL_ID, IQAMA) else NATIONAL_ID
        fault = number and check_identity(kind, number)
        if fault:
            errors["identity_number"] = self.env["cpa.identity"]._number_error(fault)
        born, wrong = self._read_day(typed.get("birth_date"))
        if wrong:
            errors["birth_date"] = wrong
        elif born and born > cpa_today():
            errors["birth_date"] = self.env._("A birth date cannot be in the future.")
        elif not born and kind in (PASSPORT, GCC_ID):
            errors["birth_date"] = self.env._("With a passport or a GCC identity we need the birth date, too.")
        elif born and self.whom == "child" and age(born, cpa_today()) >= ADULT_AGE:
            errors["birth_date"] = self.env._("Who is eighteen applies himself, or gives you a power of attorney.")
        elif born and self.whom == "self" and age(born, cpa_today()) < ADULT_AGE:
            errors["birth_date"] = self.env._("For who is under eighteen a guardian applies: go back and choose it.")
        countries = self.env["res.country"].sudo()  # codes of countries
        return {
            "identity_number": number,
            "identity_type": kind,
            "identity_country_id": countries.search([("code", "=", country)]).id if kind == GCC_ID else False,
            "birth_date": born,
        }, errors

    def _read_day(self, text):
        return self.env["cpa.identity"]._read_day(text)

    def _read_acting(self, typed):
        if "acting_identity" not in typed:
            return {}, {}
        errors = {}
        number = normalise_identity(typed["acting_identity"])
        guessed = guess_identity_type(number)
        fault = number and check_identity(guessed if guessed in (NATIONAL_ID, IQAMA) else NATIONAL_ID, number)
        if fault:
            errors["acting_identity"] = self.env["cpa.identity"]._number_error(fault)
        elif number and number == normalise_identity(typed.get("identity_number")):
            errors["acting_identity"] = self.env._("Your own number, please: this is the one of whom you act for.")
        until, wrong = self._read_day(typed.get("power_until"))
        if wrong:
            errors["power_until"] = wrong
        elif until and until < cpa_today():
            errors["power_until"] = self.env._("The power of attorney has expired.")
        return {
            "acting_identity": number,
            "power_number": clean_number(typed.get("power_number")),
            "power_until": until,
        }, errors

    def _read_contact(self, typed):
        values, errors = {}, {}
        if "phone" in typed:
            phone = normalise_phone(typed["phone"])
            if typed["phone"] and (not phone or (phone.startswith("+966") and not is_saudi_mobile(phone))):
                errors["phone"] = self.env._("This is no mobile number. It is written 05xxxxxxxx.")
            values["phone"] = phone
        if "email" in typed:
            values["email"] = email_normalize(typed["email"])
            if typed["email"] and not values["email"]:
                errors["email"] = self.env._("This is no e-mail address.")
        if "governorate" in typed:
            governorates = self.env["crm.lead"]._website_governorates()
            governorate = governorates.filtered(lambda g: str(g.id) == typed["governorate"])
            values["governorate_id"] = governorate.id
            if typed["governorate"] and not governorate:
                errors["governorate"] = self.env._("Choose one from the list.")
        return values, errors

    def _read_need(self, typed):
        values, errors = {}, {}
        if "amount_requested" in typed:
            amount, wrong = self._read_amount(typed["amount_requested"], float)
            if wrong:
                errors["amount_requested"] = wrong
            values["amount_requested"] = amount
        if "iban" in typed:
            values["iban"] = normalise_iban(typed["iban"])
            fault = typed["iban"] and check_iban(values["iban"])
            if fault:
                errors["iban"] = self.env["cpa.beneficiary"]._iban_error(fault)
        return values, errors

    def _read_amount(self, text, kind):
        if "-" in text:  # which is taken for a space in a number otherwise
            return 0, self.env._("Write a number, as 1500.")
        text = clean_number(text).replace("٬", "").replace("٫", ".").replace(",", "")
        if not text:
            return 0, None
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?" if kind is float else r"[0-9]{1,6}", text):
            return 0, self.env._("Write a number, as 1500.")
        return kind(text), None

    def _read_kind(self, typed):
        values, errors = {}, {}
        for name, (field, _obligatory) in self._kind_columns().items():
            text = typed.get(name) or ""
            if not text:
                continue
            value, wrong = self._read_column(field, text)
            if wrong:
                errors[name] = wrong
            else:
                values[name] = value
        return {"kind_values": values}, errors or self._kind_problems(values)

    def _read_column(self, field, text):
        if field.type == "selection":
            keys = [key for key, _label in field._description_selection(self.env)]
            return (text, None) if text in keys else (False, self.env._("Choose one from the list."))
        if field.type == "date":
            day, wrong = self._read_day(text)
            return fields.Date.to_string(day) if day else False, wrong
        if field.type == "datetime":
            return self._read_moment(text)
        if field.type in ("integer", "float", "monetary"):
            return self._read_amount(text, int if field.type == "integer" else float)
        return text, None

    def _read_moment(self, text):
        """Return a moment that was typed in Riyadh's time as it is stored (text), or what is wrong with it."""
        match = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})", ascii_digits(text))
        try:
            local = fields.Datetime.to_datetime(f"{match[1]} {match[2]}:00") if match else None
        except ValueError:
            local = None
        if not local:
            return False, self.env._("Write day and time, as 2026-03-21 17:30.")
        moment = local - riyadh_datetime(local).utcoffset()
        return fields.Datetime.to_string(moment), None

    def _kind_problems(self, values):
        """Return what the request's own rules say against its kind's columns: ``{field: message}``."""
        Request = self.env["cpa.request"]
        tried = Request.new(Request._with_merchant_number({**values, "service_id": self.service_id.id}))
        errors = {}
        for method in Request._constraint_methods:
            names = [name for name in method._constrains if name in values]
            try:
                if names:
                    method(tried)
            except ValidationError as error:
                errors.setdefault(names[0], str(error))
        return errors
