from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CpaAutomation(models.Model):
    """What the system does by itself, in plain words, each with its switch: a step's action or a job of the night.

    What stands behind is core's: ``base.automation`` and ``ir.cron``. This list shows exactly ours, to the manager.
    """

    _name = "cpa.automation"
    _description = "Automation"
    _order = "sequence, id"

    name = fields.Char("What it does", required=True, translate=True, readonly=True)
    description = fields.Char("When", translate=True, readonly=True)
    clause_code = fields.Char("Clause", readonly=True)
    sequence = fields.Integer(default=10, readonly=True)
    automation_id = fields.Many2one("base.automation", readonly=True, ondelete="cascade")
    cron_id = fields.Many2one("ir.cron", "Job", readonly=True, ondelete="cascade")
    is_on = fields.Boolean("On", compute="_compute_is_on", inverse="_inverse_is_on")

    _one_of_both = models.Constraint(
        "CHECK((automation_id IS NULL) != (cron_id IS NULL))", "An automation is an action or a job."
    )

    @api.model
    def _list_all(self):
        """List each action and job of our add-ons that has no row of its own yet; called with every update."""
        data = self.env["ir.model.data"].search(
            [("module", "=like", "cpa\\_%"), ("model", "in", ("base.automation", "ir.cron"))]
        )
        for field, model in (("automation_id", "base.automation"), ("cron_id", "ir.cron")):
            ours = self.env[model].browse(data.filtered(lambda row, model=model: row.model == model).mapped("res_id"))
            new = ours.exists() - self.search(Domain.TRUE)[field]
            for behind in new:
                name = behind.name.split(": ")[-1]
                self.create({"name": name[:1].upper() + name[1:], field: behind.id, "sequence": 500})

    def write(self, vals):
        # the switch is turned as superuser: pointed at another job, a row would switch anybody's
        if not self.env.su and vals.keys() - {"is_on"}:
            raise UserError(self.env._("Of an automation only the switch changes."))
        return super().write(vals)

    @api.depends("automation_id.active", "cron_id.active")
    def _compute_is_on(self):
        for automation in self:
            # whether it runs, which its own row says
            behind = automation.sudo()
            automation.is_on = (behind.automation_id or behind.cron_id).active

    def _inverse_is_on(self):
        for automation in self:
            # the switch of a row that the manager may write; nothing else of the action or job is written
            behind = automation.sudo()
            (behind.automation_id or behind.cron_id).active = automation.is_on
