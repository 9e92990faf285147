"""What the clock showed when the reply went out, kept at the reply: the evidence of P-35."""

from odoo import fields, models

from ..tools.riyadh import riyadh_date

# Values of ``reply_timing`` after the day by which the applicant was told to have a reply.
LATE = ("late", "past_ceiling")


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    reply_days = fields.Integer(
        "Days to the reply",
        kept=True,
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Calendar days in Riyadh from the submission.",
    )
    reply_days_contact = fields.Integer(
        "Days since the first contact",
        kept=True,
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Calendar days in Riyadh from the first contact to the reply.",
    )
    reply_two_weeks = fields.Selection(
        [("before", "Before the day"), ("on", "On the day"), ("after", "After the day")],
        "Against the two weeks",
        kept=True,
        readonly=True,
        copy=False,
        help="P-35: the reply against the first day on which the policy replies. Only of what the committee decides.",
    )
    reply_timing = fields.Selection(
        [
            ("early", "Too early"),
            ("on_time", "On time"),
            ("late", "After the target"),
            ("past_ceiling", "After the latest day"),
        ],
        "Timeliness of the reply",
        kept=True,
        readonly=True,
        copy=False,
    )
    reply_off_days = fields.Integer(
        "Days off",
        kept=True,
        readonly=True,
        copy=False,
        aggregator="avg",
        help="How many days too early, or after the target.",
    )
    reply_exception_reason = fields.Text("Reason of the exception", kept=True, readonly=True, copy=False)
    reply_explained = fields.Boolean(
        "Explained beforehand",
        kept=True,
        readonly=True,
        copy=False,
        help="P-35: the applicant had been told that the committee decides, and until when we reply.",
    )
    reply_late_reason = fields.Text("Why later than the reply period", copy=False)

    # the report of exceptions reads them by month
    _reply_exception_idx = models.Index("(replied_at) WHERE reply_timing IN ('early', 'late', 'past_ceiling')")

    def _effect_reply(self, at):
        result = super()._effect_reply(at)
        for request in self:
            request._lifecycle_set(request._timeliness(riyadh_date(at)))
        return result

    def _timeliness(self, day):
        """Return what the clock shows for a reply on ``day`` (in Riyadh): values of the kept facts."""
        self.ensure_one()
        timing, off_days = self._reply_timing(day)
        reason = {"early": self.reply_early_reason, "on_time": False}.get(timing, self.reply_late_reason)
        floor = self.reply_floor_date  # an appeal has none: the two weeks have been waited for once already
        return {
            "reply_days": (day - riyadh_date(self.submitted_at)).days,
            "reply_days_contact": (day - riyadh_date(self.first_contact_at)).days,
            "reply_two_weeks": floor
            and self.needs_committee
            and ("before" if day < floor else "on" if day == floor else "after"),
            "reply_timing": timing,
            "reply_off_days": off_days,
            "reply_exception_reason": (reason or "").strip() or False,
            "reply_explained": self.is_explained,
        }

    def _reply_timing(self, day):
        """Return how a reply on ``day`` (in Riyadh) stands to the clock: ``(reply_timing, days off)``."""
        self.ensure_one()
        if self.reply_floor_mode != "off" and day < self.reply_floor_date:
            return "early", (self.reply_floor_date - day).days
        if day <= self.reply_target_date:
            return "on_time", 0
        timing = "late" if day <= self.reply_ceiling_date else "past_ceiling"
        return timing, (day - self.reply_target_date).days
