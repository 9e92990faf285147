from odoo import fields, models
from odoo.exceptions import AccessError

from .roles import MANAGER, MEMBER, RESEARCHER


class CpaStudyPresentation(models.Model):
    """A study as it was presented: it stays readable when the committee sends the study back for more (P-35)."""

    _name = "cpa.study.presentation"
    _description = "Study as presented"
    _inherit = ["cpa.append.only.mixin"]
    _order = "study_id, round desc"
    _rec_name = "round"

    study_id = fields.Many2one("cpa.study", required=True, readonly=True, ondelete="restrict", index=True)
    request_id = fields.Many2one("cpa.request", required=True, readonly=True, ondelete="restrict", index=True)
    round = fields.Integer(required=True, readonly=True)
    presented_at = fields.Datetime("Presented at", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Presented by", required=True, readonly=True, ondelete="restrict")
    findings = fields.Text(readonly=True)
    has_sensitive = fields.Boolean(readonly=True)
    sensitive_plain = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    household = fields.Text(readonly=True)
    monthly_income = fields.Monetary(readonly=True)
    monthly_expenses = fields.Monetary(readonly=True)
    need = fields.Text("Need assessment", readonly=True)
    recommendation = fields.Text(readonly=True)
    recommended_amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(related="request_id.currency_id")
    attachment_ids = fields.Many2many("ir.attachment", string="Attachments", readonly=True)

    _round_uniq = models.Constraint("UNIQUE(study_id, round)", "This presentation is kept already.")

    def _append(self, study, at):
        """Keep ``study`` as it is presented at ``at`` (naive UTC)."""
        study = study.sudo()  # all of it, also what the presenting user reads under a mask
        labels = {
            name: dict(study._fields[name]._description_selection(self.env))
            for name in ("need_level", "recommendation")
        }
        sensitive = study.finding_ids.filtered(lambda finding: finding.is_sensitive and finding.text_plain)
        visits = study.visit_ids.filtered(lambda visit: visit.state == "done")
        texts = filter(None, [study.findings, *(visit._as_text() for visit in visits)])
        return self._append_rows(
            [
                {
                    "study_id": study.id,
                    "request_id": study.request_id.id,
                    "round": self.sudo().search_count([("study_id", "=", study.id)]) + 1,  # a number, nothing read
                    "presented_at": at,
                    "user_id": self.env.uid,
                    "findings": "\n\n".join(texts),
                    "has_sensitive": bool(sensitive),
                    "sensitive_plain": "\n\n".join(finding._as_text() for finding in sensitive),
                    "household": study.household_text,
                    "monthly_income": study.monthly_income,
                    "monthly_expenses": study.monthly_expenses,
                    "need": "\n".join(
                        filter(None, [labels["need_level"].get(study.need_level), study.need_assessment])
                    ),
                    "recommendation": "\n".join(
                        filter(
                            None,
                            [
                                labels["recommendation"].get(study.recommendation),
                                study.recommendation_reason,
                                study.recommended_conditions,
                            ],
                        )
                    ),
                    "recommended_amount": study.recommended_amount,
                    "attachment_ids": [fields.Command.set(study.env[self._name]._files(study, visits).ids)],
                }
            ]
        )

    def _files(self, study, visits):
        """Return the attachments of the study and its visits: shown as evidence from now on."""
        of = fields.Domain("res_model", "=", study._name) & fields.Domain("res_id", "=", study.id)
        of |= fields.Domain("res_model", "=", visits._name) & fields.Domain("res_id", "in", visits.ids)
        return self.env["ir.attachment"].search(of)

    def action_show(self):
        """Button: show what was presented in the sensitive sections; it leaves a trace."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_groups(f"{RESEARCHER},{MEMBER},{MANAGER}"):
            raise AccessError(self.env._("A sensitive finding is for who studies or decides the case."))
        row = self.sudo()  # the row is his to read, and its sensitive part is traced
        self.env["cpa.access.trace"]._append(row.study_id.beneficiary_id.partner_id, "study_finding")
        return self.env["cpa.study.finding"]._show(self.study_id.display_name, row.sensitive_plain)
