"""The data of people as it is stored from this version on; guardians are served by those who serve the beneficiary."""

from odoo.api import SUPERUSER_ID, Environment

BATCH = 1000
OWN_BRANCH = "('{}.branch_id', 'in', user.cpa_branch_ids.ids)"
OWN_CASE = "('{}.request_ids.researcher_id', '=', user.id)"
OWN_ANSWER = "('{}.request_ids.referral_ids.officer_id', '=', user.id)"
FILE, WARD = "partner_id.cpa_beneficiary_ids", "partner_id.cpa_representation_ids.beneficiary_id"
# rules are not renewed with their data file, lest they overwrite what an administrator has changed
RULES = {
    "cpa_identity_rule_delegate": f"['|', {OWN_BRANCH.format(FILE)}, {OWN_BRANCH.format(WARD)}]",
    "cpa_identity_rule_researcher": (
        f"['|', '|', {OWN_CASE.format(FILE)}, {OWN_ANSWER.format(FILE)}, {OWN_CASE.format(WARD)}]"
    ),
}


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {"active_test": False})
    for name, domain in RULES.items():
        rule = env.ref(f"cpa_beneficiary.{name}", raise_if_not_found=False)
        if rule:
            rule.domain_force = domain
    people = env["res.partner"].search([("cpa_person", "=", True)], order="id")
    for start in range(0, len(people), BATCH):
        people[start : start + BATCH]._cpa_take_in()
        env.flush_all()
        env.invalidate_all()
