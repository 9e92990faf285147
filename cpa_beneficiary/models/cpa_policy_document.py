from odoo import api, fields, models


class CpaPolicyDocument(models.Model):
    """A text beside the policy: the four tools of the staff (P-27 to P-30) and the charters (P-01).

    Versioned as the policy is. A tool is a file, a text on screen, or both.
    """

    _name = "cpa.policy.document"
    _description = "Policy document"
    _inherit = ["cpa.version.mixin"]
    _order = "kind, approval_date desc, id desc"
    _version_key = ("company_id", "kind")

    kind = fields.Selection(
        [
            ("bylaws", "Basic bylaws"),
            ("research_guide", "Guide to social-research services"),
            ("support_guide", "Guide to the support policy for beneficiaries"),
            ("support_form", "Beneficiary support request"),
            ("charter_beneficiary", "Charter of beneficiaries"),
            ("charter_supporter", "Charter of supporters"),
            ("charter_volunteer", "Charter of volunteers"),
        ],
        required=True,
        index=True,
        tracking=True,
    )
    name = fields.Char(required=True, translate=True, tracking=True)
    body = fields.Html("Text", translate=True)
    file = fields.Binary(attachment=True)
    file_name = fields.Char()
    successor_id = fields.Many2one(
        "cpa.policy.document",
        "Superseded by",
        kept=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    _version_uniq = models.Constraint(
        "UNIQUE(company_id, kind, version)", "This version of the document exists already."
    )
    _in_force_uniq = models.UniqueIndex(
        "(company_id, kind) WHERE state = 'in_force'",
        "Only one version of a document can be in force.",
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for document in self:
            document.display_name = (
                self.env._("%(name)s, version %(version)s", name=document.name, version=document.version)
                if document.name
                else False
            )

    def _guard_approved(self, at):
        missing = super()._guard_approved(at)
        if not self.file and not self.body:
            missing.append(self.env._("The text or the file."))
        return missing
