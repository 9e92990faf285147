from odoo import api, fields, models

from .cpa_lifecycle_mixin import Move
from .roles import DELEGATE, OFFICER, RESEARCHER


class CpaReferral(models.Model):
    """The applicant's question put to the social-research officer, and the answer (P-33).

    It never withholds the request's number; an open one stops only the decision.
    """

    _name = "cpa.referral"
    _description = "Referral"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread"]
    _order = "id desc"
    _rec_name = "question"
    _lifecycle_initial = "open"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"answered"})
    _lifecycle_birth = "asked_at"

    request_id = fields.Many2one("cpa.request", required=True, fixed=True, ondelete="restrict", index=True)
    question = fields.Text(required=True)
    officer_id = fields.Many2one("res.users", "Referred to", required=True, ondelete="restrict", index=True)
    answer = fields.Text()
    state = fields.Selection(
        [("open", "Open"), ("answered", "Answered"), ("cancelled", "Cancelled")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    asked_at = fields.Datetime(default=fields.Datetime.now, kept=True, readonly=True, copy=False)
    answered_at = fields.Datetime(kept=True, readonly=True, copy=False)
    answer_hours = fields.Float(
        "Answered within (hours)", kept=True, readonly=True, copy=False, digits=(16, 2), aggregator="avg"
    )

    _open_idx = models.Index("(officer_id) WHERE state = 'open'")

    def _lifecycle_moves(self):
        askers = (OFFICER, DELEGATE, RESEARCHER)
        return {
            ("open", "answered"): Move((RESEARCHER, OFFICER, DELEGATE), ("_guard_answered",), ("_effect_answered",)),
            ("open", "cancelled"): Move(askers, reason=True),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_answered(self, at):
        return [] if (self.answer or "").strip() else [self.env._("The answer given to the applicant.")]

    def _effect_answered(self, at):
        for referral in self:
            hours = (at - referral.asked_at).total_seconds() / 3600
            referral._lifecycle_set({"answered_at": at, "answer_hours": max(hours, 0)})

    @api.model_create_multi
    def create(self, vals_list):
        # before the referral exists: one to oneself would open any request and its person's file
        requests = {vals["request_id"] for vals in vals_list if vals.get("request_id")}
        self.env["cpa.request"].browse(requests).check_access("read")
        referrals = super().create(vals_list)
        # explained in the same minute, when the social-research officer sits next door
        referrals.filtered(lambda r: (r.answer or "").strip()).write({"state": "answered"})
        for referral in referrals.filtered(lambda r: r.state == "open" and r.officer_id != self.env.user):
            referral.request_id.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=referral.officer_id.id,
                summary=self.env._("Answer the referral"),
            )
        return referrals
