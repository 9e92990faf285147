"""The attacks of ``cpa_beneficiary`` on models with a lifecycle, on those of the volunteers."""

from itertools import count

from odoo.addons.cpa_beneficiary.tests import test_lifecycle_guard as guard
from odoo.tests import tagged

from .common import VolunteerCommon

NUMBERS = count(50000000)


def make_volunteer(case):
    number = next(NUMBERS)
    return case.make_volunteer(name=f"Volunteer {number}", phone=f"05{number}", born=None)


def make_line(case):
    return case.apply(make_volunteer(case), case.make_shift())


def make_certificate(case):
    line = make_line(case)
    case.set_state(line, "closed")
    return case.env["cpa.volunteer.certificate"].create({"volunteer_id": line.volunteer_id.id})


def of_volunteer(model, **vals):
    return lambda case: case.env[model].create({"volunteer_id": make_volunteer(case).id, **vals})


@tagged("post_install", "-at_install")
class TestVolunteerLifecycleGuard(guard.LifecycleDoors, guard.LifecycleAttack, VolunteerCommon):
    """P-02, P-18, P-24: no door and no role moves, changes or deletes what the tables of volunteering do not allow."""

    module = "cpa_volunteer"
    groups = (*guard.LifecycleAttack.groups, "cpa_volunteer.group_coordinator")
    samples = {
        "cpa.volunteer": make_volunteer,
        "cpa.opportunity": lambda case: case.make_shift(publish=False).opportunity_id,
        "cpa.participation": make_line,
        "cpa.volunteer.certificate": make_certificate,
        "cpa.volunteer.expense": of_volunteer("cpa.volunteer.expense", purpose="Bus", amount=10),
        "cpa.volunteer.incident": of_volunteer("cpa.volunteer.incident", summary="Fell", description="On the stairs"),
        "cpa.custody.item": of_volunteer("cpa.custody.item", name="Badge"),
    }
    typed = {
        "cpa.participation": ("hours_note", "Changed"),
        "cpa.volunteer.certificate": ("message_main_attachment_id", False),
        "cpa.volunteer.expense": ("purpose", "Changed"),
        "cpa.volunteer.incident": ("treatment", "Changed"),
        "cpa.custody.item": ("condition", "Changed"),
    }
