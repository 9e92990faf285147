from . import (
    test_lifecycle_guard,
    test_participation,
    test_policy_indicators,
    test_volunteer,
    test_volunteer_attacks,
    test_volunteer_office,
    test_volunteer_office_access,
    test_volunteer_office_reports,
    test_volunteer_office_requests,
    test_volunteer_task,
    test_volunteering_website,
)
