"""The applicant answers what is missing: items, data, a new signature; and sends his request again (P-32, P-34)."""

from odoo import models
from odoo.exceptions import UserError

from ..tools.day import DayError, read_day
from ..tools.text import ascii_digits

SIGNATURE_MOST = 400_000
# Columns that an applicant fills on the website, with what his browser calls them.
TYPED_AS = {
    "char": "text",
    "text": "textarea",
    "selection": "select",
    "date": "date",
    "integer": "number",
    "monetary": "number",
}
TEXT_MOST = {"char": 300, "text": 8000}
NUMBER_MOST = 100_000_000


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    # ------------------------------------------------------------------
    # What is asked
    # ------------------------------------------------------------------

    def _is_mine_to_do(self):
        """Return whether the user acts for this request's beneficiary, beyond reading."""
        self.ensure_one()
        return self.beneficiary_id.id in self.env.user.cpa_acts_for(writing=True)

    def _portal_checks(self):
        """Return the items that the applicant is still waited for."""
        self.ensure_one()
        return self.check_ids._latest()._online_open()

    def _portal_todo(self):
        todo = super()._portal_todo()
        if not self.submitted_at or self.closed_at:
            return todo
        can_answer = self._portal_can_answer()
        for item in (check._online_values() for check in self._portal_checks()):
            is_online = can_answer and item["kind"] != "original" and not item["is_given"]
            todo.append(
                {
                    "text": item["name"],
                    "hint": self._portal_item_hint(item),
                    "url": self._portal_url(f"answer#item_{item['id']}") if is_online else "",
                    "button": self.env._("Send it") if is_online else "",
                }
            )
        if self.declaration_state == "changed":
            todo.append(
                {
                    "text": self.env._("Your signature, once more"),
                    "hint": self.env._("What you asked for was changed after you had signed it."),
                    "url": self._portal_url("answer#sign") if can_answer else "",
                    "button": self.env._("Sign") if can_answer else "",
                }
            )
        return todo

    def _portal_item_hint(self, item):
        if item["is_given"] and item["kind"] == "file":
            said = self.env._("We have your copy. Please show us the original, too.")
        elif item["is_given"]:
            said = self.env._("We have it and are looking at it.")
        else:
            said = item["hint"]
        return " ".join(filter(None, [said, item["due"] and self.env._("At the latest on %(day)s.", day=item["due"])]))

    def _portal_can_answer(self):
        """Return whether there is anything that the user can give, or send again, on the website."""
        self.ensure_one()
        if not self._is_mine_to_do() or not self.submitted_at or self.closed_at:
            return False
        return (
            self.state == "incomplete"
            or self.declaration_state == "changed"
            or any(check._online_kind() != "original" for check in self._portal_checks())
        )

    def _portal_actions(self):
        actions = super()._portal_actions()
        if self._portal_can_answer():
            actions.insert(
                0,
                {
                    "code": "answer",
                    "label": self.env._("Send what is missing"),
                    "url": self._portal_url("answer"),
                    "is_primary": True,
                },
            )
        return actions

    def _portal_answer_form(self):
        """Return what the page of missing items shows.

        :return: dict ``items`` (see ``_online_values``), ``data`` (list of dicts ``name``, ``label``, ``type``,
            ``options``, ``value``, ``required``), ``declaration`` (its text, "" where nothing is signed),
            ``must_sign``, ``signer`` and ``sends`` (whether the request goes back to us with it)
        """
        self.ensure_one()
        sends = self.state == "incomplete"
        return {
            "items": [check._online_values() for check in self._portal_checks()],
            "data": [self._portal_data_field(name) for name in self._portal_data_names()],
            "declaration": self._declaration_text() if self.needs_declaration else "",
            "must_sign": self.declaration_state in ("missing", "changed"),
            "signer": self.env.user.partner_id.name,
            "sends": sends,
        }

    def _declaration_text(self):
        return self.env["cpa.declaration.text"].search([], limit=1).body

    def _portal_data_names(self):
        """Return the columns that the applicant may change now: his words and what his kind of request asks for."""
        if self.state != "incomplete":
            return []
        names = ["description", *(["amount_requested"] if self.kind == "support" else [])]
        names += ["appeal_grounds"] if self.appeal_of_id else []
        return names + [name for name in self._kind_fields().get(self.kind, ()) if self._fields[name].type in TYPED_AS]

    def _portal_data_field(self, name):
        field, value = self._fields[name], self[name]
        asked = self._kind_fields().get(self.kind, {})
        return {
            "name": name,
            "label": self.env._("What you ask for") if name == "description" else field._description_string(self.env),
            "type": TYPED_AS[field.type],
            "options": field._description_selection(self.env) if field.type == "selection" else [],
            "value": f"{value:g}" if value and field.type in ("monetary", "integer") else str(value or ""),
            "required": name in ("description", "appeal_grounds") or bool(asked.get(name)),
        }

    # ------------------------------------------------------------------
    # What is given
    # ------------------------------------------------------------------

    def _portal_answer(self, typed, files):
        """Keep what the applicant gives; send the request again where it waits for him.

        What is right is kept even where something else is wrong: nobody takes a photo twice.

        :param typed: ``{name: text}``: ``item_<id>``, ``data_<field>``, ``remove`` (ids), ``signature`` (data URL)
        :param files: ``{"item_<id>": [(name, bytes)]}``
        :return: ``{name: what is wrong}`` in the user's language; empty when all of it was taken
        """
        self.ensure_one()
        if not self._portal_can_answer():
            return {"form": self.env._("Nothing is awaited from you any more.")}
        errors, given = {}, False
        removed = {int(text) for text in typed.get("remove", ()) if text.isascii() and text.isdigit()}
        for check in self._portal_checks():
            name = f"item_{check.id}"
            text, uploads = (typed.get(name) or "").strip(), files.get(name, [])
            wrong = self._portal_try(name, lambda c=check, t=text, f=uploads: c._online_take(t, f, removed))
            errors |= wrong
            if not wrong and self.state == "incomplete" and check.is_obligatory and not check._online_given():
                errors[name] = self.env._("This is still missing.")
            given = given or bool(text or uploads)
        errors |= self._portal_take_data(typed)
        if self.declaration_state in ("missing", "changed") and not errors:
            errors |= self._portal_try("signature", lambda: self._portal_sign(typed.get("signature")))
        if self.state == "incomplete" and not errors:
            errors |= self._portal_try("form", self._portal_send)
        elif given:
            self._tell_officer(self._officer_env()._("The applicant has sent what was awaited"))
        return errors

    def _portal_try(self, name, step):
        """Do ``step`` as a whole or not at all.

        :param str name: of the field beside which it is said what is wrong
        :param step: function that returns what is wrong (text, "" if nothing), or raises it as ``UserError``
        :return: ``{name: what is wrong}``; empty if nothing is
        """
        try:
            with self.env.cr.savepoint():
                wrong = step()
        except UserError as error:
            wrong = str(error)
        return {name: wrong} if wrong else {}

    def _portal_take_data(self, typed):
        """Keep the data that the applicant changed; return ``{data_<field>: what is wrong}``."""
        errors, values = {}, {}
        for field in map(self._portal_data_field, self._portal_data_names()):
            name = f"data_{field['name']}"
            if name not in typed:
                continue
            text = (typed[name] or "").strip()
            if field["required"] and not text:
                errors[name] = self.env._("This is still missing.")
            elif text.replace("\r\n", "\n") != field["value"]:
                value, wrong = self._portal_read(field["name"], text)
                if wrong:
                    errors[name] = wrong
                else:
                    values[field["name"]] = value
        if values:
            errors |= self._portal_try("form", lambda: not self.write(values))
        return errors

    def _portal_read(self, name, text):
        """Return ``(value, what is wrong)`` of what was typed for a column."""
        field = self._fields[name]
        if not text:
            return False, ""
        if field.type == "selection":
            known = dict(field._description_selection(self.env))
            return (text, "") if text in known else (False, self.env._("Choose one of them."))
        if field.type == "date":
            try:
                return read_day(text), ""
            except DayError:
                return False, self.env._("This is no day. Write it as 1446/05/20 or 2024-11-22.")
        if field.type in ("monetary", "integer"):
            digits = ascii_digits(text).replace(",", "").replace("٬", "").replace("٫", ".")
            try:
                number = float(digits)
            except ValueError:
                number = -1
            if not 0 <= number <= NUMBER_MOST:
                return False, self.env._("This is no number.")
            return (int(number) if field.type == "integer" else number), ""
        if len(text) > TEXT_MOST[field.type]:
            return False, self.env._("Write at most %(most)s characters.", most=TEXT_MOST[field.type])
        return text.replace("\r\n", "\n"), ""

    def _portal_representation(self):
        """Return by which representation the user signs for this beneficiary; empty where he is it himself."""
        self.ensure_one()
        partner = self.env.user.partner_id
        if self.beneficiary_id.partner_id == partner:
            return self.env["cpa.representation"]
        return self.beneficiary_id.representation_ids.filtered(
            lambda line: line.representative_id == partner and line.kind in ("guardian", "agent") and line.is_valid
        )[:1]

    def _portal_sign(self, signature):
        """Let the applicant, or who acts for him, sign the declaration of the data as it stands (P-34).

        :param str signature: the picture that was drawn, as a data URL
        :return: what is wrong with it, in the user's language; "" when it is signed
        """
        image = self._portal_image(signature)
        if not image:
            return self.env._("Please sign in the field.")
        declaration = self.env["cpa.declaration"].create(
            {
                "request_id": self.id,
                "method": "portal",
                "signer_name": self.env.user.partner_id.name,
                "representation_id": self._portal_representation().id,
                "signature": image,
            }
        )
        declaration.write({"state": "signed"})
        return ""

    def _portal_image(self, drawn):
        """Return the picture (base64) of what was drawn; "" for what is none."""
        head, _comma, data = (drawn or "").partition(",")
        return data if head == "data:image/png;base64" and 0 < len(data) <= SIGNATURE_MOST else ""

    def _portal_send(self):
        """Send the request again: what is brought later is looked at later, by its day (P-32)."""
        pending = self.check_ids._latest().filtered(
            lambda check: check.is_obligatory and check.state == "pending" and not check.is_met
        )
        pending.action_to_sight()
        self.write({"state": "submitted"})
        self._tell_officer(self._officer_env()._("The applicant has completed the request"))
        return ""
