"""The steps of an application, what is known already, and what was typed at each step (P-08).

A draft keeps everything as it was typed.
"""

from odoo import api, models
from odoo.fields import Domain

from .crm_lead_website import NOT_TYPED

STEPS = ("service", "whom", "data", "documents", "sign", "proof", "receipt")
LISTED = 40
# The most that a page takes of a field, where it says nothing else.
MOST_OTHERWISE = 200


class CpaApplication(models.Model):
    _inherit = "cpa.application"

    # ------------------------------------------------------------------
    # Services and steps
    # ------------------------------------------------------------------

    @api.model
    def _services(self):
        """Return the services that anybody may apply for; what is read of them is published."""
        return (
            self.env["cpa.service"]
            .sudo()
            .search(
                Domain("is_published", "=", True) & Domain("company_id", "in", (False, self.env.company.id)),
                limit=LISTED,
            )
        )

    def _steps(self):
        """Return the steps of this application, in order: ``[(key, label, address)]``."""
        labels = {
            "service": self.env._("Service"),
            "whom": self.env._("For whom"),
            "data": self.env._("Your data"),
            "documents": self.env._("Documents"),
            "sign": self.env._("Check and sign"),
            "proof": self.env._("Proof"),
            "receipt": self.env._("Your receipt"),
        }
        left_out = set()
        if self.service_id and not self._requirements():
            left_out.add("documents")
        if self.whom == "nobody" or self.known_file_id:
            left_out.add("proof")
        return [
            (key, labels[key], "/apply" if key == "service" else f"/apply/{key}")
            for key in STEPS
            if key not in left_out
        ]

    def _after(self, step):
        """Return the step that follows ``step``."""
        keys = [key for key, _label, _address in self._steps()]
        return keys[keys.index(step) + 1] if step in keys[:-1] else "sign"

    def _open_step(self, wanted, user):
        """Return which step is shown to who wants ``wanted``: an earlier one, as long as something is wrong there.

        :param user: ``res.users`` who looks
        """
        self.ensure_one()
        if self.state != "draft":
            return "receipt" if self.proof or wanted == "receipt" else "proof"
        for step in ("whom", "data", "documents"):
            if wanted == step or (step != "documents" and self._errors(step, user)):
                return step
        return "sign"

    def _requirements(self):
        """Return the documents of the service: to be photographed, or to be brought; nothing of somebody unnamed."""
        requirements = self.service_id.requirement_ids.filtered(lambda requirement: requirement.kind == "document")
        return requirements.browse() if self.whom == "nobody" else requirements

    # ------------------------------------------------------------------
    # Who is known
    # ------------------------------------------------------------------

    @api.model
    def _known_files(self, user):
        """Return the files in which this login may apply (superuser's: names are shown to who acts for them)."""
        return self.env["cpa.beneficiary"].sudo().browse(user.cpa_acts_for(writing=True))

    def _known_file(self, user):
        """Return the file that this application of a login is for, as long as the login acts for it (or none)."""
        self.ensure_one()
        return self._known_files(user) & self.known_file_id if self.user_id == user else self.known_file_id.browse()

    def _known_facts(self, user):
        """Return what is known already and therefore not asked: ``[(label, value, "ltr" or nothing)]``."""
        file = self._known_file(user)
        if not file:
            return []
        return [
            (self.env._("Name"), file.name),
            (self.env._("Identity number"), file.identity_number, "ltr"),
            (self.env._("Mobile"), file.phone, "ltr"),
            (self.env._("Governorate"), file.governorate_id.name),
        ]

    # ------------------------------------------------------------------
    # What was typed
    # ------------------------------------------------------------------

    def _keep(self, step, params, user):
        """Keep what was typed into a step, right or wrong; nothing but its own fields is taken.

        :param dict params: of the form
        """
        self.ensure_one()
        if self.state != "draft":
            return
        typed = dict(self.typed or {})
        for field in self._fields_of(step, user):
            text = NOT_TYPED.sub(" ", str(params.get(field["name"]) or ""))[: MOST_OTHERWISE * 50].strip()
            # of lines there are several in a text only: elsewhere they could become headers of a mail
            typed[field["name"]] = text if field.get("type") == "textarea" else " ".join(text.split())
        vals = {"typed": typed}
        if step == "whom":
            vals |= self._whom_values(typed["whom"], user)
        self._lifecycle_set(vals)
        self._touch()

    def _whom_values(self, chosen, user):
        """Return who is applied for; a login chooses among the files for which it acts."""
        if chosen not in [key for key, _label, _hint in self._fields_of_whom(user)]:
            return {"whom": False, "user_id": False, "known_file_id": False}
        if not chosen.startswith("file-"):
            return {"whom": chosen, "user_id": False, "known_file_id": False}
        file = self._known_files(user).browse(int(chosen.removeprefix("file-")))
        whom = "self"
        if file.partner_id != user.partner_id:
            kinds = self._representation_of(file, user.sudo().partner_id).kind
            whom = "agent" if kinds == "agent" else "child"
        return {"whom": whom, "user_id": user.id, "known_file_id": file.id}

    @api.model
    def _representation_of(self, file, partner):
        """Return by what ``partner`` acts for a file today (superuser's, one or none)."""
        return file.sudo().representation_ids.filtered(
            lambda line: line.representative_id == partner and line.kind != "carer" and line.is_valid
        )[:1]

    def _typed_of(self, step, user):
        """Return what was typed into a step so far: ``{field: text}``, with what follows from a choice."""
        typed = self.typed or {}
        return {field["name"]: typed.get(field["name"]) or "" for field in self._fields_of(step, user)}
