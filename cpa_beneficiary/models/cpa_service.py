from odoo import fields, models

from ..tools.text import shown_number

KINDS = [
    ("support", "Support"),
    ("merchant", "Complaint against a merchant"),
    ("consultation", "Consultation"),
    ("inquiry", "Inquiry"),
    ("awareness", "Awareness session"),
    ("suggestion", "Suggestion"),
    ("association", "Complaint about the association"),
    ("privacy", "Privacy request"),
]


class CpaService(models.Model):
    """A service of the association: what it needs, where it is given and which way its requests go."""

    _name = "cpa.service"
    _description = "Service"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(KINDS, required=True, default="support", tracking=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    public_text = fields.Html("Text for beneficiaries", translate=True)
    is_published = fields.Boolean("Published")

    # which way its requests go
    needs_registration = fields.Boolean("Needs a registered beneficiary", help="Before the decision (P-36).")
    needs_declaration = fields.Boolean("Needs a signed declaration", help="P-34")
    needs_study = fields.Boolean("Needs a social study")
    needs_committee = fields.Boolean("Decided by the committee", help="P-35")
    needs_delivery = fields.Boolean("Something is delivered", help="P-37: not closed before it is delivered.")
    allows_anonymous = fields.Boolean("May be anonymous")
    requirement_ids = fields.One2many("cpa.service.requirement", "service_id", "Requirements", copy=True)

    # where, by whom, how fast
    place = fields.Selection(
        [("branch", "At a branch"), ("home", "At home"), ("remote", "Remotely"), ("site", "On site")],
        "Given",
        default="branch",
        required=True,
        help="P-11",
    )
    delivery_kind = fields.Selection(
        [("money", "Money"), ("voucher", "Voucher"), ("goods", "Goods"), ("service", "Service")],
        "Gives",
        default="money",
        required=True,
        help="What is planned for delivery once the decision is told (P-37).",
    )
    delivery_days = fields.Integer("Delivered within (days)", default=7, help="After the decision is told.")
    department_id = fields.Many2one("cpa.department", ondelete="restrict")
    user_ids = fields.Many2many("res.users", string="Team")
    target_days = fields.Integer("Own target (days)", help="0: the policy's target.")

    _code_uniq = models.Constraint("UNIQUE(code)", "This service code is used already.")
    _delivery_days_positive = models.Constraint(
        "CHECK(delivery_days >= 0)", "The days until the delivery cannot be negative."
    )
    _target_positive = models.Constraint("CHECK(target_days >= 0)", "The target cannot be negative.")

    def _form_title(self):
        """Return what the form of this service's requests is called (P-30), in the user's language."""
        self.ensure_one()
        if self.kind == "support":
            return self.env._("Beneficiary support request")
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _form_requirements(self):
        """Return what the applicant has to bring: not what the file answers by itself."""
        self.ensure_one()
        return self.requirement_ids.filtered(
            lambda requirement: requirement.kind == "document" or requirement.automatic in (False, "iban")
        )

    def _form_own_labels(self):
        """Return what the blank form of this service's kind asks beyond the common fields: labels, in order."""
        self.ensure_one()
        Request = self.env["cpa.request"]
        names = Request._kind_fields().get(self.kind, ())
        return [Request._fields[name]._description_string(self.env) for name in names]

    def _explanation_text(self, policy):
        """Return the words in which an applicant is told what happens to a request for this service (P-35).

        :param policy: the ``cpa.policy`` by which it is handled
        :return: ``str`` in the user's language
        """
        if not self.needs_committee:
            return self.env._(
                "Our staff handle your request. If something is missing, we ask you for it; if not, you need do "
                "nothing more. We reply to you by the day written on your slip."
            )
        return self.env._(
            "Your request goes to the research committee. It studies the request and decides whether to accept or "
            "reject it; by the policy this takes not less than %(days)s days. Whatever the decision, we reply to you "
            "by the day written on your slip.",
            days=shown_number(policy.floor_days, self.env.lang),
        )
