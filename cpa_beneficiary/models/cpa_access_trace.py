from odoo import fields, models


class CpaAccessTrace(models.Model):
    """Who looked at which sensitive datum of whom, and when; and which picture of an identity was deleted once read.

    Appended by "Show" actions and by the reception only.
    """

    _name = "cpa.access.trace"
    _description = "Trace of sensitive access"
    _inherit = ["cpa.append.only.mixin"]
    _order = "id desc"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Person", readonly=True, index=True, ondelete="restrict")
    datum = fields.Selection(
        [
            ("number_plain", "Identity number"),
            ("iban_plain", "IBAN"),
            ("social_profile", "Social profile"),
            ("study_finding", "Sensitive finding of a study"),
            ("identity_picture", "Picture of an identity document, deleted"),
        ],
        "What",
        required=True,
        readonly=True,
    )
    shown_at = fields.Datetime(required=True, readonly=True)
    visitor_id = fields.Many2one("cpa.visitor", readonly=True, index="btree_not_null", ondelete="restrict")
    digest = fields.Char("SHA-256 of the deleted file", readonly=True)

    def _append(self, partners, datum):
        """Trace that the user is about to see ``datum`` of each of ``partners``.

        :param datum: a key of the selection ``datum``
        """
        self._append_rows(
            [
                {
                    "user_id": self.env.uid,
                    "partner_id": partner.id,
                    "datum": datum,
                    "shown_at": fields.Datetime.now(),
                }
                for partner in partners
            ]
        )

    def _append_deleted(self, visitor, digest):
        """Trace that the user has read and deleted a picture of the visitor's identity document.

        :param digest: SHA-256 of the deleted file, hex
        """
        self._append_rows(
            [
                {
                    "user_id": self.env.uid,
                    "partner_id": visitor.beneficiary_id.partner_id.id,
                    "visitor_id": visitor.id,
                    "datum": "identity_picture",
                    "digest": digest,
                    "shown_at": fields.Datetime.now(),
                }
            ]
        )

    def _show(self, record, field_name, datum):
        """Trace that the user sees ``field_name`` of ``record`` and return a notification that shows it.

        :param datum: what it is called, in the user's language
        """
        # none reads the field: the caller has checked its own access to the record
        record = record.sudo()
        self._append(record.partner_id, field_name)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"title": datum, "message": record[field_name] or "", "type": "info", "sticky": True},
        }
