from odoo import fields, models


class CpaPolicyAcknowledgement(models.Model):
    """Somebody of the staff has read a version of a document (P-27 to P-30): who, which, when. Never taken back."""

    _name = "cpa.policy.acknowledgement"
    _description = "Acknowledgement of a document"
    _inherit = ["cpa.append.only.mixin"]
    _order = "id desc"
    _rec_name = "document_id"
    _log_access = False

    user_id = fields.Many2one("res.users", "Read by", required=True, readonly=True, index=True, ondelete="restrict")
    document_id = fields.Many2one("cpa.policy.document", required=True, readonly=True, ondelete="restrict")
    acknowledged_at = fields.Datetime("Read on", required=True, readonly=True)

    _user_document_uniq = models.Constraint(
        "UNIQUE(document_id, user_id)", "A version of a document is acknowledged once by each of the staff."
    )

    def _append(self, documents):
        """Record that the acting user has read ``documents``; those that he acknowledged before stay as they are.

        :param documents: ``cpa.policy.document``, in force
        """
        known = self.sudo().search([("user_id", "=", self.env.uid), ("document_id", "in", documents.ids)])  # his own
        return self._append_rows(
            [
                {"user_id": self.env.uid, "document_id": document.id, "acknowledged_at": fields.Datetime.now()}
                for document in documents - known.document_id
            ]
        )
