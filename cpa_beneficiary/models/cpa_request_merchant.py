"""Complaint against a merchant, or a report on the market: the association mediates and refers, it enforces nothing."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.riyadh import cpa_today
from ..tools.saudi import COMMERCIAL_REGISTRATION, UNIFIED_NUMBER, check_identity, normalise_identity


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    merchant_name = fields.Char("Merchant", index="trigram")
    merchant_number = fields.Char(
        "Commercial registration", help="The number of the commercial registration, or the unified number (700)."
    )
    merchant_city = fields.Char("City of the merchant")
    merchant_url = fields.Char("Web shop or account")
    merchant_category = fields.Selection(
        [
            ("fraud", "Fraud"),
            ("price", "Price"),
            ("warranty", "Warranty"),
            ("return", "Return and refund"),
            ("delivery", "Late or missing delivery"),
            ("advertising", "Misleading advertising"),
            ("safety", "Product safety"),
            ("other", "Other matter"),
        ],
        "Matter of the complaint",
        index="btree_not_null",
    )
    merchant_item = fields.Char("Goods or service")
    purchase_date = fields.Date()
    purchase_amount = fields.Monetary("Amount paid")
    invoice_number = fields.Char("Invoice no.")
    merchant_contact = fields.Text("Earlier contact with the merchant", help="When, by which way, what was answered.")
    merchant_remedy = fields.Selection(
        [
            ("refund", "Money back"),
            ("replace", "Replacement"),
            ("repair", "Repair"),
            ("deliver", "Delivery of what was bought"),
            ("other", "Another remedy"),
        ],
        "Remedy wanted",
    )
    authority_report_number = fields.Char("Report no. at the ministry")

    @api.model
    def _kind_fields(self):
        return super()._kind_fields() | {
            "merchant": {
                "merchant_name": True,
                "merchant_number": False,
                "merchant_city": False,
                "merchant_url": False,
                "merchant_category": True,
                "merchant_item": True,
                "purchase_date": False,
                "purchase_amount": False,
                "invoice_number": False,
                "merchant_contact": False,
                "merchant_remedy": False,
                "authority_report_number": False,
            }
        }

    @api.constrains("merchant_number")
    def _check_merchant_number(self):
        for request in self:
            number = request.merchant_number
            if number and all(check_identity(kind, number) for kind in (COMMERCIAL_REGISTRATION, UNIFIED_NUMBER)):
                raise ValidationError(
                    self.env._("A commercial registration has ten digits; “%(number)s” has not.", number=number)
                )

    @api.constrains("purchase_date", "purchase_amount")
    def _check_purchase(self):
        for request in self:
            if request.purchase_date and request.purchase_date > cpa_today():
                raise ValidationError(self.env._("A purchase cannot lie in the future."))
            if request.purchase_amount < 0:
                raise ValidationError(self.env._("An amount paid is not negative."))

    @api.constrains("merchant_url")
    def _check_merchant_url(self):
        for request in self:
            if request.merchant_url and re.match(
                r"\s*(javascript|data|vbscript):", request.merchant_url, re.IGNORECASE
            ):
                raise ValidationError(self.env._("This is not the address of a web shop."))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_merchant_number(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_merchant_number(vals))

    @api.model
    def _with_merchant_number(self, vals):
        """Return ``vals`` with the merchant's number in ASCII digits, without spaces."""
        if not vals.get("merchant_number"):
            return vals
        return {**vals, "merchant_number": normalise_identity(vals["merchant_number"])}
