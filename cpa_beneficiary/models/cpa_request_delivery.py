"""From the decision to the delivered service (P-37): planned, ordered, handed over, closed."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import formatLang

from ..tools.riyadh import cpa_today, riyadh_date
from .cpa_delivery import PAID_KINDS
from .cpa_happened_mixin import Happened
from .cpa_letter import REPLY_KINDS
from .roles import MANAGER

LIVE_ORDERS = ("prepared", "approved")


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    delivery_ids = fields.One2many("cpa.delivery", "request_id")
    order_ids = fields.One2many("cpa.payment.order", "request_id", "Payment orders")
    granted_amount = fields.Monetary(
        "Granted",
        kept=True,
        readonly=True,
        copy=False,
        help="What the committee granted; once the request is closed, what of it was given.",
    )
    needs_order = fields.Boolean(compute="_compute_needs_order")

    _granted_idx = models.Index("(service_id, decided_at) WHERE granted_amount > 0")
    _granted_to_idx = models.Index("(beneficiary_id, decided_at) WHERE granted_amount > 0")

    # ------------------------------------------------------------------
    # The path
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        moves = super()._lifecycle_moves()
        told = moves["decided", "approved"]
        moves["decided", "approved"] = told._replace(effects=(*told.effects, "_effect_plan"))
        for (old, new), move in moves.items():
            if new in ("withdrawn", "cancelled"):
                moves[old, new] = move._replace(guards=(*move.guards, "_guard_nothing_given"))
        return moves

    def _lifecycle_find_move(self, new_state):
        """Closing what was not delivered as a whole needs the manager's reason; closing what was needs none."""
        move = super()._lifecycle_find_move(new_state)
        if (self.state, new_state) == ("delivery", "done") and self._undelivered():
            return move._replace(reason=True)
        return move

    def _effect_decide(self, at):
        super()._effect_decide(at)
        for request in self:
            request._lifecycle_set({"granted_amount": request._granted()})

    def _granted(self):
        """Return the amount that the decision grants: its own, else as asked for (accepted as it stands)."""
        self.ensure_one()
        if self.decision == "accept":
            return self.decision_amount or self.amount_requested
        return self.decision_amount if self.decision == "partial" else 0.0

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    def _effect_plan(self, at):
        """Plan what was granted, for the officer to change where it needs changing."""
        requests = self.filtered(
            lambda request: (
                request.service_id.needs_delivery
                and not request.delivery_ids
                and (request._granted() or request.service_id.delivery_kind not in PAID_KINDS)
            )
        )
        # planned by the path, whoever sends the reply
        self.env["cpa.delivery"].sudo().create([request._planned_line() for request in requests])

    def _planned_line(self):
        """Return the values of the line that gives what was granted."""
        service = self.service_id
        return {
            "request_id": self.id,
            "name": self.subject,
            "kind": service.delivery_kind,
            "amount": self._granted(),
            "place": self._planned_place(),
            "planned_date": fields.Date.add(cpa_today(), days=service.delivery_days),
            "user_id": (self.officer_id or self.env.user).id,
            "branch_id": self.branch_id.id,
            "representation_id": self.representation_id.id,
        }

    def _planned_place(self):
        """P-11: where the service is given, nearer to who cannot come."""
        beneficiary = self.beneficiary_id.sudo()  # whether he has an account, and whether he needs help to come
        kind = self.service_id.delivery_kind
        if kind == "money" and beneficiary.iban_plain:
            return "transfer"
        if self.service_id.place == "branch" and beneficiary.accessibility_needs and kind != "money":
            return "home"
        return self.service_id.place

    def _check_within_grant(self):
        """:raise ValidationError: more money and vouchers are planned than the committee granted"""
        for request in self.filtered("decision"):
            # the sum over all lines, whichever of them the user sees
            lines = request.sudo().delivery_ids
            # what was paid is out, also where its line was cancelled, until the order came back
            bound = lines.filtered(lambda line: line.state != "cancelled" or line.order_id.state == "paid")
            planned = sum(bound.filtered(lambda line: line.kind in PAID_KINDS).mapped("amount"))
            granted = request._granted()
            if request.currency_id.compare_amounts(planned, granted) > 0:
                raise ValidationError(
                    self.env._(
                        "“%(request)s”: %(granted)s were granted, and %(planned)s are planned in money and vouchers. "
                        "More than was granted needs a new decision of the committee.",
                        request=request.display_name,
                        granted=formatLang(self.env, granted, currency_obj=request.currency_id),
                        planned=formatLang(self.env, planned, currency_obj=request.currency_id),
                    )
                )

    def _guard_planned(self, at):
        if not self.service_id.needs_delivery:
            return [self.env._("This service delivers nothing.")]
        lines = self.delivery_ids.filtered(lambda line: line.state != "cancelled")
        return [] if lines else [self.env._("Plan what is delivered: what, how much, when and where.")]

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def _undelivered(self):
        """Return what stands against closing the request as delivered, in the user's language."""
        self.ensure_one()
        open_lines = self.delivery_ids.filtered(lambda line: line.state not in ("acknowledged", "cancelled"))
        missing = [
            self.env._("Not acknowledged by the beneficiary yet: %(line)s.", line=line.display_name)
            for line in open_lines
        ]
        if not missing and not self.delivery_ids.filtered(lambda line: line.state == "acknowledged"):
            missing.append(self.env._("Nothing was delivered."))
        return missing

    def _guard_delivered(self, at):
        """P-37: closed once all is acknowledged; before that only by the manager, with the reason."""
        missing = self._undelivered()
        if not missing:
            return []
        if self._lifecycle_has_role(MANAGER):
            return self._paid_not_given()
        return [*missing, self.env._("Without the delivery only the manager closes it.")]

    def _guard_undelivered(self, at):
        """P-37: what was promised is delivered; only the manager closes without, with the reason."""
        if self.service_id.needs_delivery and not self._lifecycle_has_role(MANAGER):
            return [self.env._("Without the delivery only the manager closes it.")]
        return self._paid_not_given()

    def _guard_no_delivery(self, at):
        return [self.env._("This service ends with a delivery.")] if self.service_id.needs_delivery else []

    def _guard_nothing_given(self, at):
        """What was given cannot be undone by a withdrawal: the manager closes it, with the reason."""
        # whether something was given, whoever withdraws
        given = self.sudo().delivery_ids.filtered(lambda line: line.state in ("delivered", "acknowledged"))
        missing = [
            self.env._("“%(line)s” has been handed over: the manager closes the request.", line=line.display_name)
            for line in given
        ]
        return missing + self._paid_not_given()

    def _paid_not_given(self):
        """Return which paid orders are neither handed over nor returned, in the user's language."""
        # the orders' numbers, whoever closes
        lines = self.sudo().delivery_ids.filtered(lambda line: line.state == "planned" and line.order_state == "paid")
        return [
            self.env._(
                "The payment order %(number)s is paid: hand it over, or record that it came back.", number=order.number
            )
            for order in lines.order_id
        ]

    def _effect_close(self, at):
        """With its request closes what was planned on it: nothing is left to be given or paid."""
        super()._effect_close(at)
        # a consequence of a move that has been checked, whoever was allowed to make it
        requests = self.sudo()
        told = Happened(reason=self.env._("Closed with its request."))
        orders = requests.order_ids.filtered(lambda order: order.state in LIVE_ORDERS)
        if orders:
            orders._lifecycle_enter("cancelled", orders._lifecycle_journal("cancelled", at, told))
            orders._effect_released(at)
        lines = requests.delivery_ids.filtered(lambda line: line.state == "planned")
        if lines:
            lines._lifecycle_enter("cancelled", lines._lifecycle_journal("cancelled", at, told))
            lines._effect_settled(at)
        for request in requests.filtered("granted_amount"):
            request._lifecycle_set({"granted_amount": request._given()})

    def _given(self):
        """Return how much of what was granted has been given, now that the request is closed."""
        kept = sum(self.delivery_ids.filtered(lambda line: line.state != "cancelled").mapped("amount"))
        return min(self.granted_amount, kept) if self.state == "done" and self.delivery_ids else 0.0

    # ------------------------------------------------------------------
    # Payment orders
    # ------------------------------------------------------------------

    @api.depends("state", "delivery_ids.state", "delivery_ids.kind", "delivery_ids.order_id")
    def _compute_needs_order(self):
        for request in self:
            request.needs_order = request.state in ("approved", "delivery") and bool(request._lines_to_order())

    def _lines_to_order(self):
        """Return the lines of money and vouchers that no payment order covers yet."""
        return self.delivery_ids.filtered(
            lambda line: line.state == "planned" and line.kind in PAID_KINDS and not line.order_id
        )

    def action_prepare_order(self):
        """Button: prepare the payment order of what is planned in money and vouchers."""
        self.ensure_one()
        return self._prepare_orders(self._lines_to_order())

    def _prepare_orders(self, lines):
        """Prepare one order for the money and one for the vouchers of ``lines``; the delivery starts with it.

        :return: an action that shows them
        :raise UserError: all that is missing
        """
        self.ensure_one()
        if not lines:
            raise UserError(self.env._("Every line of money or vouchers has its payment order."))
        if self.state == "approved":
            self.write({"state": "delivery"})
        Order = self.env["cpa.payment.order"]
        orders = Order.create(
            [
                {
                    "request_id": self.id,
                    "method": Order._method_of(same),
                    "line_ids": [fields.Command.set(same.ids)],
                }
                for same in lines.grouped("kind").values()
            ]
        )
        return orders._get_records_action(name=self.env._("Payment order"))

    def _order_basis(self):
        """Return what a payment order of this request rests on: values of ``cpa.payment.order``."""
        self.ensure_one()
        session = self._carried_proposal().session_id
        return {
            "session_number": session.number,
            "session_date": riyadh_date(session.planned_at),
            "letter_number": self._decision_letter_number(),
            "granted_amount": self._granted(),
            "conditions": self.decision_conditions,
        }

    def _decision_letter_number(self):
        """Return the outgoing number of the letter that told the decision; False where none went out."""
        # the number only, whoever prepares the order
        letters = self.env["cpa.letter"].sudo()
        told = [("request_id", "=", self.id), ("kind", "in", REPLY_KINDS), ("state", "in", ("sent", "acknowledged"))]
        return letters.search(told, limit=1).number
