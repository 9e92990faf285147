from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.text import comma_list
from .cpa_lifecycle_mixin import Move
from .roles import RESEARCHER, SECRETARY

RECOMMENDATIONS = [("accept", "Accept"), ("partial", "Accept in part"), ("reject", "Reject")]


class CpaStudy(models.Model):
    """The case study (دراسة حالة): what the researcher found, the need assessed (P-08) and what he recommends.

    It is written section by section (``cpa.study.finding``). What was presented stays as it was, round by round
    (``cpa.study.presentation``), also when the committee sends the study back for more.
    """

    _name = "cpa.study"
    _description = "Social study"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread"]
    _order = "id desc"
    _rec_name = "request_id"
    _lifecycle_frozen = frozenset({"presented"})
    # conversation and plans around it are no part of what was presented; a visit looks after itself
    _lifecycle_unfrozen = frozenset({"message_ids", "message_follower_ids", "visit_ids"})

    request_id = fields.Many2one(
        "cpa.request", required=True, fixed=True, readonly=True, ondelete="restrict", index=True
    )
    beneficiary_id = fields.Many2one(related="request_id.beneficiary_id")
    # changes with the request's researcher only, with a reason and a row of the journal
    researcher_id = fields.Many2one("res.users", required=True, fixed=True, ondelete="restrict", index=True)
    assignment_ids = fields.One2many("cpa.study.assignment", "study_id", "Assignments")
    state = fields.Selection(
        [("draft", "In progress"), ("presented", "Presented"), ("returned", "Sent back")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    asked_for = fields.Text("What the committee asks for", compute="_compute_asked_for", compute_sudo=True)
    presentation_ids = fields.One2many("cpa.study.presentation", "study_id", "Presented before")

    # what was found
    finding_ids = fields.One2many("cpa.study.finding", "study_id", "Findings by section")
    findings = fields.Text(
        compute="_compute_findings",
        inverse="_inverse_findings",
        help="All sections but the sensitive ones in one text.",
    )
    household_member_ids = fields.One2many(related="beneficiary_id.household_member_ids", string="Household")
    household_text = fields.Char("Household in brief", compute="_compute_household_text", compute_sudo=True)
    visit_ids = fields.One2many("cpa.visit", "study_id", "Visits")

    # the need (P-08)
    monthly_income = fields.Monetary("Income per month")
    monthly_expenses = fields.Monetary("Expenses per month")
    monthly_gap = fields.Monetary("Left per month", compute="_compute_monthly_gap")
    need_level = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High"), ("urgent", "Urgent")], "Need"
    )
    need_assessment = fields.Text("Need assessment")

    # what the researcher recommends
    recommendation = fields.Selection(RECOMMENDATIONS)
    recommended_amount = fields.Monetary()
    recommendation_reason = fields.Text("Why")
    recommended_conditions = fields.Text("Conditions")
    currency_id = fields.Many2one(related="request_id.currency_id")
    amount_requested = fields.Monetary(related="request_id.amount_requested")

    _request_uniq = models.Constraint("UNIQUE(request_id)", "This request's study exists already.")
    _open_idx = models.Index("(researcher_id) WHERE state != 'presented'")

    # ------------------------------------------------------------------
    # Lifecycle
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        present = Move((RESEARCHER,), ("_guard_presented",), ("_effect_presented",))
        return {
            ("draft", "presented"): present,
            ("returned", "presented"): present,
            ("presented", "returned"): Move((SECRETARY,)),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_presented(self, at):
        missing = []
        written = self.finding_ids.filtered(
            lambda finding: (finding.sudo().text_plain or "").strip()
        )  # whether, not what
        if not written:
            missing.append(self.env._("The findings."))
        missing += [
            self.env._("The section “%(section)s”.", section=finding.section_id.name)
            for finding in self.finding_ids - written
            if finding.section_id.is_obligatory
        ]
        if not self.need_level or not (self.need_assessment or "").strip():
            missing.append(self.env._("The need assessment (P-08)."))
        if not self.recommendation:
            missing.append(self.env._("The recommendation."))
        if any(visit.state == "planned" for visit in self.visit_ids):
            missing.append(self.env._("A visit is still planned: record it or cancel it."))
        return missing

    def _effect_presented(self, at):
        for study in self:
            self.env["cpa.study.presentation"]._append(study, at)

    @api.depends("state", "request_id.move_ids")
    def _compute_asked_for(self):
        for study in self:
            back = study.request_id.move_ids.filtered(
                lambda move: (move.from_state, move.to_state) == ("committee", "research")
            )
            study.asked_for = back.sorted("id")[-1:].reason

    # ------------------------------------------------------------------
    # Sections
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        studies = super().create(vals_list)
        studies._fill_sections()
        self.env["cpa.study.assignment"]._append(studies)
        return studies

    def _fill_sections(self):
        """Open a finding for each section that the study's service looks into and that it has not yet."""
        sections = self.env["cpa.study.section"].search(Domain.TRUE)
        # the rows of the study that has just been opened, by whomever
        self.env["cpa.study.finding"].sudo().create(
            [
                {"study_id": study.id, "section_id": section.id}
                for study in self
                for section in sections._of_service(study.request_id.service_id) - study.finding_ids.section_id
            ]
        )

    @api.depends("finding_ids.text", "finding_ids.rating")
    @api.depends_context("uid", "lang")
    def _compute_findings(self):
        general = self._general_section()
        for study in self:
            # sensitive sections are opened one by one, with a trace, never summed up
            found = study.finding_ids.filtered(lambda finding: not finding.is_sensitive and finding.sudo().text_plain)
            study.findings = "\n\n".join(
                # the rows of a study that the reader reads, or of which its case tells him
                finding.sudo().text_plain if finding.section_id == general else finding.sudo()._as_text()
                for finding in found
            )

    def _inverse_findings(self):
        """What is written in one piece (an import, a former version) goes to the general section."""
        general = self._general_section()
        for study in self:
            finding = study.finding_ids.filtered(lambda finding: finding.section_id == general)
            if finding:
                finding.text = study.findings
            else:
                self.env["cpa.study.finding"].create(
                    {"study_id": study.id, "section_id": general.id, "text": study.findings}
                )
        # from now on it is read with the other sections, in this transaction too
        self.invalidate_recordset(["findings"], flush=False)

    @api.model
    def _general_section(self):
        section = self.env.ref("cpa_beneficiary.study_section_general", raise_if_not_found=False)
        return section or self.env["cpa.study.section"].search([], limit=1)

    @api.depends("beneficiary_id.household_member_ids.relation", "beneficiary_id.household_member_ids.is_dependent")
    @api.depends_context("lang")
    def _compute_household_text(self):
        relations = dict(self.env["cpa.household.member"]._fields["relation"]._description_selection(self.env))
        for study in self:
            members = study.beneficiary_id.household_member_ids
            counts = Counter(members.mapped("relation"))
            listed = comma_list((f"{relations[key]} {counts[key]}" for key in relations if counts[key]), self.env.lang)
            study.household_text = bool(members) and self.env._(
                "%(number)s besides the applicant (%(relations)s), %(dependants)s of them dependent",
                number=len(members),
                relations=listed,
                dependants=len(members.filtered("is_dependent")),
            )

    @api.depends("monthly_income", "monthly_expenses")
    def _compute_monthly_gap(self):
        for study in self:
            study.monthly_gap = study.monthly_income - study.monthly_expenses

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_present(self):
        """Button: present the study and hand the request on, to the committee or to the officer."""
        self.write({"state": "presented"})
        for study in self:
            request = study.request_id
            if request.state == "research":
                request.write({"state": "committee" if request.needs_committee else "in_progress"})
        return True

    def action_plan_visit(self):
        """Button: a visit at the next free working hour; of what kind is the button's context (``kind``)."""
        self.ensure_one()
        return self.request_id.action_plan_visit()

    def action_reassign(self):
        """Button: hand the study over to another researcher; asks who and why."""
        self.ensure_one()
        return self.request_id.action_reassign()

    def action_add_household_member(self):
        """Button: somebody of the household who is not in the family register yet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add to the household"),
            "res_model": "cpa.household.member",
            "view_mode": "form",
            "target": "new",
            "context": {"default_beneficiary_id": self.beneficiary_id.id},
        }
