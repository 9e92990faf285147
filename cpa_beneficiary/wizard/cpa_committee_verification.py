from odoo import api, fields, models

from ..models.cpa_committee_seal import short_digest


class CpaCommitteeVerification(models.TransientModel):
    """The result of a verification of the sealed sessions: green, or what is not as it was sealed."""

    _name = "cpa.committee.verification"
    _description = "Verification of sealed minutes"
    _transient_max_hours = 1

    session_id = fields.Many2one("cpa.committee.session", readonly=True, ondelete="cascade", help="Empty: all of them.")
    verified_at = fields.Datetime("Verified at", readonly=True)
    session_count = fields.Integer("Sealed sessions", readonly=True)
    last_seal = fields.Char("Last seal", readonly=True)
    line_ids = fields.One2many("cpa.committee.verification.line", "verification_id", "Findings", readonly=True)

    @api.model
    def action_verify(self, session=None):
        """Menu and button: verify all sessions, or one, and show the result."""
        self.check_access("create")
        sessions = session or self.env["cpa.committee.session"]
        findings = sessions._verify_chain()
        # counted only: who may verify learns how many seals there are
        seals = (
            self.env["cpa.committee.seal"].sudo().search([("kind", "=", "session")], order="sealed_at desc, id desc")
        )
        verification = self.create(
            {
                "session_id": sessions.id,
                "verified_at": fields.Datetime.now(),
                "session_count": 1 if sessions else len(seals),
                "last_seal": short_digest(sessions.seal_digest if sessions else seals[:1].digest),
                "line_ids": [
                    fields.Command.create(
                        {"session_id": finding.session_id, "session": finding.session, "text": finding.text}
                    )
                    for finding in findings
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verification of sealed minutes"),
            "res_model": self._name,
            "res_id": verification.id,
            "view_mode": "form",
            "target": "new" if sessions else "current",
        }

    def action_again(self):
        """Button: verify again."""
        return self.action_verify(self.session_id)


class CpaCommitteeVerificationLine(models.TransientModel):
    _name = "cpa.committee.verification.line"
    _description = "Finding of a verification"

    verification_id = fields.Many2one("cpa.committee.verification", required=True, ondelete="cascade")
    session_id = fields.Integer("Session (id)")  # a session may be gone
    session = fields.Char(readonly=True)
    text = fields.Char("Finding", readonly=True)
