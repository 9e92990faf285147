from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..tools.saudi import normalise_iban, normalise_identity
from .cpa_lifecycle_mixin import Move
from .masked import Masked
from .roles import DELEGATE, OFFICER, WEBSITE

WHOM = [
    ("self", "For myself"),
    ("child", "For a child whose guardian I am"),
    ("agent", "For someone who gave me a power of attorney"),
    ("nobody", "Without a name"),
]


class CpaApplication(models.Model):
    """What somebody without an account applies for on the website: not a request yet, and tied to nobody's file (P-09).

    A draft is kept with every step. Signed and sent, it has its number, its PIN and its day: the request that becomes
    of it takes them over. It becomes one when it is proven who applied: by a code to the contact that stands in the
    file, by the PIN of an earlier slip, by a login, or by an officer. What is never proven expires.

    The concerns have files of their own: ``cpa_application_steps``, ``cpa_application_form`` (what is asked),
    ``cpa_application_read`` (what is wrong with it), ``cpa_application_sent``, ``cpa_application_page`` (what is
    shown), ``cpa_application_proof``, ``cpa_application_request`` (how it becomes a request), ``cpa_application_paper``
    (number, PIN, receipt), ``cpa_application_resume`` and ``cpa_application_expiry``.
    """

    _name = "cpa.application"
    _description = "Application"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "id desc"
    _rec_name = "number"
    _lifecycle_deletable = frozenset({"draft"})
    _lifecycle_frozen = frozenset({"submitted", "accepted", "refused", "expired"})
    _lifecycle_unfrozen = frozenset({"beneficiary_id"})

    state = fields.Selection(
        [
            ("draft", "Being filled in"),
            ("submitted", "To be proven"),
            ("accepted", "Became a request"),
            ("refused", "Not accepted"),
            ("expired", "Expired"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    # opens a draft, and makes of two posts of one page one application; nobody is told it but the browser that has it
    token = fields.Char(
        kept=True,
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: uuid4().hex,
        groups=fields.NO_ACCESS,
    )
    draft_number = fields.Char(kept=True, readonly=True, copy=False)
    number = fields.Char(
        kept=True, readonly=True, copy=False, help="Given when it is sent; its request has the same one."
    )
    typed = fields.Json("As typed", groups=fields.NO_ACCESS, copy=False)
    lang = fields.Char("Language", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    branch_id = fields.Many2one("cpa.branch", readonly=True, ondelete="restrict", index="btree_not_null")

    # what, and for whom
    service_id = fields.Many2one("cpa.service", required=True, readonly=True, ondelete="restrict", index=True)
    whom = fields.Selection(WHOM, "For whom", readonly=True)
    user_id = fields.Many2one("res.users", "Login", kept=True, readonly=True, ondelete="set null")
    known_file_id = fields.Many2one(
        "cpa.beneficiary",
        "File of the login",
        kept=True,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups=fields.NO_ACCESS,
    )
    name = fields.Char(readonly=True)
    identity_type = fields.Selection(
        lambda self: self.env["cpa.identity"]._fields["type"]._description_selection(self.env), readonly=True
    )
    identity_country_id = fields.Many2one("res.country", "Issued by", readonly=True)
    identity_number = Masked(plain="identity_plain", normalise=normalise_identity, readonly=True)
    identity_plain = fields.Char(groups=fields.NO_ACCESS, copy=False, index="btree_not_null")
    birth_date = fields.Date(readonly=True)
    acting_name = fields.Char("Applied by", readonly=True)
    acting_identity = Masked(
        "Identity number of who applied", plain="acting_plain", normalise=normalise_identity, readonly=True
    )
    acting_plain = fields.Char(groups=fields.NO_ACCESS, copy=False)
    power_number = fields.Char("Power of attorney no.", readonly=True)
    power_until = fields.Date("Power of attorney valid until", readonly=True)
    phone = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    governorate_id = fields.Many2one("cpa.governorate", readonly=True, ondelete="restrict")

    description = fields.Text("What the applicant asks for", readonly=True)
    amount_requested = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    iban = Masked("IBAN", plain="iban_plain", normalise=normalise_iban, readonly=True)
    iban_plain = fields.Char(groups=fields.NO_ACCESS, copy=False)
    kind_values = fields.Json("Details", readonly=True)
    kind_text = fields.Text("Details in words", compute="_compute_kind_text")
    document_ids = fields.One2many("cpa.application.document", "application_id", "Documents", readonly=True)

    # signed (P-34), explained (P-35)
    declaration_text_id = fields.Many2one("cpa.declaration.text", "Version", readonly=True, ondelete="restrict")
    declaration_text = fields.Text("Text as signed", kept=True, readonly=True)
    signer_name = fields.Char("Name of the signer", readonly=True)
    # in the row itself, so that it goes with it
    signature = fields.Image(max_width=1024, max_height=512, readonly=True, attachment=False)
    digest = fields.Char(kept=True, readonly=True, copy=False)
    submitted_at = fields.Datetime("Sent at", kept=True, readonly=True, copy=False)
    expires_at = fields.Datetime(kept=True, readonly=True, copy=False)

    # proven
    proof = fields.Selection(
        [
            ("code", "Code to the contact"),
            ("pin", "PIN of an earlier slip"),
            ("login", "Login"),
            ("none", "Without a name"),
            ("officer", "By an officer"),
            ("later", "We call, or the applicant comes"),
        ],
        kept=True,
        readonly=True,
        copy=False,
    )
    proven_at = fields.Datetime(kept=True, readonly=True, copy=False)
    proven_contact = fields.Char(kept=True, readonly=True, copy=False)
    proven_request_id = fields.Many2one(
        "cpa.request", "Slip of the request", kept=True, readonly=True, ondelete="set null", index="btree_not_null"
    )
    beneficiary_id = fields.Many2one(
        "cpa.beneficiary", "File", ondelete="restrict", index="btree_not_null", help="Chosen by the officer."
    )
    request_id = fields.Many2one(
        "cpa.request", kept=True, readonly=True, copy=False, ondelete="restrict", index="btree_not_null"
    )

    _token_uniq = models.Constraint("UNIQUE(token)", "This application exists already.")
    _draft_number_uniq = models.UniqueIndex("(draft_number)", "This number was given already.")
    _number_uniq = models.UniqueIndex("(number)", "This number was given already.")
    _expiry_idx = models.Index("(expires_at) WHERE state IN ('draft', 'submitted')")

    # ------------------------------------------------------------------
    # Lifecycle
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        return {
            ("draft", "submitted"): Move((WEBSITE,), ("_guard_complete",), ("_effect_submit",)),
            ("submitted", "accepted"): Move((WEBSITE, OFFICER, DELEGATE), ("_guard_request",)),
            ("submitted", "refused"): Move((OFFICER, DELEGATE), effects=("_effect_forget",), reason=True),
            ("submitted", "expired"): Move((WEBSITE,), effects=("_effect_forget",)),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_request(self, at):
        return [] if self.request_id else [self.env._("The request that became of it.")]

    @api.depends("number", "draft_number")
    def _compute_display_name(self):
        for application in self:
            application.display_name = application.number or application.draft_number or self.env._("Draft")

    @api.depends_context("lang")
    @api.depends("kind_values", "service_id")
    def _compute_kind_text(self):
        for application in self:
            rows = application._kind_rows()
            application.kind_text = "\n".join(f"{label}: {value}" for label, value in rows)

    @api.constrains("beneficiary_id")
    def _check_beneficiary(self):
        """:raise UserError: the file is somebody else's than who applied"""
        for application in self:
            # compared, not shown
            stored = application.beneficiary_id.sudo().identity_id.number_plain
            typed = application.sudo().identity_plain
            if stored and typed and stored != typed:
                raise UserError(self.env._("The identity number in this file is another than the one applied with."))

    def write(self, vals):
        if "beneficiary_id" in vals and any(application.state != "submitted" for application in self):
            raise UserError(self.env._("The file is chosen while the application waits to be proven."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_documents(self):
        # with their files, which the database's cascade would leave
        self.document_ids.unlink()

    # ------------------------------------------------------------------
    # Who asks
    # ------------------------------------------------------------------

    @api.model
    def _as_website(self):
        """Return this model (or these records) as the website's own user does things, with all rights.

        For what an applicant does whose right to it has been checked: he has this application's token, or its number
        and PIN. Moves name the website's user, and have to be his by their tables.
        """
        website = self.env.ref("cpa_beneficiary.user_website")
        return (
            self.with_user(website)
            .sudo()
            .with_context(mail_create_nosubscribe=True, mail_create_nolog=True, mail_notify_author=False)
        )

    @api.model
    def _find(self, token):
        """Return the application that a browser's session or page names, to be handled as the website (or none)."""
        if not token or not isinstance(token, str):
            return self.browse()
        # the token is what only this browser has
        return self._as_website().search([("token", "=", token), ("state", "!=", "expired")], limit=1)

    @api.model
    def _begin(self, service, lang):
        """Open a draft for a service that anybody may apply for."""
        application = self._as_website().create({"service_id": service.id, "lang": lang})
        # numbering is the system's
        sequence = application.env["ir.sequence"].with_context(tz="Asia/Riyadh")
        application._lifecycle_set({"draft_number": sequence.next_by_code("cpa.application")})
        application._touch()
        return application

    def _forget(self):
        """Let no page that a shared telephone still shows open this application again; number and PIN do."""
        self.ensure_one()
        self._lifecycle_set({"token": uuid4().hex})

    def _reachable(self):
        """Return by what the applicant can be sent a code: ``{"phone": …, "email": …}``, as far as given."""
        self.ensure_one()
        ways = {"phone": self.phone, "email": email_normalize(self.email or "")}
        return {way: contact for way, contact in ways.items() if contact}

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_accept(self):
        """Button: I know who applied; the request is made, with the application's own time (P-35).

        :return: the action that opens the request
        """
        self.ensure_one()
        self.check_access("write")
        request = self._become_request_by_officer()
        return request.get_formview_action()

    def action_open_request(self):
        """Button: the request that became of it."""
        self.ensure_one()
        return self.request_id.get_formview_action()
