from odoo import api, fields, models

from ..models.cpa_committee_signature import METHODS


class CpaCommitteeSignWizard(models.TransientModel):
    """Asks for a signature under minutes or under an addendum; the text's own rules decide."""

    _name = "cpa.committee.sign.wizard"
    _description = "Signing minutes"

    session_id = fields.Many2one("cpa.committee.session", readonly=True, ondelete="cascade")
    addendum_id = fields.Many2one("cpa.committee.addendum", readonly=True, ondelete="cascade")
    minutes_html = fields.Html(related="session_id.minutes_html", string="Minutes", sanitize=False)
    method = fields.Selection(METHODS, required=True, readonly=True, default="screen")
    attendance_ids = fields.Many2many("cpa.committee.attendance", string="Members")
    waiting_ids = fields.Many2many("cpa.committee.attendance", compute="_compute_waiting")
    user_ids = fields.Many2many("res.users", string="Signers")
    signer_name = fields.Char(default=lambda self: self.env.user.name, readonly=True)
    signature = fields.Image(max_width=1024, max_height=512, attachment=False)
    scan = fields.Binary("Scan of the signed paper", attachment=False)
    scan_name = fields.Char()
    signed_at = fields.Datetime("Signed at", required=True, default=fields.Datetime.now)
    reason = fields.Text("Why it is not signed")

    @api.depends("session_id")
    def _compute_waiting(self):
        for wizard in self:
            wizard.waiting_ids = wizard.session_id.attendance_ids.filtered(
                lambda line: line.is_present and line.signed_how in (False, "refused")
            )

    def action_confirm(self):
        """Button: it is signed."""
        self.ensure_one()
        signed = {
            "image": self.signature,
            "scan": self.scan,
            "scan_name": self.scan_name,
            "reason": self.reason,
            "signed_at": None if self.method == "screen" else self.signed_at,
        }
        if self.addendum_id:
            for user in self.user_ids:
                self.addendum_id._sign(user, self.method, **signed)
        else:
            self.session_id._sign(self.attendance_ids, self.method, **signed)
        return {"type": "ir.actions.act_window_close"}
