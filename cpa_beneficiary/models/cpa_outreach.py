"""Reaching people without their having to ask (P-07): whom, with which offer, by which way."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .cpa_consent_purpose import CALL, MESSAGE
from .cpa_lifecycle_mixin import Move
from .roles import MANAGER, OFFICER

# To which purpose somebody must have consented to be reached by a way.
PURPOSES = {"call": CALL, "sms": MESSAGE, "mailing": MESSAGE}
# What came of a contact.
OUTCOMES = ("reached", "wants", "not_interested", "no_answer", "wrong_number", "sent", "skipped")


class CpaOutreach(models.Model):
    """One offer to one audience, by calls, text messages or Odoo's mass mailing; to consents in force only."""

    _name = "cpa.outreach"
    _description = "Outreach"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _lifecycle_frozen = frozenset({"done"})
    _lifecycle_unfrozen = frozenset({"contact_ids", "activity_ids", "message_ids", "message_follower_ids"})

    name = fields.Char(required=True, tracking=True)
    state = fields.Selection(
        [("draft", "Being prepared"), ("running", "Running"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    way = fields.Selection(
        [("call", "Telephone calls"), ("sms", "Text message"), ("mailing", "E-mail")],
        required=True,
        default="call",
        tracking=True,
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user, tracking=True)

    # what is offered
    service_id = fields.Many2one("cpa.service", required=True, ondelete="restrict", tracking=True)
    text = fields.Text("What we say", translate=True, help="On a call, and in the message. Without names or details.")

    # to whom; what is empty narrows nothing down
    segment_ids = fields.Many2many("cpa.segment", string="Segments")
    governorate_ids = fields.Many2many("cpa.governorate", string="Governorates")
    branch_ids = fields.Many2many("cpa.branch", string="Branches")
    had_service_ids = fields.Many2many(
        "cpa.service", "cpa_outreach_had_service_rel", string="Had one of these services"
    )
    quiet_months = fields.Integer(
        "No contact for (months)", help="Neither request, inquiry nor visit since. 0: it does not matter."
    )
    file_months = fields.Integer("File older than (months)", help="0: it does not matter.")

    # what came of it
    contact_ids = fields.One2many("cpa.outreach.contact", "outreach_id", "Contacts")
    request_ids = fields.One2many("cpa.request", "outreach_id", "Requests")
    started_at = fields.Datetime("Started on", kept=True, readonly=True, copy=False)
    audience_count = fields.Integer("People", compute="_compute_audience_count")
    contact_count = fields.Integer("Approached", compute="_compute_counts")
    waiting_count = fields.Integer("Still waiting", compute="_compute_counts")
    reached_count = fields.Integer("Reached", compute="_compute_counts")
    wants_count = fields.Integer("Want the service", compute="_compute_counts")
    request_count = fields.Integer(compute="_compute_counts")
    mailing_id = fields.Many2one("mailing.mailing", kept=True, readonly=True, copy=False, ondelete="restrict")
    has_mailing = fields.Boolean(compute="_compute_has_mailing")

    _months_check = models.Constraint("CHECK(quiet_months >= 0 AND file_months >= 0)", "Months are counted from zero.")

    # ------------------------------------------------------------------
    # Lifecycle
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        return {
            ("draft", "running"): Move((OFFICER, MANAGER), ("_guard_ready",), ("_effect_start",)),
            ("running", "done"): Move((OFFICER, MANAGER), effects=("_effect_close",)),
        }

    def _guard_ready(self, at):
        missing = []
        said = self._fields["text"]._get_stored_translations(self) or {}
        for code, name in self.env["res.lang"].get_installed():
            if not (said.get(code) or "").strip():
                missing.append(self.env._("What we say, in %(language)s.", language=name.split("/")[-1].strip()))
        if self.way == "mailing" and not self.env.company._cpa_has_mailing():
            missing.append(self.env._("Mass mailing: an administrator switches it on in the company's settings."))
        if not self._audience_size():
            missing.append(self.env._("People: nobody of this audience consents, or all were approached lately."))
        return missing

    def _effect_start(self, at):
        for outreach in self:
            outreach._lifecycle_set({"started_at": at})
            outreach._draw()
            outreach._send_off()

    def _effect_close(self, at):
        """Whoever is still waiting is approached no more."""
        self.contact_ids.filtered(lambda contact: contact.state == "waiting")._skip(self.env._("The outreach ended."))

    def _lifecycle_check_frozen(self, vals):
        """P-07: whom it approaches was asked for his consent to this way; another way is another outreach."""
        super()._lifecycle_check_frozen(vals)
        if vals.keys() & {"way", "company_id"} and any(outreach.state != "draft" for outreach in self):
            raise UserError(self.env._("An outreach that has begun keeps its way: consents are given for one way."))

    # ------------------------------------------------------------------
    # Counts
    # ------------------------------------------------------------------

    @api.depends(
        "way",
        "company_id",
        "segment_ids",
        "governorate_ids",
        "branch_ids",
        "had_service_ids",
        "quiet_months",
        "file_months",
        "state",
    )
    def _compute_audience_count(self):
        for outreach in self:
            outreach.audience_count = outreach._audience_size() if outreach.state == "draft" else 0

    @api.depends("contact_ids.state", "request_ids")
    def _compute_counts(self):
        groups = self.env["cpa.outreach.contact"]._read_group(
            Domain("outreach_id", "in", self.ids), ["outreach_id", "state"], ["__count"]
        )
        counts = {(outreach.id, state): count for outreach, state, count in groups}
        requests = dict(
            self.env["cpa.request"]._read_group(Domain("outreach_id", "in", self.ids), ["outreach_id"], ["__count"])
        )
        for outreach in self:
            own = {state: counts.get((outreach._origin.id, state), 0) for state in ("waiting", *OUTCOMES)}
            outreach.contact_count = sum(own.values())
            outreach.waiting_count = own["waiting"]
            outreach.reached_count = own["reached"] + own["wants"] + own["not_interested"] + own["sent"]
            outreach.wants_count = own["wants"]
            outreach.request_count = requests.get(outreach._origin, 0)

    def _compute_has_mailing(self):
        self.has_mailing = self.env["res.company"]._cpa_has_mailing()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_contacts(self):
        """Button: the list of calls, or of who was written to."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_outreach_contact_action")
        return action | {
            "name": self.name,
            "domain": [("outreach_id", "=", self.id)],
            "context": {"search_default_waiting": self.state == "running" and self.way == "call"},
        }

    def action_open_requests(self):
        """Button: the requests that came of it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_request_action")
        return action | {"domain": [("outreach_id", "=", self.id)], "context": {"create": False}}

    def action_open_audience(self):
        """Button: who would be approached now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_beneficiary_action")
        found = self.env["cpa.beneficiary"].search(self._audience_domain(), limit=1000)
        return action | {"domain": [("id", "in", found.ids)], "context": {"create": False}}

    def action_open_mailing(self):
        """Button: the mailing, which is designed and sent with Odoo's own tool."""
        self.ensure_one()
        return self.mailing_id._get_records_action()
