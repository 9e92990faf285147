from textwrap import shorten

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.saudi import normalise_phone
from ..tools.text import comma_list
from .cpa_channel import CHANNEL_DETAILS, CHANNEL_FIELDS

TITLE_WIDTH = 80
# Given once, at the beginning.
FIXED = frozenset({"is_inquiry"})
# Facts for the reports, written by the system alone.
FACTS = frozenset({"inquiry_number", "first_answered_at", "answer_hours"})


class CrmLead(models.Model):
    """An inquiry is a lead of CRM marked so (P-10): what was asked, by which channel, and what was answered.

    Its concerns have files of their own: ``crm_lead_desk`` (what the clerk does with it), ``crm_lead_website`` and
    ``crm_lead_mail`` (how it comes in by itself).
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "cpa.channel.mixin"]

    is_inquiry = fields.Boolean("Inquiry", index=True)
    inquiry_number = fields.Char("Inquiry number", readonly=True, copy=False)
    question_ids = fields.One2many("cpa.inquiry.question", "lead_id", "Questions")
    open_question_count = fields.Integer(
        "Open questions",
        compute="_compute_open_question_count",
        compute_sudo=True,  # a count, the same for every reader: closing depends on it
        search="_search_open_question_count",
    )
    visitor_id = fields.Many2one("cpa.visitor", "Asked on the visit", ondelete="restrict", index="btree_not_null")
    cpa_branch_id = fields.Many2one("cpa.branch", "Branch", ondelete="restrict", index="btree_not_null")
    cpa_governorate_id = fields.Many2one("cpa.governorate", "Governorate", ondelete="restrict")
    is_misconception = fields.Boolean(
        "Misconception",
        compute="_compute_is_misconception",
        store=True,
        readonly=False,
        help="What was asked rests on a wrong idea of our services (P-14).",
    )
    cpa_request_ids = fields.One2many("cpa.request", "lead_id", "Requests")
    channel_id = fields.Many2one(group_expand="_group_expand_channels")

    # facts of the waiting: since when, and how long the first answer took
    waiting_since = fields.Datetime(
        compute="_compute_waiting_since",
        store=True,
        help="When the oldest question without an answer was asked, open or referred.",
    )
    first_answered_at = fields.Datetime("First answer", readonly=True, copy=False)
    answer_hours = fields.Float(
        "Hours to the first answer",
        readonly=True,
        copy=False,
        aggregator="avg",
        digits=(16, 2),
        help="From the first question to the first answer, as they happened.",
    )

    _inquiry_number_uniq = models.Constraint("UNIQUE(inquiry_number)", "An inquiry number is never given twice.")
    _waiting_since_idx = models.Index("(waiting_since) WHERE waiting_since IS NOT NULL")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

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

    @api.depends("question_ids.state", "question_ids.asked_at")
    def _compute_waiting_since(self):
        # by grouping, not by reading each question: also who may not read one sees that the inquiry waits
        groups = (
            self.env["cpa.inquiry.question"]
            .sudo()
            ._read_group([("lead_id", "in", self.ids), ("state", "!=", "answered")], ["lead_id"], ["asked_at:min"])
        )
        since = {lead.id: asked_at for lead, asked_at in groups}
        for lead in self:
            lead.waiting_since = since.get(lead.id)

    @api.depends("question_ids.misconception_id")
    def _compute_is_misconception(self):
        for lead in self:
            lead.is_misconception = lead.is_misconception or bool(lead.question_ids.misconception_id)

    @api.model
    def _group_expand_channels(self, channels, domain):
        """Each of the policy's eight channels is shown, also those by which nobody came."""
        if self.env.context.get("default_is_inquiry"):
            return channels.search([], limit=len(CHANNEL_DETAILS)) | channels
        return channels

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    @api.constrains("is_inquiry", "channel_id", *CHANNEL_FIELDS)
    def _check_inquiry_channel(self):
        """P-19 to P-26: an inquiry has a channel with its details."""
        self.filtered("is_inquiry")._check_channel()

    @api.constrains("active", "stage_id", "probability", "team_id", "question_ids")
    def _check_answered(self):
        """P-31: none is closed, won, lost or archived with a question left open; a referred one has its officer.

        :raise ValidationError: a question is open
        """
        closed = self.filtered(
            lambda lead: lead.is_inquiry and (not lead.active or lead.stage_id.is_won or lead.probability >= 100)
        )
        # whether a question is open must not depend on who may read it
        waiting = closed.sudo().filtered("open_question_count")
        if waiting:
            raise ValidationError(
                self.env._(
                    "Still with a question that is neither answered nor referred: %(inquiries)s.",
                    inquiries=comma_list((f"“{lead.name}”" for lead in waiting), self.env.lang),
                )
            )

    @api.constrains("phone")
    def _check_inquiry_phone(self):
        for lead in self:
            if lead.is_inquiry and lead.phone and normalise_phone(lead.phone) != lead.phone:
                raise ValidationError(
                    self.env._(
                        "“%(phone)s” is not a valid phone number. A mobile is written 05xxxxxxxx or +9665xxxxxxxx.",
                        phone=lead.phone,
                    )
                )

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env["ir.sequence"].sudo().with_context(tz="Asia/Riyadh")  # numbering is the system's
        asks = self.default_get(["is_inquiry"]).get("is_inquiry", False)
        prepared = []
        for vals in vals_list:
            self._check_facts(vals)
            vals = {name: value for name, value in vals.items() if name not in FACTS}
            if vals.setdefault("is_inquiry", asks):
                vals = self._inquiry_values(vals)
                vals["inquiry_number"] = sequence.next_by_code("cpa.inquiry")
            prepared.append(vals)
        return super().create(prepared)

    def write(self, vals):
        self._check_facts(vals)
        if any(bool(vals[name]) != lead[name] for name in FIXED & vals.keys() for lead in self):
            raise UserError(self.env._("Whether it is an inquiry is given once, at the beginning."))
        if vals.get("phone") and any(lead.is_inquiry for lead in self):
            vals = {**vals, "phone": normalise_phone(vals["phone"]) or vals["phone"]}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_no_inquiry(self):
        if any(lead.is_inquiry and lead.question_ids for lead in self.sudo()):  # whoever deletes, as in _check_answered
            raise UserError(self.env._("An inquiry is evidence of what was asked and cannot be deleted (P-31)."))

    @api.model
    def _check_facts(self, vals):
        touched = sorted(name for name in FACTS & vals.keys() if self or vals[name])
        if touched:
            raise UserError(
                self.env._(
                    "These fields are kept by the system and are not typed: %(fields)s.",
                    fields=comma_list(
                        (self._fields[name]._description_string(self.env) for name in touched), self.env.lang
                    ),
                )
            )

    @api.model
    def _inquiry_values(self, vals):
        """Return the values of a new inquiry, with what follows from them: team, kind, title, phone."""
        vals = {"team_id": self._inquiry_team().id, "type": "opportunity"} | vals
        questions = [command[2] for command in vals.get("question_ids") or [] if command[0] == fields.Command.CREATE]
        if not (vals.get("name") or "").strip() and questions:
            # an inquiry is called by what is asked, never by who asks
            vals["name"] = shorten(questions[0].get("name") or "", TITLE_WIDTH, placeholder="…")
        if not (vals.get("name") or "").strip():
            raise UserError(self.env._("Write what is asked."))
        if vals.get("phone"):
            vals["phone"] = normalise_phone(vals["phone"]) or vals["phone"]
        return vals

    def _record_first_answer(self):
        """Keep how long the first answer took, once there is one."""
        groups = (
            self.env["cpa.inquiry.question"]
            .sudo()  # times only
            ._read_group([("lead_id", "in", self.ids)], ["lead_id"], ["asked_at:min", "answered_at:min"])
        )
        for lead, asked_at, answered_at in groups:
            if answered_at and not lead.first_answered_at:
                hours = (answered_at - asked_at).total_seconds() / 3600
                # facts are the system's to write; super() is past the check of what users write
                super(CrmLead, lead).write({"first_answered_at": answered_at, "answer_hours": hours})

    def _reopen(self):
        """Open inquiries again that were closed: a question has been asked that waits for its answer."""
        closed = self.sudo().filtered(lambda lead: not lead.active or lead.stage_id.is_won)  # also by a mail's reply
        for lead in closed:
            stage = lead._stage_find(domain=[("is_won", "=", False)], order="sequence desc, id desc")
            lead.write({"active": True, "stage_id": stage.id, "probability": 0})

    @api.constrains("cpa_branch_id")
    def _check_branch(self):
        self.env["cpa.branch"]._check_handed(self.filtered("is_inquiry"), "cpa_branch_id")

    def _compute_company_id(self):
        """An inquiry is one association's own: core leaves the company empty as long as nobody is assigned."""
        result = super()._compute_company_id()
        for lead in self:
            if lead.is_inquiry and not lead.company_id:
                lead.company_id = lead.cpa_branch_id.company_id or self.env.company
        return result

    def _compute_name(self):
        # an inquiry is called by what is asked, never by who asks
        super(CrmLead, self.filtered(lambda lead: not lead.is_inquiry))._compute_name()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        for name in FACTS:  # neither a context nor a stored default stands in for a fact
            values.pop(name, None)
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

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        """:raise UserError: inquiries keep their own questions, times and channel, so they are not merged"""
        if any(lead.is_inquiry for lead in self):
            raise UserError(self.env._("Inquiries are not merged: each keeps its questions, times and channel (P-31)."))
        return super()._merge_opportunity(user_id, team_id, auto_unlink, max_length)

    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        """:raise UserError: an inquiry becomes a request, never an opportunity to sell"""
        if any(lead.is_inquiry for lead in self):
            raise UserError(self.env._("An inquiry is not converted: open a request from it."))
        return super().convert_opportunity(partner, user_ids, team_id)
