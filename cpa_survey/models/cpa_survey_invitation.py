import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools import links
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today, utc_start_of
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import SQL

from .cpa_satisfaction_source import DIMENSIONS

_logger = logging.getLogger(__name__)

PAGE = "/rate"
BATCH = 200
MOST_ATTEMPTS = 5
STATES = [
    ("queued", "Waiting"),
    ("sent", "Asked"),
    ("closed", "Closed"),
    ("skipped", "Not asked"),
    ("failed", "Failed"),
]


class CpaSurveyInvitation(models.Model):
    """Somebody may rate what happened (P-12, P-16): asked once, reminded once, with a link of his own.

    It keeps whether he answered only while the link is open, nobody reads that, and nothing leads from here to what was
    answered: there are no log columns, and days instead of times.
    """

    _name = "cpa.survey.invitation"
    _description = "Invitation to rate"
    _order = "id desc"
    _rec_name = "rule_id"
    _log_access = False

    rule_id = fields.Many2one("cpa.survey.rule", required=True, readonly=True, ondelete="restrict", index=True)
    event_key = fields.Char(required=True, readonly=True, help="What happened: one record, or the year.")
    partner_id = fields.Many2one("res.partner", "Asked", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    state = fields.Selection(STATES, required=True, readonly=True, default="queued")
    way = fields.Selection(
        [("email", "By e-mail"), ("sms", "By text message"), ("portal", "On the website")], readonly=True
    )
    reason = fields.Char("Why not", readonly=True)
    attempts = fields.Integer(readonly=True)
    due_at = fields.Datetime("Due", required=True, readonly=True)
    month = fields.Date(readonly=True, help="The first day of the month in which the person was asked.")
    open_until = fields.Date(readonly=True)
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null", groups=NO_ACCESS, index="btree_not_null")
    # nobody reads them: who answers is nobody's business either, and only who did not is reminded
    is_answered = fields.Boolean(readonly=True, groups=NO_ACCESS)
    is_reminded = fields.Boolean("Reminded", readonly=True, groups=NO_ACCESS)

    # where it happened, for the share of those who answered
    service_id = fields.Many2one("cpa.service", readonly=True, ondelete="set null", groups=NO_ACCESS)
    channel_id = fields.Many2one("cpa.channel", readonly=True, ondelete="set null", groups=NO_ACCESS)
    branch_id = fields.Many2one("cpa.branch", readonly=True, ondelete="set null", groups=NO_ACCESS)
    department_id = fields.Many2one("cpa.department", readonly=True, ondelete="set null", groups=NO_ACCESS)
    staff_id = fields.Many2one("res.users", readonly=True, ondelete="set null", groups=NO_ACCESS)

    _event_uniq = models.UniqueIndex("(rule_id, event_key, partner_id)", "Somebody is asked once about one event.")
    _due_idx = models.Index("(due_at) WHERE state = 'queued'")
    _open_idx = models.Index("(open_until) WHERE state = 'sent'")
    _month_idx = models.Index("(partner_id, month)")

    # ------------------------------------------------------------------
    # What happened
    # ------------------------------------------------------------------

    @api.model
    def _queue(self, code, sources):
        """Queue an invitation for whoever may be asked about ``sources``, by each rule of this event.

        :param str code: the event (see ``cpa.survey.rule``)
        :param sources: records of a model that inherits ``cpa.satisfaction.source``
        """
        # whoever sets the event off: the rules are the manager's, and who is asked is the person served
        invitations, sources = self.sudo(), sources.sudo()
        rules = self.env["cpa.survey.rule"].sudo().search([("event_code", "=", code)])
        vals_list = []
        for source in sources if rules else ():
            company = source._satisfaction_company()
            person = source._satisfaction_person()
            for rule in rules.filtered(lambda rule, company=company: rule.company_id == company):
                if invitations._may_be_asked(person):
                    vals_list.append(
                        {
                            "rule_id": rule.id,
                            "event_key": f"{source._name},{source.id}",
                            "partner_id": person.id,
                            "company_id": company.id,
                            "due_at": self._full_hour(timedelta(hours=rule.delay_hours)),
                            "staff_id": source._satisfaction_staff().id,
                            **source._satisfaction_place(),
                        }
                    )
        invitations._create_once(vals_list)

    @api.model
    def _create_once(self, vals_list):
        """Create the invitations that are new: the same event of the same person counts once."""
        # by rule and event: the index of _event_uniq answers, however many have been asked
        asked = self.search_fetch(
            [(name, "in", list({vals[name] for vals in vals_list})) for name in ("rule_id", "event_key")],
            ["rule_id", "event_key", "partner_id"],
        )
        known = {(row.rule_id.id, row.event_key, row.partner_id.id) for row in asked}
        return self.create(
            [vals for vals in vals_list if (vals["rule_id"], vals["event_key"], vals["partner_id"]) not in known]
        )

    @api.model
    def _may_be_asked(self, partner):
        """Return whether a person may be asked at all: known, and with a consent in force where he has a file.

        For whom somebody acts, that person's consent counts; staff and volunteers are asked as what they are.

        :param partner: ``res.partner``, one or none; superuser's
        """
        if not partner or not partner.active:
            return False
        people = partner if partner.cpa_beneficiary_ids else partner.cpa_representation_ids.beneficiary_id.partner_id
        return not people or bool(self.env["cpa.consent"]._in_force("surveys", people))

    @api.model
    def _full_hour(self, delay):
        """Return when ``delay`` has passed, to the full hour: no minute may tell one event from another."""
        moment = fields.Datetime.now() + delay
        floor = moment.replace(minute=0, second=0, microsecond=0)
        return floor if floor == moment or not delay else floor + timedelta(hours=1)

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Job: ask who is due, remind once, try again what the mail server refused, and close what is over."""
        self._in_batches(self._due_domain, lambda batch: batch._send())
        self._in_batches(self._refused_domain, lambda batch: batch._send_again())
        self._in_batches(self._reminder_domain, lambda batch: batch._remind())
        self._in_batches(self._over_domain, lambda batch: batch._close())

    def _in_batches(self, domain, work):
        """Do ``work`` with what is due, in batches that are committed; each takes its rows out of the domain."""
        while True:
            batch = self.search(domain(), order="due_at, id", limit=BATCH)
            if not batch:
                return
            work(batch)
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                return

    def _due_domain(self):
        return Domain([("state", "=", "queued"), ("due_at", "<=", fields.Datetime.now())])

    def _refused_domain(self):
        return Domain(
            [("state", "=", "sent"), ("mail_id.state", "=", "exception"), ("due_at", "<=", fields.Datetime.now())]
        )

    def _over_domain(self):
        return Domain([("state", "=", "sent"), ("open_until", "<", cpa_today())])

    def _reminder_domain(self):
        # a day of its own in each company; who is asked today is never reminded today
        due = Domain.FALSE
        for company in self.env["res.company"].search([("cpa_survey_remind_days", ">", 0)]):
            days = company.cpa_survey_link_days - company.cpa_survey_remind_days
            due |= Domain([("company_id", "=", company.id), ("open_until", "<=", cpa_today() + timedelta(days=days))])
        return (
            Domain(
                [
                    ("state", "=", "sent"),
                    ("is_reminded", "=", False),
                    ("is_answered", "=", False),
                    ("rule_id.is_reminded", "=", True),
                    ("way", "in", ("email", "sms")),
                    ("open_until", ">=", cpa_today()),
                    ("due_at", "<=", fields.Datetime.now()),
                ]
            )
            & due
        )

    def _send(self):
        for invitation in self:
            if invitation._wait_for_morning():
                continue
            reason = invitation._why_not()
            way = not reason and invitation._find_way()
            if not way:
                invitation._skip(reason or self.env._("Neither an e-mail address nor a telephone reaches the person."))
                continue
            today, company = cpa_today(), invitation.company_id
            invitation.write(
                {
                    "state": "sent",
                    "way": way,
                    "month": today.replace(day=1),
                    "open_until": today + timedelta(days=company.cpa_survey_link_days),
                }
            )
            invitation._tell("cpa_survey.mail_template_invitation", "cpa_survey.sms_template_invitation")

    def _wait_for_morning(self):
        """Put off what would come in quiet hours; return whether it is put off."""
        self.ensure_one()
        morning = self.company_id._cpa_after_quiet_hours(fields.Datetime.now())
        if morning:
            self.due_at = morning
        return bool(morning)

    def _why_not(self):
        """Return why this person is not asked now, as the manager reads it; "" if nothing stands against it."""
        self.ensure_one()
        rule = self.rule_id
        if not rule.active or not rule.survey_id._cpa_is_open():
            return self.env._("The rule is switched off, or its survey is closed or empty.")
        if not self._may_be_asked(self.partner_id):
            return self.env._("The person does not want to be asked.")
        asked = self.search_count(
            [("partner_id", "=", self.partner_id.id), ("month", "=", cpa_today().replace(day=1))],
            limit=self.company_id.cpa_survey_month_limit,
        )
        if asked >= self.company_id.cpa_survey_month_limit:
            return self.env._("Asked often enough this month.")
        return ""

    def _find_way(self):
        """Return the way on which this person is asked: "email", "sms" or "portal"; False if there is none."""
        self.ensure_one()
        partner, wanted = self.partner_id, self.rule_id.way
        ways = {
            "sms": bool(partner.phone) and self.company_id._cpa_has_sms_gateway(),
            "email": bool(partner.email_normalized),
            "portal": any(user._is_portal() for user in partner.user_ids),
        }
        return next((way for way in ways if ways[way] and wanted in ("any", way)), False)

    def _skip(self, reason):
        self.write({"state": "skipped", "reason": reason})

    def _tell(self, mail_template, sms_template):
        """Write the message, which its own queue sends: a rollback sends nothing, and nothing is sent twice."""
        self.ensure_one()
        told = self.with_context(lang=self._lang())
        if self.way == "email":
            template = self.env.ref(mail_template).with_context(lang=self._lang())
            subject, body = (template._render_field(name, told.ids)[told.id] for name in ("subject", "body_html"))
            company = self.company_id
            # in no thread, and gone when it went
            self.mail_id = self.env["mail.mail"].create(
                {
                    "subject": subject,
                    "body_html": body,
                    "email_from": company.email_formatted or self.env.user.email_formatted,
                    "email_to": self.partner_id.email_formatted,
                    "auto_delete": True,
                }
            )
        elif self.way == "sms":
            body = self.env.ref(sms_template).with_context(lang=self._lang())._render_field("body", told.ids)[told.id]
            self.env["sms.sms"].create({"number": self.partner_id.phone, "body": body})

    def _send_again(self):
        """Let the mail queue try once more what a server refused, each time later; say so when it is given up."""
        for invitation in self:
            mail = invitation.mail_id
            attempts = invitation.attempts + 1
            _logger.warning("Invitation %s was refused (%s): %s", invitation.id, attempts, mail.failure_reason)
            if attempts >= MOST_ATTEMPTS or not invitation._is_open():
                mail.unlink()
                invitation.write(
                    {"state": "failed", "attempts": attempts, "reason": self.env._("The mail server refused it.")}
                )
                continue
            mail.mark_outgoing()
            invitation.write({"attempts": attempts, "due_at": self._full_hour(timedelta(hours=2**attempts))})

    def _remind(self):
        for invitation in self:
            if invitation._wait_for_morning():
                continue
            invitation.is_reminded = True
            if invitation._is_open() and not invitation.mail_id:
                invitation._tell("cpa_survey.mail_template_reminder", "cpa_survey.sms_template_reminder")

    def _close(self):
        """Close what can no longer be answered, and forget whether it was: the answers have been counted."""
        self.mail_id.unlink()
        self.write({"state": "closed", "is_reminded": True, "is_answered": False})

    # ------------------------------------------------------------------
    # The link
    # ------------------------------------------------------------------

    def _lang(self):
        """Return the language of the person's page (installed; Arabic if unknown)."""
        return self.env["cpa.reply.text"]._lang_of(self.partner_id.lang)

    def _link(self):
        """Return the address of this person's own page: signed, and open as long as the survey."""
        self.ensure_one()
        return self.get_base_url() + self._path()

    def _path(self):
        return links.sign(self.env, PAGE, self.ids, utc_start_of(self.open_until + timedelta(days=1)))

    def _told(self):
        """Return what the messages say: ``association``, ``link`` and ``days``."""
        self.ensure_one()
        company = self.company_id.with_context(lang=self._lang())
        return {"association": company.name, "link": self._link(), "days": company.cpa_survey_link_days}

    @api.model
    def _portal_open(self):
        """Return what the user himself may rate now, for his own page: list of ``title`` and ``url``."""
        # his own invitations, of which he learns the survey's title and his own link
        rows = self.sudo().search(
            [
                ("partner_id", "=", self.env.user.partner_id.id),
                ("state", "=", "sent"),
                ("is_answered", "=", False),
                ("open_until", ">=", cpa_today()),
            ],
            limit=5,
        )
        return [{"title": row.rule_id.survey_id.title, "url": row._path()} for row in rows if row._is_open()]

    @api.model
    def _of_page(self, token):
        """Return the invitation that a link opens, as superuser; empty for what is no link of ours.

        :raise LinkExpired: the link's time is over
        """
        ids = links.read(self.env, PAGE, token)
        # the signature says that whoever has it was asked
        return self.sudo().browse(ids or ()).exists().filtered(lambda row: row.state in ("sent", "closed"))

    def _is_open(self):
        """Return whether it may be answered now."""
        self.ensure_one()
        return self.state == "sent" and self.open_until >= cpa_today() and self.rule_id.survey_id._cpa_is_open()

    # ------------------------------------------------------------------
    # Answering
    # ------------------------------------------------------------------

    def _answer(self, values):
        """Take the answer of the person asked, once.

        :param values: ``{survey.question: value}``, checked
        :return: whether it was taken; False if it had been answered before
        """
        self.ensure_one()
        place = self._place()
        if not self._take():
            return False
        self.rule_id.survey_id._cpa_count(values, place)
        return True

    def _take(self):
        """Mark it as answered; of two tabs one comes first. Return whether it was this one."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE cpa_survey_invitation SET is_answered = TRUE
                    WHERE id = %s AND state = 'sent' AND is_answered IS NOT TRUE""",
                self.id,
            )
        )
        taken = bool(self.env.cr.rowcount)
        self.invalidate_recordset(["is_answered"])
        return taken

    def _place(self):
        """Return where it happened, as coarse as it is counted (see ``cpa.survey.fact``)."""
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "event_code": self.rule_id.event_code,
            "month": self.month,
            "staff_id": self._counted_staff(),
            **{name: self[name].id for name in DIMENSIONS},
        }

    def _counted_staff(self):
        """Return the id of who served if it may be counted: not where he serves alone, so that a group is he."""
        if not self.staff_id:
            return False
        year = self.month - timedelta(days=365)
        others = [
            ("company_id", "=", self.company_id.id),
            ("rule_id.event_code", "=", self.rule_id.event_code),
            ("month", ">", year),
            ("staff_id", "not in", (False, self.staff_id.id)),
        ]
        return self.staff_id.id if self.search_count(others, limit=1) else False

    # ------------------------------------------------------------------
    # Once a year
    # ------------------------------------------------------------------

    @api.model
    def _cron_yearly(self):
        """Job: once a year ask a whole group, in batches of those who have not been asked this year."""
        today = cpa_today()
        rules = self.env["cpa.survey.rule"].search(
            [("event_code", "=", "yearly"), ("yearly_month", "=", str(today.month)), ("asked_year", "!=", today.year)]
        )
        for rule in rules:
            while True:
                asked = self._search([("rule_id", "=", rule.id), ("event_key", "=", str(today.year))])
                domain = rule._audience_domain() & Domain("id", "not in", asked.subselect("partner_id"))
                partners = self.env["res.partner"].search(domain, limit=BATCH, order="id")
                self.create(
                    [
                        {
                            "rule_id": rule.id,
                            "event_key": str(today.year),
                            "partner_id": partner.id,
                            "company_id": rule.company_id.id,
                            "due_at": self._full_hour(timedelta()),
                        }
                        for partner in partners
                    ]
                )
                if not partners:
                    rule.asked_year = today.year
                if not self.env["ir.cron"]._commit_progress(len(partners)):
                    return
                if not partners:
                    break
