from odoo import api, fields, models


class CpaMisconception(models.Model):
    """A wrong idea that people have of our services, and the published answer to it (P-14).

    A model of its own and not a tag of CRM: a tag has no answer to reuse, and is shared with every other app's leads.
    """

    _name = "cpa.misconception"
    _description = "Misconception"
    _order = "sequence, id"

    name = fields.Char("The wrong idea", required=True, translate=True)
    answer = fields.Text("Published answer", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    question_ids = fields.One2many("cpa.inquiry.question", "misconception_id", "Questions")
    question_count = fields.Integer("Times met", compute="_compute_counts")
    answered_count = fields.Integer("Times answered", compute="_compute_counts")

    @api.depends("question_ids.state")
    def _compute_counts(self):
        counts = {
            (misconception.id, state): count
            for misconception, state, count in self.env["cpa.inquiry.question"]._read_group(
                [("misconception_id", "in", self.ids)], ["misconception_id", "state"], ["__count"]
            )
        }
        for misconception in self:
            by_state = {state: count for (res_id, state), count in counts.items() if res_id == misconception.id}
            misconception.question_count = sum(by_state.values())
            misconception.answered_count = by_state.get("answered", 0)
