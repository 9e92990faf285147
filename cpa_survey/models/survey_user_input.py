from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# What would say whose an answer is.
WHOSE = ("partner_id", "email", "nickname", "invite_token")


class SurveyUserInput(models.Model):
    """Answers of satisfaction surveys are made anonymous when they are written, not guarded when they are read (P-16).

    What was scored is counted (``cpa.survey.fact``) and the answer is deleted, in the transaction that brought it.
    """

    _inherit = "survey.user_input"

    @api.model_create_multi
    def create(self, vals_list):
        answers = super().create(vals_list)
        answers._check_cpa_nobody()
        return answers

    def write(self, vals):
        result = super().write(vals)
        if any(vals.get(name) for name in WHOSE) or "survey_id" in vals:
            self._check_cpa_nobody()
        return result

    def _check_cpa_nobody(self):
        """:raise UserError: an answer of a satisfaction survey would say whose it is"""
        for answer in self.sudo():  # whose it would be must not depend on the reader
            if answer._is_cpa() and not answer.test_entry and any(answer[name] for name in WHOSE):
                raise UserError(answer.survey_id._cpa_only_by_rule())

    def _is_cpa(self):
        self.ensure_one()
        return self.survey_id.survey_type == "cpa"

    def _mark_done(self):
        ours = self.filtered(lambda answer: answer._is_cpa())
        result = super(SurveyUserInput, self - ours)._mark_done()
        ours._cpa_forget()
        return result

    def _cpa_fill(self, values):
        """Keep what was answered until it is counted.

        :param values: ``{survey.question: value}``, checked (see ``survey.survey._cpa_read``)
        """
        self.ensure_one()
        for question, value in values.items():
            self._save_lines(question, value)

    def _cpa_forget(self):
        """Count the scores, pass comments on to be screened, and delete the answers with all that hangs on them.

        Where an answer happened comes with the context of the invitation that brought it; without it (a test by
        staff) nothing is counted.
        """
        place = self.env.context.get("cpa_survey_place")
        for answer in self.filtered(lambda answer: place and not answer.test_entry):
            lines = answer.user_input_line_ids.filtered(lambda line: not line.skipped)
            scores = [
                (line.question_id.cpa_measure, line.value_scale)
                for line in lines
                if line.question_id.cpa_measure and line.answer_type == "scale"
            ]
            self.env["cpa.survey.fact"]._count(place, scores)
            texts = [line.value_text_box for line in lines if line.answer_type == "text_box"]
            self.env["cpa.survey.comment"]._take_in(place, texts)
        Message = self.env["mail.message"].sudo()  # what was logged about an answer goes with it
        Message.search(Domain("model", "=", self._name) & Domain("res_id", "in", self.ids)).unlink()
        self.sudo().unlink()  # nobody has rights on answers of this kind, and none may stay
