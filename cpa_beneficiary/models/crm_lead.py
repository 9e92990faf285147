from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .cpa_channel import CHANNEL_FIELDS


class CrmLead(models.Model):
    """An inquiry is a lead of CRM marked so (P-10): what was asked, by which channel, and what was answered."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "cpa.channel.mixin"]

    is_inquiry = fields.Boolean("Inquiry", index=True)
    question_ids = fields.One2many("cpa.inquiry.question", "lead_id", "Questions")
    open_question_count = fields.Integer(compute="_compute_open_question_count", search="_search_open_question_count")
    cpa_branch_id = fields.Many2one("cpa.branch", "Branch", ondelete="restrict", index="btree_not_null")
    is_misconception = fields.Boolean(
        "Misconception", help="What was asked rests on a wrong idea of our services (P-14)."
    )
    cpa_request_ids = fields.One2many("cpa.request", "lead_id", "Requests")

    @api.depends("question_ids.state")
    def _compute_open_question_count(self):
        counts = dict(
            self.env["cpa.inquiry.question"]._read_group(
                [("lead_id", "in", self.ids), ("state", "=", "open")], ["lead_id"], ["__count"]
            )
        )
        for lead in self:
            lead.open_question_count = counts.get(lead._origin, 0)

    def _search_open_question_count(self, operator, value):
        if (operator, value) not in ((">", 0), ("!=", 0)):
            return NotImplemented
        return [("question_ids", "any", [("state", "=", "open")])]

    @api.constrains("is_inquiry", "channel_id", "stage_id", "active", *CHANNEL_FIELDS)
    def _check_inquiry(self):
        """P-19 to P-26: an inquiry has a channel with its details. P-31: none is closed with a question left open.

        :raise ValidationError: a detail is missing, or a question is open
        """
        inquiries = self.filtered("is_inquiry")
        inquiries._check_channel()
        for lead in inquiries:
            if (not lead.active or lead.stage_id.is_won) and "open" in lead.question_ids.mapped("state"):
                raise ValidationError(
                    self.env._("“%(inquiry)s” still has a question without an answer.", inquiry=lead.name)
                )

    def _compute_name(self):
        # an inquiry is called by what is asked, never by who asks
        super(CrmLead, self.filtered(lambda lead: not lead.is_inquiry))._compute_name()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if values.get("is_inquiry"):
            values |= {"team_id": self._inquiry_team().id, "type": "opportunity"}
            values.setdefault("cpa_branch_id", self.env.user.cpa_branch_ids[:1].id)
        return values

    @api.model
    def _inquiry_team(self):
        return self.env.ref("cpa_beneficiary.crm_team_relations", raise_if_not_found=False) or self.env["crm.team"]

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        # the board of inquiries shows the stages of our team only, the folded one too
        if self.env.context.get("default_is_inquiry"):
            return (stages | stages.search([("team_ids", "in", self._inquiry_team().ids)])).sorted()
        return super()._read_group_stage_ids(stages, domain)

    def _stage_find(self, team_id=False, domain=None, order="sequence, id", limit=1):
        if self and all(lead.is_inquiry for lead in self):
            domain = [*(domain or []), ("team_ids", "in", self._inquiry_team().ids)]
        return super()._stage_find(team_id, domain, order, limit)

    def _pls_increment_frequencies(self, from_state=None, to_state=None):
        # an inquiry is no sale: it is never scored, and the scores are closed to our roles
        leads = self.filtered(lambda lead: not lead.is_inquiry)
        return super(CrmLead, leads)._pls_increment_frequencies(from_state, to_state) if leads else None

    def merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True):
        """:raise UserError: inquiries keep their own questions, times and channel, so they are not merged"""
        if any(lead.is_inquiry for lead in self):
            raise UserError(self.env._("Inquiries are not merged: each keeps its questions, times and channel (P-31)."))
        return super().merge_opportunity(user_id, team_id, auto_unlink)

    def action_open_request(self):
        """Button: a request from this inquiry, with all that is known already (P-08)."""
        self.ensure_one()
        details = {
            f"default_{name}": self[name].id if self._fields[name].relational else self[name]
            for name in ("channel_id", *CHANNEL_FIELDS)
            if self[name]
        }
        beneficiary = self.env["cpa.beneficiary"].search([("partner_id", "=", self.partner_id.id)], limit=1)
        return {
            "type": "ir.actions.act_window",
            "res_model": "cpa.request",
            "view_mode": "form",
            "context": details
            | {
                "default_lead_id": self.id,
                "default_beneficiary_id": beneficiary.id,
                "default_subject": self.name,
            },
        }
