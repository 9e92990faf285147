"""What is sealed is frozen for good: no interface and no superuser adds to it, changes it or deletes of it.

Each model has rules of its own for the time before; these stand in front of them.
"""

from odoo import api, models
from odoo.exceptions import UserError


class CpaSealedMixin(models.AbstractModel):
    """Rows of a session of a committee."""

    _name = "cpa.sealed.mixin"
    _description = "Rows that are sealed with their session"

    def _check_not_sealed(self):
        """:raise UserError: one of these rows belongs to a session that is closed, or came into one"""
        if "closed" in self._sealing_session().mapped("state"):
            raise UserError(
                self.env._(
                    "The session is sealed: nothing of it changes any more. What has to be put right is an addendum."
                )
            )

    def _sealing_session(self):
        """Return the sessions that these rows are sealed with."""
        # whether something is sealed must not depend on who may read it
        return self.sudo().mapped(self.env["cpa.committee.seal"]._sealed_rows()[self._name])

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_not_sealed()
        return records

    def write(self, vals):
        self._check_not_sealed()
        result = super().write(vals)
        if any(self._fields[name].type == "many2one" for name in vals if name in self._fields):
            self._check_not_sealed()  # nothing moves into a sealed session
        return result

    def unlink(self):
        self._check_not_sealed()
        return super().unlink()


class CpaCommitteeAttendance(models.Model):
    _name = "cpa.committee.attendance"
    _inherit = ["cpa.committee.attendance", "cpa.sealed.mixin"]


class CpaCommitteeCase(models.Model):
    _name = "cpa.committee.case"
    _inherit = ["cpa.committee.case", "cpa.sealed.mixin"]


class CpaCommitteeRecusal(models.Model):
    _name = "cpa.committee.recusal"
    _inherit = ["cpa.committee.recusal", "cpa.sealed.mixin"]


class CpaCommitteeProposal(models.Model):
    _name = "cpa.committee.proposal"
    _inherit = ["cpa.committee.proposal", "cpa.sealed.mixin"]


class CpaCommitteeVote(models.Model):
    _name = "cpa.committee.vote"
    _inherit = ["cpa.committee.vote", "cpa.sealed.mixin"]


class CpaCommitteeRemark(models.Model):
    _name = "cpa.committee.remark"
    _inherit = ["cpa.committee.remark", "cpa.sealed.mixin"]


class CpaCommitteeSignature(models.Model):
    _name = "cpa.committee.signature"
    _inherit = ["cpa.committee.signature", "cpa.sealed.mixin"]

    def _sealing_session(self):
        return super(CpaCommitteeSignature, self.filtered(lambda s: not s.addendum_id))._sealing_session()
