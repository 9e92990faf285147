from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools import links
from odoo.addons.cpa_beneficiary.tools.qr import qr_image
from odoo.addons.cpa_beneficiary.tools.riyadh import riyadh_date, riyadh_datetime
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

LONGEST = timedelta(hours=12)
HERE = "/volunteer/here"


class CpaShift(models.Model):
    """One shift of an opportunity: from when to when, for how many volunteers."""

    _name = "cpa.shift"
    _description = "Shift"
    _order = "start, id"

    opportunity_id = fields.Many2one("cpa.opportunity", required=True, ondelete="cascade", index=True)
    state = fields.Selection(related="opportunity_id.state", string="Opportunity's state")
    company_id = fields.Many2one(related="opportunity_id.company_id", store=True, index=True)
    start = fields.Datetime(required=True, index=True)
    stop = fields.Datetime("End", required=True)
    hours = fields.Float(compute="_compute_hours", store=True)
    capacity = fields.Integer("Places", required=True, default=1)
    taken = fields.Integer(readonly=True, copy=False, default=0)
    free = fields.Integer(compute="_compute_free")
    participation_ids = fields.One2many("cpa.participation", "shift_id", "Volunteers")

    _times_check = models.Constraint("CHECK(stop > start)", "A shift ends after it begins.")
    # whatever happens at the same moment: the database never lets more in than there are places
    _taken_check = models.Constraint(
        "CHECK(taken >= 0 AND taken <= capacity)", "There are not more places than the shift has."
    )

    @api.depends("start", "stop")
    def _compute_hours(self):
        for shift in self:
            shift.hours = (shift.stop - shift.start).total_seconds() / 3600 if shift.start and shift.stop else 0.0

    @api.depends("capacity", "taken")
    def _compute_free(self):
        for shift in self:
            shift.free = shift.capacity - shift.taken

    @api.depends("opportunity_id.name", "start")
    def _compute_display_name(self):
        for shift in self:
            start = shift.start and riyadh_datetime(shift.start).strftime("%Y-%m-%d %H:%M")
            shift.display_name = " · ".join(filter(None, [shift.opportunity_id.name, start]))

    @api.constrains("start", "stop", "opportunity_id")
    def _check_within(self):
        for shift in self:
            opportunity = shift.opportunity_id
            if shift.stop - shift.start > LONGEST:
                raise ValidationError(self.env._("A shift lasts at most %(hours)s hours.", hours=12))
            day = riyadh_date(shift.start)  # an evening of the last day may end after midnight
            if not opportunity.date_from <= day <= opportunity.date_to:
                raise ValidationError(
                    self.env._(
                        "The shift of %(day)s lies outside of the opportunity (%(first)s to %(last)s).",
                        day=day,
                        first=opportunity.date_from,
                        last=opportunity.date_to,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # places are taken by participations only
        return super().create([{**vals, "taken": 0} for vals in vals_list])

    def write(self, vals):
        if "taken" in vals:
            raise UserError(self.env._("Places are taken and given back by the volunteers' participation."))
        if vals.keys() & {"start", "stop", "opportunity_id"} and any(shift.taken for shift in self):
            raise UserError(self.env._("Volunteers have places in this shift: cancel it and plan another."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_empty(self):
        if self.participation_ids:
            raise UserError(self.env._("A shift with volunteers in it is not deleted."))

    def _take_place(self):
        """Take one place, decided by the database: of many at the same moment only as many as are free.

        :return: whether there was one
        """
        self.ensure_one()
        self.flush_recordset(["taken", "capacity"])
        self.env.cr.execute(
            SQL("UPDATE cpa_shift SET taken = taken + 1 WHERE id = %s AND taken < capacity RETURNING id", self.id)
        )
        took = bool(self.env.cr.fetchone())
        self.invalidate_recordset(["taken", "free"], flush=False)
        return took

    def _give_place_back(self):
        """Give one place back."""
        self.ensure_one()
        self.env.cr.execute(SQL("UPDATE cpa_shift SET taken = taken - 1 WHERE id = %s", self.id))
        self.invalidate_recordset(["taken", "free"], flush=False)

    def _here_address(self):
        """Return the address behind the code that hangs at the place: it opens until the shift is over."""
        self.ensure_one()
        return self.get_base_url() + links.sign(self.env, HERE, [self.id], self.stop)

    def _here_image(self):
        """Return that code as an image that stands in the paper itself."""
        self.ensure_one()
        return qr_image(self._here_address())
