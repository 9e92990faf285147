"""The seal: fingerprints of all that belongs to a session, chained to the seal before.

A seal holds a manifest, one fingerprint per record and field, read as the database holds them. The fingerprint of the
manifest and of the seal before make the fingerprint that is printed on the minutes. Whoever changes a row in SQL
changes a fingerprint of the manifest; whoever changes the manifest changes the seal, and so every seal after it.
"""

import hashlib
import json
import secrets
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What belongs to a session, by the path of its rows to it.
SEALED_ROWS = {
    "cpa.committee.session": "id",
    "cpa.committee.attendance": "session_id",
    "cpa.committee.case": "session_id",
    "cpa.committee.recusal": "case_id.session_id",
    "cpa.committee.proposal": "case_id.session_id",
    "cpa.committee.vote": "proposal_id.case_id.session_id",
    "cpa.committee.remark": "session_id",
    "cpa.committee.signature": "session_id",
}
# Who touched a row last is no part of what it says, and goes with the user; the seal is written after the manifest.
UNSEALED = frozenset({"id", "create_uid", "write_uid", "write_date", "sealed_at", "seal_digest", "seal_previous_id"})
# Of core's models, the columns that say something (others are caches of core, or move with the filestore).
SEALED_COLUMNS = {
    "ir.attachment": ("name", "res_model", "res_id", "res_field", "type", "url", "mimetype", "description"),
    "mail.message": (
        "model",
        "res_id",
        "date",
        "author_id",
        "email_from",
        "message_type",
        "subject",
        "body",
        "attachment_ids",
    ),
    "mail.tracking.value": tuple(
        ["mail_message_id", "field_id"]
        + [
            f"{when}_value_{kind}"
            for when in ("old", "new")
            for kind in ("integer", "float", "char", "text", "datetime")
        ]
    ),
}
# The kinds of fields in which people write.
WRITTEN = frozenset({"char", "text", "html", "json"})
KINDS = [("session", "Minutes"), ("addendum", "Addendum"), ("destruction", "Destruction")]


def fingerprint(*parts):
    """Return the SHA-256 (hexadecimal) of texts; empty and missing are two things."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


class CpaCommittee(models.Model):
    _inherit = "cpa.committee"

    # the length of the committee's chain: the row that two seals at the same moment cannot both move
    seal_count = fields.Integer("Seals", readonly=True, copy=False, default=0)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**vals, "seal_count": 0} for vals in vals_list])

    def write(self, vals):
        if "seal_count" in vals:
            raise UserError(self.env._("Seals are counted by the system."))
        return super().write(vals)

    def _next_seal(self):
        """Return the number of the next seal.

        The row stays locked to the end of the transaction: a second seal waits, meets a changed row and is tried
        again by the server, after the first.
        """
        self.ensure_one()
        self.env.flush_all()
        [(number,)] = self.env.execute_query(
            SQL(
                "UPDATE cpa_committee SET seal_count = COALESCE(seal_count, 0) + 1 WHERE id = %s RETURNING seal_count",
                self.id,
            )
        )
        self.invalidate_recordset(["seal_count"])
        return number


class CpaCommitteeSeal(models.Model):
    """A link of a committee's chain: the minutes of a session, an addendum, or a destruction that the law asks for."""

    _name = "cpa.committee.seal"
    _description = "Seal"
    _inherit = ["cpa.append.only.mixin"]
    _order = "committee_id, number"
    _rec_name = "digest"

    committee_id = fields.Many2one("cpa.committee", required=True, readonly=True, ondelete="restrict", index=True)
    number = fields.Integer("Seal no.", required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    session_id = fields.Many2one("cpa.committee.session", required=True, readonly=True, ondelete="restrict", index=True)
    addendum_id = fields.Many2one("cpa.committee.addendum", readonly=True, ondelete="restrict", index="btree_not_null")
    previous_id = fields.Many2one("cpa.committee.seal", "Seal before", readonly=True, ondelete="restrict")
    previous_digest = fields.Char("Fingerprint of the seal before", readonly=True)
    manifest = fields.Text(required=True, readonly=True, help="One fingerprint per record and field.")
    # What makes the fingerprint of a text unguessable; it goes with the text when that is destroyed.
    salts = fields.Text(readonly=True, groups="base.group_system")
    reason = fields.Text(readonly=True)
    digest = fields.Char("Fingerprint", required=True, readonly=True)
    sealed_at = fields.Datetime("Sealed at", required=True, readonly=True)
    sealed_by = fields.Many2one("res.users", "Sealed by", required=True, readonly=True, ondelete="restrict")

    _number_uniq = models.Constraint("UNIQUE(committee_id, number)", "This place of the chain is taken.")
    _previous_uniq = models.Constraint("UNIQUE(previous_id)", "The chain does not fork.")

    @api.model
    def _seal(self, kind, session, addendum=None, reason=None, rows=None, at=None):
        """Append a seal to the chain of the session's committee.

        :param kind: key of ``KINDS``
        :param addendum: the addendum that is sealed
        :param rows: what is sealed, as ``_rows_of`` returns it; all that belongs to session or addendum by default
        :param at: when (naive UTC), now by default
        :return: the seal
        """
        # the chain is the system's: the move that seals has checked who does it
        session = session.sudo()
        number = session.committee_id._next_seal()
        previous = self.sudo().search([("committee_id", "=", session.committee_id.id)], order="number desc", limit=1)
        self.env.invalidate_all()  # sealed is what the database holds
        manifest, salts = self._manifest(rows or self._rows_of(session, addendum))
        vals = {
            "committee_id": session.committee_id.id,
            "number": number,
            "kind": kind,
            "session_id": session.id,
            "addendum_id": addendum.id if addendum else False,
            "previous_id": previous.id,
            "previous_digest": previous.digest,
            "manifest": _written(manifest),
            "salts": _written(salts),
            "reason": reason,
            "sealed_at": at or fields.Datetime.now(),
            "sealed_by": self.env.uid,
        }
        # nobody may write a seal; `_seal` is private, and who seals reads what was sealed
        return self._append_rows([vals | {"digest": self._digest_of(vals)}]).sudo()

    @api.model
    def _digest_of(self, vals):
        """Return the fingerprint of a seal: of what it says, of its manifest and of the seal before."""
        return fingerprint(
            *(str(vals[name] or "") for name in ("committee_id", "number", "kind", "session_id", "addendum_id")),
            vals["previous_digest"] or "",
            fingerprint(vals["manifest"]),
            vals["reason"] or "",
            fields.Datetime.to_string(vals["sealed_at"]),
            str(vals["sealed_by"]),
        )

    # ------------------------------------------------------------------
    # What is sealed
    # ------------------------------------------------------------------

    @api.model
    def _sealed_rows(self):
        """Return ``{model: path to its session}``; add-ons that add rows to sessions add them here."""
        return SEALED_ROWS

    @api.model
    def _sealed_ids(self, model, ids):
        """Return which of a model's records belong to a session that is closed, or are sealed addenda."""
        ids = [record_id for record_id in ids if record_id]
        path = self._sealed_rows().get(model)
        if not ids or not (path or model == "cpa.committee.addendum"):
            return []
        domain = [(f"{path}.state".removeprefix("id."), "=", "closed")] if path else [("state", "=", "sealed")]
        if model == "cpa.committee.signature":  # of the minutes, or of an addendum that comes after them
            domain = ["|", "&", ("addendum_id", "=", False), *domain, ("addendum_id.state", "=", "sealed")]
        return self._found(model, [("id", "in", ids), *domain])

    @api.model
    def _rows_of(self, session, addendum=None):
        """Return ``{model: ids}`` of all that belongs to a session, or to an addendum, the oldest rows first."""
        if addendum:
            rows = {
                "cpa.committee.addendum": addendum.ids,
                "cpa.committee.signature": self._found("cpa.committee.signature", [("addendum_id", "=", addendum.id)]),
            }
        else:
            rows = {model: self._found(model, [(path, "=", session.id)]) for model, path in self._sealed_rows().items()}
            rows["cpa.committee.signature"] = self._found(
                "cpa.committee.signature", [("session_id", "=", session.id), ("addendum_id", "=", False)]
            )
        return rows | self._rows_hung_on(rows)

    @api.model
    def _rows_hung_on(self, rows):
        """Return the files, messages and moves that hang on records.

        :param rows: ``{model: ids}`` of the records
        """
        hung = defaultdict(set)
        hung["cpa.request.move"]  # named in the manifest, though it may be empty
        for model, ids in rows.items():
            if not ids:
                continue
            place = [("res_model", "=", model), ("res_id", "in", ids)]
            # files of fields are found only when asked for
            files = [*place, "|", ("res_field", "=", False), ("res_field", "!=", False)]
            hung["ir.attachment"].update(self._found("ir.attachment", files))
            if "state" in self.env[model]._fields:
                hung["cpa.request.move"].update(self._found("cpa.request.move", place))
            if hasattr(self.env[model], "message_ids"):
                messages = self._found("mail.message", [("model", "=", model), ("res_id", "in", ids)])
                hung["mail.message"].update(messages)
                tracking = self._found("mail.tracking.value", [("mail_message_id", "in", messages)])
                hung["mail.tracking.value"].update(tracking)
        messages = self.env["mail.message"].sudo().browse(hung["mail.message"])  # their files are part of them
        hung["ir.attachment"].update(messages.attachment_ids.ids)
        scans = self.env["cpa.request.move"].sudo().browse(hung["cpa.request.move"]).scan_id
        hung["ir.attachment"].update(scans.ids)
        return {model: sorted(ids) for model, ids in hung.items()}

    @api.model
    def _found(self, model, domain):
        # all that belongs to the session, whoever seals or verifies it
        return self.env[model].sudo().with_context(active_test=False).search(domain, order="id").ids

    # ------------------------------------------------------------------
    # Fingerprints
    # ------------------------------------------------------------------

    @api.model
    def _manifest(self, rows, salts=None):
        """Return the fingerprints of records, and the salts of their texts.

        :param rows: ``{model: ids}``
        :param salts: the salts to use, as returned before; new ones by default
        :return: ``({model: {id: {field: fingerprint}}}, {model: {id: {field: salt}}})``, ids as text
        """
        manifest, used = {}, {}
        for model, ids in rows.items():
            manifest[model] = {}
            for row_id, values in self._values(model, ids).items():
                known = (salts or {}).get(model, {}).get(row_id, {})
                fresh = {name for name in self._texts(model) & values.keys() if values[name]} if salts is None else ()
                salt = {**known, **{name: secrets.token_hex(16) for name in sorted(fresh)}}
                manifest[model][row_id] = {
                    name: fingerprint(model, row_id, name, value, salt.get(name, "")) for name, value in values.items()
                }
                if salt:
                    used.setdefault(model, {})[row_id] = salt
        return manifest, used

    @api.model
    def _columns(self, model):
        """Return the names of the fields that are sealed of a model's rows."""
        if model in SEALED_COLUMNS:
            return SEALED_COLUMNS[model]
        stored = (name for name, field in self.env[model]._fields.items() if field.store)
        return [
            name
            for name in stored
            if name not in UNSEALED and (self.env[model]._fields[name].column_type or self._relation(model, name))
        ]

    @api.model
    def _relation(self, model, name):
        field = self.env[model]._fields[name]
        return field.type == "many2many" and field.store and field.relation

    @api.model
    def _texts(self, model):
        """Return the names of the fields in which people write."""
        return {name for name in self._columns(model) if self.env[model]._fields[name].type in WRITTEN}

    @api.model
    def _values(self, model, ids):
        """Return what the database holds, as text: one query for the rows and one for each relation.

        :return: ``{id as text: {field: text or None}}``
        """
        if not ids:
            return {}
        Model = self.env[model]
        names = self._columns(model)
        columns = [name for name in names if not self._relation(model, name)]
        self.env[model].flush_model()
        found = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id IN %s ORDER BY id",
                SQL(", ").join(_as_text(Model._fields[name]) for name in columns),
                SQL.identifier(Model._table),
                tuple(ids),
            )
        )
        values = {str(row[0]): dict(zip(columns, row[1:], strict=True)) for row in found}
        for name in set(names) - set(columns):
            field = Model._fields[name]
            pairs = self.env.execute_query(
                SQL(
                    "SELECT %s, string_agg(%s::text, ',' ORDER BY %s) FROM %s WHERE %s IN %s GROUP BY 1",
                    SQL.identifier(field.column1),
                    SQL.identifier(field.column2),
                    SQL.identifier(field.column2),
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    tuple(ids),
                )
            )
            related = {str(row_id): text for row_id, text in pairs}
            for row_id in values:
                values[row_id][name] = related.get(row_id)
        if model == "ir.attachment":
            for attachment in Model.sudo().browse(int(row_id) for row_id in values):  # the bytes, not what is noted
                values[str(attachment.id)]["raw"] = hashlib.sha256(attachment.raw or b"").hexdigest()
        return values


def _as_text(field):
    """Return the SQL that reads a column as text, the same on every server and in every session."""
    column = SQL.identifier(field.name)
    if field.type == "datetime":
        return SQL("to_char(%s, 'YYYY-MM-DD HH24:MI:SS')", column)
    if field.type == "date":
        return SQL("to_char(%s, 'YYYY-MM-DD')", column)
    if field.type in ("binary", "image"):
        return SQL("encode(sha256(%s), 'hex')", column)
    return SQL("%s::text", column)


def _written(values):
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def short_digest(digest):
    """Return the short form of a fingerprint, as it is printed and compared by people: 3F2A-91BC-04DE-77A1."""
    return "-".join(digest[start : start + 4].upper() for start in range(0, 16, 4)) if digest else ""


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    sealed_at = fields.Datetime("Sealed at", kept=True, readonly=True, copy=False)
    seal_digest = fields.Char("Fingerprint of the seal", kept=True, readonly=True, copy=False)
    seal_previous_id = fields.Many2one(
        "cpa.committee.session", "Sealed before", kept=True, readonly=True, copy=False, ondelete="restrict", index=True
    )
    seal_short = fields.Char("Seal", compute="_compute_seal_short")

    @api.depends("seal_digest")
    def _compute_seal_short(self):
        for session in self:
            session.seal_short = short_digest(session.seal_digest)

    def _effect_seal(self, at):
        """Seal the sessions, one after the other; a second click finds them closed and does nothing."""
        self._track_finalize()  # the message of this very move is part of what is sealed
        for session in self:
            seal = self.env["cpa.committee.seal"]._seal("session", session)
            before = seal.search(
                [("committee_id", "=", seal.committee_id.id), ("kind", "=", "session"), ("number", "<", seal.number)],
                order="number desc",
                limit=1,
            ).session_id
            session._lifecycle_set(
                {"sealed_at": seal.sealed_at, "seal_digest": seal.digest, "seal_previous_id": before.id}
            )
