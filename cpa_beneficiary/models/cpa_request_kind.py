"""What a kind of request has beyond the common fields; each kind's columns stand in a file of their own."""

from odoo import api, models


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    @api.model
    def _kind_fields(self):
        """Return each kind's own columns: ``{kind: {field name: asked for at the submission?}}``."""
        return {}

    @api.model
    def _declared_fields(self):
        return super()._declared_fields() + [name for columns in self._kind_fields().values() for name in columns]

    def _guard_submission(self, at):
        asked = self._kind_fields().get(self.kind, {})
        return super()._guard_submission(at) + [
            self.env._("%(field)s.", field=self._fields[name]._description_string(self.env))
            for name, is_asked in asked.items()
            if is_asked and not self[name]
        ]
