from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.riyadh import cpa_today
from .cpa_policy_clause import CLAUSE_CODE


class CpaPolicyReading(models.Model):
    """A reading for the board to settle: what the policy leaves open, and what is done until then.

    The policy is silent on some things and contradicts itself on others. The software must do
    something meanwhile: here stand the question, the default, why it was chosen, and the place for
    the resolution that settles it.
    """

    _name = "cpa.policy.reading"
    _description = "Reading for the board to settle"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char("Subject", required=True, translate=True)
    sequence = fields.Integer(default=10)
    clause_code = fields.Char("Clause", index="btree_not_null", help="Empty where the policy has no clause on it.")
    question = fields.Text(required=True, translate=True)
    default_text = fields.Text("Until it is settled", required=True, translate=True, help="What the software does now.")
    reason = fields.Text("Why", translate=True)

    # The board's answer
    resolution = fields.Text(translate=True, tracking=True, help="What the board resolved, with number and session.")
    settled_on = fields.Date("Settled on", tracking=True)
    settled_by_id = fields.Many2one("res.users", "Entered by", readonly=True, ondelete="restrict")
    is_settled = fields.Boolean("Settled", compute="_compute_is_settled", store=True)

    @api.depends("settled_on")
    def _compute_is_settled(self):
        for reading in self:
            reading.is_settled = bool(reading.settled_on)

    @api.constrains("clause_code")
    def _check_clause_code(self):
        for reading in self:
            if reading.clause_code and not CLAUSE_CODE.fullmatch(reading.clause_code):
                raise ValidationError(self.env._("“%s” is not a clause code: write it as P-35.", reading.clause_code))

    @api.constrains("settled_on", "resolution")
    def _check_settled(self):
        """What is settled shows by what and since when.

        :raise ValidationError: a date without a resolution, or a date to come
        """
        for reading in self:
            if reading.settled_on and not (reading.resolution or "").strip():
                raise ValidationError(self.env._("Write the board's resolution that settles “%s”.", reading.name))
            if reading.settled_on and reading.settled_on > cpa_today():
                raise ValidationError(self.env._("“%s” cannot be settled on a day to come.", reading.name))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._signed(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._signed(vals))

    @api.model
    def _signed(self, vals):
        """Return ``vals`` with who entered the board's answer, which is never typed."""
        vals = {name: value for name, value in vals.items() if name != "settled_by_id"}
        if "settled_on" in vals:
            vals["settled_by_id"] = self.env.uid if vals["settled_on"] else False
        return vals
