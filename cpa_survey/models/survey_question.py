from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What a question measures: the scale of each (lowest, highest).
SATISFACTION, NPS = (1, 5), (0, 10)
MEASURES = [
    ("satisfaction", "Satisfaction"),
    ("respect", "Courtesy and respect"),
    ("time", "Enough time"),
    ("answers", "Questions answered"),
    ("clarity", "Clear now"),
    ("quality", "Quality of what was given"),
    ("ease", "Ease"),
    ("perception", "Impression of the association"),
    ("trust", "Trust: would recommend us"),
    ("training", "Training and tools"),
]
MOST_LETTERS = 1000


class SurveyQuestion(models.Model):
    _inherit = "survey.question"

    cpa_measure = fields.Selection(
        MEASURES, "Measures", help="What figures of satisfaction this question gives. Empty: a comment."
    )

    @api.constrains("cpa_measure", "question_type", "scale_min", "scale_max", "save_as_email", "save_as_nickname")
    def _check_cpa_measure(self):
        self.filtered(lambda question: question.survey_id.survey_type == "cpa")._check_cpa_question()
        self.survey_id._check_cpa_questions()

    def _check_cpa_question(self):
        """:raise ValidationError: a question of a satisfaction survey asks for more than a score or a comment"""
        for question in self:
            if question.is_page:
                continue
            if question.question_type == "text_box" and not question.cpa_measure:
                continue
            scale = NPS if question.cpa_measure == "trust" else SATISFACTION
            if (
                question.question_type != "scale"
                or not question.cpa_measure
                or (question.scale_min, question.scale_max) != scale
            ):
                raise ValidationError(
                    self.env._(
                        "“%s”: a satisfaction survey asks for a score from 1 to 5, for trust from 0 to 10, or for a "
                        "comment, and nothing else.",
                        question.title,
                    )
                )

    def _cpa_problem(self, value):
        """Return what is wrong with an answer as it was typed, in the reader's language; "" if nothing is."""
        self.ensure_one()
        if self.question_type == "text_box":
            return self.env._("Please write it shorter.") if len(value) > MOST_LETTERS else ""
        if not value:
            return self.env._("Please choose an answer.") if self.constr_mandatory else ""
        scores = [str(score) for score in range(self.scale_min, self.scale_max + 1)]
        return "" if value in scores else self.env._("Please choose one of the answers shown.")
