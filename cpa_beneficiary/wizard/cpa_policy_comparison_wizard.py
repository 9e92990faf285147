from odoo import api, fields, models


class CpaPolicyComparison(models.TransientModel):
    """Two versions of the policy side by side, chosen by who looks (P-04)."""

    _name = "cpa.policy.comparison"
    _description = "Comparison of two policy versions"

    former_id = fields.Many2one("cpa.policy", "Version before", ondelete="cascade")
    latter_id = fields.Many2one("cpa.policy", "Version after", ondelete="cascade")
    difference_html = fields.Html("What changes", compute="_compute_difference_html", sanitize=False)

    @api.depends("former_id", "latter_id")
    @api.depends_context("lang")
    def _compute_difference_html(self):
        for comparison in self:
            pair = (comparison.former_id, comparison.latter_id)
            values = {"before": pair[0].version, "after": pair[1].version}
            if all(pair) and pair[0] != pair[1]:
                values["found"] = pair[1]._compared_with(pair[0])
            comparison.difference_html = self.env["ir.qweb"]._render("cpa_beneficiary.cpa_policy_comparison", values)
