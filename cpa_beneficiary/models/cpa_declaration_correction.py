from odoo import api, fields, models


class CpaDeclarationCorrection(models.Model):
    """A clerical correction of declared data: logged, and the signature holds (P-34). Rows never change."""

    _name = "cpa.declaration.correction"
    _description = "Clerical correction"
    _inherit = ["cpa.append.only.mixin"]
    _order = "id desc"
    _log_access = False

    declaration_id = fields.Many2one("cpa.declaration", required=True, readonly=True, ondelete="restrict", index=True)
    request_id = fields.Many2one("cpa.request", required=True, readonly=True, ondelete="restrict", index=True)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True, ondelete="restrict")
    corrected_at = fields.Datetime(required=True, readonly=True)
    reason = fields.Char(required=True, readonly=True)
    changes = fields.Json("Before and after", required=True, readonly=True)
    changes_text = fields.Text("Correction", compute="_compute_changes_text")
    digest = fields.Char("Digest of the corrected data", required=True, readonly=True)

    @api.depends_context("lang")
    @api.depends("changes")
    def _compute_changes_text(self):
        declared = self.env["cpa.request"]._fields
        for correction in self:
            correction.changes_text = "\n".join(
                f"{declared[name]._description_string(self.env)}: «{before}» ← «{after}»"
                if self.env.lang and self.env.lang.startswith("ar")
                else f"{declared[name]._description_string(self.env)}: “{before}” → “{after}”"
                for name, (before, after) in (correction.changes or {}).items()
            )

    @api.model
    def _append(self, declaration, reason, changes, digest):
        """Append a row; called by the request's own write only.

        :param changes: ``{field name: [before, after]}``
        :param digest: of the declared data after the correction
        """
        row = {
            "declaration_id": declaration.id,
            "request_id": declaration.request_id.id,
            "user_id": self.env.uid,
            "corrected_at": fields.Datetime.now(),
            "reason": reason,
            "changes": changes,
            "digest": digest,
        }
        return self._append_rows([row])
