from odoo import api, fields, models


class CpaPersonMixin(models.AbstractModel):
    """The file of a person or body: a role (beneficiary, volunteer) that an ordinary contact has with us (P-01).

    The contact itself is delegated to (``_inherits``, which each file declares); what is known of the person lives
    there, with its rules.
    """

    _name = "cpa.person.mixin"
    _description = "File of a person"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]

    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, ondelete="restrict", index=True, readonly=True, fixed=True
    )
    active = fields.Boolean(default=True, kept=True, copy=False, help="Only for files merged into another one.")
    governorate_id = fields.Many2one("cpa.governorate", ondelete="restrict", index="btree_not_null")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)

    def _guard_reachable(self, at):
        """What is missing to reach the person and to know where he lives."""
        missing = []
        if not (self.phone or self.email):
            missing.append(self.env._("A phone number or an e-mail address."))
        if not self.governorate_id:
            missing.append(self.env._("The governorate."))
        return missing

    @api.constrains("partner_id")
    def _check_person(self):
        self.partner_id._check_cpa_person()

    @api.model_create_multi
    def create(self, vals_list):
        partners = self.env["res.partner"].browse(vals["partner_id"] for vals in vals_list if vals.get("partner_id"))
        partners._cpa_take_in()
        return super().create([partners._cpa_normalise(vals) for vals in vals_list])

    def write(self, vals):
        # here too: what is typed in the file would otherwise be read back from it as typed
        return super().write(self.env["res.partner"]._cpa_normalise(vals))

    def action_open_identity(self):
        """Button: enter or complete the identity; the files of one person have the same one."""
        return self.partner_id._cpa_open_identity()

    def action_record_consent(self):
        """Button: the person consents, or withdraws a consent, at the counter, on paper or by telephone (P-07)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a consent"),
            "res_model": "cpa.consent.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_res_model": self._name, "default_res_id": self.id},
        }
