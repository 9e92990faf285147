"""What the papers of a request say: the slip that the applicant takes home (P-35), the form (P-30)."""

from odoo import fields, models

from ..tools.riyadh import riyadh_date

EXPLAINED_CLAUSE = "P-35"


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    def _reply_promise(self):
        """Return the slip's large line as ``(text in the user's language, date)``; neutral: never what was decided."""
        self.ensure_one()
        if self.replied_at:
            return self.env._("We replied to you on"), riyadh_date(self.replied_at)
        if self.closed_at:
            return self.env._("This request was closed on"), riyadh_date(self.closed_at)
        return self.env._("We reply to you by"), self.reply_target_date

    def _explanation_text(self):
        """Return the words in which the clerk tells the applicant what happens to the request (P-35)."""
        self.ensure_one()
        if not self.needs_committee:
            return self.env._(
                "Our staff handle your request. If something is missing, we ask you for it; if not, you need do "
                "nothing more. We reply to you by the day written on your slip."
            )
        return self.env._(
            "Your request goes to the research committee. It studies the request and decides whether to accept or "
            "reject it; by the policy this takes not less than %(days)s days. Whatever the decision, we reply to you "
            "by the day written on your slip.",
            days=self._reply_policy().floor_days,
        )

    def _explained_clause(self):
        """Return the clause of the policy that is quoted to the applicant (may be empty)."""
        self.ensure_one()
        clauses = self._reply_policy().clause_ids if self.needs_committee else self.env["cpa.policy.clause"]
        return clauses.filtered(lambda clause: clause.code == EXPLAINED_CLAUSE)

    def _reply_policy(self):
        """Return the version of the policy under which the request is, or would now be, handled."""
        return self.policy_id or self.env["cpa.policy"]._in_force(self.company_id)

    def _awaited_checks(self):
        """Return the checks of what the applicant has still to show, the next one first."""
        awaited = self.check_ids._latest().filtered(lambda check: check.state == "to_sight")
        return awaited.sorted(lambda check: (check.due_date or fields.Date.today(), check.id))

    def _taken_in(self):
        """Return the latest round that was submitted: who took it in, and when (may be empty)."""
        return self.submission_ids.filtered("submitted_at").sorted("round")[-1:]
