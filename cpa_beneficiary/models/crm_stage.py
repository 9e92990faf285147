from odoo import api, models
from odoo.exceptions import ValidationError


class CrmStage(models.Model):
    _inherit = "crm.stage"

    @api.constrains("is_won")
    def _check_no_open_question(self):
        """P-31: a stage does not close inquiries that still have an open question, by becoming a closing one."""
        won = self.filtered("is_won")
        # whether a question is open must not depend on who may see the inquiry
        domain = [("stage_id", "in", won.ids), ("is_inquiry", "=", True), ("open_question_count", ">", 0)]
        if self.env["crm.lead"].sudo().with_context(active_test=False).search_count(domain, limit=1):
            raise ValidationError(self.env._("An inquiry in this stage still has a question without an answer."))
