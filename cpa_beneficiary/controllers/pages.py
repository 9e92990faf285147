import base64

from odoo import http
from odoo.http import content_disposition, request
from odoo.tools.mimetypes import guess_mimetype

READING = {"type": "http", "auth": "public", "website": True, "methods": ["GET"], "readonly": True}


def service_addresses(env, rule, query):
    """Give the sitemap the address of each published service."""
    for service in env["website"].get_current_website()._cpa_services():
        if not query or query.lower() in service["url"]:
            yield {"loc": service["url"]}


class PagesController(http.Controller):
    """The public pages: what we do, how it goes and by which policy. They only read (P-09, P-10)."""

    @http.route("/services", sitemap=True, **READING)
    def services(self, **_params):
        return request.render("cpa_beneficiary.services", {"services": request.website._cpa_services()})

    @http.route("/services/<string:code>", sitemap=service_addresses, **READING)
    def service(self, code, **_params):
        service = request.env["cpa.service"]._website_service(request.website.company_id, code)
        if not service:
            return request.not_found()
        return request.render("cpa_beneficiary.service", {"service": service})

    @http.route("/services/<string:code>/form", sitemap=False, **READING)
    def service_form(self, code, **_params):
        """The blank form of a service, to be filled in by hand (P-30)."""
        service = request.env["cpa.service"]._website_published(request.website.company_id, code)[:1]
        if not service:
            return request.not_found()
        return self._file(service._website_form(), f"{service.code}.pdf", "application/pdf")

    @http.route("/how", sitemap=True, **READING)
    def how(self, **_params):
        return request.render("cpa_beneficiary.how", {"policy": request.website._cpa_policy()})

    @http.route("/policy", sitemap=True, **READING)
    def policy(self, **_params):
        policy = request.website._cpa_policy()
        if not policy:
            return request.not_found()
        return request.render("cpa_beneficiary.policy", {"policy": policy})

    @http.route("/policy/<string:kind>", sitemap=False, **READING)
    def policy_document(self, kind, **_params):
        found = request.env["cpa.policy"]._website_document_file(request.website.company_id, kind)
        if not found:
            return request.not_found()
        name, content = found
        content = base64.b64decode(content)
        return self._file(content, name, guess_mimetype(content, "application/octet-stream"))

    @http.route("/faq", sitemap=True, **READING)
    def questions(self, q="", **_params):
        words = str(q).strip()[:100]
        values = {"words": words, "questions": request.website._cpa_questions(words)}
        return request.render("cpa_beneficiary.faq", values)

    @http.route("/accessibility", sitemap=True, **READING)
    def accessibility(self, **_params):
        return request.render("cpa_beneficiary.accessibility", {})

    def _file(self, content, name, kind):
        headers = {
            "Content-Type": kind,
            "Content-Disposition": content_disposition(name),
            "X-Content-Type-Options": "nosniff",
        }
        return request.make_response(content, headers=list(headers.items()))
