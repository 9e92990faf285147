from . import (
    cpa_satisfaction_source,
    cpa_survey_comment,
    cpa_survey_fact,
    cpa_survey_figure,
    cpa_survey_invitation,
    cpa_survey_own_figure,
    cpa_survey_rule,
    res_company,
    survey_question,
    survey_survey,
    survey_user_input,
)
