"""Demo data of the other parties and of reaching people: supporters with agreements, consents, an outreach by calls."""

from datetime import datetime, timedelta

from odoo import api, fields, models

from .cpa_demo import SIGNATURE

SUPPORTERS = [
    ("شركة الإمداد التجريبية", "company", "سلال غذائية شهرية", "أ. فهد التجريبي"),
    ("مؤسسة العطاء التجريبية", "foundation", "تكاليف علاج", "أ. نورة التجريبية"),
    ("أمانة المنطقة التجريبية", "government", "قاعات للتوعية", "م. سالم التجريبي"),
    ("عبدالرحمن بن علي التجريبي", "individual", "أجهزة منزلية", False),
]
OUTCOMES = ("reached", "no_answer", "wants", "not_interested", "reached", "wrong_number")


class CpaDemo(models.AbstractModel):
    _inherit = "cpa.demo"

    @api.model
    def _tell_parties(self):
        """Tell of supporters and of an outreach of the last weeks. Called by the demo data file only."""
        from freezegun import freeze_time  # a package of tests and demo, not of a running association

        self = self.with_context(lang="ar_001", mail_auto_subscribe_no_notify=True)
        morning = datetime.now().replace(hour=7, minute=30, second=0, microsecond=0)
        with freeze_time(morning - timedelta(days=40)) as clock:
            self._supporters()
            self._charters()
            self._consents()
            self.env.cr.flush()
            clock.move_to(morning - timedelta(days=9))
            outreach = self._outreach()
            for day, outcome in enumerate(OUTCOMES):
                clock.move_to(morning - timedelta(days=8 - day))
                waiting = outreach.contact_ids.filtered(lambda contact: contact.state == "waiting")
                getattr(waiting[:1], f"action_{outcome}")()
                self.env.cr.flush()

    def _supporters(self):
        template = self.env.ref("cpa_beneficiary.agreement_template_supporter")
        template.with_user(self.env.ref("cpa_beneficiary.demo_user_manager")).write(
            {"approval_date": "2024-01-15", "state": "in_force"}
        )
        governorate = self.env.ref("cpa_beneficiary.cpa_governorate_najran")
        for number, (name, kind, note, speaker) in enumerate(SUPPORTERS):
            supporter = self._as("officer", "cpa.supporter").create(
                {
                    "name": name,
                    "kind": kind,
                    "support_note": note,
                    "contact_person": speaker,
                    "phone": f"+96617522{number:04d}",
                    "lang": self.env.user.lang,
                    "governorate_id": governorate.id,
                }
            )
            if number == 3:  # still being talked to
                continue
            supporter.action_charter_read()
            supporter.write({"state": "active"})
            agreement = self._as("officer", "cpa.agreement").create(
                {
                    "template_id": template.id,
                    "partner_id": supporter.partner_id.id,
                    "signer_name": speaker,
                    "signature": SIGNATURE,
                    "date_to": fields.Date.today() + timedelta(days=(50, 300, 300)[number]),
                }
            )
            agreement.action_sign()
        dispute = self._as("officer", "cpa.agreement.dispute").create(
            {"agreement_id": agreement.id, "subject": "تأخر تسليم القاعة عن الموعد المتفق عليه"}
        )
        dispute.write({"settlement": "amicable", "outcome": "اتفق الطرفان على موعد جديد", "state": "settled"})

    def _charters(self):
        """Every second beneficiary has read his charter at the counter."""
        people = self._as("officer", "cpa.beneficiary").search([("state", "=", "registered")], order="id")
        people[::2].action_charter_read()

    def _consents(self):
        """Two of three whom the officer asked at the counter consent, to calls, messages or both."""
        people = self.env["cpa.beneficiary"].search([("state", "=", "registered")], order="id")
        for number, person in enumerate(people):
            for code in (("outreach_call", "outreach_message"), ("outreach_call",), ())[number % 3]:
                self._as("officer", "cpa.consent.wizard").create(
                    {
                        "beneficiary_id": person.id,
                        "purpose_id": self.env["cpa.consent.purpose"].search([("code", "=", code)]).id,
                        "event": "given",
                        "method": "counter",
                    }
                ).action_record()

    def _outreach(self):
        outreach = self._as("officer", "cpa.outreach").create(
            {
                "name": "استشارات مجانية قبل موسم التخفيضات",
                "service_id": self.env.ref("cpa_beneficiary.service_consult").id,
                "text": "تقدم الجمعية استشارات مجانية في حقوق المستهلك. هل ترغب في موعد؟",
                "branch_ids": [fields.Command.set(self.env.ref("cpa_beneficiary.demo_branch_najran").ids)],
            }
        )
        outreach.with_context(
            lang="en_US"
        ).text = "The association gives free advice on consumers' rights. Would you like an appointment?"
        outreach.write({"state": "running"})
        return outreach
