"""Demo data of what stands beside the policy: the staff's tools, the charters, who read them, and a review."""

from datetime import datetime, timedelta

from odoo import api, fields, models

from ..models.cpa_policy_document import CHARTERS

# kind, name, text, name in English
TOOLS = [
    ("bylaws", "اللائحة الأساسية (نص تجريبي)", "مهام الجمعية وأجهزتها.", "Bylaws (demo text)"),
    (
        "research_guide",
        "دليل البحث الاجتماعي (نص تجريبي)",
        "خطوات الدراسة والزيارة.",
        "Research guide (demo text)",
    ),
    ("support_guide", "دليل سياسة الدعم (نص تجريبي)", "من يستحق الدعم ومقداره.", "Support guide (demo text)"),
    ("support_form", "نموذج طلب دعم مستفيد (نص تجريبي)", "يُعبأ عند تقديم الطلب.", "Support request form (demo text)"),
]
STAFF = ("officer", "delegate", "researcher", "chair", "deputy", "member", "secretary", "manager", "auditor", "privacy")
# who has not read the newest version yet
LATE = ("delegate", "deputy", "auditor")


class CpaDemo(models.AbstractModel):
    _inherit = "cpa.demo"

    @api.model
    def _tell_policy(self):
        """Tell how the documents came into force and were read, and of a review. Called by the demo data file only."""
        from freezegun import freeze_time  # a package of tests and demo, not of a running association

        self = self.with_context(lang="ar_001", mail_auto_subscribe_no_notify=True)
        morning = datetime.now().replace(hour=6, minute=30, second=0, microsecond=0)
        with freeze_time(morning - timedelta(days=240)) as clock:
            for kind in CHARTERS:
                self._approve(self._as("manager", "cpa.policy.document").browse(self._charter(kind)))
            tools = [self._tool(*tool) for tool in TOOLS]
            for number, login in enumerate(STAFF):
                clock.move_to(morning - timedelta(days=238 - number))
                for tool in tools:
                    tool.with_user(self.env.ref(f"cpa_beneficiary.demo_user_{login}")).action_acknowledge()
            clock.move_to(morning - timedelta(days=60))
            self._review()
            clock.move_to(morning - timedelta(days=20))
            newer = self._approve(tools[1].copy())
            for number, login in enumerate(login for login in STAFF if login not in LATE):
                clock.move_to(morning - timedelta(days=19 - number))
                newer.with_user(self.env.ref(f"cpa_beneficiary.demo_user_{login}")).action_acknowledge()
            self.env.cr.flush()

    def _charter(self, kind):
        return self.env.ref(f"cpa_beneficiary.{kind}_1").id

    def _tool(self, kind, name, text, name_en):
        tool = self._as("manager", "cpa.policy.document").create({"kind": kind, "name": name, "body": f"<p>{text}</p>"})
        tool.with_context(lang="en_US").write({"name": name_en, "body": f"<p>{name_en}</p>"})
        tool.update_field_translations("body", {self.env.lang: {name_en: text}})
        return self._approve(tool)

    def _approve(self, document):
        document.write({"approval_date": fields.Date.today() - timedelta(days=5), "state": "in_force"})
        self.env.cr.flush()
        return document

    def _review(self):
        policy = self._as("manager", "cpa.policy").search([("state", "=", "in_force")])
        wizard = self._as("manager", "cpa.policy.review.wizard").with_context(**policy.action_review()["context"])
        wizard.create(
            {"reference": "محضر مجلس الإدارة التجريبي رقم ٧", "note": "مدد الرد وقنوات التواصل"}
        ).action_confirm()
