from . import cpa_survey_rule
