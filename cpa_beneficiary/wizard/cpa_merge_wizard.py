from odoo import api, fields, models
from odoo.exceptions import UserError


class CpaMergeWizard(models.TransientModel):
    """Two files side by side: which one stays, and of each datum in which they differ, which value."""

    _name = "cpa.merge.wizard"
    _description = "Merge two files"

    survivor_id = fields.Many2one("cpa.beneficiary", "File that stays", required=True)
    merged_id = fields.Many2one("cpa.beneficiary", "File that goes into it", required=True)
    survivor_identity = fields.Char("Identity of the file that stays", related="survivor_id.identity_number")
    merged_identity = fields.Char("Identity of the file that goes", related="merged_id.identity_number")
    survivor_state = fields.Selection(related="survivor_id.state", string="Status of the file that stays")
    merged_state = fields.Selection(related="merged_id.state", string="Status of the file that goes")
    survivor_requests = fields.Integer("Requests of the file that stays", related="survivor_id.request_count")
    merged_requests = fields.Integer("Requests of the file that goes", related="merged_id.request_count")
    line_ids = fields.One2many(
        "cpa.merge.wizard.line",
        "wizard_id",
        "Where they differ",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    problems = fields.Text(compute="_compute_problems", compute_sudo=True)
    has_two_identities = fields.Boolean(compute="_compute_problems", compute_sudo=True)
    one_person = fields.Boolean("Two identities, one person")
    reason = fields.Text("How do you know that it is one person?")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "cpa.beneficiary":
            files = self.env["cpa.beneficiary"].browse(self.env.context.get("active_ids", [])).exists()
            if len(files) > 2:
                raise UserError(self.env._("Two files are merged at a time."))
            # proposed to stay: the registered file with the better identity, else the older one
            files = files.sorted(lambda f: (f.state == "draft", -f.sudo()._merge_identity_rank(), f.id))
            values |= {"survivor_id": files[:1].id, "merged_id": files[1:].id}
        return values

    @api.depends("survivor_id", "merged_id")
    def _compute_line_ids(self):
        for wizard in self:
            # compared, and shown masked where not every role may read it
            survivor, merged = wizard.survivor_id.sudo(), wizard.merged_id.sudo()
            names = merged._merge_differing(survivor) if survivor and merged else []
            wizard.line_ids = [
                fields.Command.clear(),
                *(fields.Command.create({"field_name": name, "take": not survivor[name]}) for name in names),
            ]

    @api.depends("survivor_id", "merged_id")
    def _compute_problems(self):
        for wizard in self:
            survivor, merged = wizard.survivor_id, wizard.merged_id
            both = bool(survivor and merged)
            wizard.problems = both and "\n".join(f"• {line}" for line in merged._merge_check(survivor))
            wizard.has_two_identities = both and merged != survivor and merged._merge_has_two_identities(survivor)

    def action_swap(self):
        """Button: the other file stays."""
        self.ensure_one()
        self.write({"survivor_id": self.merged_id.id, "merged_id": self.survivor_id.id})
        return self._get_records_action(name=self.env._("Merge files"), target="new")

    def action_merge(self):
        """Button: merge, and open the file that stays."""
        self.ensure_one()
        taken = self.line_ids.filtered("take").mapped("field_name")
        self.merged_id._merge_into(self.survivor_id, self.reason, taken=taken, one_person=self.one_person)
        return self.survivor_id._get_records_action()


class CpaMergeWizardLine(models.TransientModel):
    _name = "cpa.merge.wizard.line"
    _description = "Datum in which two files differ"

    wizard_id = fields.Many2one("cpa.merge.wizard", required=True, ondelete="cascade")
    field_name = fields.Char(required=True)
    label = fields.Char("Datum", compute="_compute_values")
    survivor_value = fields.Char("In the file that stays", compute="_compute_values")
    merged_value = fields.Char("In the file that goes", compute="_compute_values")
    take = fields.Boolean("Take this one")

    @api.depends("field_name", "wizard_id.survivor_id", "wizard_id.merged_id")
    def _compute_values(self):
        chosen = set(self.env["cpa.beneficiary"]._merge_fields())
        for line in self:
            # the user reads both files; what not every role may read is masked
            survivor, merged = line.wizard_id.survivor_id.sudo(), line.wizard_id.merged_id.sudo()
            name = line.field_name if line.field_name in chosen else False
            line.label = name and survivor._merge_label(name)
            line.survivor_value = name and self._shown(survivor._merge_text(name))
            line.merged_value = name and self._shown(merged._merge_text(name))

    @api.model
    def _shown(self, text):
        # beside Arabic, a number keeps its plus sign and its dots in front
        return text if any(char.isalpha() for char in text) else f"\N{LEFT-TO-RIGHT MARK}{text}"
