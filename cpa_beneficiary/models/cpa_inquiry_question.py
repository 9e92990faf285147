from odoo import api, fields, models


class CpaInquiryQuestion(models.Model):
    """One question of an inquiry: answered, referred, or still open (P-31)."""

    _name = "cpa.inquiry.question"
    _description = "Question of an inquiry"
    _order = "id"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", index=True)
    name = fields.Text("Question", required=True)
    answer = fields.Text()
    referred_to_id = fields.Many2one("res.users", "Referred to", ondelete="restrict", index="btree_not_null")
    state = fields.Selection(
        [("open", "Open"), ("referred", "Referred"), ("answered", "Answered")],
        compute="_compute_state",
        store=True,
        index=True,
    )
    asked_at = fields.Datetime(default=fields.Datetime.now, readonly=True, required=True)
    answered_at = fields.Datetime(compute="_compute_state", store=True)

    @api.depends("answer", "referred_to_id")
    def _compute_state(self):
        for question in self:
            answered = bool((question.answer or "").strip())
            question.state = "answered" if answered else "referred" if question.referred_to_id else "open"
            question.answered_at = (question.answered_at or fields.Datetime.now()) if answered else False
