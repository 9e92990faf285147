from odoo import fields, models


class CpaStudyAssignment(models.Model):
    """Who was given a study, by whom and why: the first researcher, and each one who took it over."""

    _name = "cpa.study.assignment"
    _description = "Assignment of a study"
    _inherit = ["cpa.append.only.mixin"]
    _order = "id"
    _rec_name = "researcher_id"

    study_id = fields.Many2one("cpa.study", required=True, readonly=True, ondelete="restrict", index=True)
    request_id = fields.Many2one("cpa.request", required=True, readonly=True, ondelete="restrict", index=True)
    former_id = fields.Many2one("res.users", "Before", readonly=True, ondelete="restrict")
    researcher_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict", index=True)
    reason = fields.Text(readonly=True)
    assigned_by = fields.Many2one("res.users", "Assigned by", required=True, readonly=True, ondelete="restrict")
    assigned_at = fields.Datetime("Assigned at", required=True, readonly=True)

    def _append(self, studies, reason="", former=None):
        """Record that ``studies`` are their researchers' from now on.

        :param former: ``{study: res.users}`` whose they were before
        """
        former = former or {}
        return self._append_rows(
            [
                {
                    "study_id": study.id,
                    "request_id": study.request_id.id,
                    "former_id": former[study].id if study in former else False,
                    "researcher_id": study.researcher_id.id,
                    "reason": reason or False,
                    "assigned_by": self.env.uid,
                    "assigned_at": fields.Datetime.now(),
                }
                for study in studies
            ]
        )
