from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools.riyadh import riyadh_date
from odoo.fields import Command

from .roles import COORDINATOR


class CpaOpportunity(models.Model):
    """An opportunity that a request or a visit raises: an officer plans it, the coordinator publishes it."""

    _inherit = "cpa.opportunity"

    @api.model
    def _values_at(self, start, hours=0, stop=None):
        """Return the days and the one shift of an opportunity for something that happens at a known time.

        :param start: naive UTC ``datetime``
        :param float hours: how long, where ``stop`` (naive UTC) is not given
        :return: values fit for a button's context: texts
        """
        stop = stop or start + timedelta(hours=hours)
        texts = {"start": fields.Datetime.to_string(start), "stop": fields.Datetime.to_string(stop), "capacity": 1}
        return {
            "date_from": fields.Date.to_string(riyadh_date(start)),
            "date_to": fields.Date.to_string(riyadh_date(stop)),
            "shift_ids": [Command.create(texts)],
        }

    @api.model_create_multi
    def create(self, vals_list):
        opportunities = super().create(vals_list)
        if not self.env.user.has_group(COORDINATOR):
            opportunities._tell_coordinator()
        return opportunities

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("published", "cancelled"):
            # the task above is done, whoever had it
            self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        return result

    def _tell_coordinator(self):
        """Somebody else raised it: the coordinator plans the rest and publishes it."""
        for opportunity in self:
            # a task for the coordinator, whom the user may not write to otherwise
            opportunity.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Plan and publish: %(opportunity)s", opportunity=opportunity.name),
                user_id=opportunity.coordinator_id.id,
            )
