from . import (
    test_answer,
    test_counter,
    test_disclosure,
    test_figures,
    test_improvement,
    test_invitation,
    test_lifecycle_guard,
    test_nobody_knows,
    test_policy_indicators,
    test_scorecard,
    test_survey_rule,
)
