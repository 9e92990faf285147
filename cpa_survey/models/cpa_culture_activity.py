from odoo import fields, models
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today


class CpaCultureActivity(models.Model):
    """What is done so that evaluating and serving well become habits (P-16, P-17): meeting, workshop, campaign."""

    _name = "cpa.culture.activity"
    _description = "Quality-culture activity"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char("Activity", required=True)
    kind = fields.Selection(
        [("meeting", "Meeting"), ("workshop", "Workshop"), ("campaign", "Campaign"), ("material", "Material")],
        default="workshop",
        required=True,
    )
    audience = fields.Selection(
        [("departments", "The departments"), ("beneficiaries", "Beneficiaries")], default="departments", required=True
    )
    department_id = fields.Many2one("cpa.department", check_company=True, index="btree_not_null", ondelete="restrict")
    date = fields.Date(required=True, default=lambda self: cpa_today())
    attendance = fields.Integer("Attended by")
    material_ids = fields.Many2many("ir.attachment")
    notes = fields.Text("What came out of it")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)

    _attendance_positive = models.Constraint("CHECK(attendance >= 0)", "Nobody attends less than not at all.")
