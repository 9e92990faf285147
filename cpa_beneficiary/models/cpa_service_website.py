"""The catalogue of services on the website: what each gives, needs and takes (P-08, P-10, P-11, P-30)."""

from odoo import api, models, tools

from ..tools.text import shown_number

ICONS = {
    "support": "fa-heart",
    "merchant": "fa-balance-scale",
    "consultation": "fa-comments",
    "inquiry": "fa-question-circle",
    "awareness": "fa-users",
    "suggestion": "fa-lightbulb-o",
    "association": "fa-bullhorn",
    "privacy": "fa-lock",
}


class CpaService(models.Model):
    _inherit = "cpa.service"

    @api.model
    def _website_published(self, company, code=None):
        # published is published: who reads the website has no rights here, and gets values, never these records
        services = self.sudo().search([("is_published", "=", True), ("company_id", "in", (False, company.id))])
        return services.filtered(lambda service: not code or service.code.lower() == code.lower())

    @api.model
    def _website_services(self, company):
        """Return the catalogue: list of dicts with what a card shows."""
        return [service._website_card() for service in self._website_published(company)]

    @api.model
    def _website_service(self, company, code):
        """Return what the page of a service shows, or None where none of this code is published."""
        service = self._website_published(company, code)[:1]
        return service._website_values() if service else None

    def _website_card(self):
        self.ensure_one()
        text = tools.html2plaintext(self.public_text or "").strip()
        return {
            "code": self.code,
            "name": self.name,
            "url": f"/services/{self.code.lower()}",
            "apply": f"/apply?service={self.code}",
            "icon": ICONS[self.kind],
            "summary": text or self._website_fallback(),
        }

    def _website_values(self):
        """Return what the page of the service shows.

        :return: dict of the card, ``text`` (HTML, or "" without one), ``way`` (what happens to a request),
            ``facts`` (label, value), ``documents`` and ``data``: lists of ``{"name", "notes"}``
        """
        self.ensure_one()
        policy = self.env["cpa.policy"]._in_force(self.company_id or self.env.company)
        requirements = self._form_requirements()
        return {
            **self._website_card(),
            "text": self.public_text or "",
            "way": self._explanation_text(policy) if policy else "",
            "facts": self._website_facts(policy),
            "form": f"/services/{self.code.lower()}/form",
            "allows_anonymous": self.allows_anonymous,
            "documents": [r._website_values() for r in requirements if r.kind == "document"],
            "data": [r._website_values() for r in requirements if r.kind == "datum"],
        }

    def _website_fallback(self):
        """Return a sentence on a service that nobody has described yet."""
        return self.env._("Ask us about this service: we gladly explain what it gives and whom it is for.")

    def _website_facts(self, policy):
        places = {
            "branch": self.env._("At our office, and by the website or the telephone where that is enough"),
            "home": self.env._("At your home"),
            "remote": self.env._("By telephone or on the website: you need not come"),
            "site": self.env._("At your place: a school, an office, a community"),
        }
        decided = (
            self.env._("The research committee, after a social researcher has studied your need")
            if self.needs_committee and self.needs_study
            else self.env._("The research committee")
            if self.needs_committee
            else self.env._("Our staff, without a committee")
        )
        return [
            (self.env._("How long it takes"), self._website_duration(policy)),
            (self.env._("Where it is given"), places[self.place]),
            (self.env._("Who decides"), decided),
            (self.env._("What it costs"), self.env._("Nothing. No employee or delegate may ask you for money.")),
        ]

    def _website_duration(self, policy):
        """Return in plain words when the applicant hears from us (P-35)."""
        if not policy:
            return ""
        days, floor = (
            shown_number(count, self.env.lang) for count in (self.target_days or policy.target_days, policy.floor_days)
        )
        if self.needs_committee and policy.floor_mode != "off":
            return self.env._(
                "The study and the decision take not less than %(floor)s days. We aim to reply by day %(days)s; the "
                "day itself is written on your receipt.",
                floor=floor,
                days=days,
            )
        return self.env._("We reply within %(days)s days; the day itself is written on your receipt.", days=days)

    def _website_form(self):
        """Return the blank form of the service (P-30) as PDF: ``bytes``. Set once, until something on it changes."""
        self.ensure_one()
        company = self.company_id or self.env.company
        parts = [self, company, *self.requirement_ids]
        return self._website_form_of(self.id, self.env.lang, tuple(str(part.write_date) for part in parts))

    @tools.ormcache("service_id", "lang", "stamps")
    def _website_form_of(self, service_id, lang, stamps):
        Report = self.env["ir.actions.report"].with_context(lang=lang)
        pdf, _kind = Report._render_qweb_pdf("cpa_beneficiary.cpa_service_report_form_blank", [service_id])
        return pdf
