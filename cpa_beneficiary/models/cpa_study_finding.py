from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .roles import MANAGER, MEMBER, RESEARCHER


class CpaStudyFinding(models.Model):
    """What was found in one section of a study.

    The words of a sensitive section are the researcher's; who decides the case is shown them on demand, with a trace.
    """

    _name = "cpa.study.finding"
    _description = "Finding"
    _order = "study_id, id"
    _rec_name = "section_id"

    study_id = fields.Many2one("cpa.study", required=True, readonly=True, ondelete="restrict", index=True)
    study_state = fields.Selection(related="study_id.state")
    request_id = fields.Many2one(related="study_id.request_id")
    section_id = fields.Many2one("cpa.study.section", required=True, ondelete="restrict")
    hint = fields.Char(related="section_id.hint")
    is_sensitive = fields.Boolean(related="section_id.is_sensitive")
    rating = fields.Selection(
        [("good", "Good"), ("fair", "Fair"), ("poor", "Poor"), ("critical", "Critical")], "Situation"
    )
    text = fields.Text("What was found", compute="_compute_text", inverse="_inverse_text")
    text_plain = fields.Text(groups=fields.NO_ACCESS)
    is_hidden = fields.Boolean(compute="_compute_text")

    _section_uniq = models.Constraint("UNIQUE(study_id, section_id)", "The study has this section already.")

    # ------------------------------------------------------------------
    # Words that not everybody reads
    # ------------------------------------------------------------------

    @api.depends("text_plain", "section_id.is_sensitive", "study_id.researcher_id")
    @api.depends_context("uid")
    def _compute_text(self):
        for finding in self:
            # read to be shown to the author, or to whoever reads the row if the section is an ordinary one
            plain = finding.sudo().text_plain
            finding.is_hidden = (
                bool(plain) and finding.is_sensitive and finding.sudo().study_id.researcher_id != self.env.user
            )
            finding.text = False if finding.is_hidden else plain

    def _inverse_text(self):
        for finding in self:
            # the way in: what the user has just written into a row that is his to write
            finding.sudo().text_plain = finding.text

    def action_show(self):
        """Button: show the words of a sensitive section to who studies or decides the case; it leaves a trace."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_groups(f"{RESEARCHER},{MEMBER},{MANAGER}"):
            raise AccessError(self.env._("A sensitive finding is for who studies or decides the case."))
        study = self.sudo().study_id  # whose it is, for the trace
        self.env["cpa.access.trace"]._append(study.beneficiary_id.partner_id, "study_finding")
        return self._show(self.section_id.name, self.sudo().text_plain)  # the row is his to read, and traced

    @api.model
    def _show(self, title, text):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"title": title, "message": text or "", "type": "info", "sticky": True},
        }

    def _as_text(self):
        """Return the finding as a paragraph under its section's name, in the user's language."""
        self.ensure_one()
        rating = dict(self._fields["rating"]._description_selection(self.env)).get(self.rating)
        head = f"{self.section_id.name} ({rating})" if rating else self.section_id.name
        return f"{head}: {self.text_plain or ''}".strip()

    # ------------------------------------------------------------------
    # Frozen with the study
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        findings = super().create(vals_list)
        findings._check_open()
        return findings

    def write(self, vals):
        self._check_open()
        if any(name in vals and self[name].ids != [vals[name]] for name in ("study_id", "section_id")):
            raise UserError(self.env._("A finding stays in its section."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _check_open(self):
        """:raise UserError: the study is presented, and with it all that was found"""
        # whether it is frozen must not depend on who may read it
        self.sudo().study_id._lifecycle_check_frozen({"finding_ids": True})

    # ------------------------------------------------------------------
    # On the road
    # ------------------------------------------------------------------

    def action_open(self):
        """Button: this section on a screen of its own, which saves itself when it is left."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.section_id.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("cpa_beneficiary.cpa_study_finding_view_form").id, "form")],
        }

    def action_next(self):
        """Button: save this section and go on with the next; after the last one back to the study."""
        self.ensure_one()
        findings = self.study_id.finding_ids
        following = findings[list(findings.ids).index(self.id) + 1 :][:1]
        if following:
            return following.action_open()
        return self.study_id._get_records_action(name=self.study_id.display_name)
