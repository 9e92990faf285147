from odoo import fields, models


class CpaVolunteerSkill(models.Model):
    """What a volunteer can do, or a language that he speaks; what an opportunity asks for."""

    _name = "cpa.volunteer.skill"
    _description = "Skill or language"
    _order = "kind desc, sequence, name"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection([("skill", "Skill"), ("language", "Language")], required=True, default="skill")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE(kind, name)", "This skill is listed already.")
