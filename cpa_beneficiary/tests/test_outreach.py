from datetime import timedelta

from freezegun import freeze_time
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..tools.links import sign
from .common import CpaCommon

MORNING = "2030-03-04 07:00:00"  # ten o'clock in Riyadh


class OutreachCommon(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # nobody else consents: these tests count whom they reach
        cls.env.cr.execute("UPDATE cpa_consent SET event = 'withdrawn'")
        cls.people = cls.make_beneficiary(name="سالم", number="1034567899", branch_id=cls.branch.id)
        cls.people |= cls.make_beneficiary(name="علي", number="1045678909")
        cls.silent = cls.make_beneficiary(name="سعيد", number="1056789017")
        for file in cls.people:
            cls.say(file, "given", "outreach_call")
            cls.say(file, "given", "outreach_message")

    @classmethod
    def say(cls, file, event, code):
        purpose = cls.env["cpa.consent.purpose"].search([("code", "=", code)])
        cls.env["cpa.consent.wizard"].with_user(cls.officer).create(
            {"beneficiary_id": file.id, "purpose_id": purpose.id, "event": event, "method": "counter"}
        ).action_record()

    @classmethod
    def make_outreach(cls, user=None, **values):
        values = {"name": "Free consultations", "service_id": cls.consultation.id, "text": "We offer"} | values
        outreach = cls.env["cpa.outreach"].with_user(user or cls.officer).create(values)
        for code, _name in cls.env["res.lang"].get_installed():
            outreach.with_context(lang=code).text = values["text"]
        return outreach

    def start(self, **values):
        outreach = self.make_outreach(**values)
        outreach.write({"state": "running"})
        return outreach


@tagged("post_install", "-at_install")
@freeze_time(MORNING)
class TestOutreach(OutreachCommon):
    """P-07: reaching people by the easiest means, without their having to ask; only those who consented."""

    # ------------------------------------------------------------------
    # The audience
    # ------------------------------------------------------------------

    def test_only_who_consents_to_this_way(self):
        """P-07: a consent to messages is none to calls."""
        self.say(self.people[0], "withdrawn", "outreach_call")
        self.assertEqual(self.start().contact_ids.beneficiary_id, self.people[1])
        self.assertEqual(self.start(way="sms").contact_ids.beneficiary_id, self.people[0])

    def test_the_audience(self):
        """P-07: by segment, governorate, branch, service had, lapsed contact and age of the file."""
        first, second = self.people
        segment = self.env["cpa.segment"].create({"name": "Test segment"})
        first.segment_ids |= segment
        first.governorate_id = self.env.ref("cpa_beneficiary.cpa_governorate_sharurah")
        self.submit(self.make_request(self.consultation, beneficiary_id=second.id))
        self.env.flush_all()
        self.env.cr.execute("UPDATE cpa_beneficiary SET create_date = %s", ("2030-03-01",))
        self.env.cr.execute("UPDATE cpa_beneficiary SET create_date = %s WHERE id = %s", ("2020-01-01", first.id))
        self.env.invalidate_all()
        for values, expected in (
            ({"segment_ids": segment.ids}, first),
            ({"governorate_ids": first.governorate_id.ids}, first),
            ({"branch_ids": self.branch.ids}, first),
            ({"had_service_ids": self.consultation.ids}, second),
            ({"quiet_months": 6}, first),
            ({"file_months": 12}, first),
            ({}, self.people),
        ):
            with self.subTest(values):
                outreach = self.make_outreach(**values)
                self.assertEqual(
                    self.env["cpa.beneficiary"].search(outreach._audience_domain()), expected.sorted("id", True)
                )
                self.assertEqual(outreach.audience_count, len(expected))

    def test_an_inquiry_or_a_visit_is_contact(self):
        """P-07: who asked something lately is not lapsed."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE cpa_beneficiary SET create_date = '2020-01-01'")
        lead = {"name": "Asked", "is_inquiry": True, "channel_id": self.channel.id}
        lead = (
            self.env["crm.lead"]
            .with_user(self.officer)
            .create(
                {**lead, "partner_id": self.people[0].partner_id.id, "question_ids": [Command.create({"name": "?"})]}
            )
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = '2030-03-01' WHERE id = %s", (lead.id,))
        outreach = self.make_outreach(quiet_months=1)
        found = self.env["cpa.beneficiary"].search(outreach._audience_domain())
        self.assertEqual(found, self.people[1])

    def test_nobody_is_approached_twice(self):
        """P-07: two outreaches do not meet, and who was reached rests for the days of the setting."""
        first = self.start()
        with self.assertRaisesRegex(UserError, "nobody of this audience"):
            self.start()
        first.contact_ids.action_reached()
        first.write({"state": "done"})
        with freeze_time("2030-04-02 07:00:00"), self.assertRaisesRegex(UserError, "nobody of this audience"):
            self.start()
        with freeze_time("2030-04-04 07:00:00"):
            self.assertEqual(len(self.start().contact_ids), 2)

    def test_drawn_in_one_pass(self):
        """Design "Size and speed": drawing thirty people costs as many queries as drawing two."""

        def cost(number):
            segment = self.env["cpa.segment"].create({"name": f"Segment {number}"})
            files = self.env["cpa.beneficiary"].browse()
            for n in range(number):
                phone = f"05{number:02}{n:06}"
                files |= self.make_beneficiary(name=f"م {n}", number=None, registered=False, phone=phone)
            files.segment_ids = segment
            purpose = self.env["cpa.consent.purpose"].search([("code", "=", "outreach_call")])
            self.env["cpa.consent"]._append_events(files.partner_id, purpose, "given", "paper")
            outreach = self.make_outreach(segment_ids=segment.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            outreach._draw()
            spent = self.cr.sql_log_count - before
            self.assertEqual(len(outreach.contact_ids), number)
            return spent

        cost(1)
        self.assertEqual(cost(2), cost(30))

    def test_counts_in_grouped_queries(self):
        outreaches = self.start() | self.make_outreach() | self.make_outreach()
        self.env.flush_all()
        outreaches._compute_counts()
        for some in (outreaches[:1], outreaches):
            with self.assertQueryCount(2):
                some._compute_counts()
        self.assertEqual((outreaches[0].contact_count, outreaches[0].waiting_count), (2, 2))

    def test_said_in_every_language(self):
        """P-07: what is offered is written in Arabic and English before anybody hears it."""
        if len(self.env["res.lang"].get_installed()) < 2:
            return
        outreach = self.env["cpa.outreach"].with_user(self.officer)
        outreach = outreach.create({"name": "One language", "service_id": self.consultation.id, "text": "We offer"})
        with self.assertRaisesRegex(UserError, "What we say, in"):
            outreach.write({"state": "running"})

    # ------------------------------------------------------------------
    # The calls
    # ------------------------------------------------------------------

    def test_each_outcome_stands_on_the_file(self):
        """P-07: who called, when, how, and what came of it, on the person's own file."""
        contact = self.start().contact_ids[0].with_user(self.officer)
        contact.action_not_interested()
        self.assertEqual((contact.state, contact.user_id, contact.tries), ("not_interested", self.officer, 1))
        self.assertEqual(contact.contacted_at, fields.Datetime.to_datetime(MORNING))
        message = contact.beneficiary_id.message_ids[0]
        self.assertIn("Free consultations", message.body)
        self.assertEqual(message.author_id, self.officer.partner_id)
        move = self.env["cpa.request.move"].search([("res_model", "=", contact._name), ("res_id", "=", contact.id)])
        self.assertEqual((move.from_state, move.to_state, move.user_id), ("waiting", "not_interested", self.officer))

    def test_no_answer_is_tried_again(self):
        """P-07: three calls, a day apart, then it is let go; the calls of the setting."""
        contact = self.start().contact_ids[0].with_user(self.officer)
        for day in (4, 5):
            with freeze_time(f"2030-03-{day:02} 07:00:00"):
                contact.action_no_answer()
                self.assertEqual(contact.state, "waiting")
                self.assertEqual(contact.next_try_on.day, day + 1)
        with freeze_time("2030-03-06 07:00:00"):
            contact.action_no_answer()
        self.assertEqual((contact.state, contact.tries), ("no_answer", 3))
        self.assertEqual(len(contact.beneficiary_id.message_ids.filtered(lambda m: "Free" in (m.body or ""))), 3)

    def test_wants_opens_a_request(self):
        """P-07, P-20: an offer opens a request in one step, with the channel and the outreach named."""
        contact = self.start().contact_ids[0].with_user(self.officer)
        action = contact.action_wants()
        request = self.env["cpa.request"].browse(action["res_id"])
        self.assertEqual(request.service_id, self.consultation)
        self.assertEqual((request.channel_id.code, request.phone_direction), ("phone", "out"))
        self.assertEqual((request.outreach_id, request.initiative), (contact.outreach_id, "proactive"))
        self.assertEqual((contact.state, contact.request_id), ("wants", request))
        self.assertEqual(contact.action_wants()["res_id"], request.id, "a second tap opens the same one")
        self.assertEqual(self.make_request().initiative, "reactive")
        self.assertEqual((contact.outreach_id.wants_count, contact.outreach_id.request_count), (1, 1))
        with self.assertRaises(UserError):
            request.outreach_contact_id = False

    def test_withdrawn_before_the_call(self):
        """P-07: who withdraws is off the list at once, and nobody records a call to him."""
        contacts = self.start().contact_ids
        self.say(self.people[0], "withdrawn", "outreach_call")
        gone = contacts.filtered(lambda contact: contact.beneficiary_id == self.people[0])
        self.assertEqual(gone.state, "skipped")
        with self.assertRaises(UserError):
            gone.with_user(self.officer).action_reached()
        self.assertEqual((contacts - gone).state, "waiting")

    def test_no_more_calls(self):
        """PDPL: who says so on the telephone is called no more; his consent is withdrawn with a row."""
        contact = self.start().contact_ids[0].with_user(self.officer)
        contact.action_no_more()
        self.assertEqual(contact.state, "not_interested")
        latest = self.env["cpa.consent"].search([("partner_id", "=", contact.beneficiary_id.partner_id.id)], limit=1)
        self.assertEqual((latest.event, latest.method, latest.purpose_id.code), ("withdrawn", "phone", "outreach_call"))

    def test_quiet_hours(self):
        """Design "Notices": nobody is called at night."""
        contact = self.start().contact_ids[0].with_user(self.officer)
        with freeze_time("2030-03-04 20:00:00"):
            for action in (contact.action_reached, contact.action_no_answer):
                with self.assertRaisesRegex(UserError, "quiet hours"):
                    action()

    def test_wrong_number(self):
        """P-32: a number that is not his is to be found."""
        contact = self.start().contact_ids[0].with_user(self.officer)
        contact.action_wrong_number()
        self.assertIn("right telephone number", contact.beneficiary_id.activity_ids.summary)

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    def texts(self):
        return self.env["sms.sms"].search([("cpa_outreach_contact_id", "!=", False)])

    def test_text_messages(self):
        """P-07: texts leave in the morning, to those who consent then, each with the link that stops them."""
        with freeze_time("2030-03-04 20:00:00"):
            outreach = self.start(way="sms")
            self.env.ref("cpa_beneficiary.cron_outreach").method_direct_trigger()
        self.assertFalse(self.texts())
        self.say(self.people[0], "withdrawn", "outreach_message")
        with freeze_time("2030-03-05 07:00:00"):
            self.env.ref("cpa_beneficiary.cron_outreach").method_direct_trigger()
        text = self.texts()
        self.assertEqual(text.number, self.people[1].phone)
        self.assertRegex(text.body, r"(?s)We offer.*/stop/")
        states = {contact.beneficiary_id: contact.state for contact in outreach.contact_ids}
        self.assertEqual(states, {self.people[0]: "skipped", self.people[1]: "sent"})

    def test_withdrawn_while_the_text_waits(self):
        """P-07: a text in the outbox does not leave after the withdrawal, neither by hand nor by the queue."""
        queue = self.env.ref("sms.ir_cron_sms_scheduler_action")
        for way in (lambda texts: texts.send(unlink_sent=False), lambda _texts: queue.method_direct_trigger()):
            self.start(way="sms").contact_ids._send()
            waiting = self.texts().filtered(lambda sms: sms.state == "outgoing")
            self.say(self.people[0], "withdrawn", "outreach_message")
            gone = waiting.filtered(lambda sms: sms.partner_id == self.people[0].partner_id)
            way(waiting)
            self.assertEqual(gone.state, "canceled")
            self.assertNotEqual((waiting - gone).exists().mapped("state"), ["canceled"])
            self.say(self.people[0], "given", "outreach_message")
            waiting.cpa_outreach_contact_id.sudo()._lifecycle_set({"contacted_at": False})

    def test_mailing(self):
        """P-07: Odoo's mass mailing when it is switched on, to the people drawn, who still consent."""
        for file in self.people:
            file.partner_id.email = f"p{file.id}@example.com"
        with self.assertRaisesRegex(UserError, "Mass mailing"):
            self.start(user=self.manager, way="mailing")
        self.env.company.cpa_mailing_on = True
        outreach = self.start(user=self.manager, way="mailing")
        self.say(self.people[0], "withdrawn", "outreach_message")
        outreach.mailing_id.invalidate_recordset(["total"])
        self.assertEqual(outreach.mailing_id.total, 1)
        outreach.mailing_id.action_send_mail()
        states = {contact.beneficiary_id: contact.state for contact in outreach.contact_ids}
        self.assertEqual(states, {self.people[0]: "skipped", self.people[1]: "sent"})

    # ------------------------------------------------------------------
    # Roles
    # ------------------------------------------------------------------

    def test_roles(self):
        """P-07: officers and managers run it, a delegate calls the people of his branches, others only read."""
        outreach = self.start()
        own = outreach.contact_ids.with_user(self.delegate).search([])
        self.assertEqual(own.beneficiary_id.sudo(), self.people[0])
        own.action_reached()
        self.assertEqual(own.user_id, self.delegate)
        with self.assertRaises(AccessError):
            self.make_outreach(user=self.delegate)
        for user in (self.auditor, self.privacy):
            self.assertTrue(outreach.with_user(user).contact_ids.mapped("state"))
            with self.assertRaises(AccessError):
                outreach.contact_ids.with_user(user).write({"note": "x"})
        for user in (self.plain, self.researcher, self.member, self.secretary):
            with self.assertRaises(AccessError):
                outreach.contact_ids.with_user(user).mapped("state")
        with self.assertRaises(AccessError):
            self.env["cpa.outreach.contact"].with_user(self.manager).create(
                {"outreach_id": outreach.id, "beneficiary_id": self.silent.id, "way": "call", "company_id": 1}
            )


@tagged("post_install", "-at_install")
class TestStop(OutreachCommon, HttpCase):
    """PDPL: opting out of messages is one tap, without a login."""

    def test_one_tap(self):
        partner = self.people[0].partner_id
        url = sign(self.env, "/stop", partner.ids, fields.Datetime.now() + timedelta(days=1))
        asked = self.url_open(url)
        self.assertEqual(asked.status_code, 200)
        self.assertTrue(self.env["cpa.consent"]._in_force("outreach_message", partner), "reading changes nothing")
        self.assertEqual(self.url_open(url, data={}, method="POST").status_code, 200)
        self.assertFalse(self.env["cpa.consent"]._in_force("outreach_message", partner))
        self.assertTrue(self.env["cpa.consent"]._in_force("outreach_call", partner), "calls are another purpose")
        latest = self.env["cpa.consent"].search([("partner_id", "=", partner.id)], limit=1)
        self.assertEqual((latest.event, latest.method), ("withdrawn", "link"))
        self.assertEqual(self.url_open(url + "x").status_code, 404)
        old = sign(self.env, "/stop", partner.ids, fields.Datetime.now() - timedelta(days=1))
        self.assertEqual(self.url_open(old).status_code, 404)
