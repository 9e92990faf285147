from odoo import fields, models


class CpaOutsideBody(models.Model):
    """A body outside the association with which it works (P-06): a ministry, a municipality, another charity."""

    _name = "cpa.outside.body"
    _description = "Outside body"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("ministry", "Ministry or authority"),
            ("municipality", "Municipality or governorate"),
            ("charity", "Charity or association"),
            ("other", "Other"),
        ],
        required=True,
        default="charity",
    )
    contact = fields.Char("How to reach it", help="Department, phone, address of its counter or platform.")
    referral_ids = fields.One2many("cpa.outside.referral", "body_id", "Referrals")
