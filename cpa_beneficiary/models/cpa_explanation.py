from odoo import fields, models

from .cpa_lifecycle_mixin import Move
from .roles import APPLICANT, DELEGATE, OFFICER, WEBSITE


class CpaExplanation(models.Model):
    """The applicant was told how the request is decided and until when we reply (P-35): who said it, when, how, what.

    Until the submission it can be taken back; from then on it is evidence.
    """

    _name = "cpa.explanation"
    _description = "Explanation to the applicant"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "id desc"
    _rec_name = "how"
    _lifecycle_frozen = frozenset({"confirmed", "withdrawn"})

    request_id = fields.Many2one(
        "cpa.request", required=True, fixed=True, readonly=True, ondelete="cascade", index=True
    )
    state = fields.Selection(
        [("draft", "Not said yet"), ("confirmed", "Confirmed"), ("withdrawn", "Taken back")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    how = fields.Selection(
        [
            ("counter", "Said at the counter"),
            ("phone", "Said by telephone"),
            ("slip", "Read on the slip"),
            ("website", "Read on the website"),
        ],
        required=True,
        default="counter",
    )
    text = fields.Text("As it was said", kept=True, readonly=True, copy=False)
    policy_id = fields.Many2one(
        "cpa.policy", "By the policy", kept=True, readonly=True, copy=False, ondelete="restrict"
    )
    explained_by = fields.Many2one("res.users", kept=True, readonly=True, copy=False, ondelete="restrict")
    explained_at = fields.Datetime("Said at", kept=True, readonly=True, copy=False)
    entered_at = fields.Datetime("Entered at", kept=True, readonly=True, copy=False)

    def _lifecycle_moves(self):
        by = (OFFICER, DELEGATE)
        return {
            ("draft", "confirmed"): Move((*by, APPLICANT, WEBSITE), effects=("_effect_confirmed",)),
            ("confirmed", "withdrawn"): Move(by, ("_guard_withdrawn",)),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_withdrawn(self, at):
        if self.request_id.submitted_at:
            return [self.env._("The request has been submitted: what was explained is evidence.")]
        return []

    def _effect_confirmed(self, at):
        for explanation in self:
            explanation._lifecycle_set(
                {
                    "text": explanation.request_id.explanation_text,
                    "policy_id": explanation.request_id._reply_policy().id,
                    "explained_by": self.env.uid,
                    "explained_at": at,
                    "entered_at": fields.Datetime.now(),
                }
            )
