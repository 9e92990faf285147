from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..models.cpa_consent import RECORDERS


class CpaConsentWizard(models.TransientModel):
    """What a person says about one purpose, recorded by who heard or read it. Nothing is chosen beforehand."""

    _name = "cpa.consent.wizard"
    _description = "Record a consent"

    beneficiary_id = fields.Many2one("cpa.beneficiary", readonly=True)
    # another file of a person: of a supporter, a volunteer
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    purpose_id = fields.Many2one("cpa.consent.purpose", required=True)
    wording = fields.Text(related="purpose_id.wording_id.body")
    event = fields.Selection([("given", "Consent given"), ("withdrawn", "Consent withdrawn")], required=True)
    method = fields.Selection(
        [("counter", "At the counter"), ("paper", "On paper"), ("phone", "By telephone")],
        "How it was given",
        required=True,
    )
    happened_at = fields.Datetime("Said on", help="Empty: now.")
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
        file = self._file()
        file.check_access("write")
        self.env["cpa.consent"]._record(
            file,
            self.purpose_id,
            self.event,
            self.method,
            happened_at=self.happened_at,
            representation=self.representation_id,
        )
        return True

    def _file(self):
        """Return whose consent it is: the file of a person.

        :raise UserError: it is none
        """
        if self.beneficiary_id:
            return self.beneficiary_id
        model = self.env.get(self.res_model)
        if model is None or not isinstance(model, self.pool["cpa.person.mixin"]) or not self.res_id:
            raise UserError(self.env._("Consents are recorded in a person's file."))
        return model.browse(self.res_id)
