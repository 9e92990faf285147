from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.riyadh import cpa_today
from .cpa_lifecycle_mixin import Move
from .roles import MANAGER, OFFICER


class CpaSupporter(models.Model):
    """The file of a supporter (P-01): who gives money, goods or a service, as a role of an ordinary contact.

    It shows nothing of beneficiaries, and no beneficiary's file shows it.
    """

    _name = "cpa.supporter"
    _description = "Supporter"
    _inherits = {"res.partner": "partner_id"}
    _inherit = ["cpa.person.mixin"]
    _order = "id desc"
    _mailing_enabled = True
    _charter_kind = "charter_supporter"
    _charter_keepers = (OFFICER, MANAGER)

    state = fields.Selection(
        [("draft", "Prospective"), ("active", "Supports us"), ("ended", "Former")],
        "Supporter status",
        default="draft",
        required=True,
        index=True,
        tracking=True,
        copy=False,
        readonly=True,
    )
    kind = fields.Selection(
        [
            ("individual", "Individual"),
            ("company", "Company or establishment"),
            ("foundation", "Foundation or association"),
            ("government", "Government body"),
        ],
        required=True,
        default="company",
        tracking=True,
    )
    supporter_number = fields.Char(kept=True, readonly=True, copy=False)
    supports_since = fields.Date(kept=True, readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, index="btree_not_null", tracking=True
    )
    contact_person = fields.Char(help="Who speaks for the body.")
    support_note = fields.Text("What he supports")

    agreement_count = fields.Integer("Agreements in force", compute="_compute_agreement_count")
    consent_note = fields.Text("Consents in force", compute="_compute_consent_note")

    _partner_uniq = models.Constraint("UNIQUE(partner_id)", "This contact already has a supporter's file.")
    _number_uniq = models.Constraint("UNIQUE(supporter_number)", "A supporter's number is never given twice.")

    # ------------------------------------------------------------------
    # Lifecycle
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        return {
            ("draft", "active"): Move((OFFICER, MANAGER), ("_guard_reachable", "_guard_charter"), ("_effect_begin",)),
            ("active", "ended"): Move((OFFICER, MANAGER), reason=True),
            ("ended", "active"): Move((OFFICER, MANAGER), ("_guard_charter",)),
        }

    def _guard_charter(self, at):
        """P-01: rights and duties are known before somebody supports us; where the board has put a charter in force."""
        if self.charter_id:
            return [self.env._("The charter of supporters: its version in force is not acknowledged yet.")]
        return []

    def _effect_begin(self, at):
        sequence = self.env["ir.sequence"].sudo()  # numbering is the system's, no role writes sequences
        for supporter in self.filtered(lambda supporter: not supporter.supporter_number):
            supporter._lifecycle_set(
                {"supporter_number": sequence.next_by_code("cpa.supporter"), "supports_since": cpa_today()}
            )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    def _compute_agreement_count(self):
        agreements = self.env["cpa.agreement"]
        domain = agreements._in_force_domain(cpa_today()) & Domain("partner_id", "in", self.partner_id.ids)
        counts = (
            dict(agreements._read_group(domain, ["partner_id"], ["__count"])) if agreements.has_access("read") else {}
        )
        for supporter in self:
            supporter.agreement_count = counts.get(supporter.partner_id, 0)

    @api.depends("partner_id.cpa_consent_ids")
    @api.depends_context("lang")
    def _compute_consent_note(self):
        purposes = self.env["cpa.consent.purpose"].sudo().search(Domain.TRUE)  # their names, which anybody may know
        held = {purpose: self.env["cpa.consent"]._in_force(purpose.code, self.partner_id) for purpose in purposes}
        for supporter in self:
            names = [purpose.name for purpose in purposes if supporter.partner_id._origin in held[purpose]]
            supporter.consent_note = "\n".join(names)

    @api.depends("name", "supporter_number")
    def _compute_display_name(self):
        for supporter in self:
            supporter.display_name = " · ".join(filter(None, [supporter.name, supporter.supporter_number]))

    @api.onchange("kind")
    def _onchange_kind(self):
        self.is_company = self.kind != "individual"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{"is_company": vals.get("kind") != "individual", **vals} for vals in vals_list])

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_agreements(self):
        """Button: the agreements with this supporter."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_agreement_action")
        return action | {
            "domain": [("partner_id", "=", self.partner_id.id)],
            "context": {"default_partner_id": self.partner_id.id, "default_signer_name": self.contact_person},
        }

    def action_notice(self):
        """Button: write to the supporter; the notice stays in his file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Notice to the supporter"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": self.partner_id.ids,
                "default_subject": self.env.company.name,
            },
        }
