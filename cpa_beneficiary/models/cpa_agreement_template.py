from odoo import fields, models

# P-02: what an agreement settles, in the policy's own order.
SUBJECTS = ("rights_duties", "performance", "default_effects", "liability", "disputes")


class CpaAgreementTemplate(models.Model):
    """The text of an agreement with a party: the five subjects of P-02, version by version."""

    _name = "cpa.agreement.template"
    _description = "Text of an agreement"
    _inherit = ["cpa.version.mixin"]
    _order = "code, approval_date desc, id desc"
    _version_key = ("company_id", "code")

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, index=True, help="The same for all versions of one text.")
    party = fields.Selection(
        [("beneficiary", "Beneficiary"), ("supporter", "Supporter"), ("volunteer", "Volunteer"), ("other", "Other")],
        required=True,
        default="other",
    )
    months = fields.Integer("Valid for (months)", default=12, help="0: until it is ended.")

    # the five subjects
    rights_duties = fields.Html("Rights and duties", translate=True)
    performance = fields.Html("How they are performed", translate=True)
    default_effects = fields.Html("Effects of default", translate=True)
    liability = fields.Html("Limits of liability", translate=True)
    disputes = fields.Html("How disputes are settled", translate=True)
    undertaking = fields.Html("Undertaking of confidentiality", translate=True)

    successor_id = fields.Many2one(
        "cpa.agreement.template", "Superseded by", kept=True, readonly=True, copy=False, ondelete="restrict"
    )

    _months_positive = models.Constraint("CHECK(months >= 0)", "An agreement is not valid for less than no time.")
    _version_uniq = models.Constraint("UNIQUE(company_id, code, version)", "This version of the text exists already.")
    _in_force_uniq = models.UniqueIndex(
        "(company_id, code) WHERE state = 'in_force'", "Only one version of a text can be in force."
    )

    def _guard_approved(self, at):
        missing = super()._guard_approved(at)
        for name in SUBJECTS:
            if not self[name]:
                missing.append(
                    self.env._("The subject “%(subject)s”.", subject=self._fields[name]._description_string(self.env))
                )
        return missing

    def _of(self, code, company):
        """Return the version in force of the text ``code``; none where there is none."""
        return self.search([("code", "=", code), ("company_id", "=", company.id), ("state", "=", "in_force")])

    def _sections(self):
        """Return what is signed: ``[(heading, markup)]`` in the user's language, the undertaking last."""
        self.ensure_one()
        names = [*SUBJECTS, *(["undertaking"] if self.undertaking else [])]
        return [(self._fields[name]._description_string(self.env), self[name]) for name in names]
