from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .roles import SECRETARY


class CpaCommitteeRecusal(models.Model):
    """A member's own step aside (تنحٍّ) from one case, with the reason."""

    _name = "cpa.committee.recusal"
    _description = "Recusal"
    _rec_name = "member_id"

    case_id = fields.Many2one("cpa.committee.case", required=True, ondelete="restrict", index=True)
    member_id = fields.Many2one("cpa.committee.member", required=True, ondelete="restrict")
    reason = fields.Text(required=True)

    _member_uniq = models.Constraint("UNIQUE(case_id, member_id)", "This member has stepped aside already.")

    @api.constrains("case_id", "member_id")
    def _check_before_vote(self):
        for recusal in self:
            if recusal.member_id in recusal.case_id.proposal_ids._voted():
                raise ValidationError(self.env._("A member steps aside before voting, not after."))

    @api.model_create_multi
    def create(self, vals_list):
        cases = self.env["cpa.committee.case"].browse([vals["case_id"] for vals in vals_list])
        members = self.env["cpa.committee.member"].browse([vals["member_id"] for vals in vals_list])
        # neither the end of the voting nor the member's own vote comes in between
        cases.session_id._hold("draft", "convened", "open")
        cases.session_id._hold_places(members)
        recusals = super().create(vals_list)
        recusals._check_open()
        recusals._check_own()
        return recusals

    def write(self, vals):
        self._check_open()
        super().write(vals)
        self._check_open()
        self._check_own()
        return True

    @api.ondelete(at_uninstall=False)
    def _check_open(self):
        if any(recusal.case_id.session_id.state not in ("draft", "convened", "open") for recusal in self):
            raise UserError(self.env._("Recusals are closed with the voting."))

    def _check_own(self):
        if not self.env.user._has_group(SECRETARY) and self.member_id.user_id - self.env.user:
            raise UserError(self.env._("A member steps aside himself; only the secretary records it for others."))
