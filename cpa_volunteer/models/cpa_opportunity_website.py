"""Opportunities and shifts as anybody reads them on the website: what was published, nothing of what it serves."""

from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools.hijri import format_both
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today, riyadh_date, riyadh_datetime
from odoo.addons.cpa_beneficiary.tools.text import comma_list, shown_number

LISTED = 60
OPEN = ("published", "running")


class CpaOpportunity(models.Model):
    _inherit = "cpa.opportunity"

    @api.model
    def _website_open(self, opportunity_id=None):
        """Return the opportunities that anybody may read of, as superuser; one of them, where its id is given."""
        domain = [("state", "in", OPEN), ("date_to", ">=", cpa_today()), ("company_id", "=", self.env.company.id)]
        if opportunity_id is not None:
            domain.append(("id", "=", opportunity_id))
        # published for everybody to read
        return self.sudo().search(domain, order="date_from, id", limit=LISTED)

    def _website_values(self, volunteer=None):
        """Return what the public reads of an opportunity.

        :param volunteer: who reads it, if he is one: his own places are shown as his
        :return: dict of texts and lists, no record
        """
        self.ensure_one()
        return self._website_row() | {
            "description": self.description,
            "safety": self.safety_notes,
            "training": self.training,
            "experience": self.experience,
            "self_service": self.is_self_service,
            "waiting_list": self.company_id.cpa_shift_waiting,
            "shifts": self.shift_ids._website_coming(volunteer),
        }

    def _website_row(self):
        """Return what the list shows of an opportunity."""
        self.ensure_one()
        lang = self.env.lang or "en_US"
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        coming = self.shift_ids.filtered(lambda shift: shift.start > fields.Datetime.now())
        return {
            "id": self.id,
            "name": self.name,
            "kind": kinds[self.kind],
            "place": " · ".join(filter(None, [self.governorate_id.name, self.place])),
            "first": format_both(self.date_from, lang),
            "last": format_both(self.date_to, lang) if self.date_to != self.date_from else "",
            "skills": comma_list(self.skill_ids.mapped("name"), lang),
            "min_age": shown_number(self.min_age or "", lang),
            "free": shown_number(sum(coming.mapped("free")) or "", lang),
        }


class CpaShift(models.Model):
    _inherit = "cpa.shift"

    def _website_coming(self, volunteer=None):
        """Return the shifts that are still to come, the soonest first: list of dicts."""
        coming = self.filtered(lambda shift: shift.start > fields.Datetime.now()).sorted("start")
        own = {}
        if volunteer:
            # the reader's own places only
            lines = volunteer.participation_ids.filtered(lambda line: line.state != "cancelled")
            own = {line.shift_id: line for line in lines}
        return [
            shift._website_values() | {"own": own[shift]._lifecycle_label(own[shift].state) if shift in own else None}
            for shift in coming
        ]

    def _website_values(self):
        self.ensure_one()
        lang = self.env.lang or "en_US"
        start, stop = riyadh_datetime(self.start), riyadh_datetime(self.stop)
        return {
            "id": self.id,
            "day": format_both(riyadh_date(self.start), lang),
            "hours": shown_number(f"{start:%H:%M} – {stop:%H:%M}", lang),
            "free": shown_number(self.free or "", lang),
        }
