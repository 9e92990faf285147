from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..tools.saudi import normalise_phone
from ..tools.text import comma_list


class CpaBranch(models.Model):
    """A branch office, reached through its delegates (مناديب المكاتب الفرعية, P-26)."""

    _name = "cpa.branch"
    _description = "Branch office"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    governorate_id = fields.Many2one("cpa.governorate", required=True, index=True, ondelete="restrict")
    delegate_ids = fields.Many2many(
        "res.users",
        "cpa_branch_delegate_rel",
        "branch_id",
        "user_id",
        "Delegates",
        domain=[("share", "=", False)],
        check_company=True,
        help="A delegate sees the files and requests of his own branch.",
    )
    phone = fields.Char()
    address = fields.Text(translate=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)

    @api.constrains("phone")
    def _check_phone(self):
        for branch in self:
            if branch.phone and normalise_phone(branch.phone) != branch.phone:
                raise ValidationError(self.env._("“%s” is not a valid phone number.", branch.phone))

    @api.model
    def _check_handed(self, records, name="branch_id"):
        """Refuse that a delegate hands ``records`` to a branch that is not his: he would lose sight of them (P-26).

        Whoever else may write them, an officer or a manager, hands them over.

        :param name: the field of ``records`` that names the branch
        :raise AccessError: a record would be of no branch of the acting user, who is but a delegate
        """
        user = self.env.user
        if not user._is_only_delegate():
            return
        for record in records:
            if record[name] not in user.cpa_branch_ids:
                raise AccessError(
                    self.env._(
                        "A delegate works for the own branch: “%(record)s” is handed to another one by an officer.",
                        record=record.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_phone(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_phone(vals))

    @api.model
    def _with_phone(self, vals):
        """Return ``vals`` with the phone in E.164; what is no phone stays as typed."""
        if not vals.get("phone"):
            return vals
        return {**vals, "phone": normalise_phone(vals["phone"]) or vals["phone"]}

    def _place(self, company, lang):
        """Return where people come to: the branch with its address, else the association's own, in ``lang``."""
        branch = self.sudo().with_context(lang=lang)  # where an office is, everybody may know
        partner = company.sudo().partner_id.with_context(lang=lang)
        lines = [branch.name, branch.address] if branch else [partner.name, partner.street, partner.city]
        return comma_list((line.replace("\n", " ") for line in lines if line), lang)
