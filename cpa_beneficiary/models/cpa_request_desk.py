"""What the desk asks of a request while the applicant waits: the next step, what it still needs, its dialogs."""

from odoo import api, fields, models

from ..tools.riyadh import cpa_today

SIGHT_WITHIN_DAYS = 7


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    next_state = fields.Char(compute="_compute_next_state")
    next_missing = fields.Text("Still missing for the next step", compute="_compute_next_missing")

    @api.depends("state", "decision", "needs_study", "needs_committee", "needs_delivery")
    def _compute_next_state(self):
        for request in self:
            request.next_state = request._next_state()

    def _next_state(self):
        """Return the state that the path of this request's service leads to next; False where it ends or only waits."""
        self.ensure_one()
        before_decision = "committee" if self.needs_committee else "in_progress"
        return {
            "draft": "submitted",
            "incomplete": "submitted",
            "submitted": "research" if self.needs_study else before_decision,
            "research": before_decision,
            "committee": "decided",
            "in_progress": "delivery" if self.needs_delivery else "done",
            "decided": "rejected" if self.decision == "reject" else "approved",
            "approved": "delivery" if self.needs_delivery else "done",
            "delivery": "done",
        }.get(self.state, False)

    @api.depends_context("uid", "lang")
    @api.depends(
        "next_state",
        "beneficiary_id.state",
        "representation_id",
        "is_anonymous",
        "description",
        "is_explained",
        "declaration_state",
        "check_ids.state",
        "referral_ids.state",
        "researcher_id",
        "study_ids.state",
        "reply_text",
        "reply_channel_id",
        "reply_early_reason",
        "delivery_ids.state",
    )
    def _compute_next_missing(self):
        """Ask the guards of the next step beforehand, for those who may take it: the same words as their refusal."""
        at = fields.Datetime.now()
        for request in self:
            move = request._lifecycle_moves().get((request.state, request.next_state))
            if not move or not request._origin or not any(request._lifecycle_has_role(role) for role in move.roles):
                request.next_missing = False
                continue
            missing = [line for guard in move.guards for line in getattr(request, guard)(at)]
            request.next_missing = "\n".join(f"• {line}" for line in missing)

    def action_move_earlier(self):
        """Button: the next step happened before now; ask when, and why it is entered late."""
        self.ensure_one()
        return self._lifecycle_ask(self.next_state)

    def action_open(self):
        """Button: open the record that the button's context names (``open``: a relational field of the request)."""
        self.ensure_one()
        return self[self.env.context["open"]][:1].get_formview_action()

    def action_declare(self):
        """Button: read the declaration to the applicant and let him sign it (P-34)."""
        self.ensure_one()
        representative = self.representation_id.representative_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Declaration"),
            "res_model": "cpa.declaration",
            "res_id": self.declaration_ids.filtered(lambda d: d.state == "draft")[:1].id,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_request_id": self.id,
                "default_representation_id": self.representation_id.id,
                "default_signer_name": (representative or self.beneficiary_id).name,
            },
        }

    def _message_add_suggested_recipients(self, force_primary_email=False):
        """Suggest only contacts that the reader may see: a member reads the file, not the applicant's contact."""
        suggested = super()._message_add_suggested_recipients(force_primary_email=force_primary_email)
        for recipients in suggested.values():
            recipients["partners"] = recipients["partners"]._filtered_access("read")
        return suggested


class CpaRequestCheck(models.Model):
    _inherit = "cpa.request.check"

    def action_to_sight(self):
        """Button: taken in now, the original is sighted later: within a week unless another day was given."""
        for check in self:
            due = check.due_date or fields.Date.add(cpa_today(), days=SIGHT_WITHIN_DAYS)
            check.write({"due_date": due, "state": "to_sight"})
        return True
