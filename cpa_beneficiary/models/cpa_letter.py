"""What the association writes to people and bodies, under its outgoing number (رقم الصادر, P-22, P-35)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import links
from ..tools.riyadh import cpa_today, riyadh_date
from ..tools.text import name_key
from .cpa_happened_mixin import Happened
from .cpa_lifecycle_mixin import Move
from .roles import DELEGATE, OFFICER, SECRETARY

# Letters that tell a decision: they go with the reply and never before it.
REPLY_KINDS = ("decision", "appeal")
# What is said when the receipt of a letter is recorded, together with the move itself.
ACKNOWLEDGEMENT_FIELDS = frozenset(
    {
        "acknowledged_how",
        "acknowledged_name",
        "acknowledged_signature",
        "acknowledged_scan",
        "acknowledged_scan_name",
        "witness_name",
    }
)
PAGE = "/r"
# Stands for a letter's link wherever staff reads the message that carries it; opens nothing.
HIDDEN_PATH = f"{PAGE}/-----"


class CpaLetter(models.Model):
    """An outgoing letter (خطاب صادر): numbered and frozen when it goes, with how and when its receipt was confirmed."""

    _name = "cpa.letter"
    _description = "Outgoing letter"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "id desc"
    _rec_names_search = ["number", "addressee", "subject"]
    _lifecycle_frozen = frozenset({"sent", "acknowledged", "cancelled"})

    number = fields.Char("Outgoing number", kept=True, readonly=True, copy=False, index="trigram")
    kind = fields.Selection(
        [
            ("decision", "Decision"),
            ("appeal", "Decision on an appeal"),
            ("outside", "To an outside body"),
            ("notice", "Notice"),
        ],
        default="notice",
        required=True,
        fixed=True,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("sent", "Sent"), ("acknowledged", "Acknowledged"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    request_id = fields.Many2one("cpa.request", fixed=True, ondelete="restrict", index="btree_not_null")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    branch_id = fields.Many2one("cpa.branch", ondelete="restrict", index="btree_not_null")

    # what is written, as it was written
    addressee = fields.Char(help="The name as it stands on the letter.")
    subject = fields.Char()
    text = fields.Text()
    lang = fields.Selection("_get_langs", "Language", required=True, default=lambda self: self._default_lang())
    appeal_until = fields.Date("Appeal until", readonly=True, copy=False)
    signatory = fields.Char("Signed by", kept=True, readonly=True, copy=False, help="The executive manager.")

    # how it goes
    channel_id = fields.Many2one("cpa.channel", "Goes by", ondelete="restrict")
    sent_at = fields.Datetime("Sent at", kept=True, readonly=True, copy=False, index="btree_not_null")
    sent_by = fields.Many2one("res.users", "Sent by", kept=True, readonly=True, copy=False, ondelete="restrict")

    # how its receipt was confirmed
    opened_at = fields.Datetime(
        "Page first opened", kept=True, readonly=True, copy=False, help="Opening alone confirms nothing."
    )
    acknowledged_at = fields.Datetime(kept=True, readonly=True, copy=False)
    acknowledged_how = fields.Selection(
        [
            ("signature", "Signature at the counter"),
            ("page", "On the letter's page"),
            ("phone", "By telephone"),
            ("paper", "Receipt on paper, scanned"),
            ("thumbprint", "Thumbprint with a witness"),
        ],
        "Receipt confirmed by",
        copy=False,
    )
    acknowledged_name = fields.Char("Who confirmed", copy=False)
    acknowledged_signature = fields.Image("Signature of the recipient", max_width=1024, max_height=512, copy=False)
    acknowledged_scan = fields.Binary("Scan of the receipt", attachment=True, copy=False)
    acknowledged_scan_name = fields.Char("File name of the receipt", copy=False)
    witness_name = fields.Char("Witness", copy=False)

    _number_uniq = models.Constraint("UNIQUE(number)", "An outgoing number is never given twice.")
    _reply_uniq = models.UniqueIndex(
        "(request_id) WHERE kind IN ('decision', 'appeal') AND state != 'cancelled'",
        "The decision on this request has its letter already.",
    )
    _state_idx = models.Index("(company_id, state, id DESC)")

    # ------------------------------------------------------------------
    # The path
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        return {
            ("draft", "sent"): Move((OFFICER, SECRETARY), ("_guard_send",), ("_effect_send",)),
            ("draft", "cancelled"): Move((OFFICER, SECRETARY), reason=True),
            ("sent", "acknowledged"): Move(
                (OFFICER, SECRETARY, DELEGATE), ("_guard_acknowledged",), ("_effect_acknowledged",)
            ),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_send(self, at):
        missing = []
        if not (self.addressee or "").strip():
            missing.append(self.env._("To whom it is addressed."))
        if not (self.subject or "").strip():
            missing.append(self.env._("Its subject."))
        if not (self.text or "").strip():
            missing.append(self.env._("Its text."))
        if not self.channel_id:
            missing.append(self.env._("By which channel it goes."))
        if self.kind in REPLY_KINDS and not self.request_id.replied_at:
            missing.append(self.env._("A decision is told with the reply of its request, not before."))
        return missing

    def _effect_send(self, at):
        """Number the letter: within the year of the day on which it goes, in Riyadh."""
        day = riyadh_date(at)
        # numbering is the system's
        sequence = self.env["ir.sequence"].sudo().with_context(tz="Asia/Riyadh", ir_sequence_date=day)
        for letter in self:
            letter._lifecycle_set(
                {
                    "number": sequence.next_by_code("cpa.letter"),
                    "sent_at": at,
                    "sent_by": self.env.uid,
                    "signatory": letter.company_id.sudo().cpa_executive_manager,  # a name on every letter
                }
            )

    def _guard_acknowledged(self, at):
        missing = []
        if not self.acknowledged_how:
            missing.append(self.env._("How the receipt was confirmed."))
        if self.acknowledged_how == "page":
            missing.append(self.env._("On the letter's page the recipient confirms by himself."))
        if self.acknowledged_how == "signature" and not self.acknowledged_signature:
            missing.append(self.env._("The recipient's signature."))
        if self.acknowledged_how in ("paper", "thumbprint") and not self.acknowledged_scan:
            missing.append(self.env._("The scan of the signed receipt."))
        if not (self.acknowledged_name or "").strip():
            missing.append(self.env._("Who confirmed it."))
        if self.acknowledged_how == "thumbprint":
            if not (self.witness_name or "").strip():
                missing.append(self.env._("The name of the witness."))
            elif name_key(self.witness_name) == name_key(self.acknowledged_name):
                missing.append(self.env._("The witness is somebody else than the signer."))
        if self.sent_at and at < self.sent_at:
            missing.append(self.env._("Nobody receives a letter before it goes."))
        return missing

    def _effect_acknowledged(self, at):
        self._lifecycle_set({"acknowledged_at": at})

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if any(vals.get(name) for name in ACKNOWLEDGEMENT_FIELDS):
                raise UserError(self.env._("The receipt of a letter is recorded after it went."))
        letters = super().create(vals_list)
        for letter in letters.filtered(lambda letter: letter.request_id and not letter.branch_id):
            letter.branch_id = letter.request_id.branch_id
        return letters

    def write(self, vals):
        if vals.keys() & ACKNOWLEDGEMENT_FIELDS and vals.get("state") != "acknowledged":
            raise UserError(self.env._("The receipt of a letter is recorded together with how it was confirmed."))
        return super().write(vals)

    def _lifecycle_check_frozen(self, vals):
        # how the receipt was confirmed comes with the move itself (see write), when the letter has long been frozen
        if vals.keys() <= ACKNOWLEDGEMENT_FIELDS and all(letter.state == "sent" for letter in self):
            return
        super()._lifecycle_check_frozen(vals)

    # ------------------------------------------------------------------
    # The page that a cheap phone can read
    # ------------------------------------------------------------------

    def _page_path(self):
        """Return the path of a new link to this letter's page, valid as long as the association's setting says.

        Given to the addressee only. It is for letters that went; a draft has no page.
        """
        self.ensure_one()
        days = self.company_id.sudo().cpa_letter_link_days  # a number, the same for every letter
        expires = fields.Datetime.now() + timedelta(days=days)
        return links.sign(self.env, PAGE, self.ids, expires)

    @api.model
    def _of_page(self, token):
        """Return the letter that a link opens, as superuser; empty for what is no link of ours.

        :raise LinkExpired: the link's time is over
        """
        ids = links.read(self.env, PAGE, token)
        # the signature says that whoever has it may read this letter, and a draft is read by nobody outside
        return self.sudo().browse(ids or ()).exists().filtered(lambda letter: letter.state in ("sent", "acknowledged"))

    def _page_opened(self):
        """Keep when the page was first opened; machines open links too, so this confirms nothing."""
        for letter in self.filtered(lambda letter: not letter.opened_at):
            letter._lifecycle_set({"opened_at": fields.Datetime.now()})

    def _page_acknowledge(self):
        """The recipient says on the page that he has read the letter; once, whatever he presses again."""
        now = fields.Datetime.now()
        for letter in self.filtered(lambda letter: letter.state == "sent"):
            journal = letter._lifecycle_journal("acknowledged", now, Happened())
            # no role: the signed link is the addressee's own, and nothing else can be said on the page
            letter._lifecycle_set({"acknowledged_how": "page", "acknowledged_name": letter.addressee})
            letter._lifecycle_enter("acknowledged", journal)
            letter._effect_acknowledged(now)

    def _phone(self):
        """Return the telephone number at which the addressee reaches us (E.164, may be empty)."""
        self.ensure_one()
        return self.branch_id.sudo().phone or self.company_id.sudo().phone  # printed on every paper

    # ------------------------------------------------------------------
    # Computes and helpers
    # ------------------------------------------------------------------

    @api.depends("number", "addressee")
    def _compute_display_name(self):
        for letter in self:
            number = letter.number or self.env._("Draft letter")
            letter.display_name = " · ".join(filter(None, [number, letter.addressee]))

    @api.model
    def _get_langs(self):
        return self.env["res.lang"].get_installed()

    @api.model
    def _default_lang(self):
        return self.env["cpa.reply.text"]._lang_of(None)

    def _paper_lang(self):
        """Return the language in which this letter is printed, whoever prints it."""
        return self.lang

    def _day(self):
        """Return the day on which it went, or the one on which it would go: ``date`` in Riyadh."""
        self.ensure_one()
        return riyadh_date(self.sent_at) or cpa_today()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_acknowledge(self):
        """Button: record that the addressee received the letter, and how that is known."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Receipt of the letter"),
            "res_model": "cpa.letter.receipt.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_letter_id": self.id, "default_name": self.addressee},
        }

    def action_print(self):
        """Button: the letters as one PDF."""
        return self.env.ref("cpa_beneficiary.cpa_letter_report").report_action(self)
