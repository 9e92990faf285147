"""Consultation: a question of the consumer, an adviser's answer; information, not a legal opinion."""

from odoo import api, fields, models


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    consultation_topic = fields.Selection(
        [
            ("rights", "Rights of the consumer"),
            ("contract", "Contract or terms"),
            ("warranty", "Warranty and repair"),
            ("online", "Online shopping"),
            ("telecom", "Telecommunication and bills"),
            ("finance", "Financing and instalments"),
            ("other", "Another topic"),
        ],
        "Topic",
        index="btree_not_null",
    )
    consultation_mode = fields.Selection(
        [("phone", "By telephone"), ("counter", "At the counter"), ("video", "By video"), ("written", "In writing")],
        "Consulted",
    )
    adviser_id = fields.Many2one("res.users", ondelete="restrict", index="btree_not_null")

    @api.model
    def _kind_fields(self):
        return super()._kind_fields() | {"consultation": {"consultation_topic": False, "consultation_mode": False}}
