"""One person, one contact: a volunteer who is a beneficiary as well, or has applied before (P-08, P-32)."""

from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools.saudi import normalise_identity
from odoo.addons.cpa_beneficiary.tools.text import name_key
from odoo.exceptions import UserError


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    duplicates = fields.Json(compute="_compute_duplicates")
    beneficiary_id = fields.Many2one(
        "cpa.beneficiary",
        compute="_compute_beneficiary_id",
        compute_sudo=True,
        groups="cpa_beneficiary.group_officer,cpa_beneficiary.group_manager,cpa_beneficiary.group_auditor",
    )

    def _compute_beneficiary_id(self):
        for volunteer in self:
            volunteer.beneficiary_id = volunteer.partner_id.cpa_beneficiary_ids[:1]

    @api.depends_context("uid")
    @api.depends("name", "phone", "state")
    def _compute_duplicates(self):
        """While typing, and until somebody has vetted him: who may be the same person."""
        asks = self.browse().has_access("write")
        for volunteer in self:
            vals = {"name": volunteer.name, "phone": volunteer.phone}
            volunteer.duplicates = volunteer._find_duplicates(vals) if asks and volunteer.state == "applied" else []

    def _find_duplicates(self, vals):
        """Return who may be the one described by ``vals``, for the widget ``cpa_duplicates``; the surest first.

        Volunteers are told by name. Of other people of the association who have the same telephone it is told that
        there is one, and no more: whether somebody asked for support is not the coordinator's to know.
        """
        # contacts by exact data that the user has, or by a name that he types
        own = self.sudo().partner_id
        reasons = {}
        for reason, partners in self.env["cpa.beneficiary"]._duplicate_partners(vals):
            for partner in partners - own:
                reasons.setdefault(partner.id, reason)
        if not reasons:
            return []
        files = {file.partner_id.id: file for file in self.search([("partner_id", "in", list(reasons))])}
        found = []
        for partner_id, reason in reasons.items():
            file = files.get(partner_id)
            if file:
                known = {"id": file.id, "model": self._name, "label": file.display_name}
                found.append({"reason": reason, "file_number": file.volunteer_number, **known})
            elif reason == "phone":
                label = self.env._("A person of the association: see the identity, then “Same person”")
                found.append({"reason": reason, "id": False, "label": label, "file_number": False})
        return found

    def _effect_vetted(self, at):
        super()._effect_vetted(at)
        # the task that the application made, whoever had it
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def action_open_beneficiary(self):
        """Button: the beneficiary's file of the same person, for who may read it."""
        self.ensure_one()
        beneficiary = self.env["cpa.beneficiary"].search([("partner_id", "=", self.partner_id.id)], limit=1)
        return beneficiary._get_records_action(name=beneficiary.display_name)

    def action_same_person(self):
        """Button: the applicant is known already; his identity lies on the table.

        :return: action that opens the wizard
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Same person"),
            "res_model": "cpa.volunteer.person.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_volunteer_id": self.id},
        }

    def _tie_to_identity(self, number):
        """Let this application go on with the contact whose identity has this number.

        :param str number: as typed from the card
        :raise UserError: nobody has it, or the name and the telephone are another's, or he has a file already
        """
        self.ensure_one()
        self.check_access("write")
        # found by a number that the user has whole; nothing of it is shown before name or telephone agree
        identity = self.env["cpa.identity"].sudo().search([("number_plain", "=", normalise_identity(number))], limit=1)
        partner, own = identity.partner_id, self.sudo().partner_id
        if not partner or partner == own:
            raise UserError(self.env._("Nobody else has this identity: type it under “Identity”."))
        if (partner.phone or "-") != own.phone and name_key(partner.name) != name_key(own.name):
            raise UserError(
                self.env._("Neither the name nor the telephone is that of this identity: read the card again.")
            )
        if partner.with_context(active_test=False).cpa_volunteer_ids:
            raise UserError(self.env._("This person already has a volunteer file."))
        if self.state != "applied" or own.cpa_identity_ids or own.user_ids or own.cpa_agreement_ids:
            raise UserError(self.env._("Too much hangs on this application already: ask the manager."))
        known = {name: own[name] for name in ("phone", "email") if own[name] and not partner[name]}
        if known:
            partner.write(known)
        self.sudo()._lifecycle_set({"partner_id": partner.id})  # the contact that the card has just proven
        self.flush_recordset()
        self.message_post(body=self.env._("The file was put on the contact of the same person, known by identity."))
        own.unlink()
