from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CpaCommittee(models.Model):
    """A research committee (لجنة البحث) with its members and the rules the board gave it."""

    _name = "cpa.committee"
    _description = "Committee"
    _inherit = ["cpa.committee.rules", "mail.thread"]
    _order = "name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    member_ids = fields.One2many("cpa.committee.member", "committee_id", "Members")
    higher_body_id = fields.Many2one(
        "cpa.committee",
        "Higher body",
        ondelete="restrict",
        index="btree_not_null",
        help="The board, or who else decides what this committee has no quorum for.",
    )
    lower_committee_ids = fields.One2many("cpa.committee", "higher_body_id")

    # ways to decide without a meeting
    has_circulation = fields.Boolean("Decides by circulation", default=True)
    answer_days = fields.Integer("Days for the answers", default=7, required=True)
    has_urgent = fields.Boolean("Chair and one member decide what is urgent", default=True)

    _answer_days_positive = models.Constraint("CHECK(answer_days >= 1)", "Members need a day at least for an answer.")

    @api.constrains("higher_body_id")
    def _check_higher_body(self):
        if self._has_cycle("higher_body_id"):
            raise ValidationError(self.env._("A committee is not the higher body of itself."))

    def _waiting_domain(self):
        """Return the domain of the requests that this committee hears next.

        A request that names no committee is heard by any that is nobody's higher body.
        """
        self.ensure_one()
        ours = [self.id] if self.lower_committee_ids else [self.id, False]
        return [
            ("state", "=", "committee"),
            ("company_id", "=", self.company_id.id),
            ("committee_id", "in", ours),
        ]
