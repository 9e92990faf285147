"""Consents of a person, in the file and on the website; and what is kept with explicit consent only (P-07)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..tools.text import comma_list
from .cpa_consent_purpose import SENSITIVE


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    consent_note = fields.Text("Consents in force", compute="_compute_consent_note")

    @api.depends("partner_id.cpa_consent_ids")
    @api.depends_context("lang")
    def _compute_consent_note(self):
        purposes = self.env["cpa.consent.purpose"].sudo().search(Domain.TRUE)  # their names, which anybody may know
        held = {purpose: self.env["cpa.consent"]._in_force(purpose.code, self.partner_id) for purpose in purposes}
        for beneficiary in self:
            names = [purpose.name for purpose in purposes if beneficiary.partner_id._origin in held[purpose]]
            beneficiary.consent_note = "\n".join(names)

    def action_record_consent(self):
        action = super().action_record_consent()
        return action | {"context": {"default_beneficiary_id": self.id}}

    # ------------------------------------------------------------------
    # Sensitive segments
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        beneficiaries = super().create(vals_list)
        if not self.env.su:
            beneficiaries._check_sensitive_segments(dict.fromkeys(beneficiaries, self.env["cpa.segment"]))
        return beneficiaries

    def write(self, vals):
        before = {file: file.segment_ids for file in self} if "segment_ids" in vals else {}
        super().write(vals)
        if not self.env.su:  # with all rights: a merge, which brings nothing that was not known of the person
            self._check_sensitive_segments(before)
        return True

    def _check_sensitive_segments(self, before):
        """What tells of health or disability is kept of a person only with his explicit consent.

        :param before: ``{file: segments}`` that these files had
        :raise ValidationError: a file has newly got a sensitive segment, and the person has not consented
        """
        new = self.browse(
            file.id for file, had in before.items() if any((file.segment_ids - had).mapped("needs_consent"))
        )
        refused = new.partner_id - self.env["cpa.consent"]._in_force(SENSITIVE, new.partner_id)
        if refused:
            raise ValidationError(
                self.env._(
                    "A sensitive segment needs the explicit consent of %(people)s. Save the file without it, record "
                    "the consent under “Consents”, then add the segment.",
                    people=comma_list(refused.mapped("name"), self.env.lang),
                )
            )

    # ------------------------------------------------------------------
    # On the website
    # ------------------------------------------------------------------

    def _portal_consent(self, code, event):
        """Record what the person, or who acts for him, says on the website about one purpose.

        Withdrawing is open as long as the file is shown; giving needs somebody who may act in it.

        :param str code: of the purpose
        :param str event: ``given`` or ``withdrawn``
        :raise AccessError: this user does not act in this file
        """
        self.ensure_one()
        user = self.env.user
        if self.id not in user.cpa_acts_for(writing=event == "given"):
            raise AccessError(self.env._("You do not act for this person."))
        # looked up by its code, which the page shows
        purpose = self.env["cpa.consent.purpose"].sudo().search([("code", "=", code)])
        if not purpose or event not in ("given", "withdrawn"):
            raise UserError(self.env._("There is no such consent."))
        self.env["cpa.consent"]._record(
            self, purpose, event, "website", representation=self._portal_representation(user)
        )

    def _portal_representation(self, user):
        """Return by which representation ``user`` acts for this person; empty for himself."""
        self.ensure_one()
        # of this file and this user, which cpa_acts_for has checked
        lines = self.sudo().representation_ids
        return lines.filtered(
            lambda r: r.representative_id == user.sudo().partner_id and r.kind != "carer" and not r._problems()
        )[:1]

    def _portal_consents(self):
        """Return what the page of the consents shows of this file, purpose by purpose; the caller has checked whose.

        :return: list of dicts ``code``, ``name``, ``body``, ``is_given``, ``history`` (list of texts, latest first)
        """
        self.ensure_one()
        # of the file that the caller has checked
        partner = self.sudo().partner_id
        purposes = self.env["cpa.consent.purpose"].sudo().search(Domain.TRUE)
        contacts = partner | self.sudo().with_context(active_test=False).merged_ids.partner_id
        events = self.env["cpa.consent"].sudo().search([("partner_id", "in", contacts.ids)])
        rows = []
        for purpose in purposes:
            own = events.filtered(lambda event, purpose=purpose: event.purpose_id == purpose)
            rows.append(
                {
                    "code": purpose.code,
                    "name": purpose.name,
                    "body": purpose.wording_id.body,
                    "is_given": own[:1].event == "given",
                    "history": [event._portal_text() for event in own[:10]],
                }
            )
        return rows
