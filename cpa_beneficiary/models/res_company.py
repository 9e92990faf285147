from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.date_utils import float_to_time

from ..tools.riyadh import RIYADH, riyadh_datetime
from .outside_services import NoGateway


class ResCompany(models.Model):
    _inherit = "res.company"

    cpa_second_name = fields.Char(
        "Name in the other language", help="The papers' letterhead carries the name in Arabic and in English."
    )
    cpa_quiet_from = fields.Float(
        "Quiet hours from", default=21.0, help="On a clock in Riyadh. From then on notices wait for the morning."
    )
    cpa_quiet_until = fields.Float(
        "Quiet hours until", default=8.0, help="The same hour as the beginning: there are no quiet hours."
    )
    cpa_executive_manager = fields.Char("Executive manager", help="Who signs the association's letters.")
    cpa_letter_link_days = fields.Integer(
        "A letter's page stays open (days)",
        default=60,
        required=True,
        help="The link in the message to the applicant opens his letter without a login until then.",
    )

    _cpa_letter_link_days_positive = models.Constraint(
        "CHECK(cpa_letter_link_days BETWEEN 1 AND 3650)", "A letter's page stays open for one day or more."
    )

    cpa_four_eyes = fields.Boolean(
        "Payments by two people",
        default=True,
        help="Who prepares a payment order does not approve it. Off where one person holds both roles.",
    )
    cpa_delivery_remind_days = fields.Integer(
        "Remind of a delivery after (days)", default=0, help="After its planned day: who delivers is reminded, once."
    )
    cpa_delivery_escalate_days = fields.Integer(
        "Tell the manager after (days)",
        default=7,
        help="After the planned day of a delivery: the manager is told, once.",
    )

    cpa_agreement_days = fields.Integer(
        "Remind of an agreement's end before (days)", default=30, required=True, help="Who keeps it is reminded, once."
    )

    _delivery_days_check = models.Constraint(
        "CHECK(cpa_delivery_remind_days >= 0 AND cpa_delivery_escalate_days >= cpa_delivery_remind_days)",
        "The manager is told after who delivers has been reminded.",
    )

    def _cpa_users(self, role):
        """Return who of the staff holds a role in this company now (``res.users``, superuser's), people before the
        logins of administrators; who has left is not among them.

        :param str role: external id of the group
        """
        self.ensure_one()
        group = self.env["ir.model.data"]._xmlid_to_res_id(role, raise_if_not_found=True)  # ref() asks each time
        # who holds a role is no secret; users are read for nothing else
        users = self.env["res.groups"].sudo().browse(group).all_user_ids
        users = users.filtered(lambda user: user.active and not user.share and self in user.company_ids)
        return users.sorted(lambda user: (user._is_superuser() or user._is_admin(), user.id))

    @api.constrains("cpa_quiet_from", "cpa_quiet_until")
    def _check_quiet_hours(self):
        for company in self:
            if not all(0 <= hour < 24 for hour in (company.cpa_quiet_from, company.cpa_quiet_until)):
                raise ValidationError(self.env._("Quiet hours begin and end between 00:00 and 23:59."))

    def _cpa_after_quiet_hours(self, moment):
        """Return when somebody may be written to who is not to be disturbed now.

        :param moment: naive UTC
        :return: the end of the quiet hours (naive UTC), or None outside of them
        """
        self.ensure_one()
        begin, end = float_to_time(self.cpa_quiet_from), float_to_time(self.cpa_quiet_until)
        local = riyadh_datetime(moment)
        now = local.time()
        over_night = end < begin
        if begin == end or not (begin <= now or now < end if over_night else begin <= now < end):
            return None
        day = local.date() + timedelta(days=over_night and now >= begin)
        return self._cpa_utc(day, end)

    @api.model
    def _cpa_utc(self, day, hour):
        """Return the moment at which a clock in Riyadh shows ``hour`` (``time``) on ``day``, as naive UTC."""
        return datetime.combine(day, hour, RIYADH).astimezone(timezone.utc).replace(tzinfo=None)

    def _cpa_has_sms_gateway(self):
        """Return whether a text message leaves the outbox."""
        self.ensure_one()
        return not issubclass(self._get_sms_api_class(), NoGateway)
