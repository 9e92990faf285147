"""Demo data that tells four months of the association's work.

Nothing is put into a state from outside: every request walks the real path, each step done by the user whose role it
is, at its own time. Each story is a generator that yields the days until its next step; the steps of all stories are
told in the order in which they happened.
"""

import base64
import heapq
from datetime import datetime, timedelta
from itertools import count, cycle

from odoo import api, fields, models
from stdnum import luhn

from ..tools.riyadh import cpa_today

FIRST_NAMES = [
    "محمد",
    "أحمد",
    "عبدالله",
    "سالم",
    "خالد",
    "سعد",
    "فهد",
    "علي",
    "حسين",
    "مانع",
    "هادي",
    "ناصر",
    "مسفر",
    "صالح",
    "يحيى",
    "إبراهيم",
    "نورة",
    "فاطمة",
    "سارة",
    "مريم",
    "عائشة",
    "هند",
    "منى",
    "لطيفة",
    "شريفة",
    "أمل",
]
FAMILY_NAME = "التجريبي"
FAMILY_NAME_F = "التجريبية"
WOMEN_FROM = FIRST_NAMES.index("نورة")
CLERK_HOURS = (8, 9, 10, 11)
# a signature is an image: one black stroke on white
SIGNATURE = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
)

# service, how far it goes, entered how many days ago, subject, amount
REQUESTS = [
    *[("sup_cash", "done", 100 - 4 * n, "سداد إيجار متأخر", 6000 + 500 * n) for n in range(6)],
    *[("sup_goods", "done", 90 - 5 * n, "أجهزة منزلية أساسية", 3500) for n in range(3)],
    *[("sup_cash", "rejected", 85 - 4 * n, "مساعدة لشراء مركبة", 30000) for n in range(4)],
    ("sup_cash", "contested", 48, "ترميم سقف المنزل", 12000),
    *[("sup_cash", "delivery", 52 - 2 * n, "تكاليف علاج", 4000) for n in range(2)],
    ("sup_cash", "ordered", 46, "تسديد فواتير متأخرة", 2800),
    *[("sup_goods", "delivery", 50 - 2 * n, "سلة غذائية ومستلزمات", 1200) for n in range(2)],
    *[("sup_cash", "approved", 44 - 2 * n, "رسوم دراسية", 5000) for n in range(2)],
    *[("sup_cash", "decided", 38 - 2 * n, "ترميم منزل", 9000) for n in range(3)],
    *[("sup_cash", "committee", 13 - n, "فاتورة كهرباء متراكمة", 2500) for n in range(4)],
    *[("sup_goods", "research", 9 - n, "أثاث منزلي", 4200) for n in range(3)],
    *[("sup_cash", "research", 33 + n, "سداد دين", 7000) for n in range(2)],
    *[("sup_cash", "incomplete", 7 - n, "مساعدة مالية عاجلة", 3000) for n in range(3)],
    *[("sup_cash", "submitted", 4 - n, "دعم أسرة", 3500) for n in range(3)],
    *[("merchant", "done", 60 - 9 * n, "متجر لم يسلّم الطلب", 0) for n in range(4)],
    *[("merchant", "in_progress", 12 - 3 * n, "رفض الضمان على جهاز", 0) for n in range(3)],
    *[("consult", "done", 40 - 8 * n, "حقوق المستهلك في الاستبدال", 0) for n in range(4)],
    *[("consult", "in_progress", 3 - n, "شروط عقد صيانة", 0) for n in range(2)],
    *[("market", "submitted", 2 - n, "بلاغ عن منتج منتهي الصلاحية", 0) for n in range(2)],
    ("suggest", "done", 30, "تمديد ساعات الاستقبال مساءً", 0),
    ("merchant", "withdrawn", 25, "خلاف على فاتورة", 0),
    ("sup_cash", "withdrawn", 28, "مساعدة زواج", 0),
    ("merchant", "cancelled", 45, "بلاغ مكرر", 0),
    *[("sup_goods", "draft", 1, "مكيف لغرفة مريض", 0) for n in range(2)],
    ("assoc", "in_progress", 6, "تأخر الرد على اتصال", 0),
    ("privacy", "submitted", 3, "تصحيح رقم الجوال", 0),
]

# what a kind of request asks for beyond the common fields
KIND_VALUES = {
    "merchant": {
        "merchant_name": "متجر تجريبي",
        "merchant_category": "delivery",
        "merchant_item": "جهاز منزلي تجريبي",
        "merchant_city": "نجران",
        "merchant_remedy": "refund",
        "purchase_amount": 1250,
    },
    "consultation": {"consultation_topic": "rights", "consultation_mode": "phone"},
    "privacy": {"privacy_right": "correction"},
}


def iban(account):
    """Return a valid, synthetic Saudi IBAN of the account number ``account`` (int)."""
    rest = f"80{account:018}"
    return f"SA{98 - int(rest + '281000') % 97:02}{rest}"


INQUIRIES = [
    ("هل تصرف الجمعية مساعدات نقدية فورية؟", "لا، يدرس الطلب وتقرره لجنة البحث.", "phone", "cash"),
    ("متى أحصل على الرد على طلبي؟", "في الموعد المكتوب على إيصال الاستلام.", "interview", ""),
    ("كيف أتقدم ببلاغ على متجر إلكتروني؟", "من الموقع أو بزيارة أقرب مكتب.", "social", ""),
    ("هل للجمعية صلاحية معاقبة التجار؟", "لا، الجمعية تتوسط وتحيل إلى الجهة المختصة.", "website", "penalty"),
    ("ما الأوراق المطلوبة لطلب الدعم؟", "الهوية وسجل الأسرة وإثبات الدخل.", "phone", ""),
    ("أين مكتب الجمعية في شرورة؟", "", "delegate", ""),
    ("هل تقدمون دورات توعوية للمدارس؟", "", "letter", ""),
    ("هل يمكنني التطوع معكم؟", "", "volunteering", ""),
]


class CpaDemo(models.AbstractModel):
    _name = "cpa.demo"
    _description = "Demo story"

    @api.model
    def _tell(self):
        """Tell all stories up to now. Called by the demo data file only."""
        from freezegun import freeze_time  # a package of tests and demo, not of a running association

        self = self.with_context(lang="ar_001", mail_auto_subscribe_no_notify=True, no_reset_password=True)
        now = datetime.now().replace(microsecond=0)
        people = self._people()
        order = count()
        queue = []
        for (service, until, days_ago, subject, amount), person, hour in zip(
            REQUESTS, cycle(people), cycle(CLERK_HOURS), strict=False
        ):
            start = (now - timedelta(days=days_ago)).replace(hour=hour - 3, minute=(7 * days_ago) % 60)
            queue.append((min(start, now), next(order), self._request(person, service, until, subject, amount)))
        for number, (inquiry, person) in enumerate(zip(INQUIRIES, cycle(people[7:]), strict=False)):
            queue.append((now - timedelta(days=2 * number, hours=3), next(order), self._inquiry(person, *inquiry)))
        for number, person in enumerate(people[:14]):
            start = (now - timedelta(days=2 * number + 1)).replace(hour=6 + number % 4, minute=5 * number % 60)
            queue.append((start, next(order), self._visit(person, 3 + number % 9, 8 + 2 * number)))
        for days_ago in (45, 17):
            queue.append((now - timedelta(days=days_ago), next(order), self._session()))
        queue.append((now - timedelta(days=1), next(order), self._next_session()))
        heapq.heapify(queue)
        with freeze_time(now) as clock:
            while queue:
                at, number, story = heapq.heappop(queue)
                clock.move_to(at)
                days = next(story, None)
                self.env.cr.flush()  # what the step leaves to the end of a transaction belongs to its time
                if days is not None and at + timedelta(days=days) <= now:
                    heapq.heappush(queue, (at + timedelta(days=days), number, story))
        self._give_login()

    # ------------------------------------------------------------------
    # Cast
    # ------------------------------------------------------------------

    def _as(self, login, model):
        return self.env[model].with_user(self.env.ref(f"cpa_beneficiary.demo_user_{login}"))

    def _people(self):
        """Return 40 beneficiaries of three branches, entered by the officer, most of them registered."""
        env = self.env
        officer = self._as("officer", "cpa.beneficiary")
        segments = self._segments()
        places = cycle([("najran", "najran"), ("najran", "khubash"), ("sharurah", "sharurah"), ("habuna", "hubuna")])
        people = []
        for number in range(40):
            first = FIRST_NAMES[number % len(FIRST_NAMES)]
            is_woman = number % len(FIRST_NAMES) >= WOMEN_FROM
            father = FIRST_NAMES[(number * 3 + 1) % WOMEN_FROM]
            branch, governorate = next(places)
            family_name = FAMILY_NAME_F if is_woman else FAMILY_NAME
            person = officer.create(
                {
                    "name": f"{first} {'بنت' if is_woman else 'بن'} {father} {family_name}",
                    "phone": f"+9665000{number:05d}",
                    "lang": env.user.lang,
                    "governorate_id": env.ref(f"cpa_beneficiary.cpa_governorate_{governorate}").id,
                    "branch_id": env.ref(f"cpa_beneficiary.demo_branch_{branch}").id,
                    "segment_ids": [fields.Command.set([segments[number % len(segments)].id])],
                    "iban": iban(number),
                }
            )
            if number % 10 != 9:
                payload = f"{1 if number % 4 else 2}00000{number:03d}"
                identity = self._as("officer", "cpa.identity").create(
                    {
                        "partner_id": person.partner_id.id,
                        "type": "NAT" if number % 4 else "IQA",
                        "number": payload + luhn.calc_check_digit(payload),
                        "birth_date": cpa_today().replace(year=1960 + number, month=1 + number % 12, day=5),
                        "expiry_date": cpa_today() + timedelta(days=400 + 30 * number),
                    }
                )
                identity.action_sighted()
                if not person.is_minor:
                    person.write({"state": "registered"})
            people.append(person)
        return [person for person in people if person.state == "registered"]

    def _segments(self):
        """Return segments that need no consent of their own."""
        data = self.env["ir.model.data"].search([("model", "=", "cpa.segment"), ("module", "=", "cpa_beneficiary")])
        segments = self.env["cpa.segment"].browse(data.sorted("res_id").mapped("res_id"))
        return segments.filtered(lambda segment: not segment.needs_consent)[:8]

    def _give_login(self):
        """A login of the website for somebody of whom something is awaited."""
        request = self.env["cpa.request"].search([("state", "=", "incomplete")], order="id", limit=1)
        user = self.env["res.users"].create(
            {
                "login": "applicant",
                "password": "applicant",
                "name": request.beneficiary_id.name,
                "group_ids": [fields.Command.set([self.env.ref("base.group_portal").id])],
            }
        )
        request.beneficiary_id._tie_user(user)

    # ------------------------------------------------------------------
    # Stories
    # ------------------------------------------------------------------

    def _channel_values(self, number, code=None):
        """Return a channel with its details, by turns unless ``code`` names one."""
        code = code or ("interview", "phone", "social", "website", "delegate")[number % 5]
        phone = f"+9665000{number:05d}"
        details = {
            "interview": {
                "interview_at": fields.Datetime.now(),
                "interview_place": "صالة الاستقبال",
                "interviewer_id": self.env.ref("cpa_beneficiary.demo_user_officer").id,
            },
            "phone": {"phone_number": phone, "phone_direction": "in"},
            "social": {"social_platform": "whatsapp", "social_account": phone},
            "letter": {"letter_direction": "in", "letter_reference": f"ت/{number}", "letter_date": cpa_today()},
            "volunteering": {"channel_volunteer_id": self.env.ref("cpa_beneficiary.demo_user_member").partner_id.id},
            "website": {},
            "delegate": {
                "channel_branch_id": self.env.ref("cpa_beneficiary.demo_branch_sharurah").id,
                "channel_delegate_id": self.env.ref("cpa_beneficiary.demo_user_delegate").id,
            },
        }
        return {"channel_id": self.env.ref(f"cpa_beneficiary.channel_{code}").id, **details[code]}

    def _visit(self, person, waited, served):
        """A visit to the counter: minutes waited, minutes served."""
        visitor = self._as("officer", "cpa.visitor").create({"beneficiary_id": person.id})
        yield waited / (24 * 60)
        visitor.write({"state": "served"})
        yield served / (24 * 60)
        visitor.write({"state": "left"})

    def _request(self, person, service, until, subject, amount):
        """A request from the counter up to the state ``until``; yields days to wait."""
        service = self.env.ref(f"cpa_beneficiary.service_{service}")
        anonymous = service.allows_anonymous and service.kind == "merchant"
        request = self._as("officer", "cpa.request").create(
            {
                "subject": subject,
                "description": f"{subject}: طلب تجريبي يوضح سير العمل.",
                "service_id": service.id,
                "beneficiary_id": False if anonymous else person.id,
                "is_anonymous": anonymous,
                "branch_id": person.branch_id.id,
                "amount_requested": amount,
                "is_urgent": amount == 4000,
                **KIND_VALUES.get(service.kind, {}),
                **self._channel_values(person.id),
            }
        )
        if until == "draft":
            return
        yield 0.01
        self._take_in(request, person)
        if until in ("incomplete", "withdrawn", "cancelled"):
            yield 2
            move = {
                "incomplete": ("officer", "لم يُرفق عقد الإيجار ساري المفعول"),
                "withdrawn": ("officer", "طلب المستفيد سحب الطلب"),
                "cancelled": ("manager", "بلاغ مكرر سبق تسجيله"),
            }[until]
            user = self.env.ref(f"cpa_beneficiary.demo_user_{move[0]}")
            request.with_user(user).write({"state": until, "move_reason": move[1]})
            return
        if until == "submitted":
            return
        yield 1
        if service.needs_committee:
            yield from self._decided_by_committee(request, until)
        else:
            yield from self._answered(request, until)

    def _take_in(self, request, person):
        for check in request.check_ids:
            if check.automatic and not check.is_met:
                check.action_to_sight()
            elif check.is_obligatory and not check.automatic:
                if check.needs_validity:
                    check.write({"valid_until": cpa_today() + timedelta(days=500)})
                check.action_pass()
        if request.needs_declaration:
            declaration = self._as("officer", "cpa.declaration").create(
                {"request_id": request.id, "signer_name": person.name, "signature": SIGNATURE}
            )
            declaration.action_sign()
        request.write({"is_explained": True, "state": "submitted"})

    def _decided_by_committee(self, request, until):
        researcher = self.env.ref("cpa_beneficiary.demo_user_researcher")
        request.write({"researcher_id": researcher.id, "state": "research"})
        study = request.with_user(researcher).study_ids
        start = fields.Datetime.now().replace(minute=0, second=0) + timedelta(days=2)
        visit = self._as("researcher", "cpa.visit").create(
            {"request_id": request.id, "start": start, "stop": start + timedelta(hours=1)}
        )
        if until == "research":
            return
        yield 2.2
        visit.write({"findings": "السكن مستأجر والدخل لا يغطي الاحتياج.", "state": "done"})
        yield 1
        refuse = until in ("rejected", "contested")
        study.write(
            {
                "findings": "زيارة ميدانية، ومطابقة البيانات مع ما قُدم.",
                "need_level": "low" if refuse else "high",
                "need_assessment": "الاحتياج خارج نطاق الدعم." if refuse else "احتياج أساسي قائم.",
                "recommendation": "reject" if refuse else "accept",
                "recommended_amount": 0 if refuse else request.amount_requested,
            }
        )
        study.action_present()
        while request.state == "committee":
            yield 1
        if until == "decided":
            return
        days_left = (request.reply_floor_date - cpa_today()).days
        if days_left > 0:
            yield days_left
        request.write(
            {
                "reply_text": "نعتذر لعدم انطباق شروط الدعم."
                if refuse
                else "تمت الموافقة على طلبكم، وسنتواصل معكم للتسليم.",
                "reply_channel_id": self.env.ref("cpa_beneficiary.channel_phone").id,
                "state": "rejected" if refuse else "approved",
            }
        )
        if until == "contested":
            yield 4
            self._contest(request)
        if not refuse and until != "approved":
            yield from self._delivered(request, until)

    def _delivered(self, request, until):
        line = request.delivery_ids
        if line.kind == "money":
            request.action_prepare_order()
            if until == "ordered":
                return
            yield 1
            order = request.order_ids
            order.with_user(self.env.ref("cpa_beneficiary.demo_user_manager")).write({"state": "approved"})
            if until == "delivery":
                return
            yield 1
            order.write({"reference": f"TRF-{order.id:06}", "proof": SIGNATURE, "state": "paid"})
        else:
            request.write({"state": "delivery"})
        if until == "delivery":
            return
        yield 3
        line.write({"state": "delivered"})
        yield 0.1
        line.write({"acknowledged_by": "signature", "signature": SIGNATURE, "state": "acknowledged"})
        request.write({"state": "done"})

    def _contest(self, request):
        """An appeal against the refusal, with a report that the study did not know."""
        appeal = self.env["cpa.request"].with_user(self.env.ref("cpa_beneficiary.demo_user_officer"))
        appeal = appeal.with_context(**request.action_appeal()["context"]).create(
            {"appeal_grounds": "تقرير هندسي جديد عن حالة السقف.", **self._channel_values(request.id, "interview")}
        )
        self._take_in(appeal.with_env(request.env), request.beneficiary_id)

    def _answered(self, request, until):
        request.write({"state": "in_progress"})
        if request.kind == "consultation":
            referral = self._as("officer", "cpa.referral").create(
                {
                    "request_id": request.id,
                    "question": "ما الجهة المختصة في هذه الحالة؟",
                    "officer_id": self.env.ref("cpa_beneficiary.demo_user_researcher").id,
                }
            )
            if until == "in_progress":
                return
            yield 0.2
            referral.with_user(referral.officer_id).write(
                {"answer": "وزارة التجارة، بعد محاولة الصلح مع المتجر.", "state": "answered"}
            )
        elif until == "in_progress":
            self._refer_outside(request)
        if until == "in_progress":
            return
        yield 4
        request.write(
            {
                "reply_text": "شُرحت للمستفيد حقوقه والخطوات التالية.",
                "suggestion_outcome": "adopted" if request.kind == "suggestion" else False,
                "reply_channel_id": self.env.ref("cpa_beneficiary.channel_phone").id,
                "state": "done",
            }
        )

    def _refer_outside(self, request):
        """The competent body is asked; it goes on with the request meanwhile."""
        self._as("officer", "cpa.outside.referral").create(
            {
                "request_id": request.id,
                "body_id": self.env.ref("cpa_beneficiary.outside_body_commerce").id,
                "asked": "ما الإجراء المتبع في هذه الحالة؟",
                "consent_how": "none",
            }
        )

    def _inquiry(self, person, question, answer, code, misconception):
        topic = misconception and self.env.ref(f"cpa_beneficiary.misconception_{misconception}").id
        lead = self._as("officer", "crm.lead").create(
            {
                "name": question,
                "is_inquiry": True,
                "type": "opportunity",
                "team_id": self.env.ref("cpa_beneficiary.crm_team_relations").id,
                "user_id": self.env.ref("cpa_beneficiary.demo_user_officer").id,
                "partner_id": person.partner_id.id,
                "cpa_branch_id": person.branch_id.id,
                "question_ids": [fields.Command.create({"name": question, "misconception_id": topic})],
                **self._channel_values(person.id, code),
            }
        )
        yield 0.05
        if answer:
            lead.question_ids.answer = answer
            lead.stage_id = self.env.ref("cpa_beneficiary.crm_stage_answered")

    def _session(self):
        """A session from agenda to signed minutes; not every vote is for."""
        session = self._convened(fields.Datetime.now() + timedelta(hours=3))
        yield 0.15
        session.action_all_present()
        session.attendance_ids.filtered(lambda line: line.role == "alternate").is_present = False
        session.write({"state": "open"})
        reason = self.env["cpa.rejection.reason"].search([], limit=1)
        for case in session.case_ids:
            refuse = case.recommendation == "reject"
            proposal = self._as("secretary", "cpa.committee.proposal").create(
                {
                    "case_id": case.id,
                    "kind": case.recommendation,
                    "amount": case.request_id.study_ids.recommended_amount,
                    "rejection_reason_id": reason.id if refuse else False,
                }
            )
            against = self.env.ref("cpa_beneficiary.demo_user_deputy")
            for member in case._voters():
                choice = "against" if member.user_id == against and case.id % 3 == 0 else "for"
                proposal.with_user(member.user_id).with_context(choice=choice).action_vote()
        session.write({"state": "counting"})
        session.write({"state": "minutes"})
        yield 0.1
        for line in session.attendance_ids.filtered("is_present"):
            signer = line.member_id.user_id
            session.with_user(signer)._sign(line.with_user(signer), "screen", image=SIGNATURE)
        session.write({"state": "closed"})

    def _next_session(self):
        """The session that is convened for next week."""
        self._convened(fields.Datetime.now() + timedelta(days=6))
        yield 0

    def _convened(self, planned_at):
        session = self._as("secretary", "cpa.committee.session").create(
            {
                "committee_id": self.env.ref("cpa_beneficiary.demo_committee").id,
                "planned_at": planned_at.replace(minute=0, second=0),
                "place": "قاعة الاجتماعات - نجران",
            }
        )
        session.action_build_agenda()
        session.write({"state": "convened"})
        return session
