"""A volunteer with a login gets nothing of any beneficiary, request or other volunteer: by no model, call or address.

Every text of a beneficiary's story and of another volunteer's carries a marker; whoever helps on Thursdays must not
find it, and must change nothing that is not his (P-02: confidentiality; P-24).
"""

import base64
from datetime import timedelta

from odoo import fields
from odoo.addons.cpa_beneficiary.tests.common import SIGNATURE
from odoo.addons.cpa_beneficiary.tests.story import MARKER, MarkedStory, leaks
from odoo.addons.cpa_beneficiary.tests.test_plain_user import Readings
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .callers import CallerMixin
from .routes import routes_of

CALL = "/web/dataset/call_kw"


@tagged("post_install", "-at_install")
class TestVolunteerAccess(Readings, CallerMixin, MarkedStory):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coordinator = new_test_user(cls.env, "access_coordinator", groups="cpa_volunteer.group_coordinator")
        template = cls.env.ref("cpa_volunteer.agreement_template_volunteer").with_user(cls.manager)
        template.approval_date = cpa_today()
        template.write({"state": "in_force"})
        cls.template = template
        cls.own, cls.login = cls.make_volunteer("A volunteer", "0551112225", "1000000008")
        cls.theirs, _login = cls.make_volunteer(f"{MARKER} volunteer", "0551112226", "1000000016")
        cls.make_work()

    @classmethod
    def make_volunteer(cls, name, phone, number):
        """Return an active volunteer and his login on the website."""
        office = cls.env(user=cls.coordinator)
        governorate = cls.env.ref("cpa_beneficiary.cpa_governorate_najran")
        volunteer = office["cpa.volunteer"].create(
            {"name": name, "phone": phone, "governorate_id": governorate.id, "about": name}
        )
        identity = {"partner_id": volunteer.partner_id.id, "number": number, "birth_date": "1990-01-01"}
        office["cpa.identity"].create(identity)
        volunteer.write({"vetting_note": name, "state": "vetted"})
        agreement = {"template_id": cls.template.id, "partner_id": volunteer.partner_id.id, "signer_name": name}
        office["cpa.agreement"].create(agreement | {"signature": SIGNATURE}).action_sign()
        volunteer.write({"state": "active"})
        groups = "cpa_volunteer.group_volunteer,cpa_beneficiary.group_applicant"
        login = new_test_user(cls.env, f"volunteer_{phone}", groups=groups, partner_id=volunteer.partner_id.id)
        return volunteer, login

    @classmethod
    def make_work(cls):
        """Let the other volunteer have of everything something, each with the marker in its texts."""
        office = cls.env(user=cls.coordinator)
        start = fields.Datetime.now() + timedelta(minutes=10)
        opportunity = office["cpa.opportunity"].create(
            {
                "name": "Awareness",
                "kind": "awareness",
                "description": "<p>Awareness</p>",
                "experience": "Talking",
                "place": "Market",
                "governorate_id": cls.own.governorate_id.id,
                "date_from": cpa_today(),
                "date_to": cpa_today() + timedelta(days=3),
                "shift_ids": [
                    Command.create({"start": at, "stop": at + timedelta(hours=2), "capacity": 5})
                    for at in (start, start + timedelta(hours=5))
                ],
            }
        )
        opportunity.write({"state": "published"})
        certified, cls.line = (
            office["cpa.participation"].create({"volunteer_id": cls.theirs.id, "shift_id": shift.id})
            for shift in opportunity.shift_ids
        )
        (certified | cls.line).action_take()
        certified.write({"state": "attended"})
        certified._log_hours(2, MARKER)
        certified.action_approve()
        owner = {"volunteer_id": cls.theirs.id}
        cls.certificate = office["cpa.volunteer.certificate"].create(owner)
        expense = office["cpa.volunteer.expense"].create({**owner, "purpose": MARKER, "amount": 9})
        item = office["cpa.custody.item"].create({**owner, "name": MARKER})
        incident = office["cpa.volunteer.incident"].create({**owner, "summary": MARKER, "description": MARKER})
        cls.shift = opportunity.shift_ids[0]
        cls.agreement = cls.theirs.partner_id.sudo().cpa_agreement_ids
        cls.foreign = [
            cls.theirs,
            cls.theirs.partner_id,
            cls.theirs.partner_id.sudo().cpa_identity_ids,
            cls.line,
            certified,
            cls.certificate,
            cls.agreement,
            expense,
            item,
            incident,
            opportunity,
            cls.shift,
            cls.victim,
            cls.victim.partner_id,
            cls.request,
            cls.lead,
            cls.own,
            cls.own.partner_id.sudo().cpa_agreement_ids,
        ]

    def test_reads_nothing(self):
        """By no model that he may read, in no way of reading it."""
        env = self.env(user=self.login)
        found = [
            f"{name}: {way}"
            for name in sorted(self.env.registry)
            if self.holds_something(self.env[name]) and env[name].has_access("read")
            for way, answer in self.readings(env[name])
            if leaks(answer)
        ]
        self.assertEqual(found, [])
        # and it is there to be found
        self.assertTrue(any(leaks(answer) for _way, answer in self.readings(self.env["cpa.volunteer"])))

    def test_calls_do_nothing(self):
        """No method of a record is open to him: neither the general ones nor a button, not even on his own file."""
        self.env.flush_all()
        before = self.states()
        for record in self.foreign:
            for method, args in self.calls(record):
                if record._name == "res.partner" and record == self.own.partner_id:
                    continue
                body = {"model": record._name, "method": method, "args": args, "kwargs": {}}
                answer = self.call(self.login, "POST", CALL, json={"jsonrpc": "2.0", "params": body})
                with self.subTest(model=record._name, method=method):
                    # a button may name a form to open: which then refuses; it says nothing itself
                    self.assertTrue(answer.refused or self.is_action(answer.result), answer.result)
                    self.assertFalse(answer.leaks)
        self.env.invalidate_all()
        self.assertEqual(self.states(), before)

    def calls(self, record):
        ids = record.ids
        yield from (
            ("read", [ids]),
            ("web_read", [ids, {"display_name": {}}]),
            ("search_read", [[("id", "in", ids)]]),
            ("name_search", [MARKER]),
            ("export_data", [ids, ["display_name"]]),
            ("write", [ids, {"state": "closed"} if "state" in record else {"name": "x"}]),
            ("create", [{}]),
            ("unlink", [ids]),
            ("copy", [ids]),
            ("formatted_read_group", [[("id", "in", ids)], ["id"], ["__count"]]),
        )
        if "message_ids" in record:
            yield "message_post", [ids]
        if record._name.startswith("cpa."):
            yield from ((name, [ids]) for name in dir(type(record)) if name.startswith("action_"))

    def is_action(self, result):
        return isinstance(result, dict) and str(result.get("type")).startswith("ir.actions.")

    def states(self):
        found = {}
        for record in self.foreign:
            query = SQL("SELECT row::text FROM %s row WHERE id = %s", SQL.identifier(record._table), record.id)
            found[record._name, record.id] = self.env.execute_query(query)
        return found

    def test_addresses_open_nothing(self):
        """By no address of ours with somebody else's number in it, and by none of core's that serve records."""
        before = self.states()
        numbers = {
            "participation_id": self.line.id,
            "certificate_id": self.certificate.id,
            "agreement_id": self.agreement.id,
            "shift_id": 0,
            "code": "volunteer",
            "token": "AAAAAAAAAAAAAAAAAAAAAAAA",
        }
        addresses = [
            f"/my/requests/{self.request.number}",
            f"/my/file/{self.victim.id}",
            f"/report/pdf/cpa_volunteer.cpa_volunteer_certificate_paper/{self.certificate.id}",
            f"/report/html/cpa_volunteer.cpa_volunteer_certificate_paper/{self.certificate.id}",
            f"/web/image/cpa.agreement/{self.agreement.id}/signature",
            f"/web/content/cpa.agreement/{self.agreement.id}/signature",
            f"/web/image/res.partner/{self.theirs.partner_id.id}/image_1920",
            f"/verify/{self.certificate.number}",
        ]
        for route in routes_of(self.env):
            if "cpa_volunteer" in route.handler and "<" in route.url and "/verify" not in route.url:
                url = route.url
                for name, value in numbers.items():
                    for kind in ("int", "string"):
                        url = url.replace(f"<{kind}:{name}>", str(value))
                if "/here/" not in url and "<" not in url:
                    addresses.append(url)
        self.assertGreater(len(addresses), 14)
        for address in addresses:
            for method in ("GET", "POST"):
                data = (
                    {"csrf_token": self.csrf_token(self.login), "from": "9:00", "to": "10:00"}
                    if method == "POST"
                    else {}
                )
                answer = self.call(self.login, method, address, data=data)
                with self.subTest(address=address, method=method):
                    self.assertFalse(answer.leaks)
                    self.assertNotIn(base64.b64decode(SIGNATURE), answer.body)
                    # in the place of a picture that is not for him there is the one that stands for none
                    self.assertTrue(answer.status >= 300 or "/web/image/" in address, address)
                    self.assertLess(answer.status, 500, answer.error)
        for address in ("/my", "/my/volunteering", f"/volunteer/{self.shift.opportunity_id.id}"):
            answer = self.call(self.login, "GET", address)
            self.assertEqual((answer.status, answer.leaks), (200, []), address)
        self.env.invalidate_all()
        self.assertEqual(self.states(), before)
