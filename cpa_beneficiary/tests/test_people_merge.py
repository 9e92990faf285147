"""P-32: two files of one person become one; nothing is lost, no evidence changes, and it is on record who did it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL

from .common import ROLES, SIGNATURE, CpaCommon

EACH = 50  # linked records of each kind, for each of the two people
OTHER_NUMBER = "1098765439"
# evidence that names no file: it does not change by a letter
SEALED = (
    "cpa_access_trace",
    "cpa_committee_case",
    "cpa_committee_proposal",
    "cpa_committee_session",
    "cpa_committee_vote",
    "cpa_declaration",
    "cpa_delivery",
    "cpa_inquiry_question",
    "cpa_payment_order",
    "cpa_referral",
    "cpa_request_check",
    "cpa_request_move",
    "cpa_request_submission",
    "cpa_study",
)
# evidence in which nothing but these columns changes
POINTING = {
    "cpa_request": {"beneficiary_id"},
    "cpa_visitor": {"beneficiary_id"},
    "crm_lead": {"partner_id"},
    "mail_message": {"res_id", "author_id"},
    "ir_attachment": {"res_id"},
}
LOGGED = {"write_date", "write_uid"}


class MergeCommon(CpaCommon):
    @classmethod
    def make_person(cls, name, number, phone, **vals):
        return cls.make_beneficiary(name=name, number=number, phone=phone, **vals)

    @classmethod
    def make_two(cls):
        survivor = cls.make_person("محمد علي تجريبي", "1123456780", "0501234567")
        merged = cls.make_person("محمد على التجريبي", None, "0507654321", registered=False, email="two@example.com")
        return survivor, merged

    def make_identity(self, person, number=OTHER_NUMBER, **vals):
        identity = (
            self.env["cpa.identity"]
            .with_user(self.officer)
            .create({"partner_id": person.partner_id.id, "number": number, "birth_date": "1980-01-01", **vals})
        )
        identity.action_sighted()
        return identity

    def merge(self, merged, survivor, reason="The same identity was seen", user=None, **options):
        user = user or self.manager
        return merged.with_user(user)._merge_into(survivor.with_user(user), reason, **options)


@tagged("post_install", "-at_install")
class TestPeopleMerge(MergeCommon):
    # ------------------------------------------------------------------
    # Nothing is lost
    # ------------------------------------------------------------------

    @classmethod
    def fill(cls, person, login=False):
        """Give a person ``EACH`` linked records of each kind, through the ORM."""
        env, partner, officer = cls.env, person.partner_id, cls.officer
        requests = [cls.make_request(beneficiary_id=person.id, subject=f"Request {number}") for number in range(EACH)]
        for request in requests[::5]:  # closed, frozen
            request.write({"state": "withdrawn", "move_reason": "Has moved away"})
        for request in requests[1::10]:
            cls.submit(request)
            request.action_refer()
            env["cpa.referral"].with_user(officer).create(
                {"request_id": request.id, "question": "Why?", "officer_id": cls.researcher.id}
            )
        env["crm.lead"].with_user(officer).create(
            [
                {
                    "name": f"Inquiry {number}",
                    "is_inquiry": True,
                    "channel_id": cls.channel.id,
                    "partner_id": partner.id,
                    "phone": f"+9665000000{number:02}",
                    "contact_name": "As he called himself",
                    "question_ids": [Command.create({"name": "What?", "answer": "That."})],
                }
                for number in range(EACH)
            ]
        )
        for number in range(EACH):
            person.with_user(officer).message_post(body=f"Note {number}")
            partner.message_post(body=f"On the contact {number}", author_id=partner.id, partner_ids=partner.ids)
        rows = {
            "ir.attachment": lambda number: {
                "name": f"{number}.txt",
                "res_model": "cpa.beneficiary",
                "res_id": person.id,
            },
            "mail.activity": lambda number: {
                "res_model_id": env["ir.model"]._get_id("cpa.beneficiary"),
                "res_id": person.id,
                "user_id": officer.id,
                "summary": f"Call {number}",
            },
            "cpa.household.member": lambda number: {
                "beneficiary_id": person.id,
                "name": f"Child {number}",
                "relation": "child",
            },
            "cpa.representation": lambda number: {
                "beneficiary_id": person.id,
                "representative_id": cls.carers[number].id,
                "kind": "carer",
            },
            "res.partner.bank": lambda number: {"partner_id": partner.id, "acc_number": f"TEST{person.id}-{number}"},
            "res.partner": lambda number: {"name": f"Address {number}", "parent_id": partner.id, "type": "other"},
            "sms.sms": lambda number: {"partner_id": partner.id, "body": f"Text {number}", "number": "+966500000000"},
            "calendar.event": lambda number: {
                "name": f"V-{number}",
                "start": "2030-01-01 08:00:00",
                "stop": "2030-01-01 09:00:00",
                "partner_ids": [Command.set(partner.ids)],
            },
            "mail.followers": lambda number: {
                "res_model": "cpa.request",
                "res_id": requests[number].id,
                "partner_id": partner.id,
            },
        }
        for model, values in rows.items():
            env[model].sudo().create([values(number) for number in range(EACH)])
        env["res.partner.category"].create([{"name": f"Tag {person.id}-{number}"} for number in range(EACH)]).write(
            {"partner_ids": [Command.link(partner.id)]}
        )
        env["cpa.visitor"].with_user(officer).create([{"beneficiary_id": person.id} for _number in range(EACH)]).write(
            {"state": "left"}
        )
        for _number in range(EACH):
            env["cpa.access.trace"].with_user(officer)._append(partner, "number_plain")
        if login:
            new_test_user(env, "two_portal", groups="base.group_portal", partner_id=partner.id)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carers = cls.env["res.partner"].create([{"name": f"Carer {number}"} for number in range(EACH)])

    def walk(self, person, user=None):
        """Walk a support request of ``person`` to its end: every kind of evidence that there is."""
        request = self.submit(self.make_request(self.support, beneficiary_id=person.id, amount_requested=500))
        self.study(request)
        self.decide(request, amount=500)
        self.reply(request, "approved")
        self.pay(self.order(request))
        delivery = request.delivery_ids
        delivery.write({"state": "delivered"})
        delivery.write({"state": "acknowledged", "acknowledged_by": "signature", "signature": SIGNATURE})
        request.write({"state": "done"})
        return request

    def rows(self, table, leaving=()):
        """Return ``{id: every column}`` of a table, as the database has it, without the columns ``leaving``."""
        self.env.flush_all()
        self.env.cr.execute(SQL("SELECT * FROM %s", SQL.identifier(table)))
        return {
            row["id"]: {name: value for name, value in row.items() if name not in leaving}
            for row in self.env.cr.dictfetchall()
        }

    def pointing(self, *people):
        """Return ``{(model, field): ids}`` of what points to ``people`` or their contacts, wherever it is."""
        found = {}
        Beneficiary = self.env["cpa.beneficiary"]
        for person in people:
            targets = {"cpa.beneficiary": person.id, "res.partner": person.partner_id.id}
            for model, field, target in Beneficiary._merge_pointing_fields(targets):
                records, _value = Beneficiary._merge_pointing(model, field, target, targets[target], 0)
                if records:
                    found.setdefault((model._name, field.name), set()).update(records.ids)
        return found

    def test_nothing_is_lost_and_no_evidence_changes(self):
        """Two people, 50 linked records of each kind: all with the survivor, every frozen row as it was."""
        survivor, merged = self.make_two()
        survivor.write({"email": "one@example.com"})
        self.fill(survivor)
        self.fill(merged, login=True)
        self.make_identity(merged)
        merged.write({"state": "registered"})
        for person in (survivor, merged):
            self.walk(person)
            self.env["cpa.social.profile"].with_user(self.researcher).sudo().create({"beneficiary_id": person.id})
        before = self.pointing(survivor, merged)
        for kind, least in (
            (("cpa.request", "beneficiary_id"), EACH),
            (("crm.lead", "partner_id"), EACH),
            (("mail.message", "res_id"), 2 * EACH),
            (("mail.message", "author_id"), EACH),
            (("mail.message", "partner_ids"), EACH),
            (("ir.attachment", "res_id"), EACH),
            (("mail.activity", "res_id"), EACH),
            (("mail.followers", "partner_id"), EACH),
            (("calendar.attendee", "partner_id"), EACH),
            (("calendar.event", "partner_ids"), EACH),
            (("cpa.household.member", "beneficiary_id"), EACH),
            (("cpa.visitor", "beneficiary_id"), EACH),
            (("cpa.representation", "beneficiary_id"), EACH),
            (("res.partner", "parent_id"), EACH),
            (("res.partner.bank", "partner_id"), EACH),
            (("res.partner.category", "partner_ids"), EACH),
            (("sms.sms", "partner_id"), EACH),
        ):
            with self.subTest(kind=kind):
                self.assertGreaterEqual(len(before[kind]), 2 * least, "the test has to bring them")
        sealed = {table: self.rows(table) for table in SEALED}
        pointers = {table: self.rows(table, leaving | LOGGED) for table, leaving in POINTING.items()}
        states = {request: request.declaration_state for request in (survivor | merged).request_ids}
        self.assertIn("signed", states.values())

        log = self.merge(merged, survivor, one_person=True)

        after = self.pointing(survivor)
        stayed = {(row["model"], row["field"]): set(row["ids"]) for row in log.stayed}
        # the survivor has a profile already and gets no second one; who follows both files follows it once
        self.assertEqual(set(stayed), {("cpa.social.profile", "beneficiary_id"), ("mail.followers", "res_id")})
        for kind, ids in before.items():
            with self.subTest(kind=kind):
                self.assertFalse(ids - after.get(kind, set()) - stayed.get(kind, set()))
        self.assertFalse(self.pointing(merged).keys() - stayed.keys() - {("mail.message", "res_id")})
        for table, rows in sealed.items():
            with self.subTest(table=table):
                self.assertEqual(self.rows(table), rows)
        for table, rows in pointers.items():
            with self.subTest(table=table):
                now = self.rows(table, POINTING[table] | LOGGED)
                self.assertEqual({key: now[key] for key in rows}, rows)
        for request, state in states.items():
            self.assertEqual(request.declaration_state, state, "a merge is no change of substance (P-34)")
        moved = {(row["model"], row["field"]): row["ids"] for row in log.moved}
        self.assertEqual(len(moved["cpa.request", "beneficiary_id"]), EACH + 1)
        self.assertIn("50", log.with_user(self.auditor).moved_text)

    # ------------------------------------------------------------------
    # What stays, and what follows from it
    # ------------------------------------------------------------------

    def test_merged_file_leads_to_the_survivor(self):
        """Number, phone and identity of the merged file still find the person; the number is not given again."""
        survivor, merged = self.make_two()
        self.make_identity(merged)
        merged.write({"state": "registered"})
        number = merged.file_number
        self.merge(merged, survivor, one_person=True)
        self.assertEqual(merged.file_number, number)
        self.assertEqual((merged.active, merged.merged_into_id, merged.partner_id.active), (False, survivor, False))
        self.assertTrue(merged.partner_id.cpa_person, "still hidden from those without a role")
        Beneficiary = self.env["cpa.beneficiary"].with_user(self.officer)
        for typed in (number, "٠٥٠٧٦٥٤٣٢١", OTHER_NUMBER, survivor.file_number, "0501234567", "1123456780"):
            with self.subTest(typed=typed):
                self.assertEqual([row[0] for row in Beneficiary.name_search(typed)], survivor.ids)
        self.assertNotEqual(self.make_person("ثالث", "1000000008", "0509999999").file_number, number)

    def test_duplicates_of_the_merged_file_lead_to_the_survivor(self):
        """Whoever types the data of the merged file is led to the file that stays, once."""
        survivor, merged = self.make_two()
        self.make_identity(merged)
        self.merge(merged, survivor, one_person=True)
        Beneficiary = self.env["cpa.beneficiary"].with_user(self.officer)
        for vals in ({"phone": "٠٥٠٧٦٥٤٣٢١"}, {"identity_number": OTHER_NUMBER}, {"phone": "0501234567"}):
            with self.subTest(vals=vals):
                self.assertEqual([found["id"] for found in Beneficiary._find_duplicates(vals)], survivor.ids)
        both = {"identity_number": OTHER_NUMBER, "phone": "0501234567"}
        self.assertEqual([found["id"] for found in Beneficiary._find_duplicates(both)], survivor.ids)
        self.assertFalse(survivor.with_user(self.officer)._find_duplicates({"identity_number": OTHER_NUMBER}))

    def test_masked_numbers_stay_masked(self):
        """An account that the survivor lacks follows; what is shown and recorded of it are its last digits."""
        survivor, merged = self.make_two()
        merged.write({"iban": "SA8510000012345678901234"})
        self.assertIn("1234", merged.sudo()._merge_text("iban_plain"))
        self.merge(merged, survivor)
        self.assertEqual(survivor.sudo().iban_plain, "SA8510000012345678901234")
        third = self.make_person("محمد بن علي", None, "0505555555", registered=False, iban="SA9305000000000000000001")
        log = self.merge(third, survivor)
        self.assertEqual(survivor.sudo().iban_plain, "SA8510000012345678901234")
        [row] = [row for row in log.dropped if row["field"] == "iban_plain"]
        self.assertEqual(row["dropped"], third.iban)
        self.assertIn("•", row["dropped"])
        self.assertIn("IBAN", log.dropped_text)

    def test_chain_of_merges_leads_to_the_last(self):
        survivor, merged = self.make_two()
        last = self.make_person("محمد تجريبي", None, "0503333333", registered=False)
        request = self.submit(self.make_request(self.support, beneficiary_id=merged.id))
        digests = request.submission_ids.digest, request.declaration_ids.digest
        self.merge(merged, last)
        self.merge(last, survivor)
        self.assertEqual((merged.merged_into_id, last.merged_into_id), (survivor, survivor))
        self.assertEqual(request.beneficiary_id, survivor)
        self.assertEqual((request.submission_ids.digest, request.declaration_ids.digest), digests)
        self.assertEqual(request.declaration_state, "signed")
        request.with_user(self.officer).write({"description": "Something else"})
        self.assertEqual(request.declaration_state, "changed")
        self.assertEqual(len(self.env["cpa.merge"].search([("survivor_id", "in", (survivor | last).ids)])), 2)

    def test_change_of_applicant_is_a_change_of_substance(self):
        """P-34: only a merge moves the applicant without a new signature."""
        survivor, other = self.make_two()
        request = self.make_request(self.support, beneficiary_id=other.id)
        self.complete(request)
        request.write({"beneficiary_id": survivor.id})
        self.assertEqual(request.declaration_state, "changed")

    def test_values_are_chosen(self):
        """What the survivor lacks is filled, the rest as chosen; what was not kept is on record, masked if need be."""
        segments = self.env["cpa.segment"].search([], limit=2)
        survivor, merged = self.make_two()
        merged.write({"segment_ids": [Command.set(segments[1].ids)], "accessibility_needs": "Ground floor"})
        log = self.merge(merged, survivor)
        self.assertEqual(survivor.email, "two@example.com")
        self.assertEqual(survivor.accessibility_needs, "Ground floor")
        self.assertEqual(survivor.phone, "+966501234567")
        self.assertEqual(survivor.segment_ids, segments)
        self.assertIn({"field": "phone", "kept": "+966501234567", "dropped": "+966507654321"}, log.dropped)

        third = self.make_person("محمد بن علي", None, "0505555555", registered=False)
        log = self.merge(third, survivor, taken=["phone"])
        self.assertEqual(survivor.phone, "+966505555555")
        self.assertIn({"field": "phone", "kept": "+966505555555", "dropped": "+966501234567"}, log.dropped)
        self.assertEqual(survivor.name, "محمد علي تجريبي")

    def test_better_identity_stays(self):
        """The identity that was sighted and is valid stays; the other is kept with the archived contact."""
        survivor, merged = self.make_two()
        expired = survivor.identity_id
        expired.write({"expiry_date": "2020-01-01"})
        valid = self.make_identity(merged, expiry_date="2099-01-01")
        sighting = valid.sighted_at, valid.sighted_by, valid.sighted_how
        self.merge(merged, survivor)
        self.assertEqual(survivor.identity_id, valid)
        self.assertEqual((valid.sighted_at, valid.sighted_by, valid.sighted_how), sighting)
        self.assertEqual(expired.partner_id, merged.partner_id)

    def test_only_identity_follows(self):
        survivor = self.make_person("محمد", None, "0501234567", registered=False)
        merged = self.make_person("محمد", None, "0507654321", registered=False)
        identity = self.make_identity(merged)
        self.merge(merged, survivor)
        self.assertEqual(survivor.identity_id, identity)
        self.assertTrue(identity.sighted_at)
        self.assertFalse(merged.partner_id.cpa_identity_ids)

    def test_login_follows(self):
        survivor, merged = self.make_two()
        login = new_test_user(self.env, "two_portal", groups="base.group_portal", partner_id=merged.partner_id.id)
        self.merge(merged, survivor)
        self.assertEqual(login.partner_id, survivor.partner_id)
        self.assertTrue(login.active)

    def test_merged_file_is_closed_for_good(self):
        """Nobody writes, moves, deletes or revives it, nobody opens a request on it."""
        survivor, merged = self.make_two()
        self.merge(merged, survivor)
        for file in (merged.with_user(self.officer), merged.with_user(self.manager), merged.sudo()):
            for attempt in (
                lambda file=file: file.write({"is_internal": True}),
                lambda file=file: file.write({"state": "registered"}),
                lambda file=file: file.write({"active": True}),
                lambda file=file: file.sudo().action_unarchive(),
                lambda file=file: file.sudo().unlink(),
                lambda file=file: file.sudo().partner_id.write({"active": True}),
            ):
                with self.assertRaisesRegex(UserError, "was merged into"):
                    attempt()
        with self.assertRaisesRegex(ValidationError, "merged into another"):
            self.make_request(beneficiary_id=merged.id)

    # ------------------------------------------------------------------
    # Who, and what stands against it
    # ------------------------------------------------------------------

    def test_only_the_manager_merges(self):
        """Every role is tried, and so are the record and the wizard of a merge."""
        survivor, merged = self.make_two()
        for role in (*ROLES, "plain"):
            if role == "manager":
                continue
            with self.subTest(role=role):
                user = getattr(self, role)
                for attempt in (
                    lambda user=user: self.merge(merged, survivor, user=user),
                    lambda user=user: merged.with_user(user).sudo()._merge_into(survivor.sudo(), "By sudo"),
                    lambda user=user: (
                        self.env["cpa.merge.wizard"]
                        .with_user(user)
                        .create({"survivor_id": survivor.id, "merged_id": merged.id, "reason": "Mine"})
                        .action_merge()
                    ),
                ):
                    with self.assertRaises(AccessError):
                        attempt()
        self.assertTrue(merged.active)
        log = self.merge(merged, survivor)
        self.assertEqual(log.user_id, self.manager)
        for role in (*ROLES, "plain"):
            reads = role in ("auditor", "manager", "privacy")
            self.assertEqual(log.with_user(getattr(self, role)).has_access("read"), reads, role)
        for attempt in (
            lambda: log.sudo().write({"reason": "Another one"}),
            lambda: log.sudo().unlink(),
            lambda: log.sudo().copy(),
            lambda: log.sudo().create({"survivor_id": survivor.id, "merged_id": merged.id, "reason": "x"}),
        ):
            with self.assertRaises(UserError):
                attempt()

    def test_other_company_is_out_of_reach(self):
        survivor, merged = self.make_two()
        company = self.env["res.company"].create({"name": "Another association"})
        merged.sudo()._lifecycle_set({"company_id": company.id})
        with self.assertRaises(AccessError):
            self.merge(merged, survivor)
        self.manager.write({"company_ids": [Command.link(company.id)]})
        both = self.manager.with_context(allowed_company_ids=(self.env.company | company).ids)
        with self.assertRaisesRegex(UserError, "two companies"):
            merged.with_user(self.manager).with_context(**both.env.context)._merge_into(
                survivor.with_user(self.manager).with_context(**both.env.context), "Same"
            )

    def test_all_that_stands_against_it_in_one_message(self):
        survivor, merged = self.make_two()
        self.make_identity(merged)
        merged.write({"state": "registered"})
        merged.with_user(self.manager).write({"state": "suspended", "move_reason": "To be cleared"})
        for number, person in enumerate((survivor, merged)):
            new_test_user(self.env, f"portal_{number}", groups="base.group_portal", partner_id=person.partner_id.id)
        survivor.representation_ids = [Command.create({"representative_id": merged.partner_id.id, "kind": "guardian"})]
        with self.assertRaises(UserError) as caught:
            self.merge(merged, survivor, reason=" ")
        for words in ("suspended", "login", "acts for", "how you know", "Both identities"):
            with self.subTest(words=words):
                self.assertIn(words, str(caught.exception))
        self.assertTrue(merged.active)

    def test_refusals(self):
        survivor, merged = self.make_two()
        with self.assertRaisesRegex(UserError, "one and the same"):
            self.merge(survivor, survivor)
        with self.assertRaisesRegex(UserError, "other way round"):
            self.merge(survivor, merged)
        institution = self.make_person("مدرسة", None, "0175222222", registered=False, is_company=True)
        with self.assertRaisesRegex(UserError, "an institution"):
            self.merge(institution, survivor)
        merged.partner_id.parent_id = survivor.partner_id
        with self.assertRaisesRegex(UserError, "below the other"):
            self.merge(merged, survivor)
        merged.partner_id.parent_id = False
        self.make_identity(merged)
        with self.assertRaisesRegex(UserError, "Both identities"):
            self.merge(merged, survivor)
        log = self.merge(merged, survivor, reason="Iqama first, national ID since", one_person=True)
        self.assertTrue(log.is_confirmed)
        for pair in ((merged, survivor), (self.make_person("آخر", None, "0502222222", registered=False), merged)):
            with self.assertRaisesRegex(UserError, "already"):
                self.merge(*pair)

    def test_merge_is_atomic(self):
        """What fails at the end leaves nothing of it behind."""
        survivor, merged = self.make_two()
        request = self.make_request(beneficiary_id=merged.id)

        def broken(*args):
            message = "Broken"
            raise UserError(message)

        self.patch(self.registry["cpa.merge"], "_append", broken)
        with self.assertRaisesRegex(UserError, "Broken"), self.cr.savepoint():
            self.merge(merged, survivor)
        self.assertEqual((request.beneficiary_id, merged.active, survivor.email), (merged, True, False))

    def test_queries_do_not_grow_with_the_records(self):
        survivor, *others = (
            self.make_person(f"شخص {number}", None, f"05010000{number:02}", registered=False) for number in range(4)
        )
        counts = []
        for person, records in zip(others, (2, 2, 40), strict=True):
            self.make_request(beneficiary_id=person.id)
            for number in range(records):
                self.make_request(beneficiary_id=person.id, subject=f"Request {number}")
                person.message_post(body=f"Note {number}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.merge(person, survivor)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 5)
        self.assertLess(counts[1], 300)

    # ------------------------------------------------------------------
    # The screen
    # ------------------------------------------------------------------

    def test_wizard(self):
        """Side by side: the better file is proposed to stay, each differing datum is chosen, identities are masked."""
        survivor, merged = self.make_two()
        self.make_identity(merged)
        wizard = Form(
            self.env["cpa.merge.wizard"]
            .with_user(self.manager)
            .with_context(active_model="cpa.beneficiary", active_ids=(merged | survivor).ids)
        )
        self.assertEqual((wizard.survivor_id, wizard.merged_id), (survivor, merged))
        self.assertEqual((wizard.survivor_identity, wizard.merged_identity), ("••••••6780", "••••••5439"))
        self.assertTrue(wizard.has_two_identities)
        self.assertFalse(wizard.problems)
        labels = []
        for index in range(len(wizard.line_ids)):
            with wizard.line_ids.edit(index) as line:
                labels.append(line.label)
                if line.label == "Phone":
                    self.assertIn("+966501234567", line.survivor_value)
                    self.assertIn("+966507654321", line.merged_value)
                    self.assertFalse(line.take)
                    line.take = True
                elif line.label == "Email":
                    self.assertTrue(line.take, "what the survivor lacks")
        self.assertIn("Phone", labels)
        wizard.reason = "The same identity was seen"
        wizard.one_person = True
        wizard.save().action_merge()
        self.assertEqual((survivor.phone, survivor.email), ("+966507654321", "two@example.com"))
        self.assertEqual(merged.merged_into_id, survivor)

    def test_wizard_swaps_and_says_what_stands_against_it(self):
        survivor, merged = self.make_two()
        wizard = (
            self.env["cpa.merge.wizard"]
            .with_user(self.manager)
            .create({"survivor_id": survivor.id, "merged_id": merged.id})
        )
        wizard.action_swap()
        self.assertEqual((wizard.survivor_id, wizard.merged_id), (merged, survivor))
        self.assertIn("other way round", wizard.problems)
