"""The beneficiary's voice: a suggestion and its outcome (P-05), a complaint about the association, never punished."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    suggestion_outcome = fields.Selection(
        [
            ("adopted", "Adopted"),
            ("partly", "Partly adopted"),
            ("later", "Kept for later"),
            ("declined", "Not adopted"),
        ],
        "Outcome of the suggestion",
        help="Told to the proposer with the reply (P-05).",
    )
    incident_at = fields.Datetime("Time of the incident")
    incident_department_id = fields.Many2one("cpa.department", "Department concerned", ondelete="restrict")
    subject_user_ids = fields.Many2many(
        "res.users",
        "cpa_request_subject_rel",
        "request_id",
        "user_id",
        "Staff concerned",
        help="Whoever the complaint is about does not handle it. It corrects, it never punishes (P-16).",
    )

    @api.model
    def _kind_fields(self):
        return super()._kind_fields() | {"association": {"incident_at": False, "incident_department_id": False}}

    @api.constrains("subject_user_ids", "officer_id", "researcher_id")
    def _check_handler_is_not_the_subject(self):
        for request in self:
            # whom a complaint is about is compared, not shown
            if (request.officer_id | request.researcher_id) & request.sudo().subject_user_ids:
                raise ValidationError(self.env._("Whom a complaint is about does not handle it."))

    def _guard_answer(self, at):
        missing = super()._guard_answer(at)
        if self.kind == "suggestion" and not self.suggestion_outcome:
            missing.append(self.env._("The outcome of the suggestion."))
        return missing
