"""The charters of rights and duties (P-01): which party has acknowledged which version, and when."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_date
from .cpa_policy_document import CHARTERS

BENEFICIARY = "charter_beneficiary"


class CpaCharterAcknowledgement(models.Model):
    """A beneficiary, supporter or volunteer has acknowledged a version of his charter. Never taken back."""

    _name = "cpa.charter.acknowledgement"
    _description = "Acknowledgement of a charter"
    _inherit = ["cpa.append.only.mixin"]
    _order = "id desc"
    _rec_name = "document_id"
    _log_access = False

    partner_id = fields.Many2one("res.partner", "By", required=True, readonly=True, index=True, ondelete="restrict")
    document_id = fields.Many2one("cpa.policy.document", "Charter", required=True, readonly=True, ondelete="restrict")
    kind = fields.Selection(related="document_id.kind", store=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    acknowledged_at = fields.Datetime("Acknowledged on", required=True, readonly=True)
    entered_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Entered by", required=True, readonly=True, ondelete="restrict")

    _partner_document_uniq = models.Constraint(
        "UNIQUE(partner_id, document_id)", "A version of a charter is acknowledged once by each."
    )


class CpaPolicyDocument(models.Model):
    _inherit = "cpa.policy.document"

    charter_acknowledgement_ids = fields.One2many("cpa.charter.acknowledgement", "document_id", "Acknowledged by")
    charter_count = fields.Integer("Acknowledgements of the charter", compute="_compute_charter_count")
    is_charter = fields.Boolean(compute="_compute_is_charter")

    @api.depends("kind")
    def _compute_is_charter(self):
        for document in self:
            document.is_charter = document.kind in CHARTERS

    @api.depends("charter_acknowledgement_ids")
    def _compute_charter_count(self):
        # a number only
        rows = self.env["cpa.charter.acknowledgement"].sudo()
        counts = dict(rows._read_group([("document_id", "in", self.ids)], ["document_id"], ["__count"]))
        for document in self:
            document.charter_count = counts.get(document, 0)

    @api.model
    def _charter_of(self, partner, kind, company=None):
        """Return the charter in force that ``partner`` has not acknowledged yet, one record or none.

        :param kind: "charter_beneficiary", "charter_supporter" or "charter_volunteer"
        """
        charter = self._in_force(kind, company)
        known = Domain("partner_id", "=", partner.id) & Domain("document_id", "=", charter.id)
        # whether there is one: the caller may read the partner
        if not partner or not charter or self.env["cpa.charter.acknowledgement"].sudo().search_count(known, limit=1):
            return self.browse()
        return charter

    @api.model
    def _charter_acknowledged(self, partner, kind, at, company=None):
        """Record that a party has acknowledged his charter, where he signed something (P-01).

        Called by the event in which he did so, which has checked who may record it. Nothing is recorded twice, nor
        while the board has approved no such charter, or what happened before it was in force.

        :param partner: ``res.partner``, one
        :param kind: "charter_beneficiary", "charter_supporter" or "charter_volunteer"
        :param at: when he did (naive UTC)
        :return: ``cpa.charter.acknowledgement``, one row or none
        """
        # charters are published by their nature; a portal user has no access to the register
        charter = self.sudo()._charter_of(partner, kind, company)
        rows = self.env["cpa.charter.acknowledgement"]
        if not charter or riyadh_date(at) < charter.in_force_from:
            return rows
        return rows._append_rows(
            [
                {
                    "partner_id": partner.id,
                    "document_id": charter.id,
                    "acknowledged_at": at,
                    "entered_at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                }
            ]
        )

    def action_charter_acknowledgements(self):
        """Button: who has acknowledged this charter."""
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_charter_acknowledgement_action")
        return action | {"domain": [("document_id", "in", self.ids)], "context": {}}


class CpaPersonMixin(models.AbstractModel):
    """A file shows whether its party has acknowledged the charter in force, and records that he does."""

    _inherit = "cpa.person.mixin"

    # Which charter the people of this file acknowledge, and who records it; each file names both.
    _charter_kind = None
    _charter_keepers = ()

    charter_text = fields.Char("Charter acknowledged on", compute="_compute_charter")
    charter_id = fields.Many2one("cpa.policy.document", "Charter to be read", compute="_compute_charter")

    @api.depends("company_id", "partner_id.cpa_charter_ids")
    @api.depends_context("lang")
    def _compute_charter(self):
        rows = self.env["cpa.charter.acknowledgement"].sudo()  # the day only, of files that the user reads
        # charters are published by their nature
        documents = self.env["cpa.policy.document"].sudo()
        for company, files in self.grouped("company_id").items():
            charter = documents._in_force(self._charter_kind, company)
            known = rows.search([("partner_id", "in", files.partner_id.ids), ("document_id", "=", charter.id)])
            days = {row.partner_id.id: riyadh_date(row.acknowledged_at) for row in known}
            for file in files:
                day = days.get(file.partner_id._origin.id)
                file.charter_text = day and format_both(day, self.env.lang or "en_US")
                file.charter_id = charter if charter and not day else False

    def action_charter_read(self):
        """Button: the party has read his charter, or it was read to him (P-01).

        :raise UserError: the user does not keep such files; or no charter is in force
        """
        self.check_access("write")
        if not any(self.env.user._has_group(role) for role in self._charter_keepers):
            raise UserError(self.env._("Who keeps the file records that the charter was read."))
        Document = self.env["cpa.policy.document"]
        for file in self:
            if not Document.sudo()._in_force(self._charter_kind, file.company_id):  # published, as above
                raise UserError(self.env._("The board has approved no such charter yet."))
            Document._charter_acknowledged(file.partner_id, self._charter_kind, fields.Datetime.now(), file.company_id)
        self.invalidate_recordset(["charter_text", "charter_id"])
        return True


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    def _portal_charter(self):
        """Return the charter on the page of the file: its text while it is to be read, else the day; None without."""
        charter = self.charter_id.filtered("body")
        if not charter and not self.charter_text:
            return None
        return {"id": charter.id, "body": charter.body, "day": self.charter_text}

    def _portal_charter_read(self, charter):
        """Record that who is logged in has read the charter that stood on the page (P-01).

        :param str charter: its id, as the page sends it
        :return: whether it was the one to be read
        :raise AccessError: the user does not act in this file
        """
        self.ensure_one()
        if self.id not in self.env.user.cpa_acts_for(writing=True):
            raise AccessError(self.env._("You do not act for this person."))
        file = self.sudo()  # checked above
        if str(charter) not in map(str, file.charter_id.ids):
            return False
        documents = self.env["cpa.policy.document"]
        documents._charter_acknowledged(file.partner_id, self._charter_kind, fields.Datetime.now(), file.company_id)
        file.invalidate_recordset(["charter_text", "charter_id"])
        return True


class ResPartner(models.Model):
    _inherit = "res.partner"

    cpa_charter_ids = fields.One2many(
        "cpa.charter.acknowledgement", "partner_id", "Charters acknowledged", groups="cpa_beneficiary.group_staff"
    )


class CpaDeclaration(models.Model):
    _inherit = "cpa.declaration"

    charter_id = fields.Many2one("cpa.policy.document", "Charter to be read", compute="_compute_charter_id")
    charter_read = fields.Boolean("The charter of beneficiaries was read, too", copy=False)

    @api.depends("request_id.beneficiary_id", "state")
    def _compute_charter_id(self):
        for declaration in self:
            partner = declaration.request_id.beneficiary_id.partner_id
            declaration.charter_id = declaration.state == "draft" and self.env["cpa.policy.document"]._charter_of(
                partner, BENEFICIARY, declaration.request_id.company_id
            )

    def _effect_signed(self, at):
        result = super()._effect_signed(at)
        for declaration in self.filtered("charter_read"):
            request = declaration.request_id
            # the party itself, of a request that is signed by who may
            partner = request.beneficiary_id.sudo().partner_id
            if partner:
                self.env["cpa.policy.document"]._charter_acknowledged(partner, BENEFICIARY, at, request.company_id)
        return result


class CpaAgreement(models.Model):
    _inherit = "cpa.agreement"

    charter_id = fields.Many2one("cpa.policy.document", "Charter to be read", compute="_compute_charter_id")
    charter_read = fields.Boolean("The charter of the party was read, too", copy=False)

    @api.depends("party", "partner_id", "state")
    def _compute_charter_id(self):
        for agreement in self:
            agreement.charter_id = agreement.state == "draft" and self.env["cpa.policy.document"]._charter_of(
                agreement.partner_id, f"charter_{agreement.party}", agreement.company_id
            )

    def _effect_signed(self, at):
        result = super()._effect_signed(at)
        for agreement in self.filtered("charter_read"):
            self.env["cpa.policy.document"]._charter_acknowledged(
                agreement.partner_id, f"charter_{agreement.party}", at, agreement.company_id
            )
        return result
