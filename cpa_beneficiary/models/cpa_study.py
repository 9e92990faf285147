from odoo import fields, models

from .cpa_lifecycle_mixin import Move
from .roles import RESEARCHER, SECRETARY


class CpaStudy(models.Model):
    """The case study (دراسة حالة): what the researcher found, the need assessed (P-08) and what he recommends."""

    _name = "cpa.study"
    _description = "Social study"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread"]
    _order = "id desc"
    _rec_name = "request_id"
    _lifecycle_frozen = frozenset({"presented"})

    request_id = fields.Many2one(
        "cpa.request", required=True, fixed=True, readonly=True, ondelete="restrict", index=True
    )
    beneficiary_id = fields.Many2one(related="request_id.beneficiary_id")
    researcher_id = fields.Many2one("res.users", required=True, ondelete="restrict", index=True)
    state = fields.Selection(
        [("draft", "In progress"), ("presented", "Presented"), ("returned", "Sent back")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    findings = fields.Text()
    need_level = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High"), ("urgent", "Urgent")], "Need"
    )
    need_assessment = fields.Text("Need assessment")
    recommendation = fields.Selection([("accept", "Accept"), ("partial", "Accept in part"), ("reject", "Reject")])
    recommended_amount = fields.Monetary()
    currency_id = fields.Many2one(related="request_id.currency_id")
    visit_ids = fields.One2many("cpa.visit", "study_id", "Visits")

    _request_uniq = models.Constraint("UNIQUE(request_id)", "This request's study exists already.")

    def _lifecycle_moves(self):
        present = Move((RESEARCHER,), ("_guard_presented",))
        return {
            ("draft", "presented"): present,
            ("returned", "presented"): present,
            ("presented", "returned"): Move((SECRETARY,)),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_presented(self, at):
        missing = []
        if not (self.findings or "").strip():
            missing.append(self.env._("The findings."))
        if not self.need_level or not (self.need_assessment or "").strip():
            missing.append(self.env._("The need assessment (P-08)."))
        if not self.recommendation:
            missing.append(self.env._("The recommendation."))
        if any(visit.state == "planned" for visit in self.visit_ids):
            missing.append(self.env._("A visit is still planned: record it or cancel it."))
        return missing

    def action_present(self):
        """Button: present the study and hand the request on, to the committee or to the officer."""
        self.write({"state": "presented"})
        for study in self:
            request = study.request_id
            if request.state == "research":
                request.write({"state": "committee" if request.needs_committee else "in_progress"})
        return True
