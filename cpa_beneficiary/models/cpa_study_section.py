from odoo import fields, models


class CpaStudySection(models.Model):
    """What a social study looks into (P-08): housing, health, income …; the manager decides for which services."""

    _name = "cpa.study.section"
    _description = "Section of the study"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    hint = fields.Char("What to look at", translate=True)
    service_ids = fields.Many2many("cpa.service", string="Services", help="None: every service that needs a study.")
    is_obligatory = fields.Boolean("Obligatory", help="A study is not presented without it.")
    is_sensitive = fields.Boolean(
        "Sensitive", help="As health: shown on demand only, to those who study and decide the case, with a trace."
    )

    def _of_service(self, service):
        """Return which of these sections a study for ``service`` has."""
        return self.filtered(lambda section: not section.service_ids or service in section.service_ids)
