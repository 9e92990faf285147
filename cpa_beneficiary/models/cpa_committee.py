from odoo import fields, models


class CpaCommittee(models.Model):
    """A research committee (لجنة البحث) with its members and the rules the board gave it."""

    _name = "cpa.committee"
    _description = "Committee"
    _inherit = ["mail.thread"]
    _order = "name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    member_ids = fields.One2many("cpa.committee.member", "committee_id", "Members")
    minimum_votes = fields.Integer("At least this many votes", default=2, required=True)
    has_casting_vote = fields.Boolean("The presiding member's vote decides a tie")

    _minimum_positive = models.Constraint("CHECK(minimum_votes >= 1)", "A decision needs at least one vote.")
