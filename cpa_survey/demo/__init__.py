from . import cpa_survey_demo
