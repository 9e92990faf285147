"""Every mailing goes to consents in force only, whatever its model and whenever it leaves (P-07)."""

from odoo import Command
from odoo.addons.mail.tests.common import MailCommon
from odoo.tests import tagged
from odoo.tools import email_normalize

from .common import CpaCommon

MESSAGE = "outreach_message"


@tagged("post_install", "-at_install")
class TestMailing(MailCommon, CpaCommon):
    """P-07: only to those who consented; opting out is easy and counts at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = cls.env.ref("cpa_beneficiary.consent_purpose_message")
        cls.yes = cls.make_person("سالم", "1034567899", "yes@example.com", "given")
        cls.never = cls.make_person("علي", "1045678909", "never@example.com")
        cls.no = cls.make_person("سعيد", "1056789017", "no@example.com", "given", "withdrawn")
        cls.people = cls.yes | cls.never | cls.no
        cls.list = cls.env["mailing.list"].create({"name": "Newsletter"})

    @classmethod
    def make_person(cls, name, number, email, *events):
        file = cls.make_beneficiary(name=name, number=number, email=email)
        for event in events:
            cls.say(file, event)
        return file

    @classmethod
    def say(cls, file, event, user=None):
        wizard = cls.env["cpa.consent.wizard"].with_user(user or cls.officer)
        wizard.create(
            {"beneficiary_id": file.id, "purpose_id": cls.purpose.id, "event": event, "method": "counter"}
        ).action_record()

    # ------------------------------------------------------------------
    # One record of any model for any of these people
    # ------------------------------------------------------------------

    def mailed_models(self):
        """Return every model that a mailing can be written to, in this database."""
        names = [
            name
            for name, model in self.env.registry.items()
            if getattr(model, "_mailing_enabled", False) and not model._abstract and name != "mailing.list"
        ]
        return [self.env[name] for name in sorted(names)]

    def record_of(self, model, contact=None, name="", email="", linked=True):
        """Return a record of ``model`` that means this contact, by a link or only by an address."""
        if model._name == "res.partner":
            return contact if contact and linked else model.create({"name": name, "email": email})
        if model._inherits.get("res.partner"):
            link = model._inherits["res.partner"]
            own = contact and model.search([(link, "=", contact.id)], limit=1)
            return own or model.create(
                {link: (contact or model.env["res.partner"].create({"name": name, "email": email})).id}
            )
        mail = next(name for name in ("email", "email_from") if name in model._fields)
        values = {"name": name, mail: email}
        if linked and contact and "partner_id" in model._fields:
            values["partner_id"] = contact.id
        if model._name == "mailing.contact":
            values["list_ids"] = [Command.set(self.list.ids)]
        return model.create(values)

    def mailing_to(self, records, **values):
        return self.env["mailing.mailing"].create(
            {
                "subject": "An offer",
                "body_html": "<p>An offer</p>",
                "mailing_model_id": self.env["ir.model"]._get_id(records._name),
                "mailing_domain": [("id", "in", records.ids)],
                "email_from": "office@example.com",
                "user_id": self.env.uid,
                "keep_archives": True,
                "reply_to_mode": "new",
                "reply_to": "office@example.com",
                **values,
            }
        )

    def leave(self, mailing):
        """Let the queue run, and return the addresses to which something left."""
        with self.mock_mail_gateway():
            mailing.action_put_in_queue()
            self.env.ref("mass_mailing.ir_cron_mass_mailing_queue").method_direct_trigger()
        return {email_normalize(address) for mail in self._mails for address in mail["email_to"]}

    # ------------------------------------------------------------------
    # The rule
    # ------------------------------------------------------------------

    def test_every_model(self):
        """P-07: of every model that is mailed, only who consents is reached; by a link or by the address alone."""
        models = self.mailed_models()
        self.assertLessEqual(
            {"res.partner", "crm.lead", "mailing.contact", "cpa.beneficiary"}, {model._name for model in models}
        )
        for model in models:
            for linked in (True, False):
                if not linked and model._inherits.get("res.partner"):
                    continue
                with self.subTest(model=model._name, linked=linked):
                    records = model.browse()
                    for file in self.people:
                        records |= self.record_of(model, file.partner_id, file.name, file.email, linked)
                    if not model._inherits.get("res.partner"):
                        records |= self.record_of(model, name="Stranger", email="stranger@example.com")
                    mailing = self.mailing_to(records)
                    self.assertEqual(mailing.total, 1)
                    self.assertEqual(self.leave(mailing), {"yes@example.com"})

    def test_withdrawn_while_it_waits(self):
        """P-07: who withdraws between the scheduling and the sending is not reached, in any model."""
        for model in self.mailed_models():
            with self.subTest(model=model._name):
                records = model.browse()
                for file in self.people:
                    records |= self.record_of(model, file.partner_id, file.name, file.email)
                mailing = self.mailing_to(records, schedule_type="scheduled", schedule_date="2020-01-01")
                mailing.action_put_in_queue()
                self.say(self.yes, "withdrawn")
                self.assertEqual(self.leave(mailing), set())
                self.say(self.yes, "given")

    def test_withdrawn_in_the_mail_queue(self):
        """P-07: a mail that stands in the queue does not leave after the withdrawal."""
        mailing = self.mailing_to(self.people.partner_id)
        with self.mock_mail_gateway():
            mail = self.env["mail.mail"].create(
                {
                    "mailing_id": mailing.id,
                    "model": "res.partner",
                    "res_id": self.yes.partner_id.id,
                    "recipient_ids": [Command.set(self.yes.partner_id.ids)],
                    "email_from": "office@example.com",
                    "body_html": "<p>An offer</p>",
                }
            )
            self.say(self.yes, "withdrawn")
            mail.send()
        self.assertEqual((mail.state, self._mails), ("cancel", []))

    def test_recipients_named_by_hand(self):
        """P-07: naming the records does not get past the consent, nor does writing to a list of contacts."""
        mailing = self.mailing_to(self.people.partner_id)
        with self.mock_mail_gateway():
            mailing.action_send_mail(res_ids=self.people.partner_id.ids)
            for people in (self.people, self.people.partner_id):
                self.env["mail.compose.message"].with_user(self.officer).create(
                    {
                        "composition_mode": "mass_mail",
                        "model": people._name,
                        "res_ids": repr(people.ids),
                        "subject": "By hand",
                        "body": "<p>Hello</p>",
                    }
                )._action_send_mail()
        subjects = sorted((mail["subject"], "".join(mail["email_to"])) for mail in self._mails)
        self.assertEqual(len(subjects), 3)
        self.assertTrue(all("yes@example.com" in address for _subject, address in subjects), subjects)

    def test_texts_to_many(self):
        """P-07: text messages to a list of contacts keep to the consents as well."""
        for people in (self.people, self.people.partner_id):
            composer = self.env["sms.composer"].create(
                {
                    "composition_mode": "mass",
                    "res_model": people._name,
                    "res_ids": repr(people.ids),
                    "body": "An offer",
                    "mass_keep_log": False,
                }
            )
            texts = composer._action_send_sms()
            with self.subTest(model=people._name):
                self.assertEqual(texts.filtered(lambda sms: sms.state == "outgoing").mapped("number"), [self.yes.phone])

    def test_a_stranger_asked_for_it(self):
        """PDPL: a stranger is reached as a subscriber of whom it is known how he asked; leaving the list ends it."""
        contact = self.record_of(self.env["mailing.contact"], name="Reader", email="reader@example.com")
        self.assertEqual(self.mailing_to(contact).total, 0)
        contact.subscription_ids.cpa_method = "paper"
        self.assertEqual(self.leave(self.mailing_to(contact)), {"reader@example.com"})
        contact.subscription_ids.opt_out = True
        self.assertEqual(self.mailing_to(contact).total, 0)
        # the website's own form is the person's own hand
        public = self.env.ref("base.public_user")
        contact.subscription_ids.with_user(public).sudo().opt_out = False
        self.assertEqual(contact.subscription_ids.cpa_method, "website")

    def test_a_subscription_gives_nothing_for_others(self):
        """P-07: an address of ours is not opened by a line of a mailing list, whoever wrote it."""
        contact = self.record_of(self.env["mailing.contact"], name="Ali", email="Never@Example.com")
        contact.subscription_ids.cpa_method = "website"
        self.assertEqual(self.mailing_to(contact).total, 0)

    def test_a_shared_address(self):
        """P-07: an address of a family follows who is named; where nobody is named, all of them have to consent."""
        self.yes.partner_id.email = self.never.email
        partners = self.yes.partner_id | self.never.partner_id
        self.assertEqual(self.env["cpa.consent"]._reached(partners), self.yes.partner_id)
        contact = self.record_of(self.env["mailing.contact"], name="Family", email=self.never.email)
        self.assertFalse(self.env["cpa.consent"]._reached(contact))
        lead = self.record_of(self.env["crm.lead"], self.never.partner_id, "Family", self.never.email)
        lead |= self.record_of(self.env["crm.lead"], self.yes.partner_id, "Family", self.never.email)
        self.assertEqual(self.env["cpa.consent"]._reached(lead).partner_id, self.yes.partner_id)

    def test_a_telephone_number(self):
        """P-07: a contact of CRM with the number of somebody of ours is him, however it is written."""
        for number in (self.never.phone, "0" + self.never.phone[4:], self.never.phone.replace("+", "00")):
            leads = self.env["crm.lead"].create(
                [{"name": "A call", "phone": number}, {"name": "A call", "phone": number}]
            )
            leads[1].email_from = self.yes.email
            self.assertFalse(self.env["cpa.consent"]._reached(leads), number)

    # ------------------------------------------------------------------
    # Opting out
    # ------------------------------------------------------------------

    def history(self, file):
        events = self.env["cpa.consent"].search([("partner_id", "=", file.partner_id.id)])
        return [(event.event, event.method) for event in events]

    def test_the_link_withdraws(self):
        """PDPL: the link in a message withdraws the consent, of everybody with this address, with a row each."""
        self.never.partner_id.email = self.yes.email
        self.say(self.never, "given")
        public = self.env.ref("base.public_user")
        self.env["mail.blacklist"].with_user(public).sudo()._add("YES@example.com")
        for file in (self.yes, self.never):
            self.assertEqual(self.history(file)[0], ("withdrawn", "link"))
        self.assertFalse(self.env["cpa.consent"]._reached(self.people.partner_id))
        # a consent given anew counts, and takes the address off the list
        self.say(self.yes, "given")
        self.assertEqual(self.leave(self.mailing_to(self.yes.partner_id)), {"yes@example.com"})

    def test_other_ways_out(self):
        """PDPL: leaving a mailing list, or stopping the text messages, withdraws as well."""
        contact = self.record_of(self.env["mailing.contact"], name="Salem", email=self.yes.email)
        self.list._update_subscription_from_email(contact.email, opt_out=True)
        self.assertEqual(self.history(self.yes)[0], ("withdrawn", "exclusion"))
        self.say(self.yes, "given")
        self.env["phone.blacklist"]._add([self.yes.phone])
        self.assertEqual(self.history(self.yes)[0][0], "withdrawn")
        self.say(self.yes, "given")
        self.env["phone.blacklist"]._add([self.yes.phone])
        self.assertEqual(self.history(self.yes)[0][0], "withdrawn", "an address that was excluded before")

    def test_a_bounce_says_nothing(self):
        """P-07: an address that is excluded because mails come back is no withdrawal."""
        self.env["mail.blacklist"].with_context(cpa_bounce=True)._add(self.yes.email)
        self.assertEqual(self.history(self.yes)[0], ("given", "counter"))

    def test_a_merged_file(self):
        """P-07: what was withdrawn for one of the files counts for the person."""
        merged, kept = self.never, self.yes
        self.env["cpa.consent"].flush_model()
        merged._lifecycle_set({"active": False, "merged_into_id": kept.id})
        self.env["mail.blacklist"]._add(merged.email)
        self.assertFalse(self.env["cpa.consent"]._reached(kept.partner_id))

    def test_off_until_switched_on(self):
        """Design "Off until switched on": the screens of mass mailing are there when the company wants them."""
        menu = self.env.ref("mass_mailing.mass_mailing_menu_root")

        def is_shown():
            self.env.registry.clear_all_caches()
            return menu.id in self.env["ir.ui.menu"].with_user(self.manager)._visible_menu_ids()

        self.assertFalse(is_shown())
        self.env.company.cpa_mailing_on = True
        self.assertTrue(is_shown())
        self.mailing_to(self.people).with_user(self.manager).read(["subject", "total"])
        self.env.company.cpa_mailing_on = False
        self.assertFalse(is_shown())

    def test_queries_stay_flat(self):
        """Design "Size and speed": who is reached is one query, of three contacts and of thirty."""
        self.env["cpa.consent"]._reached(self.people.partner_id)
        strangers = self.env["res.partner"].create([{"name": f"S{n}", "email": f"s{n}@example.com"} for n in range(30)])
        for partners in (self.people.partner_id, self.people.partner_id | strangers):
            self.env.flush_all()
            with self.assertQueryCount(1):
                self.env["cpa.consent"]._reached(partners)
