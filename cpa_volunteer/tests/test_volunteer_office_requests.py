from datetime import datetime

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import VolunteerCommon


@tagged("post_install", "-at_install")
@freeze_time("2031-03-01 08:00:00")
class TestRequestBridge(VolunteerCommon):
    """A request asks volunteers for help and shows their hours; a volunteer brings people in (P-24)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.volunteer = cls.make_active(number="2234567895")
        cls.person = cls.make_beneficiary(number="1123456780")
        cls.request = cls.submit(cls.make_request(cls.support, beneficiary_id=cls.person.id, subject="سداد إيجار"))
        cls.request.write({"researcher_id": cls.researcher.id, "state": "research"})
        start = datetime(2031, 3, 3, 7)
        cls.visit = (
            cls.env["cpa.visit"]
            .with_user(cls.researcher)
            .create({"request_id": cls.request.id, "start": start, "stop": start.replace(hour=9)})
        )

    def raised(self):
        action = self.visit.with_user(self.officer).action_raise_opportunity()
        with Form(self.env["cpa.opportunity"].with_user(self.officer).with_context(**action["context"])) as form:
            form.place = "Office"
        return form.record

    def test_who_has_left_is_given_nothing(self):
        """What is raised, and who applies, goes to a coordinator who is there, and to an administrator's login last."""
        self.env.ref("base.user_admin").group_ids |= self.env.ref("cpa_volunteer.group_coordinator")
        second = new_test_user(self.env, "cpa_second_coordinator", groups="cpa_volunteer.group_coordinator")
        self.coordinator.active = False
        self.assertEqual(self.raised().coordinator_id, second)
        self.volunteer.sudo()._ask_for_vetting()
        self.assertEqual(self.volunteer.sudo().activity_ids.user_id, second)

    def test_raised_from_a_visit(self):
        """The officer raises it with day and hours; nothing of the person is in it; the coordinator publishes it."""
        opportunity = self.raised()
        self.assertEqual((opportunity.request_id, opportunity.visit_id), (self.request, self.visit))
        self.assertEqual(opportunity.shift_ids.start, self.visit.start)
        self.assertEqual(opportunity.coordinator_id, self.coordinator)
        texts = " ".join(str(opportunity[name]) for name in ("name", "place", "description", "safety_notes"))
        self.assertNotIn(self.person.name, texts)
        seen = opportunity.with_user(self.coordinator)
        self.assertIn("Plan and publish", seen.activity_ids.summary)
        with self.assertRaises(AccessError, msg="what the request is about is not the coordinator's to know"):
            seen.read(["request_id"])
        self.assertEqual(seen.request_number, self.request.number)
        with self.assertRaisesRegex(UserError, "belongs to"), self.env.cr.savepoint():
            opportunity.write({"state": "published"})
        seen.write({"description": "<p>Going along</p>", "experience": "Meeting families"})
        seen.write({"state": "published"})

    def test_hours_on_the_request(self):
        """The approved hours stand on the request, for its officer too, who reads no volunteer."""
        opportunity = self.raised().with_user(self.coordinator)
        opportunity.write({"description": "<p>Going along</p>", "experience": "Meeting families", "state": "published"})
        line = self.apply(self.volunteer, opportunity.shift_ids)
        line.action_take()
        with freeze_time("2031-03-03 07:00:00"):
            line.write({"state": "attended"})
            line.action_as_planned()
        seen = self.request.with_user(self.officer)
        self.assertEqual(seen.volunteer_hours, 0, "not before they are approved")
        with freeze_time("2031-03-03 10:00:00"):
            line.action_approve()
        seen.invalidate_recordset()
        self.assertEqual((seen.volunteer_hours, seen.opportunity_count), (2, 1))
        form = Form(seen)
        self.assertTrue(form.can_raise_opportunity)
        self.assertEqual(form.volunteer_hours, 2)
        raised = opportunity.with_user(self.officer)
        self.assertEqual((raised.taken, raised.hours_approved), (1, 2))
        with self.assertRaises(AccessError):
            line.with_user(self.officer).read(["volunteer_id"])

    def test_awareness(self):
        """An awareness session brings its day, hours and venue along; a closed request raises nothing."""
        service = self.env["cpa.service"].search([("kind", "=", "awareness")], limit=1)
        request = self.make_request(
            service,
            beneficiary_id=self.person.id,
            awareness_at=datetime(2031, 3, 10, 6),
            awareness_venue="School hall",
            awareness_body="School",
            awareness_audience="Pupils",
            awareness_headcount=30,
        )
        self.assertFalse(request.can_raise_opportunity, "a draft is nobody's word yet")
        self.submit(request)
        request.invalidate_recordset()
        self.assertTrue(request.can_raise_opportunity)
        context = request.with_user(self.officer).action_raise_opportunity()["context"]
        self.assertEqual((context["default_place"], context["default_date_from"]), ("School hall", "2031-03-10"))
        request.with_user(self.manager).write({"state": "cancelled", "move_reason": "Twice"})
        self.assertFalse(request.can_raise_opportunity)

    def test_volunteer_is_named(self):
        """P-24: the channel names the volunteer by itself where he asks or his telephone is known."""
        channel = self.env.ref("cpa_beneficiary.channel_volunteering")
        Lead = self.env["crm.lead"].with_user(self.officer).with_context(default_is_inquiry=True)
        partner = self.volunteer.partner_id
        for known in ({"partner_id": partner.id}, {"phone": "0507654321"}):
            with self.subTest(known):
                draft = Lead.new({"channel_id": channel.id, **known})
                draft._onchange_channel_id()
                self.assertEqual(draft.channel_volunteer_id._origin, partner)
        Partner = self.env["res.partner"].with_user(self.officer)
        self.assertEqual(Partner.search([("is_active_volunteer", "=", True), ("id", "in", partner.ids)]), partner)
        lead = Lead.create(
            {
                "channel_id": channel.id,
                "channel_volunteer_id": partner.id,
                "question_ids": [Command.create({"name": "A neighbour asks for help"})],
            }
        )
        self.assertEqual(lead.action_open_request()["context"]["default_channel_volunteer_id"], partner.id)
        self.volunteer.write({"state": "left", "move_reason": "Moved"})
        self.assertFalse(Partner.search([("is_active_volunteer", "=", True), ("id", "in", partner.ids)]))
