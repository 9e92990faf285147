"""What came in by each of the eight channels and how soon it was answered, zeros shown (P-10, P-19 to P-26)."""

from datetime import timedelta

from odoo import api, fields, models

from ..tools.riyadh import cpa_today, utc_start_of


class CpaChannel(models.Model):
    _inherit = "cpa.channel"

    inquiry_count = fields.Integer("Inquiries", compute="_compute_inquiry_figures")
    answered_count = fields.Integer("With a first answer", compute="_compute_inquiry_figures")
    waiting_count = fields.Integer("Waiting for an answer", compute="_compute_inquiry_figures")
    answer_hours = fields.Float("Hours to the first answer", compute="_compute_inquiry_figures", digits=(16, 1))

    @api.depends_context("uid", "figures_days")
    def _compute_inquiry_figures(self):
        """Figures of the inquiries that the user may see; of the last ``figures_days`` days, where the context says."""
        domain = fields.Domain([("is_inquiry", "=", True), ("channel_id", "in", self.ids)])
        days = self.env.context.get("figures_days")
        if days:
            domain &= fields.Domain("create_date", ">=", utc_start_of(cpa_today() - timedelta(days=days)))
        aggregates = ["__count", "first_answered_at:count", "waiting_since:count", "answer_hours:sum"]
        Lead = self.env["crm.lead"].with_context(active_test=False)
        figures = {channel: values for channel, *values in Lead._read_group(domain, ["channel_id"], aggregates)}
        for channel in self:
            count, answered, waiting, hours = figures.get(channel, (0, 0, 0, 0))
            channel.inquiry_count = count
            channel.answered_count = answered
            channel.waiting_count = waiting
            channel.answer_hours = hours / answered if answered else 0

    def action_open_inquiries(self):
        """Button: the inquiries that came by this channel."""
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.crm_lead_action_inquiry")
        context = {"default_is_inquiry": True, "default_channel_id": self.id, "active_test": False}
        return action | {
            "domain": [("is_inquiry", "=", True), ("channel_id", "in", self.ids)],
            "context": context,
            "name": self.name,
        }
