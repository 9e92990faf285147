"""The attacks of ``cpa_beneficiary`` on models with a lifecycle, on the improvement actions."""

from odoo.addons.cpa_beneficiary.tests import test_lifecycle_guard as guard
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestSurveyLifecycleGuard(guard.LifecycleDoors, guard.LifecycleAttack):
    """P-18: an action is planned, done, measured and closed; nobody skips a step or turns what was measured."""

    module = "cpa_survey"
    samples = {"cpa.improvement.action": lambda case: case.env["cpa.improvement.action"].create({"name": "Waiting"})}
