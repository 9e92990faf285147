from odoo import http
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.http import request
from werkzeug.exceptions import NotFound

from ..models.cpa_correction_proposal import MOST_FILES, TOPICS
from .public import PublicPage

MOST_BYTES = 12 * 1024 * 1024
NUMERIC = {"phone", "zip", "cpa_building_number", "cpa_additional_number"}
LTR = NUMERIC | {"email", "cpa_short_address", "cpa_unit_number"}
AUTOCOMPLETE = {"name": "name", "phone": "tel", "email": "email", "city": "address-level2", "zip": "postal-code"}
PAGE = {"type": "http", "auth": "user", "website": True, "sitemap": False}


class MyFileController(PublicPage, http.Controller):
    """My file: what we hold of a person, corrections that he proposes, consents that he gives and withdraws (P-09)."""

    # ------------------------------------------------------------------
    # The file
    # ------------------------------------------------------------------

    @http.route(["/my/file", "/my/file/<int:file_id>"], methods=["GET"], readonly=True, **PAGE)
    def my_file(self, file_id=None, done=None, **_params):
        file = self._find(file_id)
        if not file:
            return self._nobody("file")
        return self._file_page(file, done)

    # The token is checked by ``PublicPage._refused``, with what was typed kept.
    @http.route("/my/file/<int:file_id>/preferences", methods=["POST"], csrf=False, **PAGE)
    def my_preferences(self, file_id, channel="", lang="", needs="", **params):
        file = self._find(file_id)
        typed = {"channel": channel, "lang": lang, "needs": needs}
        error = self._refused(params)
        if not error:
            try:
                file._portal_prefer(channel, lang, needs)
            except (AccessError, ValidationError) as refused:
                error = str(refused)
        if error:
            return self._file_page(file, typed=typed, error=error, status=422)
        return request.redirect(f"/my/file/{file.id}?done=preferences#preferences", code=303)

    @http.route("/my/file/<int:file_id>/charter", methods=["POST"], csrf=False, **PAGE)
    def my_charter(self, file_id, charter="", **params):
        file = self._find(file_id)
        error = self._refused(params)
        if not error:
            try:
                file._portal_charter_read(charter)
            except AccessError as refused:
                error = str(refused)
        if error:
            return self._file_page(file, error=error, status=422)
        return request.redirect(f"/my/file/{file.id}#charter", code=303)

    def _file_page(self, file, done=None, typed=None, error=None, status=200):
        values = {
            "file": file._portal_file(),
            "people": request.env["cpa.beneficiary"]._portal_people(),
            "done": done if done in ("preferences", "proposed", "withdrawn") else None,
            "typed": typed or {},
            "error": error,
            "page_name": "my_file",
        }
        return request.render("cpa_beneficiary.my_file", values, status=status)

    # ------------------------------------------------------------------
    # Corrections
    # ------------------------------------------------------------------

    @http.route("/my/file/<int:file_id>/correct/<string:topic>", methods=["GET"], readonly=True, **PAGE)
    def my_correction(self, file_id, topic, **_params):
        file = self._find(file_id)
        if topic not in TOPICS:
            raise NotFound()
        typed = {name: file._correction_value(name) or "" for name in TOPICS[topic]}
        return self._correction_page(file, topic, typed, {})

    @http.route("/my/file/<int:file_id>/correct/<string:topic>", methods=["POST"], csrf=False, **PAGE)
    def my_correction_send(self, file_id, topic, **params):
        file = self._find(file_id)
        if topic not in TOPICS:
            raise NotFound()
        Proposal = request.env["cpa.correction.proposal"]
        typed = Proposal._typed(topic, params)
        error = self._refused(params)
        errors = {"form": error} if error else Proposal._errors(file, topic, typed)
        if not errors:
            try:
                # one savepoint: a file that cannot be kept leaves no proposal without it
                with request.env.cr.savepoint():
                    proposal = Proposal._propose(file, topic, typed, self._files())
                if proposal:
                    return request.redirect(f"/my/file/{file.id}?done=proposed#corrections", code=303)
                errors = {"form": request.env._("You proposed many corrections today. Call us, or try again tomorrow.")}
            except UserError as refused:
                errors = {"files": str(refused)}
        return self._correction_page(file, topic, typed, errors, 422)

    @http.route("/my/file/<int:file_id>/corrections/<int:proposal_id>/withdraw", methods=["POST"], **PAGE)
    def my_correction_withdraw(self, file_id, proposal_id, **_params):
        file = self._find(file_id)
        # of the file that was found for this user; the move asks for his own role once more
        proposal = file.correction_ids.filtered(lambda p: p.id == proposal_id and p.state == "proposed")
        if proposal and file.id in request.env.user.cpa_acts_for(writing=True):
            proposal.write({"state": "withdrawn"})
        return request.redirect(f"/my/file/{file.id}?done=withdrawn#corrections", code=303)

    def _correction_page(self, file, topic, typed, errors, status=200):
        labels = {name: file._fields[name]._description_string(request.env) for name in TOPICS[topic]}
        labels |= {
            name: label
            for name, label in (
                ("phone", request.env._("Mobile or telephone")),
                ("street2", request.env._("District")),
                ("zip", request.env._("Postal code")),
            )
            if name in labels
        }
        values = {
            "file": file._portal_file(),
            "topic": topic,
            "title": request.env["cpa.correction.proposal"].new({"topic": topic})._topic_label(),
            "fields": [
                {
                    "name": name,
                    "label": labels[name],
                    "type": {"phone": "tel", "email": "email"}.get(name, "text"),
                    "inputmode": {"phone": "tel", "email": "email"}.get(name, "numeric" if name in NUMERIC else None),
                    "autocomplete": AUTOCOMPLETE.get(name, "off"),
                    "ltr": name in LTR,
                }
                for name in TOPICS[topic]
            ],
            "typed": typed,
            "errors": errors,
            "most_files": MOST_FILES,
            "governorates": request.env["crm.lead"]._website_governorates(),
            "page_name": "my_file",
        }
        return request.render("cpa_beneficiary.my_correction", values, status=status)

    def _files(self):
        """Return the files that came with the page: list of ``(name, content)``, without the empty ones."""
        uploads = request.httprequest.files.getlist("files")[: MOST_FILES + 1]
        return [
            (upload.filename, content) for upload in uploads if upload.filename and (content := upload.read(MOST_BYTES))
        ]

    # ------------------------------------------------------------------
    # Consents
    # ------------------------------------------------------------------

    @http.route(["/my/consents", "/my/consents/<int:file_id>"], methods=["GET"], readonly=True, **PAGE)
    def my_consents(self, file_id=None, done=None, **_params):
        file = self._find(file_id)
        if not file:
            return self._nobody("consents")
        return self._consents_page(file, done=done)

    @http.route("/my/consents/<int:file_id>", methods=["POST"], csrf=False, **PAGE)
    def my_consent_say(self, file_id, purpose="", event="", **params):
        file = self._find(file_id)
        error = self._refused(params)
        if not error:
            try:
                file._portal_consent(purpose, event)
            except UserError as refused:  # an AccessError is one too
                error = str(refused)
        if error:
            return self._consents_page(file, error=error, status=422)
        # a code of ours, for _portal_consent found it
        return request.redirect(f"/my/consents/{file.id}?done={purpose}#consent_{purpose}", code=303)

    def _consents_page(self, file, done=None, error=None, status=200):
        values = {
            "file": file._portal_file(),
            "people": request.env["cpa.beneficiary"]._portal_people(),
            "consents": file._portal_consents(),
            "done": done,
            "error": error,
            "page_name": "my_consents",
        }
        return request.render("cpa_beneficiary.my_consents", values, status=status)

    # ------------------------------------------------------------------
    # What all of them do
    # ------------------------------------------------------------------

    def _find(self, file_id):
        """Return the file that the user may open; none where he has none. Another one's is not found, like no one's."""
        file = request.env["cpa.beneficiary"]._portal_find(file_id)
        if not file and file_id is not None:
            raise NotFound()
        return file

    def _nobody(self, page):
        """The page of a login that is not tied to a file: says how it becomes so."""
        return request.render("cpa_beneficiary.my_nobody", {"page_name": f"my_{page}"})
