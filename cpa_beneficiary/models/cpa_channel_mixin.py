from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.text import comma_list
from .cpa_channel import CHANNEL_DETAILS


class CpaChannelMixin(models.AbstractModel):
    """By which channel a person came, with that channel's own details: for inquiries and requests."""

    _name = "cpa.channel.mixin"
    _description = "Channel of a contact"

    channel_id = fields.Many2one("cpa.channel", index=True, ondelete="restrict", tracking=True)
    channel_code = fields.Selection(related="channel_id.code")
    # interview
    interview_at = fields.Datetime("Interview at", tracking=True)
    interview_place = fields.Char("Interview place", tracking=True)
    interviewer_id = fields.Many2one("res.users", ondelete="restrict", tracking=True)
    # telephone
    phone_number = fields.Char("Caller's number", tracking=True)
    phone_direction = fields.Selection([("in", "Incoming"), ("out", "Outgoing")], "Call direction", tracking=True)
    # social media
    social_platform = fields.Selection(
        [
            ("whatsapp", "WhatsApp"),
            ("x", "X"),
            ("snapchat", "Snapchat"),
            ("instagram", "Instagram"),
            ("telegram", "Telegram"),
            ("facebook", "Facebook"),
            ("tiktok", "TikTok"),
            ("other", "Other platform"),
        ],
        "Platform",
        tracking=True,
    )
    social_account = fields.Char("Account", tracking=True)
    # letter
    letter_direction = fields.Selection(
        [("in", "Incoming letter"), ("out", "Outgoing letter")], "Letter direction", tracking=True
    )
    letter_reference = fields.Char(tracking=True)
    letter_date = fields.Date(tracking=True)
    letter_scan = fields.Binary("Scan of the letter", copy=False)
    letter_scan_name = fields.Char("File name of the letter's scan", copy=False)
    # help-request service, volunteering, delegates
    help_service = fields.Char(
        "Help-request service", help="Which service: the hotline, a platform of another body.", tracking=True
    )
    channel_volunteer_id = fields.Many2one(
        "res.partner", "Brought by the volunteer", ondelete="restrict", tracking=True
    )
    channel_branch_id = fields.Many2one("cpa.branch", "Office of the delegate", ondelete="restrict", tracking=True)
    channel_delegate_id = fields.Many2one("res.users", "Branch delegate", ondelete="restrict", tracking=True)

    @api.onchange("channel_id")
    def _onchange_channel_id(self):
        """Fill what is known, so that the clerk types only what is new (P-08)."""
        user = self.env.user
        if self.channel_code == "interview":
            self.interview_at = self.interview_at or fields.Datetime.now()
            self.interviewer_id = self.interviewer_id or user
            self.interview_place = self.interview_place or (user.cpa_branch_ids[:1] or user.company_id).name
        elif self.channel_code == "phone":
            self.phone_direction = self.phone_direction or "in"
            self.phone_number = self.phone_number or self._channel_partner().phone
        elif self.channel_code == "social":
            self.social_platform = self.social_platform or "whatsapp"
            self.social_account = self.social_account or self._channel_partner().phone
        elif self.channel_code == "letter":
            self.letter_direction = self.letter_direction or "in"
        elif self.channel_code == "delegate":
            self.channel_branch_id = self.channel_branch_id or user.cpa_branch_ids[:1]
            self.channel_delegate_id = self.channel_delegate_id or user

    def _channel_partner(self):
        """Return the contact who came by the channel; models with another field override."""
        return self.partner_id

    def _channel_missing(self):
        """Return the labels of the channel's details that are not filled yet, in the user's language."""
        self.ensure_one()
        return [
            self._fields[name]._description_string(self.env)
            for name in CHANNEL_DETAILS.get(self.channel_code, ())
            if not self[name]
        ]

    def _check_channel(self):
        """:raise ValidationError: the channel, or a detail that it asks for, is missing (P-19 to P-26)"""
        for record in self:
            if not record.channel_id:
                raise ValidationError(self.env._("Say by which channel the person came."))
            missing = record._channel_missing()
            if missing:
                raise ValidationError(
                    self.env._(
                        "The channel “%(channel)s” also needs: %(details)s.",
                        channel=record.channel_id.name,
                        details=comma_list(missing, self.env.lang),
                    )
                )
