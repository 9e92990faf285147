"""Demo data that tells some months of volunteering: each step by its role, at its own time, through the real path."""

from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.demo.cpa_demo import SIGNATURE
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today
from odoo.fields import Command
from stdnum import luhn

# key: name, governorate, age, skills, weekday on which there is time
VOLUNTEERS = {
    "sultan": ("سلطان بن مانع التجريبي", "najran", 31, ("urdu", "speaking"), "6"),
    "nouf": ("نوف بنت صالح التجريبية", "najran", 16, ("photo",), "5"),
    "faisal": ("فيصل بن علي التجريبي", "khubash", 24, ("survey",), "0"),
    "haifa": ("هيفاء بنت ناصر التجريبية", "najran", 28, ("legal", "english"), "1"),
    "badr": ("بدر بن هادي التجريبي", "sharurah", 35, ("office",), "2"),
    "lama": ("لمى بنت يحيى التجريبية", "najran", 22, ("speaking", "photo"), "6"),
}
GUARDIAN = {"guardian_name": "صالح بن أحمد التجريبي", "guardian_phone": "0500000955"}


class CpaDemo(models.AbstractModel):
    _inherit = "cpa.demo"

    @api.model
    def _tell_volunteering(self):
        """Tell the volunteers' story up to now. Called by the demo data file only."""
        from freezegun import freeze_time  # a package of tests and demo, not of a running association

        self = self.with_context(lang="ar_001", mail_auto_subscribe_no_notify=True, no_reset_password=True)
        now = datetime.now().replace(microsecond=0)
        with freeze_time(now) as clock:

            def days_ago(days, hour=6):
                """Move to a day, at an hour of UTC."""
                self.env.cr.flush()  # what a step leaves to the end of a transaction belongs to its time
                clock.move_to((now - timedelta(days=days)).replace(hour=hour, minute=0, second=0) if days else now)

            self._volunteering(days_ago)

    def _volunteering(self, days_ago):
        days_ago(215)
        people = {key: self._volunteer(number, *row) for number, (key, row) in enumerate(VOLUNTEERS.items())}
        days_ago(213)
        for key, volunteer in people.items():
            if key != "faisal":  # he has been vetted since; his agreement waits for him
                self._accepted(volunteer)
        staying = people["sultan"] | people["lama"] | people["haifa"]
        worked = self._worked(
            days_ago, 205, "توعية المتسوقين في السوق الشعبي", staying | people["badr"] | people["nouf"]
        )
        self._training(worked)
        worked = self._worked(days_ago, 112, "توعية طلاب المدارس بحقوق المستهلك", staying | people["badr"])
        self._expense(worked[:1], "نقل إلى محافظة خباش والعودة", 60, "paid")
        self._left(days_ago, people["badr"])
        self._worked(days_ago, 24, "مسح أسعار السلع الأساسية", staying, kind="survey")
        days_ago(20)
        people["sultan"].action_certificate()
        certificate = people["haifa"].certificate_ids.browse(people["haifa"].action_certificate()["res_id"])
        days_ago(19)
        certificate.write({"state": "withdrawn", "move_reason": "خطأ في الاسم، وتصدر شهادة بديلة"})
        days_ago(12)
        self._vetted(people["faisal"])
        people["haifa"].write({"state": "suspended", "move_reason": "سفر لمدة شهرين بطلبها"})
        self._incidents(days_ago, people["lama"])
        self._today_and_after(days_ago, people)
        self._raised_by_a_visit()
        self._brought_by(people["sultan"])
        self._give_volunteer_login(people["sultan"])

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    def _coordinator(self, model):
        return self.env[model].with_user(self.env.ref("cpa_volunteer.demo_user_coordinator"))

    def _volunteer(self, number, name, governorate, age, skills, weekday):
        """Return an applicant with identity, skills and the evening on which there is time."""
        governorate = self.env.ref(f"cpa_beneficiary.cpa_governorate_{governorate}")
        skills = [self.env.ref(f"cpa_volunteer.skill_{skill}").id for skill in skills]
        volunteer = self._coordinator("cpa.volunteer").create(
            {
                "name": name,
                "phone": f"05000009{number + 10}",
                "lang": self.env.user.lang,
                "governorate_id": governorate.id,
                "governorate_ids": [Command.set(governorate.ids)],
                "skill_ids": [Command.set(skills)],
                "availability_ids": [Command.create({"weekday": weekday, "hour_from": 8, "hour_to": 13})],
                "has_vehicle": not number % 2,
                "platform_reference": f"V-90001{number}",
            }
        )
        payload = f"10888800{number}"
        born = cpa_today().replace(day=10)
        self._coordinator("cpa.identity").create(
            {
                "partner_id": volunteer.partner_id.id,
                "number": payload + luhn.calc_check_digit(payload),
                "birth_date": born.replace(year=born.year - age),
            }
        )
        return volunteer

    def _vetted(self, volunteer):
        volunteer.write({"vetting_note": "مقابلة في المقر، واطلاع على الهوية والخبرة السابقة.", "state": "vetted"})

    def _accepted(self, volunteer):
        """Vetted, signed and accepted; of a minor the guardian signs, on paper."""
        self._vetted(volunteer)
        guardian = GUARDIAN if volunteer.is_minor else {}
        self._signed(volunteer, "volunteer", signature=SIGNATURE, **guardian)
        if guardian:
            paper = {"method": "paper", "scan": SIGNATURE, "scan_name": "ميثاق-الفرصة-التطوعية.png"}
            self._signed(volunteer, "volunteer_minor", **paper, **guardian)
        volunteer.write({"state": "active"})

    def _signed(self, volunteer, code, **vals):
        self._coordinator("cpa.agreement").create(
            {
                "template_id": self.env.ref(f"cpa_volunteer.agreement_template_{code}").id,
                "partner_id": volunteer.partner_id.id,
                "signer_name": vals.get("guardian_name") or volunteer.name,
                "charter_read": True,
                **vals,
            }
        ).action_sign()

    def _left(self, days_ago, volunteer):
        """The talk, the camera back, the certificate."""
        days_ago(111)
        camera = self._coordinator("cpa.custody.item").create({"name": "كاميرا الجمعية", "volunteer_id": volunteer.id})
        days_ago(100)
        camera.write({"condition": "سليمة", "state": "returned"})
        self._coordinator("cpa.volunteer.leave.wizard").create(
            {"volunteer_id": volunteer.id, "reason": "moved", "note": "انتقل إلى أبها، وكان راضيًا عن تجربته."}
        ).action_confirm()

    def _give_volunteer_login(self, volunteer):
        """A login of the website for a volunteer who is expected today."""
        user = self.env["res.users"].create(
            {
                "login": "volunteer",
                "password": "volunteer",
                "name": volunteer.name,
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )
        volunteer.partner_id._cpa_tie_user(user)

    # ------------------------------------------------------------------
    # Work
    # ------------------------------------------------------------------

    def _opportunity(self, name, start, kind="awareness", capacity=4, publish=True, **vals):
        """Return an opportunity with one shift of four hours that begins at ``start`` (naive UTC)."""
        opportunity = self._coordinator("cpa.opportunity").create(
            {
                "name": name,
                "kind": kind,
                "description": f"<p>{name}: استقبال الأسئلة وتوزيع المطويات بإشراف المنسق.</p>",
                "experience": "التواصل مع الجمهور والعمل ضمن فريق",
                "safety_notes": "ماء كافٍ ومظلة، والبقاء مع الفريق، وإبلاغ المنسق فورًا عن أي إصابة.",
                "place": "السوق الشعبي - نجران",
                "min_age": 15,
                "governorate_id": self.env.ref("cpa_beneficiary.cpa_governorate_najran").id,
                "date_from": start.date(),
                "date_to": start.date(),
                "skill_ids": [Command.set(self.env.ref("cpa_volunteer.skill_speaking").ids)],
                "shift_ids": [
                    Command.create({"start": start, "stop": start + timedelta(hours=4), "capacity": capacity})
                ],
                **vals,
            }
        )
        if publish:
            opportunity.write({"state": "published"})
        return opportunity

    def _placed(self, volunteers, shift):
        """Return the participations of volunteers who have places."""
        lines = self._coordinator("cpa.participation").create(
            [{"volunteer_id": volunteer.id, "shift_id": shift.id} for volunteer in volunteers]
        )
        lines.action_take()
        return lines

    def _worked(self, days_ago, days, name, volunteers, **vals):
        """Return the participations of volunteers who worked a shift, whose hours are approved."""
        days_ago(days + 4)
        start = fields.Datetime.now() + timedelta(days=4)
        opportunity = self._opportunity(name, start, capacity=len(volunteers) + 1, **vals)
        lines = self._placed(volunteers, opportunity.shift_ids)
        days_ago(days)
        opportunity.write({"state": "running"})
        lines.write({"state": "attended"})
        for line in lines[1:]:
            line._log_hours(3.5, "توزيع المطويات والإجابة عن الأسئلة")
        days_ago(days - 1)
        lines.filtered(lambda line: not line.hours_logged).action_as_planned()
        lines.action_approve()
        opportunity.write({"state": "closed"})
        return lines

    def _training(self, lines):
        self._coordinator("cpa.volunteer.training").create(
            {
                "name": "آداب التعامل مع المستفيدين وسرية المعلومات",
                "trainer": "منسقة المتطوعين",
                "hours": 2,
                "day": cpa_today() - timedelta(days=2),
                "opportunity_id": lines[:1].opportunity_id.id,
                "volunteer_ids": [Command.set(lines.volunteer_id.ids)],
            }
        )

    def _expense(self, line, purpose, amount, until):
        expense = self._coordinator("cpa.volunteer.expense").create(
            {"volunteer_id": line.volunteer_id.id, "participation_id": line.id, "purpose": purpose, "amount": amount}
        )
        if until != "asked":
            expense.with_user(self.env.ref("cpa_beneficiary.demo_user_manager")).write({"state": "approved"})
        if until == "paid":
            expense.write({"state": "paid"})

    def _incidents(self, days_ago, volunteer):
        days_ago(24, hour=9)
        line = volunteer.participation_ids[:1]
        incident = self._coordinator("cpa.volunteer.incident").create(
            {
                "volunteer_id": volunteer.id,
                "participation_id": line.id,
                "summary": "التواء في القدم أثناء نقل اللوحات",
                "description": "تعثرت عند مدخل السوق أثناء نقل لوحة التوعية.",
            }
        )
        days_ago(22)
        incident.write({"treatment": "إسعاف أولي ثم مراجعة المركز الصحي على حساب الجمعية.", "state": "closed"})

    def _today_and_after(self, days_ago, people):
        """Yesterday's hours wait, today's shift expects two, next week has free places and one who asks for one."""
        ours = people["sultan"] | people["lama"]
        days_ago(3)
        yesterday = self._opportunity("ركن توعوي في المجمع التجاري", fields.Datetime.now() + timedelta(days=2))
        lines = self._placed(ours | people["nouf"], yesterday.shift_ids)
        days_ago(0)
        soon = (fields.Datetime.now() + timedelta(hours=1)).replace(minute=0, second=0)
        days_ago(3)
        today = self._opportunity("استقبال أسئلة المستهلكين", soon, capacity=3, min_age=18)
        self._placed(ours, today.shift_ids)
        market = self._opportunity(
            "زيارة متاجر الأجهزة", fields.Datetime.now() + timedelta(days=10), kind="survey", is_self_service=False
        )
        self._coordinator("cpa.participation").create(
            {"volunteer_id": people["lama"].id, "shift_id": market.shift_ids.id}
        )
        cancelled = self._opportunity("معرض التوعية المفتوح", fields.Datetime.now() + timedelta(days=5))
        self._placed(people["sultan"], cancelled.shift_ids)
        days_ago(1)
        lines[:2].write({"state": "attended"})
        lines[0]._log_hours(4.5, "أجبت عن أسئلة المتسوقين", "استمر الزوار بعد انتهاء الوقت")
        lines[2].write({"state": "absent"})
        self._expense(lines[:1], "سيارة أجرة من المجمع التجاري", 35, "asked")
        self._coordinator("cpa.volunteer.incident").create(
            {
                "volunteer_id": people["lama"].id,
                "participation_id": lines[1].id,
                "summary": "جدال مع زائر في الركن",
                "description": "رفع أحد الزوار صوته، وتدخل حارس الأمن، ولم يصب أحد.",
                "kind": "complaint",
            }
        )
        cancelled.write({"state": "cancelled", "move_reason": "اعتذار إدارة الموقع"})
        days_ago(0)
        today.write({"state": "running"})

    def _raised_by_a_visit(self):
        """An officer asks for company on a visit: the coordinator finds it among the plans."""
        request = self._as("researcher", "cpa.request").search([("state", "=", "research")], order="id desc", limit=1)
        start = (fields.Datetime.now() + timedelta(days=3)).replace(hour=7, minute=0, second=0)
        visit = self._as("researcher", "cpa.visit").create(
            {"request_id": request.id, "start": start, "stop": start + timedelta(hours=2)}
        )
        officer = self.env.ref("cpa_beneficiary.demo_user_officer")
        raised = visit.with_user(officer).action_raise_opportunity()
        self._as("officer", "cpa.opportunity").with_context(**raised["context"]).create({})

    def _brought_by(self, volunteer):
        """P-24: an inquiry that a volunteer brings, with his name."""
        self._as("officer", "crm.lead").create(
            {
                "is_inquiry": True,
                "channel_id": self.env.ref("cpa_beneficiary.channel_volunteering").id,
                "channel_volunteer_id": volunteer.partner_id.id,
                "contact_name": "جارة المتطوع التجريبية",
                "question_ids": [Command.create({"name": "هل تساعد الجمعية في فواتير الكهرباء المتأخرة؟"})],
            }
        )
