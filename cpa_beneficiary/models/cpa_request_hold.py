"""A reply that is ready before its day is held and goes out on the day, as who prepared it (P-35, mode "block")."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today, utc_start_of

_logger = logging.getLogger(__name__)

# A person tells it, no machine: on the day he is reminded to.
TOLD_BY_A_PERSON = frozenset({"interview", "phone", "social", "volunteering", "delegate"})
# What goes out is what was prepared.
HELD_FIELDS = frozenset({"reply_text", "reply_channel_id"})


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    reply_send_on = fields.Date("Reply goes out on", kept=True, readonly=True, copy=False)
    reply_held_by = fields.Many2one(
        "res.users", "Prepared by", kept=True, readonly=True, copy=False, ondelete="restrict"
    )
    reply_held_at = fields.Datetime("Prepared at", kept=True, readonly=True, copy=False)
    reply_held_state = fields.Char("Leads to", kept=True, readonly=True, copy=False)
    can_hold_reply = fields.Boolean(compute="_compute_can_hold_reply")

    _held_idx = models.Index("(reply_send_on) WHERE reply_send_on IS NOT NULL AND state = 'decided'")

    @api.depends_context("uid")
    @api.depends("state", "reply_floor_mode", "reply_floor_date", "reply_send_on", "allowed_states", "decision")
    def _compute_can_hold_reply(self):
        today = cpa_today()
        for request in self:
            request.can_hold_reply = (
                request.state == "decided"
                and request.reply_floor_mode in ("warn", "block")
                and bool(request.reply_floor_date)
                and today < request.reply_floor_date
                and not request.reply_send_on
                and request._next_state() in (request.allowed_states or [])
            )

    # ------------------------------------------------------------------
    # Holding it
    # ------------------------------------------------------------------

    def action_hold_reply(self):
        """Button: the reply is ready; it goes out by itself on the first day that the policy allows.

        :raise UserError: it may go out today already, or what the reply needs is missing
        """
        for request in self:
            if not request.can_hold_reply:
                raise UserError(self.env._("The reply of “%(name)s” is not held.", name=request.display_name))
            day = request.reply_floor_date
            move = request._lifecycle_find_move(request._next_state())
            # the guards of the reply itself, asked as on its day
            missing = [line for guard in move.guards for line in getattr(request, guard)(utc_start_of(day))]
            if missing:
                lines = "\n".join(f"• {line}" for line in missing)
                raise UserError(self.env._("The reply is not ready yet:\n%(missing)s", missing=lines))
            request._lifecycle_set(
                {
                    "reply_send_on": day,
                    "reply_held_by": self.env.uid,
                    "reply_held_at": fields.Datetime.now(),
                    "reply_held_state": request._next_state(),
                }
            )
            request._message_log(
                body=self.env._("The reply is prepared; it goes out on %(day)s.", day=format_both(day, self.env.lang))
            )
        return True

    def action_release_reply(self):
        """Button: take the held reply back, to change it or to leave it."""
        for request in self.filtered("reply_send_on"):
            request._lifecycle_find_move(request._next_state())  # whoever may reply may take it back
            request._let_go()
            request._message_log(body=self.env._("The prepared reply is taken back."))
        return True

    def _let_go(self):
        self._lifecycle_set(
            dict.fromkeys(("reply_send_on", "reply_held_by", "reply_held_at", "reply_held_state"), False)
        )

    def write(self, vals):
        if "state" not in vals and vals.keys() & HELD_FIELDS and any(request.reply_send_on for request in self):
            raise UserError(self.env._("The reply is held as it was prepared: take it back first."))
        return super().write(vals)

    def _lifecycle_enter(self, new_state, journal):
        super()._lifecycle_enter(new_state, journal)
        self.filtered("reply_send_on")._let_go()

    # ------------------------------------------------------------------
    # Sending it
    # ------------------------------------------------------------------

    @api.model
    def _cron_send_held(self):
        """Job: send the replies whose day has come, each in a transaction of its own."""
        due = self.search([("reply_send_on", "<=", cpa_today()), ("state", "=", "decided")], order="reply_send_on, id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for request in due:
            request._send_held()
            if not cron._commit_progress(1):
                break

    def _send_held(self):
        """Send a held reply as who prepared it; what prevents it is told to him, or to a manager, with the reason."""
        self.ensure_one()
        user, state = self.reply_held_by, self.reply_held_state  # what was prepared, or nothing
        try:
            problem = self._held_problem()
            if not problem:
                with self.env.cr.savepoint():
                    sender = self.with_user(user).with_company(self.company_id).with_context(lang=user.lang)
                    sender.write({"state": state})
        except UserError as error:
            problem = str(error)
        except Exception:
            _logger.exception("The held reply of request %s was not sent", self.id)
            problem = self.env._("An error that the server's log tells more about.")
        if problem:
            self._let_go()
            self._activity_for(
                user if user.active else self._responsible(),
                "cpa_beneficiary.activity_reply",
                self.env._("The prepared reply did not go out"),
                note=problem,
            )

    def _held_problem(self):
        """Return why the reply cannot go out by itself today, in the language of who prepared it; or False."""
        user = self.reply_held_by
        env = self.with_context(lang=user.lang).env
        if not user.active:
            return env._("%(name)s, who prepared it, does not work here any more.", name=user.name)
        channel = self.reply_channel_id.with_env(env)
        if channel.code in TOLD_BY_A_PERSON:
            return env._("It is told by “%(channel)s”: please tell it today.", channel=channel.name)
        return False
