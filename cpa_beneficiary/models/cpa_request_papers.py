"""What the papers of a request say: the slip that the applicant takes home (P-35), the form (P-30)."""

from odoo import fields, models

from ..tools.riyadh import riyadh_date

# What the form says of the applicant and of the request, as far as it is filled and its reader may see it.
APPLICANT_FIELDS = (
    "name",
    "file_number",
    "identity_type",
    "identity_number",
    "birth_date",
    "phone",
    "email",
    "governorate_id",
    "cpa_short_address",
    "street",
    "city",
    "iban",
    "segment_ids",
    "accessibility_needs",
)
REQUEST_FIELDS = (
    "service_id",
    "subject",
    "amount_requested",
    "channel_id",
    "is_urgent",
    "representation_id",
    "branch_id",
    "officer_id",
)


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    # ------------------------------------------------------------------
    # The slip
    # ------------------------------------------------------------------

    def _reply_promise(self):
        """Return the slip's large line as ``(text in the user's language, date)``; neutral: never what was decided."""
        self.ensure_one()
        if self.replied_at:
            return self.env._("We replied to you on"), riyadh_date(self.replied_at)
        if self.closed_at:
            return self.env._("This request was closed on"), riyadh_date(self.closed_at)
        return self.env._("We reply to you by"), self.reply_target_date

    def _awaited_checks(self):
        """Return the checks of what the applicant has still to show, the next one first."""
        awaited = self.check_ids._latest().filtered(lambda check: check.state == "to_sight")
        return awaited.sorted(lambda check: (check.due_date or fields.Date.today(), check.id))

    def _taken_in(self):
        """Return the latest round that was submitted: who took it in, and when (may be empty)."""
        return self.submission_ids.filtered("submitted_at").sorted("round")[-1:]

    def _taken_in_by(self):
        """Return who took in the latest round, to be printed; never the applicant's own name on a neutral slip."""
        who = self._taken_in().submitted_by.sudo()  # a name, and whether it is one of ours
        return self.env._("The website") if who.share else who.name

    # ------------------------------------------------------------------
    # The form
    # ------------------------------------------------------------------

    def _form_applicant(self):
        """Return ``(record, names of fields)`` of the applicant for the form; nothing of an anonymous one."""
        return self.beneficiary_id, APPLICANT_FIELDS

    def _form_request(self):
        """Return ``(record, names of fields)`` of the request for the form, its kind's own ones included."""
        return self, (*REQUEST_FIELDS, *self._kind_fields().get(self.kind, ()))

    def _form_declaration(self):
        """Return the declaration that the form carries: the signed one, else the one to be signed (may be empty)."""
        live = self.declaration_ids.filtered(lambda declaration: declaration.state != "void")
        return live.sorted(lambda declaration: declaration.state != "signed")[:1]

    def _form_explanation(self):
        """Return the explanation that was confirmed last (may be empty)."""
        return self.explanation_ids.filtered(lambda explanation: explanation.state == "confirmed")[:1]
