"""Who is reminded of what on the way to the reply (P-35), and when: on working days, of what is due, once.

Each job of the night reads only what is due, by an index; what was sent is a date on the record, written in the same
transaction. A job or an automated action that is switched off (``cpa.automation``) stays off.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.riyadh import cpa_today, utc_start_of
from .cpa_request_clock import WAITING_STATES

BATCH = 100
REPLY = "cpa_beneficiary.activity_reply"
ESCALATION = "cpa_beneficiary.activity_escalation"
AWAITED = "cpa_beneficiary.activity_awaited"
DELIVERY = "cpa_beneficiary.activity_delivery"
FOLLOW_UP = "cpa_beneficiary.activity_follow_up"

# an index over the states in which the applicant waits, whose rows leave it once they are marked
WAITING_SQL = ", ".join(f"'{state}'" for state in WAITING_STATES)


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    reply_reminded_on = fields.Date("Officer reminded on", kept=True, readonly=True, copy=False)
    progress_told_on = fields.Date("Applicant told that it takes longer", kept=True, readonly=True, copy=False)
    escalated_on = fields.Date("Escalated on", kept=True, readonly=True, copy=False)
    pause_reminded_on = fields.Date("Reminded of the pause on", kept=True, readonly=True, copy=False)

    _remind_idx = models.Index(
        f"(company_id, reply_target_date) WHERE reply_reminded_on IS NULL AND state IN ({WAITING_SQL})"
    )
    _progress_idx = models.Index(
        f"(company_id, reply_target_date) WHERE progress_told_on IS NULL AND state IN ({WAITING_SQL})"
    )
    _escalate_idx = models.Index(
        f"(company_id, reply_ceiling_date) WHERE escalated_on IS NULL AND state IN ({WAITING_SQL})"
    )
    _awaited_idx = models.Index("(company_id, paused_on) WHERE pause_reminded_on IS NULL AND state = 'incomplete'")

    # ------------------------------------------------------------------
    # Jobs of the night
    # ------------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Job: remind the officer some working days before the day of the reply."""

        def due(company):
            reach = company._cpa_reach(cpa_today(), company.cpa_remind_days)
            return [
                ("state", "in", WAITING_STATES),
                ("reply_target_date", "<=", reach),
                ("reply_reminded_on", "=", False),
                ("reply_send_on", "=", False),
            ]

        self._remind_due(due, "reply_reminded_on", lambda requests: requests._remind_officer(), "reply_target_date")

    @api.model
    def _cron_progress(self):
        """Job: tell the applicant, once, that the day of the reply passed and that we are still at it."""

        def due(company):
            return [
                ("state", "in", WAITING_STATES),
                ("reply_target_date", "<", cpa_today()),
                ("progress_told_on", "=", False),
            ]

        def tell(requests):
            for request in requests:
                request._notify_applicant("progress")

        self._remind_due(due, "progress_told_on", tell, "reply_target_date")

    @api.model
    def _cron_escalate(self):
        """Job: escalate to the manager on the latest day of the reply; before a holiday, what ends in it."""

        def due(company):
            return [
                ("state", "in", WAITING_STATES),
                ("reply_ceiling_date", "<=", company._cpa_reach(cpa_today(), 0)),
                ("escalated_on", "=", False),
            ]

        self._remind_due(due, "escalated_on", lambda requests: requests._escalate(), "reply_ceiling_date")

    @api.model
    def _cron_awaited(self):
        """Job: remind the officer of an applicant who has been awaited for long."""

        def due(company):
            return [
                ("state", "=", "incomplete"),
                ("paused_on", "<=", cpa_today() - timedelta(days=company.cpa_awaited_days)),
                ("pause_reminded_on", "=", False),
            ]

        def remind(requests):
            requests._open_activities(
                AWAITED,
                lambda request: request._responsible(),
                lambda request: request.env._("The applicant has been awaited for long: ask him"),
            )

        self._remind_due(due, "pause_reminded_on", remind, "paused_on")

    def _remind_officer(self):
        self._open_activities(
            REPLY,
            lambda request: request._responsible(),
            lambda request: request.env._("The day of the reply is near"),
            lambda request: request.reply_target_date,
        )

    def _escalate(self):
        self._open_activities(
            ESCALATION,
            lambda request: request._manager(),
            lambda request: request.env._("The latest day of the reply is here: the applicant still waits"),
        )

    # ------------------------------------------------------------------
    # Automated actions
    # ------------------------------------------------------------------

    def _automated_reply(self):
        """Action: decided; the officer replies, not before the day that the policy names. Never says what."""
        self._open_activities(
            REPLY,
            lambda request: request._responsible(),
            lambda request: request.env._("Reply to the applicant"),
            lambda request: (
                max(cpa_today(), request.reply_floor_date) if request.reply_floor_mode != "off" else cpa_today()
            ),
        )

    def _automated_delivery(self):
        """Action: approved; the officer plans what is delivered (P-37)."""
        self.filtered("needs_delivery")._open_activities(
            DELIVERY,
            lambda request: request._responsible(),
            lambda request: request.env._("Plan the delivery"),
        )

    # ------------------------------------------------------------------
    # What a step ends
    # ------------------------------------------------------------------

    def _lifecycle_enter(self, new_state, journal):
        super()._lifecycle_enter(new_state, journal)
        over = [] if new_state in WAITING_STATES else [REPLY, ESCALATION]
        over += [AWAITED] if new_state != "incomplete" else []
        over += [DELIVERY] if new_state != "approved" else []
        # the system's own reminders, of a step that has been taken
        self.sudo().activity_unlink(over)

    def _effect_pause(self, at):
        result = super()._effect_pause(at)
        self._lifecycle_set({"pause_reminded_on": False})
        return result

    def _resume_clock(self, day):
        before = self.reply_target_date
        super()._resume_clock(day)
        if self.reply_target_date != before:
            self._lifecycle_set({"reply_reminded_on": False, "escalated_on": False})

    # ------------------------------------------------------------------
    # Activities
    # ------------------------------------------------------------------

    def _open_activities(self, activity_type, whose, words, deadline=None):
        """Open an activity on each request, in as many queries for many as for few.

        :param str activity_type: its xml id
        :param whose: function of a request: the user who does it (one or none)
        :param words: function of a request in that user's language: the summary
        :param deadline: function of a request: a ``date`` in Riyadh; by default today
        """
        today, values = cpa_today(), []
        model = self.env["ir.model"]._get_id(self._name)
        kind = self.env["ir.model.data"]._xmlid_to_res_id(activity_type)
        for user, requests in self.grouped(whose).items():
            # who may not read a request (any more) cannot be reminded of it: the manager is
            readable = set(requests.with_user(user)._filtered_access("read").ids) if user else set()
            for request in requests:
                doer = user if request.id in readable else request._manager()
                values.append(
                    {
                        "res_model_id": model,
                        "res_id": request.id,
                        "activity_type_id": kind,
                        "automated": True,
                        "summary": words(request.with_context(lang=doer.lang or self.env.lang)),
                        "date_deadline": deadline(request) if deadline else today,
                        "user_id": (doer or self.env.user).id,
                    }
                )
        # the system's own reminder; without a mail to each: the day's list on the first screen shows it
        return self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(values)


class CpaReferral(models.Model):
    _inherit = "cpa.referral"

    reminded_on = fields.Date(kept=True, readonly=True, copy=False)

    _remind_idx = models.Index("(asked_at) WHERE state = 'open' AND reminded_on IS NULL")

    @api.model
    def _cron_remind(self):
        """Job: remind of a question that was referred and is not answered yet (P-33): it stops the decision."""

        def due(company):
            first = company._cpa_back(cpa_today(), company.cpa_referral_days)
            return [
                ("state", "=", "open"),
                ("asked_at", "<", utc_start_of(first + timedelta(days=1))),
                ("reminded_on", "=", False),
            ]

        def remind(referrals):
            for officer, asked in referrals.grouped("officer_id").items():
                asked.request_id._open_activities(
                    FOLLOW_UP,
                    lambda request, officer=officer: officer if officer.active else request._manager(),
                    lambda request: request.env._("A referred question waits for its answer"),
                )

        self._remind_due(due, "reminded_on", remind, "asked_at", company_field="request_id.company_id")


class CpaRequestCheck(models.Model):
    _inherit = "cpa.request.check"

    reminded_on = fields.Date(kept=True, readonly=True, copy=False)

    _to_sight_idx = models.Index("(due_date) WHERE state = 'to_sight'")

    @api.model
    def _cron_remind(self):
        """Job: remind of an item that was taken in to be sighted, and whose day has passed (P-32)."""

        def due(company):
            return [("state", "=", "to_sight"), ("due_date", "<", cpa_today()), ("reminded_on", "=", False)]

        def remind(checks):
            checks.request_id._open_activities(
                FOLLOW_UP,
                lambda request: request._responsible(),
                lambda request: request.env._("Still to be sighted: its day has passed"),
            )

        self._remind_due(due, "reminded_on", remind, "due_date", company_field="request_id.company_id")


class CpaLifecycleMixin(models.AbstractModel):
    _inherit = "cpa.lifecycle.mixin"

    @api.model
    def _remind_due(self, due, mark, remind, since, company_field="company_id"):
        """Remind of what is due in each company that works today, in batches that are committed, each thing once.

        :param due: function of a company: the domain of what is due there, which a mark takes out of it
        :param str mark: the field that keeps the day of the reminder
        :param remind: function of a batch of records
        :param str since: the date by which it is due: what is due longest comes first, read off the index
        :param str company_field: the field that says whose a record is
        """
        today, cron = cpa_today(), self.env["ir.cron"]
        for company in self.env["res.company"].search(Domain.TRUE):
            if not company._cpa_working_days(today, today):
                continue
            domain = [(company_field, "=", company.id), *due(company)]
            while records := self.search(domain, limit=BATCH, order=since):
                remind(records)
                records._lifecycle_set({mark: today})
                left = self.search_count(domain) if len(records) == BATCH else 0
                if not cron._commit_progress(len(records), remaining=left):
                    return
