"""The applicant appeals against a decision on the website: once, by the last day, with his own grounds and files."""

from odoo import models

from ..tools.riyadh import cpa_today

GROUNDS_MOST = 8000
FILES_MOST = 5


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    def _portal_appeal_day(self):
        """Return the last day (``date``) of an appeal against what was told; False where nobody appeals."""
        self.ensure_one()
        if not self.replied_at or self._appeal_problems() or self.appeal_id:
            return False
        return self._appeal_last_day(self.replied_at)

    def _portal_can_appeal(self):
        last_day = self._portal_appeal_day()
        return bool(last_day) and cpa_today() <= last_day and self._is_mine_to_do()

    def _portal_actions(self):
        actions = super()._portal_actions()
        if self._portal_can_appeal():
            day = self._portal_day(self._portal_appeal_day())
            actions.append(
                {
                    "code": "appeal",
                    "label": self.env._("Appeal (until %(day)s)", day=day),
                    "url": self._portal_url("appeal"),
                    "is_primary": False,
                }
            )
        return actions

    def _portal_appeal_form(self):
        """Return what the page of an appeal shows: texts ``last_day``, ``explanation``, ``declaration``, ``signer``."""
        self.ensure_one()
        appeal = self.new({**self._appeal_values(), "appeal_of_id": self.id})
        return {
            "last_day": self._portal_day(self._portal_appeal_day()),
            "explanation": appeal._explanation_text(),
            "declaration": self._declaration_text() if self.needs_declaration else "",
            "signer": self.env.user.partner_id.name,
        }

    def _appeal_values(self):
        """Return the values of an appeal that the applicant brings on the website: who, about what, for whom."""
        return {
            "appeal_of_id": self.id,
            "beneficiary_id": self.beneficiary_id.id,
            "representation_id": self._portal_representation().id,
            "service_id": self.service_id.id,
            "company_id": self.company_id.id,
            "branch_id": self.branch_id.id,
            "officer_id": False,  # the officer of the contested request hears no appeal; a manager assigns it
            "channel_id": self.env.ref("cpa_beneficiary.channel_website").id,
            "subject": self.env._("Appeal against the decision on request %(number)s", number=self.number),
            "description": self.description,
            "amount_requested": self.amount_requested,
        }

    def _portal_appeal(self, grounds, files, signature):
        """Bring an appeal.

        :param str grounds: why, in the applicant's words
        :param files: list of ``(name, bytes)``
        :param str signature: the picture that was drawn, as a data URL
        :return: ``(appeal, {name: what is wrong})``; the appeal is empty where something is
        """
        self.ensure_one()
        grounds = (grounds or "").strip()
        errors = {}
        if not self._portal_can_appeal():
            too_late = self.env._("This decision cannot be contested any more. Call us if you wish.")
            return self.browse(), {"form": too_late}
        if not grounds:
            errors["grounds"] = self.env._("Write why you contest the decision.")
        if len(grounds) > GROUNDS_MOST:
            errors["grounds"] = self.env._("Write at most %(most)s characters.", most=GROUNDS_MOST)
        if len(files) > FILES_MOST:
            errors["files"] = self.env._("At most %(most)s files with one message.", most=FILES_MOST)
        if self.needs_declaration and not self._portal_image(signature):
            errors["signature"] = self.env._("Please sign in the field.")
        if errors:
            return self.browse(), errors
        made = []
        errors = self._portal_try("form", lambda: made.append(self._bring_appeal(grounds, files, signature)))
        return (self.browse() if errors else made[0]), errors

    def _bring_appeal(self, grounds, files, signature):
        appeal = self.with_context(mail_create_nosubscribe=True).create(
            {**self._appeal_values(), "appeal_grounds": grounds}
        )
        self.env["ir.attachment"].create(
            [{"name": name, "raw": raw, "res_model": self._name, "res_id": appeal.id} for name, raw in files]
        )
        if appeal.needs_declaration:
            appeal._portal_sign(signature)
        if appeal.service_id.needs_committee:
            appeal._explain("website")
        appeal._portal_send()
        return appeal
