from odoo import api, models
from odoo.exceptions import UserError


class CpaAppendOnlyMixin(models.AbstractModel):
    """Rows that the system appends and that never change: journals, traces, logs.

    No role creates one, whatever its access rows say, and the superuser neither changes nor deletes one.
    """

    _name = "cpa.append.only.mixin"
    _description = "Rows that are only appended"

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("“%(model)s” is recorded by the system, never by hand.", model=self._called()))

    def write(self, vals):
        raise UserError(self.env._("“%(model)s” is evidence and never changes.", model=self._called()))

    def unlink(self):
        raise UserError(self.env._("“%(model)s” is evidence and never changes.", model=self._called()))

    def _append_rows(self, vals_list):
        """Append rows; private, called by the event that they record, which has checked what its user may do.

        :param vals_list: list of values
        :return: the rows
        """
        # nobody has a create row: what is recorded has been checked where it happened
        return super(CpaAppendOnlyMixin, self.sudo()).create(vals_list).sudo(self.env.su)

    def _called(self):
        return self.env["ir.model"]._get(self._name).name
