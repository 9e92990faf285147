"""The verification of the chain: what was changed behind the application's back, and where."""

import json
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from .cpa_committee_minutes import digest_of


class Finding(NamedTuple):
    """One thing that is not as it was sealed.

    :param session: number of the session
    :param model: name of the model ("" where no record is meant)
    :param res_id: id of the record (0 for none)
    :param field: name of the field ("" for the whole record)
    :param text: one line in the user's language that names all of it
    """

    session: str
    session_id: int
    model: str
    res_id: int
    field: str
    text: str


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    def _verify_chain(self):
        """Hold the database against the seals.

        :return: list of ``Finding`` on these sessions (of an empty recordset: on every session), oldest seal first;
            empty when all is as it was sealed
        """
        self.env.flush_all()
        self.env.invalidate_all()
        # here and below: the verification sees all, and names records and fields, never what they hold
        seals = self.env["cpa.committee.seal"].sudo().with_context(active_test=False)
        committees = (
            self.sudo().committee_id
            if self
            else self.env["cpa.committee"].sudo().with_context(active_test=False).search(Domain.TRUE)
        )
        findings = []
        for committee in committees:
            chain = seals.search([("committee_id", "=", committee.id)], order="number")
            findings += chain._verify_links(committee) + chain._verify_rows()
        findings += self.sudo()._verify_closed(committees)
        return [finding for finding in findings if not self or finding.session_id in self.ids]

    def action_verify(self):
        """Button: hold this session against its seal."""
        return self.env["cpa.committee.verification"].action_verify(self)

    def _verify_closed(self, committees):
        """Every closed session has its seal, and what its members signed is what it says."""
        findings = []
        closed = self.search([("committee_id", "in", committees.ids), ("state", "=", "closed")], order="id")
        sealed = self.env["cpa.committee.seal"].search([("session_id", "in", closed.ids)])
        sessions = sealed.filtered(lambda seal: seal.kind == "session").session_id
        for session in closed - sessions:
            findings.append(session._finding(self.env._("it is closed, and its seal is gone.")))
        # a destruction that the law asked for took words out of the text: its seal says so
        redacted = sealed.filtered(lambda seal: seal.kind == "destruction").session_id
        for session in closed - redacted:
            if session.minutes_text and digest_of(session.minutes_text) != session.minutes_digest:
                findings.append(
                    session._finding(self.env._("what the minutes say is not what was signed."), field="minutes_text")
                )
        return findings

    def _finding(self, what, model="", res_id=0, field=""):
        """Return a ``Finding`` on this session.

        :param what: what is wrong, in the user's language
        """
        number = self.number or str(self.id)
        text = self.env._("Session %(session)s: %(what)s", session=number, what=what)
        return Finding(number, self.id, model, res_id, field, text)


class CpaCommitteeSeal(models.Model):
    _inherit = "cpa.committee.seal"

    def _verify_links(self, committee):
        """Hold the links of a committee's chain against each other.

        :return: list of ``Finding``
        """
        findings, before = [], self.browse()
        for seal in self:
            session = seal.session_id
            if seal.number != before.number + 1:
                findings.append(
                    session._finding(
                        self.env._(
                            "between seal %(first)s and this one (%(last)s) of “%(committee)s” a seal is gone.",
                            first=before.number,
                            last=seal.number,
                            committee=committee.name,
                        ),
                        seal._name,
                        seal.id,
                    )
                )
            elif seal.previous_id != before or (seal.previous_digest or "") != (before.digest or ""):
                what = self.env._("it was sealed anew after the seal of %(next)s.", next=session.number)
                findings.append((before.session_id or session)._finding(what, seal._name, before.id or seal.id))
            if seal._digest_of({name: seal._plain(name) for name in seal._fields}) != seal.digest:
                what = self.env._("its seal (no. %(number)s) was changed.", number=seal.number)
                findings.append(session._finding(what, seal._name, seal.id))
            document = seal.addendum_id if seal.kind == "addendum" else session
            if seal.kind != "destruction" and document.seal_digest != seal.digest:
                what = self.env._("the fingerprint that it carries is not that of its seal.")
                findings.append(session._finding(what, document._name, document.id, "seal_digest"))
            before = seal
        if committee.seal_count != before.number:
            what = self.env._(
                "after it %(count)s seals of “%(committee)s” are gone.",
                count=committee.seal_count - before.number,
                committee=committee.name,
            )
            findings.append(before.session_id._finding(what, self._name, before.id))
        return findings

    def _plain(self, name):
        """Return a field's value as the seal's fingerprint takes it."""
        value = self[name]
        return value.id if isinstance(value, models.BaseModel) else value

    def _verify_rows(self):
        """Hold the rows against the manifests, one document after the other.

        :return: list of ``Finding``
        """
        findings = []
        destroyed = {}
        for seal in self.filtered(lambda seal: seal.kind == "destruction"):
            destroyed.setdefault(seal.session_id.id, []).append(json.loads(seal.manifest))
        for seal in self.filtered(lambda seal: seal.kind != "destruction"):
            manifest = json.loads(seal.manifest)
            for later in destroyed.get(seal.session_id.id, ()):
                for model, records in later.items():
                    for row_id, row in records.items():
                        manifest.get(model, {}).get(row_id, {}).update(row)
            findings += seal._verify_manifest(manifest, json.loads(seal.salts or "{}"))
            self.env.invalidate_all()
        return findings

    def _verify_manifest(self, manifest, salts):
        self.ensure_one()
        findings = []
        rows = self._rows_of(self.session_id, self.addendum_id)
        for model in sorted(manifest.keys() | rows.keys()):
            if model not in self.env:
                continue  # of an add-on that is not installed any more
            sealed = manifest.get(model, {})
            present = {str(row_id) for row_id in rows.get(model, ())}
            now, _salts = self._manifest({model: sorted(int(row_id) for row_id in sealed)}, salts)
            for row_id in sorted(sealed.keys() - now[model].keys(), key=int):
                findings.append(self._row_finding(self.env._("%(record)s is deleted."), model, row_id))
            for row_id in sorted(now[model].keys() - present, key=int):
                findings.append(self._row_finding(self.env._("%(record)s is taken away from it."), model, row_id))
            for row_id in sorted(present - sealed.keys(), key=int):
                if not self._came_after(model, int(row_id)):
                    findings.append(self._row_finding(self.env._("%(record)s is added."), model, row_id))
            for row_id, values in sorted(now[model].items(), key=lambda item: int(item[0])):
                for name, digest in values.items():
                    if sealed[row_id].get(name, digest) != digest:
                        what = self.env._("“%(field)s” of %(record)s is changed.")
                        findings.append(self._row_finding(what, model, row_id, name))
        return findings

    def _came_after(self, model, row_id):
        """Return whether a row was written after the seal, as the application allows: messages of the chatter."""
        record = self.env[model].sudo().browse(row_id)
        return model == "mail.message" and record.date >= self.sealed_at

    def _row_finding(self, what, model, row_id, field=""):
        """Return a ``Finding`` on a row.

        :param what: the message, with ``%(record)s`` and ``%(field)s``
        """
        label = self.env["ir.model"]._get(model).name
        known = self.env[model]._fields.get(field)
        field_label = known._description_string(self.env) if known else self.env._("Content") if field else ""
        record = f"{label} {row_id}"
        return self.session_id._finding(what % {"record": record, "field": field_label}, model, int(row_id), field)

    @api.model
    def _report_lines(self):
        """Return what the command says: a line per finding, and one that says what was looked at."""
        findings = self.env["cpa.committee.session"]._verify_chain()
        return [finding.text for finding in findings], self.sudo().search_count([("kind", "=", "session")])
