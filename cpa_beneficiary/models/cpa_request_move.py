from odoo import api, fields, models


class CpaRequestMove(models.Model):
    """The journal of moves: who moved what from which state to which, when it happened and when it was entered (P-03).

    Rows are appended by ``cpa.lifecycle.mixin`` alone and never change.
    """

    _name = "cpa.request.move"
    _description = "Move"
    _inherit = ["cpa.append.only.mixin"]
    _order = "happened_at, id"
    _log_access = False

    res_model = fields.Char("Document model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="res_model", required=True, readonly=True)
    request_id = fields.Many2one("cpa.request", readonly=True, index=True, ondelete="restrict")
    from_state = fields.Char("From", readonly=True, help="Empty: the document began here, set back.")
    to_state = fields.Char("To", required=True, readonly=True)
    from_label = fields.Char("From state", compute="_compute_labels")
    to_label = fields.Char("To state", compute="_compute_labels")
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True, index=True, ondelete="restrict")
    happened_at = fields.Datetime("Happened at", required=True, readonly=True, index=True)
    entered_at = fields.Datetime("Entered at", required=True, readonly=True)
    lag_hours = fields.Float("Entered later by (hours)", readonly=True, digits=(16, 2), aggregator="avg")
    hours_in_from = fields.Float(
        "Hours in the state before",
        readonly=True,
        digits=(16, 2),
        aggregator="avg",
        help="How long the document had been in the state that it left.",
    )
    reason = fields.Text(readonly=True)
    scan_id = fields.Many2one(
        "ir.attachment",
        "Scan of the paper",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Proves a step that was entered later than it happened.",
    )

    _document_idx = models.Index("(res_model, res_id, happened_at)")

    @api.depends("res_model", "from_state", "to_state")
    def _compute_labels(self):
        for move in self:
            model = self.env.get(move.res_model)
            move.from_label, move.to_label = (
                model._lifecycle_label(state) if state and model is not None else state
                for state in (move.from_state, move.to_state)
            )

    def _append(self, vals_list):
        """Append rows of one model's documents to the journal; called by the lifecycle mixin only.

        :param vals_list: values without ``lag_hours`` and ``hours_in_from``, which are computed here
        """
        documents = self.env[vals_list[0]["res_model"]].browse([vals["res_id"] for vals in vals_list])
        since = {document.id: document._lifecycle_born_at() for document in documents.sudo()}  # dates only, no content
        since |= self._last_times(documents)
        for vals in vals_list:
            waited = vals["happened_at"] - since[vals["res_id"]]
            vals["hours_in_from"] = max(waited.total_seconds(), 0) / 3600
            vals["lag_hours"] = (vals["entered_at"] - vals["happened_at"]).total_seconds() / 3600
        return self._append_rows(vals_list)

    @api.model
    def _last_times(self, documents):
        """Return ``{document id: when it last moved (naive UTC)}`` for the documents that have moved."""
        # whatever the role may read: only times are used
        groups = self.sudo()._read_group(
            [("res_model", "=", documents._name), ("res_id", "in", documents.ids)], ["res_id"], ["happened_at:max"]
        )
        return dict(groups)
