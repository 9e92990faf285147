"""The policy is reviewed continually (P-04): when next, who is reminded, and what each review came to."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today, riyadh_date
from .roles import MANAGER

REVIEW = "cpa_beneficiary.activity_review"


class ResCompany(models.Model):
    _inherit = "res.company"

    cpa_review_remind_days = fields.Integer(
        "Remind of the policy's review (days before)", default=30, required=True, help="P-04: the managers."
    )
    cpa_review_months = fields.Integer(
        "The policy is reviewed every (months)", default=12, required=True, help="P-04: proposed as the next review."
    )

    _cpa_review_days_positive = models.Constraint(
        "CHECK(cpa_review_remind_days >= 0 AND cpa_review_months > 0)",
        "A review comes after a month or more, and its reminder not after it.",
    )


class CpaPolicyReview(models.Model):
    """One review of a version in force: on which day, by which minutes, and whether anything was changed (P-04)."""

    _name = "cpa.policy.review"
    _description = "Review of the policy"
    _inherit = ["cpa.append.only.mixin"]
    _order = "reviewed_on desc, id desc"
    _rec_name = "reference"
    _log_access = False

    policy_id = fields.Many2one(
        "cpa.policy", "Policy version", required=True, readonly=True, index=True, ondelete="restrict"
    )
    outcome = fields.Selection(
        [("kept", "Reviewed, no change"), ("amended", "Amended by a new version")], required=True, readonly=True
    )
    reviewed_on = fields.Date("Reviewed on", required=True, readonly=True)
    reviewed_text = fields.Char("Reviewed on, in both calendars", compute="_compute_reviewed_text")
    reference = fields.Char(
        "Minutes", required=True, readonly=True, help="Session, resolution or number of the minutes."
    )
    note = fields.Text("What was looked at", readonly=True)
    scan = fields.Binary("Scan of the minutes", attachment=True, readonly=True)
    scan_name = fields.Char(readonly=True)
    next_review_date = fields.Date("Next review", readonly=True)
    user_id = fields.Many2one("res.users", "Entered by", required=True, readonly=True, ondelete="restrict")
    entered_at = fields.Datetime(required=True, readonly=True)

    @api.depends("reviewed_on")
    @api.depends_context("lang")
    def _compute_reviewed_text(self):
        for review in self:
            review.reviewed_text = format_both(review.reviewed_on, self.env.lang or "en_US")


class CpaPolicy(models.Model):
    _inherit = "cpa.policy"

    next_review_text = fields.Char("Next review, in both calendars", compute="_compute_review_texts")
    review_ids = fields.One2many("cpa.policy.review", "policy_id", "Reviews", copy=False)
    last_review_date = fields.Date("Last review", compute="_compute_last_review_date", help="Or its approval.")
    review_reminded_on = fields.Date("Reminded of the review on", kept=True, readonly=True, copy=False)
    review_overdue_told_on = fields.Date("Told that the review is overdue on", kept=True, readonly=True, copy=False)

    @api.depends("next_review_date")
    @api.depends_context("lang")
    def _compute_review_texts(self):
        for policy in self:
            policy.next_review_text = format_both(policy.next_review_date, self.env.lang or "en_US")

    @api.depends("review_ids", "approval_date")
    def _compute_last_review_date(self):
        for policy in self:
            days = [*policy.review_ids.mapped("reviewed_on"), policy.approval_date]
            policy.last_review_date = max(filter(None, days), default=False)

    # ------------------------------------------------------------------
    # The next review is asked for when a version enters into force
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        moves = super()._lifecycle_moves()
        into_force = moves["draft", "in_force"]
        return moves | {
            ("draft", "in_force"): into_force._replace(guards=(*into_force.guards, "_guard_next_review")),
        }

    def _guard_next_review(self, at):
        if not self.next_review_date:
            return [self.env._("The day of the next review (P-04).")]
        if self.next_review_date <= max(riyadh_date(at), cpa_today()):
            return [self.env._("The next review: its day has passed already.")]
        return []

    def _effect_in_force(self, at):
        result = super()._effect_in_force(at)
        rows = []
        for policy in self:
            former = self.search([("successor_id", "=", policy.id)])
            former.sudo().activity_unlink([REVIEW])  # the system's own reminders, of a version that no longer holds
            reference = " · ".join(filter(None, [policy.approval_session, policy.resolution_number]))
            rows += [version._review_values("amended", policy.approval_date, reference) for version in former]
        self.env["cpa.policy.review"]._append_rows(rows)
        return result

    def write(self, vals):
        result = super().write(vals)
        if "next_review_date" in vals:
            # another day: reminded of anew
            self._lifecycle_set({"review_reminded_on": False, "review_overdue_told_on": False})
            self.sudo().activity_unlink([REVIEW])  # the system's own reminders, of the former day
        return result

    # ------------------------------------------------------------------
    # Reviewed
    # ------------------------------------------------------------------

    def _review_values(self, outcome, day, reference, **more):
        self.ensure_one()
        return {
            "policy_id": self.id,
            "outcome": outcome,
            "reviewed_on": day,
            "reference": reference,
            "user_id": self.env.uid,
            "entered_at": fields.Datetime.now(),
            **more,
        }

    def _reviewed(self, day, reference, next_review_date, note="", scan=None, scan_name=""):
        """Record that the version in force was reviewed and stays as it is, and when it is reviewed next (P-04).

        :param day: ``date`` in Riyadh of the review
        :param str reference: the minutes in which it stands
        :param next_review_date: ``date`` to come
        :param scan: base64 of the minutes, or None
        :raise UserError: all that is missing, in one message; or the user is no manager
        """
        self.ensure_one()
        if not self.env.user._has_group(MANAGER):
            raise UserError(self.env._("A review is recorded by the manager."))
        missing = []
        if self.state != "in_force":
            missing.append(self.env._("Only the version in force is reviewed."))
        if not (reference or "").strip():
            missing.append(self.env._("The minutes in which the review stands."))
        if not day or day > cpa_today():
            missing.append(self.env._("The day of the review, not to come."))
        elif self.last_review_date and day < self.last_review_date:
            missing.append(self.env._("A day of the review that is not before the review before it."))
        if not next_review_date or next_review_date <= cpa_today():
            missing.append(self.env._("The day of the next review, to come."))
        if missing:
            raise UserError("\n".join(missing))
        more = {"note": note, "scan": scan, "scan_name": scan_name, "next_review_date": next_review_date}
        row = self.env["cpa.policy.review"]._append_rows([self._review_values("kept", day, reference.strip(), **more)])
        self.write({"next_review_date": next_review_date})
        return row

    def action_review(self):
        """Button: record a review after which the policy stays as it is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reviewed, no change"),
            "res_model": "cpa.policy.review.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_policy_id": self.id,
                "default_next_review_date": self._next_review_proposed(),
            },
        }

    def _next_review_proposed(self):
        """Return the ``date`` on which the company reviews its policy the next time, counted from today."""
        return cpa_today() + relativedelta(months=self.company_id.cpa_review_months)

    # ------------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------------

    @api.model
    def _cron_remind_review(self):
        """Job: remind the managers once before the review, once when it is overdue; and of a review that has no day."""

        def near(company):
            until = cpa_today() + timedelta(days=company.cpa_review_remind_days)
            unplanned_or_near = ["|", ("next_review_date", "=", False), ("next_review_date", "<=", until)]
            return [("state", "=", "in_force"), ("review_reminded_on", "=", False), *unplanned_or_near]

        def overdue(company):
            return [
                ("state", "=", "in_force"),
                ("review_overdue_told_on", "=", False),
                ("next_review_date", "<", cpa_today()),
            ]

        self._remind_due(near, "review_reminded_on", lambda policies: policies._remind_of_review(), "id")
        self._remind_due(
            overdue, "review_overdue_told_on", lambda policies: policies._remind_of_review(), "next_review_date"
        )

    def _remind_of_review(self):
        """Open an activity for each manager, or bring up the one that he has."""
        # the system's own reminders
        self.sudo().activity_unlink([REVIEW])
        for policy in self:
            day = policy.next_review_date
            for manager in policy._managers():
                policy = policy.with_context(lang=manager.lang or self.env.lang)
                if not day:
                    summary = policy.env._("Set the day of the policy's next review (P-04)")
                elif day < cpa_today():
                    summary = policy.env._("The review of the policy is overdue (P-04)")
                else:
                    summary = policy.env._("The review of the policy is near (P-04)")
                policy.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
                    REVIEW, day or cpa_today(), summary=summary, user_id=manager.id, automated=True
                )

    def _managers(self):
        """Return the managers of the policy's company (``res.users``), core's own superuser left out."""
        # who holds the role is no secret; users of a role are read for nothing else
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        return managers.filtered(
            lambda user: user.active and not user._is_superuser() and self.company_id in user.company_ids
        )
