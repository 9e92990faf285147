"""What a version of the policy changes against another: clause by clause, word by word, setting by setting (P-04)."""

from difflib import SequenceMatcher

from odoo import models

SETTINGS = (
    "floor_days",
    "floor_mode",
    "target_days",
    "ceiling_days",
    "clock_start",
    "appeal_days",
    "appeal_target_days",
    "appeal_ceiling_days",
    "video_sighting_counts",
)
# Of a clause: how it is read, in the reader's language first, then the source and what is done for it.
TEXTS = {
    "ar": ("reading_ar", "reading_en", "source_text", "mechanism_ar"),
    "en": ("reading_en", "reading_ar", "source_text", "mechanism_en"),
}
RIGHT_TO_LEFT = ("reading_ar", "source_text", "mechanism_ar")


def marked_words(before, after):
    """Return what became of the words of ``before``: a list of ``(mark, text)``, mark "same", "dropped" or "added"."""
    old, new = (before or "").split(), (after or "").split()
    parts = []
    for operation, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            parts.append(("same", " ".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            parts.append(("dropped", " ".join(old[old_from:old_to])))
        if new_to > new_from:
            parts.append(("added", " ".join(new[new_from:new_to])))
    return parts


class CpaPolicy(models.Model):
    _inherit = "cpa.policy"

    def _compared_with(self, former):
        """Return what this version changes against ``former``.

        :param former: ``cpa.policy``, one
        :return: dict ``settings``: list of ``(label, value before, value after)`` that differ; ``clauses``: list of
            dicts ``code``, ``heading``, ``change`` ("added", "dropped", "changed"), ``texts``: list of dicts ``label``,
            ``rtl``, ``parts`` (as of ``marked_words``); ``same``: how many clauses are word for word the same
        """
        self.ensure_one()
        former.ensure_one()
        clauses, same = self._compared_clauses(former)
        return {"settings": self._compared_settings(former), "clauses": clauses, "same": same}

    def _compared_settings(self, former):
        return [
            (
                self._fields[name]._description_string(self.env),
                former._setting_text(name),
                self._setting_text(name),
            )
            for name in SETTINGS
            if self[name] != former[name]
        ]

    def _setting_text(self, name):
        """Return the value of the setting ``name`` in the user's language."""
        field, value = self._fields[name], self[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return str(value)

    def _compared_clauses(self, former):
        before, after = ({clause.code: clause for clause in version.clause_ids} for version in (former, self))
        headings = dict(self.clause_ids._fields["heading"]._description_selection(self.env))
        clauses, same = [], 0
        # in the order of the later version; what it drops stands where it stood
        codes = sorted(before.keys() | after.keys(), key=lambda code: (after.get(code) or before[code]).sequence)
        for code in codes:
            old, new = before.get(code), after.get(code)
            change = "added" if not old else "dropped" if not new else "changed"
            texts = self._compared_texts(old, new)
            moved = old and new and old.heading != new.heading
            if change == "changed" and not texts and not moved:
                same += 1
                continue
            heading = headings[(new or old).heading]
            if moved:
                heading = f"{headings[old.heading]} → {heading}"
            clauses.append({"code": code, "heading": heading, "change": change, "texts": texts})
        return clauses, same

    def _compared_texts(self, old, new):
        names = TEXTS["ar" if (self.env.lang or "").startswith("ar") else "en"]
        if not (old and new):
            names = names[:1]  # of a clause that came or went, one reading is enough
        Clause = self.env["cpa.policy.clause"]
        texts = []
        for name in names:
            parts = marked_words(old and old[name], new and new[name])
            if any(mark != "same" for mark, _words in parts):
                label = Clause._fields[name]._description_string(self.env)
                texts.append({"label": label, "rtl": name in RIGHT_TO_LEFT, "parts": parts})
        return texts

    # ------------------------------------------------------------------
    # Screen
    # ------------------------------------------------------------------

    def action_compare(self):
        """Button: this version beside the one before it; of the version in force, the one that it superseded."""
        self.ensure_one()
        before = self.search([("successor_id", "=", self.id)], limit=1)
        if self.state == "draft":
            before = self._version_in_force()
        former = before or self.search(
            [("id", "!=", self.id), ("company_id", "=", self.company_id.id)], order="in_force_from desc, id", limit=1
        )
        pair = (self, former) if former and former.state == "draft" else (former, self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare versions"),
            "res_model": "cpa.policy.comparison",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_former_id": pair[0].id,
                "default_latter_id": pair[1].id,
                "dialog_size": "extra-large",
            },
        }
