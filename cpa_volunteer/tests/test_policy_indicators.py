from datetime import date

from freezegun import freeze_time
from odoo.addons.cpa_beneficiary.models.cpa_policy_indicator import Scope
from odoo.tests import tagged

from .common import VolunteerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-10 09:00:00")
class TestPolicyIndicators(VolunteerCommon):
    """P-01, P-24: volunteers' agreements, their hours, and who did not come."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.signed = cls.vet(cls.make_volunteer())
        cls.sign_agreement(cls.signed)
        cls.unsigned = cls.make_volunteer("نورة تجريبية", "0507654322", number="1034567899")
        env = cls.env
        env.flush_all()
        env.cr.execute(
            "UPDATE cpa_volunteer SET state = 'active' WHERE id IN %s; "
            "UPDATE cpa_agreement SET signed_at = '2026-03-31 20:30', date_from = '2026-03-01'",
            [(cls.signed.id, cls.unsigned.id)],
        )
        opportunity = env["cpa.opportunity"].create(
            {
                "name": "T",
                "kind": "office",
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "branch_id": cls.branch.id,
            }
        )
        env.flush_all()
        env.cr.execute(
            """
            INSERT INTO cpa_shift (opportunity_id, company_id, start, stop, hours, capacity, taken)
            SELECT %(opportunity)s, %(company)s, stop::timestamp - interval '2 hours', stop::timestamp, 2, 9, 0
            FROM (VALUES ('2026-03-10 12:00'), ('2026-03-11 12:00'), ('2026-03-12 12:00'), ('2026-03-31 20:30'),
                ('2026-03-31 21:30')) AS v(stop);
            INSERT INTO cpa_participation (volunteer_id, shift_id, opportunity_id, company_id, start, stop, state,
                hours_approved)
            SELECT %(volunteer)s, id, opportunity_id, company_id, start, stop,
                (ARRAY['closed', 'closed', 'absent', 'attended', 'closed'])[row_number() OVER (ORDER BY stop)], 2.5
            FROM cpa_shift WHERE opportunity_id = %(opportunity)s
            """,
            {"opportunity": opportunity.id, "company": env.company.id, "volunteer": cls.signed.id},
        )
        env.invalidate_all()

    def scope(self, **scope):
        none = (self.env["cpa.branch"], self.env["cpa.service"])
        return Scope(self.env.company, date(2026, 1, 1), date(2026, 3, 31), *none)._replace(**scope)

    def measured(self, **scope):
        return self.env["cpa.policy.indicator"].with_user(self.manager)._measured(self.scope(**scope))

    def test_shifts(self):
        """At 21:30 UTC it is April in Najran: four of the five places belong to the quarter."""
        measured = self.measured(branch=self.branch)
        self.assertEqual(measured["P-24.hours"][:3], (5, 2, 4))
        self.assertEqual(measured["P-24.attended"][:3], (75, 3, 4))
        self.assertEqual(measured["P-24.absent"][:3], (25, 1, 4))
        self.assertEqual(measured["P-24.unapproved"][:3], (1, 1, 4))
        other = self.env["cpa.branch"].create({"name": "Other", "governorate_id": self.najran.id})
        self.assertIsNone(self.measured(branch=other)["P-24.hours"].value)

    def test_agreements(self):
        volunteers = self.env["cpa.volunteer"].search_count([("state", "=", "active")])
        measured = self.measured()
        self.assertEqual(measured["P-01.unsigned"].of, volunteers)
        self.assertEqual(measured["P-01.volunteers"].counted + measured["P-01.unsigned"].counted, volunteers)
        self.assertGreaterEqual(measured["P-01.volunteers"].counted, 1)
        earlier = self.measured(date_from=date(2025, 10, 1), date_to=date(2025, 12, 31))
        self.assertEqual(earlier["P-01.unsigned"].counted, volunteers, "nobody had signed yet")

    def test_each_opens_what_it_counted(self):
        measured = self.measured()
        Indicator = self.env["cpa.policy.indicator"].with_user(self.manager)
        for indicator in Indicator.search([("clause_code", "in", ("P-01", "P-24"))]):
            action = indicator._opened(self.scope())
            records = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"])
            with self.subTest(code=indicator.code):
                self.assertEqual(len(records.search(action["domain"])), measured[indicator.code].counted)
