"""Volunteers on the website: who wants to help applies there, and finds there what is his (P-09, P-24).

Volunteers on the website have no access row on anything here: a page finds its record by ``_portal_...``, which says
whose it is, and shows what ``_portal_values`` returns: texts and days, never a record.
"""

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.models.crm_lead_website import NOT_TYPED
from odoo.addons.cpa_beneficiary.tools.hijri import format_both
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today
from odoo.addons.cpa_beneficiary.tools.saudi import is_saudi_mobile, normalise_phone
from odoo.addons.cpa_beneficiary.tools.text import shown_number
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize
from odoo.tools.misc import formatLang

from .cpa_participation import COMING
from .cpa_volunteer import AGREEMENT, CHARTER, TASK_FORM
from .cpa_volunteer_availability import WEEKDAYS
from .roles import COORDINATOR, VOLUNTEER

TYPED = {"name": 100, "phone": 30, "email": 254, "about": 2000, "guardian_name": 100, "guardian_phone": 30}
SHOWN = 40
# What a person chooses from on the website: parts of a day, on a clock in Riyadh.
PARTS = {"morning": (8.0, 12.0), "afternoon": (13.0, 17.0), "evening": (17.0, 21.0)}
# An agreement is renewed from so many days before it ends.
RENEW_DAYS = 30


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
            typed[name] = [str(key)[:20] for key in lists.getlist(name)][:SHOWN]
        return typed

    @api.model
    def _website_errors(self, typed, person=None):
        """Return what the form still lacks: ``{field: message}`` in the language of the page.

        :param person: the contact of who is logged in and known to us: he types neither name nor number (P-08)
        """
        errors = {} if person else self._website_errors_of_person(typed)
        if not self._website_governorate(typed):
            errors["governorate"] = self.env._("Choose where you live.")
        if typed["adult"] not in ("yes", "no"):
            errors["adult"] = self.env._("Say whether you are 18 or older.")
        if typed["adult"] == "no":
            errors |= self._website_errors_of_guardian(typed, person)
        for name, most in TYPED.items():
            if len(typed[name]) > most:
                errors[name] = self.env._("Write at most %(most)s characters.", most=most)
        return errors

    @api.model
    def _website_errors_of_person(self, typed):
        errors = {}
        if not typed["name"]:
            errors["name"] = self.env._("Write your name.")
        if not typed["phone"] and not typed["email"]:
            errors["phone"] = self.env._("Write a telephone number or an e-mail address, so that we can answer.")
        elif typed["phone"] and not normalise_phone(typed["phone"]):
            errors["phone"] = self.env._("This is no telephone number. A mobile is written 05xxxxxxxx.")
        if typed["email"] and not email_normalize(typed["email"]):
            errors["email"] = self.env._("This is no e-mail address.")
        return errors

    @api.model
    def _website_errors_of_guardian(self, typed, person):
        errors = {}
        mobile = normalise_phone(typed["guardian_phone"])
        own = person.sudo().phone if person else normalise_phone(typed["phone"])  # of who is logged in
        if not typed["guardian_name"]:
            errors["guardian_name"] = self.env._("Under 18 your guardian signs: write his name.")
        if not is_saudi_mobile(mobile):
            errors["guardian_phone"] = self.env._("The guardian's mobile is written 05xxxxxxxx.")
        elif mobile == own:
            errors["guardian_phone"] = self.env._("The guardian signs with his own mobile, not with the volunteer's.")
        return errors

    @api.model
    def _website_governorate(self, typed):
        # names of governorates are public
        governorates = self.env["cpa.governorate"].sudo()
        key = typed["governorate"]
        return governorates.browse(int(key)).exists() if key.isascii() and key.isdecimal() else governorates

    @api.model
    def _website_contact(self, typed):
        """Return the telephone or e-mail address that was typed, as it is stored."""
        return normalise_phone(typed["phone"]) or email_normalize(typed["email"]) or "-"

    @api.model
    def _website_person(self):
        """Return the contact of who is logged in on the website, for whom his application is; none for a visitor."""
        user = self.env.user
        return user.sudo().partner_id if user._is_portal() else None  # his own

    @api.model
    def _website_apply(self, typed, person=None):
        """Take an application in.

        Without a login nothing is looked up: whether we know the person, the coordinator finds out. Who is logged in
        applies as himself: one person, one login, one identity (P-01).

        :param dict typed: as ``_website_typed`` returns it, without errors
        :param person: see ``_website_errors``
        """
        # who applies has no rights here; every value is set in this method
        website = self.env.ref("cpa_beneficiary.user_website")
        volunteer = self.with_user(website).sudo().with_context(mail_create_nosubscribe=True)
        skills = volunteer.env["cpa.volunteer.skill"].search(Domain.TRUE)
        if person and person.cpa_person:
            who = {"partner_id": person.id}
        else:
            who = {name: typed[name] or False for name in ("name", "phone", "email")} | {"lang": self.env.lang}
            if person:
                # the number that the login was proven by stays
                who = {"partner_id": person.id, "name": typed["name"]}
        notes = [] if typed["adult"] == "yes" else [self.env._("Says to be under 18.")]
        minor = typed["adult"] == "no"
        volunteer = volunteer.create(
            {
                **who,
                "governorate_id": self._website_governorate(typed).id,
                "has_vehicle": typed["vehicle"],
                "about": "\n".join([typed["about"], *notes]).strip(),
                "guardian_name": typed["guardian_name"] if minor else False,
                "guardian_phone": typed["guardian_phone"] if minor else False,
                "company_id": self.env.company.id,
                "skill_ids": [Command.set([skill.id for skill in skills if str(skill.id) in typed["skills"]])],
                "availability_ids": [
                    Command.create({"weekday": day, "hour_from": PARTS[part][0], "hour_to": PARTS[part][1]})
                    for day, _label in WEEKDAYS
                    for part in PARTS
                    if f"{day}-{part}" in typed["times"]
                ],
            }
        )
        if person:
            person._cpa_tie_user(self.env.user)
        volunteer._ask_for_vetting()

    def _ask_for_vetting(self):
        """Give one coordinator an activity for a new application."""
        if coordinator := self.company_id._cpa_users(COORDINATOR)[:1]:
            self.activity_schedule(
                "mail.mail_activity_data_todo", summary=self.env._("Vet the application"), user_id=coordinator.id
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
        """Return the volunteer's file of who is logged in, as superuser in his name; none for anybody else."""
        partner = self.env.user.partner_id
        if not self.env.user._is_portal() or not partner:
            return self.sudo().browse()
        # by the login's own contact only; the page shows texts of it
        return self.sudo().search([("partner_id", "=", partner.id)], limit=1)

    def _lifecycle_moves(self):
        moves = super()._lifecycle_moves()
        # vetted by the coordinator: with his signature everything is there
        activate = moves["vetted", "active"]
        return moves | {("vetted", "active"): activate._replace(roles=(*activate.roles, VOLUNTEER))}

    def _lifecycle_has_role(self, role):
        """A volunteer moves his own file only."""
        if role != VOLUNTEER:
            return super()._lifecycle_has_role(role)
        # whose it is, no more
        return self.env.user._is_portal() and self.env.user.partner_id == self.sudo().partner_id

    def _portal_values(self):
        """Return what the volunteer sees of himself: texts, days and addresses."""
        self.ensure_one()
        now = fields.Datetime.now()
        lines = self.participation_ids.sorted("start")
        coming = lines.filtered(lambda line: line.state in COMING and line.stop > now)
        here = lines.filtered(lambda line: line.state == "attended" or (line.state == "accepted" and line.stop <= now))
        past = (lines - coming - here).sorted("start", reverse=True)
        return {
            "name": self.name,
            "number": self.volunteer_number,
            "state": self.state,
            "state_label": self._lifecycle_label(self.state),
            "tone": {"applied": "us", "vetted": "you", "active": "good", "suspended": "bad"}.get(self.state),
            "hours": shown_number(f"{self.hours_total:g}", self.env.lang) if self.hours_total else "",
            "is_minor": self.is_minor,
            "guardian": self.guardian_name,
            "guardian_mobile": self.guardian_phone and f"•••{self.guardian_phone[-3:]}",
            "due": [{"code": template.code, "name": template.name} for template in self._papers_due()],
            "papers": self._portal_papers(),
            "coming": [line._portal_values() for line in coming],
            "to_log": [line._portal_values() for line in here],
            "past": [line._portal_values() for line in past[:SHOWN]],
            "certificates": [
                {
                    "id": c.id,
                    "number": c.number,
                    "hours": shown_number(c._hours_shown(), self.env.lang),
                    "withdrawn": c.state == "withdrawn",
                }
                for c in self.certificate_ids
            ],
            "expenses": self._portal_expenses(),
            "items": self._portal_items(),
            "brought": self._portal_brought(),
        }

    def _portal_papers(self):
        """Return the papers that he signed, or his guardian for him: list of dicts."""
        papers = self.partner_id.cpa_agreement_ids
        return papers.filtered(lambda paper: paper.state == "signed" and paper.party == "volunteer")._portal_lines()

    def _portal_expenses(self):
        expenses = self.env["cpa.volunteer.expense"].search([("volunteer_id", "=", self.id)], limit=SHOWN)
        return [
            {
                "purpose": expense.purpose,
                "amount": formatLang(self.env, expense.amount, currency_obj=expense.currency_id),
                "day": format_both(expense.spent_on, self.env.lang),
                "state": expense._lifecycle_label(expense.state),
                "tone": {"paid": "good", "approved": "us", "asked": "us", "refused": "bad"}[expense.state],
            }
            for expense in expenses
        ]

    def _portal_items(self):
        """Return what was entrusted to him and is still with him."""
        items = self.env["cpa.custody.item"].search([("volunteer_id", "=", self.id), ("state", "=", "lent")])
        return [
            {
                "name": item.name,
                "since": format_both(item.lent_on, self.env.lang),
                "due": item.due_on and format_both(item.due_on, self.env.lang),
            }
            for item in items
        ]

    def _portal_paper(self, agreement_id):
        """Return one paper of his as it was signed: dict; None for any other."""
        found = self.partner_id.cpa_agreement_ids.filtered(
            lambda paper: paper.id == agreement_id and paper.state == "signed" and paper.party == "volunteer"
        )
        return found and found._portal_paper()

    def _papers_due(self):
        """Return the texts (``cpa.agreement.template``) that are to be signed now: never signed, or ending soon."""
        self.ensure_one()
        if self.state not in ("vetted", "active"):
            return self.env["cpa.agreement.template"]
        Agreement, Template = self.env["cpa.agreement"], self.env["cpa.agreement.template"]
        if not self.is_minor and Agreement._in_force(TASK_FORM, self.partner_id):
            return Template
        soon = cpa_today() + relativedelta(days=RENEW_DAYS)
        due = [
            Template._of(code, self.company_id).id
            for code in (AGREEMENT, *([CHARTER] if self.is_minor else []))
            if not Agreement._in_force(code, self.partner_id, soon)
        ]
        return Template.browse([template_id for template_id in due if template_id])

    def _portal_due(self, code):
        """Return the text that he may sign himself now; none of a minor, for whom the guardian signs."""
        due = self._papers_due() if self and not self.is_minor else self.env["cpa.agreement.template"]
        return due.filtered(lambda template: template.code == code)

    def _charter_due(self):
        """Return the charter that is read with what is signed now (P-01), as superuser: one with a text, or none."""
        return self.charter_id.sudo().filtered("body")  # published by its nature

    def _portal_sign(self, template, signer, signature, charter=""):
        """Sign a text, as the volunteer who is logged in.

        :param str charter: id of the charter that stood on the page
        :return: dict of field and message, in the language of the page; empty if it is signed
        """
        self.ensure_one()
        values, errors = self.env["cpa.agreement"]._read_signer(signer, signature)
        if not errors:
            try:
                with self.env.cr.savepoint():
                    signed = {**values, "method": "portal", "charter_read": self._charter_shown(charter)}
                    self._sign_due(signed, template)
            except (UserError, ValidationError) as error:
                errors["form"] = str(error)
        return errors

    def _charter_shown(self, charter):
        """Return whether the charter due is the one that stood on the page (its id, as the page sends it)."""
        return str(charter) in map(str, self._charter_due().ids)

    def _sign_due(self, values, templates=None):
        """Sign what is due, and begin where nothing is missing any more.

        :param dict values: of the signature
        """
        self.ensure_one()
        self._one_at_a_time()  # a second tap finds it signed
        Agreement = self.env["cpa.agreement"]
        for template in self._papers_due() if templates is None else templates:
            draft = Agreement.search(
                [("partner_id", "=", self.partner_id.id), ("template_id", "=", template.id), ("state", "=", "draft")],
                limit=1,
            )
            draft = draft or Agreement.create(
                {
                    "template_id": template.id,
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "date_from": self._paper_begins(template.code),
                }
            )
            draft.write(values)
            draft.write({"state": "signed"})
        if self.state == "vetted" and not self._papers_problems():
            self.write({"state": "active"})

    def _paper_begins(self, code):
        """Return from when the next agreement holds: the day after the one that still does, else today."""
        today = cpa_today()
        domain = self.env["cpa.agreement"]._in_force_domain(today)
        last = self.env["cpa.agreement"].search(
            domain & Domain("code", "=", code) & Domain("partner_id", "=", self.partner_id.id),
            order="date_to desc",
            limit=1,
        )
        return last.date_to + relativedelta(days=1) if last.date_to else today
