from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.riyadh import cpa_today
from ..tools.saudi import normalise_phone
from ..tools.text import clean_number, name_key
from .cpa_lifecycle_mixin import Move
from .roles import DELEGATE, MANAGER, OFFICER


class CpaBeneficiary(models.Model):
    """The file of a person or body that the association serves: a role of an ordinary contact."""

    _name = "cpa.beneficiary"
    _description = "Beneficiary"
    _inherits = {"res.partner": "partner_id"}
    _inherit = ["cpa.person.mixin"]
    _order = "id desc"
    _mailing_enabled = True
    _charter_kind = "charter_beneficiary"
    _charter_keepers = (OFFICER, DELEGATE)

    state = fields.Selection(
        [("draft", "New"), ("registered", "Registered"), ("suspended", "Suspended"), ("closed", "Closed")],
        "File status",
        default="draft",
        required=True,
        index=True,
        tracking=True,
        copy=False,
        readonly=True,
    )
    file_number = fields.Char(
        kept=True, readonly=True, copy=False, help="Given at registration, never changed, never reused (P-36)."
    )
    registered_on = fields.Date(kept=True, readonly=True, copy=False)
    registration_missing = fields.Text("Missing for the registration", compute="_compute_registration_missing")
    state_reason = fields.Text("Why it is suspended or closed", compute="_compute_state_reason")

    # who
    segment_ids = fields.Many2many("cpa.segment", string="Segments", ondelete="restrict")
    is_internal = fields.Boolean("Internal beneficiary", help="Staff, departments, board and committee members (P-17).")
    department_id = fields.Many2one("cpa.department", ondelete="restrict")
    representation_ids = fields.One2many("cpa.representation", "beneficiary_id", "Represented by")
    household_member_ids = fields.One2many("cpa.household.member", "beneficiary_id", "Family register")

    # where and how to reach
    preferred_channel_id = fields.Many2one("cpa.channel", "Preferred channel")
    accessibility_needs = fields.Text(
        help="What makes it easy for this person: ground floor, large print, sign language."
    )

    # who serves
    branch_id = fields.Many2one(
        "cpa.branch", ondelete="restrict", index="btree_not_null", default=lambda self: self.env.user.cpa_branch_ids[:1]
    )
    officer_id = fields.Many2one(
        "res.users", "Relations officer", default=lambda self: self.env.user, index="btree_not_null"
    )

    request_ids = fields.One2many("cpa.request", "beneficiary_id", "Requests")
    request_count = fields.Integer(compute="_compute_counts")
    inquiry_count = fields.Integer(compute="_compute_counts")

    _partner_uniq = models.Constraint("UNIQUE(partner_id)", "This person already has a beneficiary file.")
    _file_number_uniq = models.Constraint("UNIQUE(file_number)", "A file number is never given twice.")

    # ------------------------------------------------------------------
    # Lifecycle (P-36)
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        by_manager = Move((MANAGER,), reason=True)
        return {
            ("draft", "registered"): Move((OFFICER, DELEGATE), ("_guard_registration",), ("_effect_register",)),
            ("registered", "suspended"): by_manager,
            ("suspended", "registered"): by_manager,
            ("registered", "closed"): by_manager,
            ("suspended", "closed"): by_manager,
            ("closed", "registered"): by_manager,
        }

    def _guard_registration(self, at):
        """P-36: what is still missing for a registration, in the user's language."""
        missing = self._identity_missing() + self._guard_reachable(at)
        if not self.segment_ids:
            missing.append(self.env._("At least one segment."))
        return missing + self._guardian_missing()

    def _effect_register(self, at):
        sequence = self.env["ir.sequence"].sudo()  # numbering is the system's, no role writes sequences
        for beneficiary in self.filtered(lambda b: not b.file_number):
            beneficiary._lifecycle_set(
                {"file_number": sequence.next_by_code("cpa.beneficiary"), "registered_on": cpa_today()}
            )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("name", "file_number")
    def _compute_display_name(self):
        for beneficiary in self:
            beneficiary.display_name = " · ".join(filter(None, [beneficiary.name, beneficiary.file_number]))

    @api.depends_context("uid", "lang")
    @api.depends(
        "state",
        "phone",
        "email",
        "governorate_id",
        "segment_ids",
        "identity_number",
        "identity_sighted_at",
        "is_minor",
        "representation_ids.kind",
        "representation_ids.valid_until",
    )
    def _compute_registration_missing(self):
        """P-36: the guard's own words, before it has to refuse."""
        at = fields.Datetime.now()
        for beneficiary in self:
            missing = beneficiary._guard_registration(at) if beneficiary.state == "draft" else []
            beneficiary.registration_missing = "\n".join(missing)

    @api.depends("state")
    def _compute_state_reason(self):
        stopped = self.filtered(lambda b: b.state in ("suspended", "closed"))
        # the reason of the file's own move, told to whoever sees the file
        moves = (
            self.env["cpa.request.move"].sudo().search([("res_model", "=", self._name), ("res_id", "in", stopped.ids)])
        )
        reasons = {(move.res_id, move.to_state): move.reason for move in moves}  # the latest wins
        for beneficiary in self:
            beneficiary.state_reason = reasons.get((beneficiary.id, beneficiary.state), False)

    def _compute_counts(self):
        requests = dict(
            self.env["cpa.request"]._read_group([("beneficiary_id", "in", self.ids)], ["beneficiary_id"], ["__count"])
        )
        leads = dict(
            self.env["crm.lead"]._read_group(
                [("partner_id", "in", self.partner_id.ids), ("is_inquiry", "=", True)], ["partner_id"], ["__count"]
            )
            if self.env["crm.lead"].has_access("read")
            else []
        )
        for beneficiary in self:
            beneficiary.request_count = requests.get(beneficiary, 0)
            beneficiary.inquiry_count = leads.get(beneficiary.partner_id, 0)

    @api.constrains("branch_id")
    def _check_branch(self):
        self.env["cpa.branch"]._check_handed(self)

    # ------------------------------------------------------------------
    # Search
    # ------------------------------------------------------------------

    @api.model
    def _search_display_name(self, operator, value):
        """The one search of the counter: name in any spelling, phone, identity or file number, in any digits."""
        if operator not in ("ilike", "like", "=", "=ilike") or not isinstance(value, str) or not value.strip():
            return super()._search_display_name(operator, value)
        # each part finds its files by an index of its own; one condition over all of them would read every file
        domain = fields.Domain("id", "in", self._find_by_number(value).ids)
        words = name_key(value).split()
        if any(not word.isdigit() for word in words):
            # any part of the name, in any order: "محمد القحطاني" finds "محمد بن سالم القحطاني"
            domain |= fields.Domain(
                "partner_id", "any", fields.Domain.AND([("cpa_name_key", "ilike", word)] for word in words)
            )
        return domain

    @api.model
    def _find_by_number(self, typed):
        """Return the files that have exactly this file, phone or identity number, in any digits.

        A file that was merged is found by its own numbers too: they lead to the file into which it was merged.

        :param typed: as the user typed it
        :return: files, whatever the user may see: to be searched or filtered by the caller as that user
        """
        number = clean_number(typed)
        files = self.sudo().with_context(active_test=False)  # exact matches only, for who has the number
        if not any(char.isdigit() for char in number):
            return files.browse()
        identities = self.env["cpa.identity"].sudo().search([("number", "=", number)])
        contacts = files.partner_id.search(
            [("phone", "=", normalise_phone(number) or number), ("cpa_person", "=", True)]
        )
        found = files.search([("file_number", "=", number)])
        found |= files.search([("partner_id", "in", (identities.partner_id | contacts).ids)])
        return found.filtered(lambda file: not file.merged_into_id) | found.merged_into_id

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_new_request(self):
        """Button: a new request of this person."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "cpa.request",
            "view_mode": "form",
            "context": {"default_beneficiary_id": self.id},
        }

    def action_open_requests(self):
        """Button: this person's requests."""
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_request_action")
        return action | {
            "domain": [("beneficiary_id", "in", self.ids)],
            "context": {"default_beneficiary_id": self.id},
        }

    def action_open_inquiries(self):
        """Button: this person's inquiries."""
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.crm_lead_action_inquiry")
        return action | {
            "domain": [("partner_id", "in", self.partner_id.ids), ("is_inquiry", "=", True)],
            "context": {"default_partner_id": self.partner_id.id, "default_is_inquiry": True},
        }

    def action_open_social_profile(self):
        """Button: the sensitive data of this person, for who studies the case; leaves a trace of who opened it.

        :raise UserError: nothing has been written yet and the user is not to write it
        """
        self.ensure_one()
        profile = self.env["cpa.social.profile"].search([("beneficiary_id", "=", self.id)])
        if profile:
            self.env["cpa.access.trace"]._append(self.partner_id, "social_profile")
        elif not profile.has_access("create"):
            raise UserError(self.env._("No social profile has been written for this person."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Social profile"),
            "res_model": "cpa.social.profile",
            "res_id": profile.id,
            "view_mode": "form",
            "target": "new",
            "context": {"default_beneficiary_id": self.id},
        }
