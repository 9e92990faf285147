from datetime import date, datetime

from odoo.addons.cpa_beneficiary.tests.common import SIGNATURE, CpaCommon
from odoo.fields import Command
from odoo.tests import new_test_user


class VolunteerCommon(CpaCommon):
    """A coordinator, approved texts of the agreement, and ways to bring a volunteer to his shift."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coordinator = new_test_user(cls.env, "cpa_coordinator", groups="cpa_volunteer.group_coordinator")
        cls.najran = cls.env.ref("cpa_beneficiary.cpa_governorate_najran")
        for name in ("volunteer", "volunteer_minor", "volunteer_task"):
            template = cls.env.ref(f"cpa_volunteer.agreement_template_{name}").with_user(cls.manager)
            template.approval_date = date(2020, 1, 1)
            template.write({"state": "in_force"})

    @classmethod
    def make_volunteer(
        cls, name="سارة تجريبية", phone="0507654321", born=date(1990, 1, 5), number="1123456780", **vals
    ):
        """Return an applicant with an identity, as the coordinator enters him."""
        volunteer = (
            cls.env["cpa.volunteer"]
            .with_user(cls.coordinator)
            .create({"name": name, "phone": phone, "governorate_id": cls.najran.id, **vals})
        )
        if born:
            cls.env["cpa.identity"].with_user(cls.coordinator).create(
                {"partner_id": volunteer.partner_id.id, "number": number, "birth_date": born}
            )
        return volunteer

    @classmethod
    def vet(cls, volunteer):
        volunteer.write({"vetting_note": "Talked to, references seen", "state": "vetted"})
        return volunteer

    @classmethod
    def sign_agreement(cls, volunteer, code="volunteer", **vals):
        template = cls.env.ref(f"cpa_volunteer.agreement_template_{code}")
        agreement = (
            cls.env["cpa.agreement"]
            .with_user(cls.coordinator)
            .create(
                {
                    "template_id": template.id,
                    "partner_id": volunteer.partner_id.id,
                    "signer_name": volunteer.name,
                    "signature": SIGNATURE,
                    **vals,
                }
            )
        )
        agreement.action_sign()
        return agreement

    @classmethod
    def make_active(cls, **vals):
        volunteer = cls.vet(cls.make_volunteer(**vals))
        cls.sign_agreement(volunteer)
        volunteer.write({"state": "active"})
        return volunteer

    @classmethod
    def make_login(cls, volunteer, login="cpa_portal_volunteer"):
        """Return the volunteer's own login on the website."""
        return cls.env["res.users"].create(
            {
                "login": login,
                "partner_id": volunteer.partner_id.id,
                "group_ids": [Command.set([cls.env.ref("cpa_volunteer.group_volunteer").id])],
            }
        )

    @classmethod
    def make_shift(cls, start=datetime(2031, 3, 2, 6), hours=4, capacity=2, publish=True, **vals):
        """Return the shift of a new opportunity."""
        day = start.date()
        opportunity = (
            cls.env["cpa.opportunity"]
            .with_user(cls.coordinator)
            .create(
                {
                    "name": "Awareness in a market",
                    "kind": "awareness",
                    "description": "<p>Answering questions of shoppers</p>",
                    "experience": "Speaking to shoppers",
                    "place": "Market",
                    "date_from": day,
                    "date_to": day,
                    "governorate_id": cls.najran.id,
                    "shift_ids": [
                        Command.create(
                            {"start": start, "stop": start.replace(hour=start.hour + hours), "capacity": capacity}
                        )
                    ],
                    **vals,
                }
            )
        )
        if publish:
            opportunity.write({"state": "published"})
        return opportunity.shift_ids

    @classmethod
    def apply(cls, volunteer, shift, user=None):
        line = cls.env["cpa.participation"].with_user(cls.coordinator)
        line = line.create({"volunteer_id": volunteer.id, "shift_id": shift.id})
        return line.with_user(user).sudo() if user else line
