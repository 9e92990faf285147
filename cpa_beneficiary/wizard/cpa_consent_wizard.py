from odoo import fields, models
from odoo.exceptions import AccessError

from ..models.cpa_consent import RECORDERS


class CpaConsentWizard(models.TransientModel):
    """What a person says about one purpose, recorded by who heard or read it. Nothing is chosen beforehand."""

    _name = "cpa.consent.wizard"
    _description = "Record a consent"

    beneficiary_id = fields.Many2one("cpa.beneficiary", required=True, readonly=True)
    purpose_id = fields.Many2one("cpa.consent.purpose", required=True)
    wording = fields.Text(related="purpose_id.wording_id.body")
    event = fields.Selection([("given", "Consent given"), ("withdrawn", "Consent withdrawn")], required=True)
    method = fields.Selection(
        [("counter", "At the counter"), ("paper", "On paper"), ("phone", "By telephone")],
        "How it was given",
        required=True,
    )
    happened_at = fields.Datetime("On", help="Empty: now.")
    representation_id = fields.Many2one(
        "cpa.representation", "Said by", domain="[('beneficiary_id', '=', beneficiary_id)]", help="Empty: by himself."
    )

    def action_record(self):
        """Record it in the file.

        :raise AccessError: the user is none of those who receive people
        """
        self.ensure_one()
        if not any(self.env.user._has_group(role) for role in RECORDERS):
            raise AccessError(self.env._("Consents are recorded by those who receive people."))
        self.beneficiary_id.check_access("write")
        self.env["cpa.consent"]._record(
            self.beneficiary_id,
            self.purpose_id,
            self.event,
            self.method,
            happened_at=self.happened_at,
            representation=self.representation_id,
        )
        return True
