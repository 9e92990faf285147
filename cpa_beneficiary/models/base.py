from collections import defaultdict

from odoo import api, models
from odoo.fields import Command

# What a reference to one of them tells by its name: whose record it is.
PEOPLE = frozenset({"res.partner", "cpa.beneficiary", "cpa.supporter", "cpa.request", "crm.lead"})


class Base(models.AbstractModel):
    _inherit = "base"

    def onchange(self, values, field_names, fields_spec):
        """Our forms compute nothing of a record that the user may not read.

        Related fields read as superuser: a form that is given the id of a foreign person, request or case would tell
        what stands there.
        """
        if self._name.startswith("cpa.") or self._name == "crm.lead":
            names = [name for name, field in self._fields.items() if field.type == "many2one"]
            defaults = {} if self or field_names else self.default_get(names)
            self._cpa_check_named([{**defaults, **values}], everything=self._name != "crm.lead")
        return super().onchange(values, field_names, fields_spec)

    @api.model_create_multi
    def create(self, vals_list):
        """Nobody names a person whom he may not read: core shows the name of what a record refers to, to anybody."""
        if not self.env.su:
            self.browse()._cpa_check_named(vals_list, everything=self._cpa_is_form())
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._cpa_check_named([vals], everything=self._cpa_is_form())
        return super().write(vals)

    def _cpa_is_form(self):
        """Return whether this is a wizard of ours that somebody fills in: whom it names he would be told of."""
        return self._transient and self._name.startswith("cpa.")

    def _cpa_check_named(self, vals_list, everything):
        """Check what values of a form, or of its lines, newly name.

        :param everything: whether all records are meant, else people and what is theirs
        :raise AccessError: the user may not read one of them
        """
        for model, ids in self._cpa_named(vals_list, everything).items():
            self.env[model].browse(ids).check_access("read")

    def _cpa_named(self, vals_list, everything):
        """Return the ids of the records that these values newly name: ``{model: set}``."""
        named = defaultdict(set)
        for vals in vals_list:
            for name, value in vals.items():
                field = self._fields.get(name)
                if field is None or not value:
                    continue
                if field.type == "many2one" and (everything or field.comodel_name in PEOPLE):
                    # compared, not shown
                    if isinstance(value, int) and value not in self.sudo()[name].ids:
                        named[field.comodel_name].add(value)
                elif everything and field.type in ("one2many", "many2many"):
                    for command in value:
                        if isinstance(command, (list, tuple)) and command[0] in (Command.CREATE, Command.UPDATE):
                            _kind, line, vals_of_line = command
                            lines = self.env[field.comodel_name].browse(
                                line if isinstance(line, int) and line else None
                            )
                            for model, ids in lines._cpa_named([vals_of_line], everything).items():
                                named[model] |= ids
        return named
