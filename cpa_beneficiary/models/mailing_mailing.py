"""Odoo's mass mailing, to consents in force only (Personal Data Protection Law, P-07)."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def _get_recipients_domain(self):
        """Cut every mailing, of every model, to those who consent at the moment at which it is asked."""
        model = self.env[self.mailing_model_real]
        # what everybody said about messages, whatever the sender may read: it gives ids of records, and nobody more
        reached = self.env["cpa.consent"].sudo()._reached_query(model)
        return super()._get_recipients_domain() & Domain("id", "in", SQL("(%s)", reached))

    def _cpa_reached(self, res_ids):
        """Return which of these records of the mailing's model may be written to now: a set of ids."""
        self.ensure_one()
        records = self.env[self.mailing_model_real].browse(res_ids)
        return set(self.env["cpa.consent"].sudo()._reached(records).ids)  # as above
