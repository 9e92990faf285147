from odoo import api, models
from odoo.exceptions import UserError

# Where events keep their scans.
EVIDENCE = (("cpa.request.move", "scan_id"), ("cpa.identity", "sighting_scan_id"))


class IrAttachment(models.Model):
    """The scan that proves an event is evidence: it neither changes nor goes."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if vals.keys() & {"datas", "raw", "db_datas", "store_fname", "checksum", "res_model", "res_id", "type", "url"}:
            self._check_no_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_evidence(self):
        self._check_no_evidence()

    def _check_no_evidence(self):
        """:raise UserError: one of the files proves an event that was entered later than it happened"""
        # whether a file is evidence must not depend on who may read the event
        if self.ids and any(
            self.env[model].sudo().search_count([(name, "in", self.ids)], limit=1) for model, name in EVIDENCE
        ):
            raise UserError(self.env._("This file is evidence of an event and cannot be changed or deleted."))
