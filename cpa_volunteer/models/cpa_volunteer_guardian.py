"""Who is under 18: the guardian who consented, and what happens when he withdraws it."""

from odoo import fields, models
from odoo.addons.cpa_beneficiary.tools.riyadh import riyadh_date
from odoo.addons.cpa_beneficiary.tools.saudi import normalise_mobile


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    guardian_name = fields.Char("Guardian", help="Of a minor: who consents and signs the charter.")
    guardian_phone = fields.Char(
        "Guardian's mobile", help="The code to sign by goes there: make sure that it is his own."
    )

    def _keep_guardian(self, agreement):
        """Note who signed the charter of these minors; until then he is as he was named.

        :param agreement: ``cpa.agreement``, the charter as it was signed
        """
        mobile = normalise_mobile(agreement.guardian_phone)
        for volunteer in self:
            known = volunteer.guardian_phone if mobile in (None, volunteer.phone) else mobile
            volunteer.write({"guardian_name": agreement.guardian_name, "guardian_phone": known})

    def _stop_unbound(self, at):
        """Give back the coming places for whose day these volunteers have not signed what binds them (any more)."""
        for volunteer in self:
            lines = volunteer._coming(at)
            problems = {day: volunteer._papers_problems(day) for day in {riyadh_date(line.start) for line in lines}}
            lines = lines.filtered(lambda line, problems=problems: problems[riyadh_date(line.start)])
            if lines:
                lines._take_back(at, self.env._("The consent or the agreement that it rests on was ended."))
                volunteer._tell_coordinator(
                    self.env._("Places given back: tell him, and sign anew if he comes back"), lines.opportunity_id
                )

    def _tell_coordinator(self, summary, opportunities):
        """Give who leads these opportunities something to do on this volunteer's file."""
        for coordinator in opportunities.coordinator_id:
            self.activity_schedule("mail.mail_activity_data_todo", summary=summary, user_id=coordinator.id)
