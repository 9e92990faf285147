"""What an applicant gives on the website of what is still missing: copies, numbers, words; never an identity (P-32)."""

from odoo import models

from ..tools.saudi import check_iban, is_saudi_mobile, normalise_iban, normalise_phone

FILES_MOST = 5
TEXT_MOST = 2000
# Looked up in the register: nobody brings them.
LOOKED_UP = frozenset({"duplicate", "open_request"})


class CpaRequestCheck(models.Model):
    _inherit = "cpa.request.check"

    def _online_open(self):
        """Return those of these checks that still wait for the applicant."""
        return self.filtered(
            lambda check: (
                check.automatic not in LOOKED_UP
                and not check.is_met
                and (check.state == "to_sight" or check._is_awaited_now())
            )
        )

    def _is_awaited_now(self):
        """Return whether the request cannot be sent again before this item is given, or promised."""
        return self.state == "pending" and self.is_obligatory and self.request_id.state in ("draft", "incomplete")

    def _online_kind(self):
        """Return how this item is given on the website: ``file``, ``iban``, ``mobile``, ``text``, or ``original``: the
        paper itself, which is brought and looked at (no copy of it may be kept).
        """
        self.ensure_one()
        if self.automatic in ("iban", "mobile"):
            return self.automatic
        if self.copy_allowed:
            return "file"
        return "original" if self.is_document else "text"

    def _online_values(self):
        """Return what the page shows of this item: a dict of texts, days and the files that are there already."""
        self.ensure_one()
        kind = self._online_kind()
        return {
            "id": self.id,
            "name": self.requirement_id.name,
            "kind": kind,
            "hint": self._online_hint(kind),
            "due": self.request_id._portal_day(self.due_date),
            "files": [{"id": file.id, "name": file.name} for file in self.attachment_ids],
            "is_given": self.provided,
            "is_required": self.is_obligatory and self.request_id.state == "incomplete" and not self._online_given(),
        }

    def _online_hint(self, kind):
        return {
            "file": self.env._("Take a photo with your phone, or choose a file (photo or PDF)."),
            "original": self.env._("Bring it with you: we look at it and keep no copy. Please send no picture of it."),
            "iban": self.env._("It begins with SA and has 22 digits; your bank's app shows it."),
            "mobile": self.env._("It begins with 05 and has ten digits."),
            "text": "",
        }[kind]

    def _online_given(self):
        """Return whether the applicant has given this item as far as it can be given on the website."""
        self.ensure_one()
        return self.provided or self._online_kind() == "original"

    def _online_take(self, text, files, removed):
        """Keep what the applicant gives of this item.

        :param str text: a number or words, as typed
        :param files: list of ``(name, bytes)``
        :param removed: ids of files that he takes back
        :return: what is wrong with it, in his language; "" if nothing is
        :raise ValidationError: a file of a kind that is not kept, or too large
        """
        self.ensure_one()
        kind = self._online_kind()
        if kind == "file":
            return self._online_take_files(files, removed)
        if kind == "text" and text:
            return self._online_take_text(text)
        if kind in ("iban", "mobile") and text:
            return getattr(self, f"_online_take_{kind}")(text)
        return ""

    def _online_take_files(self, files, removed):
        # his own, and only while nobody has looked at them: what was checked is evidence
        taken_back = self.attachment_ids.filtered(lambda file: file.id in removed and file.create_uid == self.env.user)
        if len(self.attachment_ids - taken_back) + len(files) > FILES_MOST:
            return self.env._("At most %(most)s files for one item.", most=FILES_MOST)
        taken_back.unlink()
        kept = self.env["ir.attachment"].create(
            [{"name": name, "raw": raw, "res_model": self._name, "res_id": self.id} for name, raw in files]
        )
        files = (self.attachment_ids - taken_back) | kept
        if kept or taken_back:
            self.write({"attachment_ids": [(6, 0, files.ids)], "provided": bool(files)})
        return ""

    def _online_take_text(self, text):
        if len(text) > TEXT_MOST:
            return self.env._("Write at most %(most)s characters.", most=TEXT_MOST)
        self.request_id._portal_post(f"{self.requirement_id.name}: {text}")
        self.provided = True
        return ""

    def _online_take_iban(self, text):
        iban = normalise_iban(text)
        if check_iban(iban):
            return self.env._("This is no account number (IBAN). It begins with SA and has 22 digits.")
        # what the file holds already is corrected by a proposal; this one holds none that could be used
        self.request_id.beneficiary_id.iban = iban
        self.provided = True
        return ""

    def _online_take_mobile(self, text):
        phone = normalise_phone(text)
        if not is_saudi_mobile(phone):
            return self.env._("This is no mobile number. It is written 05xxxxxxxx.")
        self.request_id.beneficiary_id.phone = phone
        self.provided = True
        return ""
