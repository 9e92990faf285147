import json

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import RedirectWarning, UserError
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, mute_logger
from psycopg2 import IntegrityError

from .common import SIGNATURE, CpaCommon

# a paper with one line: any PDF
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class SealCommon(CpaCommon):
    """A session with all that a session can have, sealed: design "Committee", decided."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.beneficiary = cls.make_beneficiary()

    @classmethod
    def counted_session(cls, cases=1):
        """Return a session in minutes: two rounds, a recusal, votes, a message and its file, a file of its own."""
        requests = cls.env["cpa.request"].concat(*(cls.waiting_request() for _case in range(cases)))
        session = cls.convene(requests)
        cls.env.flush_all()
        cls.env.cr.flush()  # a new record is tracked from its next transaction on
        for case in session.case_ids:
            cls.env["cpa.committee.recusal"].with_user(cls.secretary).create(
                {"case_id": case.id, "member_id": cls.seat(cls.alternate).id, "reason": "Kinship"}
            )
            cls.propose(case, "reject")
            cls.propose(case, "partial", amount=900, conditions="Paid to the landlord")
            case.action_no_objection()
        cls.count_votes(session)
        files = session.env["ir.attachment"]
        files.create({"name": "agenda.pdf", "raw": PDF, "res_model": session._name, "res_id": session.id})
        session.message_post(
            body="Sent to the members",
            attachment_ids=files.create({"name": "letter.pdf", "raw": PDF, "res_model": session._name}).ids,
        )
        return session

    @classmethod
    def sealed_session(cls, cases=1):
        return cls.close(cls.counted_session(cases))

    @classmethod
    def verify(cls, sessions=None):
        """Return the findings as ``(session number, model, field)``."""
        sessions = cls.env["cpa.committee.session"] if sessions is None else sessions
        return [(finding.session, finding.model, finding.field) for finding in sessions._verify_chain()]

    def sql(self, query, *values):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *values))
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestSeal(SealCommon):
    """Minutes are sealed once, into one chain, and a change made in SQL is found and named."""

    def test_sealed(self):
        """The seal is made of all that belongs to the session, and chained to the seal before."""
        first, second = self.sealed_session(), self.sealed_session()
        seals = self.env["cpa.committee.seal"].search([("committee_id", "=", self.committee.id)])
        self.assertEqual(seals.mapped("number"), [1, 2])
        self.assertEqual((second.seal_previous_id, seals[1].previous_digest), (first, first.seal_digest))
        self.assertEqual(second.seal_digest, seals[1].digest)
        manifest = json.loads(seals[0].manifest)
        self.assertEqual(
            {model: len(rows) for model, rows in manifest.items() if model != "cpa.request.move"},
            {
                "cpa.committee.session": 1,
                "cpa.committee.attendance": 5,
                "cpa.committee.case": 1,
                "cpa.committee.recusal": 1,
                "cpa.committee.proposal": 2,
                "cpa.committee.vote": 3,
                "cpa.committee.remark": 0,
                "cpa.committee.signature": 4,
                "ir.attachment": 2,
                "mail.message": len(first.message_ids),
                "mail.tracking.value": len(first.sudo().message_ids.tracking_value_ids),
            },
        )
        self.assertTrue(first.sudo().message_ids.tracking_value_ids.filtered(lambda v: v.new_value_char == "Concluded"))
        self.assertEqual(self.verify(), [])
        self.assertRegex(second.seal_short, r"^[0-9A-F]{4}(-[0-9A-F]{4}){3}$")
        self.assertIn(second.seal_short, second.minutes_html)

    def test_nothing_readable_in_the_manifest(self):
        """The manifest holds fingerprints only, and those of texts cannot be guessed: equal texts have unequal ones."""
        session = self.sealed_session(cases=2)
        seal = self.env["cpa.committee.seal"].search([("session_id", "=", session.id)])
        for text in ("Kinship", "landlord", "Test chair"):
            self.assertNotIn(text, seal.manifest)
        reasons = [row["reason"] for row in json.loads(seal.manifest)["cpa.committee.recusal"].values()]
        self.assertEqual(len(set(reasons)), 2)

    def test_sealed_once(self):
        """A seal clicked twice is made once."""
        session = self.sealed_session()
        digest = session.seal_digest
        session.write({"state": "closed"})
        self.assertEqual(session.seal_digest, digest)
        self.assertEqual(self.env["cpa.committee.seal"].search_count([("session_id", "=", session.id)]), 1)

    def test_the_database_lets_no_chain_fork(self):
        """Whatever happens at the same moment: one place of the chain, one seal."""
        seal = self.sealed_session() and self.env["cpa.committee.seal"].search([], limit=1, order="id desc")
        for column, value in (("number", seal.number), ("number", 99)):
            vals = {**seal.copy_data()[0], "committee_id": seal.committee_id.id, column: value}
            vals |= {"previous_id": seal.id}
            if column == "number" and value == 99:
                seal._append_rows([vals | {"number": 98}])
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                seal._append_rows([vals])

    def test_change_in_sql_is_found_and_named(self):
        """Each changed column of each kind of row: which session, which record, which field."""
        before, session, after = (self.sealed_session() for _session in range(3))
        case = session.case_ids
        reason = case.recusal_ids
        vote = case.proposal_ids[-1].vote_ids[0]
        file = self.env["ir.attachment"].search(
            [("res_model", "=", session._name), ("res_id", "=", session.id)], limit=1
        )
        move = self.env["cpa.request.move"].search([("res_model", "=", case._name), ("res_id", "=", case.id)], limit=1)
        message = session.message_ids.filtered("attachment_ids")
        tracking = session.sudo().message_ids.tracking_value_ids[:1]
        signature = session.signature_ids[0]
        for record, column, value in (
            (session, "place", "Elsewhere"),
            (session, "minutes", "Nothing to remark"),
            (session.attendance_ids[0], "is_present", False),
            (case, "state", "undecided"),
            (case, "sequence", 99),
            (reason, "reason", "None"),
            (case.proposal_ids[-1], "amount", 9000),
            (case.proposal_ids[-1], "conditions", None),
            (vote, "choice", "against"),
            (vote, "recorded_by", self.manager.id),
            (signature, "signer_name", "Somebody else"),
            (signature, "image", SIGNATURE + b"="),
            (move, "happened_at", "2020-01-01 00:00:00"),
            (message, "body", "Never sent"),
            (message, "date", "2020-01-01 00:00:00"),
            (message, "author_id", self.manager.partner_id.id),
            (tracking, "new_value_char", "Cancelled"),
            (file, "name", "other.pdf"),
        ):
            with self.subTest(model=record._name, column=column), self.env.cr.savepoint() as savepoint:
                self.sql("UPDATE %s SET %s = %s WHERE id = %s", *self.named(record, column), value, record.id)
                findings = self.env["cpa.committee.session"]._verify_chain()
                self.assertEqual(
                    [(f.session, f.model, f.res_id, f.field) for f in findings],
                    [(session.number, record._name, record.id, column)],
                )
                self.assertIn(record._fields[column]._description_string(self.env), findings[0].text)
                self.assertFalse(self.verify(before | after))
                savepoint.rollback()

    def named(self, record, column):
        return SQL.identifier(record._table), SQL.identifier(column)

    def test_bytes_of_a_file(self):
        """The file itself is sealed, not what the database notes about it."""
        session = self.sealed_session()
        file = self.env["ir.attachment"].search(
            [("res_model", "=", session._name), ("res_id", "=", session.id)], limit=1
        )
        self.sql("UPDATE ir_attachment SET store_fname = NULL, db_datas = %s WHERE id = %s", b"other", file.id)
        self.assertEqual(self.verify(), [(session.number, "ir.attachment", "raw")])

    def test_deleted_and_added_rows(self):
        """A row taken out, a row put in, one moved to another session, and a message that pretends to be older."""
        session, other = self.sealed_session(), self.sealed_session()
        vote = session.case_ids.proposal_ids[-1].vote_ids[-1]
        with self.env.cr.savepoint() as savepoint:
            self.sql("DELETE FROM cpa_committee_vote WHERE id = %s", vote.id)
            self.assertEqual(self.verify(), [(session.number, "cpa.committee.vote", "")])
            savepoint.rollback()
        with self.env.cr.savepoint() as savepoint:
            self.sql(
                "INSERT INTO cpa_committee_vote (proposal_id, member_id, choice, recorded_by, voted_at) "
                "VALUES (%s, %s, 'for', %s, now())",
                vote.proposal_id.id,
                self.seat(self.alternate).id,
                self.secretary.id,
            )
            self.assertEqual(self.verify(), [(session.number, "cpa.committee.vote", "")])
            savepoint.rollback()
        with self.env.cr.savepoint() as savepoint:
            self.sql("UPDATE cpa_committee_case SET session_id = %s WHERE session_id = %s", other.id, session.id)
            findings = self.verify()
            self.assertIn((session.number, "cpa.committee.case", "session_id"), findings)
            self.assertIn((other.number, "cpa.committee.case", ""), findings)
            savepoint.rollback()
        with self.env.cr.savepoint() as savepoint:
            self.sql(
                "INSERT INTO mail_message (model, res_id, message_type, date, create_date, body) "
                "VALUES (%s, %s, 'comment', %s, now(), 'Nobody objected')",
                session._name,
                session.id,
                fields.Datetime.subtract(session.sealed_at, days=1),
            )
            self.assertEqual(self.verify(), [(session.number, "mail.message", "")])
            savepoint.rollback()
        self.assertEqual(self.verify(), [])

    def test_seals_that_are_gone_or_made_anew(self):
        """A session taken out of the chain, the last one too, and one that was sealed anew over other rows."""
        _first, second, third = (self.sealed_session() for _session in range(3))
        seals = self.env["cpa.committee.seal"].search([("committee_id", "=", self.committee.id)])
        with self.env.cr.savepoint() as savepoint:
            self.sql("UPDATE cpa_committee_seal SET previous_id = NULL WHERE id = %s", seals[2].id)
            self.sql("DELETE FROM cpa_committee_seal WHERE id = %s", seals[1].id)
            texts = [finding.text for finding in self.env["cpa.committee.session"]._verify_chain()]
            self.assertIn(f"Session {second.number}: it is closed, and its seal is gone.", texts)
            self.assertIn("between seal 1 and this one (3)", "".join(texts))
            savepoint.rollback()
        with self.env.cr.savepoint() as savepoint:
            self.sql("DELETE FROM cpa_committee_seal WHERE id = %s", seals[2].id)
            texts = [finding.text for finding in self.env["cpa.committee.session"]._verify_chain()]
            self.assertIn("after it 1 seals", "".join(texts))
            self.assertIn(third.number, "".join(texts))
            savepoint.rollback()
        # whoever knows how seals are made, and forges one row with its seal
        self.sql("UPDATE cpa_committee_session SET place = 'Elsewhere' WHERE id = %s", second.id)
        forged = seals[1]
        manifest, salts = forged._manifest(forged._rows_of(second))
        vals = {name: forged._plain(name) for name in forged._fields} | {"manifest": json.dumps(manifest)}
        self.sql(
            "UPDATE cpa_committee_seal SET manifest = %s, salts = %s, digest = %s WHERE id = %s",
            vals["manifest"],
            json.dumps(salts),
            forged._digest_of(vals),
            forged.id,
        )
        self.sql("UPDATE cpa_committee_session SET seal_digest = %s WHERE id = %s", forged._digest_of(vals), second.id)
        findings = self.env["cpa.committee.session"]._verify_chain()
        self.assertEqual([finding.session for finding in findings], [second.number])
        self.assertIn(f"sealed anew after the seal of {third.number}", findings[0].text)

    def test_seal_itself_changed(self):
        """The seal's own columns are part of its fingerprint."""
        session = self.sealed_session()
        seal = self.env["cpa.committee.seal"].search([("session_id", "=", session.id)])
        self.sql("UPDATE cpa_committee_seal SET sealed_at = '2020-01-01 00:00:00' WHERE id = %s", seal.id)
        self.assertEqual(self.verify(), [(session.number, "cpa.committee.seal", "")])

    def test_queries_flat(self):
        """Sealing and verifying ask the database as often for eight cases as for two."""

        def queries(call):
            self.env.flush_all()
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        warm, few, many = (self.sign_minutes(self.counted_session(cases)) for cases in (1, 2, 8))
        queries(lambda: warm.write({"state": "closed"}))  # what is read once in a server's life
        self.assertEqual(
            queries(lambda: few.write({"state": "closed"})), queries(lambda: many.write({"state": "closed"}))
        )
        self.assertEqual(queries(few._minutes_text), queries(many._minutes_text))


@tagged("post_install", "-at_install")
class TestFrozen(SealCommon, HttpCase):
    """After the seal nobody changes or deletes anything of it, through any interface, superuser included."""

    def setUp(self):
        super().setUp()
        self.sealed = self.sealed_session()
        self.case = self.sealed.case_ids
        self.file = self.env["ir.attachment"].search(
            [("res_model", "=", self.sealed._name), ("res_id", "=", self.sealed.id)], limit=1
        )
        self.message = self.sealed.message_ids.filtered("attachment_ids")
        self.env.flush_all()

    def rows(self):
        """Return every kind of row of the session, with a value that would change it."""
        session, case = self.sealed, self.case
        return [
            (session, {"place": "Elsewhere"}),
            (session, {"minutes": "Otherwise"}),
            (session, {"seal_digest": "0" * 64}),
            (session, {"company_id": self.env.company.id, "number": "S-1"}),
            (session.attendance_ids, {"is_present": False}),
            (case, {"sequence": 99}),
            (case.recusal_ids, {"reason": "None"}),
            (case.proposal_ids, {"amount": 9000}),
            (case.proposal_ids.vote_ids, {"choice": "against"}),
            (session.signature_ids, {"signer_name": "Somebody"}),
            (self.env["cpa.committee.seal"].search([("session_id", "=", session.id)]), {"digest": "0" * 64}),
            (self.committee, {"seal_count": 0}),
            (self.file, {"name": "other.pdf"}),
            (self.file, {"datas": SIGNATURE}),
            (self.file, {"res_id": 0, "res_model": False}),
            (self.message.attachment_ids, {"raw": b"%PDF-1.4 other"}),
            (self.message, {"body": "Never sent"}),
            (self.message, {"subject": "Another"}),
            (self.message, {"date": "2020-01-01 00:00:00"}),
            (self.message, {"author_id": self.manager.partner_id.id}),
            (self.message, {"attachment_ids": [fields.Command.clear()]}),
            (self.message, {"res_id": session.id + 1}),
            (session.sudo().message_ids.tracking_value_ids[:1], {"new_value_char": "Cancelled"}),
            (session.sudo().message_ids.tracking_value_ids[:1], {"mail_message_id": self.message.id}),
        ]

    def additions(self):
        session = self.sealed
        return [
            ("cpa.committee.remark", {"session_id": session.id, "text": "Too late"}),
            ("cpa.committee.signature", {"session_id": session.id, "signer_name": "x"}),
            ("cpa.committee.recusal", {"case_id": self.case.id, "member_id": self.seat(self.member).id, "reason": "x"}),
            ("ir.attachment", {"name": "late.pdf", "raw": PDF, "res_model": session._name, "res_id": session.id}),
            (
                "ir.attachment",
                {"name": "late.pdf", "raw": PDF, "res_model": self.case._name, "res_id": self.case.id},
            ),
            (
                "mail.message",
                {"model": session._name, "res_id": session.id, "body": "x", "date": "2020-01-01 00:00:00"},
            ),
            ("mail.tracking.value", {"mail_message_id": self.message.id, "new_value_char": "x"}),
        ]

    def refused(self, call, *args):
        """Assert that a change is refused, by a rule or by the database."""
        with mute_logger("odoo.sql_db"):
            try:
                with self.env.cr.savepoint():
                    call(*args)
                    self.env.flush_all()
            except (UserError, RedirectWarning, IntegrityError):
                return
        self.fail("it was let through")

    def test_orm(self):
        """write, unlink and create, as secretary, manager and superuser."""
        for user in (self.secretary, self.manager, self.env.ref("base.user_root")):
            for records, vals in self.rows():
                self.assertTrue(records, vals)
                with self.subTest(user=user.login, model=records._name, change=list(vals)):
                    self.refused(records.with_user(user).write, vals)
                with self.subTest(user=user.login, delete=records._name):
                    self.refused(records.with_user(user).unlink)
            for model, vals in self.additions():
                with self.subTest(user=user.login, add=model):
                    self.refused(self.env[model].with_user(user).create, dict(vals))
        self.env.invalidate_all()
        self.assertEqual(self.verify(), [])

    def test_linked_records(self):
        """Members, committee, users, requests and reasons that stand in sealed minutes are not deleted."""
        writer = self.env["res.partner"].create({"name": "Who wrote to the committee"})
        counted = self.counted_session()
        counted.message_post(body="A letter", author_id=writer.id)
        self.close(counted)
        linked = (
            self.committee,
            self.committee.member_ids,
            self.chair,
            self.secretary,
            self.case.request_id,
            self.case.proposal_ids.rejection_reason_id,
            self.chair.partner_id,
            writer,
        )
        for records in linked:
            with self.subTest(records._name):
                self.refused(records.with_user(SUPERUSER_ID).unlink)
        self.env["calendar.event"].search([("res_id", "=", self.sealed.id)]).unlink()
        self.env.invalidate_all()
        self.assertEqual(self.verify(), [], "the calendar is not part of it")

    def test_import(self):
        """A file that is imported over the rows."""
        for records, name, value in (
            (self.sealed, "place", "Elsewhere"),
            (self.sealed.attendance_ids[:1], "is_present", "False"),
            (self.case.recusal_ids, "reason", "None"),
        ):
            with self.subTest(records._name):
                result = records.with_user(self.secretary).load([".id", name], [[str(records.id), value]])
                self.assertTrue(result["messages"] and not result["ids"])

    def test_reading_marks(self):
        """Who reads may mark what he reads; a message of today is one of today."""
        self.message.with_user(self.secretary).toggle_message_starred()
        self.message.with_user(self.secretary).set_message_done()
        self.sealed.with_user(self.secretary).message_post(body="Filed in cabinet 3")
        self.env.invalidate_all()
        self.assertEqual(self.verify(), [])
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.sealed.message_ids[:1].with_user(SUPERUSER_ID).unlink()

    def test_no_stored_computes(self):
        """Nothing on a frozen row changes without a write, and no linked record takes its columns along."""
        for model in self.env["cpa.committee.seal"]._sealed_rows():
            for name, field in self.env[model]._fields.items():
                if not field.store or name in ("id", "create_uid", "write_uid", "create_date", "write_date"):
                    continue
                with self.subTest(model=model, field=name):
                    self.assertFalse(field.compute or field.related)
                    if field.type == "many2one":
                        self.assertIn(field.ondelete, ("restrict", None))

    def rpc(self, path, params):
        """Return what a JSON-RPC route answers."""
        return self.url_open(
            path, data=json.dumps({"params": params}), headers={"Content-Type": "application/json"}
        ).json()

    def test_rpc(self):
        """The client's own way, the API's, and the routes of messages and files."""
        admin = self.env.ref("base.user_admin")
        admin.group_ids += self.env.ref("cpa_beneficiary.group_secretary")
        self.authenticate("admin", "admin")
        key = admin.with_user(admin).env["res.users.apikeys"]._generate("rpc", "test", None)
        for records, vals in self.rows():
            values = {
                name: value.decode() if isinstance(value, bytes) else value
                for name, value in vals.items()
                if name != "raw"
            }
            for method, args in (("write", [records.ids, values]), ("unlink", [records.ids])):
                if not values:
                    continue
                with self.subTest(records._name, method=method, change=list(vals)), mute_logger("odoo.http"):
                    params = {"model": records._name, "method": method, "args": args, "kwargs": {}}
                    self.assertIn("error", self.rpc(f"/web/dataset/call_kw/{records._name}/{method}", params))
                    body = {"ids": records.ids, **({"vals": values} if method == "write" else {})}
                    answer = self.url_open(
                        f"/json/2/{records._name}/{method}",
                        data=json.dumps(body),
                        headers={"Content-Type": "application/json", "Authorization": f"bearer {key}"},
                    )
                    self.assertGreaterEqual(answer.status_code, 400)
        with mute_logger("odoo.http", "odoo.addons.mail", "odoo.addons.web.controllers.binary"):
            for path, params in (
                (
                    "/mail/message/update_content",
                    {"message_id": self.message.id, "update_data": {"body": "Never sent", "attachment_ids": []}},
                ),
                ("/mail/attachment/delete", {"attachment_id": self.file.id}),
                ("/mail/attachment/delete", {"attachment_id": self.message.attachment_ids.id}),
            ):
                with self.subTest(path):
                    self.assertIn("error", self.rpc(path, params))
            upload = {"thread_id": self.sealed.id, "thread_model": self.sealed._name}
            upload["csrf_token"] = Request.csrf_token(self)
            with self.subTest("upload"):
                self.url_open("/mail/attachment/upload", data=upload, files={"ufile": ("late.pdf", PDF)})
            with self.subTest("web upload"):
                form = {"model": self.sealed._name, "id": self.sealed.id, "csrf_token": Request.csrf_token(self)}
                self.url_open("/web/binary/upload_attachment", data=form, files={"ufile": ("late.pdf", PDF)})
        self.env.invalidate_all()
        self.assertEqual(self.verify(), [])
