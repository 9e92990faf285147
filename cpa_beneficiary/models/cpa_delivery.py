from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare, format_date
from odoo.tools.misc import formatLang

from ..tools.riyadh import cpa_today
from ..tools.text import comma_list
from .cpa_lifecycle_mixin import Move
from .roles import DELEGATE, MANAGER, OFFICER

KINDS = [("money", "Money"), ("voucher", "Voucher"), ("goods", "Goods"), ("service", "Service")]
# What leaves the association's account: only with a payment order.
PAID_KINDS = ("money", "voucher")
# What was handed over, how much, where and by whom does not change afterwards.
HANDED_FIELDS = frozenset({"name", "kind", "quantity", "amount", "place", "planned_date", "user_id", "branch_id"})
# What a payment order was prepared for.
ORDERED_FIELDS = frozenset({"kind", "quantity", "amount"})


class CpaDelivery(models.Model):
    """One line of what the beneficiary receives: what, how much, when, where and by whom (P-37).

    ``cpa_delivery_receipt`` holds its acknowledgement, ``cpa_delivery_reminder`` what happens when its day has passed,
    ``cpa_request_delivery`` how it is planned from the decision.
    """

    _name = "cpa.delivery"
    _description = "Delivery"
    _inherit = ["cpa.lifecycle.mixin", "cpa.satisfaction.source", "mail.thread", "mail.activity.mixin"]
    _order = "planned_date, id"
    _rec_name = "name"
    _lifecycle_initial = "planned"
    _lifecycle_deletable = frozenset({"planned"})
    _lifecycle_frozen = frozenset({"acknowledged", "cancelled"})
    _lifecycle_unfrozen = frozenset({"activity_ids", "message_ids", "message_follower_ids"})

    request_id = fields.Many2one("cpa.request", required=True, fixed=True, ondelete="restrict", index=True)
    beneficiary_id = fields.Many2one(related="request_id.beneficiary_id")
    branch_id = fields.Many2one("cpa.branch", ondelete="restrict", index="btree_not_null")
    name = fields.Char("What", required=True)
    kind = fields.Selection(KINDS, required=True, default="money")
    quantity = fields.Float(default=1)
    amount = fields.Monetary()
    currency_id = fields.Many2one(related="request_id.currency_id")
    place = fields.Selection(
        [
            ("branch", "At a branch"),
            ("home", "At home"),
            ("transfer", "By transfer"),
            ("remote", "Remotely"),
            ("site", "On site"),
        ],
        required=True,
        default="branch",
    )
    planned_date = fields.Date(required=True, index=True, default=lambda self: cpa_today())
    user_id = fields.Many2one("res.users", "Delivered by", default=lambda self: self.env.user, ondelete="restrict")
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("delivered", "Handed over"),
            ("acknowledged", "Acknowledged"),
            ("cancelled", "Cancelled"),
        ],
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    order_id = fields.Many2one(
        "cpa.payment.order",
        "Payment order",
        kept=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    order_state = fields.Selection(related="order_id.state", string="State of the payment order")
    rest_of_id = fields.Many2one(
        "cpa.delivery",
        "Rest of",
        kept=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The line of which a part was handed over; this one is what is still to be given.",
    )
    rest_ids = fields.One2many("cpa.delivery", "rest_of_id", "Still to be given")
    is_overdue = fields.Boolean("Overdue", compute="_compute_is_overdue", search="_search_is_overdue")
    delivered_at = fields.Datetime(kept=True, readonly=True, copy=False)

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "A delivery needs a quantity.")

    # ------------------------------------------------------------------
    # The path
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        return {
            ("planned", "delivered"): Move(
                (OFFICER, DELEGATE), ("_guard_delivered",), ("_effect_delivered", "_effect_settled")
            ),
            ("planned", "cancelled"): Move((MANAGER,), ("_guard_cancelled",), ("_effect_settled",), reason=True),
            ("delivered", "cancelled"): Move((MANAGER,), reason=True),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_delivered(self, at):
        missing = []
        if self.request_id.state != "delivery":
            missing.append(self.env._("Its request is not in delivery."))
        if self.kind in PAID_KINDS:
            missing += self._order_missing()
        return missing

    def _order_missing(self):
        """Return why this money or voucher may not be given yet, in the user's language."""
        order = self.order_id.sudo()  # its number and state, to whoever hands over
        if not order:
            return [self.env._("The payment order: money and vouchers are given on one only.")]
        if order.state != "paid":
            return [
                self.env._(
                    "The payment order %(number)s is “%(state)s”, not paid yet.",
                    number=order.number,
                    state=order._lifecycle_label(order.state),
                )
            ]
        return []

    def _guard_cancelled(self, at):
        order = self.order_id.sudo()  # as above
        if not order:
            return []
        return [self.env._("The payment order %(number)s covers it: cancel that one first.", number=order.number)]

    def _effect_delivered(self, at):
        sequence = self.env["ir.sequence"].sudo()  # numbering is the system's
        for line in self:
            number = sequence.next_by_code("cpa.delivery", sequence_date=cpa_today())
            line._lifecycle_set({"delivered_at": at, "receipt_number": number})

    # ------------------------------------------------------------------
    # Computes and constraints
    # ------------------------------------------------------------------

    @api.depends("state", "planned_date")
    def _compute_is_overdue(self):
        today = cpa_today()
        for line in self:
            line.is_overdue = line.state == "planned" and bool(line.planned_date) and line.planned_date < today

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = fields.Domain([("state", "=", "planned"), ("planned_date", "<", cpa_today())])
        return overdue if True in value else ~overdue

    @api.constrains("kind", "amount")
    def _check_amount(self):
        for line in self:
            if line.kind in PAID_KINDS and line.amount <= 0:
                raise ValidationError(self.env._("Money and vouchers need their amount."))
        self.request_id._check_within_grant()

    @api.constrains("branch_id")
    def _check_branch(self):
        self.env["cpa.branch"]._check_handed(self)

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        requests = self.env["cpa.request"].browse([vals.get("request_id") for vals in vals_list])
        # the branch by which the request is served, whoever plans the line
        branches = [request.sudo().branch_id.id for request in requests]
        return super().create(
            [
                vals if vals.get("branch_id") else {**vals, "branch_id": branch}
                for vals, branch in zip(vals_list, branches, strict=True)
            ]
        )

    def write(self, vals):
        self._check_settled(vals)
        return super().write(vals)

    def _check_settled(self, vals):
        """:raise UserError: what was handed over, or what a payment order was prepared for, would change"""
        for line in self:
            changed = {name for name in vals.keys() & HANDED_FIELDS if line._differs(name, vals[name])}
            if line.state == "delivered" and changed:
                raise UserError(
                    self.env._(
                        "“%(line)s” has been handed over: %(fields)s do not change any more.",
                        line=line.display_name,
                        fields=line._labels(changed),
                    )
                )
            if line.state == "planned" and line.order_id and changed & ORDERED_FIELDS:
                raise UserError(
                    self.env._(
                        "“%(line)s”: %(fields)s stand on the payment order %(number)s; cancel that one first.",
                        line=line.display_name,
                        fields=line._labels(changed & ORDERED_FIELDS),
                        number=line.sudo().order_id.number,  # the number only
                    )
                )

    def _differs(self, name, value):
        field = self._fields[name]
        return field.convert_to_cache(value, self) != field.convert_to_cache(self[name], self)

    def _labels(self, names):
        return comma_list((self._fields[name]._description_string(self.env) for name in sorted(names)), self.env.lang)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_ordered(self):
        for line in self:
            if line.order_id:
                raise UserError(line._guard_cancelled(False)[0])

    # ------------------------------------------------------------------
    # A part of it
    # ------------------------------------------------------------------

    def _split(self, quantity, amount, rest_date):
        """Keep a part on this planned line and plan the rest on a line of its own; together they stay what they were.

        :param quantity: how many of it stay here; money has no quantity of its own
        :param amount: how much of its amount stays here
        :param rest_date: when the rest is given (``date``)
        :return: the line of the rest
        :raise UserError: it is no part, or not planned any more
        """
        self.ensure_one()
        self.check_access("write")
        digits = self.currency_id.decimal_places
        if self.kind == "money":
            quantity = self.quantity
        problems = []
        if self.state != "planned":
            problems.append(self.env._("Only what is still planned is divided."))
        if self.kind != "money" and not 0 < quantity < self.quantity:
            problems.append(self.env._("A part is more than nothing and less than %(all)s.", all=f"{self.quantity:g}"))
        if (self.kind in PAID_KINDS and not 0 < amount < self.amount) or not 0 <= amount <= self.amount:
            problems.append(
                self.env._("A part is more than nothing and less than %(all)s.", all=self._money(self.amount))
            )
        if self.kind in PAID_KINDS and float_compare(amount, round(amount, digits), precision_digits=6):
            problems.append(self.env._("The currency has no such small part."))
        if not rest_date:
            problems.append(self.env._("When the rest is given."))
        if problems:
            raise UserError("\n".join(problems))
        rest_quantity = self.quantity if self.kind == "money" else self.quantity - quantity
        values = {"quantity": rest_quantity, "amount": self.amount - amount, "planned_date": rest_date}
        whole = self._measure()
        self._lifecycle_set({"quantity": quantity, "amount": amount})
        # whoever may hand over may leave a rest; it is the same line, the same order, the same people
        rest = self.sudo().create({**self._rest_values(), **values}).sudo(self.env.su)
        rest._lifecycle_set({"rest_of_id": self.id, "order_id": self.order_id.id})
        self.message_post(
            body=self.env._(
                "%(part)s of %(whole)s; the rest, %(rest)s, is planned for %(day)s.",
                part=self._measure(),
                whole=whole,
                rest=rest._measure(),
                day=format_date(self.env, rest_date),
            )
        )
        return rest

    def _rest_values(self):
        names = ("request_id", "branch_id", "name", "kind", "place", "user_id", "representation_id")
        return {name: self._fields[name].convert_to_write(self[name], self) for name in names}

    def _money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _measure(self):
        """Return how much it is, to be read: the quantity of things, the amount of money."""
        self.ensure_one()
        quantity = f"{self.quantity:g}" if self.kind != "money" else ""
        return " · ".join(filter(None, [quantity, self._money(self.amount) if self.amount else ""]))

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_part(self):
        """Button: hand over a part now, and plan the rest."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("A part of it"),
            "res_model": "cpa.delivery.part.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_delivery_id": self.id},
        }

    def action_prepare_order(self):
        """Button: prepare the payment order of these lines."""
        return self.request_id._prepare_orders(self)

    def action_open_order(self):
        """Button: the payment order that covers it."""
        self.ensure_one()
        return self.order_id._get_records_action()
