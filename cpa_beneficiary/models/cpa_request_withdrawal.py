"""The applicant withdraws his request, at any time before something was given, and says why."""

from odoo import fields, models

REASON_MOST = 1000


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    def _withdrawal_reasons(self):
        """Return why an applicant may withdraw: ``{code: text}``; the last one is said in his own words."""
        return {
            "solved": self.env._("I do not need it any more"),
            "elsewhere": self.env._("I was helped elsewhere"),
            "mistake": self.env._("I applied by mistake, or twice"),
            "data": self.env._("Something in it is wrong; I apply again"),
            "other": self.env._("Another reason"),
        }

    def _portal_can_withdraw(self):
        self.ensure_one()
        move = self._lifecycle_moves().get((self.state, "withdrawn"))
        if not move or not any(self._lifecycle_has_role(role) for role in move.roles):
            return False
        return not self._guard_nothing_given(fields.Datetime.now())

    def _portal_actions(self):
        actions = super()._portal_actions()
        if self._portal_can_withdraw():
            actions.append(
                {
                    "code": "withdraw",
                    "label": self.env._("Withdraw the request"),
                    "url": self._portal_url("withdraw"),
                    "is_primary": False,
                }
            )
        return actions

    def _portal_withdraw(self, code, words):
        """Withdraw the request as its applicant.

        :param code: key of ``_withdrawal_reasons``
        :param words: what he says himself (text, may be empty)
        :return: ``{name: what is wrong}``; empty when it is withdrawn
        """
        self.ensure_one()
        reason, words = self._withdrawal_reasons().get(code), (words or "").strip()
        if not reason:
            return {"reason": self.env._("Choose why you withdraw it.")}
        if len(words) > REASON_MOST:
            return {"words": self.env._("Write at most %(most)s characters.", most=REASON_MOST)}
        if not self._portal_can_withdraw():
            return {"form": self.env._("This request cannot be withdrawn any more. Call us if you have a question.")}
        told = " · ".join(filter(None, [reason, words]))
        wrong = self._portal_try("form", lambda: not self.write({"state": "withdrawn", "move_reason": told}))
        if not wrong:
            self._tell_officer(self._officer_env()._("The applicant has withdrawn the request"))
        return wrong
