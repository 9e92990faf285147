from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.riyadh import cpa_today, riyadh_date

SHOWN = 8


class CpaToday(models.AbstractModel):
    """What waits for the user today, by role: the first screen of the day."""

    _name = "cpa.today"
    _description = "Today"

    @api.model
    def get_today(self):
        """Return the sections of the screen for the user, in the order of the day.

        :return: dict ``{"date": str, "sections": [{"key", "title", "empty", "icon", "model", "domain", "count",
            "rows": [{"id", "title", "subtitle", "date", "late"}]}]}``; domain and rows are what the user may read
        """
        return {"date": fields.Date.to_string(cpa_today()), "sections": [self._section(**spec) for spec in self._sections()]}

    def _sections(self):
        """Return the specifications of the sections of this user; add-ons append theirs."""
        user = self.env.user
        has = lambda role: user._has_group(f"cpa_beneficiary.group_{role}")  # noqa: E731
        sections = []
        if has("officer") or has("delegate"):
            mine = [("officer_id", "in", (user.id, False))]
            sections += [
                self._requests("waiting", self.env._("To be handled"), "fa-inbox", [("state", "in", ("draft", "submitted", "in_progress")), *mine]),
                self._requests("reply", self.env._("Decided: tell the applicant"), "fa-reply", [("state", "=", "decided"), *mine]),
                self._requests("deliver", self.env._("To be delivered"), "fa-gift", [("state", "in", ("approved", "delivery")), *mine]),
                self._requests("incomplete", self.env._("Waiting for the applicant"), "fa-hourglass-half", [("state", "=", "incomplete"), *mine]),
            ]
        if has("researcher"):
            sections += [
                self._requests("research", self.env._("To be studied"), "fa-search", [("state", "=", "research"), ("researcher_id", "=", user.id)]),
                {
                    "key": "referrals",
                    "title": self.env._("Questions referred to me"),
                    "empty": self.env._("No question waits for an answer."),
                    "icon": "fa-question-circle-o",
                    "model": "cpa.referral",
                    "domain": [("state", "=", "open"), ("officer_id", "=", user.id)],
                    "order": "asked_at",
                },
                {
                    "key": "visits",
                    "title": self.env._("My visits"),
                    "empty": self.env._("No visit is planned."),
                    "icon": "fa-map-marker",
                    "model": "cpa.visit",
                    "domain": [("state", "=", "planned"), ("user_id", "=", user.id)],
                    "order": "start",
                },
            ]
        if has("secretary"):
            sections.append(self._requests("agenda", self.env._("Waiting for the committee"), "fa-list-ol", [("state", "=", "committee")]))
        if has("member") or has("secretary"):
            sections.append(
                {
                    "key": "sessions",
                    "title": self.env._("Committee sessions"),
                    "empty": self.env._("No session is convened."),
                    "icon": "fa-gavel",
                    "model": "cpa.committee.session",
                    "domain": [("state", "in", ("convened", "open", "counting", "minutes"))],
                    "order": "planned_at",
                }
            )
        if has("manager") or has("auditor"):
            sections += [
                self._requests("overdue", self.env._("Past the latest day of reply"), "fa-exclamation-triangle", [("is_overdue", "=", True)]),
                self._requests("late", self.env._("Past the target"), "fa-clock-o", [("is_late", "=", True), ("is_overdue", "=", False)]),
            ]
        sections.append(
            {
                "key": "calls",
                "title": self.env._("My call-backs and activities"),
                "empty": self.env._("Nothing is due today."),
                "icon": "fa-phone",
                "model": "mail.activity",
                "domain": [("user_id", "=", user.id), ("date_deadline", "<=", fields.Date.to_string(cpa_today()))],
                "order": "date_deadline",
            }
        )
        return sections

    def _requests(self, key, title, icon, domain):
        return {
            "key": key,
            "title": title,
            "empty": self.env._("Nothing here: all done."),
            "icon": icon,
            "model": "cpa.request",
            "domain": domain,
            "order": "is_urgent desc, reply_target_date, id",
        }

    def _section(self, model, domain, order, **section):
        records = self.env[model].search(domain, order=order, limit=SHOWN)
        return section | {
            "model": model,
            "domain": list(Domain(domain)),
            "count": len(records) if len(records) < SHOWN else self.env[model].search_count(domain),
            "rows": [self._row(record) for record in records],
        }

    def _row(self, record):
        row = {"id": record.id, "title": record.display_name, "subtitle": "", "date": False, "late": False}
        return row | getattr(self, f"_row_{record._table}", lambda _record: {})(record)

    def _row_cpa_request(self, request):
        return {
            "subtitle": request.beneficiary_id.sudo().name or "",  # the request is the user's to read, with its applicant
            "date": fields.Date.to_string(request.reply_target_date) if request.reply_target_date else False,
            "late": request.is_late,
        }

    def _row_cpa_visit(self, visit):
        return {"subtitle": visit.request_id.display_name, "date": fields.Date.to_string(riyadh_date(visit.start))}

    def _row_cpa_committee_session(self, session):
        return {"subtitle": session._lifecycle_label(session.state), "date": fields.Date.to_string(riyadh_date(session.planned_at))}

    def _row_mail_activity(self, activity):
        return {
            "title": activity.summary or activity.activity_type_id.name,
            "subtitle": activity.res_name or "",
            "date": fields.Date.to_string(activity.date_deadline),
            "late": activity.date_deadline < cpa_today(),
        }
