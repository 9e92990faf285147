import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

CLAUSE_CODE = re.compile(r"P-[0-9]{2,3}")


class CpaPolicyClause(models.Model):
    """One clause of a policy version: the source letter for letter, how it is read, what is done.

    The reading mends the spelling of the scan and is what people see; the source stays beside it
    as the proof. Both are part of the version that the board approved: they change in a draft only.
    """

    _name = "cpa.policy.clause"
    _description = "Policy clause"
    _order = "policy_id, sequence, code"
    _rec_name = "code"
    _rec_names_search = ("code", "reading_ar", "reading_en")

    policy_id = fields.Many2one("cpa.policy", "Policy version", required=True, ondelete="cascade", index=True)
    state = fields.Selection(related="policy_id.state", string="Policy state")
    code = fields.Char(required=True, help="Stable over all versions: P-35 stays P-35.")
    sequence = fields.Integer(default=10)
    heading = fields.Selection(
        [
            ("preamble", "Preamble"),
            ("general_aim", "General aim"),
            ("detailed_aims", "Detailed aims"),
            ("channels", "Channels used to reach beneficiaries"),
            ("tools", "Tools of the beneficiary relations officers"),
            ("dealing", "How a beneficiary's transactions are completed"),
            ("approval", "Approval by the board"),
        ],
        required=True,
        help="The heading of the source under which the clause stands.",
    )

    # Texts
    source_text = fields.Text(
        "Source, letter for letter",
        required=True,
        help="As in the approved document, with its spelling and its slips.",
    )
    reading_ar = fields.Text("Reading (Arabic)", required=True)
    reading_en = fields.Text("Reading (English)", required=True)
    reading = fields.Text(compute="_compute_in_language")
    mechanism_ar = fields.Text("What is done and its proof (Arabic)")
    mechanism_en = fields.Text("What is done and its proof (English)")
    mechanism = fields.Text("What is done and its proof", compute="_compute_in_language")

    reading_ids = fields.Many2many(
        "cpa.policy.reading",
        string="Readings for the board to settle",
        compute="_compute_reading_ids",
    )
    board_state = fields.Selection(
        [("open", "Waits for the board"), ("settled", "Settled by the board")],
        "Board",
        compute="_compute_reading_ids",
        help="Whether the board has settled how this clause is read; empty where nothing is open.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(policy_id, code)", "This policy version has a clause with this code already."
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("reading_ar", "reading_en", "mechanism_ar", "mechanism_en")
    @api.depends_context("lang")
    def _compute_in_language(self):
        suffix = "ar" if (self.env.lang or "").startswith("ar") else "en"
        for clause in self:
            clause.reading = clause[f"reading_{suffix}"]
            clause.mechanism = clause[f"mechanism_{suffix}"]

    @api.depends("code")
    def _compute_reading_ids(self):
        readings = self.env["cpa.policy.reading"].search([("clause_code", "in", self.mapped("code"))])
        by_code = readings.grouped("clause_code")
        for clause in self:
            clause.reading_ids = by_code.get(clause.code, readings.browse())
            settled = all(clause.reading_ids.mapped("is_settled"))
            clause.board_state = clause.reading_ids and ("settled" if settled else "open")

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("code")
    def _check_code(self):
        for clause in self:
            if not CLAUSE_CODE.fullmatch(clause.code):
                raise ValidationError(self.env._("“%s” is not a clause code: write it as P-35.", clause.code))

    # ------------------------------------------------------------------
    # A version in force is not edited, by nobody and on no way (P-04)
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        clauses = super().create(vals_list)
        clauses._check_policy_is_draft()
        return clauses

    def write(self, vals):
        self._check_policy_is_draft()
        result = super().write(vals)
        if "policy_id" in vals:
            self._check_policy_is_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_from_draft(self):
        self._check_policy_is_draft()

    def _check_policy_is_draft(self):
        """:raise UserError: a clause belongs to a version that is or was in force"""
        for clause in self:
            # whatever the user may read of the policy: only its state is used
            policy = clause.policy_id.sudo()
            if policy.state != "draft":
                raise UserError(
                    self.env._(
                        "%(code)s belongs to “%(policy)s”, which the board has approved: write a "
                        "new version of the policy to change it.",
                        code=clause.code,
                        policy=policy.display_name,
                    )
                )
