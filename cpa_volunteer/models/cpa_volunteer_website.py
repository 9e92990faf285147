"""Volunteers on the website: who wants to help applies there, and finds there what is his (P-09, P-24).

Volunteers on the website have no access row on anything here: a page finds its record by ``_portal_...``, which says
whose it is, and shows what ``_portal_values`` returns: texts and days, never a record.
"""

import vobject
from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.models.crm_lead_website import NOT_TYPED
from odoo.addons.cpa_beneficiary.tools.hijri import format_both
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today, riyadh_date, riyadh_datetime
from odoo.addons.cpa_beneficiary.tools.saudi import normalise_phone
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize

from .cpa_volunteer_availability import WEEKDAYS

TYPED = {"name": 100, "phone": 30, "email": 254, "about": 2000}
ADDRESS_LIMIT = 20
CONTACT_LIMIT = 3
# What a person chooses from on the website: parts of a day, on a clock in Riyadh.
PARTS = {"morning": (8.0, 12.0), "afternoon": (13.0, 17.0), "evening": (17.0, 21.0)}


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    @api.model
    def _website_typed(self, values, lists):
        """Return what was typed into the form: its own fields only.

        :param values: mapping of what came in
        :param lists: mapping with ``getlist`` for what may be ticked several times
        """
        typed = {name: NOT_TYPED.sub(" ", str(values.get(name) or "")).strip() for name in TYPED}
        typed = {name: text if name == "about" else " ".join(text.split()) for name, text in typed.items()}
        typed["governorate"] = str(values.get("governorate") or "")[:10]
        typed["vehicle"] = bool(values.get("vehicle"))
        typed["adult"] = str(values.get("adult") or "")[:3]
        for name in ("skills", "times"):
            typed[name] = [str(key)[:20] for key in lists.getlist(name)][:40]
        return typed

    @api.model
    def _website_errors(self, typed):
        """Return what the form still lacks: ``{field: message}`` in the language of the page."""
        errors = {}
        if not typed["name"]:
            errors["name"] = self.env._("Write your name.")
        if not typed["phone"] and not typed["email"]:
            errors["phone"] = self.env._("Write a telephone number or an e-mail address, so that we can answer.")
        elif typed["phone"] and not normalise_phone(typed["phone"]):
            errors["phone"] = self.env._("This is no telephone number. A mobile is written 05xxxxxxxx.")
        if typed["email"] and not email_normalize(typed["email"]):
            errors["email"] = self.env._("This is no e-mail address.")
        if not self._website_governorate(typed):
            errors["governorate"] = self.env._("Choose where you live.")
        if typed["adult"] not in ("yes", "no"):
            errors["adult"] = self.env._("Say whether you are 18 or older.")
        for name, most in TYPED.items():
            if len(typed[name]) > most:
                errors[name] = self.env._("Write at most %(most)s characters.", most=most)
        return errors

    @api.model
    def _website_governorate(self, typed):
        # names of governorates are public
        return (
            self.env["cpa.governorate"].sudo().search([("id", "=", int(typed["governorate"]))])
            if typed["governorate"].isascii() and typed["governorate"].isdecimal()
            else self.env["cpa.governorate"]
        )

    @api.model
    def _website_apply(self, typed, address):
        """Take an application in. Nothing is looked up: whether we know the person, the coordinator finds out.

        :param dict typed: as ``_website_typed`` returns it, without errors
        :param str address: the network address of who applies
        :return: whether it was taken in; not where too many came from there of late
        """
        limit = self.env["cpa.rate.limit"]
        contact = normalise_phone(typed["phone"]) or email_normalize(typed["email"])
        if not limit._allows("volunteer/address", limit._network(address), ADDRESS_LIMIT) or not limit._allows(
            "volunteer/contact", contact, CONTACT_LIMIT
        ):
            return False
        # who applies has no rights here; every value is set in this method
        website = self.env.ref("cpa_beneficiary.user_website")
        volunteer = self.with_user(website).sudo().with_context(mail_create_nosubscribe=True)
        skills = volunteer.env["cpa.volunteer.skill"].search(Domain.TRUE)
        notes = [
            self.env._("Says to be 18 or older.") if typed["adult"] == "yes" else self.env._("Says to be under 18.")
        ]
        volunteer = volunteer.create(
            {
                "name": typed["name"],
                "phone": typed["phone"] or False,
                "email": typed["email"] or False,
                "governorate_id": self._website_governorate(typed).id,
                "has_vehicle": typed["vehicle"],
                "about": "\n".join([typed["about"], *notes]).strip(),
                "company_id": self.env.company.id,
                "lang": self.env.lang,
                "skill_ids": [Command.set([skill.id for skill in skills if str(skill.id) in typed["skills"]])],
                "availability_ids": [
                    Command.create({"weekday": day, "hour_from": PARTS[part][0], "hour_to": PARTS[part][1]})
                    for day, _label in WEEKDAYS
                    for part in PARTS
                    if f"{day}-{part}" in typed["times"]
                ],
            }
        )
        volunteer._tell_coordinators()
        return True

    def _tell_coordinators(self):
        """Give one coordinator an activity for a new application."""
        group = self.env.ref("cpa_volunteer.group_coordinator")
        coordinators = group.sudo().all_user_ids.filtered(lambda user: self.company_id in user.company_ids)
        if coordinators:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Vet the application"),
                user_id=coordinators[0].id,
            )

    @api.model
    def _website_choices(self):
        """Return what the form offers: governorates, skills, and times of the week; all of it public."""
        parts = {
            "morning": self.env._("Morning"),
            "afternoon": self.env._("Afternoon"),
            "evening": self.env._("Evening"),
        }
        days = dict(self.env["cpa.volunteer.availability"]._fields["weekday"]._description_selection(self.env))
        public = self.sudo()
        return {
            "governorates": [(g.id, g.name) for g in public.env["cpa.governorate"].search(Domain.TRUE)],
            "skills": [(skill.id, skill.name) for skill in public.env["cpa.volunteer.skill"].search(Domain.TRUE)],
            "parts": parts,
            "days": days,
        }

    # ------------------------------------------------------------------
    # His own
    # ------------------------------------------------------------------

    @api.model
    def _portal_own(self):
        """Return the volunteer's file of who is logged in, as superuser; none for anybody else."""
        partner = self.env.user.partner_id
        if self.env.user._is_public() or not partner:
            return self.sudo().browse()
        # by the login's own contact only; the page shows texts of it
        return self.sudo().search([("partner_id", "=", partner.id), ("state", "!=", "left")], limit=1)

    def _portal_values(self):
        """Return what the volunteer sees of himself: texts, days and addresses."""
        self.ensure_one()
        today = fields.Datetime.now()
        lines = self.participation_ids.sorted("start")
        coming = lines.filtered(lambda line: line.state in ("applied", "waiting", "accepted") and line.stop > today)
        past = (lines - coming).sorted("start", reverse=True)
        return {
            "name": self.name,
            "number": self.volunteer_number,
            "state": self.state,
            "state_label": self._lifecycle_label(self.state),
            "hours": self.hours_total,
            "missing": self._papers_problems() if self.state in ("vetted", "active") else [],
            "to_sign": [
                {"id": agreement.id, "name": agreement.template_id.name}
                for agreement in self.cpa_agreement_ids
                if agreement.state == "draft" and not agreement._is_minor()
            ],
            "agreements": [
                {"number": agreement.number, "name": agreement.template_id.name, "until": agreement.date_to}
                for agreement in self.cpa_agreement_ids
                if agreement.is_in_force
            ],
            "coming": [line._portal_values() for line in coming],
            "past": [line._portal_values() for line in past[:40]],
            "certificates": [
                {"id": c.id, "number": c.number, "hours": c._hours_shown(), "withdrawn": c.state == "withdrawn"}
                for c in self.certificate_ids
            ],
        }


class CpaOpportunity(models.Model):
    _inherit = "cpa.opportunity"

    @api.model
    def _website_open(self):
        """Return the opportunities that anybody may read of, as superuser: what was published for it."""
        return self.sudo().search(
            [("state", "in", ("published", "running")), ("date_to", ">=", cpa_today())], order="date_from, id", limit=60
        )

    def _website_values(self, shifts=False):
        """Return what the public reads of an opportunity; nothing of what it serves.

        :param bool shifts: with its coming shifts
        """
        self.ensure_one()
        lang = self.env.lang or "en_US"
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        values = {
            "id": self.id,
            "name": self.name,
            "kind": kinds[self.kind],
            "place": " · ".join(filter(None, [self.governorate_id.name, self.place])),
            "first": format_both(self.date_from, lang),
            "last": format_both(self.date_to, lang) if self.date_to != self.date_from else "",
            "skills": ", ".join(self.skill_ids.mapped("name")),
            "min_age": self.min_age,
        }
        if shifts:
            now = fields.Datetime.now()
            values |= {
                "description": self.description,
                "safety": self.safety_notes,
                "training": self.training,
                "experience": self.experience,
                "self_service": self.is_self_service,
                "shifts": [shift._website_values() for shift in self.shift_ids.sorted("start") if shift.start > now],
            }
        return values


class CpaShift(models.Model):
    _inherit = "cpa.shift"

    def _website_values(self):
        start, stop = riyadh_datetime(self.start), riyadh_datetime(self.stop)
        return {
            "id": self.id,
            "day": format_both(riyadh_date(self.start), self.env.lang or "en_US"),
            "hours": f"{start:%H:%M} – {stop:%H:%M}",
            "free": self.free,
        }


class CpaParticipation(models.Model):
    _inherit = "cpa.participation"

    @api.model
    def _portal_own(self, participation_id):
        """Return the participation of who is logged in, with his own user and without limits; none if not his."""
        volunteer = self.env["cpa.volunteer"]._portal_own()
        domain = Domain("id", "=", participation_id) & Domain("volunteer_id", "=", volunteer.id)
        # his own only: the moves ask the logged-in user's role all the same
        return self.sudo().search(domain) if volunteer else self.sudo().browse()

    def _portal_values(self):
        self.ensure_one()
        now = fields.Datetime.now()
        return {
            **self.shift_id._website_values(),
            "id": self.id,
            "name": self.opportunity_id.name,
            "place": self.opportunity_id.place,
            "state": self.state,
            "state_label": self._lifecycle_label(self.state),
            "can_cancel": self.state in ("applied", "waiting", "accepted") and now < self.start,
            "can_log": self.state == "attended",
            "logged": self.hours_logged,
            "approved": self.hours_approved if self.state == "closed" else 0,
            "shift_hours": self.shift_id.hours,
        }

    def _portal_calendar(self):
        """Return this shift as a file for the telephone's calendar (``str``, iCalendar)."""
        self.ensure_one()
        calendar = vobject.iCalendar()
        event = calendar.add("vevent")
        event.add("uid").value = f"shift-{self.id}@{self.get_base_url().partition('://')[2]}"
        event.add("summary").value = self.opportunity_id.name
        event.add("location").value = self.opportunity_id.place or ""
        event.add("dtstamp").value = fields.Datetime.now().replace(tzinfo=vobject.icalendar.utc)
        event.add("dtstart").value = self.start.replace(tzinfo=vobject.icalendar.utc)
        event.add("dtend").value = self.stop.replace(tzinfo=vobject.icalendar.utc)
        return calendar.serialize()

    @api.model
    def _portal_take(self, shift_id):
        """Let who is logged in take a place in a shift; one that he has already stays his.

        :return: his participation; none where there is no such shift or no such volunteer
        :raise UserError: why he cannot have it
        """
        volunteer = self.env["cpa.volunteer"]._portal_own()
        shift = (
            self.env["cpa.shift"]
            .sudo()
            .search([("id", "=", shift_id), ("opportunity_id.state", "in", ("published", "running"))])
        )
        if not volunteer or not shift:
            return self.sudo().browse()
        own = self.sudo()
        line = own.search(
            [("volunteer_id", "=", volunteer.id), ("shift_id", "=", shift.id), ("state", "!=", "cancelled")]
        ) or own.create({"volunteer_id": volunteer.id, "shift_id": shift.id})
        if line.state == "applied" and shift.opportunity_id.is_self_service:
            line.action_take()
        return line


class CpaAgreement(models.Model):
    _inherit = "cpa.agreement"

    @api.model
    def _portal_own(self, agreement_id):
        """Return an agreement of who is logged in that he may sign himself; none otherwise."""
        volunteer = self.env["cpa.volunteer"]._portal_own()
        # his own only: the move asks the logged-in user's role all the same
        found = self.sudo().search(
            [("id", "=", agreement_id), ("partner_id", "=", volunteer.partner_id.id), ("state", "=", "draft")]
        )
        return found.filtered(lambda agreement: volunteer and not agreement._is_minor())

    def _portal_sign(self, signer, signature):
        """Sign, as the party that is logged in.

        :param str signer: the name as typed
        :param str signature: the drawn image as a data address
        :return: why it was not signed, in the user's language; None if it was
        """
        self.ensure_one()
        image = signature.partition("base64,")[2]
        try:
            with self.env.cr.savepoint():
                self.write({"method": "portal", "signer_name": signer, "signature": image or False})
                self.write({"state": "signed"})
        except (UserError, ValidationError) as error:
            return str(error)
        except ValueError:  # what came is no image
            return self.env._("The signature did not arrive; please sign once more.")
        return None
