from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.riyadh import cpa_today
from .cpa_committee_minutes import digest_of
from .cpa_lifecycle_mixin import Move
from .roles import SECRETARY


class CpaCommitteeAddendum(models.Model):
    """A numbered addendum (ملحق محضر) to sealed minutes: what was a slip, and why; signed and sealed in its turn."""

    _name = "cpa.committee.addendum"
    _description = "Addendum to minutes"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "session_id, number, id"
    _lifecycle_frozen = frozenset({"sealed"})

    session_id = fields.Many2one("cpa.committee.session", required=True, fixed=True, ondelete="restrict", index=True)
    number = fields.Integer("Addendum no.", kept=True, readonly=True, copy=False)
    text = fields.Text("What the minutes should say", required=True)
    reason = fields.Text("Why", required=True)
    state = fields.Selection(
        [("draft", "To be signed"), ("sealed", "Sealed")], default="draft", required=True, readonly=True, copy=False
    )
    signature_ids = fields.One2many("cpa.committee.signature", "addendum_id", "Signatures")
    signer_ids = fields.Many2many("res.users", compute="_compute_signers", compute_sudo=True, string="Signed by")
    can_sign = fields.Boolean(compute="_compute_signers", compute_sudo=True)
    sealed_at = fields.Datetime("Sealed at", kept=True, readonly=True, copy=False)
    seal_digest = fields.Char("Fingerprint of the seal", kept=True, readonly=True, copy=False)

    _number_uniq = models.UniqueIndex("(session_id, number) WHERE number > 0", "This number is taken.")

    def _lifecycle_moves(self):
        return {("draft", "sealed"): Move((SECRETARY,), ("_guard_signed",), ("_effect_seal",))}

    @api.model_create_multi
    def create(self, vals_list):
        addenda = super().create(vals_list)
        if any(addendum.session_id.state != "closed" for addendum in addenda):
            raise UserError(self.env._("Before the minutes are closed they are revised; an addendum comes after."))
        return addenda

    @api.depends("session_id", "number")
    def _compute_display_name(self):
        for addendum in self:
            number = addendum.number or self.env._("draft")
            addendum.display_name = self.env._(
                "%(session)s, addendum %(number)s", session=addendum.session_id.number, number=number
            )

    @api.depends("text", "reason", "signature_ids.digest", "state")
    @api.depends_context("uid")
    def _compute_signers(self):
        for addendum in self:
            addendum.signer_ids = addendum._signatures().user_id
            may = addendum._presiding_users() | addendum._secretary_users()
            addendum.can_sign = addendum.state == "draft" and self.env.user in may - addendum.signer_ids

    def _signed_digest(self):
        """Return the fingerprint of what is signed: a changed word makes it another one."""
        return digest_of({"addendum": self.id, "text": self.text, "reason": self.reason})

    def _signatures(self):
        """Return the signatures that stand under the text as it is."""
        return self.signature_ids.filtered(lambda s: s.digest == self._signed_digest())

    def _presiding_users(self):
        """Return who may sign as presiding: who presided then, and those who lead the committee now."""
        session = self.session_id
        in_term = session.committee_id.member_ids._in_term(cpa_today())
        return (session._presiding() | in_term.filtered(lambda m: m.role in ("chair", "deputy"))).user_id

    def _secretary_users(self):
        """Return who may sign as secretary: the committee's, and who enters it."""
        members = self.session_id.committee_id.member_ids.filtered(lambda m: m.role == "secretary")
        return members.user_id | self.create_uid

    def _guard_signed(self, at):
        signers = self._signatures().user_id
        missing = []
        if not signers & self._presiding_users():
            missing.append(self.env._("The signature of the presiding member."))
        if not signers & self._secretary_users():
            missing.append(self.env._("The signature of the secretary."))
        return missing

    def _effect_seal(self, at):
        for addendum in self:
            # numbers of one session are given one after the other: its rows are few and the chain's row is locked
            number = max(addendum.session_id.sudo().addendum_ids.mapped("number"), default=0) + 1
            addendum._lifecycle_set({"number": number})
            seal = self.env["cpa.committee.seal"]._seal("addendum", addendum.session_id, addendum)
            addendum._lifecycle_set({"sealed_at": seal.sealed_at, "seal_digest": seal.digest})

    def _sign(self, user, method, **signed):
        """Record the signature of ``user`` under the addendum; signed once is signed.

        :raise UserError: it is sealed, or not the user's to sign
        """
        self.ensure_one()
        if self.state != "draft":
            raise UserError(self.env._("The addendum is sealed."))
        if user not in self._presiding_users() | self._secretary_users():
            raise UserError(self.env._("An addendum is signed by the presiding member and the secretary."))
        if user not in self._signatures().user_id:
            self.env["cpa.committee.signature"]._sign(
                self, [(user, self.env["cpa.committee.attendance"])], method, **signed
            )

    def action_sign(self):
        """Button: who presided, or the secretary, signs the addendum."""
        return self._signing_dialog("screen")

    def action_sign_on_paper(self):
        """Button of the secretary: the addendum was signed on paper."""
        return self._signing_dialog("paper")

    def _signing_dialog(self, method):
        waiting = (self._presiding_users() | self._secretary_users()) - self._signatures().user_id
        users = self.env.user if method == "screen" else waiting
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sign the addendum"),
            "res_model": "cpa.committee.sign.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_addendum_id": self.id,
                "default_method": method,
                "default_user_ids": [fields.Command.set(users.ids)],
            },
        }


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    addendum_ids = fields.One2many("cpa.committee.addendum", "session_id", "Addenda")

    def action_addendum(self):
        """Button of the secretary: write an addendum to sealed minutes."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Addendum"),
            "res_model": "cpa.committee.addendum",
            "view_mode": "form",
            "context": {"default_session_id": self.id},
        }
