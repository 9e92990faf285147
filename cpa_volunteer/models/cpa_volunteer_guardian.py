"""Who is under 18: the guardian who consented, and what happens when he withdraws it."""

from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today, riyadh_date
from odoo.addons.cpa_beneficiary.tools.saudi import normalise_mobile

from .cpa_volunteer import CHARTER

COMING = ("applied", "waiting", "accepted")


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    guardian_name = fields.Char("Guardian", compute="_compute_guardian", store=True, readonly=False)
    guardian_phone = fields.Char(
        "Guardian's mobile",
        compute="_compute_guardian",
        store=True,
        readonly=False,
        help="The code to sign by goes there: make sure that it is his own.",
    )

    @api.depends("cpa_agreement_ids.state")
    def _compute_guardian(self):
        """Of a minor: who signed the charter that is in force now; until then as he was named."""
        Agreement = self.env["cpa.agreement"]
        minors = self.filtered("is_minor")
        signed = Agreement
        if minors:
            domain = Agreement._in_force_domain(cpa_today())
            signed = Agreement.search(
                domain & fields.Domain("code", "=", CHARTER) & fields.Domain("partner_id", "in", minors.partner_id.ids)
            )
        by_partner = {agreement.partner_id.id: agreement for agreement in signed.sorted("id")}
        for volunteer in self:
            agreement = by_partner.get(volunteer.partner_id.id, Agreement)
            volunteer.guardian_name = agreement.guardian_name or volunteer.guardian_name
            volunteer.guardian_phone = normalise_mobile(agreement.guardian_phone) or volunteer.guardian_phone

    def _coming(self, at):
        """Return the participations of these volunteers that have not begun ``at`` that moment (naive UTC)."""
        return self.participation_ids.filtered(lambda line: line.state in COMING and line.start > at)

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
