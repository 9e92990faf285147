from odoo import api, fields, models

# P-27 to P-30, in the policy's order: what the staff works with.
TOOLS = ("bylaws", "research_guide", "support_guide", "support_form")
# P-01: what each party is promised and asked for; published on the website.
CHARTERS = ("charter_beneficiary", "charter_supporter", "charter_volunteer")


class CpaPolicyDocument(models.Model):
    """A text beside the policy: the four tools of the staff (P-27 to P-30) and the charters (P-01).

    Versioned as the policy is. A tool is a file, a text on screen, or both.
    """

    _name = "cpa.policy.document"
    _description = "Policy document"
    _inherit = ["cpa.version.mixin", "mail.activity.mixin"]
    _order = "kind, approval_date desc, id desc"
    _version_key = ("company_id", "kind")
    # The text is evidence; who has to read it may change.
    _lifecycle_unfrozen = frozenset({"reader_group_ids", "activity_ids"})

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
    is_pdf = fields.Boolean(compute="_compute_is_pdf")
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

    @api.depends("file_name")
    def _compute_is_pdf(self):
        for document in self:
            document.is_pdf = (document.file_name or "").lower().endswith(".pdf")

    def _guard_approved(self, at):
        missing = super()._guard_approved(at)
        if not self.file and not self.body:
            missing.append(self.env._("The text or the file."))
        return missing

    # ------------------------------------------------------------------
    # Reading it
    # ------------------------------------------------------------------

    @api.model
    def _in_force(self, kind, company=None):
        """Return the version in force of the document ``kind``, one record or none.

        :param company: ``res.company``, by default the current one
        """
        company = company or self.env.company
        return self.search([("company_id", "=", company.id), ("state", "=", "in_force"), ("kind", "=", kind)], limit=1)

    def _action_read(self):
        """Return the action that shows the text or the file over what the user is working on."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("cpa_beneficiary.cpa_policy_document_view_read").id, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
