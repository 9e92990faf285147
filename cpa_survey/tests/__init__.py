from . import test_survey_rule
