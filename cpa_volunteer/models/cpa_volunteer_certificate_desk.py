"""Certificates from the coordinator's list: in one click, of one volunteer or of many."""

from odoo import fields, models
from odoo.exceptions import UserError


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    hours_uncertified = fields.Float("Hours without a certificate", compute="_compute_hours_uncertified")

    def _compute_hours_uncertified(self):
        hours = dict(
            self.env["cpa.participation"]._read_group(
                [
                    ("volunteer_id", "in", self.ids),
                    ("state", "=", "closed"),
                    "!",
                    ("certificate_ids.state", "=", "issued"),
                ],
                ["volunteer_id"],
                ["hours_approved:sum"],
            )
        )
        for volunteer in self:
            volunteer.hours_uncertified = hours.get(volunteer, 0.0)

    def action_certificate(self):
        """Button: a certificate of the hours approved so far, for each of them who has such hours.

        :return: action that opens what was issued
        :raise UserError: none of them has approved hours that are not certified yet
        """
        waiting = self.filtered("hours_uncertified")
        if not waiting:
            raise UserError(self.env._("Nobody among them has approved hours that are not certified yet."))
        certificates = self.env["cpa.volunteer.certificate"].create(
            [{"volunteer_id": volunteer.id} for volunteer in waiting]
        )
        return certificates._get_records_action(name=self.env._("Certificates"))
