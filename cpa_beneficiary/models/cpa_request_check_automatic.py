"""Checks that fill themselves from what the file knows already (P-08, P-32)."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.riyadh import cpa_today, riyadh_date
from ..tools.saudi import check_iban, is_saudi_mobile
from ..tools.text import comma_list, name_key
from .cpa_request import OPEN_STATES


class Outcome(NamedTuple):
    """What an automatic check finds.

    :param passed: whether the item is in order
    :param finding: what was found, or what is wrong, in the user's language; never a number whole
    :param valid_until: until when it is valid (date), or False
    """

    passed: bool
    finding: str
    valid_until: object = False


class CpaRequestCheck(models.Model):
    _inherit = "cpa.request.check"

    automatic = fields.Selection(related="requirement_id.automatic")
    finding = fields.Char(
        "Finding at its time", kept=True, readonly=True, copy=False, help="What an automatic check found."
    )
    finding_now = fields.Char("Finding", compute="_compute_finding_now")
    is_met = fields.Boolean("In order already", compute="_compute_finding_now")
    shown_state = fields.Selection(
        lambda self: [*self._fields["state"]._description_selection(self.env), ("met", self.env._("In order"))],
        "Result",
        compute="_compute_finding_now",
        help="As the state; an automatic check that is in order is recorded with the submission.",
    )

    @api.depends_context("uid", "lang")
    @api.depends("state", "finding", "requirement_id.automatic", "request_id.beneficiary_id", "request_id.service_id")
    def _compute_finding_now(self):
        for check in self:
            outcome = check._automatic_outcome(cpa_today()) if check.state in ("pending", "to_sight") else None
            check.finding_now = outcome.finding if outcome else check.finding
            check.is_met = bool(outcome) and outcome.passed
            check.shown_state = "met" if check.is_met else check.state

    def _automatic_outcome(self, day):
        """Return what this check finds by itself; None if somebody has to look.

        :param day: date in Riyadh on which the item has to be valid: the day of the submission
        :return: ``Outcome``
        """
        self.ensure_one()
        beneficiary = self.request_id.beneficiary_id
        if not self.automatic or not beneficiary:
            return None
        # a check sees whether the file is in order, not what it holds
        return getattr(self.sudo(), f"_automatic_{self.automatic}")(beneficiary.sudo(), day)

    def _automatic_identity(self, beneficiary, day):
        identity = beneficiary.identity_id
        if not identity:
            return Outcome(False, self.env._("No identity on the file."))
        if identity.expiry_date and identity.expiry_date < day:
            expired = format_date(self.env, identity.expiry_date)
            return Outcome(False, self.env._("Expired on %(date)s.", date=expired))
        if not identity.sighted_at:
            return Outcome(False, self.env._("The original has not been sighted."))
        if not identity.expiry_date:
            return Outcome(False, self.env._("Until when it is valid."))
        sighted = format_date(self.env, riyadh_date(identity.sighted_at))
        by = identity.sighted_by.name
        return Outcome(True, self.env._("Sighted on %(date)s by %(who)s.", date=sighted, who=by), identity.expiry_date)

    def _automatic_mobile(self, beneficiary, day):
        if is_saudi_mobile(beneficiary.phone):
            return Outcome(True, self.env._("Ends in %(digits)s.", digits=beneficiary.phone[-4:]))
        return Outcome(False, self.env._("No Saudi mobile number on the file."))

    def _automatic_iban(self, beneficiary, day):
        iban = beneficiary.iban_plain
        if iban and not check_iban(iban):
            return Outcome(True, self.env._("Ends in %(digits)s.", digits=iban[-4:]))
        return Outcome(False, self.env._("No valid IBAN on the file."))

    def _automatic_duplicate(self, beneficiary, day):
        """An equal bank account, or an equal name with an equal phone: one person, or one that answers for another."""
        found = beneficiary._find_duplicates({"iban": beneficiary.iban_plain}) or [
            one
            for one in beneficiary._find_duplicates({"phone": beneficiary.phone})
            if name_key(beneficiary.browse(one["id"]).name) == name_key(beneficiary.name)
        ]
        if found:
            files = comma_list((one["label"] for one in found), self.env.lang)
            return Outcome(False, self.env._("May be the same person: %(files)s.", files=files))
        return Outcome(True, self.env._("No other file."))

    def _automatic_open_request(self, beneficiary, day):
        request = self.request_id
        other = request.search(
            [
                ("beneficiary_id", "=", beneficiary.id),
                ("service_id", "=", request.service_id.id),
                ("state", "in", [state for state in OPEN_STATES if state != "draft"]),
                # an appeal contests the one that is not closed yet
                ("id", "not in", (request | request.appeal_of_id).ids),
            ],
            limit=1,
        )
        if other:
            return Outcome(False, self.env._("Request %(number)s is still open.", number=other.number))
        return Outcome(True, self.env._("None is open."))

    # ------------------------------------------------------------------
    # Filling
    # ------------------------------------------------------------------

    def _fill_themselves(self, at):
        """Pass the automatic checks that are in order; the others stay, and what is wrong is kept with them.

        :param at: when they are looked at (naive UTC)
        """
        for check in self.filtered(lambda c: c.automatic and c.state in ("pending", "to_sight")):
            outcome = check._automatic_outcome(check._valid_on(at))
            if outcome and outcome.passed:
                check.action_pass()
            elif outcome:
                check._lifecycle_set({"finding": outcome.finding})

    def _sight_identity(self):
        """The document lies before the clerk: what the check says goes to the identity on the file, once (P-08)."""
        # a researcher sights on his visit, too, though he does not edit identities otherwise
        identity = self.sudo().request_id.beneficiary_id.identity_id
        if identity and self.valid_until and self.valid_until != identity.expiry_date:
            identity.expiry_date = self.valid_until
        if identity and not identity.sighted_at:
            identity._record_sighting(self.sighted_how)

    def _guard_sighter(self, at):
        return [] if self._automatic_outcome(self._valid_on(at)) else super()._guard_sighter(at)

    def _guard_passed(self, at):
        outcome = self._automatic_outcome(self._valid_on(at))
        if outcome:
            return [] if outcome.passed else [outcome.finding]
        return super()._guard_passed(at)

    def _effect_checked(self, at):
        super()._effect_checked(at)
        for check in self.filtered(lambda c: c.automatic and c.state == "passed"):
            outcome = check._automatic_outcome(check._valid_on(at))
            if outcome:
                check._lifecycle_set({"finding": outcome.finding, "valid_until": outcome.valid_until})
