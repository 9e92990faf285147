"""How the reply clock looks on the request (P-35): today's day, the days that matter, and where it stands."""

from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today, riyadh_date


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    reply_clock_html = fields.Html("Reply clock", compute="_compute_reply_clock_html", sanitize=False)

    @api.depends_context("lang")
    @api.depends(
        "state",
        "submitted_at",
        "reply_floor_mode",
        "reply_floor_date",
        "reply_target_date",
        "reply_ceiling_date",
        "reply_send_on",
        "reply_timing",
        "replied_at",
        "closed_at",
        "paused_on",
        "paused_days",
    )
    def _compute_reply_clock_html(self):
        for request in self:
            clock = request._clock_shown() if request.reply_target_date else None
            request.reply_clock_html = clock and self.env["ir.qweb"]._render(
                "cpa_beneficiary.cpa_request_clock", {"clock": clock}
            )

    def _clock_started_on(self):
        """Return the day (in Riyadh) that the clock counts from: day 0."""
        self.ensure_one()
        by_contact = self.policy_id.clock_start == "first_contact"
        return riyadh_date(self.first_contact_at if by_contact else self.submitted_at)

    def _clock_shown(self):
        """Return what the clock shows, in the user's language.

        :return: dict ``day_text``, ``says``, ``mood`` ("", "good", "late", "over", "paused"), ``now`` and each mark's
            ``at`` (percent of the line), ``marks`` (list of dicts ``key``, ``name``, ``date``, ``title``, ``at``),
            ``pause`` (text or False) and ``label`` (all of it, for who hears the screen)
        """
        self.ensure_one()
        start = self._clock_started_on()
        day = riyadh_date(self.replied_at or self.closed_at) or cpa_today()
        span = max((max(day, self.reply_ceiling_date) - start).days, 1)

        def at(date):
            return min(max(round(100 * (date - start).days / span, 1), 0), 100)

        says, mood = self._clock_says(day)
        marks = [
            {
                "key": key,
                "name": name,
                "date": format_date(self.env, date, date_format="d MMM"),
                "title": f"{name}: {format_both(date, self.env.lang)}",
                "at": at(date),
            }
            for key, name, date in self._clock_days()
        ]
        day_text = self.env._("Day %(number)s", number=(day - start).days)
        return {
            "day_text": day_text,
            "says": says,
            "mood": mood,
            "now": at(day),
            "marks": marks,
            "pause": self._clock_pause(),
            "label": " · ".join([day_text, says, *(mark["title"] for mark in marks)]),
        }

    def _clock_days(self):
        """Return the days that matter to the reply: ``(key, name, date)``."""
        days = [
            ("target", self.env._("Reply by"), self.reply_target_date),
            ("ceiling", self.env._("At the latest"), self.reply_ceiling_date),
        ]
        if self.reply_floor_mode == "off":
            return days
        name = self.env._("Held until") if self.reply_floor_mode == "block" else self.env._("Not before")
        return [("floor", name, self.reply_floor_date), *days]

    def _clock_says(self, day):
        """Return where the clock stands on ``day``: ``(text, mood)``."""
        if self.replied_at:
            timing = dict(self._fields["reply_timing"]._description_selection(self.env)).get(self.reply_timing, "")
            mood = {"on_time": "good", "late": "late", "past_ceiling": "over"}.get(self.reply_timing, "")
            return self.env._("Replied: %(timing)s", timing=timing), mood
        if self.closed_at:
            return self.env._("Closed without a reply"), "paused"
        if self.paused_on:
            return self.env._("Waiting for the applicant"), "paused"
        if self.reply_send_on:
            on = format_both(self.reply_send_on, self.env.lang)
            return self.env._("The reply is ready and goes out on %(day)s", day=on), "good"
        left = (self.reply_target_date - day).days
        if left > 1:
            return self.env._("%(days)s days left", days=left), ""
        if left >= 0:
            return (self.env._("One day left") if left else self.env._("The reply is due today")), "late"
        if day > self.reply_ceiling_date:
            return self.env._("Past the latest day: the applicant still waits"), "over"
        return self.env._("Past the target: the applicant still waits"), "late"

    def _clock_pause(self):
        """Return what the clock says of pauses (text or False)."""
        if self.paused_on:
            since = format_date(self.env, self.paused_on, date_format="d MMM")
            return self.env._("Paused since %(day)s: the days move when the applicant has completed it", day=since)
        if self.paused_days:
            return self.env._("Moved by %(days)s days of waiting for the applicant", days=self.paused_days)
        return False
