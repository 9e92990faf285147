from odoo import api, fields, models
from odoo.exceptions import UserError

from .cpa_lifecycle_mixin import Move
from .roles import SECRETARY


class CpaCommitteeRemark(models.Model):
    """What a member remarks on the minutes before they are closed: taken over into them, or answered."""

    _name = "cpa.committee.remark"
    _description = "Remark on minutes"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "session_id, id"
    _rec_name = "author_name"
    _lifecycle_initial = "open"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"taken", "answered"})

    session_id = fields.Many2one("cpa.committee.session", required=True, fixed=True, ondelete="restrict", index=True)
    user_id = fields.Many2one("res.users", "Member", kept=True, readonly=True, ondelete="restrict")
    author_name = fields.Char("By", kept=True, readonly=True)
    text = fields.Text("Remark", required=True, fixed=True)
    answer = fields.Text()
    remarked_at = fields.Datetime(kept=True, readonly=True)
    answered_by = fields.Char(kept=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("taken", "Taken over"), ("answered", "Answered")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
    )

    def _lifecycle_moves(self):
        return {
            ("open", "taken"): Move((SECRETARY,), ("_guard_unsigned",), ("_effect_take", "_effect_answer")),
            ("open", "answered"): Move((SECRETARY,), ("_guard_answer",), ("_effect_answer",)),
        }

    def _guard_unsigned(self, at):
        if self.session_id.minutes_digest:
            return [self.env._("The minutes are signed already: revise them first, or answer the remark.")]
        return []

    def _guard_answer(self, at):
        return [] if (self.answer or "").strip() else [self.env._("The answer.")]

    def _effect_take(self, at):
        for remark in self:
            session = remark.session_id
            line = f"{remark.author_name}: {remark.text}"
            session.write({"minutes": "\n".join(filter(None, [session.minutes, line]))})

    def _effect_answer(self, at):
        self._lifecycle_set({"answered_by": self.env.user.name})

    @api.model_create_multi
    def create(self, vals_list):
        remarks = super().create(vals_list)
        for remark in remarks:
            session = remark.session_id
            if session.state != "minutes":
                raise UserError(self.env._("Minutes are remarked upon between the count and the closing."))
            if self.env.user not in session.sudo()._present_members().user_id:  # who was there is on the minutes
                raise UserError(self.env._("Only a member who was present remarks on the minutes."))
        # who remarks writes no row but by this door, and not who he is
        remarks.sudo()._lifecycle_set(
            {"user_id": self.env.uid, "author_name": self.env.user.name, "remarked_at": fields.Datetime.now()}
        )
        return remarks

    def action_open(self):
        """Button: this remark, to be answered."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Remark on the minutes"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_take(self):
        """Button of the secretary: the remark goes into the minutes."""
        return self.write({"state": "taken"})

    def action_answer(self):
        """Button of the secretary: the answer stands beside the remark."""
        return self.write({"state": "answered"})
