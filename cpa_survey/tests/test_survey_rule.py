from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError


@tagged("post_install", "-at_install")
class TestSurveyRule(TransactionCase):
    """P-12: when a beneficiary is asked is a rule of the manager, not a habit of the provider."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "cpa_manager", groups="cpa_beneficiary.group_manager")
        cls.officer = new_test_user(cls.env, "cpa_officer", groups="cpa_beneficiary.group_officer")
        cls.survey = cls.env["survey.survey"].create({"title": "Test survey", "survey_type": "cpa"})

    def test_the_manager_rules(self):
        vals = {"name": "After the reply", "event_code": "reply", "survey_id": self.survey.id}
        rule = self.env["cpa.survey.rule"].with_user(self.manager).create(vals)
        with self.assertRaises(AccessError):
            rule.with_user(self.officer).read(["name"])

    def test_surveys_of_others(self):
        """The manager chooses among satisfaction surveys; those of another kind are not his to read."""
        other = self.env["survey.survey"].create({"title": "Another survey", "survey_type": "survey"})
        surveys = self.env["survey.survey"].with_user(self.manager)
        self.assertEqual(surveys.search([("id", "in", (self.survey | other).ids)]), self.survey)
        with self.assertRaises(AccessError):
            surveys.browse(other.id).read(["title"])

    @mute_logger("odoo.sql_db")
    def test_not_before_the_event(self):
        vals = {"name": "Too early", "event_code": "reply", "survey_id": self.survey.id, "delay_hours": -1}
        with self.assertRaises(IntegrityError):
            self.env["cpa.survey.rule"].with_user(self.manager).create(vals).flush_recordset()
