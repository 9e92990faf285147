from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged

from ..models.cpa_policy_indicator import Scope
from .common import ROLES, CpaCommon


@tagged("post_install", "-at_install")
class TestPolicyIndicators(CpaCommon):
    """Each clause has figures that can fail; each figure opens what it counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.beneficiary = cls.make_beneficiary()
        cls.Indicator = cls.env["cpa.policy.indicator"].with_user(cls.manager)

    def scope(self, begin, end, branch=None, service=None):
        return Scope(
            self.env.company,
            date.fromisoformat(begin),
            date.fromisoformat(end),
            branch or self.env["cpa.branch"],
            service or self.env["cpa.service"],
        )

    def answered(self, submitted, replied, **vals):
        """Return a consultation that was submitted and answered at these moments (UTC)."""
        with freeze_time(submitted):
            request = self.submit(self.make_request(**{"beneficiary_id": self.beneficiary.id, **vals}))
        with freeze_time(replied):
            request.write({"state": "in_progress"})
            request.write(
                {
                    "reply_text": "What was told",
                    "reply_channel_id": self.channel.id,
                    "reply_late_reason": "The adviser was away",
                    "state": "done",
                }
            )
        return request

    def opened(self, indicator, scope, user=None):
        """Return the records that the figure opens, as the user who opens them finds them."""
        action = indicator.with_user(user or self.manager)._opened(scope)
        model = self.env[action["res_model"]].with_user(user or self.manager)
        return model.with_context(**action["context"]).search(action["domain"])

    def test_days_are_those_of_riyadh(self):
        """At 21:30 UTC on the last day of a month it is the next month in Najran."""
        march = self.answered("2026-03-01 09:00:00", "2026-03-31 20:30:00")
        april = self.answered("2026-03-01 09:00:00", "2026-03-31 21:30:00")
        late = self.Indicator.search([("code", "=", "P-05.late")])
        for scope, request in (
            (self.scope("2026-03-01", "2026-03-31"), march),
            (self.scope("2026-04-01", "2026-04-30"), april),
        ):
            measure = self.Indicator._measured(scope, ["P-05.late"])["P-05.late"]
            self.assertEqual((measure.value, measure.counted, measure.of), (100, 1, 1))
            self.assertEqual(self.opened(late, scope), request.with_user(self.manager))

    def test_nothing_happened(self):
        """No evidence in this period is said: it is neither 0 nor 100 percent."""
        scope = self.scope("2019-01-01", "2019-03-31")
        measures = self.Indicator._measured(scope, ["P-05.late", "P-05.unanswered", "P-05.days"])
        self.assertEqual([(m.value, m.counted, m.of) for m in measures.values()], [(None, 0, 0)] * 3)

    def test_branch_and_service(self):
        other = self.env.ref("cpa_beneficiary.service_inquiry", raise_if_not_found=False) or self.consultation.copy(
            {"code": "OTHER"}
        )
        mine = self.answered("2026-03-01 09:00:00", "2026-03-05 09:00:00", branch_id=self.branch.id)
        self.answered("2026-03-01 09:00:00", "2026-03-09 09:00:00", service=other)
        whole = self.scope("2026-03-01", "2026-03-31")

        def days(scope):
            return self.Indicator._measured(scope, ["P-05.days"])["P-05.days"]

        self.assertEqual(days(whole)[:3], (6, 2, 2))
        self.assertEqual(days(whole._replace(branch=self.branch))[:3], (4, 1, 1))
        self.assertEqual(days(whole._replace(service=other))[:3], (8, 1, 1))
        self.assertEqual(days(whole._replace(service=other, branch=self.branch))[:3], (None, 0, 0))
        indicator = self.Indicator.search([("code", "=", "P-05.days")])
        self.assertEqual(self.opened(indicator, whole._replace(branch=self.branch)), mine.with_user(self.manager))

    def test_previous_period(self):
        for period, before in (
            (("2026-04-01", "2026-06-30"), ("2026-01-01", "2026-03-31")),
            (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
            (("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31")),
            (("2026-03-10", "2026-03-16"), ("2026-03-03", "2026-03-09")),
        ):
            previous = self.scope(*period).previous()
            self.assertEqual((previous.date_from, previous.date_to), tuple(map(date.fromisoformat, before)))

    def test_who_sees_them(self):
        """P-38, governance: the manager and the auditor; nobody changes the catalogue."""
        scope = self.scope("2026-01-01", "2026-03-31")
        for role in ROLES:
            indicators = self.env["cpa.policy.indicator"].with_user(getattr(self, role))
            if role in ("manager", "auditor"):
                self.assertTrue(indicators._measured(scope))
                with self.assertRaises(AccessError):
                    indicators.search(Domain.TRUE, limit=1).write({"sequence": 1})
            else:
                with self.assertRaises(AccessError):
                    indicators._measured(scope)

    def test_each_is_measured_and_opens_what_it_counted(self):
        """The whole catalogue: each indicator has its method, and its figure is the number of what it opens."""
        self.answered("2026-03-01 09:00:00", "2026-03-31 20:30:00")
        scope = self.scope("2026-01-01", "2026-12-31")
        measured = self.Indicator._measured(scope)
        for indicator in self.Indicator.search(Domain.TRUE):
            with self.subTest(indicator=indicator.code):
                measure = measured[indicator.code]
                self.assertEqual(len(self.opened(indicator, scope)), measure.counted)
