from odoo import fields, models
from odoo.addons.cpa_beneficiary.models.cpa_beneficiary_identity import ADULT_AGE
from odoo.exceptions import UserError
from odoo.tools import SQL

from .cpa_participation import BOOKED
from .cpa_volunteer import AGREEMENT, CHARTER


class CpaShiftMatch(models.Model):
    """Who fits a coming shift: by skill, by when he has time, by where he helps. Proposed, never placed by itself.

    One grouped query for all volunteers. Who could not be placed is not proposed: he is booked at these hours, too
    young, or has not signed what binds him on that day; nor is who signed for one task only.
    """

    _name = "cpa.shift.match"
    _description = "Volunteer who fits a shift"
    _auto = False
    _order = "score desc, volunteer_id"
    _rec_name = "volunteer_id"
    _depends = {
        "cpa.agreement": ["state", "code", "partner_id", "date_from", "date_to"],
        "cpa.identity": ["partner_id", "birth_date"],
        "cpa.opportunity": ["state", "governorate_id", "skill_ids", "min_age"],
        "cpa.participation": ["state", "volunteer_id", "shift_id", "start", "stop"],
        "cpa.shift": ["start", "stop", "opportunity_id", "company_id"],
        "cpa.volunteer": ["state", "active", "partner_id", "governorate_id", "governorate_ids", "skill_ids"],
        "cpa.volunteer.availability": ["volunteer_id", "weekday", "hour_from", "hour_to"],
    }

    shift_id = fields.Many2one("cpa.shift", readonly=True)
    volunteer_id = fields.Many2one("cpa.volunteer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    skills_asked = fields.Integer("Skills asked for", readonly=True)
    skill_count = fields.Integer("Skills", readonly=True)
    has_time = fields.Boolean("Has time", readonly=True)
    is_near = fields.Boolean("Helps there", readonly=True)
    score = fields.Float("Fits", readonly=True, aggregator=None)
    volunteer_phone = fields.Char(related="volunteer_id.phone", string="Phone")
    hours_total = fields.Float(related="volunteer_id.hours_total")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT (shift.id::bigint << 24) + volunteer.id AS id,
                   shift.id AS shift_id, volunteer.id AS volunteer_id, shift.company_id AS company_id,
                   asked.number AS skills_asked, fit.skill_count, fit.has_time, fit.is_near,
                   CASE WHEN asked.number = 0 THEN 0.5 ELSE 0.5 * fit.skill_count / asked.number END
                   + CASE WHEN fit.has_time THEN 0.3 ELSE 0 END + CASE WHEN fit.is_near THEN 0.2 ELSE 0 END AS score
              FROM cpa_shift shift
              JOIN cpa_opportunity opportunity ON opportunity.id = shift.opportunity_id
               AND opportunity.state IN ('published', 'running')
              JOIN cpa_volunteer volunteer ON volunteer.state = 'active' AND volunteer.active
               AND volunteer.company_id = shift.company_id
              LEFT JOIN cpa_identity identity ON identity.partner_id = volunteer.partner_id
             CROSS JOIN LATERAL (SELECT shift.start AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Riyadh' AS start,
                                        shift.stop AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Riyadh' AS stop) here
             CROSS JOIN LATERAL (
                SELECT COUNT(*) AS number FROM %(asked)s a WHERE a.%(opportunity)s = opportunity.id) asked
             CROSS JOIN LATERAL (
                SELECT (SELECT COUNT(*) FROM %(asked)s a JOIN %(offered)s o ON o.%(o_skill)s = a.%(a_skill)s
                         WHERE a.%(opportunity)s = opportunity.id AND o.%(o_volunteer)s = volunteer.id) AS skill_count,
                       EXISTS (SELECT 1 FROM cpa_volunteer_availability free WHERE free.volunteer_id = volunteer.id
                                  AND free.weekday = (EXTRACT(ISODOW FROM here.start) - 1)::int::text
                                  AND free.hour_from <= EXTRACT(EPOCH FROM here.start::time) / 3600
                                  AND free.hour_to >= EXTRACT(EPOCH FROM here.stop::time) / 3600) AS has_time,
                       COALESCE(volunteer.governorate_id = opportunity.governorate_id, FALSE)
                       OR EXISTS (SELECT 1 FROM %(places)s p WHERE p.%(p_volunteer)s = volunteer.id
                                     AND p.%(p_governorate)s = opportunity.governorate_id) AS is_near) fit
             WHERE shift.start > %(now)s
               AND (identity.birth_date IS NULL
                    OR identity.birth_date <= here.start::date - make_interval(years => opportunity.min_age))
               AND NOT EXISTS (SELECT 1 FROM cpa_participation line WHERE line.volunteer_id = volunteer.id
                                  AND (line.shift_id = shift.id AND line.state <> 'cancelled'
                                       OR line.state IN %(booked)s
                                      AND line.start < shift.stop AND line.stop > shift.start))
               AND EXISTS (%(agreed)s)
               AND (identity.birth_date IS NULL
                    OR identity.birth_date <= here.start::date - make_interval(years => %(adult)s)
                    OR EXISTS (%(consented)s))
            """,
            now=fields.Datetime.now(),
            booked=BOOKED,
            adult=ADULT_AGE,
            agreed=self._signed(AGREEMENT),
            consented=self._signed(CHARTER),
            **self._relations(),
        )

    def _signed(self, code):
        """Return the query of the volunteer's agreements ``code`` that hold on the shift's day."""
        return SQL(
            "SELECT 1 FROM cpa_agreement signed WHERE signed.partner_id = volunteer.partner_id AND signed.code = %s"
            " AND signed.state = 'signed' AND COALESCE(signed.date_from, here.start::date) <= here.start::date"
            " AND COALESCE(signed.date_to, here.start::date) >= here.start::date",
            code,
        )

    def _relations(self):
        """Return the names of the tables and columns behind the lists of skills and governorates."""
        asked = self.env["cpa.opportunity"]._fields["skill_ids"]
        offered = self.env["cpa.volunteer"]._fields["skill_ids"]
        places = self.env["cpa.volunteer"]._fields["governorate_ids"]
        names = {
            "asked": asked.relation,
            "opportunity": asked.column1,
            "a_skill": asked.column2,
            "offered": offered.relation,
            "o_volunteer": offered.column1,
            "o_skill": offered.column2,
            "places": places.relation,
            "p_volunteer": places.column1,
            "p_governorate": places.column2,
        }
        return {key: SQL.identifier(name) for key, name in names.items()}

    def action_place(self):
        """Button: give this volunteer a place in the shift, after he was asked."""
        self.ensure_one()
        line = self.env["cpa.participation"].create(
            {"volunteer_id": self.volunteer_id.id, "shift_id": self.shift_id.id}
        )
        line.action_take()


class CpaShift(models.Model):
    _inherit = "cpa.shift"

    matching = fields.Boolean(related="company_id.cpa_volunteer_matching", string="Propose fitting volunteers")

    def action_match(self):
        """Button: the volunteers who fit this shift, the best first.

        :raise UserError: matching is switched off
        """
        self.ensure_one()
        if not self.company_id.cpa_volunteer_matching:
            raise UserError(self.env._("Volunteers are proposed where the company has switched it on."))
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_volunteer.cpa_shift_match_action")
        return action | {"domain": [("shift_id", "=", self.id)], "name": self.display_name}
