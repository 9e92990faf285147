"""On which days people work here: reminders know weekends and holidays, the reply clock counts every day (P-35)."""

from datetime import date, datetime, time, timedelta

import pytz
from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.riyadh import cpa_today

ZONE = pytz.timezone("Asia/Riyadh")
# Sunday to Thursday, as Odoo numbers the days of the week.
SAUDI_WEEK = ("6", "0", "1", "2", "3")
WEEK_OF_CORE = frozenset("01234")
# Holidays with a fixed date. The two Eids follow the moon and are announced: a manager enters them.
NATIONAL_HOLIDAYS = ((2, 22), (9, 23))
# No weekend and no holiday is longer than this.
FAR = timedelta(days=60)


class ResCompany(models.Model):
    _inherit = "res.company"

    cpa_remind_days = fields.Integer(
        "Remind of the reply (working days before)", default=3, help="P-35: the officer, before the day of the reply."
    )
    cpa_awaited_days = fields.Integer(
        "Remind of an awaited applicant after (days)", default=14, help="Calendar days since the request was returned."
    )
    cpa_referral_days = fields.Integer("Remind of an open referral after (working days)", default=3, help="P-33")

    _cpa_days_positive = models.Constraint(
        "CHECK(cpa_remind_days >= 0 AND cpa_awaited_days >= 0 AND cpa_referral_days >= 0)",
        "The days of a reminder cannot be negative.",
    )

    # ------------------------------------------------------------------
    # Which days
    # ------------------------------------------------------------------

    def _cpa_working_days(self, first, last):
        """Return the days between ``first`` and ``last`` (dates in Riyadh, both included) on which people work here.

        By the company's working hours and the holidays entered for all of it.

        :return: set of ``date``
        """
        self.ensure_one()
        start = ZONE.localize(datetime.combine(first, time.min))
        end = ZONE.localize(datetime.combine(last + timedelta(days=1), time.min))
        calendar = self.resource_calendar_id.sudo()  # working hours are no secret
        if not calendar:
            days = (first + timedelta(days=number) for number in range((last - first).days + 1))
            return {day for day in days if str(day.weekday()) in SAUDI_WEEK}
        domain = [("time_type", "=", "leave"), ("company_id", "in", (self.id, False))]
        intervals = calendar._work_intervals_batch(start, end, domain=domain, tz=ZONE)[False]
        return {begin.date() for begin, _end, _meta in intervals}

    def _cpa_reach(self, day, count):
        """Return the last day that is not more than ``count`` working days after ``day``.

        With 0: the day before people work again, so that nothing that ends in a holiday is forgotten before it.
        """
        ahead = sorted(self._cpa_working_days(day + timedelta(days=1), day + FAR + timedelta(days=2 * count)))
        return ahead[count] - timedelta(days=1) if len(ahead) > count else day + FAR

    def _cpa_back(self, day, count):
        """Return the ``count``-th working day before ``day``."""
        past = sorted(self._cpa_working_days(day - FAR - timedelta(days=2 * count), day - timedelta(days=1)))
        return past[-count] if 0 < count <= len(past) else day

    # ------------------------------------------------------------------
    # Prepared for a Saudi association
    # ------------------------------------------------------------------

    def _create_resource_calendar(self):
        super()._create_resource_calendar()
        self._cpa_prepare_week()

    def _cpa_prepare_week(self):
        """Let working hours that are still as core made them (Monday to Friday) be Sunday to Thursday in Riyadh."""
        for calendar in self.resource_calendar_id:
            lines = calendar.attendance_ids
            if calendar.two_weeks_calendar or set(lines.mapped("dayofweek")) != WEEK_OF_CORE:
                continue
            names = dict(lines._fields["dayofweek"]._description_selection(self.env))
            calendar.write(
                {
                    "name": self.env._("Sunday to Thursday"),
                    "tz": ZONE.zone,
                    "attendance_ids": [
                        fields.Command.clear(),
                        *(
                            fields.Command.create(
                                {
                                    "name": names[day],
                                    "dayofweek": day,
                                    "hour_from": hours[0],
                                    "hour_to": hours[1],
                                    "day_period": period,
                                }
                            )
                            for day in SAUDI_WEEK
                            for period, hours in (("morning", (8, 12)), ("afternoon", (12, 15)))
                        ),
                    ],
                }
            )

    @api.model
    def _cron_holidays(self):
        """Job: enter the National Day and the Founding Day of this year and the next one."""
        names = {2: self.env._("Founding Day"), 9: self.env._("National Day")}
        year = cpa_today().year
        days = [date(year + ahead, month, day) for ahead in (0, 1) for month, day in NATIONAL_HOLIDAYS]
        for company in self.search(Domain.TRUE):
            company._cpa_enter_holidays({day: names[day.month] for day in days})

    def _cpa_enter_holidays(self, names):
        """Enter holidays of the whole company that are not entered yet.

        :param names: dict of their names by ``date``
        """
        leaves = self.env["resource.calendar.leaves"]
        for day, name in names.items():
            begin, end = self._cpa_utc(day, time.min), self._cpa_utc(day, time(23, 59, 59))
            entered = [("resource_id", "=", False), ("company_id", "=", self.id), ("date_from", "<=", end)]
            if not leaves.search_count([*entered, ("date_to", ">=", begin)], limit=1):
                leaves.create({"name": name, "company_id": self.id, "date_from": begin, "date_to": end})
