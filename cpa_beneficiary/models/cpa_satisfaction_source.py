from odoo import models


class CpaSatisfactionSource(models.AbstractModel):
    """What can be followed by a satisfaction survey (P-12). Empty here; ``cpa_survey`` gives the hook its meaning."""

    _name = "cpa.satisfaction.source"
    _description = "Source of satisfaction events"

    def _satisfaction_event(self, code):
        """Called when something happened after which its beneficiary may be asked.

        :param code: what happened: ``reply``, ``delivery``, ``visit``, ``reception`` or ``volunteering``
        """
