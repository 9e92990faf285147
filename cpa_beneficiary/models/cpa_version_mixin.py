from odoo import api, fields, models

from ..tools.hijri import format_both, format_hijri
from ..tools.riyadh import cpa_today, riyadh_date
from .cpa_lifecycle_mixin import Move
from .roles import MANAGER


class CpaVersionMixin(models.AbstractModel):
    """A text that the board approves, version by version: one in force, the former kept (P-04).

    A version is written as a draft, put in force once its approval is recorded, and superseded by
    the next one, never by hand. From then on it is evidence: only fields in
    ``_lifecycle_unfrozen`` change. The inheriting model declares ``successor_id`` and a unique
    index over ``_version_key`` for the state ``in_force``.
    """

    _name = "cpa.version.mixin"
    _description = "Version of an approved text"
    _inherit = ["mail.thread", "cpa.lifecycle.mixin"]

    _lifecycle_frozen = frozenset({"in_force", "superseded"})
    # Fields that say which texts are versions of one another.
    _version_key = ("company_id",)

    version = fields.Char(required=True, default="1", copy=False, tracking=True)
    state = fields.Selection(
        [("draft", "Draft"), ("in_force", "In force"), ("superseded", "Superseded")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)

    # Approval
    approval_date = fields.Date("Approved on", copy=False, tracking=True)
    approval_date_hijri = fields.Char(
        "Approved on (Hijri)", compute="_compute_approval_texts", help="Umm al-Qura calendar."
    )
    approval_text = fields.Char("Approval date", compute="_compute_approval_texts")

    # Validity, kept by the moves
    in_force_from = fields.Date("In force from", kept=True, readonly=True, copy=False)
    in_force_until = fields.Date(
        "In force until",
        kept=True,
        readonly=True,
        copy=False,
        help="The day on which the next version took its place.",
    )

    @api.depends("approval_date")
    @api.depends_context("lang")
    def _compute_approval_texts(self):
        lang = self.env.lang or "en_US"
        for record in self:
            record.approval_date_hijri = format_hijri(record.approval_date, lang)
            record.approval_text = format_both(record.approval_date, lang)

    # ------------------------------------------------------------------
    # Lifecycle (P-04)
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        return {
            **super()._lifecycle_moves(),
            ("draft", "in_force"): Move((MANAGER,), ("_guard_approved",), ("_effect_in_force",)),
            ("in_force", "superseded"): Move((MANAGER,), ("_guard_has_successor",)),
        }

    def _guard_approved(self, at):
        """P-04, P-38: what the record of the approval still lacks.

        :param at: naive UTC ``datetime`` at which the version enters into force
        :return: list of texts in the user's language
        """
        if not self.approval_date:
            return [self.env._("The date of approval.")]
        if self.approval_date > min(riyadh_date(at), cpa_today()):
            return [self.env._("The approval: its date has not come yet.")]
        return []

    def _guard_has_successor(self, at):
        if self.successor_id:
            return []
        return [self.env._("Put the next version in force: it takes the place of this one.")]

    def _effect_in_force(self, at):
        self._lifecycle_set({"in_force_from": riyadh_date(at)})

    def _lifecycle_check_moves(self, moves, new_state, happened):
        at = super()._lifecycle_check_moves(moves, new_state, happened)
        if new_state == "in_force":
            # Here, with every guard passed and nothing written yet: the database allows one
            # version in force, so the former has to give way first.
            self._supersede_former(at, happened)
        return at

    def _supersede_former(self, at, happened):
        """Move the versions in force to ``superseded``, each with its successor.

        :param at: naive UTC ``datetime`` of the change
        :param happened: ``Happened``, what is said about the change
        """
        for version in self:
            former = version._version_in_force()
            former._lifecycle_set({"successor_id": version.id, "in_force_until": riyadh_date(at)})
            former.write(
                {
                    **happened.again(at),
                    "state": "superseded",
                    "move_reason": self.env._("Version %s took its place.", version.version),
                }
            )
            former.flush_recordset(["state"])

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _version_in_force(self):
        """Return the version in force of the same text (``_version_key``), possibly none."""
        self.ensure_one()
        domain = [(name, "=", self[name]) for name in self._version_key if name != "company_id"]
        return self.search([*domain, ("company_id", "=", self.company_id.id), ("state", "=", "in_force")])

    def _next_version(self):
        """Return a version number to propose: one more than the highest of the same text."""
        self.ensure_one()
        domain = [(name, "=", self[name]) for name in self._version_key if name != "company_id"]
        versions = self.search([*domain, ("company_id", "=", self.company_id.id)])
        numbers = [int(v) for v in versions.mapped("version") if v.isascii() and v.isdecimal()]
        return str(max(numbers, default=len(versions)) + 1)

    def copy_data(self, default=None):
        """A copy is the draft of the next version."""
        vals_list = super().copy_data(default)
        for record, vals in zip(self, vals_list, strict=True):
            if "version" not in (default or {}):
                vals["version"] = record._next_version()
        return vals_list

    def action_new_version(self):
        """Button: write the next version, beginning with the text of this one (P-04).

        :return: action that opens the new draft
        """
        self.ensure_one()
        return self.copy()._get_records_action()
