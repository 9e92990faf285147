from . import (
    test_committee,
    test_lifecycle_guard,
    test_nothing_leaves,
    test_people,
    test_plain_user,
    test_policy,
    test_record_rules,
    test_reference,
    test_request_path,
    test_today,
    test_tools,
)
