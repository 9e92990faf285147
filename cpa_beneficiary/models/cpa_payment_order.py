from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.riyadh import cpa_today
from ..tools.saudi import check_iban
from ..tools.text import comma_list
from .cpa_beneficiary_identity import IBAN_READERS
from .cpa_lifecycle_mixin import Move
from .masked import mask
from .roles import MANAGER, OFFICER

# What each way of paying pays.
METHOD_KINDS = {"transfer": "money", "cheque": "money", "voucher": "voucher"}


class CpaPaymentOrder(models.Model):
    """A payment order (أمر صرف) for money or vouchers (P-37).

    What it says is copied when it is prepared: to whom, to which account, how much, on which decision. It is approved
    by somebody else than who prepared it, and paid with proof; then nothing of it changes.
    """

    _name = "cpa.payment.order"
    _description = "Payment order"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "number"
    _lifecycle_initial = "prepared"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"paid", "returned", "cancelled"})
    _lifecycle_unfrozen = frozenset({"activity_ids", "message_ids", "message_follower_ids"})

    number = fields.Char(kept=True, readonly=True, copy=False)
    request_id = fields.Many2one("cpa.request", required=True, fixed=True, ondelete="restrict", index=True)
    beneficiary_id = fields.Many2one(related="request_id.beneficiary_id")
    partner_id = fields.Many2one(related="request_id.partner_id")
    company_id = fields.Many2one(related="request_id.company_id")
    currency_id = fields.Many2one(related="request_id.currency_id")
    state = fields.Selection(
        [
            ("prepared", "Prepared"),
            ("approved", "Approved for payment"),
            ("paid", "Paid"),
            ("returned", "Came back"),
            ("cancelled", "Cancelled"),
        ],
        default="prepared",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    method = fields.Selection(
        [("transfer", "Bank transfer"), ("cheque", "Cheque"), ("voucher", "Vouchers")],
        "Paid by",
        required=True,
        fixed=True,
        default="transfer",
    )
    line_ids = fields.One2many("cpa.delivery", "order_id", "What it pays")

    # copied when it is prepared
    payee = fields.Char("Pay to", kept=True, readonly=True, copy=False)
    iban = fields.Char("IBAN", compute="_compute_iban", groups=IBAN_READERS, help="Only the last digits.")
    iban_plain = fields.Char(kept=True, copy=False, groups=fields.NO_ACCESS)
    purpose = fields.Char(kept=True, readonly=True, copy=False)
    amount = fields.Monetary(kept=True, readonly=True, copy=False)
    granted_amount = fields.Monetary("Granted", kept=True, readonly=True, copy=False)
    conditions = fields.Text("Conditions of the decision", kept=True, readonly=True, copy=False)
    session_number = fields.Char("Session no.", kept=True, readonly=True, copy=False)
    session_date = fields.Date("Minutes of", kept=True, readonly=True, copy=False)
    letter_number = fields.Char("Decision letter no.", kept=True, readonly=True, copy=False)

    # who did what
    prepared_by = fields.Many2one("res.users", kept=True, readonly=True, copy=False, ondelete="restrict")
    prepared_on = fields.Date(kept=True, readonly=True, copy=False)
    approved_by = fields.Many2one("res.users", kept=True, readonly=True, copy=False, ondelete="restrict")
    approved_at = fields.Datetime(kept=True, readonly=True, copy=False)
    paid_by = fields.Many2one(
        "res.users", "Payment recorded by", kept=True, readonly=True, copy=False, ondelete="restrict"
    )
    paid_at = fields.Datetime(kept=True, readonly=True, copy=False)

    # the proof
    reference = fields.Char("Transfer, cheque or voucher numbers", copy=False)
    proof = fields.Binary("Scan of the transfer or cheque", attachment=True, copy=False)
    proof_name = fields.Char(copy=False)
    can_hand_over = fields.Boolean(compute="_compute_can_hand_over")

    _number_uniq = models.Constraint("UNIQUE(number)", "The number of a payment order is never given twice.")
    _waiting_idx = models.Index("(state, id) WHERE state IN ('prepared', 'approved')")

    # ------------------------------------------------------------------
    # The path
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        return {
            ("prepared", "approved"): Move((MANAGER,), ("_guard_approved",), ("_effect_approved",)),
            ("approved", "paid"): Move((OFFICER, MANAGER), ("_guard_paid",), ("_effect_paid",)),
            ("prepared", "cancelled"): Move((OFFICER, MANAGER), effects=("_effect_released",), reason=True),
            ("approved", "cancelled"): Move((MANAGER,), effects=("_effect_released",), reason=True),
            ("paid", "returned"): Move((MANAGER,), ("_guard_returned",), ("_effect_released",), reason=True),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_approved(self, at):
        missing = self._guard_open()
        if self.company_id.cpa_four_eyes and self.prepared_by == self.env.user:
            missing.append(self.env._("Somebody else than who prepared it: two people answer for a payment."))
        beneficiary = self.beneficiary_id.sudo()  # compared, not shown
        if beneficiary.state in ("suspended", "closed"):
            missing.append(
                self.env._(
                    "The beneficiary's file is “%(state)s”.", state=beneficiary._lifecycle_label(beneficiary.state)
                )
            )
        if self.method == "transfer" and self.sudo().iban_plain != beneficiary.iban_plain:
            missing.append(
                self.env._("The file has another IBAN now: cancel this order and prepare it with the right one.")
            )
        return missing

    def _guard_open(self):
        if self.request_id.state == "delivery":
            return []
        return [self.env._("Its request is not in delivery.")]

    def _guard_paid(self, at):
        missing = self._guard_open()
        if self.method == "voucher":
            if not (self.reference or "").strip():
                missing.append(self.env._("The numbers of the vouchers."))
        elif not self.proof:
            missing.append(self.env._("The scan of the transfer or cheque."))
        return missing

    def _guard_returned(self, at):
        given = self.line_ids.filtered(lambda line: line.state in ("delivered", "acknowledged"))
        return [
            self.env._("“%(line)s” has been handed over: cancel that line first.", line=line.display_name)
            for line in given
        ]

    def _effect_approved(self, at):
        self._lifecycle_set({"approved_by": self.env.uid, "approved_at": at})

    def _effect_paid(self, at):
        self._lifecycle_set({"paid_by": self.env.uid, "paid_at": at})

    def _effect_released(self, at):
        """What it would have paid is free for another order; what it said stays written on it."""
        # the lines follow their order, whoever cancels it
        self.sudo().line_ids.filtered(lambda line: line.state == "planned")._lifecycle_set({"order_id": False})

    # ------------------------------------------------------------------
    # Preparing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        named = [self._named_lines(vals.pop("line_ids", None)) for vals in vals_list]
        orders = super().create(vals_list)
        sequence = self.env["ir.sequence"].sudo()  # numbering is the system's
        for order, lines in zip(orders, named, strict=True):
            kind = METHOD_KINDS[order.method]
            lines = lines or order.request_id._lines_to_order().filtered(lambda line, of=kind: line.kind == of)
            order._check_preparable(lines)
            beneficiary = order.beneficiary_id.sudo()  # copied, and shown masked
            order.sudo()._lifecycle_set(
                {
                    "number": sequence.next_by_code("cpa.payment.order", sequence_date=cpa_today()),
                    "payee": beneficiary.name,
                    "iban_plain": beneficiary.iban_plain if order.method == "transfer" else False,
                    "purpose": comma_list(dict.fromkeys(lines.mapped("name")), self.env.lang),
                    "amount": sum(lines.mapped("amount")),
                    "prepared_by": self.env.uid,
                    "prepared_on": cpa_today(),
                    **order.request_id._order_basis(),
                }
            )
            # Two orders for one line at the same moment write the same row: the database lets one of them through.
            lines._lifecycle_set({"order_id": order.id})
        return orders

    @api.model
    def _named_lines(self, commands):
        """Return the lines that ``commands`` of a new order name."""
        ids = [
            line
            for command in commands or []
            for line in (command[2] if command[0] == Command.SET else [command[1]])
            if command[0] in (Command.SET, Command.LINK)
        ]
        return self.env["cpa.delivery"].browse(ids)

    def _check_preparable(self, lines):
        """:raise UserError: all that stands against paying ``lines`` by this order"""
        request = self.request_id
        lines.check_access("write")
        problems = []
        if request.state != "delivery":
            problems.append(self.env._("Its request is not in delivery."))
        if not lines:
            problems.append(self.env._("Every line of money or vouchers has its payment order."))
        for line in lines:
            if line.request_id != request or line.kind != METHOD_KINDS[self.method] or line.state != "planned":
                problems.append(self.env._("“%(line)s” is not paid by this order.", line=line.display_name))
            elif line.order_id:
                problems.append(
                    self.env._(
                        "“%(line)s” is on the payment order %(number)s already.",
                        line=line.display_name,
                        number=line.order_id.number,
                    )
                )
        if self.method == "transfer":
            iban = request.beneficiary_id.sudo().iban_plain  # looked at, not shown
            if not iban or check_iban(iban):
                problems.append(self.env._("The beneficiary's IBAN."))
        if problems:
            head = self.env._("The payment order of “%(request)s” lacks:", request=request.display_name)
            raise UserError("\n".join([head, *(f"• {line}" for line in problems)]))

    @api.model
    def _method_of(self, lines):
        """Return how ``lines`` of one kind are paid: money that is not transferred by cheque."""
        if lines[:1].kind == "voucher":
            return "voucher"
        return "transfer" if "transfer" in lines.mapped("place") else "cheque"

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("iban_plain")
    def _compute_iban(self):
        for order in self:
            order.iban = mask(order.sudo().iban_plain)  # read to be masked

    @api.depends("state", "line_ids.state")
    def _compute_can_hand_over(self):
        for order in self:
            order.can_hand_over = order.state == "paid" and "planned" in order.line_ids.mapped("state")

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_show_iban(self):
        """Button: show the whole IBAN for a moment; leaves a trace of who saw whose.

        :raise UserError: the user is none of those who pay or answer for it
        """
        self._check_iban_reader()
        return self.env["cpa.access.trace"]._show(self, "iban_plain", self.env._("IBAN"))

    def _check_iban_reader(self):
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_groups(IBAN_READERS):
            raise UserError(self.env._("The IBAN is shown to those who pay or answer for it only."))

    def _printed_iban(self):
        """Return the whole IBAN for the paper; that it was printed is traced."""
        self._check_iban_reader()
        iban = self.sudo().iban_plain  # the reader has been checked
        if iban:
            self.env["cpa.access.trace"]._append(self.partner_id, "iban_plain")
        return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4)) if iban else ""

    def action_hand_over(self):
        """Button: all that this order paid has been handed over."""
        self.line_ids.filtered(lambda line: line.state == "planned").write({"state": "delivered"})
        return True

    def action_open_request(self):
        """Button: the request that it serves."""
        self.ensure_one()
        return self.request_id._get_records_action()
