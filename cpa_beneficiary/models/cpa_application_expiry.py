"""What is not gone on with, or never proven, goes, its answers and pictures with it (PDPL: no longer than needed)."""

from datetime import timedelta

from odoo import api, fields, models

BATCH = 100
# What an expired or refused application keeps: that there was one, when, and for which service.
PERSONAL = (
    "typed",
    "name",
    "identity_plain",
    "identity_type",
    "identity_country_id",
    "birth_date",
    "acting_name",
    "acting_plain",
    "power_number",
    "power_until",
    "phone",
    "email",
    "description",
    "amount_requested",
    "iban_plain",
    "kind_values",
    "signer_name",
    "signature",
    "proven_contact",
    "proven_request_id",
    "known_file_id",
    "user_id",
    "beneficiary_id",
)


class CpaApplication(models.Model):
    _inherit = "cpa.application"

    def _touch(self):
        """Give the draft its days from now: who goes on with it keeps it."""
        for application in self:
            days = application.company_id.cpa_application_draft_days
            application._lifecycle_set({"expires_at": fields.Datetime.now() + timedelta(days=days)})

    def _effect_forget(self, at):
        self.sudo().document_ids.unlink()  # its own pictures, whoever may refuse it
        self.sudo()._lifecycle_set(dict.fromkeys(PERSONAL, False))

    @api.model
    def _cron_expire(self):
        """Let go what is due, by the index of the days; a batch each time."""
        due = self._as_website().search(
            [("state", "in", ("draft", "submitted")), ("expires_at", "<", fields.Datetime.now())],
            order="expires_at",
            limit=BATCH + 1,
        )
        batch = due[:BATCH]
        batch.filtered(lambda application: application.state == "draft").unlink()
        batch.exists().write({"state": "expired"})
        self.env["ir.cron"]._commit_progress(len(batch), remaining=len(due) - len(batch))


class ResCompany(models.Model):
    _inherit = "res.company"

    cpa_application_draft_days = fields.Integer(
        "Keep a draft of an application for (days)", default=7, help="After it was last gone on with."
    )
    cpa_application_days = fields.Integer(
        "Keep an application that is not proven for (days)", default=30, help="After it was sent."
    )

    _application_days_check = models.Constraint(
        "CHECK(cpa_application_draft_days > 0 AND cpa_application_days > 0)",
        "Applications are kept for at least a day.",
    )
