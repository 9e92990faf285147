from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today, riyadh_date, riyadh_datetime, utc_start_of
from odoo.addons.cpa_beneficiary.tools.text import comma_list
from odoo.fields import Domain

from .roles import COORDINATOR


class CpaToday(models.AbstractModel):
    """The coordinator's day: whom to vet, what is missing, who is expected, whose hours wait."""

    _inherit = "cpa.today"

    def _actions(self):
        actions = super()._actions()
        if not self.env.user.has_group(COORDINATOR):
            return actions
        form = {"type": "ir.actions.act_window", "views": [(False, "form")]}
        return [
            *actions,
            {
                "key": "opportunity",
                "title": self.env._("New opportunity"),
                "icon": "fa-calendar-plus-o",
                "action": form | {"name": self.env._("New opportunity"), "res_model": "cpa.opportunity"},
            },
            {
                "key": "volunteer",
                "title": self.env._("New volunteer"),
                "icon": "fa-user-plus",
                "action": form | {"name": self.env._("New volunteer"), "res_model": "cpa.volunteer"},
            },
        ]

    def _sections(self):
        sections = super()._sections()
        if self.env.user.has_group(COORDINATOR):
            sections += self._coordinator_sections()
        if self._has("manager"):
            sections.append(
                {
                    "key": "volunteer_expenses",
                    "title": self.env._("Volunteers' expenses to approve"),
                    "empty": self.env._("No expense waits for approval."),
                    "icon": "fa-money",
                    "model": "cpa.volunteer.expense",
                    "domain": Domain("state", "=", "asked"),
                    "order": "spent_on, id",
                }
            )
        return sections

    def _coordinator_sections(self):
        today = cpa_today()
        now, midnight, tomorrow = (
            fields.Datetime.to_string(moment)
            for moment in (fields.Datetime.now(), utc_start_of(today), utc_start_of(today + timedelta(days=1)))
        )
        sections = [
            {
                "key": "shifts",
                "title": self.env._("Shifts today"),
                "empty": self.env._("No shift today."),
                "icon": "fa-clock-o",
                "model": "cpa.shift",
                "domain": Domain("start", ">=", midnight)
                & Domain("start", "<", tomorrow)
                & Domain("state", "in", ("published", "running")),
                "order": "start, id",
            },
            {
                "key": "volunteers_to_vet",
                "title": self.env._("Volunteers to vet"),
                "empty": self.env._("Every application was looked at."),
                "icon": "fa-user-o",
                "model": "cpa.volunteer",
                "domain": Domain("state", "=", "applied"),
                "order": "id",
            },
            {
                "key": "papers_missing",
                "title": self.env._("Papers missing"),
                "empty": self.env._("Every volunteer has signed."),
                "icon": "fa-file-text-o",
                "model": "cpa.volunteer",
                "domain": Domain("has_papers_missing", "=", True),
                "order": "vetted_on, id",
            },
            {
                "key": "places_asked",
                "title": self.env._("Places asked for"),
                "empty": self.env._("Nobody waits for a place."),
                "icon": "fa-hand-paper-o",
                "model": "cpa.participation",
                "domain": Domain("state", "in", ("applied", "waiting")) & Domain("start", ">", now),
                "order": "start, id",
            },
            {
                "key": "hours_to_approve",
                "title": self.env._("Hours to approve"),
                "empty": self.env._("No hours wait for approval"),
                "icon": "fa-check-square-o",
                "model": "cpa.participation",
                "domain": Domain("state", "=", "attended"),
                "order": "start, id",
            },
            {
                "key": "incidents",
                "title": self.env._("Incidents"),
                "empty": self.env._("No incident is open."),
                "icon": "fa-medkit",
                "model": "cpa.volunteer.incident",
                "domain": Domain("state", "!=", "closed"),
                "order": "happened_on, id",
            },
        ]
        if self.env.company.cpa_custody_items:
            sections.append(
                {
                    "key": "custody",
                    "title": self.env._("Custody items due back"),
                    "empty": self.env._("Nothing is overdue."),
                    "icon": "fa-cube",
                    "model": "cpa.custody.item",
                    "domain": Domain("state", "=", "lent") & Domain("due_on", "<=", fields.Date.to_string(today)),
                    "order": "due_on, id",
                }
            )
        return sections

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    @api.model
    def _clock(self, moment):
        return riyadh_datetime(moment).strftime("%H:%M")

    def _row_cpa_volunteer(self, volunteer):
        if volunteer.state == "applied":
            skills = comma_list(volunteer.skill_ids.mapped("name"), self.env.lang)
            return {"title": volunteer.name, "subtitle": skills, "date": riyadh_date(volunteer.create_date)}
        return {"title": volunteer.name, "subtitle": volunteer.papers_missing or "", "date": volunteer.vetted_on}

    def _row_cpa_shift(self, shift):
        expected = shift.participation_ids.filtered(lambda line: line.state in ("accepted", "attended"))
        names = comma_list(expected.volunteer_id.mapped("name"), self.env.lang) or self.env._("Nobody yet")
        begun = fields.Datetime.now() > shift.start and any(line.state == "accepted" for line in expected)
        return {
            "title": f"{self._clock(shift.start)} – {self._clock(shift.stop)} · {shift.opportunity_id.name}",
            "subtitle": f"{len(expected)}/{shift.capacity} · {names}",
            "date": riyadh_date(shift.start),
            "late": begun,
        }

    def _row_cpa_participation(self, line):
        hours = f"{line.hours_logged:g}" if line.hours_logged else self.env._("No hours logged")
        return {
            "title": line.volunteer_id.name,
            "subtitle": " · ".join(filter(None, [line.opportunity_id.name, line.state == "attended" and hours])),
            "date": riyadh_date(line.start),
        }

    def _row_cpa_volunteer_incident(self, incident):
        day = riyadh_date(incident.happened_on)
        return {"subtitle": incident.volunteer_id.name, "date": day, "late": incident.state == "reported"}

    def _row_cpa_volunteer_expense(self, expense):
        return {
            "title": self._with_amount(expense.volunteer_id.name, expense.amount, expense.currency_id),
            "subtitle": expense.purpose,
            "date": expense.spent_on,
        }

    def _row_cpa_custody_item(self, item):
        return {"subtitle": item.volunteer_id.name, "date": item.due_on, "late": item.due_on < cpa_today()}
