"""What the applicant is told when the request is taken in: who decides it, and until when we reply (P-35)."""

from odoo import api, fields, models

from .cpa_happened_mixin import HAPPENED_FIELDS

EXPLAINED_CLAUSE = "P-35"


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    explanation_ids = fields.One2many("cpa.explanation", "request_id", "Explanations")
    explanation_text = fields.Text("What to say", compute="_compute_explanation_text")
    is_explained = fields.Boolean(
        "Explained to the applicant",
        compute="_compute_is_explained",
        inverse="_inverse_is_explained",
        search="_search_is_explained",
        help="P-35: the research committee studies the request, and the reply comes by the date on the slip.",
    )

    # ------------------------------------------------------------------
    # Explaining is an event of its own; said together with another one, it happened when that one did
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create([{key: vals[key] for key in vals.keys() - {"is_explained"}} for vals in vals_list])
        for request, vals in zip(requests, vals_list, strict=True):
            if vals.get("is_explained"):
                request._explain(**self._told_with(vals))
        return requests

    def write(self, vals):
        if vals.get("is_explained"):
            move = {key: vals[key] for key in vals.keys() & (HAPPENED_FIELDS | {"state"})}
            super().write({key: vals[key] for key in vals.keys() - move.keys() - {"is_explained"}})
            self.filtered(lambda request: not request.is_explained)._explain(**self._told_with(vals))
            vals = move
        return super().write(vals)

    @api.model
    def _told_with(self, vals):
        return {key: vals[key] for key in HAPPENED_FIELDS & vals.keys()}

    @api.depends_context("lang")
    @api.depends("service_id.needs_committee", "policy_id", "company_id")
    def _compute_explanation_text(self):
        for request in self:
            request.explanation_text = request._explanation_text()

    @api.depends("explanation_ids.state")
    def _compute_is_explained(self):
        for request in self:
            request.is_explained = any(explanation.state == "confirmed" for explanation in request.explanation_ids)

    def _inverse_is_explained(self):
        for request in self:
            confirmed = request.explanation_ids.filtered(lambda explanation: explanation.state == "confirmed")
            if not request.is_explained:
                confirmed.write({"state": "withdrawn"})
            elif not confirmed:
                request._explain()

    def _search_is_explained(self, operator, value):
        if operator != "in":
            return NotImplemented
        explained = fields.Domain("explanation_ids.state", "=", "confirmed")
        return explained if True in value else ~explained

    def _explain(self, how=None, **told):
        """Confirm that the applicant was told what happens to the request.

        :param how: a key of ``cpa.explanation.how``; by default what follows from the request's channel
        :param told: what is said about an event that is set back (``cpa.happened.mixin``)
        """
        for request in self:
            explanation = request._draft_explanation(how)
            explanation.write({"state": "confirmed", **told})

    def _draft_explanation(self, how=None):
        self.ensure_one()
        how = how or ("phone" if self.channel_code == "phone" else "counter")
        draft = self.explanation_ids.filtered(lambda explanation: explanation.state == "draft")[:1]
        if draft:
            draft.how = how
            return draft
        return self.env["cpa.explanation"].create({"request_id": self.id, "how": how})

    def action_explain(self):
        """Button: I have told it to the applicant, in the way that the button's context names (``how``)."""
        self.ensure_one()
        self._explain(self.env.context.get("how"))
        return True

    def action_explain_earlier(self):
        """Button: it was told before now; ask when, and why it is entered late."""
        self.ensure_one()
        return self._draft_explanation()._lifecycle_ask("confirmed")

    # ------------------------------------------------------------------
    # The words
    # ------------------------------------------------------------------

    def _explanation_text(self):
        """Return the words in which the applicant is told what happens to the request, in the user's language."""
        self.ensure_one()
        return self.service_id._explanation_text(self._reply_policy())

    def _explained_clause(self):
        """Return the clause of the policy that is quoted to the applicant (may be empty)."""
        self.ensure_one()
        clauses = self._reply_policy().clause_ids if self.needs_committee else self.env["cpa.policy.clause"]
        return clauses.filtered(lambda clause: clause.code == EXPLAINED_CLAUSE)

    def _reply_policy(self):
        """Return the version of the policy under which the request is, or would now be, handled."""
        return self.policy_id or self.env["cpa.policy"]._in_force(self.company_id)
