from odoo import fields, models


class CpaVolunteerPersonWizard(models.TransientModel):
    """The applicant is somebody whom the association knows already: by the identity that lies on the table."""

    _name = "cpa.volunteer.person.wizard"
    _description = "A volunteer whom we know already"

    volunteer_id = fields.Many2one("cpa.volunteer", required=True, readonly=True)
    number = fields.Char("Identity number", required=True, help="Typed from the card, which lies before you.")

    def action_confirm(self):
        """Button: his volunteer's file goes on the contact that has this identity."""
        self.ensure_one()
        self.volunteer_id._tie_to_identity(self.number)
        return {"type": "ir.actions.act_window_close"}
