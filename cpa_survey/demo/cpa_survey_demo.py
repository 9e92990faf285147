"""Satisfaction of three closed months, made up: people say yes to be asked, are asked and answer; the months close."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today

MONTHS = (4, 3, 2)  # ago: all of their surveys have closed
# By measure, how people score: the replies are liked, but not everybody understood them.
SCORES = {"satisfaction": (5, 5, 4, 4, 3), "clarity": (2, 4, 3, 5, 2), "respect": (5, 4, 5, 5, 2)}
COMMENTS = (
    "الموظف كان محترماً، لكن لم أفهم سبب الرد. (بيانات تجريبية)",
    "أتمنى أن تكتبوا الرد بكلمات أبسط. (بيانات تجريبية)",
    "جزاكم الله خيراً على سرعة الرد. (بيانات تجريبية)",
)


class CpaSurveyDemo(models.AbstractModel):
    _name = "cpa.survey.demo"
    _description = "Demo story of satisfaction"

    @api.model
    def _tell(self):
        """Tell the story up to now. Called by the demo data file only."""
        from freezegun import freeze_time  # a package of tests and demo, not of a running association

        company = self.env.company
        people = self.env["cpa.beneficiary"].search([("state", "=", "registered")], limit=20, order="id")
        self._consent(people)
        today = cpa_today()
        months = [today.replace(day=1) - relativedelta(months=ago) for ago in MONTHS]
        for number, month in enumerate(months):
            with freeze_time(f"{month + timedelta(days=9)} 09:00:00"):
                self._month(month, people[: 10 + 5 * number])
        Figure = self.env["cpa.survey.figure"]
        self.env["cpa.survey.comment"]._mix()
        while month := Figure._next_month(company):
            Figure._count(company, month)
            company.cpa_survey_counted_until = month + relativedelta(months=1, days=-1)

    def _consent(self, people):
        """Those who are asked have said yes, at the counter."""
        officer = self.env.ref("cpa_beneficiary.demo_user_officer")
        purpose = self.env.ref("cpa_beneficiary.consent_purpose_surveys")
        Consent = self.env["cpa.consent"].with_user(officer)
        for person in people.with_user(officer):
            Consent._record(person, purpose, "given", "counter")

    def _month(self, month, people):
        """They are asked after the reply of this month, and most of them answer; the surveys of the month close."""
        rule = self.env.ref("cpa_survey.cpa_survey_rule_reply")
        staff = [self.env.ref(f"cpa_beneficiary.demo_user_{login}") for login in ("officer", "delegate", "manager")]
        invitations = self.env["cpa.survey.invitation"]._create_once(
            [
                {
                    "rule_id": rule.id,
                    "event_key": f"demo,{month:%Y-%m}",
                    "partner_id": person.partner_id.id,
                    "company_id": rule.company_id.id,
                    "due_at": f"{month + timedelta(days=9)} 09:00:00",
                    "state": "sent",
                    "way": "portal",
                    "month": month,
                    "open_until": month + timedelta(days=23),
                    "staff_id": staff[number % len(staff)].id,
                    "branch_id": person.branch_id.id,
                }
                for number, person in enumerate(people)
            ]
        )
        for number, invitation in enumerate(invitations):
            if number % 6 == 5:
                continue  # not everybody answers
            values = {
                question: str(SCORES[question.cpa_measure][(number + month.month) % 5])
                for question in rule.survey_id.question_ids
                if question.cpa_measure
            }
            if number < 1:
                comment = rule.survey_id.question_ids.filtered(lambda question: question.question_type == "text_box")
                values[comment] = COMMENTS[month.month % len(COMMENTS)]
            invitation._answer(values)
        invitations._close()
