from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today
from odoo.exceptions import ValidationError

from .cpa_participation import BOOKED


class CpaVolunteerTraining(models.Model):
    """A training that volunteers had: the law gives it to them before the work, and this proves it."""

    _name = "cpa.volunteer.training"
    _description = "Training of volunteers"
    _inherit = ["mail.thread"]
    _order = "day desc, id desc"

    name = fields.Char("Subject", required=True)
    day = fields.Date("Date", required=True, default=lambda self: cpa_today())
    hours = fields.Float(required=True, default=1.0)
    trainer = fields.Char(required=True)
    opportunity_id = fields.Many2one("cpa.opportunity", "Before the opportunity", ondelete="restrict")
    volunteer_ids = fields.Many2many("cpa.volunteer", string="Volunteers")
    volunteer_count = fields.Integer("How many", compute="_compute_volunteer_count")
    note = fields.Text("What was trained")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)

    _hours_check = models.Constraint("CHECK(hours > 0 AND hours <= 24)", "A training lasts between 0 and 24 hours.")

    @api.depends("volunteer_ids")
    def _compute_volunteer_count(self):
        for training in self:
            training.volunteer_count = len(training.volunteer_ids)

    @api.constrains("day")
    def _check_day(self):
        for training in self:
            if training.day > cpa_today():
                raise ValidationError(self.env._("A training is entered once it was held."))

    @api.onchange("opportunity_id")
    def _onchange_opportunity_id(self):
        """Who has a place in the opportunity was most likely there."""
        if self.opportunity_id and not self.volunteer_ids:
            placed = self.opportunity_id.shift_ids.participation_ids.filtered(lambda line: line.state in BOOKED)
            self.volunteer_ids = placed.volunteer_id


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    training_ids = fields.Many2many("cpa.volunteer.training")
