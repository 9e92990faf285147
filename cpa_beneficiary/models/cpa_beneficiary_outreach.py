from odoo import fields, models


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    outreach_contact_ids = fields.One2many("cpa.outreach.contact", "beneficiary_id", "Approached by us", readonly=True)
