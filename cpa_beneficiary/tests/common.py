import base64

from odoo import fields
from odoo.tests import HttpCase, TransactionCase, new_test_user

ROLES = ("auditor", "delegate", "officer", "researcher", "member", "secretary", "manager", "privacy")
# a one-pixel PNG: a signature is any image
SIGNATURE = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
)


class CpaCommon(TransactionCase):
    """One user per role, one committee, and the path of a request walked as those users walk it."""

    # whether transactions of their own are part of the test's; not where a job's commits are looked at
    undone_in_one = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.undone_in_one and not issubclass(cls, HttpCase):
            cls.registry_enter_test_mode_cls()  # what counts in a transaction of its own is undone with the test
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "no_reset_password": True})
        cls.branch = cls.env["cpa.branch"].create(
            {"name": "Test branch", "governorate_id": cls.env.ref("cpa_beneficiary.cpa_governorate_sharurah").id}
        )
        for role in ROLES:
            user = new_test_user(cls.env, f"cpa_{role}", groups=f"cpa_beneficiary.group_{role}", name=f"Test {role}")
            setattr(cls, role, user)
        cls.chair = new_test_user(cls.env, "cpa_chair", groups="cpa_beneficiary.group_member", name="Test chair")
        cls.deputy = new_test_user(cls.env, "cpa_deputy", groups="cpa_beneficiary.group_member", name="Test deputy")
        cls.alternate = new_test_user(
            cls.env, "cpa_alternate", groups="cpa_beneficiary.group_member", name="Test alternate"
        )
        cls.plain = new_test_user(cls.env, "cpa_plain", groups="base.group_user", name="Test plain")
        cls.branch.delegate_ids = cls.delegate
        cls.committee = cls.env["cpa.committee"].create(
            {
                "name": "Test committee",
                "member_ids": [
                    fields.Command.create({"user_id": user.id, "role": role, "date_from": "2020-01-01"})
                    for user, role in (
                        (cls.chair, "chair"),
                        (cls.deputy, "deputy"),
                        (cls.member, "member"),
                        (cls.alternate, "alternate"),
                        (cls.secretary, "secretary"),
                    )
                ],
            }
        )
        cls.support = cls.env.ref("cpa_beneficiary.service_sup_cash")
        cls.consultation = cls.env.ref("cpa_beneficiary.service_consult")
        cls.channel = cls.env.ref("cpa_beneficiary.channel_website")

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    @classmethod
    def make_beneficiary(cls, user=None, registered=True, number="1123456780", **vals):
        """Create a beneficiary as ``user`` (the officer), registered unless told otherwise."""
        env = cls.env(user=user or cls.officer)
        beneficiary = env["cpa.beneficiary"].create(
            {
                "name": "محمد تجريبي",
                # a phone each: an equal name with an equal phone is the same person
                "phone": f"05{number[-8:]}" if number and number != "1123456780" else "0501234567",
                "governorate_id": env.ref("cpa_beneficiary.cpa_governorate_najran").id,
                "segment_ids": [fields.Command.set(env["cpa.segment"].search([], limit=1).ids)],
                **vals,
            }
        )
        if number:
            identity = env["cpa.identity"].create(
                {"partner_id": beneficiary.partner_id.id, "type": "NAT", "number": number, "birth_date": "1980-01-01"}
            )
            identity.action_sighted()
        if registered:
            beneficiary.write({"state": "registered"})
        return beneficiary

    @staticmethod
    def make_iban(account):
        """Return a valid Saudi IBAN of the account number ``account`` (int)."""
        rest = f"80{account:018}"
        return f"SA{98 - int(rest + '281000') % 97:02}{rest}"

    # ------------------------------------------------------------------
    # A request, step by step
    # ------------------------------------------------------------------

    @classmethod
    def make_request(cls, service=None, user=None, **vals):
        """Create a draft as ``user`` (the officer) by the channel "website", which asks for no details."""
        return (
            cls.env["cpa.request"]
            .with_user(user or cls.officer)
            .create(
                {
                    "subject": "Test request",
                    "description": "What the applicant asks for",
                    "service_id": (service or cls.consultation).id,
                    "channel_id": cls.channel.id,
                    **vals,
                }
            )
        )

    @classmethod
    def complete(cls, request):
        """Check every item, sign the declaration and explain the path: all that a submission needs."""
        for check in request.check_ids.filtered(lambda c: c.state == "pending" and c.is_obligatory):
            if check.automatic == "iban":
                request.beneficiary_id.iban = cls.make_iban(request.beneficiary_id.id)
            if check.automatic == "identity" and request.beneficiary_id and not request.beneficiary_id.identity_type:
                check.action_to_sight()
                continue
            check.write({"valid_until": "2099-01-01"})
            check.action_pass()
        if request.needs_declaration:
            cls.sign(request)
        request.is_explained = True
        return request

    @classmethod
    def sign(cls, request, **vals):
        declaration = request.env["cpa.declaration"].create(
            {"request_id": request.id, "signer_name": "محمد تجريبي", "signature": SIGNATURE, **vals}
        )
        declaration.write({"state": "signed"})
        return declaration

    @classmethod
    def submit(cls, request, **vals):
        cls.complete(request)
        request.write({"state": "submitted", **vals})
        return request

    @classmethod
    def study(cls, request, recommendation="accept", amount=1000.0):
        """Let the researcher study the request and present it to the committee."""
        request.write({"researcher_id": cls.researcher.id, "state": "research"})
        study = request.with_user(cls.researcher).study_ids
        study.write(
            {
                "findings": "What was found",
                "need_level": "high",
                "need_assessment": "What is needed",
                "recommendation": recommendation,
                "recommended_amount": amount,
            }
        )
        study.action_present()
        return study

    @classmethod
    def waiting_request(cls, recommendation="accept", **vals):
        """Return a request of ``cls.beneficiary`` that waits for the committee."""
        request = cls.submit(cls.make_request(cls.support, beneficiary_id=cls.beneficiary.id, **vals))
        cls.study(request, recommendation)
        return request

    @classmethod
    def seat(cls, user):
        """Return the member of the committee that ``user`` is."""
        return cls.committee.member_ids.filtered(lambda m: m.user_id == user)

    @classmethod
    def convene(cls, requests, present=None):
        """Return an open session of the secretary with ``requests`` on its agenda."""
        session = (
            cls.env["cpa.committee.session"]
            .with_user(cls.secretary)
            .create(
                {
                    "committee_id": cls.committee.id,
                    "planned_at": fields.Datetime.now(),
                    "case_ids": [fields.Command.create({"request_id": request.id}) for request in requests],
                }
            )
        )
        session.write({"state": "convened"})
        present = present if present is not None else cls.chair | cls.deputy | cls.member | cls.secretary
        session.attendance_ids.filtered(lambda a: a.member_id.user_id in present).write({"is_present": True})
        session.write({"state": "open"})
        return session

    @classmethod
    def propose(cls, case, kind="accept", **vals):
        vals = {"case_id": case.id, "kind": kind, **vals}
        if kind == "reject":
            vals.setdefault("rejection_reason_id", cls.env["cpa.rejection.reason"].search([], limit=1).id)
        return cls.env["cpa.committee.proposal"].with_user(cls.secretary).create(vals)

    @classmethod
    def vote(cls, proposal, user, choice="for"):
        proposal.with_user(user).with_context(choice=choice).action_vote()

    @classmethod
    def decide(cls, request, kind="accept", **vals):
        """Let the committee decide the request with the votes of chair, deputy and member."""
        session = cls.convene(request)
        proposal = cls.propose(session.case_ids, kind, **vals)
        for user in (cls.chair, cls.deputy, cls.member):
            cls.vote(proposal, user)
        return cls.count_votes(session)

    @classmethod
    def count_votes(cls, session):
        """End the voting and count: the minutes begin."""
        session.write({"state": "counting"})
        session.write({"state": "minutes"})
        return session

    @classmethod
    def sign_minutes(cls, session):
        """Let everybody who was present sign the minutes on screen."""
        for line in session.attendance_ids.filtered("is_present"):
            signer = line.member_id.user_id
            session.with_user(signer)._sign(line.with_user(signer), "screen", image=SIGNATURE)
        return session

    @classmethod
    def close(cls, session):
        """Let the minutes be signed, and seal them."""
        cls.sign_minutes(session).write({"state": "closed"})
        return session

    @classmethod
    def reply(cls, request, state, **vals):
        request.with_user(cls.officer).write(
            {
                "reply_text": "What was told",
                "reply_channel_id": cls.channel.id,
                "reply_early_reason": "An urgent need",
                "state": state,
                **vals,
            }
        )
        return request

    # ------------------------------------------------------------------
    # Delivery
    # ------------------------------------------------------------------

    @classmethod
    def approve(cls, service=None, amount=1000, number="1123456780", **vals):
        """Return a support request whose approval has been told: its delivery is planned."""
        vals.setdefault("beneficiary_id", False)
        vals["beneficiary_id"] = vals["beneficiary_id"] or cls.make_beneficiary(number=number).id
        request = cls.submit(cls.make_request(service or cls.support, **vals))
        cls.study(request, amount=amount)
        cls.decide(request, amount=amount)
        return cls.reply(request, "approved")

    @classmethod
    def order(cls, request):
        """Return the payment order that the officer prepares of all that is to be paid; the delivery starts."""
        request.with_user(cls.officer).action_prepare_order()
        return request.with_user(cls.officer).order_ids.sorted("id")[-1:]

    @classmethod
    def pay(cls, order):
        """Let the manager approve the order and the officer pay it, with proof."""
        order.with_user(cls.manager).write({"state": "approved"})
        proof = (
            {"reference": "T-1"} if order.method == "voucher" else {"proof": SIGNATURE, "proof_name": "transfer.png"}
        )
        order.with_user(cls.officer).write({**proof, "state": "paid"})
        return order

    @classmethod
    def acknowledge(cls, line, **vals):
        line.with_user(cls.officer).write(
            {"acknowledged_by": "signature", "signature": SIGNATURE, **vals, "state": "acknowledged"}
        )


class WebsiteCommon(CpaCommon):
    """People with a login of the website: two applicants, a guardian with his child, and who has a login only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = cls.make_beneficiary(name="سعيد تجريبي", number="1034567899", phone="0534567899")
        cls.other_file = cls.make_beneficiary(name="علي تجريبي", number="1045678909", phone="0545678907")
        cls.applicant = cls.make_login("cpa_applicant", cls.file)
        cls.other_applicant = cls.make_login("cpa_other_applicant", cls.other_file)
        cls.guardian_partner = cls.env["res.partner"].create({"name": "Test guardian", "phone": "0556789012"})
        cls.env["cpa.identity"].create(
            {"partner_id": cls.guardian_partner.id, "number": "1056789017", "birth_date": "1985-01-01"}
        )
        cls.child_file = cls.make_beneficiary(name="طفل تجريبي", number=None, registered=False, phone="0567890123")
        cls.env["cpa.identity"].create(
            {"partner_id": cls.child_file.partner_id.id, "number": "1067890127", "birth_date": "2020-01-01"}
        )
        cls.child_file.representation_ids = [
            fields.Command.create({"representative_id": cls.guardian_partner.id, "kind": "guardian"})
        ]
        cls.guardian = cls.make_login("cpa_guardian", cls.guardian_partner)
        # has signed up, and has not proven who he is
        cls.visitor_login = new_test_user(cls.env, "cpa_visitor_login", groups="base.group_portal", name="Visitor")

    @classmethod
    def make_login(cls, login, owner):
        """Return a login of the website, tied to a file or to the contact of who acts for others."""
        user = new_test_user(cls.env, login, groups="base.group_portal", name="New login")
        (owner._tie_user if owner._name == "cpa.beneficiary" else owner._cpa_tie_user)(user)
        return user
