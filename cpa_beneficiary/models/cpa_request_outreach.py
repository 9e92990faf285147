from odoo import api, fields, models


class CpaRequest(models.Model):
    """Whether a request came of our reaching the person, or of his coming to us (P-07)."""

    _inherit = "cpa.request"

    outreach_contact_id = fields.Many2one(
        "cpa.outreach.contact",
        "Approached by",
        readonly=True,
        fixed=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    outreach_id = fields.Many2one(
        "cpa.outreach",
        related="outreach_contact_id.outreach_id",
        store=True,
        fixed=False,
        index="btree_not_null",
        string="Outreach",
    )
    initiative = fields.Selection(
        [("proactive", "We came to him"), ("reactive", "He came to us")],
        compute="_compute_initiative",
        store=True,
        help="For the ratio of the policy's seventh clause.",
    )

    @api.depends("outreach_contact_id")
    def _compute_initiative(self):
        for request in self:
            request.initiative = "proactive" if request.outreach_contact_id else "reactive"
