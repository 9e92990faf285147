"""What the manager waived, cancelled or closed by way of exception is told to the chair each month (governance)."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.date_utils import start_of

from ..tools.riyadh import cpa_today, riyadh_date, utc_start_of
from ..tools.text import comma_list


class CpaRequestMove(models.Model):
    _inherit = "cpa.request.move"

    @api.model
    def _manager_exceptions(self):
        """Return what only a manager does, with a reason: ``[(label, domain of its moves)]``; add-ons append theirs."""

        def move(model, state, **before):
            domain = Domain("res_model", "=", model) & Domain("to_state", "=", state)
            return domain & Domain("from_state", "=", before["before"]) if before else domain

        return [
            (self.env._("Item waived"), move("cpa.request.check", "waived")),
            (self.env._("Request cancelled"), move("cpa.request", "cancelled")),
            (
                self.env._("Closed without a delivery"),
                move("cpa.request", "done", before="approved")
                & Domain("request_id.service_id.needs_delivery", "=", True),
            ),
            (self.env._("Delivery cancelled"), move("cpa.delivery", "cancelled")),
            (self.env._("Payment that came back"), move("cpa.payment.order", "returned")),
            (self.env._("Approved payment cancelled"), move("cpa.payment.order", "cancelled", before="approved")),
            (self.env._("File suspended"), move("cpa.beneficiary", "suspended")),
            (self.env._("File closed"), move("cpa.beneficiary", "closed")),
        ]


class CpaCommittee(models.Model):
    _inherit = "cpa.committee"

    exceptions_told_until = fields.Date(
        "Exceptions told until", readonly=True, copy=False, help="To the chair: what the manager did as an exception."
    )

    @api.model
    def _cron_tell_exceptions(self):
        """Job: once a month, tell the chair of each committee what the manager did as an exception."""
        last = start_of(cpa_today(), "month") - timedelta(days=1)
        due = self.search(Domain("exceptions_told_until", "=", False) | Domain("exceptions_told_until", "<", last))
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for committee in due:
            committee._tell_exceptions(start_of(last, "month"), last)
            if not cron._commit_progress(1):
                break

    def _tell_exceptions(self, first, last):
        """Tell chair (and deputy, where the chair did some of it himself) the exceptions of these days.

        Only numbers, kinds and reasons are told; the message is seen by whom it goes to.

        :param first: ``date`` in Riyadh
        :param last: ``date`` in Riyadh, inclusive
        """
        self.ensure_one()
        members = self.member_ids._in_term(last + timedelta(days=1)).filtered("user_id.active")
        chair, deputy = (members.filtered(lambda m, role=role: m.role == role).user_id for role in ("chair", "deputy"))
        rows = self._exceptions(first, last)
        told = chair or deputy
        if any(row["move"].user_id in chair for row in rows):
            told |= deputy
        for user in told:
            env = self.with_context(lang=user.lang).env
            # whom a complaint is about does not read of it here, either
            seen = [row for row in self.with_env(env)._exceptions(first, last) if user not in row["concerned"]]
            self.env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=env._("Exceptions of %(month)s", month=f"{first:%Y-%m}"),
                body=env["ir.qweb"]._render("cpa_beneficiary.cpa_committee_exceptions", {"rows": seen, "first": first}),
                email_layout_xmlid="mail.mail_notification_light",
            )
        self.exceptions_told_until = last
        if told:
            self._message_log(
                body=self.env._(
                    "Exceptions of %(month)s told to %(names)s: %(count)s.",
                    month=f"{first:%Y-%m}",
                    names=comma_list(told.mapped("name"), self.env.lang),
                    count=len(rows),
                )
            )

    def _exceptions(self, first, last):
        """Return the exceptions of these days as ``dict`` rows, by kind and in the order in which they happened."""
        # what is told is numbers, kinds and reasons; to the chair, who oversees it
        Move = self.env["cpa.request.move"].sudo()
        when = Domain("happened_at", ">=", utc_start_of(first))
        when &= Domain("happened_at", "<", utc_start_of(last + relativedelta(days=1)))
        ours = Domain("request_id", "=", False) | Domain("request_id.company_id", "=", self.company_id.id)
        rows = []
        for label, domain in Move._manager_exceptions():
            for move in Move.search(domain & when & ours, order="happened_at, id"):
                file = self.env["cpa.beneficiary"].sudo()
                if move.res_model == file._name:
                    file = file.browse(move.res_id).exists()
                    if file.company_id != self.company_id:
                        continue
                rows.append(
                    {
                        "move": move,
                        "kind": label,
                        "number": move.request_id.number or file.file_number or "",
                        "day": riyadh_date(move.happened_at),
                        "reason": move.reason or "",
                        "concerned": move.request_id.subject_user_ids,
                    }
                )
        return rows
