"""A person of ours whose every text carries a marker: what must not be read by who has no part in it."""

import json

from odoo import Command
from odoo.tests import new_test_user

from .common import CpaCommon

MARKER = "Zqxmark"
PHONE = "+966598765432"
EMAIL = "zqxmark@example.com"
# an identity number and its last digits are no words: the whole number only
IDENTITY = "1098765439"
SECRETS = (MARKER.lower(), PHONE, PHONE[4:], IDENTITY)


def leaks(value):
    """Return whether an answer (whatever JSON can say) holds one of the secrets."""
    text = json.dumps(value, default=str, ensure_ascii=False).lower()
    return any(secret in text for secret in SECRETS)


class MarkedStory(CpaCommon):
    """The whole path of one request, from the inquiry to the delivery, with messages, files, mails and a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        beneficiary = cls.make_beneficiary(name=f"{MARKER} person", phone=PHONE, email=EMAIL, number=IDENTITY)
        cls.victim = beneficiary
        partner = beneficiary.partner_id
        partner.sudo().write(
            {
                "street": f"{MARKER} street",
                "comment": MARKER,
                "bank_ids": [Command.create({"acc_number": f"{MARKER}1"})],
            }
        )
        guardian = cls.env["res.partner"].create({"name": f"{MARKER} guardian", "email": EMAIL})
        beneficiary.write(
            {
                "accessibility_needs": MARKER,
                "representation_ids": [Command.create({"representative_id": guardian.id, "kind": "guardian"})],
                "household_member_ids": [Command.create({"name": f"{MARKER} child", "relation": "child"})],
            }
        )
        cls.lead = lead = (
            cls.env["crm.lead"]
            .with_user(cls.officer)
            .create(
                {
                    "name": f"{MARKER} inquiry",
                    "is_inquiry": True,
                    "channel_id": cls.channel.id,
                    "partner_id": partner.id,
                    "email_from": EMAIL,
                    "description": MARKER,
                    "question_ids": [Command.create({"name": f"{MARKER} question"})],
                }
            )
        )
        # written by nobody of ours: the website's form, a mail to the alias
        cls.env["crm.lead"].sudo().create({"name": "Contact form", "partner_id": partner.id, "user_id": False})
        cls.request = request = cls.make_request(
            cls.support, beneficiary_id=beneficiary.id, subject=f"{MARKER} subject", description=MARKER
        )
        request.write({"lead_id": lead.id})
        cls.submit(request)
        cls.env["cpa.referral"].with_user(cls.officer).create(
            {"request_id": request.id, "question": f"{MARKER} referral", "officer_id": cls.researcher.id}
        ).with_user(cls.researcher).write({"answer": MARKER, "state": "answered"})
        cls.visit = visit = (
            cls.env["cpa.visit"]
            .with_user(cls.officer)
            .create(
                {
                    "request_id": request.id,
                    "start": "2030-01-01 09:00:00",
                    "stop": "2030-01-01 10:00:00",
                    "findings": MARKER,
                }
            )
        )
        visit.write({"state": "done"})
        cls.study(request)
        cls.committee_session = session = cls.decide(request, amount=1000, conditions=MARKER)
        session.minutes = MARKER
        cls.reply(request, "approved", reply_text=MARKER)
        cls.delivery = delivery = (
            cls.env["cpa.delivery"]
            .with_user(cls.officer)
            .create(
                {"request_id": request.id, "name": f"{MARKER} voucher", "kind": "goods", "planned_date": "2030-01-01"}
            )
        )
        for document in (beneficiary, request, lead, visit, delivery, partner, session):
            document.sudo().message_post(
                body=f"{MARKER} message", subject=MARKER, partner_ids=partner.ids, subtype_xmlid="mail.mt_comment"
            )
            cls.env["ir.attachment"].sudo().create(
                {
                    "name": f"{MARKER}.pdf",
                    "raw": b"%PDF-1.4 " + MARKER.encode(),
                    "res_model": document._name,
                    "res_id": document.id,
                }
            )
            if "activity_ids" in document._fields:
                document.sudo().activity_schedule(
                    "mail.mail_activity_data_todo", summary=f"{MARKER} activity", note=MARKER, user_id=cls.officer.id
                )
        cls.env["sms.sms"].sudo().create({"partner_id": partner.id, "number": PHONE, "body": MARKER})
        cls.env["cpa.social.profile"].sudo().create({"beneficiary_id": beneficiary.id, "health_notes": MARKER})
        beneficiary.identity_id.with_user(cls.officer).action_show()
        cls.env["mail.blacklist"].sudo()._add(EMAIL)
        cls.env["phone.blacklist"].sudo()._add([PHONE])
        # a login of the portal, and what it leaves behind
        new_test_user(cls.env, EMAIL, groups="base.group_portal", name=f"{MARKER} person", partner_id=partner.id)
        cls.env["website.visitor"].sudo().create({"access_token": "f" * 32, "partner_id": partner.id, "website_id": 1})
        cls.env.flush_all()
