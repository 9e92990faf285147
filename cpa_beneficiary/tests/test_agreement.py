from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.cpa_agreement_template import SUBJECTS
from .common import SIGNATURE
from .test_papers import PapersCommon


@tagged("post_install", "-at_install")
@freeze_time("2030-03-04 07:00:00")
class TestAgreement(PapersCommon):
    """P-02: contracts say rights, performance, default, liability and disputes; they are signed, renewed, settled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        values = {"name": "Support agreement", "code": "supporter_test", "party": "supporter", "months": 12}
        values |= {subject: f"<p>About {subject}</p>" for subject in SUBJECTS}
        cls.template = (
            cls.env["cpa.agreement.template"].with_user(cls.manager).create({**values, "approval_date": "2030-01-01"})
        )
        cls.template.write({"state": "in_force"})
        governorate = cls.env.ref("cpa_beneficiary.cpa_governorate_najran")
        cls.supporter = (
            cls.env["cpa.supporter"]
            .with_user(cls.officer)
            .create({"name": "شركة تجريبية", "phone": "0500000011", "governorate_id": governorate.id, "lang": "en_US"})
        )

    def draw_up(self, user=None, **values):
        return (
            self.env["cpa.agreement"]
            .with_user(user or self.officer)
            .create(
                {
                    "template_id": self.template.id,
                    "partner_id": self.supporter.partner_id.id,
                    "signer_name": "سعيد تجريبي",
                    **values,
                }
            )
        )

    def sign_it(self, **values):
        agreement = self.draw_up(signature=SIGNATURE, **values)
        agreement.action_sign()
        return agreement

    def test_signed_on_screen_and_on_paper(self):
        """P-02: the signature is there, on screen or as the scan of the paper, before it holds."""
        for values, way in (({"signature": SIGNATURE}, "screen"), ({"scan": SIGNATURE}, "paper")):
            agreement = self.draw_up(method=way)
            with self.assertRaises(UserError):
                agreement.action_sign()
            agreement.write(values)
            agreement.action_sign()
            self.assertTrue(agreement.is_in_force and agreement.number and agreement.digest)
            for subject in SUBJECTS:
                self.assertIn(f"About {subject}", agreement.text)
            with self.assertRaises(UserError):
                agreement.date_to = "2040-01-01"

    def test_renewal(self):
        """P-02: the next agreement is linked, begins the day after, and is drawn up once."""
        agreement = self.sign_it()
        self.assertEqual(agreement.date_to, date(2031, 3, 3))
        renewal = self.env["cpa.agreement"].browse(agreement.action_renew()["res_id"])
        self.assertEqual((renewal.renews_id, renewal.date_from), (agreement, date(2031, 3, 4)))
        self.assertEqual(agreement.action_renew()["res_id"], renewal.id)
        self.assertEqual(agreement.renewal_id, renewal)

    def test_reminded_once_of_the_end(self):
        """P-02: who keeps it is told before it ends, once, unless the next one is there."""
        agreement, renewed = self.sign_it(), self.sign_it()
        renewed.action_renew()
        for day, count in (("2031-01-15", 0), ("2031-02-10", 1), ("2031-02-20", 1)):
            with freeze_time(f"{day} 07:00:00"):
                self.env.ref("cpa_beneficiary.cron_agreement").method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(len(agreement.activity_ids), count, day)
        self.assertEqual(agreement.activity_ids.user_id, self.officer)
        self.assertFalse(renewed.activity_ids)

    def test_only_what_is_due_is_read(self):
        """P-02: agreements that are not due cost nothing."""
        agreements = self.sign_it()
        self.env["cpa.agreement"]._cron_expiring()
        self.env.flush_all()

        def cost():
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["cpa.agreement"]._cron_expiring()
            return self.cr.sql_log_count - before

        few = cost()
        for _n in range(5):
            agreements |= self.sign_it()
        self.env.flush_all()
        self.assertEqual(cost(), few)

    def test_dispute(self):
        """P-02: a dispute says what it is about, how it was settled, and when; then it stays."""
        dispute = (
            self.env["cpa.agreement.dispute"]
            .with_user(self.officer)
            .create({"agreement_id": self.sign_it().id, "subject": "Late delivery"})
        )
        with self.assertRaisesRegex(UserError, "How it was settled"):
            dispute.write({"state": "settled"})
        dispute.write({"settlement": "amicable", "outcome": "A new date"})
        dispute.write({"state": "settled"})
        self.assertEqual(dispute.settled_on, date(2030, 3, 4))
        with self.assertRaises(UserError):
            dispute.outcome = "Another"
        with self.assertRaises(UserError):
            dispute.unlink()

    def test_paper(self):
        """P-02: on paper with its five subjects and both calendars, in the language of the party."""
        agreement = self.draw_up()
        for lang, words in (("en_US", "First party"), ("ar_001", "جمعية الاختبار")):
            self.supporter.partner_id.lang = lang
            self.assertEqual(agreement._paper_lang(), lang)
            text = self.text("cpa_beneficiary.cpa_agreement_report", agreement)
            self.assertWords(words, text)
            for subject in SUBJECTS:
                self.assertIn(f"About {subject}", text, lang)
        self.supporter.partner_id.lang = "en_US"
        text = self.text("cpa_beneficiary.cpa_agreement_report", agreement)
        self.assertIn("1451", text)
        self.assertIn("2030", text)
        signed = self.text("cpa_beneficiary.cpa_agreement_report", self.sign_it())
        self.assertIn("Fingerprint of the text", signed)

    def test_roles(self):
        """P-02: officers and managers keep agreements, the auditor reads, others see none."""
        agreement = self.sign_it()
        self.assertTrue(agreement.with_user(self.auditor).number)
        with self.assertRaises(AccessError):
            agreement.with_user(self.auditor).message_post(body="x")
        for user in (self.plain, self.delegate, self.researcher, self.member, self.secretary):
            with self.assertRaises(AccessError):
                agreement.with_user(user).mapped("number")
