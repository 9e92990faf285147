"""Taking a request in: what is checked (P-32) and explained (P-35), round by round."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.riyadh import cpa_today


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    submission_ids = fields.One2many("cpa.request.submission", "request_id", "Submissions")
    check_ids = fields.One2many("cpa.request.check", "request_id", "Checks")

    # ------------------------------------------------------------------
    # Rounds
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        requests._open_round()
        for request in requests.filtered("lead_id"):
            request._lifecycle_set({"first_contact_at": request.lead_id.create_date})
        return requests

    def write(self, vals):
        if vals.get("state") == "submitted":
            at = fields.Datetime.to_datetime(vals.get("move_happened_at")) or fields.Datetime.now()
            self.check_ids._latest()._fill_themselves(at)
        result = super().write(vals)
        if "service_id" in vals:
            self._follow_service()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_without_evidence(self):
        # through the ORM, as whoever deletes the draft: what is evidence in it refuses, the database would not ask it
        self.sudo().declaration_ids.unlink()
        self.sudo().explanation_ids.unlink()
        self.sudo().submission_ids.unlink()

    def _open_round(self):
        """Open a submission round with a check for each requirement that has not passed in an earlier round."""
        # rounds and their checks are made by the system, never typed
        Submission = self.env["cpa.request.submission"].sudo()
        for submission in Submission.create(
            [{"request_id": request.id, "round": len(request.submission_ids) + 1} for request in self]
        ):
            submission._fill()

    def _current_round(self):
        """Return the latest round of submission, submitted or not."""
        return self.submission_ids.sorted("round")[-1:]

    def _follow_service(self):
        """Bring the checks of a round that is not submitted yet in line with a changed service."""
        for request in self:
            submission = request._current_round()
            if submission.submitted_at:
                raise UserError(
                    self.env._("The service of a submitted request does not change; withdraw it and open another.")
                )
            # pending rows carry no evidence yet
            submission.sudo().check_ids.filtered(lambda c: c.requirement_id.service_id != request.service_id).unlink()
            submission.sudo()._fill()

    # ------------------------------------------------------------------
    # Guards and effects
    # ------------------------------------------------------------------

    def _guard_submission(self, at):
        """P-32, P-34, P-35: what is missing at the counter, all of it at once."""
        service, beneficiary = self.service_id, self.beneficiary_id
        missing = []
        if not self.env["cpa.policy"]._in_force(self.company_id):
            missing.append(self.env._("A version of the policy that is in force."))
        if not beneficiary and not (service.allows_anonymous and self.is_anonymous):
            missing.append(self.env._("The beneficiary."))
        if beneficiary.state in ("suspended", "closed"):
            missing.append(self.env._("The beneficiary's file is suspended or closed."))
        if beneficiary.is_minor and self.representation_id.kind != "guardian":
            missing.append(self.env._("The guardian who acts for the minor."))
        missing += self.representation_id._problems()
        if not (self.description or "").strip():
            missing.append(self.env._("What the applicant asks for."))
        missing += [
            self.env._("Check: %(item)s.", item=" · ".join(filter(None, [check.name, check.finding_now])))
            for check in self.check_ids._latest()
            if check.is_obligatory and check.state == "pending" and not check.is_met
        ]
        if self.declaration_state == "missing":
            missing.append(self.env._("The applicant's signed declaration that the data is correct."))
        elif self.declaration_state == "changed":
            missing.append(self.env._("The data changed after the declaration was signed: it needs a new signature."))
        if service.needs_committee and not self.is_explained:
            missing.append(self.env._("Explain to the applicant how the committee decides and until when we reply."))
        return missing

    def _effect_submit(self, at):
        """Number, clock and the round's evidence: given at once (P-32)."""
        sequence = self.env["ir.sequence"].sudo().with_context(tz="Asia/Riyadh")  # numbering is the system's
        for request in self:
            if not request.number:
                request._lifecycle_set({"number": sequence.next_by_code("cpa.request")})
            if at < request.first_contact_at:  # set back: the applicant had come by then
                request._lifecycle_set({"first_contact_at": at})
            request._current_round()._seal(at)
        self._effect_clock(at)

    def _effect_new_round(self, at):
        self._open_round()


class CpaRequestSubmission(models.Model):
    """One round of a request's submission: when, by whom, over which data. Evidence once it is submitted (P-32)."""

    _name = "cpa.request.submission"
    _description = "Submission"
    _order = "request_id, round desc"
    _rec_name = "round"

    request_id = fields.Many2one("cpa.request", required=True, readonly=True, ondelete="cascade", index=True)
    round = fields.Integer(required=True, readonly=True)
    submitted_at = fields.Datetime("Submitted at", readonly=True)
    entered_at = fields.Datetime("Entered at", readonly=True)
    submitted_by = fields.Many2one("res.users", "Taken in by", readonly=True, ondelete="restrict")
    digest = fields.Char("Digest of the declared data", readonly=True)
    declared = fields.Json("Data as declared", readonly=True, help="What was asked for, as it stood then.")
    declaration_id = fields.Many2one("cpa.declaration", readonly=True, ondelete="restrict")
    check_ids = fields.One2many("cpa.request.check", "submission_id", "Checks")

    _round_uniq = models.Constraint("UNIQUE(request_id, round)", "This round of submission exists already.")

    @api.model_create_multi
    def create(self, vals_list):
        # given, so that no default of a context stands in for the sealing
        unsealed = dict.fromkeys(
            ("submitted_at", "entered_at", "submitted_by", "digest", "declared", "declaration_id"), False
        )
        return super().create([vals | unsealed for vals in vals_list])

    def write(self, vals):
        if any(submission.submitted_at for submission in self):
            raise UserError(self.env._("A submission is evidence and does not change."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_submitted(self):
        if any(submission.submitted_at for submission in self):
            raise UserError(self.env._("A submission is evidence and does not change."))
        # through the ORM, so that a check that has passed refuses; the database's cascade would not ask it
        self.check_ids.unlink()

    def _fill(self):
        """Create the round's checks: one for each requirement that no earlier round has settled."""
        self.ensure_one()
        settled = self.request_id.check_ids.filtered(lambda check: check._is_settled(cpa_today()))
        known = settled.requirement_id | self.check_ids.requirement_id
        self.env["cpa.request.check"].create(
            [
                {"submission_id": self.id, "requirement_id": requirement.id, "name": requirement.name}
                for requirement in self.request_id.service_id.requirement_ids - known
            ]
        )

    def _seal(self, at):
        """Record who submitted what and when; from then on the row is evidence.

        :param at: when it happened (naive UTC)
        """
        request = self.request_id
        # who and when are the system's to say
        self.sudo().write(
            {
                "submitted_at": at,
                "entered_at": fields.Datetime.now(),
                "submitted_by": self.env.uid,
                "digest": request._declared_digest(),
                "declared": request._declared_data(),
                "declaration_id": request.declaration_ids.filtered(lambda d: d.state == "signed")[:1].id,
            }
        )
