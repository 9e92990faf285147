from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.riyadh import cpa_today, riyadh_date
from .cpa_lifecycle_mixin import Move
from .cpa_request import OPEN_STATES
from .roles import DELEGATE, MANAGER, OFFICER, RESEARCHER

FOLLOW_UP_DAYS = 14


class CpaOutsideReferral(models.Model):
    """A request referred to an outside body (P-06): what is asked of it, by which letter, what came of it.

    It stops nothing of the request by itself, and passes data on only with the applicant's recorded consent.
    """

    _name = "cpa.outside.referral"
    _description = "Outside referral"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "follow_up_date, id"
    _rec_name = "body_id"
    _lifecycle_initial = "open"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"answered", "closed"})
    _lifecycle_unfrozen = frozenset({"activity_ids", "message_ids", "message_follower_ids"})
    _lifecycle_birth = "referred_at"

    request_id = fields.Many2one("cpa.request", required=True, fixed=True, ondelete="restrict", index=True)
    service_id = fields.Many2one(related="request_id.service_id")
    branch_id = fields.Many2one("cpa.branch", kept=True, readonly=True, ondelete="restrict", index="btree_not_null")
    body_id = fields.Many2one("cpa.outside.body", required=True, ondelete="restrict", index=True, tracking=True)
    asked = fields.Text("What is asked", required=True)
    user_id = fields.Many2one(
        "res.users",
        "Followed up by",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        index=True,
    )
    state = fields.Selection(
        [("open", "Open"), ("answered", "Answered"), ("closed", "Closed without an answer")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    # the letter
    letter_id = fields.Many2one(
        "cpa.letter", kept=True, readonly=True, copy=False, ondelete="restrict", index="btree_not_null"
    )
    letter_number = fields.Char(related="letter_id.number", string="Outgoing number")
    letter_sent_at = fields.Datetime(related="letter_id.sent_at", string="Letter sent on")
    follow_up_date = fields.Date(
        "Follow up on",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.add(cpa_today(), days=FOLLOW_UP_DAYS),
    )

    # the applicant's consent to pass his data on
    consent_how = fields.Selection(
        [
            ("signed", "Signed"),
            ("said", "Said in person"),
            ("phone", "Said by telephone"),
            ("portal", "On the portal"),
            ("none", "No personal data is passed on"),
        ],
        "Consent",
        required=True,
        help="The data of a person is passed on only with his consent.",
    )
    consent_by = fields.Char("Given by", help="The applicant, or who acts for him.")
    consent_at = fields.Datetime("Given on", kept=True, readonly=True, copy=False)
    consent_taken_by = fields.Many2one(
        "res.users", "Recorded by", kept=True, readonly=True, copy=False, ondelete="restrict"
    )

    # what came of it
    result = fields.Text()
    outcome = fields.Selection(
        [("helped", "Helped"), ("partly", "Helped in part"), ("refused", "Refused"), ("elsewhere", "Sent elsewhere")]
    )
    referred_at = fields.Datetime("Referred on", default=fields.Datetime.now, kept=True, readonly=True, copy=False)
    answered_at = fields.Datetime("Answered on", kept=True, readonly=True, copy=False)
    answer_days = fields.Integer("Days until the answer", kept=True, readonly=True, copy=False, aggregator="avg")

    _open_idx = models.Index("(follow_up_date) WHERE state = 'open'")

    # ------------------------------------------------------------------
    # Lifecycle
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        referrers = (OFFICER, DELEGATE, RESEARCHER, MANAGER)
        return {
            ("open", "answered"): Move(referrers, ("_guard_answered",), ("_effect_answered", "_effect_done")),
            ("open", "closed"): Move(referrers, effects=("_effect_done",), reason=True),
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_answered(self, at):
        missing = []
        if not (self.result or "").strip():
            missing.append(self.env._("What the body answered."))
        if not self.outcome:
            missing.append(self.env._("Whether it helped."))
        return missing

    def _effect_answered(self, at):
        for referral in self:
            days = (riyadh_date(at) - riyadh_date(referral.referred_at)).days
            referral._lifecycle_set({"answered_at": at, "answer_days": max(days, 0)})

    def _effect_done(self, at):
        self.sudo().activity_ids.unlink()  # whoever follows up: there is nothing left to do

    # ------------------------------------------------------------------
    # Referring
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # before the referral exists: one made by oneself would open any request
        self.env["cpa.request"].browse(
            {vals["request_id"] for vals in vals_list if vals.get("request_id")}
        ).check_access("read")
        referrals = super().create(vals_list)
        referrals._check_referred()
        for referral in referrals:
            referral._lifecycle_set({"branch_id": referral.request_id.branch_id.id})
        referrals._record_consent()
        referrals._plan_follow_up()
        return referrals

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"consent_how", "consent_by"}:
            self._check_referred()
            self._record_consent()
        if vals.keys() & {"follow_up_date", "user_id"}:
            self._plan_follow_up()
        return result

    def _check_referred(self):
        """:raise UserError: the request is closed, or nobody is named who let his data be passed on"""
        missing = []
        for referral in self:
            if referral.request_id.state not in OPEN_STATES:
                missing.append(
                    self.env._("“%(request)s” is closed: it is not referred.", request=referral.request_id.display_name)
                )
            if referral.consent_how != "none" and not (referral.consent_by or "").strip():
                missing.append(self.env._("Who let the data be passed on: the applicant, or who acts for him."))
        if missing:
            raise UserError("\n".join(missing))

    def _record_consent(self):
        for referral in self:
            given = referral.consent_how != "none"
            referral._lifecycle_set(
                {
                    "consent_at": given and fields.Datetime.now(),
                    "consent_taken_by": given and self.env.uid,
                }
            )

    def _plan_follow_up(self):
        """Let the calendar of activities ask about it on the day: nothing has to be searched for."""
        for referral in self.filtered(lambda referral: referral.state == "open"):
            # whoever moves the day moves what stands in a colleague's list
            activity = referral.sudo().activity_ids[:1]
            planned = {"date_deadline": referral.follow_up_date, "user_id": referral.user_id.id}
            if activity:
                activity.write(planned)
            else:
                referral.activity_schedule(
                    "mail.mail_activity_data_todo", summary=self.env._("Ask the outside body"), **planned
                )

    def action_letter(self):
        """Button: write the letter to the body, or open the one there is; it gets its number when it is sent."""
        self.ensure_one()
        if not self.letter_id:
            letter = self.env["cpa.letter"].create(
                {
                    "kind": "outside",
                    "request_id": self.request_id.id,
                    "branch_id": self.branch_id.id,
                    "addressee": self.body_id.name,
                    "subject": self.env._("Referral of request %(number)s", number=self.request_id.number or ""),
                    "text": self.asked,
                }
            )
            self._lifecycle_check_frozen({"letter_id": letter.id})
            self._lifecycle_set({"letter_id": letter.id})
        return self.letter_id._get_records_action(name=self.env._("Letter"))

    @api.onchange("request_id")
    def _onchange_request_id(self):
        if self.request_id and not self.consent_by:
            self.consent_by = (
                self.request_id.representation_id.representative_id.name or self.request_id.beneficiary_id.name
            )

    @api.depends("body_id.name", "letter_id.number")
    def _compute_display_name(self):
        for referral in self:
            referral.display_name = " · ".join(filter(None, [referral.body_id.name, referral.letter_number]))


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    outside_referral_ids = fields.One2many("cpa.outside.referral", "request_id", "Outside referrals")

    def action_refer_outside(self):
        """Button: refer the request to an outside body (P-06)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refer to an outside body"),
            "res_model": "cpa.outside.referral",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }
