import hashlib

from dateutil.relativedelta import relativedelta
from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.riyadh import cpa_today, riyadh_date
from .cpa_beneficiary_identity import ADULT_AGE, age
from .cpa_lifecycle_mixin import Move
from .roles import MANAGER, OFFICER

PORTAL = "base.group_portal"


class CpaAgreement(models.Model):
    """What the association and a party agreed on, signed (P-02): the text as read, by whom, from when to when."""

    _name = "cpa.agreement"
    _description = "Agreement"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "number"
    _lifecycle_frozen = frozenset({"signed", "ended"})
    _lifecycle_unfrozen = frozenset({"dispute_ids", "activity_ids", "message_ids", "message_follower_ids"})

    number = fields.Char(kept=True, readonly=True, copy=False)
    template_id = fields.Many2one("cpa.agreement.template", "Text", required=True, fixed=True, ondelete="restrict")
    party = fields.Selection(related="template_id.party", store=True, index=True)
    code = fields.Char(related="template_id.code", store=True, index=True)
    partner_id = fields.Many2one("res.partner", "With", required=True, fixed=True, ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    state = fields.Selection(
        [("draft", "To be signed"), ("signed", "Signed"), ("ended", "Ended")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_from = fields.Date("From", default=lambda self: cpa_today())
    date_to = fields.Date("Until", compute="_compute_date_to", store=True, readonly=False, copy=False)
    is_in_force = fields.Boolean("In force", compute="_compute_is_in_force", search="_search_is_in_force")
    renews_id = fields.Many2one("cpa.agreement", readonly=True, copy=False, ondelete="restrict")

    # the signature
    method = fields.Selection(
        [("screen", "On screen"), ("portal", "On the portal"), ("paper", "On paper, scanned")],
        required=True,
        default="screen",
    )
    signer_name = fields.Char("Name of the signer", copy=False)
    guardian_name = fields.Char(
        "Guardian", copy=False, help="Of a minor: the guardian signs, and is named here with his telephone."
    )
    guardian_phone = fields.Char("Guardian's telephone", copy=False)
    signature = fields.Image(max_width=1024, max_height=512, copy=False)
    scan = fields.Binary("Scan of the paper", attachment=True, copy=False)
    scan_name = fields.Char(copy=False)

    # as it was signed
    text = fields.Html("Text as signed", kept=True, readonly=True, copy=False)
    digest = fields.Char(kept=True, readonly=True, copy=False)
    signed_at = fields.Datetime("Signed on", kept=True, readonly=True, copy=False)
    ended_on = fields.Date(kept=True, readonly=True, copy=False)

    dispute_ids = fields.One2many("cpa.agreement.dispute", "agreement_id", "Disputes")

    _number_uniq = models.Constraint("UNIQUE(number)", "The number of an agreement is never given twice.")
    _dates_check = models.Constraint("CHECK(date_to >= date_from)", "An agreement ends after it begins.")
    _party_idx = models.Index("(partner_id, code, date_to) WHERE state = 'signed'")
    _expiring_idx = models.Index("(date_to) WHERE state = 'signed'")

    # ------------------------------------------------------------------
    # The path
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        return {
            ("draft", "signed"): Move((*self._keepers(), PORTAL), ("_guard_signed",), ("_effect_signed",)),
            ("signed", "ended"): Move(self._keepers(), effects=("_effect_ended",), reason=True),
        }

    @api.model
    def _keepers(self):
        """Return the roles that keep agreements; add-ons add theirs."""
        return (OFFICER, MANAGER)

    def _lifecycle_has_role(self, role):
        """On the portal nobody signs but the party itself."""
        if role != PORTAL:
            return super()._lifecycle_has_role(role)
        return self.env.user._is_portal() and self.env.user.partner_id == self.partner_id

    def _guard_signed(self, at):
        missing = []
        if self.template_id.state != "in_force":
            missing.append(self.env._("The text is not the one in force: take the present version."))
        if not (self.signer_name or "").strip():
            missing.append(self.env._("The name of the signer."))
        if self.method in ("screen", "portal") and not self.signature:
            missing.append(self.env._("The signature."))
        if self.method == "paper" and not self.scan:
            missing.append(self.env._("The scan of the signed paper."))
        if self.method == "portal" and not self.env.user._is_portal():
            missing.append(self.env._("On the portal the party signs itself."))
        if self._is_minor() and not ((self.guardian_name or "").strip() and (self.guardian_phone or "").strip()):
            missing.append(self.env._("The guardian's name and telephone: for a minor the guardian signs."))
        return missing

    def _is_minor(self):
        """Return whether the party is under 18 today; who has no birth date on file counts as of age."""
        born = self.partner_id.sudo().cpa_identity_ids[:1].birth_date  # whether he is of age only
        return bool(born) and age(born, cpa_today()) < ADULT_AGE

    def _effect_signed(self, at):
        sequence = self.env["ir.sequence"].sudo().with_context(tz="Asia/Riyadh")  # numbering is the system's
        for agreement in self:
            template = agreement.template_id.with_context(lang=agreement._lang())
            text = Markup("").join(Markup("<h3>%s</h3>%s") % section for section in template._sections())
            agreement._lifecycle_set(
                {
                    "number": sequence.next_by_code("cpa.agreement"),
                    "text": text,
                    "digest": hashlib.sha256(text.encode()).hexdigest(),
                    "signed_at": at,
                }
            )

    def _effect_ended(self, at):
        self._lifecycle_set({"ended_on": cpa_today()})

    # ------------------------------------------------------------------
    # Validity
    # ------------------------------------------------------------------

    @api.depends("date_from", "template_id")
    def _compute_date_to(self):
        for agreement in self:
            months = agreement.template_id.months
            valid = months and agreement.date_from
            agreement.date_to = valid and agreement.date_from + relativedelta(months=months, days=-1)

    @api.depends("state", "date_from", "date_to")
    def _compute_is_in_force(self):
        today = cpa_today()
        for agreement in self:
            agreement.is_in_force = agreement.state == "signed" and agreement._holds_on(today)

    def _holds_on(self, day):
        return (not self.date_from or self.date_from <= day) and (not self.date_to or self.date_to >= day)

    @api.model
    def _search_is_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._in_force_domain(cpa_today())

    @api.model
    def _in_force_domain(self, day):
        """Return the ``Domain`` of the agreements that hold on ``day`` (a ``date``)."""
        return (
            Domain("state", "=", "signed")
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", day))
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", day))
        )

    @api.model
    def _in_force(self, code, partners, day=None):
        """Return which of the contacts ``partners`` have signed the text ``code`` so that it holds on ``day`` (today).

        :return: ``res.partner``, in one query
        """
        domain = self._in_force_domain(day or cpa_today())
        rows = self._read_group(
            domain & Domain("code", "=", code) & Domain("partner_id", "in", partners.ids), ["partner_id"]
        )
        return partners.browse([partner.id for [partner] in rows])

    @api.depends("number", "template_id.name")
    def _compute_display_name(self):
        for agreement in self:
            agreement.display_name = " · ".join(filter(None, [agreement.number, agreement.template_id.name]))

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_sign(self):
        """Button: it has been signed."""
        self.write({"state": "signed"})


class CpaAgreementDispute(models.Model):
    """A dispute about an agreement, and how it was settled (P-02)."""

    _name = "cpa.agreement.dispute"
    _description = "Dispute about an agreement"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "opened_on desc, id desc"
    _rec_name = "subject"
    _lifecycle_initial = "open"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"settled"})

    agreement_id = fields.Many2one("cpa.agreement", required=True, fixed=True, ondelete="restrict", index=True)
    subject = fields.Text(required=True)
    opened_on = fields.Date(required=True, default=lambda self: cpa_today())
    state = fields.Selection(
        [("open", "Open"), ("settled", "Settled")], default="open", required=True, readonly=True, copy=False
    )
    settlement = fields.Selection(
        [
            ("amicable", "Amicably"),
            ("manager", "By the executive manager"),
            ("body", "By the competent body"),
            ("dropped", "Withdrawn by who raised it"),
        ],
        "How it was settled",
    )
    outcome = fields.Text("What was agreed")
    settled_on = fields.Date(kept=True, readonly=True, copy=False)

    def _lifecycle_moves(self):
        keepers = self.env["cpa.agreement"]._keepers()
        return {("open", "settled"): Move(keepers, ("_guard_outcome",), ("_effect_settled",))}

    def _guard_outcome(self, at):
        missing = [] if self.settlement else [self.env._("How it was settled.")]
        return missing if (self.outcome or "").strip() else [*missing, self.env._("What was agreed.")]

    def _effect_settled(self, at):
        self._lifecycle_set({"settled_on": riyadh_date(at)})


class ResPartner(models.Model):
    _inherit = "res.partner"

    cpa_agreement_ids = fields.One2many(
        "cpa.agreement", "partner_id", "Agreements", groups="cpa_beneficiary.group_staff"
    )
