from odoo import fields, models


class ResCompany(models.Model):
    """How much may be sent here, by applicants and by staff."""

    _inherit = "res.company"

    cpa_upload_mb = fields.Integer("Size of a file (MB)", default=10, required=True)
    cpa_upload_files = fields.Integer("Files of a record", default=100, required=True)
    cpa_upload_day_mb = fields.Integer("Sent to a record within a day (MB)", default=100, required=True)

    _cpa_uploads_check = models.Constraint(
        "CHECK(cpa_upload_mb BETWEEN 1 AND 100 AND cpa_upload_files >= 1 AND cpa_upload_day_mb >= cpa_upload_mb)",
        "A file has 1 to 100 MB, a record takes one file or more, and in a day at least one of the largest.",
    )
