"""Is this person here already? Asked while typing, at the counter, in the file and in an import (P-08, P-32)."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.saudi import normalise_iban, normalise_identity, normalise_phone
from ..tools.text import name_key
from .masked import MASK

# Share of common trigrams from which two names are close: a missing father's name or a slip of the pen, not a brother.
CLOSE_NAME = 0.7
# More than that help nobody: the clerk types on.
LIMIT = 5


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    duplicates = fields.Json(compute="_compute_duplicates")

    @api.depends_context("uid")
    @api.depends("name", "phone", "identity_number", "iban", "birth_date", "state")
    def _compute_duplicates(self):
        """While typing, and on the saved file: who may be the same person. For those who could open a second file."""
        if not self.browse().has_access("write"):
            self.duplicates = []
            return
        for beneficiary in self:
            vals = {"phone": beneficiary.phone, "iban": beneficiary._iban_plain()}
            if beneficiary.state == "draft":  # later, somebody has looked
                vals |= {"name": beneficiary.name, "birth_date": beneficiary.birth_date}
            if not beneficiary._origin.identity_type:
                vals["identity_number"] = beneficiary.identity_number
            beneficiary.duplicates = beneficiary._origin._find_duplicates(vals)

    def _find_duplicates(self, vals):
        """Return the files of people who may be the one described by ``vals``; those of ``self`` are left out.

        An equal identity is the same person; an equal phone or IBAN, or a close name, may be a relative. Files that the
        user may not see are not told, except that an identity number is taken. A merged file is told as the one into
        which it was merged. A flat number of indexed queries.

        :param vals: any of name, phone, identity_number, iban (as typed) and birth_date
        :return: list of ``{"reason": "identity" | "phone" | "iban" | "name", "id": int or False, "label": str,
            "file_number": str or False}``, the surest first; ``id`` is False for a person without a file, or with one
            that the user may not see
        """
        reasons = {}
        for reason, partners in self._duplicate_partners(vals):
            for partner in partners - self.sudo().partner_id:  # left out, not shown
                reasons.setdefault(partner.id, reason)
        if not reasons:
            return []
        files = {file.partner_id.id: file for file in self.search([("partner_id", "in", list(reasons))])}
        self._survivors_take_over(reasons, files)
        found = []
        for partner_id, reason in reasons.items():
            file = files.get(partner_id)
            if file:
                found.append(
                    {"reason": reason, "id": file.id, "label": file.display_name, "file_number": file.file_number}
                )
            elif reason == "identity":
                partner = self.env["res.partner"].browse(partner_id)
                label = partner.name if partner.has_access("read") else self.env._("A file that is not among yours")
                found.append({"reason": reason, "id": False, "label": label, "file_number": False})
        return found

    def _survivors_take_over(self, reasons, files):
        """Let the files that were merged speak through those into which they were merged, each of which is told once.

        :param reasons: ``{id of a contact: reason}``, changed in place
        :param files: ``{id of a contact: file that the user sees}``, changed in place
        """
        # which file leads where, whoever asks; it is told of those only that the user sees
        archived = self.sudo().with_context(active_test=False)
        merged = archived.search([("partner_id", "in", list(reasons)), ("merged_into_id", "!=", False)])
        if not merged:
            return
        seen = {file.id: file for file in self.search([("id", "in", merged.merged_into_id.ids)])}
        for file in merged:
            survivor = file.merged_into_id
            if survivor in archived.browse(self.ids) or survivor.partner_id.id in reasons:
                del reasons[file.partner_id.id]
            elif survivor.id in seen:
                files[file.partner_id.id] = seen[survivor.id]

    def _duplicate_partners(self, vals):
        """Yield ``(reason, contacts)``, the surest first."""
        # by exact data that the user has, or by a name that he types; what he may not see is told by nobody
        everything = self.sudo()
        Partner = everything.env["res.partner"]
        number = normalise_identity(vals.get("identity_number"))
        if number and MASK not in number:
            yield "identity", everything.env["cpa.identity"].search([("number_plain", "=", number)]).partner_id
        phone = normalise_phone(vals.get("phone"))
        if phone:
            everybody = Partner.with_context(active_test=False)  # merged files' contacts too: they lead on
            yield "phone", everybody.search([("phone", "=", phone), ("cpa_person", "=", True)], limit=LIMIT)
        iban = normalise_iban(vals.get("iban"))
        if iban and MASK not in iban:
            yield "iban", everything.search([("iban_plain", "=", iban)], limit=LIMIT).partner_id
        key = name_key(vals.get("name"))
        if " " in key:  # one word is no name yet
            close = Partner.browse(self._close_names(key))
            born = fields.Date.to_date(vals.get("birth_date"))
            if born:  # who is known to be born on another day is another person
                close = close.filtered(lambda p: (p.cpa_identity_ids.birth_date or born) == born)
            yield "name", close

    @api.model
    def _close_names(self, key):
        """Return the ids of the contacts whose name is ``key`` or close to it, the closest first.

        :param key: as ``name_key`` makes it, two words or more
        """
        self.env["res.partner"].flush_model(["cpa_name_key"])
        words = key.split()
        query = self._close_by_trigrams if self.env.registry.has_trigram else self._close_by_words
        self.env.cr.execute(query(key, words))
        return [partner_id for (partner_id,) in self.env.cr.fetchall()]

    @api.model
    def _close_by_trigrams(self, key, words):
        """Names that share most trigrams with ``key``.

        Of three words and more they also share the first, by which brothers differ, and all others but one: the index
        meets such names far sooner than it counts trigrams.
        """
        column = self.env.registry.unaccent(SQL("cpa_name_key"))
        alike = SQL("%s %% %s", column, key)
        if len(words) > 2:
            others = SQL(" OR ").join(
                SQL(" AND ").join(SQL("%s LIKE %s", column, f"%{word}%") for word in words[1:i] + words[i + 1 :])
                for i in range(1, len(words))
            )
            alike = SQL("%s LIKE %s AND (%s)", column, f"{words[0]} %", others)
        self.env.cr.execute(SQL("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", str(CLOSE_NAME)))
        return SQL(
            "SELECT id FROM res_partner WHERE (%(alike)s) AND similarity(%(column)s, %(key)s) >= %(close)s AND active"
            " ORDER BY similarity(%(column)s, %(key)s) DESC, id LIMIT %(limit)s",
            alike=alike,
            column=column,
            key=key,
            close=CLOSE_NAME,
            limit=4 * LIMIT,
        )

    @api.model
    def _close_by_words(self, key, words):
        """Without trigrams: names of the same words, one word less, or some words more."""
        shorter = [" ".join(words[:i] + words[i + 1 :]) for i in range(len(words))]
        longer = [f"{' '.join(words[:i])} % {' '.join(words[i:])}" for i in range(1, len(words))]
        return SQL(
            "SELECT id FROM res_partner WHERE active AND (cpa_name_key IN %(same)s"
            " OR cpa_name_key LIKE %(after)s OR cpa_name_key LIKE ANY(%(longer)s))"
            " ORDER BY cpa_name_key <> %(key)s, id LIMIT %(limit)s",
            same=(key, *(short for short in shorter if " " in short)),
            after=f"{key} %",
            longer=longer,
            key=key,
            limit=4 * LIMIT,
        )
