"""P-08, P-11, P-33: who studies a case, what he finds where, and what stays of it."""

from datetime import datetime

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import CpaCommon


class ResearchCommon(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.beneficiary = cls.make_beneficiary(street="طريق الملك عبدالعزيز", city="نجران")
        cls.request = cls.submit(cls.make_request(cls.support, beneficiary_id=cls.beneficiary.id))

    @classmethod
    def make_researcher(cls, login, **vals):
        return new_test_user(cls.env, login, groups="cpa_beneficiary.group_researcher", name=login, **vals)

    def research(self, request=None):
        """Send the request to research and return its study, as the researcher's."""
        request = request or self.request
        request.write({"researcher_id": self.researcher.id, "state": "research"})
        return request.with_user(self.researcher).study_ids

    def fill(self, study):
        study.write(
            {
                "findings": "What was found",
                "need_level": "high",
                "need_assessment": "What is needed",
                "recommendation": "partial",
                "recommended_amount": 700,
                "recommendation_reason": "The rent of one month",
                "recommended_conditions": "Paid to the landlord",
            }
        )

    def section(self, study, name):
        return study.finding_ids.filtered(
            lambda finding: finding.section_id == self.env.ref(f"cpa_beneficiary.study_section_{name}")
        )


@tagged("post_install", "-at_install")
class TestAssignment(ResearchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # others than the test's own researchers are busy elsewhere
        group = cls.env.ref("cpa_beneficiary.group_researcher")
        group.user_ids = cls.researcher
        cls.other = cls.make_researcher("cpa_researcher_other")

    def proposed(self, request=None):
        request = request or self.request
        request.invalidate_recordset(["proposed_researcher_id"])
        return request.proposed_researcher_id

    def load(self, user, count=1):
        for _number in range(count):
            request = self.make_request(self.support)
            study = self.env["cpa.study"].create({"request_id": request.id, "researcher_id": user.id})
            self.env.flush_all()
            self.env.cr.execute("UPDATE cpa_request SET state = 'research' WHERE id = %s", [study.request_id.id])
            self.env.invalidate_all()

    def test_fewest_open_studies(self):
        self.load(self.researcher, 2)
        self.load(self.other)
        self.assertEqual(self.proposed(), self.other)
        self.assertEqual(self.request.proposed_researcher_load, 1)
        self.load(self.other, 2)
        self.assertEqual(self.proposed(), self.researcher)

    def test_who_serves_the_branch_comes_first(self):
        """P-11: a researcher of the applicant's branch, whatever he has to do, then one who is bound to no branch."""
        self.request.branch_id = self.branch
        self.load(self.other, 3)
        self.other.cpa_branch_ids = self.branch
        self.assertEqual(self.proposed(), self.other)
        self.other.cpa_branch_ids = self.env["cpa.branch"].create(
            {"name": "Elsewhere", "governorate_id": self.branch.governorate_id.id}
        )
        self.assertEqual(self.proposed(), self.researcher)

    def test_the_service_has_a_team(self):
        self.load(self.other, 2)
        self.support.user_ids = self.other | self.officer
        self.assertEqual(self.proposed(), self.other)

    def test_nobody_studies_himself(self):
        """The applicant, and who acts for him, is no researcher of the case: not proposed, not chosen."""
        self.load(self.other, 2)
        self.researcher.partner_id = self.beneficiary.partner_id
        self.assertEqual(self.proposed(), self.other)
        with self.assertRaisesRegex(UserError, "conflict of interest"):
            self.request.researcher_id = self.researcher

    def test_one_tap(self):
        """The button takes the proposal; whoever was chosen before it stays chosen."""
        self.load(self.researcher)
        self.request.action_send_to_research()
        self.assertEqual(self.request.researcher_id, self.other)
        self.assertEqual(self.request.sudo().study_ids.researcher_id, self.other)
        second = self.submit(
            self.make_request(self.support, beneficiary_id=self.make_beneficiary(number="1234586780").id)
        )
        second.researcher_id = self.researcher
        second.action_send_to_research()
        self.assertEqual(second.sudo().study_ids.researcher_id, self.researcher)
        rows = second.sudo().study_ids.assignment_ids
        self.assertEqual((rows.researcher_id, rows.assigned_by), (self.researcher, self.officer))

    def test_proposals_are_flat(self):
        """As many queries for twelve requests as for two."""
        requests = self.env["cpa.request"]
        for _number in range(12):
            request = self.make_request(self.support, branch_id=self.branch.id)
            requests |= request
        self.env.flush_all()
        self.env.cr.execute("UPDATE cpa_request SET state = 'submitted' WHERE id IN %s", [requests._ids])
        counts = []
        for some in (requests[:1], requests[:2], requests):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.officer).mapped("proposed_researcher_id")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])  # the first one fills what is cached anyway

    def test_handing_over(self):
        """A study that has begun changes hands with a reason, by officer or manager, and that stays on record."""
        study = self.research()
        with self.assertRaisesRegex(UserError, "Say why"):
            self.request.researcher_id = self.other
        with self.assertRaisesRegex(UserError, "handed over by"):
            self.request.with_user(self.researcher).write(
                {"researcher_id": self.other.id, "assignment_reason": "I would rather not"}
            )
        visit = self.env["cpa.visit"].with_user(self.researcher).create({"request_id": self.request.id})
        wizard = self.env["cpa.reassign.wizard"].with_user(self.manager)
        wizard.create(
            {"request_id": self.request.id, "researcher_id": self.other.id, "reason": "Leave"}
        ).action_confirm()
        self.assertEqual((study.sudo().researcher_id, visit.sudo().user_id), (self.other, self.other))
        last = study.sudo().assignment_ids[-1]
        self.assertEqual(
            (last.former_id, last.researcher_id, last.reason, last.assigned_by),
            (self.researcher, self.other, "Leave", self.manager),
        )
        with self.assertRaises(AccessError):
            study.with_user(self.researcher).read(["need_assessment"])
        with self.assertRaises(UserError):
            last.sudo().reason = "Other"
        with self.assertRaisesRegex(UserError, "does not change"):
            study.with_user(self.other).researcher_id = self.researcher

    def test_presented_is_its_authors(self):
        self.study(self.request)
        with self.assertRaisesRegex(UserError, "author's"):
            self.request.write({"researcher_id": self.other.id, "assignment_reason": "Late"})


@tagged("post_install", "-at_install")
class TestStudy(ResearchCommon):
    def test_sections_of_the_service(self):
        """The manager decides which sections a service's studies have."""
        section = self.env.ref("cpa_beneficiary.study_section_work").with_user(self.manager)
        section.service_ids = self.consultation
        study = self.research()
        self.assertFalse(self.section(study, "work"))
        self.assertTrue(self.section(study, "housing"))
        with self.assertRaises(AccessError):
            section.with_user(self.researcher).name = "Other"

    def test_obligatory_section(self):
        self.env.ref("cpa_beneficiary.study_section_housing").is_obligatory = True
        study = self.research()
        self.fill(study)
        with self.assertRaisesRegex(UserError, "Housing"):
            study.action_present()
        self.section(study, "housing").text = "Two rooms, rented"
        study.action_present()
        self.assertEqual(self.request.state, "committee")

    def test_all_that_is_missing_at_once(self):
        """P-08: findings, need and recommendation; one message."""
        study = self.research()
        with self.assertRaises(UserError) as caught:
            study.action_present()
        for line in ("findings", "need assessment", "recommendation"):
            self.assertIn(line, str(caught.exception))

    def test_gap(self):
        study = self.research()
        study.write({"monthly_income": 2500, "monthly_expenses": 4100})
        self.assertEqual(study.monthly_gap, -1600)

    def test_one_text_of_the_sections(self):
        study = self.research()
        self.section(study, "housing").write({"text": "Rented", "rating": "poor"})
        self.section(study, "health").text = "A secret"
        study.findings = "In general"
        self.assertEqual(study.findings, "In general\n\nHousing (Poor): Rented")
        self.assertEqual(self.section(study, "general").text, "In general")

    def test_household_from_the_study(self):
        study = self.research()
        context = study.action_add_household_member()["context"]
        self.env["cpa.household.member"].with_user(self.researcher).with_context(**context).create(
            {"name": "سعد", "relation": "child"}
        )
        self.assertEqual(study.household_member_ids.name, "سعد")
        self.assertIn("1", study.household_text)

    # ------------------------------------------------------------------
    # Who reads
    # ------------------------------------------------------------------

    def test_who_reads_a_study(self):
        """Deny by default: who studies, decides, leads or answers for the request; no delegate, privacy, auditor."""
        self.request.branch_id = self.branch
        study = self.study(self.request)
        self.convene(self.request)
        for user in (self.researcher, self.officer, self.manager, self.member, self.secretary):
            with self.subTest(user.login):
                own = study.with_user(user)
                self.assertTrue(own.read(["need_assessment", "findings"]))
                self.assertTrue(own.finding_ids.read(["text"]))
                self.assertTrue(own.presentation_ids.read(["findings"]))
        stranger = new_test_user(self.env, "cpa_stranger", groups="cpa_beneficiary.group_member")
        foreign = self.make_researcher("cpa_researcher_foreign")
        for user in (self.delegate, self.privacy, self.auditor, stranger, foreign, self.plain):
            for records in (study, study.finding_ids, study.presentation_ids):
                with self.subTest(user.login, model=records._name), self.assertRaises(AccessError):
                    records.with_user(user).read(["display_name"])

    def test_sensitive_section(self):
        """Health is the researcher's; others see that it is there and open it with a trace, or not at all."""
        study = self.research()
        health = self.section(study, "health")
        health.text = "A secret"
        self.fill(study)
        study.action_present()
        self.convene(self.request)
        self.assertEqual(health.text, "A secret")
        for user in (self.officer, self.secretary, self.member, self.manager):
            with self.subTest(user.login):
                seen = health.with_user(user)
                self.assertEqual((seen.text, seen.is_hidden), (False, True))
                self.assertNotIn("secret", study.with_user(user).findings)
                self.assertNotIn("secret", study.with_user(user).presentation_ids.findings)
                with self.assertRaises(AccessError):
                    seen.read(["text_plain"])
        for user in (self.officer, self.secretary):
            with self.assertRaises(AccessError):
                health.with_user(user).action_show()
            with self.assertRaises(AccessError):
                study.presentation_ids.with_user(user).action_show()
        traces = self.env["cpa.access.trace"].search_count([])
        shown = health.with_user(self.member).action_show()
        self.assertEqual(shown["params"]["message"], "A secret")
        self.assertIn("A secret", study.presentation_ids.with_user(self.manager).action_show()["params"]["message"])
        rows = self.env["cpa.access.trace"].search([], limit=2)
        self.assertEqual(self.env["cpa.access.trace"].search_count([]), traces + 2)
        self.assertEqual(rows.user_id, self.member | self.manager)
        self.assertEqual(rows.partner_id, self.beneficiary.partner_id)
        case = self.request.case_ids.with_user(self.member)
        self.assertNotIn("secret", case.findings)

    def test_recommendation_is_not_told_in_the_story(self):
        self.request.branch_id = self.branch
        self.study(self.request)
        self.assertIn("Recommendation", str(self.request.with_user(self.officer).story_html))
        for user in (self.delegate, self.privacy, self.auditor):
            self.assertNotIn("Recommendation", str(self.request.with_user(user).story_html))

    # ------------------------------------------------------------------
    # Frozen
    # ------------------------------------------------------------------

    def attach(self, record):
        return (
            self.env["ir.attachment"]
            .with_user(self.researcher)
            .create({"name": "home.pdf", "raw": b"%PDF-1.4 home", "res_model": record._name, "res_id": record.id})
        )

    def test_frozen_once_presented(self):
        """Study, findings, visits' findings and attachments; superuser included."""
        study = self.research()
        self.fill(study)
        visit = (
            self.env["cpa.visit"]
            .with_user(self.researcher)
            .create({"request_id": self.request.id, "findings": "A cold home"})
        )
        visit.write({"state": "done"})
        files = [self.attach(study), self.attach(visit)]
        study.action_present()
        finding = self.section(study, "general")
        for attack in (
            lambda: study.sudo().write({"need_assessment": "Other"}),
            lambda: study.sudo().write({"findings": "Other"}),
            lambda: finding.sudo().write({"text": "Other"}),
            lambda: finding.sudo().write({"text_plain": "Other"}),
            lambda: finding.sudo().write({"rating": "good"}),
            lambda: finding.sudo().unlink(),
            lambda: self.env["cpa.study.finding"].create(
                {"study_id": study.id, "section_id": self.env["cpa.study.section"].create({"name": "New"}).id}
            ),
            lambda: visit.sudo().write({"findings": "Other"}),
            lambda: study.presentation_ids.sudo().write({"findings": "Other"}),
            lambda: study.presentation_ids.sudo().unlink(),
            *(lambda file=file: file.sudo().write({"raw": b"%PDF-1.4 other"}) for file in files),
            *(lambda file=file: file.sudo().unlink() for file in files),
        ):
            with self.assertRaises(UserError):
                attack()
        self.assertEqual(set(study.presentation_ids.attachment_ids.ids), {file.id for file in files})
        self.assertIn("A cold home", study.presentation_ids.findings)

    def test_sent_back_for_more(self):
        """The committee asks for more: what was presented stays as it was; the study is presented again."""
        study = self.research()
        self.fill(study)
        file = self.attach(study)
        study.action_present()
        self.request.with_user(self.secretary).write({"state": "research", "move_reason": "What does the rent cost?"})
        self.assertEqual((study.state, study.asked_for), ("returned", "What does the rent cost?"))
        with self.assertRaises(UserError):
            file.unlink()
        study.write({"findings": "The rent costs 900", "recommended_amount": 900})
        study.action_present()
        second, first = study.presentation_ids
        self.assertEqual((first.round, first.findings, first.recommended_amount), (1, "What was found", 700))
        self.assertEqual((second.round, second.findings, second.recommended_amount), (2, "The rent costs 900", 900))
        self.assertIn("Paid to the landlord", first.recommendation)
        self.assertEqual(self.request.state, "committee")


@tagged("post_install", "-at_install")
class TestVisits(ResearchCommon):
    def plan(self, kind="home", user=None, **vals):
        action = self.request.with_user(user or self.researcher).with_context(kind=kind).action_plan_visit()
        visits = self.env["cpa.visit"].with_user(user or self.researcher).with_context(**action["context"])
        return visits.create(vals)

    @freeze_time("2030-06-06 11:30:00")  # a Thursday, half past two in the afternoon in Riyadh
    def test_next_working_hour(self):
        """P-11: two taps; the next free working hour is proposed, after the weekend at nine."""
        self.research()
        first = self.plan()
        self.assertEqual((first.start, first.stop), (datetime(2030, 6, 9, 6), datetime(2030, 6, 9, 7)))
        self.assertEqual(self.plan("phone").start, datetime(2030, 6, 9, 7))
        self.assertEqual(first.kind, "home")
        with freeze_time("2030-06-09 06:10:00"):
            self.assertEqual(self.plan().start, datetime(2030, 6, 9, 8))

    def test_form_keeps_the_duration(self):
        self.research()
        action = self.request.with_user(self.researcher).action_plan_visit()
        form = Form(self.env["cpa.visit"].with_user(self.researcher).with_context(**action["context"]))
        form.duration = 1.5
        form.start = "2030-01-01 09:00:00"
        self.assertEqual(form.save().duration, 1)
        form.duration = 2
        visit = form.save()
        form.start = "2030-01-02 09:00:00"
        self.assertEqual(form.save().stop, datetime(2030, 1, 2, 11))
        with self.assertRaises(ValidationError):
            visit.duration = -1

    def test_event_is_private_with_a_reminder(self):
        """Nothing of the person stands in the calendar; the calendar reminds the visitor by itself."""
        visit = self.plan()
        event = visit.sudo().event_id
        self.assertEqual((event.name, event.privacy), (visit.number, "private"))
        self.assertEqual(event.partner_ids, self.researcher.partner_id)
        self.assertEqual(event.alarm_ids, self.env.ref("calendar.alarm_notif_3"))
        self.assertFalse(event.location)
        self.assertNotIn(self.beneficiary.name, event.description)

    def test_on_the_road(self):
        """Map and call are links built here; who does not serve the person reads neither."""
        self.research()
        visit = self.plan()
        self.assertIn("geo:0,0?q=", visit.road_html)
        self.assertIn(f"tel:{self.beneficiary.phone}", visit.road_html)
        self.assertNotIn("http", visit.road_html)
        self.assertIn("نجران", visit.address)
        for user in (self.auditor, self.privacy):
            with self.assertRaises(AccessError):
                visit.with_user(user).read(["address"])
            with self.assertRaises(AccessError):
                visit.with_user(user).read(["findings"])
        call = self.plan("video", video_url="javascript:alert(1)")
        self.assertNotIn("javascript", call.road_html)

    @freeze_time("2030-06-05 08:00:00")
    def test_not_at_home(self):
        """Nobody was there: that stays on record, and another visit is planned."""
        self.research()
        visit = self.plan(start="2030-06-05 07:00:00", stop="2030-06-05 09:00:00")
        action = visit.action_missed()
        again = visit.browse(action["res_id"])
        self.assertEqual((visit.state, again.state, again.kind), ("missed", "planned", "home"))
        self.assertEqual((again.stop - again.start).seconds, 7200)
        self.assertGreater(again.start, fields.Datetime.now())
        with self.assertRaises(UserError):
            visit.findings = "Changed"
        with self.assertRaisesRegex(UserError, "not come yet"):
            again.action_missed()

    def test_sighting_on_the_visit(self):
        """P-32: what was to be sighted is sighted at home, by the researcher, on the visit's own screen."""
        request = self.make_request(
            self.support, beneficiary_id=self.make_beneficiary(number="1234586780", registered=False).id
        )
        check = request.check_ids.filtered(lambda c: c.is_document and not c.automatic)[:1]
        for other in request.check_ids - check:
            if not other.automatic:
                other.valid_until = "2099-01-01"
                other.action_pass()
        self.complete(request)
        self.env.flush_all()
        self.env.cr.execute("UPDATE cpa_request_check SET state = 'to_sight' WHERE id = %s", [check.id])
        self.env.invalidate_all()
        request.write({"state": "submitted"})
        request.write({"researcher_id": self.researcher.id, "state": "research"})
        visit = self.env["cpa.visit"].with_user(self.researcher).create({"request_id": request.id})
        self.assertIn(check, visit.to_sight_ids)
        check.with_user(self.researcher).valid_until = "2099-01-01"
        check.with_user(self.researcher).with_context(sighted_how="visit").action_pass()
        self.assertEqual((check.state, check.sighted_how, check.checked_by), ("passed", "visit", self.researcher))
        visit.invalidate_recordset()
        self.assertNotIn(check, visit.to_sight_ids)

    def test_delegate_keeps_his_own_visits(self):
        """A study's visits are its researcher's; the delegate reads those that he made."""
        self.request.branch_id = self.branch
        self.research()
        theirs, own = self.plan(), self.plan(user=self.delegate)
        self.assertTrue(own.with_user(self.delegate).read(["start"]))
        with self.assertRaises(AccessError):
            theirs.with_user(self.delegate).read(["start"])

    def test_a_planned_visit_stops_the_presentation(self):
        study = self.research()
        self.fill(study)
        visit = self.plan()
        with self.assertRaisesRegex(UserError, "visit is still planned"):
            study.action_present()
        visit.write({"state": "cancelled", "move_reason": "By telephone instead"})
        self.assertFalse(visit.sudo().event_id)
        study.action_present()
        self.assertEqual(study.state, "presented")
