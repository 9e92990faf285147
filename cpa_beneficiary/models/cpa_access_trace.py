from odoo import fields, models
from odoo.exceptions import UserError


class CpaAccessTrace(models.Model):
    """Who looked at which sensitive datum of whom, and when. Appended by "Show" actions only."""

    _name = "cpa.access.trace"
    _description = "Trace of sensitive access"
    _order = "id desc"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Person", readonly=True, index=True, ondelete="restrict")
    datum = fields.Char(required=True, readonly=True)
    shown_at = fields.Datetime(required=True, readonly=True)

    def write(self, vals):
        raise UserError(self.env._("A trace never changes."))

    def unlink(self):
        raise UserError(self.env._("A trace never changes."))

    def _show(self, record, field_name, datum):
        """Trace that the user sees ``field_name`` of ``record`` and return a notification that shows it.

        :param datum: what it is called, in the user's language
        """
        # no role writes traces, and none reads the field: the caller has checked its own access to the record
        value = record.sudo()[field_name]
        self.sudo().create(
            {
                "user_id": self.env.uid,
                "partner_id": record.sudo().partner_id.id,
                "datum": field_name,
                "shown_at": fields.Datetime.now(),
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"title": datum, "message": value or "", "type": "info", "sticky": True},
        }
