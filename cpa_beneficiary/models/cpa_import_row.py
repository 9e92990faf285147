from odoo import api, fields, models
from odoo.exceptions import UserError


class CpaImportRow(models.Model):
    """One row of a register: where it stood, what was wrong with it or which record it became. Kept as evidence.

    The values (identity numbers among them) are read by the server alone, and go once the row is imported.
    """

    _name = "cpa.import.row"
    _description = "Row of a register"
    _order = "import_id, id"
    _rec_name = "label"

    import_id = fields.Many2one("cpa.import", required=True, readonly=True, ondelete="cascade", index=True)
    sheet = fields.Char(readonly=True)
    line = fields.Integer("Line in the sheet", required=True, readonly=True)
    label = fields.Char("Who or what", readonly=True)
    reference = fields.Char("Number in the register", readonly=True)
    values = fields.Json(groups=fields.NO_ACCESS, copy=False)
    twin_line = fields.Integer("Same as line", readonly=True)
    state = fields.Selection(
        [
            ("pending", "To be checked"),
            ("ok", "Good"),
            ("duplicate", "Exists already"),
            ("bad", "To be mended"),
            ("imported", "Imported"),
            ("skipped", "Skipped"),
        ],
        default="pending",
        required=True,
        readonly=True,
    )
    message = fields.Text("What to know", readonly=True)
    can_be_new = fields.Boolean(readonly=True)
    is_new = fields.Boolean(
        "Take it in", help="It only looks alike: someone else, or another request. Left as it is, the row is skipped."
    )
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", readonly=True, help="What the row became, or what exists already."
    )

    _line_uniq = models.Constraint("UNIQUE(import_id, sheet, line)", "A line of a register is read once.")
    _state_idx = models.Index("(import_id, state, id)")

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("Rows are read from the register, never typed."))

    def write(self, vals):
        if vals.keys() == {"is_new"}:
            return self._choose(vals["is_new"])
        raise UserError(self.env._("Rows are kept by the system; mend the sheet and upload it again."))

    def unlink(self):
        raise UserError(self.env._("Rows are kept by the system; mend the sheet and upload it again."))

    def _choose(self, is_new):
        """Say of rows that only look like an existing record whether they are someone else.

        :raise UserError: there is nothing to choose
        """
        self.check_access("write")
        if any(row.state != "duplicate" or row.import_id.state != "checked" for row in self):
            raise UserError(
                self.env._("There is a choice for checked rows that exist already, until the import begins.")
            )
        if is_new and not all(row.can_be_new for row in self):
            raise UserError(self.env._("It is the same one: nothing is taken in twice."))
        return self._set({"is_new": is_new})

    # ------------------------------------------------------------------
    # Kept by cpa.import alone
    # ------------------------------------------------------------------

    def _insert(self, vals_list):
        # no role has a create row: the register has been read by the system
        return super(CpaImportRow, self.sudo()).create(vals_list)

    def _set(self, vals):
        # what becomes of a row is the system's to say, the user's choice has been checked
        return super(CpaImportRow, self.sudo()).write(vals)

    def _forget(self):
        """Delete rows that have made nothing, so that another file can be read."""
        if any(row.state == "imported" for row in self):
            raise UserError(self.env._("An imported row is evidence."))
        return super().unlink()

    def _purge(self):
        """Remove what identifies people; line, reference, state and record stay as evidence."""
        self._set({"values": False, "message": False})
        self.filtered(lambda row: row.state != "imported")._set({"label": False})

    def action_open(self):
        """Button: open what the row became, or what exists already."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)._get_records_action()
