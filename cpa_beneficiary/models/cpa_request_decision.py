"""Study and decision of a request (P-33, P-35)."""

from odoo import fields, models

DECISIONS = [("accept", "Accepted"), ("partial", "Partly accepted"), ("reject", "Rejected")]


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    study_ids = fields.One2many("cpa.study", "request_id", "Studies")
    visit_ids = fields.One2many("cpa.visit", "request_id", "Visits")
    case_ids = fields.One2many("cpa.committee.case", "request_id", "Committee cases")

    # the committee's decision: not told before the reply goes out
    decision = fields.Selection(DECISIONS, kept=True, readonly=True, copy=False)
    decision_amount = fields.Monetary(kept=True, readonly=True, copy=False)
    decision_conditions = fields.Text(kept=True, readonly=True, copy=False)
    rejection_reason_id = fields.Many2one(
        "cpa.rejection.reason", kept=True, readonly=True, copy=False, ondelete="restrict"
    )
    decided_at = fields.Datetime(kept=True, readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Research
    # ------------------------------------------------------------------

    def _guard_research(self, at):
        if not self.service_id.needs_study:
            return [self.env._("This service needs no social study.")]
        return [] if self.researcher_id else [self.env._("The researcher.")]

    def _effect_open_study(self, at):
        # the study is opened by the path, whoever moved the request; the researcher fills it
        self.env["cpa.study"].sudo().create(
            [
                {"request_id": request.id, "researcher_id": request.researcher_id.id}
                for request in self - self.study_ids.request_id
            ]
        )

    def _effect_reopen_study(self, at):
        # the study goes back with its request, also one that was on no agenda yet; the move asks for the role itself
        self.sudo().study_ids.filtered(lambda study: study.state == "presented").write({"state": "returned"})

    def _guard_study_presented(self):
        if self.service_id.needs_study and self.study_ids[:1].state != "presented":
            return [self.env._("The study has not been presented yet.")]
        return []

    # ------------------------------------------------------------------
    # Committee
    # ------------------------------------------------------------------

    def _guard_committee(self, at):
        if not self.service_id.needs_committee:
            return [self.env._("This service is not decided by the committee.")]
        return self._guard_study_presented()

    def _guard_no_committee(self, at):
        if self.service_id.needs_committee:
            return [self.env._("This service is decided by the committee.")]
        return self._guard_study_presented()

    def _carried_proposal(self):
        """Return the proposal that the committee carried on this request last (may be empty)."""
        self.ensure_one()
        # whoever asks: the decision follows from the minutes, not from what the user may read
        decided = self.sudo().case_ids.filtered(lambda case: case.state == "decided" and case.ratification != "refused")
        carried = decided.proposal_ids.filtered(lambda p: p.state == "carried" and p.kind in dict(DECISIONS))
        return carried.sorted("id")[-1:]

    def _guard_carried(self, at):
        return [] if self._carried_proposal() else [self.env._("The committee has not carried a proposal.")]

    def _effect_decide(self, at):
        for request in self:
            proposal = request._carried_proposal()
            request._lifecycle_set(
                {
                    "decision": proposal.kind,
                    "decision_amount": proposal.amount,
                    "decision_conditions": proposal.conditions,
                    "rejection_reason_id": proposal.rejection_reason_id.id,
                    "decided_at": at,
                }
            )
