from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    cpa_survey_month_limit = fields.Integer(
        "Surveys per person and month", default=2, required=True, help="Nobody is asked more often, whatever happens."
    )
    cpa_survey_link_days = fields.Integer(
        "A survey stays open (days)", default=14, required=True, help="A month is counted when its last survey closed."
    )
    cpa_survey_remind_days = fields.Integer(
        "Remind once after (days)", default=5, required=True, help="0: nobody is reminded."
    )
    cpa_survey_low = fields.Integer(
        "A figure is low below (%)", default=60, required=True, help="A low figure proposes an improvement action."
    )
    cpa_improvement_count = fields.Integer(
        "Propose an action from (requests a month)",
        default=5,
        required=True,
        help="So many of one service returned, late or suggested in a month propose an improvement action.",
    )
    cpa_culture = fields.Boolean("Quality-culture activities", help="Activities of the departments (P-16, P-17).")
    cpa_survey_counted_until = fields.Date(
        "Satisfaction counted until", readonly=True, help="The last month whose figures are out; they stay as they are."
    )

    _cpa_survey_month_limit_positive = models.Constraint(
        "CHECK(cpa_survey_month_limit >= 1)", "Who may never be asked needs no surveys: switch the rules off."
    )
    _cpa_survey_link_days_range = models.Constraint(
        "CHECK(cpa_survey_link_days BETWEEN 1 AND 60)", "A survey stays open for one day to sixty days."
    )
    _cpa_survey_remind_days_range = models.Constraint(
        "CHECK(cpa_survey_remind_days >= 0 AND cpa_survey_remind_days < cpa_survey_link_days)",
        "A reminder comes before the survey closes.",
    )
    _cpa_improvement_count_positive = models.Constraint(
        "CHECK(cpa_improvement_count >= 1)", "One request is the fewest that propose an action."
    )
    _cpa_survey_low_range = models.Constraint(
        "CHECK(cpa_survey_low BETWEEN 0 AND 100)", "A share lies between 0 and 100 %."
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._cpa_show_culture()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "cpa_culture" in vals:
            self._cpa_show_culture()
        return result

    def _cpa_show_culture(self):
        """Show the menu of culture activities while a company uses them."""
        menu = self.env.ref("cpa_survey.cpa_culture_activity_menu", raise_if_not_found=False)
        if menu:
            # a menu is shown or not, which follows from the setting that the user may write
            menu.sudo().active = bool(self.sudo().search_count([("cpa_culture", "=", True)], limit=1))
