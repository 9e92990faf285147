"""The next agreement with the same party, and the reminder that it is due (P-02)."""

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today

BATCH = 100


class CpaAgreement(models.Model):
    _inherit = "cpa.agreement"

    renewal_ids = fields.One2many("cpa.agreement", "renews_id", "Renewals", readonly=True)
    renewal_id = fields.Many2one("cpa.agreement", "Renewed by", compute="_compute_renewal_id")
    # a fact, so that nothing is said twice
    reminded_on = fields.Date(kept=True, readonly=True, copy=False)

    _due_idx = models.Index("(company_id, date_to) WHERE state = 'signed' AND reminded_on IS NULL")
    _renews_idx = models.Index("(renews_id) WHERE renews_id IS NOT NULL")

    @api.depends("renewal_ids")
    def _compute_renewal_id(self):
        for agreement in self:
            agreement.renewal_id = agreement.renewal_ids[:1]

    def action_renew(self):
        """Button: the next agreement with the same party, on the text in force, from the day after this one.

        :return: action that opens the new draft; the one that is there already, however often it is tapped
        """
        self.ensure_one()
        renewal = self.renewal_ids[:1]
        if not renewal:
            template = self.template_id._of(self.code, self.company_id) or self.template_id
            start = self.date_to and self.date_to + relativedelta(days=1)
            renewal = self.create(
                {
                    "template_id": template.id,
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "date_from": max(start or cpa_today(), cpa_today()),
                    "renews_id": self.id,
                    "signer_name": self.signer_name,
                }
            )
        return renewal._get_records_action(name=self.env._("Renewal"))

    @api.model
    def _cron_expiring(self):
        """Remind, once, who keeps an agreement that ends soon and has no renewal yet: only what is due is read."""
        today = cpa_today()
        for company in self.env["res.company"].search(Domain.TRUE):
            due = (
                Domain("company_id", "=", company.id)
                & Domain("state", "=", "signed")
                & Domain("date_to", ">=", today)
                & Domain("date_to", "<=", today + relativedelta(days=company.cpa_agreement_days))
                & Domain("reminded_on", "=", False)
                & Domain("renewal_ids", "=", False)
            )
            while agreements := self.with_company(company).search(due, limit=BATCH, order="date_to, id"):
                for agreement in agreements:
                    agreement._remind()
                agreements._lifecycle_set({"reminded_on": today})
                if not self.env["ir.cron"]._commit_progress(len(agreements)):
                    return

    def _remind(self):
        keeper = self._keeper()
        env = self.with_context(lang=keeper.lang).env
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.date_to,
            summary=env._("Agreement expires on %(day)s", day=format_both(self.date_to, keeper.lang)),
            user_id=keeper.id,
        )

    def _keeper(self):
        """Return who is reminded: who drew the agreement up, else a manager of the company."""
        self.ensure_one()
        if self.create_uid.active and self.create_uid._is_internal():
            return self.create_uid
        managers = self.env.ref("cpa_beneficiary.group_manager").sudo().all_user_ids  # who serves, no more
        return managers.filtered(lambda user: user.active and self.company_id in user.company_ids)[:1] or self.env.user
