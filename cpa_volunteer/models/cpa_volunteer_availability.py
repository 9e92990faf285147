from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Monday is 0, as in Python; a week in Saudi Arabia begins on Sunday.
WEEKDAYS = [
    ("6", "Sunday"),
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
]


class CpaVolunteerAvailability(models.Model):
    """On which weekday and between which hours, on a clock in Riyadh, a volunteer has time."""

    _name = "cpa.volunteer.availability"
    _description = "When a volunteer has time"
    _order = "volunteer_id, weekday, hour_from"

    volunteer_id = fields.Many2one("cpa.volunteer", required=True, ondelete="cascade", index=True)
    weekday = fields.Selection(WEEKDAYS, required=True)
    hour_from = fields.Float("From", required=True, default=16.0)
    hour_to = fields.Float("To", required=True, default=20.0)

    _hours_check = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_to <= 24 AND hour_to > hour_from)",
        "The time ends after it begins, on the same day.",
    )

    @api.constrains("volunteer_id", "weekday", "hour_from", "hour_to")
    def _check_overlap(self):
        for line in self:
            for other in line.volunteer_id.availability_ids - line:
                if other.weekday == line.weekday and other.hour_from < line.hour_to and line.hour_from < other.hour_to:
                    raise ValidationError(self.env._("Two times of the same weekday overlap: make them one."))
