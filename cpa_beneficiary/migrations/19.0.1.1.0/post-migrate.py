"""Requirements that check themselves, and signatures over the declared data as it is read from this version on."""

import hashlib
import json

from odoo.api import SUPERUSER_ID, Environment
from odoo.tools import SQL

AUTOMATIC = {
    "identity": (
        "service_sup_cash_requirement_1",
        "service_sup_goods_requirement_1",
        "service_privacy_requirement_1",
    ),
    "iban": ("service_sup_cash_requirement_4",),
}
# What was declared before kinds had columns of their own, and how it was written into the digest.
DECLARED_BEFORE = ("beneficiary_id", "service_id", "description", "amount_requested")


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {})
    for automatic, names in AUTOMATIC.items():
        for name in names:
            requirement = env.ref(f"cpa_beneficiary.{name}", raise_if_not_found=False)
            if requirement and not requirement.automatic:
                requirement.write({"automatic": automatic, "copy_allowed": False})
    rewrite_digests(env)


def rewrite_digests(env):
    """Write the digest anew where the data still is what was signed; elsewhere the signature stays as it is.

    In SQL: these rows are evidence, which nobody changes through the ORM.
    """
    for declaration in env["cpa.declaration"].search([("state", "=", "signed")]):
        request = declaration.request_id
        former = _former_digest(request)
        if declaration.digest != former:
            continue
        digest = request._declared_digest()
        for table, link in (("cpa_declaration", "id"), ("cpa_request_submission", "declaration_id")):
            env.cr.execute(
                SQL(
                    "UPDATE %s SET digest = %s WHERE %s = %s AND digest = %s",
                    SQL.identifier(table),
                    digest,
                    SQL.identifier(link),
                    declaration.id,
                    former,
                )
            )
    env.invalidate_all()


def _former_digest(request):
    data = {
        name: str(request[name].id if request._fields[name].relational else request[name]) for name in DECLARED_BEFORE
    }
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
