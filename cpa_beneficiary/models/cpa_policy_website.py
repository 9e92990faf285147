"""The policy in force as the website publishes it (P-01, P-04, P-38)."""

from odoo import api, models

from ..tools.hijri import format_both
from ..tools.text import shown_number
from .cpa_policy_document import CHARTERS


class CpaPolicy(models.Model):
    _inherit = "cpa.policy"

    @api.model
    def _website_in_force(self, company):
        """Return what the website says of the policy in force, None without one.

        :return: dict ``name``, ``version``, ``facts`` (approval, in both calendars), ``days`` (of the clock),
            ``not_before``, ``not_later``, ``appeal`` (the same in words), ``reply`` (the clause P-35),
            ``headings``: list of ``(heading, [(code, reading)])``, ``documents``
        """
        # the board approved it to be known; values only
        policy = self.sudo()._in_force(company)
        return policy._website_values() if policy else None

    def _website_values(self):
        self.ensure_one()
        clauses = self.clause_ids
        headings = dict(clauses._fields["heading"]._description_selection(self.env))
        return {
            "name": self.name,
            "version": self.version,
            "facts": [
                (self.env._("Version"), self.version),
                (self.env._("Approved by the board on"), format_both(self.approval_date, self.env.lang)),
                (self.env._("Board session"), self.approval_session),
                (self.env._("Resolution no."), self.resolution_number),
                (self.env._("Next review"), format_both(self.next_review_date, self.env.lang)),
            ],
            **self._website_promises(),
            "headings": [
                (headings[heading], [(clause.code, clause.reading) for clause in under])
                for heading, under in clauses.grouped("heading").items()
            ],
            "reply": clauses.filtered(lambda clause: clause.code == "P-35").reading or "",
            "documents": self._website_documents(),
            "former": self._website_former(),
        }

    def _website_former(self):
        """Return the versions that were in force before, latest first: dicts ``name`` and ``validity`` (a text)."""
        domain = [("company_id", "=", self.company_id.id), ("state", "=", "superseded")]
        return [
            {
                "name": version.display_name,
                "validity": self.env._(
                    "In force from %(begin)s until %(end)s",
                    begin=format_both(version.in_force_from, self.env.lang),
                    end=format_both(version.in_force_until, self.env.lang),
                ),
            }
            for version in self.search(domain, order="in_force_until desc, id desc")
        ]

    def _website_promises(self):
        """Return what the clock promises, in words: both readings of P-35, and the appeal."""
        days = {"floor": self.floor_days, "target": self.target_days, "ceiling": self.ceiling_days}
        days |= {"appeal": self.appeal_days, "answer": self.appeal_target_days}
        days = {name: shown_number(count, self.env.lang) for name, count in days.items()}
        return {
            "days": days,
            "not_before": self.env._(
                "Not before: the committee takes at least %(days)s days, so that it studies your request with care. An "
                "earlier reply needs a reason, which we write down.",
                days=days["floor"],
            ),
            "not_later": self.env._(
                "Not later: we aim to reply by day %(days)s. If it takes longer, we tell you so, and after %(ceiling)s "
                "days the management takes it up.",
                days=days["target"],
                ceiling=days["ceiling"],
            ),
            "appeal": self.env._(
                "The appeal has to reach us within %(days)s days of our reply. We aim to answer it within %(answer)s "
                "days.",
                days=days["appeal"],
                answer=days["answer"],
            ),
        }

    def _website_documents(self):
        """Return the charters in force; the staff's guides stay inside.

        :return: list of dicts ``name``, ``version``, ``body`` (HTML), ``file`` (its address)
        """
        domain = [("company_id", "=", self.company_id.id), ("state", "=", "in_force"), ("kind", "in", CHARTERS)]
        return [
            {
                "name": document.name,
                "version": document.version,
                "body": document.body or "",
                "file": f"/policy/{document.kind}" if document.file else None,
            }
            for document in self.env["cpa.policy.document"].search(domain)
        ]

    @api.model
    def _website_document_file(self, company, kind):
        """Return ``(name, bytes)`` of a charter in force, None where there is none to give out."""
        if kind not in CHARTERS:
            return None
        domain = [("company_id", "=", company.id), ("state", "=", "in_force"), ("kind", "=", kind)]
        # charters are published by their nature; their file alone is handed out
        document = self.env["cpa.policy.document"].sudo().search(domain, limit=1)
        content = document.with_context(bin_size=False).file
        return (document.file_name or f"{kind}.pdf", content) if content else None
