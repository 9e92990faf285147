from odoo import api, models
from odoo.fields import Command


class Base(models.AbstractModel):
    _inherit = "base"

    def onchange(self, values, field_names, fields_spec):
        """Our forms compute nothing of a record that the user may not read.

        Related fields read as superuser: a form that is given the id of a foreign person, request or case would tell
        what stands there.
        """
        if self._name.startswith("cpa."):
            names = [name for name, field in self._fields.items() if field.type == "many2one"]
            defaults = {} if self or field_names else self.default_get(names)
            self._cpa_check_named({**defaults, **values})
        return super().onchange(values, field_names, fields_spec)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list if self._cpa_asks() else ():
            self.browse()._cpa_check_named(vals)
        return super().create(vals_list)

    def write(self, vals):
        if self._cpa_asks():
            self._cpa_check_named(vals)
        return super().write(vals)

    def _cpa_asks(self):
        """Return whether this is a wizard of ours that somebody fills in: whom it names he would be told of."""
        return self._transient and self._name.startswith("cpa.") and not self.env.su

    def _cpa_check_named(self, values):
        """:raise AccessError: values of a form, or of its lines, newly name a record that the user may not read"""
        for name, value in values.items():
            field = self._fields.get(name)
            if field is None or not value:
                continue
            if field.type == "many2one" and isinstance(value, int) and value not in self[name].ids:
                self.env[field.comodel_name].browse(value).check_access("read")
            elif field.type in ("one2many", "many2many"):
                for command in value:
                    if isinstance(command, (list, tuple)) and command[0] in (Command.CREATE, Command.UPDATE):
                        _kind, line, vals = command
                        lines = self.env[field.comodel_name].browse(line if isinstance(line, int) and line else None)
                        lines._cpa_check_named(vals)
