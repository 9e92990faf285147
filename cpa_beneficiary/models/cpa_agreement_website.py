"""Agreements on My page (P-02, P-09): what is due is read and signed there, what was signed stays to be read."""

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_date

# Whose agreements stand on My page; the party of an add-on has pages of its own.
PARTIES = ("beneficiary", "supporter", "other")


class CpaAgreement(models.Model):
    _inherit = "cpa.agreement"

    @api.model
    def _portal_own(self):
        """Return the agreements of who is logged in, as superuser in his name; none for anybody else."""
        user = self.env.user
        if not user._is_portal() or not user.partner_id:
            return self.sudo().browse()
        # by the login's own contact only; the pages show texts of them
        return self.sudo().search(Domain("partner_id", "=", user.partner_id.id) & Domain("party", "in", PARTIES))

    def _portal_due(self):
        """Return which of them he signs himself now; none of a minor, for whom the guardian signs."""
        return self.filtered(
            lambda paper: paper.state == "draft" and paper.template_id.state == "in_force" and not paper._is_minor()
        )

    def _portal_lines(self):
        """Return what the list shows of these agreements: list of dicts."""
        return [
            {
                "id": paper.id,
                "name": paper.template_id.name,
                "number": paper.number,
                "until": format_both(paper.date_to, self.env.lang) if paper.date_to else "",
                "in_force": paper.is_in_force,
            }
            for paper in self
        ]

    def _portal_paper(self):
        """Return what the page of a signed agreement shows, as it was signed: dict."""
        self.ensure_one()
        lang = self.env.lang
        return {
            "name": self.template_id.name,
            "number": self.number,
            "text": self.text,
            "signer": self.signer_name,
            "signed": format_both(riyadh_date(self.signed_at), lang),
            "from": format_both(self.date_from, lang) if self.date_from else "",
            "until": format_both(self.date_to, lang) if self.date_to else "",
        }

    @api.model
    def _read_signer(self, signer, signature):
        """Read who signs, and how, as it comes from a page.

        :param str signature: the drawing, as ``data:`` address
        :return: ``(values, errors)``: of ``cpa.agreement``; by field, in the language of the page
        """
        errors = {}
        if len(signer.split()) < 2:
            errors["signer"] = self.env._("Write your full name.")
        image = self.env["cpa.application"]._read_signature(signature)
        if not image:
            errors["signature"] = self.env._("Sign in the field with your finger, or press “Sign with my name”.")
        return {"signer_name": signer, "signature": image}, errors

    def _portal_sign(self, signer, signature):
        """Sign this agreement, as the party who is logged in.

        :return: dict of field and message, in the language of the page; empty if it is signed
        """
        self.ensure_one()
        values, errors = self._read_signer(signer, signature)
        if not errors:
            try:
                with self.env.cr.savepoint():
                    self.write({**values, "method": "portal"})
                    self.action_sign()
            except (UserError, ValidationError) as error:
                errors["form"] = str(error)
        return errors
