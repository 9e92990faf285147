"""What was to be given and was not: who delivers is reminded once, the manager after some more days (P-37)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today
from .roles import MANAGER

BATCH = 100
ACTIVITY = "mail.mail_activity_data_todo"


class CpaDelivery(models.Model):
    _inherit = "cpa.delivery"

    # facts, so that nothing is said twice
    reminded_on = fields.Date(kept=True, readonly=True, copy=False)
    escalated_on = fields.Date(kept=True, readonly=True, copy=False)

    _due_idx = models.Index("(planned_date, id) WHERE state = 'planned'")

    @api.model
    def _cron_remind(self):
        """Remind who delivers of what is overdue, and the manager of what stays so: on working days, once.

        It reads only what is due.
        """
        today = cpa_today()
        for company in self.env["res.company"].search(Domain.TRUE):
            if not company._cpa_working_days(today, today):
                continue
            lines = self.with_company(company).with_context(tz="Asia/Riyadh")
            lines._remind_in_batches("reminded_on", company.cpa_delivery_remind_days, lambda line: line._deliverer())
            managers = self._managers(company)
            if managers:
                lines._remind_in_batches(
                    "escalated_on", company.cpa_delivery_escalate_days, lambda line, found=managers: found
                )

    @api.model
    def _overdue_domain(self, fact, days):
        return fields.Domain(
            [
                ("state", "=", "planned"),
                ("planned_date", "<", cpa_today() - timedelta(days=days)),
                (fact, "=", False),
                ("request_id.state", "in", ("approved", "delivery")),
                ("request_id.company_id", "=", self.env.company.id),
            ]
        )

    @api.model
    def _remind_in_batches(self, fact, days, users_of):
        """Remind of what is overdue by more than ``days`` days and of which ``fact`` is not written yet."""
        domain = self._overdue_domain(fact, days)
        while lines := self.search(domain, limit=BATCH, order="planned_date, id"):
            for line in lines:
                for user in users_of(line):
                    env = self.with_context(lang=user.lang).env
                    day = format_both(line.planned_date, user.lang)
                    line.activity_schedule(
                        ACTIVITY,
                        date_deadline=cpa_today(),
                        user_id=user.id,
                        summary=env._("Not handed over yet, planned for %s", day),
                    )
            lines._lifecycle_set({fact: cpa_today()})
            if not self.env["ir.cron"]._commit_progress(len(lines)):
                return

    def _deliverer(self):
        """Return who is reminded: who delivers, else the request's officer; who has left is not reminded."""
        self.ensure_one()
        return (self.user_id.filtered("active") or self.request_id.officer_id.filtered("active"))[:1]

    @api.model
    def _managers(self, company):
        """Return the managers of ``company`` who work there: not the administrator's own login, if there is another."""
        users = self.env.ref(MANAGER).all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )
        return users.filtered(lambda user: not user.has_group("base.group_system")) or users

    def _effect_settled(self, at):
        """It was given, or will not be: who was reminded has nothing left to do."""
        self.sudo().activity_unlink([ACTIVITY])  # the system's own reminders, whoever has them

    def write(self, vals):
        moved = self.filtered(
            lambda line: (
                "planned_date" in vals and line.reminded_on and line._differs("planned_date", vals["planned_date"])
            )
        )
        result = super().write(vals)
        if moved:
            # another day: what was said about the former one is settled
            moved._effect_settled(False)
            moved._lifecycle_set({"reminded_on": False, "escalated_on": False})
        return result
