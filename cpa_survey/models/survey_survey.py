from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

MOST_QUESTIONS = 5
# What a satisfaction survey is, whatever its form says: invited people only, no login, no marks, no certificate.
FIXED = {
    "access_mode": "token",
    "users_login_required": False,
    "scoring_type": "no_scoring",
    "certification": False,
    "is_time_limited": False,
    "is_attempts_limited": False,
    "questions_layout": "one_page",
    "questions_selection": "all",
    "session_state": False,
}


class SurveySurvey(models.Model):
    """A satisfaction survey (``cpa``): short, without a login, and whose answers are tied to nobody (P-16)."""

    _inherit = "survey.survey"

    survey_type = fields.Selection(selection_add=[("cpa", "Satisfaction")], ondelete={"cpa": "set default"})

    def _compute_allowed_survey_types(self):
        super()._compute_allowed_survey_types()
        for survey in self.filtered("allowed_survey_types"):
            survey.allowed_survey_types = [*survey.allowed_survey_types, "cpa"]

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([vals | FIXED if vals.get("survey_type") == "cpa" else vals for vals in vals_list])

    def write(self, vals):
        if vals.get("survey_type") == "cpa":
            return super().write(vals | FIXED)
        ours = self.filtered(lambda survey: survey.survey_type == "cpa")
        if ours and vals.get("survey_type"):
            raise UserError(self.env._("A satisfaction survey stays one: its answers were promised to be anonymous."))
        if ours and vals.keys() & FIXED.keys():
            super(SurveySurvey, self - ours).write(vals)
            return super(SurveySurvey, ours).write(vals | FIXED)
        return super().write(vals)

    @api.constrains("survey_type", "question_and_page_ids")
    def _check_cpa_questions(self):
        for survey in self.filtered(lambda survey: survey.survey_type == "cpa"):
            if len(survey.question_ids) > MOST_QUESTIONS:
                raise ValidationError(
                    self.env._("“%s”: at most five questions, so that nobody gives up on a telephone.", survey.title)
                )
            survey.question_ids._check_cpa_question()

    # ------------------------------------------------------------------
    # Answers are tied to nobody
    # ------------------------------------------------------------------

    def _create_answer(self, user=False, partner=False, email=False, test_entry=False, **kwargs):
        """Of a satisfaction survey an answer begins without a person, whoever answers.

        :raise UserError: it is to be sent to somebody by hand
        """
        ours = self.filtered(lambda survey: survey.survey_type == "cpa")
        if not ours:
            return super()._create_answer(user=user, partner=partner, email=email, test_entry=test_entry, **kwargs)
        if partner or email:
            raise UserError(ours._cpa_only_by_rule())
        kwargs = {name: value for name, value in kwargs.items() if name == "check_attempts"}
        tester = user if test_entry else False
        answers = super(SurveySurvey, ours)._create_answer(user=tester, test_entry=test_entry, **kwargs)
        answers.sudo().write({"partner_id": False, "email": False, "nickname": False})  # whoever tests is nobody too
        return answers | super(SurveySurvey, self - ours)._create_answer(user=user, test_entry=test_entry, **kwargs)

    def _check_answer_creation(self, user, partner, email, test_entry=False, **kwargs):
        if self.survey_type == "cpa" and (partner or email):
            raise UserError(self._cpa_only_by_rule())
        return super()._check_answer_creation(user, partner, email, test_entry=test_entry, **kwargs)

    def action_send_survey(self):
        if any(survey.survey_type == "cpa" for survey in self):
            raise UserError(self._cpa_only_by_rule())
        return super().action_send_survey()

    def _cpa_only_by_rule(self):
        return self.env._("A satisfaction survey goes out by its rules, so that no answer is tied to a person.")

    def _cpa_is_open(self):
        """Return whether the survey may be answered: it is neither closed nor empty."""
        self.ensure_one()
        return self.active and bool(self.question_ids)

    def _cpa_read(self, typed):
        """Return what was typed on the page as values of the survey's questions, and what is wrong with it.

        :param dict typed: by ``q<id of the question>``, as it came in
        :return: ``({question: value}, {question id: message})``
        """
        self.ensure_one()
        values, errors = {}, {}
        for question in self.question_ids:
            value = (typed.get(f"q{question.id}") or "").strip()
            problem = question._cpa_problem(value)
            if problem:
                errors[question.id] = problem
            elif value:
                values[question] = value
        return values, errors

    def _cpa_count(self, values, place):
        """Count an answer and forget it.

        :param values: ``{survey.question: value}``, checked (see ``_cpa_read``)
        :param dict place: where it was given (see ``cpa.survey.fact``)
        """
        self.ensure_one()
        quiet = {"mail_create_nolog": True, "mail_create_nosubscribe": True, "tracking_disable": True}
        answer = self.with_context(**quiet)._create_answer()
        answer._cpa_fill(values)
        answer.with_context(cpa_survey_place=place)._mark_done()
