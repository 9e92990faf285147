from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.addons.cpa_beneficiary.tests.common import CpaCommon
from odoo.tests import new_test_user

ASKED = "2026-03-10 09:00:00"  # noon in Riyadh
COUNTED = "2026-04-20 09:00:00"  # the last survey of March has closed


class SurveyCommon(CpaCommon):
    """People who are asked and answer, without walking the path of a request for each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("ar_001", "en_US"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.Invitation = cls.env["cpa.survey.invitation"]
        cls.Figure = cls.env["cpa.survey.figure"]
        cls.company = cls.env.company
        cls.rule = cls.env.ref("cpa_survey.cpa_survey_rule_reply")
        cls.survey = cls.rule.survey_id
        cls.second = new_test_user(cls.env, "cpa_second", groups="cpa_beneficiary.group_officer", name="Second officer")
        cls.third = new_test_user(cls.env, "cpa_third", groups="cpa_beneficiary.group_officer", name="Third officer")
        cls.number = 0
        # nothing but our own commits, which a test takes back
        cls.startClassPatcher(patch.object(cls.registry["ir.cron"], "_commit_progress", lambda *args, **kw: 1e9))

    @classmethod
    def ask(cls, *staff, rule=None, at=ASKED, **place):
        """Return the open invitations of more people, one for each of the ``staff`` who served (the officer)."""
        vals_list = []
        with freeze_time(at):
            day = datetime.fromisoformat(at).date()
            for user in staff or [cls.officer]:
                cls.number += 1
                vals_list.append(
                    {
                        "rule_id": (rule or cls.rule).id,
                        "event_key": f"test,{cls.number}",
                        "partner_id": cls.company.partner_id.id,
                        "company_id": cls.company.id,
                        "due_at": at,
                        "state": "sent",
                        "way": "email",
                        "month": day.replace(day=1),
                        "open_until": day + timedelta(days=14),
                        "staff_id": user.id,
                        **place,
                    }
                )
            return cls.Invitation.create(vals_list)

    @classmethod
    def consent(cls, beneficiary, event="given"):
        """Record that a person says yes or no to be asked."""
        purpose = cls.env.ref("cpa_beneficiary.consent_purpose_surveys")
        cls.env["cpa.consent"].with_user(cls.officer)._record(
            beneficiary.with_user(cls.officer), purpose, event, "counter"
        )

    @classmethod
    def values(cls, survey, score, comment=""):
        """Return the answers to all questions of a survey with the same score."""
        values = {question: str(score) for question in survey.question_ids if question.question_type == "scale"}
        return values | {question: comment for question in survey.question_ids if comment and question not in values}

    @classmethod
    def answer(cls, invitation, score=5, comment="", at=ASKED):
        with freeze_time(at):
            return invitation._answer(cls.values(invitation.rule_id.survey_id, score, comment))

    @classmethod
    def answers(cls, scores, staff=None, at=ASKED, **place):
        """Let somebody be satisfied by each of these scores, about the work of the given staff in turn."""
        staff = staff or cls.officer | cls.second | cls.third
        asked = cls.ask(*(staff[number % len(staff)] for number in range(len(scores))), at=at, **place)
        for invitation, score in zip(asked, scores, strict=True):
            cls.env["cpa.survey.fact"]._count(invitation._place(), [("satisfaction", score)])

    @classmethod
    def count(cls, at=COUNTED):
        """Let the job count what has closed, and return all figures of satisfaction."""
        with freeze_time(at):
            cls.Invitation._cron_send()
            cls.Figure._cron_count()
        return cls.figures()

    @classmethod
    def figures(cls, **cell):
        domain = [("company_id", "=", cls.company.id), ("measure", "=", "satisfaction")]
        return cls.Figure.search(domain + [(name, "=", value) for name, value in cell.items()])

    @classmethod
    def facts(cls):
        """Return what is stored of the answers, as only the database shows it."""
        cls.env.cr.execute("SELECT * FROM cpa_survey_fact")
        return cls.env.cr.dictfetchall()


__all__ = ["ASKED", "COUNTED", "SurveyCommon", "freeze_time"]
