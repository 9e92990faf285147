"""The policy in force as the website publishes it (P-01, P-04, P-38)."""

from odoo import api, models

from ..tools.hijri import format_both

# Of the documents beside the policy, those made for who reads the website; the staff's guides stay inside.
PUBLISHED = ("charter_beneficiary", "charter_supporter", "charter_volunteer")


class CpaPolicy(models.Model):
    _inherit = "cpa.policy"

    @api.model
    def _website_in_force(self, company):
        """Return what the website says of the policy in force, None without one.

        :return: dict ``name``, ``version``, ``facts`` (approval, in both calendars), ``days`` (of the clock),
            ``headings``: list of ``(heading, [(code, reading)])``, ``reply``: the clause P-35, ``documents``
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
            "days": {
                "floor": self.floor_days,
                "target": self.target_days,
                "ceiling": self.ceiling_days,
                "appeal": self.appeal_days,
                "appeal_target": self.appeal_target_days,
            },
            "headings": [
                (headings[heading], [(clause.code, clause.reading) for clause in under])
                for heading, under in clauses.grouped("heading").items()
            ],
            "reply": clauses.filtered(lambda clause: clause.code == "P-35").reading or "",
            "documents": self._website_documents(),
        }

    def _website_documents(self):
        """Return the charters in force: dicts ``name``, ``version``, ``body`` (HTML), ``file`` (its address)."""
        domain = [("company_id", "=", self.company_id.id), ("state", "=", "in_force"), ("kind", "in", PUBLISHED)]
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
        if kind not in PUBLISHED:
            return None
        domain = [("company_id", "=", company.id), ("state", "=", "in_force"), ("kind", "=", kind)]
        # charters are published by their nature; their file alone is handed out
        document = self.env["cpa.policy.document"].sudo().search(domain, limit=1)
        content = document.with_context(bin_size=False).file
        return (document.file_name or f"{kind}.pdf", content) if content else None
