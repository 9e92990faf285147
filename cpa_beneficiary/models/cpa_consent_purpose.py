from odoo import api, fields, models
from odoo.exceptions import UserError

SENSITIVE = "sensitive"
MESSAGE = "outreach_message"
CALL = "outreach_call"


class CpaConsentPurpose(models.Model):
    """For what a person may consent, or not: each purpose by itself (Personal Data Protection Law, P-07)."""

    _name = "cpa.consent.purpose"
    _description = "Purpose of a consent"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True, copy=False, help="Stable name by which a consent is looked up.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    wording_ids = fields.One2many("cpa.consent.wording", "purpose_id", "Wordings")
    wording_id = fields.Many2one("cpa.consent.wording", "Wording in use", compute="_compute_wording_id")

    _code_uniq = models.Constraint("UNIQUE(code)", "A purpose with this code exists already.")

    @api.depends("wording_ids.version")
    def _compute_wording_id(self):
        for purpose in self:
            purpose.wording_id = purpose.wording_ids.sorted("version")[-1:]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        raise UserError(self.env._("A purpose stays with the consents that were asked for it. Archive it instead."))


class CpaConsentWording(models.Model):
    """What exactly people were asked: a new wording is a new version, and what somebody consented to never changes."""

    _name = "cpa.consent.wording"
    _description = "Wording of a consent"
    _order = "purpose_id, version desc"
    _rec_name = "version"

    purpose_id = fields.Many2one("cpa.consent.purpose", required=True, index=True, ondelete="restrict")
    version = fields.Integer(required=True, default=1)
    body = fields.Text("What is asked", required=True, translate=True)

    _version_uniq = models.Constraint("UNIQUE(purpose_id, version)", "This version of the wording exists already.")

    def write(self, vals):
        self._check_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _check_unused(self):
        """:raise UserError: somebody has answered this wording"""
        # whether there is one, not whose
        if self.env["cpa.consent"].sudo().search_count([("wording_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("People answered this wording: add a new version of it."))
