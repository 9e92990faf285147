from odoo import api, fields, models

from ..tools.text import name_key
from .cpa_happened_mixin import Happened
from .cpa_lifecycle_mixin import Move
from .roles import APPLICANT, DELEGATE, OFFICER, WEBSITE


class CpaDeclaration(models.Model):
    """The applicant's signed word that the data is correct and that he answers for it (P-34).

    Bound to a digest of the declared data: after a change of substance it no longer covers the request.
    """

    _name = "cpa.declaration"
    _description = "Declaration"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "id desc"
    _rec_name = "signer_name"
    _lifecycle_frozen = frozenset({"signed", "void"})

    request_id = fields.Many2one(
        "cpa.request", required=True, fixed=True, readonly=True, ondelete="cascade", index=True
    )
    state = fields.Selection(
        [("draft", "To be signed"), ("signed", "Signed"), ("void", "Void")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    text_id = fields.Many2one(
        "cpa.declaration.text",
        "Version",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env["cpa.declaration.text"].search([], limit=1),
    )
    body = fields.Text(related="text_id.body", string="Text to be read")
    text = fields.Text("Text as signed", kept=True, readonly=True, copy=False)
    signer_name = fields.Char("Name of the signer", required=True)
    method = fields.Selection(
        [
            ("screen", "On screen"),
            ("portal", "On the portal"),
            ("typed", "Full name typed on the website"),
            ("paper", "On paper, scanned"),
            ("thumbprint", "Thumbprint with a witness"),
        ],
        required=True,
        default="screen",
    )
    representation_id = fields.Many2one("cpa.representation", "Signed by guardian or agent", ondelete="restrict")
    signature = fields.Image(max_width=1024, max_height=512, copy=False)
    scan = fields.Binary("Scan of the paper", attachment=True, copy=False)
    witness_name = fields.Char("Witness")
    correction_ids = fields.One2many("cpa.declaration.correction", "declaration_id", "Clerical corrections")
    digest = fields.Char(kept=True, readonly=True, copy=False)
    signed_at = fields.Datetime("Signed at", kept=True, readonly=True, copy=False)
    entered_at = fields.Datetime("Entered at", kept=True, readonly=True, copy=False)

    def _lifecycle_moves(self):
        # who signs on the website signs anew there, too
        by = (OFFICER, DELEGATE, APPLICANT, WEBSITE)
        return {
            ("draft", "signed"): Move(by, ("_guard_signed",), ("_effect_signed",)),
            ("signed", "void"): Move(by, reason=True),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_signed(self, at):
        missing = []
        if self.method in ("screen", "portal") and not self.signature:
            missing.append(self.env._("The signature."))
        if self.method == "typed" and not self.request_id.application_id:
            missing.append(self.env._("Who typed his name did so on the website: his application is missing."))
        if self.method in ("paper", "thumbprint") and not self.scan:
            missing.append(self.env._("The scan of the signed paper."))
        if self.method == "thumbprint" and not (self.witness_name or "").strip():
            missing.append(self.env._("The name of the witness."))
        representation = self.representation_id
        if self.request_id.beneficiary_id.is_minor and representation.kind != "guardian":
            missing.append(self.env._("A minor does not sign: the guardian does."))
        if representation.kind == "carer":
            missing.append(self.env._("A carer does not sign: the applicant, a guardian or an agent does."))
        if representation and representation.beneficiary_id != self.request_id.beneficiary_id:
            missing.append(self.env._("Who signs acts for somebody else than the applicant."))
        if self.method == "thumbprint" and name_key(self.witness_name) == name_key(self.signer_name):
            missing.append(self.env._("The witness is somebody else than the signer."))
        return missing + representation._problems()

    def _covers(self, request):
        """Return whether this signature covers the request's data as it stands: as signed, or as corrected.

        A merge of files is no change of substance: the applicant's former file counts as his present one.
        """
        self.ensure_one()
        digests = {self.digest, *self.correction_ids.mapped("digest")}
        if request._declared_digest() in digests:
            return True
        # which files are the applicant's, whoever asks; nothing of them is shown
        merged = request.beneficiary_id.sudo().merged_ids
        return any(request._declared_digest(file) in digests for file in merged)

    def _void_by_change(self, what):
        """The declared data has changed: the signature covers it no more, and the request says so.

        :param what: labels of the changed fields, in the user's language
        """
        self.ensure_one()
        reason = self.env._("Changed after signing: %(fields)s.", fields=what)
        journal = self._lifecycle_journal("void", fields.Datetime.now(), Happened(reason=reason))
        # a consequence of the change, whoever was allowed to make it
        self._lifecycle_enter("void", journal)
        self.request_id.message_post(
            body=self.env._("The declaration is void: it needs a new signature. %(reason)s", reason=reason)
        )

    def _effect_signed(self, at):
        for declaration in self:
            earlier = declaration.request_id.declaration_ids.filtered(lambda d: d.state == "signed") - declaration
            earlier.write(
                {**declaration._lifecycle_carry(at), "state": "void", "move_reason": self.env._("Signed anew.")}
            )
            declaration._lifecycle_set(
                {
                    "text": declaration.text_id.body,
                    "digest": declaration.request_id._declared_digest(),
                    "signed_at": at,
                    "entered_at": fields.Datetime.now(),
                }
            )

    @api.onchange("representation_id")
    def _onchange_representation_id(self):
        if self.representation_id:
            self.signer_name = self.representation_id.representative_id.name

    def action_sign(self):
        """Button of the dialog: the applicant has signed."""
        self.write({"state": "signed"})
        return {"type": "ir.actions.act_window_close"}
