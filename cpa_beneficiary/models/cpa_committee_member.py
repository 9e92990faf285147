from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CpaCommitteeMember(models.Model):
    """A seat in a committee for a term (مدة العضوية). Its history stays: a new term is a new row."""

    _name = "cpa.committee.member"
    _description = "Committee member"
    _order = "committee_id, sequence, id"

    committee_id = fields.Many2one("cpa.committee", required=True, ondelete="restrict", index=True)
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one("res.users", "Member", required=True, ondelete="restrict", index=True)
    role = fields.Selection(
        [
            ("chair", "Chair"),
            ("deputy", "Deputy chair"),
            ("member", "Member"),
            ("alternate", "Alternate"),
            ("secretary", "Secretary"),
        ],
        required=True,
        default="member",
    )
    has_vote = fields.Boolean("Has a vote", compute="_compute_has_vote", store=True, readonly=False)
    date_from = fields.Date("Term from", required=True)
    date_to = fields.Date("Term to")

    @api.depends("role")
    def _compute_has_vote(self):
        for member in self:
            member.has_vote = member.role != "secretary"

    @api.depends("user_id.name", "role")
    def _compute_display_name(self):
        roles = dict(self._fields["role"]._description_selection(self.env))
        for member in self:
            member.display_name = f"{member.user_id.name} ({roles.get(member.role)})"

    @api.constrains("date_from", "date_to")
    def _check_term(self):
        for member in self:
            if member.date_to and member.date_to < member.date_from:
                raise ValidationError(self.env._("A term ends after it begins."))

    def _in_term(self, day):
        """Return the members whose term covers ``day`` (a date in Riyadh)."""
        return self.filtered(lambda m: m.date_from <= day and (not m.date_to or m.date_to >= day))

    def write(self, vals):
        # a session that was held keeps whom it was held with
        if vals.keys() & {"committee_id", "user_id", "role", "has_vote"}:
            lines = self.env["cpa.committee.attendance"].sudo()  # whether there is one, nothing else
            held = lines.search([("member_id", "in", self.ids), ("session_id.opened_at", "!=", False)], limit=1)
            if held:
                raise UserError(
                    self.env._(
                        "“%(member)s” has sat in a session: end this term and add a new line for the new one.",
                        member=held.member_id.display_name,
                    )
                )
        return super().write(vals)
