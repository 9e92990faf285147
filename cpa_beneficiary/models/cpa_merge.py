from odoo import api, fields, models


class CpaMerge(models.Model):
    """The record of a merge of two files: who, when, why, what moved and what was not kept. Rows are appended only."""

    _name = "cpa.merge"
    _description = "Merge of two files"
    _inherit = ["cpa.append.only.mixin"]
    _order = "id desc"
    _rec_name = "merged_id"
    _log_access = False

    survivor_id = fields.Many2one(
        "cpa.beneficiary", "File that stays", required=True, readonly=True, index=True, ondelete="restrict"
    )
    merged_id = fields.Many2one(
        "cpa.beneficiary", "Merged file", required=True, readonly=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True, index=True, ondelete="restrict")
    merged_at = fields.Datetime("Merged at", required=True, readonly=True)
    reason = fields.Text(required=True, readonly=True)
    is_confirmed = fields.Boolean(
        "Two identities of one person", readonly=True, help="Both were valid and sighted; the manager confirmed it."
    )
    moved = fields.Json(readonly=True)
    stayed = fields.Json(readonly=True)
    dropped = fields.Json(readonly=True)
    moved_text = fields.Text("What moved", compute="_compute_texts")
    stayed_text = fields.Text("What the file that stays had already", compute="_compute_texts")
    dropped_text = fields.Text("Values that were not kept", compute="_compute_texts")

    _merged_uniq = models.Constraint("UNIQUE(merged_id)", "This file has been merged already.")

    @api.depends_context("lang")
    @api.depends("moved", "stayed", "dropped")
    def _compute_texts(self):
        for merge in self:
            merge.moved_text = self._describe(merge.moved)
            merge.stayed_text = self._describe(merge.stayed)
            merge.dropped_text = "\n".join(
                self.env._("%(datum)s: %(value)s", datum=self._label(row["field"]), value=row["dropped"])
                for row in merge.dropped or []
            )

    @api.model
    def _describe(self, rows):
        """Return one line per kind of record: what it is called, by which field it pointed, how many."""
        return "\n".join(
            self.env._(
                "%(model)s (%(field)s): %(count)s",
                model=self.env["ir.model"]._get(row["model"]).name or row["model"],
                field=self._label(row["field"], row["model"]),
                count=len(row["ids"]),
            )
            for row in rows or []
        )

    @api.model
    def _label(self, name, model="cpa.beneficiary"):
        # a model or field of an add-on that is gone keeps its bare name
        if model not in self.env or name not in self.env[model]._fields:
            return name
        if model == "cpa.beneficiary":
            return self.env[model]._merge_label(name)
        return self.env[model]._fields[name]._description_string(self.env)

    def _append(self, vals):
        """Record a merge that the user has just made; called by the merge only.

        :param vals: values without who and when
        """
        return self._append_rows([vals | {"user_id": self.env.uid, "merged_at": fields.Datetime.now()}])
