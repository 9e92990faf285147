from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.models.cpa_lifecycle_mixin import Move

from .roles import COORDINATOR


class CpaVolunteerIncident(models.Model):
    """An injury or incident during volunteering: the law gives treatment, and this proves it."""

    _name = "cpa.volunteer.incident"
    _description = "Incident"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "happened_on desc, id desc"
    _rec_name = "summary"
    _lifecycle_initial = "reported"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"closed"})
    _lifecycle_unfrozen = frozenset({"activity_ids", "message_ids", "message_follower_ids"})

    volunteer_id = fields.Many2one("cpa.volunteer", required=True, fixed=True, ondelete="restrict", index=True)
    participation_id = fields.Many2one(
        "cpa.participation", "Shift", ondelete="restrict", domain="[('volunteer_id', '=', volunteer_id)]"
    )
    company_id = fields.Many2one(related="volunteer_id.company_id", store=True, index=True)
    summary = fields.Char(required=True)
    description = fields.Text(required=True)
    kind = fields.Selection(
        [("injury", "Injury"), ("damage", "Damage"), ("complaint", "Complaint"), ("other", "Other")],
        required=True,
        default="injury",
    )
    happened_on = fields.Datetime("Date of the incident", required=True, default=fields.Datetime.now)
    treatment = fields.Text("Treatment and what was done")
    state = fields.Selection(
        [("reported", "Reported"), ("handled", "Being handled"), ("closed", "Closed")],
        default="reported",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    def _lifecycle_moves(self):
        return {
            ("reported", "handled"): Move((COORDINATOR,)),
            ("reported", "closed"): Move((COORDINATOR,), ("_guard_treated",), ("_effect_closed",)),
            ("handled", "closed"): Move((COORDINATOR,), ("_guard_treated",), ("_effect_closed",)),
        }

    def _guard_treated(self, at):
        return [] if (self.treatment or "").strip() else [self.env._("What was done.")]

    def _effect_closed(self, at):
        # the task that its report made, whoever had it
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    @api.model_create_multi
    def create(self, vals_list):
        incidents = super().create(vals_list)
        for incident in incidents:
            coordinator = incident.participation_id.sudo().opportunity_id.coordinator_id  # whom to tell
            # a task for who leads it, whom the user may not write to otherwise
            incident.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Incident: %(summary)s", summary=incident.summary),
                user_id=(coordinator or self.env.user).id,
            )
        return incidents
